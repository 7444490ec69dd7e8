"""The tape of one room that goes to a file, about once a second; made and run by app.

Satisfies tape.Tape. What is slow is done in a thread: the room never waits for the disk.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path

import structlog
from msgspec import Struct, field

from relay.clock import now_ms
from relay.errors import RecordingError
from relay.hub import RoomState, RoomStatus
from relay.logs import Throttle
from relay.recording import RecordingWriter, Scrubber
from relay.upstream.broadcast import Broadcast
from relay.webcast.recording import (
    MAX_BODY_BYTES,
    Gap,
    Record,
    RecordKind,
    Room,
    text_record,
)

FLUSH_S = 1.0
"""A crash costs at most what came since the last flush, and what was being written."""
MAX_PENDING_BYTES = 64 * 1024 * 1024
"""Kept for a disk that is slow. What comes while it is used up is not recorded, and the recording
says so."""
_RECORD_COST_BYTES = 200
"""Of one in memory, whatever its body."""

_log = structlog.get_logger(__name__)


class Tally(Struct):
    """What has been recorded."""

    events: int = 0
    """In it, as far as the room's stream counts them."""
    frames: int = 0
    """Frames and bodies."""
    bytes: int = 0
    """Of them."""
    not_recorded: int = 0
    """Those that the disk was too slow for, or that are larger than any that can be read."""
    written_bytes: int = 0
    """By which the file has grown."""
    dropped_messages: Counter[str] = field(default_factory=Counter)
    """What scrubbing left out: messages by method,"""
    dropped_fields: Counter[str] = field(default_factory=Counter)
    """and fields of others."""
    forgotten_names: int = 0
    """Names that were too many to be looked for in texts."""


class Recorder:
    """Records one room, until `stop`."""

    def __init__(self, path: Path, *, scrub: bool) -> None:
        """Open the file; blocks. Raises RecordingError, see RecordingWriter."""
        self.tally = Tally()
        self._writer = RecordingWriter(path, time_ms=now_ms(), unfinished=scrub)
        self._scrubber = Scrubber() if scrub else None
        self._status: RoomStatus | None = None
        self._room: Room | None = None
        """As last recorded; None: between broadcasts."""
        self._transport = ""
        self._pending: list[Record] = []
        self._pending_bytes = 0
        self._lacking = False
        """Whether something was not recorded since the last record."""
        self._throttle = Throttle()
        self._wrong_room = ""
        self._wake = asyncio.Event()
        self._stopped = False

    # tape.Tape

    def about(self, status: RoomStatus) -> None:
        """Take over the room's names; note the end of a broadcast."""
        known = self._writer.web_rid
        if known and status.web_rid and status.web_rid != known:
            self._wrong_room = status.web_rid
            self._wake.set()
        self._status = status
        self._transport = status.transport or self._transport
        if status.state is RoomState.ENDED and self._room is not None:
            self._add(text_record(RecordKind.END, now_ms()))
            self._room = None

    def keep(self, record: Record, broadcast: Broadcast) -> None:
        """Record what came."""
        too_large = len(record.body) > MAX_BODY_BYTES
        if too_large or self._pending_bytes + len(record.body) > MAX_PENDING_BYTES:
            self._do_without(record)
            return
        room = self._room_of(broadcast)
        if room != self._room:
            self._room = room
            self._add(text_record(RecordKind.ROOM, record.time_ms, room))
        if self._lacking:
            self._lacking = False
            self.gap("not_recorded")
        self._add(record)
        self.tally.frames += 1
        self.tally.bytes += len(record.body)

    def gap(self, reason: str) -> None:
        """Record that messages may be missing."""
        if self._room is not None:
            self._add(text_record(RecordKind.GAP, now_ms(), Gap(reason)))

    # Run by app

    async def run(self) -> None:
        """Write what comes, until `stop`. Raises RecordingError where that can't go on."""
        while not self._stopped:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_S):
                    await self._wake.wait()
            if self._wrong_room:
                raise RecordingError(
                    f"{self._writer.path}: holds room {self._writer.web_rid}, and this is room"
                    f" {self._wrong_room}; name another file"
                )
            await self._flush()

    def stop(self) -> None:
        """Have `run` write what there is, and return."""
        self._stopped = True
        self._wake.set()

    async def finish(self) -> None:
        """After `run`: replace in texts who was met only later, where people are to be unknown.

        Raises RecordingError.
        """
        if self._scrubber is not None:
            await asyncio.to_thread(self._writer.rewrite, self._scrubber.look_again)
            self._count()

    def close(self) -> None:
        """Close the file. Safe to repeat."""
        self._writer.close()

    async def _flush(self) -> None:
        records, self._pending = self._pending, []
        self._pending_bytes = 0
        if records:
            await asyncio.to_thread(self._write, records)

    def _write(self, records: list[Record]) -> None:
        scrubber = self._scrubber
        if scrubber is not None:
            records = [new for old in records if (new := scrubber.scrub(old)) is not None]
        if records:
            self._writer.write(records)
        self._count()

    def _count(self) -> None:
        self.tally.written_bytes = self._writer.bytes_written
        if self._scrubber is not None:
            self.tally.dropped_messages = self._scrubber.dropped_messages
            self.tally.dropped_fields = self._scrubber.dropped_fields
            self.tally.forgotten_names = self._scrubber.forgotten_names

    def _add(self, record: Record) -> None:
        self._pending.append(record)
        self._pending_bytes += len(record.body) + _RECORD_COST_BYTES

    def _do_without(self, record: Record) -> None:
        self._lacking = True
        self.tally.not_recorded += 1
        held = self._throttle.admit()
        if held is not None:
            _log.warning(
                "not recorded: too large, or the disk is too slow",
                size=len(record.body),
                held_back=held,
            )

    def _room_of(self, broadcast: Broadcast) -> Room:
        status = self._status
        told = status is not None and status.room_id == broadcast.room_id
        return Room(
            web_rid=broadcast.web_rid,
            room_id=broadcast.room_id,
            title=status.title if status is not None and told else "",
            anchor=status.anchor if status is not None else "",
            transport=self._transport,
        )
