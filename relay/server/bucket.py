"""Lets so many through at once, and so many a second on average; used by limits and others."""

import time


class Bucket:
    """Holds at most `burst`, gains `per_s`; its limits are given anew each time it is used."""

    __slots__ = ("_filled_at", "_left")

    def __init__(self, burst: float) -> None:
        self._left = burst
        self._filled_at = time.monotonic()

    def take(self, per_s: float, burst: float, cost: float = 1.0) -> float | None:
        """Take `cost` out; None, or, where there is too little, the seconds until there is."""
        left = self._fill(per_s, burst)
        if left < cost:
            return (cost - left) / per_s
        self._left = left - cost
        return None

    def owe(self, per_s: float, burst: float, cost: float) -> float:
        """Take `cost` out even where there is too little; the seconds until that is made up for."""
        self._left = self._fill(per_s, burst) - cost
        return max(-self._left / per_s, 0.0)

    def lacks(self, per_s: float, burst: float) -> float | None:
        """Say how many seconds until one may be taken; None: now."""
        left = self._fill(per_s, burst)
        return (1 - left) / per_s if left < 1 else None

    def is_full(self, per_s: float, burst: float) -> bool:
        """Tell whether nothing would be forgotten with it."""
        return self._fill(per_s, burst) >= burst

    def _fill(self, per_s: float, burst: float) -> float:
        now = time.monotonic()
        self._left = min(self._left + (now - self._filled_at) * per_s, burst)
        self._filled_at = now
        return self._left
