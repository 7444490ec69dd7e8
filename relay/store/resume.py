"""Reads on from a client's position, over the epochs of its room, up to what memory holds.

Used by Store for the hub, a page at a time.
"""

import json
import sqlite3
from itertools import pairwise
from typing import NamedTuple

from relay.events.stored import Hole, HoleReason, Loss, Page, Row
from relay.store.answers import Position
from relay.store.select import Span, Wanted, place, select_missing, select_rows, sound

PAGE_ROWS = 1000
PAGE_BYTES = 256 * 1024
"""A page ends behind the event with which it is at least this large."""
PAGE_OFFSETS = 50_000
"""Offsets that are looked through for one page, whether they are wanted or not."""
MAX_EPOCHS = 10_000
"""Epochs that are followed from one to the next."""


def read_page(
    connection: sqlite3.Connection, since: Position, into: str, upto: int, wanted: Wanted
) -> Page | None:
    """Give what follows `since`; None: no way leads from there to the epoch `into`.

    `into` is the epoch that the room's stream is in. It is read up to offset `upto` only; up to
    there, nothing waits to be written any more.
    """
    connection.execute("BEGIN")  # what is read belongs together
    try:
        if not _leads(connection, since[0], into):
            return None
        return _Walk(connection, since, upto, wanted).read(is_last=since[0] == into)
    finally:
        connection.execute("ROLLBACK")


def _leads(connection: sqlite3.Connection, name: str | None, into: str) -> bool:
    """Tell whether an epoch is `into`, or one that was gone on with there in the end."""
    for _ in range(MAX_EPOCHS):
        row = connection.execute("SELECT next FROM epochs WHERE name = ?", (name,)).fetchone()
        if row is None or name == into:
            return row is not None
        name = row[0]
    return False


class _Epoch(NamedTuple):
    """What the file says of an epoch."""

    no: int
    first: int
    last: int
    sealed: int
    next: str | None
    next_offset: int | None
    next_reason: HoleReason | None
    next_known: str | None


class _Walk:
    """One page from one epoch."""

    def __init__(
        self, connection: sqlite3.Connection, since: Position, upto: int, wanted: Wanted
    ) -> None:
        self._connection = connection
        self._name, self._behind = since
        found = connection.execute(
            "SELECT no, first, last, sealed, next, next_offset, next_reason, next_known"
            " FROM epochs WHERE name = ?",
            (self._name,),
        ).fetchone()
        self._epoch = sound(found, _Epoch)
        self._upto = upto
        self._wanted = wanted

    def read(self, *, is_last: bool) -> Page:
        end = self._upto if is_last else self._epoch.last
        items: list[Row | Hole | Loss] = []
        after = self._behind
        gone = min(self._epoch.first - 1, end)
        if after < gone:
            items.append(Hole(self._name, after + 1, gone, "history"))
            after = gone
        reached = after
        if after < end:
            span = Span(self._epoch.no, self._name, after, min(end, after + PAGE_OFFSETS))
            rows = select_rows(
                self._connection, span, self._wanted, PAGE_ROWS, max_bytes=PAGE_BYTES
            )
            reached = span.upto
            if any(a >= b for a, b in pairwise([after, *(r.offset for r in rows), reached + 1])):
                raise sqlite3.DatabaseError("events are not in the order that their index says")
            if rows and (len(rows) == PAGE_ROWS or sum(len(r.body) for r in rows) > PAGE_BYTES):
                reached = rows[-1].offset
            items += rows
        # What memory goes on with has the losses just behind its own last event.
        span = Span(self._epoch.no, self._name, after, reached)
        items += select_missing(self._connection, span, end_losses=not is_last and reached >= end)
        items.sort(key=place)
        if is_last:
            behind = max(self._epoch.last, after)
            if behind < reached:
                items.append(Hole(self._name, behind + 1, reached, "store"))
        elif reached >= end:
            return self._go_over(items, reached)
        return Page(items, (self._name, reached), frozenset())

    def _go_over(self, items: list[Row | Hole | Loss], reached: int) -> Page:
        """Go on in the next epoch."""
        reason: HoleReason | None = self._epoch.next_reason
        if reason is not None:
            # Of a sealed epoch nothing is missing behind its end; what is, nobody can number.
            first = None if self._epoch.sealed else reached + 1
            items.append(Hole(self._name, first, None, reason))
        elif reached > self._epoch.last:
            items.append(Hole(self._name, None, None, "ahead"))
        known = sound(json.loads(self._epoch.next_known or "[]"), frozenset[int])
        return Page(
            items, sound((self._epoch.next, self._epoch.next_offset), tuple[str, int]), known
        )
