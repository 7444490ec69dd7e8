"""An export's output while it isn't complete: stopped, verified, gone on with; used by job.

Beside FILE stand FILE.part, with what there is of it, and FILE.part.json, which says how far that
goes. FILE itself appears only once it is whole.
"""

import fcntl
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from relay.errors import ExportError
from relay.store import Position

_READ_BYTES = 1024 * 1024


def open_private(path: str | Path, flags: int) -> int:
    """Open a file, one that is made now for its owner only: it says who wrote what."""
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


class Request(Struct, frozen=True):
    """What an export is of; only the same one can go on with a part."""

    store: str
    room: str
    format: str
    methods: list[str] | None
    from_ms: int | None
    to_ms: int | None


class State(Struct):
    """How far a part goes."""

    request: Request
    end: Position | None = None
    """The store's last event when the export began."""
    position: Position | None = None
    """Of the last event written; None: there was none yet."""
    rows: int = 0
    missing: int = 0
    """Ranges that could not be had."""
    bytes: int = 0
    crc: int = 0
    """CRC-32 of those bytes."""


class Part:
    """The part of one output file, for one process at a time."""

    def __init__(self, path: Path, request: Request) -> None:
        """Begin, or go on with what an earlier process left. Raises ExportError, OSError."""
        self._path = path
        self.data_path = path.with_name(path.name + ".part")
        self._state_path = path.with_name(path.name + ".part.json")
        if path.exists():
            raise ExportError(f"{path} exists already; remove it, or name another file")
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._file = os.fdopen(open_private(self.data_path, flags), "ab+")
        try:
            self._lock()
            self.state = self._go_on(request) or State(request)
            self._file.truncate(self.state.bytes)
            # Before the first byte: however soon it is stopped, it can be gone on with.
            self.save()
        except BaseException:
            self._file.close()
            raise

    def append(self, data: bytes) -> None:
        """Write more. It counts once `save` is called."""
        self._file.write(data)
        self.state.bytes += len(data)
        self.state.crc = zlib.crc32(data, self.state.crc)

    def save(self) -> None:
        """Make sure that what was written, and how far it goes, outlasts this process."""
        self._file.flush()
        os.fsync(self._file.fileno())
        fresh = self._state_path.with_name(self._state_path.name + ".new")
        with open(fresh, "wb", opener=open_private) as file:
            file.write(msgspec.json.encode(self.state))
        fresh.replace(self._state_path)

    def finish(self, convert: Callable[[Path, Path], None] | None) -> None:
        """Give the output its name; `convert` makes it of the part where that has another form."""
        self.save()
        source = self.data_path
        if convert is not None:
            source = self._path.with_name(self._path.name + ".new")
            os.close(open_private(source, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
            convert(self.data_path, source)
        source.replace(self._path)
        self._state_path.unlink()
        self.data_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportError(f"{self.data_path} is written by another export") from None

    def _go_on(self, request: Request) -> State | None:
        """Read how far the part goes and see that it is so; None: there is nothing to go on with.

        Raises ExportError where what is there is something else.
        """
        try:
            state = msgspec.json.decode(self._state_path.read_bytes(), type=State)
        except FileNotFoundError:
            if os.fstat(self._file.fileno()).st_size:
                raise self._refusal("there is nothing that says what it is") from None
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise self._refusal(f"{self._state_path} can't be read ({error})") from None
        for field in request.__struct_fields__:
            was, now = getattr(state.request, field), getattr(request, field)
            if was != now:
                raise self._refusal(f"its {field} is {was!r}, not {now!r}")
        if self._checksum(state.bytes) != state.crc:
            raise self._refusal("it has been changed or cut since")
        return state

    def _checksum(self, size: int) -> int:
        self._file.seek(0)
        crc = 0
        while size > 0 and (data := self._file.read(min(size, _READ_BYTES))):
            crc = zlib.crc32(data, crc)
            size -= len(data)
        return crc if size == 0 else -1

    def _refusal(self, why: str) -> ExportError:
        return ExportError(
            f"can't go on with {self.data_path}: {why}; remove it and {self._state_path.name} to"
            " begin anew, or name another file"
        )
