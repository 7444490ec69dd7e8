"""aiohttp's send_str(), for each client and event: python aiohttp_peer.py PORT FEED_PORT."""

import asyncio
import sys

from aiohttp import web
from feed import batches


async def main(port: int, feed_port: int) -> None:
    clients = set()

    async def handler(request: web.Request) -> web.WebSocketResponse:
        client = web.WebSocketResponse(compress=False)
        await client.prepare(request)
        clients.add(client)
        try:
            async for _message in client:
                pass
        finally:
            clients.discard(client)
        return client

    app = web.Application()
    app.router.add_get("/", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    async for events in batches(feed_port):
        for event in events:
            text = event.decode()
            for client in list(clients):
                await client.send_str(text)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
