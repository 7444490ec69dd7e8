"""picows' send(), for each client and event: python picows_peer.py PORT FEED_PORT."""

import asyncio
import sys

from feed import batches
from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

clients: set[WSTransport] = set()


class Client(WSListener):
    """One connection."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        clients.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        clients.discard(transport)


def listener(_request: WSUpgradeRequest) -> WSListener:
    return Client()


async def main(port: int, feed_port: int) -> None:
    server = await ws_create_server(listener, "127.0.0.1", port)
    async with server:
        print("ready", flush=True)
        async for events in batches(feed_port):
            for event in events:
                for client in clients:
                    client.send(WSMsgType.TEXT, event)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
