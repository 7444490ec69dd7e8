"""One export: reads the store a page at a time and writes what it finds; run by cli."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, Protocol, get_args

from relay.errors import ExportError
from relay.export.columns import Table
from relay.export.formats import Csv, JsonLines, Writer
from relay.export.parquet import load_pyarrow, write_parquet
from relay.export.partial import Part, Request, State
from relay.store import Answer, Hole, Loss, Position, Reader

Format = Literal["jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)

PAGE_ROWS = 2000
SAVE_S = 2.0
"""How often the part is made to outlast this process; after a kill, that much is done again."""


class Progress(NamedTuple):
    """How far an export is."""

    rows: int
    """Events written, earlier processes' included."""
    share: float
    """Of the time that it covers, from 0 to 1."""


class _Output(Protocol):
    state: State

    def append(self, data: bytes) -> None:
        """Write more."""
        ...

    def save(self) -> None:
        """Make sure that it outlasts this process."""
        ...

    def finish(self, convert: Callable[[Path, Path], None] | None) -> None:
        """Say that it is complete."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class _Stream:
    """An output that can't be gone on with: a pipe."""

    def __init__(self, target: BinaryIO, request: Request) -> None:
        self._target = target
        self.state = State(request)

    def append(self, data: bytes) -> None:
        """Write more."""
        self._target.write(data)

    def save(self) -> None:
        """Keep nothing back."""
        self._target.flush()

    def finish(self, _convert: Callable[[Path, Path], None] | None) -> None:
        """Keep nothing back."""
        self.save()

    def close(self) -> None:
        """Leave it open: it isn't ours."""


class Export:
    """Events of one room, from the store into a file, or a stream that can't be gone on with."""

    def __init__(self, request: Request, reader: Reader, target: Path | BinaryIO) -> None:
        """Raises ExportError, NotStoredError."""
        self._request, self._reader = request, reader
        self._methods = None if request.methods is None else frozenset(request.methods)
        self._table = Table(self._methods)
        if request.format == "parquet":
            load_pyarrow()  # better now than at the end
        self._writer: Writer = Csv(self._table) if request.format == "csv" else JsonLines()
        newest = reader.query(request.room, newest=True, limit=1)
        try:
            self._output: _Output
            if isinstance(target, Path):
                self._output = Part(target, request)
            else:
                self._output = _Stream(target, request)
        except OSError as error:
            raise ExportError(f"{target}: {error.strerror or error}") from None
        self.state = self._output.state
        if self.state.end is None:
            self.state.end = newest.at
        self._last_ms = newest.rows[-1].time if newest.rows else 0
        self._saved_s = time.monotonic()
        self._complete = False

    @property
    def goes_on(self) -> bool:
        """Whether an earlier process has begun it."""
        return self.state.bytes > 0

    @property
    def lost_integers(self) -> int:
        """Values that were left out since they don't fit into 64 bits."""
        return self._table.lost

    def run(
        self, progress: Callable[[Progress], None], missing: Callable[[Hole | Loss], None]
    ) -> None:
        """Write everything; `missing` is told of events that can't be had.

        Raises ExportError where that ends before its end. What was written is kept: the same
        export goes on from there.
        """
        try:
            if not self.goes_on:
                self._output.append(self._writer.head())
            if self.state.end is not None:
                self._write_pages(progress, missing)
            is_table = self._request.format == "parquet"
            self._output.finish(self._convert if is_table else None)
            self._complete = True
        except BrokenPipeError:
            raise
        except sqlite3.Error as error:
            raise ExportError(f"the store can't be read now: {error}") from None
        except OSError as error:
            raise ExportError(f"can't write: {error.strerror or error}") from None

    def close(self) -> None:
        """Keep what was written, if it isn't complete, and let go of the files."""
        if not self._complete:
            with suppress(OSError):  # then what was saved last is what is kept
                self._output.save()
        self._output.close()

    def _convert(self, source: Path, target: Path) -> None:
        write_parquet(source, target, self._table)

    def _write_pages(
        self, progress: Callable[[Progress], None], missing: Callable[[Hole | Loss], None]
    ) -> None:
        request, state = self._request, self.state
        first_ms = 0
        for page in self._pages():
            for gap in page.holes:
                state.missing += 1
                missing(gap)
            rows = page.rows
            if rows:
                self._output.append(self._writer.encode(rows))
                state.rows += len(rows)
                first_ms = first_ms or rows[0].time
                covered_ms = (request.to_ms or self._last_ms) - first_ms
                done_ms = rows[-1].time - first_ms
                progress(Progress(state.rows, min(max(done_ms / max(covered_ms, 1), 0), 1)))
            state.position = page.at
            if time.monotonic() - self._saved_s >= SAVE_S:
                self._output.save()
                self._saved_s = time.monotonic()

    def _pages(self) -> Iterator[Answer]:
        request, state = self._request, self.state
        before: Position | int | None = request.to_ms
        if before is None and state.end is not None:
            before = (state.end[0], state.end[1] + 1)
        return self._reader.pages(
            request.room,
            since=request.from_ms,
            before=before,
            behind=state.position,
            methods=self._methods,
            page_rows=PAGE_ROWS,
        )
