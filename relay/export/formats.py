"""How events are written into an export's file as they are read; used by job."""

import csv
import io
from collections.abc import Sequence
from typing import Protocol

from relay.export.columns import Table, Value
from relay.store import Row


class Writer(Protocol):
    """Turns events into bytes that can be cut and gone on with after any event."""

    def head(self) -> bytes:
        """Give what the file begins with."""
        ...

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Give what is written for events."""
        ...


class JsonLines:
    """One event a line, the very JSON that clients get."""

    def head(self) -> bytes:
        """Give nothing."""
        return b""

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Give a line each."""
        return b"".join(row.body + b"\n" for row in rows)


class Csv:
    """A table in UTF-8 with a head, quoted where it has to be (RFC 4180)."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def head(self) -> bytes:
        """Give the names of the columns."""
        return _lines([[column.name for column in self._table.columns]])

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Give a line each; missing values are empty."""
        return _lines([[_cell(value) for value in self._table.row(row.body)] for row in rows])


def _cell(value: Value) -> str | int | None:
    return ("false", "true")[value] if isinstance(value, bool) else value


def _lines(rows: Sequence[Sequence[str | int | None]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
