"""When the hub may flush again; used by it.

Flushing takes about the same time for one event as for twenty. So it is done at once as long as it
takes little of the time, and else after a rest: events that come meanwhile are joined.
"""

BUSY_SHARE = 0.25
"""How much of the processor's time flushing takes at most, in the long run."""
BURST_S = 0.1
"""How long a time of flushing without a rest that may be ahead of: frames of several rooms, or of
one, often come close together, and are not to wait for it."""
MAX_REST_S = 0.05
"""The longest rest, and so the longest that an event waits for others."""


class Pace:
    """Says how long to rest. Times are the event loop's, or any other's that runs as evenly."""

    def __init__(self) -> None:
        self.next_s = 0.0
        """When the next flush may be."""
        self._paid_s = 0.0  # up to when the time is taken by flushes until now

    def flushed(self, now_s: float, took_s: float) -> None:
        """Note that a flush has ended now, and took so much of the processor's time."""
        self._paid_s = max(self._paid_s, now_s) + took_s / BUSY_SHARE
        # So that nothing is ever held against a client that came after it.
        self._paid_s = min(self._paid_s, now_s + MAX_REST_S + BURST_S)
        self.next_s = self._paid_s - BURST_S
