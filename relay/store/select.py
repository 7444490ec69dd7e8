"""Finds events of one epoch, and what is missing among them; used by reader and resume.

Which index serves is said, not left to SQLite: it has no statistics of a file that always changes.
"""

import json
import sqlite3
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import msgspec

from relay.events.stored import Hole, Loss, Row

MERGED_METHODS = 8
"""Up to so many methods are looked up each by itself; of more, every event is looked at."""


_Kind = TypeVar("_Kind")


class Span(NamedTuple):
    """A part of an epoch."""

    no: int
    """The epoch's number in the file."""
    name: str
    after: int
    """Behind the event with this offset,"""
    upto: int
    """up to this one, inclusive."""
    begin: Hole | None = None
    """What is missing before it."""
    end: Hole | None = None
    """What is missing behind the epoch's last event, where the room went on in another epoch."""
    left_out: frozenset[int] = frozenset()
    """Offsets of events that are given in another epoch."""
    whole_upto: int = 0
    """Up to this offset it can't be gone on with by position alone: nobody would know any more
    what is to be left out."""


class Wanted(NamedTuple):
    """Which events; each bound that is not None has to hold."""

    methods: frozenset[str] | None = None
    all_but: bool = False
    """Whether `methods` are those that are not wanted."""
    user: str | None = None
    from_ms: int | None = None
    """An event's time at least."""
    before_ms: int | None = None
    """Less than this."""


def select_rows(
    connection: sqlite3.Connection,
    span: Span,
    wanted: Wanted,
    limit: int,
    *,
    max_bytes: int | None = None,
    newest: bool = False,
) -> list[Row]:
    """Give the first `limit` events in the order of offsets; `newest`: the last ones, reversed.

    Stops behind the event with which their bodies are more than `max_bytes`.
    """
    order = "DESC" if newest else "ASC"
    if wanted.user is not None:
        parts = [_part("events_by_user", span, wanted, "user = ?", wanted.user)]
    elif wanted.methods and not wanted.all_but and len(wanted.methods) <= MERGED_METHODS:
        # One run through the index for each: together they would have to be sorted, all of them.
        bare = wanted._replace(methods=None)
        parts = [
            _part("events_by_method", span, bare, "method = ?", method)
            for method in sorted(wanted.methods)
        ]
    else:
        parts = [_part("events_in_order", span, wanted)]
    # The index alone decides which ones; only their bodies are then fetched.
    found = " UNION ALL ".join(
        f"SELECT * FROM (SELECT id, offset {sql} ORDER BY offset {order} LIMIT ?)"
        for sql, _ in parts
    )
    values = [value for _, part_values in parts for value in (*part_values, limit)]
    cursor = connection.execute(
        f"SELECT e.offset, e.time, e.method, e.body FROM ({found} ORDER BY offset {order} LIMIT ?)"
        f" AS f CROSS JOIN events AS e ON e.id = f.id ORDER BY f.offset {order}",
        (*values, limit),
    )
    rows = []
    size = 0
    for offset, time, method, body in cursor:
        rows.append((span.name, offset, time, method, body))
        size += len(body)
        if max_bytes is not None and size > max_bytes:
            cursor.close()
            break
    return sound(rows, list[Row])


def sound(found: Any, kind: type[_Kind]) -> _Kind:
    """Give what was found as what it has to be; SQLite lets anything be anywhere.

    Raises sqlite3.DatabaseError where the file is broken.
    """
    try:
        return msgspec.convert(found, kind, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise sqlite3.DatabaseError(f"what is stored is broken: {error}") from None


def _part(
    index: str, span: Span, wanted: Wanted, condition: str = "", value: Any = None
) -> tuple[str, list[Any]]:
    """Give FROM and WHERE for one run through an index, and their values."""
    sql = f"FROM events INDEXED BY {index} WHERE epoch = ? AND offset > ? AND offset <= ?"
    values: list[Any] = [span.no, span.after, span.upto]
    if condition:
        sql += f" AND {condition}"
        values.append(value)
    if wanted.methods is not None:
        sql += f" AND method {'NOT' if wanted.all_but else ''} IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(sorted(wanted.methods)))
    if wanted.from_ms is not None:
        sql += " AND time >= ?"
        values.append(wanted.from_ms)
    if wanted.before_ms is not None:
        sql += " AND time < ?"
        values.append(wanted.before_ms)
    if span.left_out:
        sql += " AND offset NOT IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(sorted(span.left_out)))
    return sql, values


def select_missing(
    connection: sqlite3.Connection, span: Span, *, end_losses: bool = True
) -> list[Hole | Loss]:
    """Give what is missing in a span, in order.

    Upstream's losses just behind the event at `after` are included; those just behind the one at
    `upto` only with `end_losses`, as who reads on from there gets them then.
    """
    found = connection.execute(
        "SELECT first, last FROM holes WHERE epoch = ? AND last > ? AND first <= ?",
        (span.no, span.after, span.upto),
    ).fetchall()
    holes = [
        Hole(span.name, max(first, span.after + 1), min(last, span.upto), "store")
        for first, last in sound(found, list[tuple[int, int]])
    ]
    upto = span.upto if end_losses else span.upto - 1
    found = connection.execute(
        "SELECT ?, offset, body FROM losses WHERE epoch = ? AND offset BETWEEN ? AND ?"
        " ORDER BY offset, no",
        (span.name, span.no, span.after, upto),
    ).fetchall()
    losses = sound(found, list[Loss])
    return sorted(chain(losses, holes), key=place)


def place(item: Row | Hole | Loss) -> tuple[int, int]:
    """Give what puts things of one epoch in order: a loss comes just behind its event."""
    match item:
        case Row():
            return item.offset, 0
        case Loss():
            return item.offset, 1
        case Hole():
            return item.first or 0, 0
