"""A room's statistics: what its broadcast adds up to, and what of that has changed.

Kept by room/books. No I/O, no clock of its own.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from relay.events import Event, StatsPayload
from relay.webcast.counts import Counts, CountsState
from relay.webcast.series import Series, SeriesState
from relay.webcast.windows import BUCKET_MS, Windows, WindowsState

FULL_MS = 60_000
"""How often everything is told."""
WINDOWS_MS = 5_000
"""How often the numbers by method and those of the last minutes are told, at most: they are large,
and always change."""
DECAY_MS = 10_000
"""The same while nothing comes."""
TOP_MS = 3_000
"""How often the ranking is told, at most: ten people are larger than all the rest."""
LATE_MS = 60_000
"""How long messages of the broadcast before may come late: they are not counted."""


class StatisticsState(Struct, frozen=True):
    """A room's statistics as they are kept over restarts."""

    counts: CountsState
    before: str
    """The broadcast before."""
    windows: WindowsState
    series: SeriesState


class Statistics:
    """The statistics of one room, a broadcast at a time."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """`now_ms` gives Unix milliseconds."""
        self._now_ms = now_ms
        self._counts = Counts("", 0)
        self._before = ""
        """The broadcast before."""
        self._windows = Windows()
        self._series = Series()
        self._sent: dict[str, Any] = {}
        """What was told last, by field."""
        self._sent_of = ""
        self._sent_ms = self._full_ms = self._windows_ms = self._top_ms = 0
        """When anything, everything, the windows, and the ranking were told."""
        self._is_new = False
        """Whether anything came since the last changes, and"""
        self._windows_new = False
        """since the windows were told;"""
        self._windows_empty = True
        """whether these were empty then."""
        self._full_due = False

    def take(self, event: Event) -> None:
        """Count an event; not one of the relay's own, nor a simulated one.

        Gifts have to be completed: their increments are what counts.
        """
        if event.room_id != self._counts.room_id and not self._goes_over(
            event.room_id, self._now_ms()
        ):
            return
        self._is_new = self._windows_new = True
        self._counts.take(event, self._windows.now)

    def wake(self) -> None:
        """Note that time has passed; needed before an event that comes when it was idle."""
        self._roll(self._now_ms())

    @property
    def is_idle(self) -> bool:
        """Whether nothing changes until something comes."""
        return self._windows_empty and not (self._is_new or self._windows_new)

    def changes(self, now_ms: int) -> StatsPayload | None:
        """Give what has changed since this was asked last; None: nothing that is to be told now.

        To be asked once a second, until it is idle.
        """
        self._roll(now_ms)
        if not self._counts.room_id:
            return None
        since_windows_ms = abs(now_ms - self._windows_ms)
        windows_due = since_windows_ms >= (WINDOWS_MS if self._windows_new else DECAY_MS)
        if not (self._is_new or windows_due):
            return None
        top_due = windows_due or abs(now_ms - self._top_ms) >= TOP_MS
        return self._tell(now_ms, windows=windows_due, top=top_due)

    def last(self, now_ms: int) -> StatsPayload | None:
        """Give all that has changed, before the relay stops."""
        self._roll(now_ms)
        return self._tell(now_ms, windows=True, top=True) if self._counts.room_id else None

    def full(self) -> StatsPayload:
        """Give what was told until now, put together: what follows is to be put over it."""
        if not self._sent:
            return StatsPayload(
                room_id=self._counts.room_id,
                content="",
                user=None,
                full=True,
                time_ms=self._now_ms(),
                **self._values(windows=True),
            )
        return StatsPayload(
            room_id=self._sent_of,
            content="",
            user=None,
            full=True,
            time_ms=self._sent_ms,
            **self._sent,
        )

    def series(self, step_s: int) -> list[msgspec.Raw]:
        """Give the steps that are over, each a series.Point as JSON, oldest first.

        `step_s` is one of series.STEPS.
        """
        return self._series.points(step_s)

    def state(self) -> StatisticsState:
        """Give what they go on from after a restart."""
        return StatisticsState(
            self._counts.state(), self._before, self._windows.state(), self._series.state()
        )

    def restore(self, state: StatisticsState) -> None:
        """Go on with what was kept, before the first event."""
        counts = Counts.restored(state.counts)
        self._windows = Windows.restored(state.windows)
        self._series = Series.restored(state.series)
        self._before, self._counts = state.before, counts

    def replay(self, event: Event, at_ms: int) -> None:
        """Count an event that came at this time, before the first new one."""
        self._roll(at_ms)
        if event.room_id == self._counts.room_id or self._goes_over(event.room_id, at_ms):
            self._windows_new = True
            self._counts.take(event, self._windows.now)

    # Inside

    def _roll(self, now_ms: int) -> None:
        over = self._windows.roll(now_ms)
        if over is not None:
            begin_ms, bucket = over
            self._counts.messages.update(bucket.messages)
            self._series.add(begin_ms, bucket, self._counts.viewers)

    def _goes_over(self, room_id: str, now_ms: int) -> bool:
        """Begin with the next broadcast; False: it is the one before."""
        if room_id == self._before and now_ms - self._counts.since_ms < LATE_MS:
            return False
        if self._counts.room_id:
            self._roll(now_ms + BUCKET_MS)  # what came just now belongs to the one before
        self._before = self._counts.room_id
        self._counts = Counts(room_id, now_ms)
        self._windows = Windows()
        self._windows.roll(now_ms)
        self._full_due = True
        return True

    def _tell(self, now_ms: int, *, windows: bool, top: bool) -> StatsPayload | None:
        full = (
            self._full_due
            or self._sent_of != self._counts.room_id
            or now_ms - self._full_ms >= FULL_MS
            or now_ms < self._sent_ms
        )
        values = self._values(windows=windows or full)
        sent = self._sent
        changed = {
            name: value for name, value in values.items() if name not in sent or sent[name] != value
        }
        self._is_new = False
        if "top_givers" in changed:
            if top or full:
                self._top_ms = now_ms
            else:
                del changed["top_givers"]
                self._is_new = True  # it is told later
        if windows or full:
            self._windows_ms = now_ms
            self._windows_new = False
            self._windows_empty = self._windows.are_empty
        if not changed:
            return None
        if full:
            self._full_ms = now_ms
            self._full_due = False
            changed = values
        self._sent = {**sent, **changed}
        self._sent_of = self._counts.room_id
        self._sent_ms = now_ms
        return StatsPayload(
            room_id=self._sent_of, content="", user=None, full=full, time_ms=now_ms, **changed
        )

    def _values(self, *, windows: bool) -> dict[str, Any]:
        values = self._counts.values()
        if windows:
            values["messages"] = dict(self._counts.messages + self._windows.now.messages)
            values["messages_per_min"] = self._windows.messages_per_min()
            values["recent"] = self._windows.recent()
        return values
