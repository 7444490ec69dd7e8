"""Spreads the connects of all rooms: a common outage ends for them at once; owned by manager.

No I/O and no clock.
"""

from collections import deque
from collections.abc import Callable, Hashable

_SHARE = 8
"""No second holds more than one in so many of the rooms, where there are many."""


class Pacer:
    """Slots in which rooms connect."""

    def __init__(self, per_s: int, rooms: Callable[[], int]) -> None:
        """`per_s` rooms may connect in one second, however few there are; `rooms` counts them."""
        self._per_s = per_s
        self._rooms = rooms
        self._slots: deque[tuple[float, Hashable]] = deque()
        """Of the last second and the next ones, in order."""

    def reserve(self, room: Hashable, now: float) -> float:
        """Give the time at which `room` may connect; by any clock, in seconds.

        A room that connects again and again takes one slot: it delays no other.
        """
        while self._slots and self._slots[0][0] <= now - 1.0:
            self._slots.popleft()
        if any(holder == room for _, holder in self._slots):
            self._slots = deque(slot for slot in self._slots if slot[1] != room)
        per_s = max(self._per_s, self._rooms() // _SHARE)
        at = now
        if len(self._slots) >= per_s:
            at = max(at, self._slots[-per_s][0] + 1.0, self._slots[-1][0])
        self._slots.append((at, room))
        return at
