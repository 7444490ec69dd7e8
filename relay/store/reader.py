"""Answers questions about what is stored: a room's events by time, method or user.

Used by Store for the relay itself, and by commands of their own process while a relay writes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

from relay.errors import NotStoredError
from relay.events.stored import Hole, Loss, Row
from relay.store.answers import Answer, Position, StoredRoom
from relay.store.schema import open_to_read
from relay.store.select import Span, Wanted, select_missing, select_rows

MAX_ROWS = 10_000
"""The most that one question may ask for."""


class Reader:
    """A file, open for reading. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError where the file can't be used."""
        self.connection = open_to_read(path)

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
        methods: frozenset[str] | None = None,
        user: str | None = None,
        limit: int = 1000,
        newest: bool = False,
    ) -> Answer:
        """Give events of a room, the oldest first; `newest`: the last `limit` ones, not the first.

        `room` is a web_rid, or another name that the room was watched by. `since` and `before`
        are either positions, whose own events are not among the answer, or Unix milliseconds
        that an event's `time` is at least, and less than. `methods` are upstream's names, None
        for all. `user` is a uid; masked ones (MASKED_UID) are nobody's. `limit` is from 1 to
        MAX_ROWS. A `since` of an epoch that isn't this room's counts for nothing, which a hole
        for the reason `epoch` says; a `before` of one finds nothing.

        Raises NotStoredError for an unknown room; sqlite3.Error where the file can't be read now.
        """
        bounds = _Bounds(since, before, None)
        return self._answer(room, bounds, methods, user, limit, newest=newest)

    def pages(
        self,
        room: str,
        *,
        since: Position | int | None = None,
        before: Position | int | None = None,
        methods: frozenset[str] | None = None,
        user: str | None = None,
        page_rows: int = 1000,
    ) -> Iterator[Answer]:
        """Give everything that `query` would with no limit, a page at a time, the oldest first.

        What is stored meanwhile is included, up to `before`. Every page is read by itself, so
        that a slow caller holds nothing up. A page may have no rows and still holes. Raises what
        `query` does.
        """
        bounds = _Bounds(since, before, None)
        while True:
            answer = self._answer(room, bounds, methods, user, page_rows, newest=False)
            yield answer
            if not answer.more:
                return
            bounds = bounds._replace(behind=answer.at)

    def _answer(
        self,
        room: str,
        bounds: "_Bounds",
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
            spans, holes = self._spans(self._room(room), bounds)
            answer = self._collect(spans, wanted, min(limit, MAX_ROWS), newest=newest)
        finally:
            self.connection.execute("ROLLBACK")
        answer.holes[:0] = holes
        return answer

    def _room(self, name: str) -> int:
        row = self.connection.execute(
            "SELECT no FROM rooms WHERE web_rid = ?1"
            " UNION ALL SELECT room FROM names WHERE name = ?1 LIMIT 1",
            (name,),
        ).fetchone()
        if row is None:
            raise NotStoredError(f"the store has no room {name[:80]!r}")
        return int(row[0])

    def _spans(self, room: int, bounds: "_Bounds") -> tuple[list[Span], list[Hole | Loss]]:
        """Give the parts of a room's epochs that can hold what is asked for, oldest first.

        And what is missing before them.
        """
        since, before, behind = bounds
        spans: list[Span] = []
        holes: list[Hole | Loss] = []
        found = self.connection.execute(
            "SELECT no, name, first, last, min_lag, max_lag, next, next_reason, sealed, at"
            " FROM epochs WHERE room = ? ORDER BY no",
            (room,),
        ).fetchall()
        steps = _steps_to_end({row[1]: row[6] for row in found})
        # Epochs of a stream that was merged into an older one come before that one's.
        for no, name, first, last, min_lag, max_lag, _, reason, sealed, at in sorted(
            found, key=lambda row: (-steps[row[1]], row[0])
        ):
            span = Span(no, name, first - 1, last)
            is_beside = (isinstance(since, int) and at < since) or (
                isinstance(before, int) and at >= before
            )
            if reason is not None and not is_beside:
                # Of a sealed epoch nothing is missing behind its end; what is, nobody can number.
                span = span._replace(end=Hole(name, None if sealed else last + 1, None, reason))
            # Events come with some lag; nothing of that time can have come before, or after.
            if isinstance(since, int) and min_lag is not None:
                span = span._replace(after=self._first_at(span, since + min_lag) - 1)
            if isinstance(before, int) and max_lag is not None:
                span = span._replace(upto=self._first_at(span, before + max_lag) - 1)
            spans.append(span)
        if isinstance(since, tuple):
            known = _from(spans, since)
            if known is None:
                holes.append(Hole(since[0], None, None, "epoch"))
            elif since[1] < known[0].after:
                holes.append(Hole(since[0], since[1] + 1, known[0].after, "history"))
            spans = known or spans
        if isinstance(before, tuple):
            spans = _before(spans, before)
        if behind is not None:
            spans = _from(spans, behind) or []
        return spans, holes

    def _first_at(self, span: Span, at_ms: int) -> int:
        """Find the first offset in a span of what came at this time or later, by bisection."""
        low, high = span.after + 1, span.upto + 1
        while low < high:
            middle = (low + high) // 2
            row = self.connection.execute(
                "SELECT offset, at FROM events WHERE epoch = ? AND offset >= ? AND offset < ?"
                " ORDER BY offset LIMIT 1",
                (span.no, middle, high),
            ).fetchone()
            if row is None or row[1] >= at_ms:
                high = middle
            else:
                low = row[0] + 1
        return low

    def _collect(self, spans: list[Span], wanted: Wanted, limit: int, *, newest: bool) -> Answer:
        """Read spans until there is enough; then see what is missing in what was read."""
        rows: list[Row] = []
        read: list[Span] = []
        for span in reversed(spans) if newest else spans:
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
            edge = rows[-1].offset
            read[-1] = read[-1]._replace(after=edge - 1) if newest else read[-1]._replace(upto=edge)
        if newest:
            rows.reverse()
            read.reverse()
        holes: list[Hole | Loss] = []
        broken = False
        for span in read:
            # What is just behind the last event belongs to the next page.
            ends = not more or newest or span is not read[-1]
            holes += select_missing(self.connection, span, end_losses=ends)
            broken = broken and span.upto <= span.after
            # A relay that was killed again and again gave out nothing in between.
            if span.end is not None and ends and not broken:
                holes.append(span.end)
                broken = True
        at = (read[-1].name, max(read[-1].after, read[-1].upto)) if read else None
        return Answer(rows, holes, at, more, [span.name for span in read])


class _Bounds(NamedTuple):
    """From where to where an answer goes."""

    since: Position | int | None
    before: Position | int | None
    behind: Position | None
    """Where the last page ended."""


def _steps_to_end(following: dict[str, str | None]) -> dict[str, int]:
    """Tell of each epoch how many come behind it."""
    steps: dict[str, int] = {}
    for name in following:
        path: dict[str, None] = {}
        at: str | None = name
        while at in following and at not in steps and at not in path:
            path[at] = None
            at = following[at]
        known = -1 if at is None else steps.get(at, -1)
        for behind, one in enumerate(reversed(path), 1):
            steps[one] = known + behind
    return steps


def _from(spans: list[Span], position: Position) -> list[Span] | None:
    """Cut off what is not behind a position; None: it is in none of the epochs."""
    for index, span in enumerate(spans):
        if span.name == position[0]:
            return [span._replace(after=max(span.after, position[1])), *spans[index + 1 :]]
    return None


def _before(spans: list[Span], position: Position) -> list[Span]:
    """Cut off what is not before a position."""
    for index, span in enumerate(spans):
        if span.name == position[0]:
            return [*spans[:index], span._replace(upto=min(span.upto, position[1] - 1), end=None)]
    return []
