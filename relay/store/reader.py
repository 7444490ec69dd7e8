"""Answers questions about what is stored: a room's events by time, method or user.

Used by Store for the relay itself, and by commands of their own process while a relay writes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from relay.errors import NotStoredError
from relay.events.stored import Hole, Loss, Row
from relay.store.answers import Answer, Position, StoredRoom
from relay.store.schema import open_to_read
from relay.store.select import Span, Wanted, select_missing, select_rows
from relay.store.spans import Bounds, Parts, Spans

MAX_ROWS = 10_000
"""The most that one question may ask for."""


class Reader:
    """A file, open for reading. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError where the file can't be used."""
        self.connection = open_to_read(path)
        self._spans = Spans(self.connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def rooms(self) -> list[StoredRoom]:
        """Give all rooms that events are stored of, the one with the newest last."""
        rows = self.connection.execute(
            "SELECT coalesce(r.web_rid, ''),"
            " (SELECT json_group_array(name) FROM names AS n WHERE n.room = r.no),"
            " min((SELECT at FROM events WHERE epoch = e.no ORDER BY offset LIMIT 1)), max(e.at)"
            " FROM rooms AS r JOIN epochs AS e ON e.room = r.no WHERE e.last >= e.first"
            " GROUP BY r.no ORDER BY max(e.at)"
        )
        return [
            StoredRoom(web_rid, json.loads(names), first_at, last_at)
            for web_rid, names, first_at, last_at in rows
            if first_at is not None  # nothing but holes
        ]

    def query(
        self,
        room: str,
        *,
        since: Position | int | None = None,
        before: Position | int | None = None,
        behind: Position | None = None,
        methods: frozenset[str] | None = None,
        user: str | None = None,
        limit: int = 1000,
        newest: bool = False,
    ) -> Answer:
        """Give events of a room, the oldest first; `newest`: the last `limit` ones, not the first.

        `room` is a web_rid, or another name that the room was watched by. `since` and `before`
        are either positions, whose own events are not among the answer, or Unix milliseconds
        that an event's `time` is at least, and less than. `behind` is where an answer to the same
        question ended, to go on with it. `methods` are upstream's names, None for all. `user` is a
        uid; masked ones (MASKED_UID) are nobody's. `limit` is from 1 to MAX_ROWS; there may be
        more where that is needed to go on, behind the answer, without giving events twice.

        What comes behind a position is what clients get that resume there, along the epochs that
        its own one was gone on with in. Otherwise it is every event of the room, once. A `since`
        of an epoch that isn't this room's counts for nothing, which a hole for the reason `epoch`
        says; a `before` of one finds nothing.

        Raises NotStoredError for an unknown room; sqlite3.Error where the file can't be read now.
        """
        bounds = Bounds(since, before, behind)
        return self._answer(room, bounds, methods, user, limit, newest=newest)

    def pages(
        self,
        room: str,
        *,
        since: Position | int | None = None,
        before: Position | int | None = None,
        behind: Position | None = None,
        methods: frozenset[str] | None = None,
        user: str | None = None,
        page_rows: int = 1000,
    ) -> Iterator[Answer]:
        """Give everything that `query` would with no limit, a page at a time, the oldest first.

        What is stored meanwhile is included, up to `before`. Every page is read by itself, so
        that a slow caller holds nothing up. A page may have no rows and still holes. Raises what
        `query` does.
        """
        bounds = Bounds(since, before, behind)
        while True:
            answer = self._answer(room, bounds, methods, user, page_rows, newest=False)
            yield answer
            if not answer.more:
                return
            bounds = bounds._replace(behind=answer.at)

    def _answer(
        self,
        room: str,
        bounds: Bounds,
        methods: frozenset[str] | None,
        user: str | None,
        limit: int,
        *,
        newest: bool,
    ) -> Answer:
        since, before, _ = bounds
        wanted = Wanted(
            methods=methods,
            user=user,
            from_ms=since if isinstance(since, int) else None,
            before_ms=before if isinstance(before, int) else None,
        )
        # One transaction: what is read belongs together, whatever is written meanwhile.
        self.connection.execute("BEGIN")
        try:
            parts = self._spans.find(self._room(room), bounds)
            return self._collect(parts, wanted, min(limit, MAX_ROWS), newest=newest)
        finally:
            self.connection.execute("ROLLBACK")

    def _room(self, name: str) -> int:
        row = self.connection.execute(
            "SELECT no FROM rooms WHERE web_rid = ?1"
            " UNION ALL SELECT room FROM names WHERE name = ?1 LIMIT 1",
            (name,),
        ).fetchone()
        if row is None:
            raise NotStoredError(f"the store has no room {name[:80]!r}")
        return int(row[0])

    def _collect(self, parts: Parts, wanted: Wanted, limit: int, *, newest: bool) -> Answer:
        """Read spans until there is enough; then see what is missing in what was read."""
        rows: list[Row] = []
        read: list[Span] = []
        for span in reversed(parts.spans) if newest else parts.spans:
            read.append(span)
            # One more than wanted, to know whether there is.
            missing = limit + 1 - len(rows)
            rows += select_rows(self.connection, span, wanted, missing, newest=newest)
            if len(rows) > limit:
                break
        more = len(rows) > limit
        if more:
            rows.pop()
            while read[-1].name != rows[-1].epoch:
                read.pop()
            read[-1] = self._cut(read[-1], rows, wanted, newest=newest)
        if newest:
            rows.reverse()
            read.reverse()
        holes: list[Hole | Loss] = [*parts.holes]
        broken = False
        for span in read:
            if span.begin is not None:
                holes.append(span.begin)
            # What is just behind the last event belongs to the next page.
            ends = not more or newest or span is not read[-1]
            holes += select_missing(self.connection, span, end_losses=ends)
            broken = broken and span.upto <= span.after
            # A relay that was killed again and again gave out nothing in between.
            if span.end is not None and ends and not broken:
                holes.append(span.end)
                broken = True
        at = (read[-1].name, max(read[-1].after, read[-1].upto)) if read else None
        return Answer(rows, holes, at, more, [span.name for span in read], parts.end)

    def _cut(self, span: Span, rows: list[Row], wanted: Wanted, *, newest: bool) -> Span:
        """Let a span end, or begin, with the last row, or behind where it can be gone on with."""
        edge = rows[-1].offset
        if newest:
            return span._replace(after=edge - 1, begin=None)
        whole_upto = min(span.whole_upto, span.upto)
        if edge < whole_upto:
            rest = span._replace(after=edge, upto=whole_upto)
            rows += select_rows(self.connection, rest, wanted, whole_upto - edge)
            edge = whole_upto
        return span._replace(upto=edge)
