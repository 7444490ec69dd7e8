"""How events are written into an export's file as they are read; used by job."""

import csv
import io
from collections.abc import Sequence
from typing import Protocol

from relay.export.columns import Table, Value
from relay.store import Row

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that spreadsheets take for a formula; they are kept from it by a '."""


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
    """A table in UTF-8 with a head, quoted where it has to be (RFC 4180), and without formulas."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def head(self) -> bytes:
        """Give the names of the columns."""
        return _lines([[column.name for column in self._table.columns]])

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Give a line each; missing values are empty."""
        return _lines([[_cell(value) for value in self._table.row(row.body)] for row in rows])


def _cell(value: Value) -> str | int | None:
    if isinstance(value, bool):
        return ("false", "true")[value]
    # Spreadsheets would run what anybody in the room wrote.
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _lines(rows: Sequence[Sequence[str | int | None]]) -> bytes:
    text = io.StringIO()
    # With any other end of a line, csv leaves a lone \r unquoted before Python 3.13.
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
