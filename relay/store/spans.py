"""Finds which parts of a room's epochs a question is about, and in which order; used by reader."""

import json
import sqlite3
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

from relay.events.stored import Hole, HoleReason
from relay.store.answers import Position
from relay.store.select import Span, sound

MAX_EPOCHS = 10_000
"""Epochs that are followed from one to the next."""
MAX_DOUBLES = 64
"""Epochs of which it is remembered what came in another one, too."""

_COLUMNS = (
    "no, name, room, first, last, min_lag, max_lag, next, next_offset, next_reason, next_known,"
    " sealed, at"
)


class Bounds(NamedTuple):
    """From where to where an answer goes."""

    since: Position | int | None
    before: Position | int | None
    behind: Position | None
    """Where the last page ended, in the order that the other two make."""


class Parts(NamedTuple):
    """What is to be read, in its order."""

    spans: list[Span]
    holes: list[Hole]
    """What is missing before them."""
    end: Position | None
    """Up to where the last epoch is stored, whatever the bounds."""


class _Epoch(NamedTuple):
    """A row of the table."""

    no: int
    name: str
    room: int
    first: int
    last: int
    min_lag: int | None
    max_lag: int | None
    next: str | None
    next_offset: int | None
    next_reason: HoleReason | None
    next_known: str | None
    sealed: int
    at: int

    @property
    def is_merged(self) -> bool:
        """Whether its stream was watched beside that of the next one, until they were joined."""
        return self.next is not None and self.next_reason in (None, "merged")

    @property
    def known(self) -> frozenset[int]:
        """Offsets in the next epoch of events that this one has, too."""
        return frozenset(json.loads(self.next_known)) if self.next_known else frozenset()


class Spans:
    """Finds them in one open file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._doubles: dict[int, frozenset[int]] = {}

    def find(self, room: int, bounds: Bounds) -> Parts:
        """Give the parts of a room's epochs that can hold what is asked for, oldest first.

        Behind a position come the epochs that its own one was gone on with in, as clients that
        resume there get them. Otherwise it is all epochs, and what came in two of them, as the
        room was watched twice, is given in the later one.
        """
        since, before, behind = bounds
        holes: list[Hole] = []
        epochs: list[_Epoch] | None = None
        if isinstance(since, tuple):
            epochs = self._following(room, since[0])
            if epochs is None and behind is None:
                holes.append(Hole(since[0], None, None, "epoch"))
        if epochs is None or not isinstance(since, tuple):
            from_ms = since if isinstance(since, int) else None
            epochs = _in_order(self._epochs("room = ?", room))
            spans = [self._whole(epoch, from_ms, before) for epoch in epochs]
        else:
            spans = self._behind(epochs, since, before)
        end = (epochs[-1].name, epochs[-1].last) if epochs else None
        if isinstance(before, tuple):
            spans = _before(spans, before)
        if behind is not None:
            rest = _behind(spans, behind)
            if rest is None:
                holes.append(Hole(behind[0], None, None, "epoch"))
            else:
                spans = rest
        return Parts(spans, holes, end)

    def _following(self, room: int, name: str | None) -> list[_Epoch] | None:
        """Give an epoch and those that it was gone on with in; None: it is not this room's."""
        found: dict[str, _Epoch] = {}
        epoch = self._named(name)
        while epoch is not None and epoch.name not in found and len(found) < MAX_EPOCHS:
            found[epoch.name] = epoch
            epoch = self._named(epoch.next)
        epochs = list(found.values())
        return epochs if any(epoch.room == room for epoch in epochs) else None

    def _epochs(self, condition: str, value: Any) -> list[_Epoch]:
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM epochs WHERE {condition} ORDER BY no", (value,)
        )
        return sound(rows.fetchall(), list[_Epoch])

    def _named(self, name: str | None) -> _Epoch | None:
        return next(iter(self._epochs("name = ?", name)), None)

    def _behind(
        self, epochs: Iterable[_Epoch], since: Position, before: Position | int | None
    ) -> list[Span]:
        """Cut out what follows a position, epoch by epoch."""
        spans = []
        after, known = since[1], frozenset[int]()
        for epoch in epochs:
            begin = None
            if after < epoch.first - 1:
                begin = Hole(epoch.name, after + 1, epoch.first - 1, "history")
            end = _end(epoch, max(after, epoch.last))
            if end is None and after > epoch.last and epoch.sealed:
                end = Hole(epoch.name, None, None, "ahead")
            span = Span(
                epoch.no,
                epoch.name,
                max(after, epoch.first - 1),
                epoch.last,
                begin=begin,
                end=end,
                left_out=known,
                whole_upto=max(known, default=0),
            )
            spans.append(self._upto(span, epoch, before))
            after, known = epoch.next_offset or 0, epoch.known
        return spans

    def _whole(self, epoch: _Epoch, from_ms: int | None, before: Position | int | None) -> Span:
        """Cut out of an epoch what can be of the time that is asked for."""
        first_after = epoch.first - 1
        begin = Hole(epoch.name, 1, first_after, "history") if first_after > 0 else None
        span = Span(epoch.no, epoch.name, first_after, epoch.last, begin)
        if epoch.is_merged:
            span = span._replace(left_out=self._doubles_of(epoch))
        is_over = from_ms is not None and epoch.at - (epoch.min_lag or 0) < from_ms
        if not ((from_ms is not None and epoch.at < from_ms) or _is_beside(epoch, before)):
            span = span._replace(end=_end(epoch, epoch.last))
        # Events come with some lag; nothing of that time can have come before.
        if from_ms is not None and epoch.min_lag is not None:
            span = span._replace(after=self._first_at(span, from_ms + epoch.min_lag) - 1)
        if is_over or span.after > first_after:
            span = span._replace(begin=None)
        return self._upto(span, epoch, before)

    def _upto(self, span: Span, epoch: _Epoch, before: Position | int | None) -> Span:
        """Cut off what can't be of before a time."""
        if not isinstance(before, int):
            return span
        if _is_beside(epoch, before):
            span = span._replace(end=None)
        if epoch.max_lag is None:
            return span
        return span._replace(upto=self._first_at(span, before + epoch.max_lag) - 1)

    def _first_at(self, span: Span, at_ms: int) -> int:
        """Find the first offset in a span of what came at this time or later, by bisection."""
        low, high = span.after + 1, span.upto + 1
        while low < high:
            middle = (low + high) // 2
            row = self._connection.execute(
                "SELECT offset, at FROM events WHERE epoch = ? AND offset >= ? AND offset < ?"
                " ORDER BY offset LIMIT 1",
                (span.no, middle, high),
            ).fetchone()
            if row is None or row[1] >= at_ms:
                high = middle
            else:
                low = row[0] + 1
        return low

    def _doubles_of(self, epoch: _Epoch) -> frozenset[int]:
        """Give the offsets of events that came in the next epoch, too; looked for once."""
        found = self._doubles.get(epoch.no)
        if found is None:
            found = self._find_doubles(epoch)
            if len(self._doubles) >= MAX_DOUBLES:
                del self._doubles[next(iter(self._doubles))]
            self._doubles[epoch.no] = found
        return found

    def _find_doubles(self, epoch: _Epoch) -> frozenset[int]:
        (oldest_ms,) = self._connection.execute(
            "SELECT min(time) FROM events INDEXED BY events_by_method WHERE epoch = ?", (epoch.no,)
        ).fetchone()
        into = self._named(epoch.next)
        if into is None or oldest_ms is None or into.min_lag is None:
            return frozenset()
        # What both have came to the other one no sooner than it happened, nor behind the junction.
        upto = max(epoch.known, default=0)
        span = Span(into.no, into.name, into.first - 1, max(upto, epoch.next_offset or 0))
        rows = self._connection.execute(
            "SELECT offset FROM events INDEXED BY events_in_order WHERE epoch = ?"
            " AND msg_id NOT IN ('', '0') AND msg_id IN (SELECT msg_id FROM events"
            " INDEXED BY events_in_order WHERE epoch = ? AND offset >= ? AND offset <= ?)",
            (epoch.no, span.no, self._first_at(span, oldest_ms + into.min_lag), span.upto),
        )
        return frozenset(offset for (offset,) in rows)


