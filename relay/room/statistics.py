"""Keeps a room's statistics and publishes what changes, once a second; made and fed by books."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from relay.clock import now_ms
from relay.events import Event, StatsPayload
from relay.webcast.statistics import Statistics, StatisticsState

TELL_S = 1.0


class RoomStatistics:
    """The statistics of one room, and the clock that they are told by; satisfies hub.Statistics."""

    def __init__(
        self, publish: Callable[[Sequence[Event]], object], web_rid: Callable[[], str]
    ) -> None:
        """`publish` puts the relay's own events into the room's stream; see Books for the rest."""
        self._publish = publish
        self._web_rid = web_rid
        self._statistics = Statistics(now_ms)
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def take(self, event: Event) -> None:
        """Count an event, that is not the relay's own, nor simulated."""
        if self._timer is None and not self._closed:
            self._statistics.wake()
            self._timer = asyncio.get_running_loop().call_later(TELL_S, self._tell)
        self._statistics.take(event)

    def state(self) -> StatisticsState:
        """Give what they go on from after a restart."""
        return self._statistics.state()

    def restore(self, state: StatisticsState) -> None:
        """Go on with what was kept, before the first event."""
        self._statistics.restore(state)

    def replay(self, event: Event, at_ms: int) -> None:
        """Count an event that came at this time, before the first new one."""
        self._statistics.replay(event, at_ms)

    def full(self) -> StatsPayload:
        """Give what was told up to the stream's head, put together."""
        return self._statistics.full()

    def series(self, step_s: int) -> list[msgspec.Raw]:
        """Give steps of 10 or 60 s that are over, each as JSON, oldest first."""
        return self._statistics.series(step_s)

    def finish(self) -> None:
        """Tell what has changed, and nothing any more: the relay stops, or the room is left."""
        self.close()
        self._give(self._statistics.last(now_ms()))

    def close(self) -> None:
        """Tell nothing any more. Safe to repeat."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(self) -> None:
        self._timer = None
        self._give(self._statistics.changes(now_ms()))
        if not self._statistics.is_idle and not self._closed:
            self._timer = asyncio.get_running_loop().call_later(TELL_S, self._tell)

    def _give(self, changes: StatsPayload | None) -> None:
        if changes is not None:
            web_rid = self._web_rid()
            self._publish(
                [Event("RelayStats", "0", changes.room_id, web_rid, changes.time_ms, changes)]
            )
