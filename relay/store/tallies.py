"""Keeps what rooms have counted, and reads what counting goes on from; used by epochs and writer.

All of it is bounded: rooms wait for it when the relay starts.
"""

import sqlite3
import zlib
from typing import NamedTuple

from relay.events.stored import BOOKS_VERSION, Tallies
from relay.store.select import sound

SINCE = 20_000
"""Events behind what was kept that are read: the last ones. It is kept every 30 s."""
REPLAYED = 5_000
"""Events that are read where nothing was kept, or it can't be read."""
MAX_BYTES = 32 * 1024 * 1024
"""Of these, and of what was kept."""
EPOCHS = 1_000
"""A room's last epochs, that are looked through for one whose books were kept."""


class _Epoch(NamedTuple):
    """What is asked of an epoch."""

    no: int
    name: str
    at: int
    next: str | None
    next_reason: str | None


def keep_books(connection: sqlite3.Connection, no: int, offset: int, at: int, body: bytes) -> None:
    """Keep the books of the epoch's room, that count everything up to the offset.

    To be called in a transaction.
    """
    connection.execute(
        "DELETE FROM books WHERE epoch IN (SELECT no FROM epochs WHERE room ="
        " (SELECT room FROM epochs WHERE no = ?))",
        (no,),
    )
    connection.execute(
        "INSERT INTO books (epoch, offset, at, version, body) VALUES (?, ?, ?, ?, ?)",
        (no, offset, at, BOOKS_VERSION, zlib.compress(body, 1)),
    )


def read_tallies(connection: sqlite3.Connection, room: int) -> Tallies | None:
    """Give what counting goes on from, None: there is nothing."""
    found = connection.execute(
        "SELECT no, name, at, next, next_reason FROM epochs WHERE room = ?"
        " ORDER BY no DESC LIMIT ?",
        (room, EPOCHS),
    ).fetchall()
    spans: list[tuple[int, int]] = []
    books = b""
    for epoch in _way(sound(found, list[_Epoch])):
        offset, books = _books(connection, epoch.no)
        spans.append((epoch.no, offset))
        if books:
            break
    since = _since(connection, spans, SINCE if books else REPLAYED)
    return Tallies(books, since) if books or since else None


def _way(epochs: list[_Epoch]) -> list[_Epoch]:
    """Give the epochs that a room's stream was in one after another, the last one first.

    Not those of streams that were joined with it: it has counted what it has of them.
    """
    way: list[_Epoch] = []
    before = [epoch for epoch in epochs if epoch.next is None][:1]
    while before:
        way.append(before[0])
        name = before[0].name
        left = {epoch.no for epoch in way}
        before = [
            epoch
            for epoch in epochs
            if epoch.next == name and epoch.next_reason == "restart" and epoch.no not in left
        ]
        before.sort(key=lambda epoch: (epoch.at, epoch.no), reverse=True)
    return way


def _books(connection: sqlite3.Connection, no: int) -> tuple[int, bytes]:
    """Give what was kept in an epoch, and the offset that it counts up to; 0, b"": nothing."""
    row = connection.execute(
        "SELECT offset, body FROM books WHERE epoch = ? AND version = ?", (no, BOOKS_VERSION)
    ).fetchone()
    if row is None:
        return 0, b""
    offset, packed = sound(row, tuple[int, bytes])
    unpacking = zlib.decompressobj()
    try:
        body = unpacking.decompress(packed, MAX_BYTES)
    except zlib.error:  # the file is broken
        return 0, b""
    return (offset, body) if unpacking.eof else (0, b"")


def _since(
    connection: sqlite3.Connection, spans: list[tuple[int, int]], limit: int
) -> list[tuple[int, bytes]]:
    """Give the last events behind an offset of each epoch, of which the last one comes first."""
    found: list[tuple[int, bytes]] = []
    size = 0
    for no, offset in spans:
        rows = connection.execute(
            "SELECT at, body FROM events INDEXED BY events_in_order"
            " WHERE epoch = ? AND offset > ? AND method != 'RelayStats'"
            " ORDER BY offset DESC LIMIT ?",
            (no, offset, limit - len(found)),
        )
        for row in rows:
            size += len(row[1])
            if size > MAX_BYTES:
                rows.close()
                break
            found.append(row)
        if size > MAX_BYTES or len(found) >= limit:
            break
    return sound(found[::-1], list[tuple[int, bytes]])
