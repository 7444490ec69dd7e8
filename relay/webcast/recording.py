"""The recording format: records of what upstream sent, to bytes and back; no I/O.

Used by recording/ for files, by upstream and room for the record itself. The format is written down
in the README, "The file": gzip members, one a second or so, each holding whole records.
"""

import gzip
import struct
import zlib
from collections.abc import Generator, Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from relay.errors import RecordingError

VERSION = 1
FORMAT = "webcast-recording"

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Of a record. A frame or body with more can't be read anyway (webcast.frames.Limits)."""
MAX_TEXT_BYTES = 64 * 1024
"""Of a record that is JSON."""
MAX_TIME_MS = 100_000_000_000_000
"""In the year 5138; nothing is recorded later than that."""
_STEP_BYTES = 256 * 1024
"""Inflated at once, so that a small file can't fill the memory."""

_HEAD = struct.Struct(">BQI")
_GZIP_WBITS = 31


class RecordKind(IntEnum):
    """What a record is. Readers skip kinds that they don't know."""

    HEADER = 1
    """JSON, see Header: the beginning of a file, or of a later run of `relay record` onto it."""
    ROOM = 2
    """JSON, see Room: what comes from here on is of this broadcast."""
    FRAME = 3
    """A message of the push WebSocket, as it came; heartbeats and the like are left out."""
    BODY = 4
    """The body of an im/fetch answer, as it came, Content-Encoding undone."""
    GAP = 5
    """JSON, see Gap: messages may be missing here."""
    END = 6
    """JSON, no keys yet: the broadcast is over."""


_TEXT_KINDS = frozenset({RecordKind.HEADER, RecordKind.ROOM, RecordKind.GAP, RecordKind.END})


class Record(NamedTuple):
    """One record."""

    kind: int
    """A RecordKind, or one that a later version has."""
    time_ms: int
    """When it came, Unix milliseconds."""
    body: bytes


class Header(Struct, frozen=True):
    """What the file is."""

    format: str
    version: int
    scrubbed: bool = False
    """Whether people were made unrecognisable."""
    unfinished: bool = False
    """Whether that was begun only: who was met late still stands in earlier texts."""
    made_by: str = ""


class Room(Struct, frozen=True):
    """The room and its broadcast. "" where it was not known."""

    web_rid: str = ""
    room_id: str = ""
    title: str = ""
    anchor: str = ""
    """The anchor's nickname."""
    transport: str = ""
    """How it was received."""


class Gap(Struct, frozen=True):
    """Why messages may be missing."""

    reason: str
    """As in `gap` frames to clients: upstream_reconnect, corrupt_frame …"""


_AnyText = TypeVar("_AnyText", Header, Room, Gap)


def text_record(kind: RecordKind, time_ms: int, text: Struct | None = None) -> Record:
    """Make a record whose body is JSON."""
    return Record(kind, time_ms, msgspec.json.encode({} if text is None else text))


def read_text(record: Record, kind: type[_AnyText]) -> _AnyText:
    """Read the JSON of a record. Raises RecordingError."""
    try:
        return msgspec.json.decode(record.body, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise RecordingError(f"its {kind.__name__} record can't be read: {error}") from None


def check_header(record: Record) -> Header:
    """Read the first record. Raises RecordingError where it isn't one that we can go on from."""
    if record.kind != RecordKind.HEADER:
        raise RecordingError("it is no recording: it doesn't begin with a header")
    header = read_text(record, Header)
    if header.format != FORMAT:
        raise RecordingError(f"it is no recording, but {header.format[:40]!r}")
    if header.version != VERSION:
        raise RecordingError(
            f"it has version {header.version} of the format; this relay reads version {VERSION}"
        )
    return header


def pack(records: Iterable[Record]) -> bytes:
    """Write records as a gzip member."""
    plain = b"".join(_HEAD.pack(kind, time_ms, len(body)) + body for kind, time_ms, body in records)
    return gzip.compress(plain, 6, mtime=0)


class RecordDecoder:
    """Reads records out of a file's bytes, however they are cut."""

    def __init__(self) -> None:
        self.sound_bytes = 0
        """Up to here the file is whole members; behind it more can be written."""
        self.damage = ""
        """Why nothing more comes; "" as long as all is well."""
        self._fed_bytes = 0
        self._member: zlib._Decompress | None = None
        self._plain = bytearray()

    @property
    def is_torn(self) -> bool:
        """Whether the bytes until now end in the middle of something."""
        return self._fed_bytes != self.sound_bytes

    def feed(self, data: bytes) -> Iterator[Record]:
        """Give the records that `data` completes; to be taken all before the next call.

        Never raises: see `damage`.
        """
        self._fed_bytes += len(data)
        while data and not self.damage:
            if self._member is None:
                self._member = zlib.decompressobj(_GZIP_WBITS)
            data = yield from self._inflate(self._member, data)

    def _inflate(self, member: "zlib._Decompress", data: bytes) -> Generator[Record, None, bytes]:
        """Go on in one member; returns what is behind its end."""
        more = True
        while more:
            try:
                plain = member.decompress(data, _STEP_BYTES)
            except zlib.error as error:
                self.damage = f"{error}, behind byte {self.sound_bytes}"
                return b""
            self._plain += plain
            yield from self._cut()
            if self.damage:
                return b""
            data = member.unconsumed_tail
            # All input may be taken while there is still output to be had.
            more = not member.eof and bool(data or len(plain) == _STEP_BYTES)
        if not member.eof:
            return b""
        if self._plain:
            self.damage = f"a record goes beyond its member, behind byte {self.sound_bytes}"
            return b""
        self._member = None
        self.sound_bytes = self._fed_bytes - len(member.unused_data)
        return member.unused_data

    def _cut(self) -> list[Record]:
        """Cut whole records off the inflated bytes."""
        records = []
        plain, at = self._plain, 0
        while len(plain) - at >= _HEAD.size:
            kind, time_ms, size = _HEAD.unpack_from(plain, at)
            too_large = size > (MAX_TEXT_BYTES if kind in _TEXT_KINDS else MAX_BODY_BYTES)
            if too_large or time_ms > MAX_TIME_MS:
                self.damage = f"no record can be like that, behind byte {self.sound_bytes}"
                break
            begin = at + _HEAD.size
            if len(plain) < begin + size:
                break
            at = begin + size
            records.append(Record(kind, time_ms, bytes(plain[begin:at])))
        del plain[:at]
        return records
