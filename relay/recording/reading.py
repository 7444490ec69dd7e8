"""Reads a recording from its file; called by upstream/transports/replay, writing and cli.

Reads in pieces of a few kilobytes and without a thread: what a disk takes for one is less than what
it takes to decode the frames in it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from relay.errors import RecordingError
from relay.webcast.recording import (
    Header,
    Record,
    RecordDecoder,
    RecordKind,
    Room,
    check_header,
    read_text,
)

MAX_PAUSE_S = 60.0
"""A longer silence, such as a night in which the room was offline, plays as this long."""
_ROOM_ID = re.compile(r"[0-9]{1,19}")
_WEB_RID = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63})?")
_PIECE_BYTES = 64 * 1024


class Overview(Struct, frozen=True):
    """What a recording holds."""

    header: Header
    first: Room
    """The first broadcast; without a room_id where nothing came."""
    last: Room
    """The last one."""
    begin_ms: int
    """When recording began, Unix milliseconds."""
    length_s: float
    """How long it plays at its own speed."""
    frames: int
    """Frames and bodies in it."""
    sound_bytes: int
    """Up to here the file is whole members."""
    damage: str
    """Why it ends before the file does; "" where it doesn't."""


class Recording:
    """A file that holds a recording. Everything raises RecordingError for one that doesn't."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def records(self) -> Iterator[tuple[float, Record]]:
        """Give every record with the seconds it plays after the first; ends where damage begins."""
        return filter(None, self._records(RecordDecoder()))

    def steps(self) -> Iterator[tuple[float, Record] | None]:
        """Give the same, and None for each piece of the file that was read: there are files with
        nothing in them, however long.
        """
        return self._records(RecordDecoder())

    def look_over(self) -> Overview:
        """Read all of it once. Raises RecordingError also where nothing has been recorded in it."""
        overview = self.examine()
        if overview is None or not overview.frames:
            raise RecordingError(f"{self.path}: nothing has been recorded in it")
        return overview

    def examine(self) -> Overview | None:
        """Read all of it once; None for an empty file."""
        decoder = RecordDecoder()
        header: Header | None = None
        first = last = Room()
        begin_ms = frames = 0
        length_s = 0.0
        for at_s, record in filter(None, self._records(decoder)):
            length_s = at_s
            if header is None:
                header, begin_ms = self._header(record), record.time_ms
            elif record.kind == RecordKind.ROOM:
                last = self.room(record)
                first = first if first.room_id else last
            elif record.kind in (RecordKind.FRAME, RecordKind.BODY):
                frames += 1
        damage = decoder.damage
        if header is None:
            if decoder.is_torn:
                raise RecordingError(f"{self.path}: it is no recording ({damage or 'too short'})")
            return None
        if decoder.is_torn and not damage:
            damage = f"it ends in the middle, behind byte {decoder.sound_bytes}"
        return Overview(
            header, first, last, begin_ms, length_s, frames, decoder.sound_bytes, damage
        )

    def room(self, record: Record) -> Room:
        """Read a ROOM record."""
        try:
            room = read_text(record, Room)
        except RecordingError as error:
            raise RecordingError(f"{self.path}: {error}") from None
        if not (_ROOM_ID.fullmatch(room.room_id) and _WEB_RID.fullmatch(room.web_rid)):
            raise RecordingError(f"{self.path}: its room has impossible ids")
        return room

    def _header(self, record: Record) -> Header:
        try:
            return check_header(record)
        except RecordingError as error:
            raise RecordingError(f"{self.path}: {error}") from None

    def _records(self, decoder: RecordDecoder) -> Iterator[tuple[float, Record] | None]:
        at_s, last_ms = 0.0, None
        try:
            with self.path.open("rb") as file:
                while not decoder.damage and (piece := file.read(_PIECE_BYTES)):
                    for record in decoder.feed(piece):
                        if last_ms is not None:
                            at_s += min(max(0, record.time_ms - last_ms) / 1000, MAX_PAUSE_S)
                        last_ms = record.time_ms
                        yield at_s, record
                    yield None
        except OSError as error:
            raise RecordingError(f"{self.path}: can't be read: {error.strerror}") from None
