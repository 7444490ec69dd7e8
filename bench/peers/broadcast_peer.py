"""websockets' broadcast(), one call an event: python broadcast_peer.py PORT FEED_PORT [deflate]."""

import asyncio
import sys

from feed import batches
from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main(port: int, feed_port: int, compression: str | None) -> None:
    clients = set()

    async def handler(client: ServerConnection) -> None:
        clients.add(client)
        try:
            await client.wait_closed()
        finally:
            clients.discard(client)

    async with serve(handler, "127.0.0.1", port, compression=compression):
        print("ready", flush=True)
        async for events in batches(feed_port):
            for event in events:
                broadcast(clients, event.decode())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), [*sys.argv, None][3]))
