"""What Autobahn's cases are tried on serves: they need a Python 2 and are run by hand."""

from echo import serve_echo
from websockets.asyncio.client import connect


async def test_says_everything_back() -> None:
    server, _ = await serve_echo()
    async with server, connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws") as client:
        for message in ("你好", b"\x00\xff"):
            await client.send(message)
            assert await client.recv() == message
