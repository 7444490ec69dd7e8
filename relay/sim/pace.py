"""When a room's messages are due: an exact rate on average, with bursts; used by room."""

import math

TICK_S = 0.005
"""Shortest wait between batches: above 200 messages a second, frames carry several."""
MAX_BEHIND_S = 0.25
"""A machine that can't keep the rate catches up with this much; the rest is shed and counted."""
CYCLE_S = 6.0
"""A burst comes once in this time, and lasts a sixth of it."""
_BURST_SHARE = 1 / 6
_BURST = 2.5
"""How much faster a slow room's bursts are than its average."""


class Pace:
    """A token clock: how many messages are due.

    Exact over each cycle. Bursts flatten as the rate grows, as the noise of many viewers does.
    """

    def __init__(self, now_s: float) -> None:
        """Start at `now_s`, a monotonic clock's seconds."""
        self._at_s = now_s
        self._phase_s = 0.0
        self._owed = 0.0

    def due(self, now_s: float, rate: float) -> tuple[int, int]:
        """Give (messages due since the last call, messages shed); `rate` is messages a second."""
        factor = 1 + (_BURST - 1) / math.sqrt(1 + rate / 20)
        start_s = self._phase_s
        self._phase_s += now_s - self._at_s
        self._at_s = now_s
        self._owed += rate * (_warp(self._phase_s, factor) - _warp(start_s, factor))
        count = int(self._owed)
        self._owed -= count
        most = max(20, int(rate * factor * MAX_BEHIND_S))
        return min(count, most), max(0, count - most)

    def wait_s(self, rate: float) -> float:
        """Give about half the seconds until the next message is due; at least a tick."""
        return max(TICK_S, min(0.5, (1 - self._owed) / rate / 2))


def _warp(t: float, factor: float) -> float:
    """Map clock seconds to show seconds: slower, then for the last part of each cycle a burst."""
    cycles, phase = divmod(t / CYCLE_S, 1.0)
    turn = 1 - _BURST_SHARE
    calm = (1 - factor * _BURST_SHARE) / turn
    within = phase * calm if phase < turn else turn * calm + (phase - turn) * factor
    return (cycles + within) * CYCLE_S
