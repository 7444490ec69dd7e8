"""Pings WebSocket clients and gives up those that don't answer; one timer for all of them.

Connections are spread over a wheel of slots, one of which is served at each tick: so each is
visited once in a while, and never many at once.
"""

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

PING_S = 20.0
"""How often a client is pinged, and how long it may take to answer."""
SLOTS = 101
"""Prime, so that connections spread evenly whatever their hashes have in common."""


class Pinged(Protocol):
    """A connection, as it is kept alive."""

    def keep_alive(self) -> None:
        """Send a ping; or hang up, where the one before was not answered."""
        ...


Visited = TypeVar("Visited")


class Wheel(Generic[Visited]):
    """Visits all that is on it every `period_s`; it turns while there is anything."""

    def __init__(self, period_s: float, visit: Callable[[Visited], None]) -> None:
        self._tick_s = period_s / SLOTS
        self._visit = visit
        self._slots: list[set[Visited]] = [set() for _ in range(SLOTS)]
        self._count = 0
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, visited: Visited) -> None:
        """Visit it from now on."""
        self._slots[hash(visited) % SLOTS].add(visited)
        self._count += 1
        if self._timer is None:
            self._wait()

    def remove(self, visited: Visited) -> None:
        """Visit it, which was added once, no more."""
        self._slots[hash(visited) % SLOTS].remove(visited)
        self._count -= 1
        if self._timer is not None and not self._count:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._tick_s, self._tick)

    def _tick(self) -> None:
        self._wait()
        self.turn()

    def turn(self) -> None:
        """Visit those of the next slot."""
        slot = self._slots[self._next]
        self._next = (self._next + 1) % SLOTS
        for visited in list(slot):
            self._visit(visited)


class KeepAlive(Wheel[Pinged]):
    """Has connections ping every PING_S."""

    def __init__(self) -> None:
        super().__init__(PING_S, lambda connection: connection.keep_alive())
