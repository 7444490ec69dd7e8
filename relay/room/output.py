"""What a room's fetcher gives to the hub: its status, events and gaps; one for each room.

Once closed it swallows everything: a fetcher that is being stopped may still be on its way out.
"""

import asyncio
from collections.abc import Callable, Sequence
from math import inf

import msgspec
import structlog

from relay.clock import now_ms
from relay.events import Event
from relay.events.listed import ListedGift
from relay.hub import (
    ConnectionState,
    Hub,
    RoomCounters,
    RoomHealth,
    RoomState,
    RoomStatus,
    Stream,
)
from relay.logs import Throttle
from relay.room.books import Books
from relay.room.tape import Tape
from relay.upstream.broadcast import MAX_POSITION_CHARS, Broadcast
from relay.upstream.status import RoomInfo
from relay.webcast.recording import Record

_WELL = RoomHealth()


class RoomOutput:
    """One room's way into the hub."""

    def __init__(
        self,
        hub: Hub,
        stream: Stream,
        tape: Tape | None = None,
        *,
        listed: Callable[[str], ListedGift | None] = lambda _: None,
    ) -> None:
        """`tape`: what is to be recorded goes there, too; `listed` finds gifts in the catalogue."""
        self.books = Books(
            self.publish,
            web_rid=lambda: stream.status.web_rid,
            listed=listed,
            keep=self._keep_books if stream.archive else None,
        )
        stream.books = self.books
        self.log = structlog.get_logger(__name__).bind(room=stream.status.name)
        self._hub = hub
        self._stream = stream
        self._tape = tape
        self._closed = False
        self.moves_by = inf
        """When the fetcher does something next, at the latest, by the loop's clock."""
        self._logged = (RoomState.RESOLVING, "")
        self._bad_frames = Throttle()
        self._omissions = Throttle()
        self._losses = Throttle()
        self._recoveries = Throttle()

    @property
    def counters(self) -> RoomCounters:
        """The room's counters; frames, messages and reconnects are ours to count."""
        return self._stream.counters

    @property
    def state(self) -> RoomState:
        """The room's state as last said."""
        return self._stream.status.state

    def rests(self, wait_s: float) -> None:
        """Note that the fetcher, or one of its connections, moves now, and then after `wait_s`."""
        self.moves_by = asyncio.get_running_loop().time() + wait_s

    def finish(self) -> None:
        """Say what is still to be said of the room before it is closed."""
        if not self._closed:
            self.books.finish()

    def close(self) -> None:
        """Swallow everything from now on."""
        self._closed = True
        self.books.close()

    def learn(self, info: RoomInfo) -> None:
        """Take over names and texts of the room."""
        status = self._stream.status
        room_id = info.room_id or status.room_id
        self._set(
            msgspec.structs.replace(
                status,
                web_rid=info.web_rid or status.web_rid,
                room_id=room_id,
                # A broadcast without a title must not keep the last one's.
                title=info.title or (status.title if room_id == status.room_id else ""),
                anchor=info.anchor or status.anchor,
            )
        )

    def ask_past(self) -> None:
        """Have the room's stream go on where the store left it, as soon as the room is known."""
        if not self._closed:
            self._hub.ask_past(self._stream)

    async def take_up(self) -> None:
        """Wait until it is settled where the stream goes on; needed before the first event."""
        if not self._closed:
            await self._hub.take_up(self._stream)

    def enter(
        self,
        state: RoomState,
        reason: str = "",
        *,
        transport: str = "",
        text: str = "",
        health: RoomHealth = _WELL,
        connections: tuple[ConnectionState, ...] = (),
    ) -> None:
        """Say which state the room is in; `text` explains the reason in the log."""
        if state is RoomState.ENDED and not self._closed:
            self.books.end_broadcast()
        status = self._stream.status
        since_ms = status.since_ms if status.state is state else now_ms()
        self._set(
            msgspec.structs.replace(
                status,
                state=state,
                reason=reason,
                transport=transport,
                since_ms=since_ms,
                health=health,
                connections=connections,
            )
        )
        self._log_state(text)

    def well(self, cure: str, cause: str, after_s: float) -> None:
        """Count and log that a connection works again."""
        if self._closed:
            return
        self.counters.helped[cure] += 1
        held = self._recoveries.admit()
        if held is not None:
            self.log.info(
                "connection to upstream works again",
                room_id=self._stream.status.room_id,
                cause=cause,
                after_s=round(after_s, 2),
                helped=cure,
                held_back=held,
            )

    def lost(self, cause: str, text: str, cure: str, wait_s: float) -> None:
        """Count and log a lost connection, and what is done about it."""
        if self._closed:
            return
        self.counters.reconnects[cause] += 1
        self.counters.cures[cure] += 1
        held = self._losses.admit()
        if held is not None:
            self.log.info(
                "connection to upstream lost",
                room_id=self._stream.status.room_id,
                cause=cause,
                text=text,
                next=cure,
                wait_s=round(wait_s, 2),
                held_back=held,
            )

    def publish(self, events: Sequence[Event]) -> int:
        """Publish events; returns how many were new."""
        return 0 if self._closed else self._hub.publish(self._stream, events)

    def note_position(self, internal_ext: str) -> None:
        """Keep what upstream would go on with; "" where clients are not to have it."""
        if not self._closed:
            is_sound = len(internal_ext) <= MAX_POSITION_CHARS
            self._stream.internal_ext = internal_ext if is_sound else ""

    def gap(self, reason: str) -> None:
        """Say that upstream's messages may be missing at this point."""
        if not self._closed:
            self._hub.announce_gap(self._stream, reason)
            if self._tape is not None:
                self._tape.gap(reason)

    def keep(self, record: Record, broadcast: Broadcast) -> None:
        """Have what upstream sent recorded, where that is asked for."""
        if self._tape is not None and not self._closed:
            self._tape.keep(record, broadcast)

    def bad_frame(self, cause: str, text: str) -> None:
        """Count and log a frame that can't be read."""
        self.counters.frames[cause] += 1
        held = self._bad_frames.admit()
        if held is not None and not self._closed:
            self.log.warning(
                "unreadable frame",
                room_id=self._stream.status.room_id,
                cause=cause,
                text=text,
                held_back=held,
            )

    def omitted(self, messages: int) -> None:
        """Log messages of one Response whose payloads are past the limits."""
        held = self._omissions.admit()
        if held is not None and not self._closed:
            self.log.warning(
                "payloads left out: too large, or too much at once",
                room_id=self._stream.status.room_id,
                messages=messages,
                held_back=held,
            )

    def _keep_books(self, books: bytes) -> None:
        stream = self._stream
        if not self._closed and stream.settled and stream.archive is not None:
            stream.archive.keep_books(stream.epoch, stream.head, books)

    def _set(self, status: RoomStatus) -> None:
        if not self._closed and status != self._stream.status:
            self._hub.set_status(self._stream, status)
            if self._tape is not None:
                self._tape.about(status)

    def _log_state(self, text: str) -> None:
        status = self._stream.status
        # A short break of a live room is told by `lost` already.
        if self._closed or (status.state is RoomState.CONNECTING and not status.reason):
            return
        said = (status.state, status.reason)
        if said == self._logged:
            return
        self._logged = said
        fields = {
            "web_rid": status.web_rid,
            "room_id": status.room_id,
            "transport": status.transport,
            "reason": status.reason,
            "text": text,
            "hint": status.health.hint,
        }
        bad = status.state in (RoomState.BLOCKED, RoomState.ERROR)
        write = self.log.warning if bad else self.log.info
        said_fields = {key: value for key, value in fields.items() if value}
        write(f"room {status.state.value}", **said_fields)
