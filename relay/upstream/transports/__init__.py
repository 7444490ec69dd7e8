"""Ways to receive a broadcast: `socket` (push WebSocket) and `poll` (im/fetch).

Each has `run(broadcast, receiver)`: one session until it ends. Imported by upstream/client.
"""
