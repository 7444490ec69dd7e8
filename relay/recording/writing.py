"""Writes a recording to its file, and goes on with one that is there; called by room/recorder.

Blocks: its caller runs it in a thread.
"""

import fcntl
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from relay import __version__
from relay.errors import RecordingError
from relay.recording.reading import Overview, Recording
from relay.webcast.recording import (
    FORMAT,
    MAX_BODY_BYTES,
    VERSION,
    Header,
    Record,
    RecordDecoder,
    RecordKind,
    pack,
    text_record,
)

_MAX_TORN_BYTES = 128 * 1024 * 1024
"""More than a member that was being written can hold; room/recorder keeps half of it at most."""
_BATCH_BYTES = 256 * 1024
"""Of a member where a file is rewritten."""
_RECORD_COST_BYTES = 200
"""Of one in memory, whatever its body."""


class RecordingWriter:
    """A file that records are appended to, in members that are whole even after a crash."""

    def __init__(
        self, path: Path, *, time_ms: int, scrubbed: bool = False, unfinished: bool = False
    ) -> None:
        """Make the file, or go on with it behind its last whole record.

        `time_ms` is now; the rest is as in Header. Raises RecordingError where the file can't be
        written, is no recording, is being recorded to, or is scrubbed, finished or not: nobody has
        the key that its people were renamed with.
        """
        self.path = path
        self.bytes_written = 0
        """By this writer."""
        self._sound_bytes = 0
        self.web_rid = ""
        """The room that is in the file already."""
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._failed(error) from None
        try:
            self._lock()
            found = Recording(path).examine()
            if found is not None:
                self._go_on(found, scrubbed=scrubbed or unfinished)
            header = Header(FORMAT, VERSION, scrubbed, unfinished, f"relay {__version__}")
            self.write([text_record(RecordKind.HEADER, time_ms, header)])
        except BaseException:
            self.close()
            raise

    def write(self, records: Sequence[Record]) -> None:
        """Append records, and have them on the disk when this returns. Raises RecordingError."""
        member = pack(records)
        rest = memoryview(member)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError as error:
            # A disk that is full takes a part; what is behind it could not be read any more.
            with suppress(OSError):
                os.ftruncate(self._file, self._sound_bytes)
            raise self._failed(error) from None
        self._sound_bytes += len(member)
        self.bytes_written += len(member)

    def rewrite(self, change: Callable[[Record], Record | None]) -> None:
        """Put changed records in the place of all that is in the file, at once; then close it.

        Those that are changed to None are left out. The file is scrubbed with that. Raises
        RecordingError, and leaves the file as it was.
        """
        path = self.path.resolve()
        part = path.with_name(f".{path.name}.part")
        try:
            part.unlink(missing_ok=True)
            self._copy(part, change)
            part.replace(path)
        except OSError as error:
            raise self._failed(error) from None
        finally:
            self.close()
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file. Safe to repeat."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _copy(self, path: Path, change: Callable[[Record], Record | None]) -> None:
        records = (record for _, record in Recording(self.path).records())
        header = next(records)
        copy = RecordingWriter(path, time_ms=header.time_ms, scrubbed=True)
        try:
            batch: list[Record] = []
            batch_bytes = 0
            for record in records:
                changed = change(record)
                if changed is not None:
                    batch.append(changed)
                    batch_bytes += len(changed.body)
                if batch_bytes > _BATCH_BYTES:
                    copy.write(batch)
                    batch, batch_bytes = [], 0
            copy.write(batch)
        finally:
            copy.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordingError(f"{self.path}: is being recorded to already") from None

    def _go_on(self, found: Overview, *, scrubbed: bool) -> None:
        """Get the file ready for more; what a crash left of its last member is written anew."""
        if found.header.scrubbed or found.header.unfinished:
            raise RecordingError(
                f"{self.path}: is scrubbed, and nobody has the key any more that its people were"
                " renamed with; name another file"
            )
        if scrubbed:
            raise RecordingError(
                f"{self.path}: holds a recording that is not scrubbed; name another file"
            )
        self.web_rid = found.last.web_rid
        try:
            torn = self._read_torn(found.sound_bytes)
            os.lseek(self._file, found.sound_bytes, os.SEEK_SET)
            os.ftruncate(self._file, found.sound_bytes)
            self._sound_bytes = found.sound_bytes
        except OSError as error:
            raise self._failed(error) from None
        if torn:
            self.write(torn)

    def _read_torn(self, begin: int) -> list[Record]:
        """Give the whole records behind the last whole member."""
        os.lseek(self._file, begin, os.SEEK_SET)
        decoder = RecordDecoder()
        records: list[Record] = []
        kept_bytes = 0
        while piece := os.read(self._file, MAX_BODY_BYTES):
            for record in decoder.feed(piece):
                records.append(record)
                kept_bytes += len(record.body) + _RECORD_COST_BYTES
                if kept_bytes > _MAX_TORN_BYTES:
                    raise RecordingError(f"{self.path}: no relay wrote its end; name another file")
        return records

    def _failed(self, error: OSError) -> RecordingError:
        return RecordingError(f"{self.path}: can't be written: {error.strerror}")
