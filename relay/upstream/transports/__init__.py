"""Ways to receive a broadcast: `socket` (push WebSocket), `poll` (im/fetch), `replay` (recorded).

Each has `run(broadcast, receiver)`: one session until it ends. Imported by upstream/client; replay,
which stands for upstream as a whole, by app.
"""
