"""Tells whether what has gone goes at once, not when the garbage collector comes."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def leaving_none(*kinds: type) -> AsyncIterator[None]:
    """Wait until there are no more of them than before the block, without the collector.

    That comes late to what is old, and a relay has much that is.
    """

    def kept() -> int:
        return sum(type(each) in kinds for each in gc.get_objects())

    gc.collect()
    before = kept()
    gc.disable()
    try:
        yield
        async with asyncio.timeout(10):
            while kept() > before:  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.01)
    finally:
        gc.enable()
