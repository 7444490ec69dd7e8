"""Batches of events as the feeder sends them; used by the peers in Python."""

import asyncio
from collections.abc import AsyncIterator


async def batches(port: int) -> AsyncIterator[list[bytes]]:
    """Give batch after batch until the feeder ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        while True:
            length = int.from_bytes(await reader.readexactly(4))
            yield (await reader.readexactly(length)).split(b"\n")
    except asyncio.IncompleteReadError:
        return
    finally:
        writer.close()