def _end(epoch: _Epoch, last: int) -> Hole | None:
    """Tell what is missing behind an epoch where the room went on in another one."""
    if epoch.next_reason is None:
        return None
    # Of a sealed epoch nothing is missing behind its end; what is, nobody can number.
    return Hole(epoch.name, None if epoch.sealed else last + 1, None, epoch.next_reason)


def _is_beside(epoch: _Epoch, before: Position | int | None) -> bool:
    """Tell whether an epoch's end is not of the time that is asked for."""
    return isinstance(before, int) and epoch.at >= before


def _in_order(epochs: list[_Epoch]) -> list[_Epoch]:
    """Put a room's epochs into the order in which they were gone on with.

    Those of a stream that was merged into an older one come before that one's.
    """
    steps = _steps_to_end({epoch.name: epoch.next for epoch in epochs})
    return sorted(epochs, key=lambda epoch: (-steps[epoch.name], epoch.no))


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


def _behind(spans: list[Span], position: Position) -> list[Span] | None:
    """Cut off what is not behind a position; None: it is in none of the epochs."""
    for index, span in enumerate(spans):
        if span.name == position[0]:
            begin = _part(span.begin, behind=position[1])
            cut = span._replace(after=max(span.after, position[1]), begin=begin)
            return [cut, *spans[index + 1 :]]
    return None


def _before(spans: list[Span], position: Position) -> list[Span]:
    """Cut off what is not before a position."""
    for index, span in enumerate(spans):
        if span.name == position[0]:
            upto = position[1] - 1
            begin = _part(span.begin, upto=upto)
            cut = span._replace(upto=min(span.upto, upto), begin=begin, end=None)
            return [*spans[:index], cut]
    return []


def _part(hole: Hole | None, *, behind: int = 0, upto: int = sys.maxsize) -> Hole | None:
    """Cut off what of a hole is not asked for."""
    if hole is None or hole.first is None or hole.last is None:
        return hole
    first, last = max(hole.first, behind + 1), min(hole.last, upto)
    return hole._replace(first=first, last=last) if first <= last else None
