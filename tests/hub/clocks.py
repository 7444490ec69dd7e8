"""Time in tests of the hub: a clock that is moved by hand, and turns of the event loop."""

import asyncio


class Clock:
    """The event loop's clock, standing still until it is moved."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.now_s = loop.time()

    async def advance(self, seconds: float) -> None:
        """Let time pass, and what is due happen."""
        self.now_s += seconds
        await turns()


async def turns(count: int = 5) -> None:
    """Let the event loop turn a few times."""
    for _ in range(count):
        await asyncio.sleep(0)
