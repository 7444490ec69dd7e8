"""The plain way, for comparison: websockets' broadcast(), one call an event."""

import asyncio
import json
import sys

from websockets.asyncio.server import broadcast, serve


async def main(port: int, rate: float, event_bytes: int) -> None:
    clients = set()

    async def handler(websocket) -> None:
        clients.add(websocket)
        try:
            await websocket.wait_closed()
        finally:
            clients.discard(websocket)

    loop = asyncio.get_running_loop()
    async with serve(handler, "127.0.0.1", port, compression=None):
        print("ready", flush=True)
        began, sent = loop.time(), 0
        while True:
            await asyncio.sleep(1 / rate)
            while sent < (loop.time() - began) * rate:
                sent += 1
                event = {
                    "method": "WebcastChatMessage",
                    "offset": sent,
                    "payload": "x" * event_bytes,
                }
                broadcast(clients, json.dumps(event, separators=(",", ":")))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
