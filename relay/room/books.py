"""A room's books: what the relay counts of its events, and its own events that come of that.

Made by manager, one for each room; the stream enters every new event, output says what becomes of
the broadcast.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from relay.events import OWN_METHODS, Event, SimulatedEvent
from relay.events.stored import Past


class Statistics(Protocol):
    """The slot of the statistics."""

    def take(self, event: Event) -> None:
        """Count an event, that is not the relay's own, nor simulated."""
        ...


class Books:
    """The books of one room; satisfies hub.Books."""

    def __init__(
        self,
        publish: Callable[[Sequence[Event]], object],
        statistics: Statistics | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`publish` puts the relay's own events into the room's stream; `clock` gives seconds."""
        self.statistics = statistics
        self._publish = publish
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None

    def take(self, event: Event) -> Sequence[Event]:
        """Enter a new event; gives what the stream is to have of it, in order."""
        if event.method in OWN_METHODS:
            return (event,)
        if self.statistics is not None and not isinstance(event, SimulatedEvent):
            self.statistics.take(event)
        return (event,)

    def take_up(self, past: Past) -> None:
        """Go on where the archive left the room."""

    def end_broadcast(self) -> None:
        """Publish what the end of the broadcast settles."""

    def finish(self) -> None:
        """Publish what is still to be said: the room is given up, or the relay stops."""
        self.close()

    def close(self) -> None:
        """Publish nothing any more of its own accord."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
