"""A room's books: what the relay counts of its events, and its own events that come of that.

Made by output, one for each room; the stream enters every new event, output says what becomes of
the broadcast.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from relay.clock import now_ms
from relay.events import (
    OWN_METHODS,
    Event,
    GiftComboPayload,
    GiftPayload,
    SimulatedEvent,
    StatsPayload,
)
from relay.events.listed import ListedGift
from relay.events.stored import Past
from relay.hub import read_event
from relay.room.statistics import RoomStatistics
from relay.webcast.combos import LedgerState
from relay.webcast.gifts import Ledger
from relay.webcast.statistics import LATE_MS, StatisticsState

KEEP_S = 30.0
"""How often books are kept while something comes."""
KEEP_EVENTS = 5_000
"""They are kept sooner behind so many events: a quarter of those that the store gives back."""


class _Kept(Struct, frozen=True):
    """Books as they are kept; a change wants another BOOKS_VERSION."""

    room_id: str
    ledger: LedgerState
    statistics: StatisticsState


_encode = msgspec.msgpack.Encoder().encode
_kept = msgspec.msgpack.Decoder(_Kept)


class Books:
    """The books of one room; satisfies hub.Books."""

    def __init__(
        self,
        publish: Callable[[Sequence[Event]], object],
        *,
        web_rid: Callable[[], str] = str,
        listed: Callable[[str], ListedGift | None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        keep: Callable[[bytes], object] | None = None,
    ) -> None:
        """`publish` puts the relay's own events into the room's stream.

        `web_rid` gives the room's, "" while it isn't known. `keep` has them kept as they are at the
        stream's head, for `take_up`. `listed` finds a gift in upstream's catalogue; `clock` gives
        seconds that never fall.
        """
        self.statistics = RoomStatistics(publish, web_rid)
        self.ledger = Ledger(listed)
        self._publish = publish
        self._clock = clock
        self._keep = keep
        self._keeping: asyncio.Handle | None = None
        self._unkept = 0
        """Events since the books were kept."""
        self._room_id = ""
        """The present broadcast."""
        self._before = ""
        """The one before it."""
        self._since_s = 0.0
        """When the present one began."""
        self._timer: asyncio.Handle | None = None
        self._timer_at = 0.0
        """When it is due, in the loop's time: uvloop's handle does not say it when that is now."""
        self._closed = False

    def take(self, event: Event) -> Sequence[Event]:
        """Enter a new event; gives what the stream is to have of it, in order."""
        events: Sequence[Event] = (event,)
        if event.method in OWN_METHODS:
            return events
        self._unkept += 1
        if self._unkept == 1:
            self._keep_at(KEEP_S)
        elif self._unkept == KEEP_EVENTS:
            self._keep_at(0)
        is_simulated = isinstance(event, SimulatedEvent)
        over: list[Event] = []
        if not is_simulated and self._goes_over(event.room_id, self._clock()):
            over = self.ledger.close(self._clock(), "broadcast")
        if isinstance(event.payload, GiftPayload):
            events = self.ledger.take(event, self._clock())
            event = events[-1]
            self._arm()
        if not is_simulated:
            self.statistics.take(event)
        return [*over, *events] if over else events

    def take_up(self, past: Past) -> None:
        """Go on where the archive left the room: from what was kept, and the events behind it."""
        tallies = past.tallies
        if tallies is None:
            return
        now_s, time_ms = self._clock(), now_ms()
        kept = _read(tallies.books)
        if kept is not None:
            self._room_id = kept.room_id
            self.ledger.restore(kept.ledger, now_s, time_ms)
            self.statistics.restore(kept.statistics)
        for at_ms, body in tallies.since:
            event = read_event(body)
            if event is not None:
                self._replay(event, at_ms, now_s - max(time_ms - at_ms, 0) / 1000)
        self._arm()
        self._keep_at(0)  # so that it takes no longer however often this is done

    def stats(self) -> StatsPayload:
        """Give all that was told of the room's numbers up to the stream's head, put together."""
        return self.statistics.full()

    def series(self, step_s: int) -> list[msgspec.Raw]:
        """Give them step by step, each as JSON, oldest first; steps of 10 or 60 s."""
        return self.statistics.series(step_s)

    def end_broadcast(self) -> None:
        """Publish what the end of the broadcast settles."""
        self._tell(self.ledger.close(self._clock(), "broadcast"))

    def finish(self) -> None:
        """Publish what is still to be said: the room is given up, or the relay stops."""
        self._tell(self.ledger.close(self._clock(), "stop"))
        self.statistics.finish()
        self._keep_now()
        self.close()

    def close(self) -> None:
        """Publish nothing any more of its own accord."""
        self._closed = True
        self.statistics.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None

    # Inside

    def _replay(self, event: Event, at_ms: int, at_s: float) -> None:
        """Enter an event of before; of the relay's own, that a combo was told."""
        is_simulated = isinstance(event, SimulatedEvent)
        if isinstance(event.payload, GiftPayload | GiftComboPayload):
            self.ledger.replay(event, at_s)
        if not is_simulated and event.method not in OWN_METHODS:
            self._goes_over(event.room_id, at_s)
            self.statistics.replay(event, at_ms)

    def _goes_over(self, room_id: str, at_s: float) -> bool:
        """Note the broadcast of an event; tell whether it is a new one, and not a late message."""
        if room_id == self._room_id:
            return False
        if room_id == self._before and at_s - self._since_s < LATE_MS / 1000:
            return False
        self._before, self._room_id, self._since_s = self._room_id, room_id, at_s
        return True

    def _keep_at(self, in_s: float) -> None:
        """Have the books kept by then, at the latest."""
        if self._keep is None or self._closed:
            return
        if self._keeping is not None:
            self._keeping.cancel()
        self._keeping = asyncio.get_running_loop().call_later(in_s, self._keep_now)

    def _keep_now(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None
        self._unkept = 0
        if self._keep is not None and not self._closed:
            ledger = self.ledger.state(self._clock(), now_ms())
            self._keep(_encode(_Kept(self._room_id, ledger, self.statistics.state())))

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


def _read(body: bytes) -> _Kept | None:
    """Read books that were kept; None where that can't be."""
    try:
        return _kept.decode(body)
    except msgspec.MsgspecError:  # there are none, or the file is broken
        return None
