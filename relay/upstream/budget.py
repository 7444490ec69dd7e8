"""How often upstream is asked about rooms, by all who ask together; used by ways and asking."""

import asyncio
import math
import time
from collections.abc import Callable
from random import Random

from relay.errors import UpstreamError

BURST = 10
"""Calls that may be made at once after a quiet time, e.g. at the start. 15 rooms every 15 s were
fine and 17 were banned (LiveAutoRecord#185)."""
_JITTER = 0.2
"""Spacing varies by this share: calls to the beat of a clock look like what they are."""


class Budget:
    """Lets a burst of calls through, then `calls_per_s` on average.

    Whoever waits has a place in one queue. It is bounded by those who ask: each room has one
    question at a time, and the others give up rather than queue up for long.
    """

    def __init__(
        self, calls_per_s: float, random: Random, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval_s = 1.0 / calls_per_s
        self._random = random
        self._clock = clock
        self._even_at = float("-inf")  # when evenly spaced calls would be caught up with

    async def wait(self, at_most_s: float = float("inf")) -> None:
        """Wait for one's turn.

        Raises UpstreamError `busy` at once where that would take longer than `at_most_s`.
        """
        await asyncio.sleep(self.reserve_s(at_most_s))

    def reserve_s(self, at_most_s: float = float("inf")) -> float:
        """Take a place; gives how long to wait for it. Raises as `wait` does, taking none."""
        now = self._clock()
        begin = max(self._even_at, now)
        even_at = begin + self._interval_s * self._random.uniform(1 - _JITTER, 1 + _JITTER)
        wait_s = max(0.0, even_at - now - BURST * self._interval_s)
        if wait_s > at_most_s:
            raise UpstreamError(
                "busy",
                "upstream is asked as often as [upstream] calls_per_s allows; the next free turn "
                f"is in {math.ceil(wait_s)} s",
                # Who comes as soon as there would be a place only queues up again.
                retry_after_s=max(1.0, wait_s),
            )
        self._even_at = even_at
        return wait_s
