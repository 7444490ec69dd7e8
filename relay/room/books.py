"""A room's books: what the relay counts of its events, and its own events that come of that.

Made by output, one for each room; the stream enters every new event, output says what becomes of
the broadcast.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from relay.clock import now_ms
from relay.events import OWN_METHODS, Event, GiftPayload, SimulatedEvent, StatsPayload
from relay.events.listed import ListedGift
from relay.events.stored import Past
from relay.hub import read_event
from relay.room.statistics import RoomStatistics
from relay.webcast.gifts import Ledger


class Books:
    """The books of one room; satisfies hub.Books."""

    def __init__(
        self,
        publish: Callable[[Sequence[Event]], object],
        *,
        listed: Callable[[str], ListedGift | None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`publish` puts the relay's own events into the room's stream.

        `listed` finds a gift in upstream's catalogue; `clock` gives seconds that never fall.
        """
        self.statistics = RoomStatistics(publish)
        self.ledger = Ledger(listed)
        self._publish = publish
        self._clock = clock
        self._room_id = ""
        """The broadcast of the last event."""
        self._timer: asyncio.Handle | None = None
        self._timer_at = 0.0
        """When it is due, in the loop's time: uvloop's handle does not say it when that is now."""
        self._closed = False

    def take(self, event: Event) -> Sequence[Event]:
        """Enter a new event; gives what the stream is to have of it, in order."""
        events: Sequence[Event] = (event,)
        if event.method in OWN_METHODS:
            return events
        is_simulated = isinstance(event, SimulatedEvent)
        over: list[Event] = []
        if event.room_id != self._room_id and not is_simulated:
            self._room_id = event.room_id
            over = self.ledger.close(self._clock(), "broadcast")
        if isinstance(event.payload, GiftPayload):
            events = self.ledger.take(event, self._clock())
            event = events[-1]
            self._arm()
        if not is_simulated:
            self.statistics.take(event)
        return [*over, *events] if over else events

    def take_up(self, past: Past) -> None:
        """Go on where the archive left the room."""
        tallies = past.tallies
        if tallies is None:
            return
        events = [event for body in tallies.gifts if (event := read_event(body)) is not None]
        self.ledger.restore(events, self._clock(), now_ms())
        real = [event for event in events if not isinstance(event, SimulatedEvent)]
        if real:
            self._room_id = real[-1].room_id
        self._arm()
        self.statistics.take_up(tallies)

    def stats(self) -> StatsPayload:
        """Give all that was told of the room's numbers up to the stream's head, put together."""
        return self.statistics.full()

    def series(self, step_s: int) -> list[bytes]:
        """Give them step by step, each as JSON, oldest first; steps of 10 or 60 s."""
        return self.statistics.series(step_s)

    def end_broadcast(self) -> None:
        """Publish what the end of the broadcast settles."""
        self._tell(self.ledger.close(self._clock(), "broadcast"))

    def finish(self) -> None:
        """Publish what is still to be said: the room is given up, or the relay stops."""
        self._tell(self.ledger.close(self._clock(), "stop"))
        self.statistics.finish()
        self.close()

    def close(self) -> None:
        """Publish nothing any more of its own accord."""
        self._closed = True
        self.statistics.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # Inside

    def _arm(self) -> None:
        """See to it that combos are told when they are over."""
        next_s = self.ledger.next_s
        if next_s is None or self._closed:
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + max(next_s - self._clock(), 0)
        if self._timer is not None:
            if self._timer_at <= at:
                return
            self._timer.cancel()
        self._timer, self._timer_at = loop.call_at(at, self._tick), at

    def _tick(self) -> None:
        self._timer = None
        self._tell(self.ledger.due(self._clock()))
        self._arm()

    def _tell(self, events: Sequence[Event]) -> None:
        if events:
            self._publish(events)
