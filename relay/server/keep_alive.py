"""Pings WebSocket clients and gives up those that don't answer; one timer for all of them.

Connections are spread over a wheel of slots, one of which is served at each tick: so each is
visited every PING_S, and never many at once.
"""

import asyncio
from typing import Protocol

PING_S = 20.0
"""How often a client is pinged, and how long it may take to answer."""
SLOTS = 101
"""Prime, so that connections spread evenly whatever their hashes have in common."""


class Pinged(Protocol):
    """A connection, as it is kept alive."""

    def keep_alive(self) -> None:
        """Send a ping; or hang up, where the one before was not answered."""
        ...


class KeepAlive:
    """The wheel; it turns while there is anybody on it."""

    def __init__(self) -> None:
        self._slots: list[set[Pinged]] = [set() for _ in range(SLOTS)]
        self._count = 0
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Pinged) -> None:
        """Visit a connection every PING_S from now on."""
        self._slots[hash(connection) % SLOTS].add(connection)
        self._count += 1
        if self._timer is None:
            self._wait()

    def remove(self, connection: Pinged) -> None:
        """Visit a connection, which was added once, no more."""
        self._slots[hash(connection) % SLOTS].remove(connection)
        self._count -= 1
        if self._timer is not None and not self._count:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(PING_S / SLOTS, self._tick)

    def _tick(self) -> None:
        self._wait()
        self.turn()

    def turn(self) -> None:
        """Visit the connections of the next slot."""
        slot = self._slots[self._next]
        self._next = (self._next + 1) % SLOTS
        for connection in list(slot):
            connection.keep_alive()
