"""A room's past, out of memory and the store, a page at a time; used by history.

The store has what memory let go of: memory keeps every event until it is stored or never will be.
So a page ends in memory, without a seam, once the store has no more.
"""

import sys
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from msgspec import Struct

from relay.errors import NotStoredError
from relay.events.stored import Hole, Loss, Row
from relay.hub import Entry, Filter, Kind, Position, Stream
from relay.hub.notices import Gap
from relay.hub.replay import Replay
from relay.store import MAX_ROWS, Answer, Store

TRIES = 3
"""How often the store is asked where it does not yet reach to what memory has."""


class Wanted(Struct, frozen=True):
    """Which events; each that is not None has to hold."""

    since: Position | None = None
    before: Position | None = None
    from_ms: int | None = None
    """An event's time at least."""
    to_ms: int | None = None
    """Less than this."""
    methods: frozenset[str] | None = None
    user: str | None = None
    """A uid."""


class Item(NamedTuple):
    """An event, or a gap in its place."""

    at: Position | None
    """The event's; None: it is a gap."""
    body: bytes
    """The frame as JSON."""


class Page(NamedTuple):
    """Some of the past, in the order that was asked for."""

    items: list[Item]
    at: Position | None
    """To go on behind, or before; None: there is nothing at all."""
    more: bool
    """Whether there may be more now."""


class _User(Struct):
    uid: str = ""
    masked: bool = False


class _Payload(Struct):
    user: _User | None = None


class _Known(Struct):
    """What of an event tells whether it is wanted."""

    time: int
    payload: _Payload


_known = msgspec.json.Decoder(_Known)
_json = msgspec.json.Encoder()


class Past:
    """The past of one room, as one question wants it."""

    def __init__(
        self, room: str, stream: Stream | None, store: Store | None, wanted: Wanted
    ) -> None:
        """`room` is its web_rid, or another name; `stream` None: it isn't watched."""
        self._room = room
        self._watched = stream
        self._store = store
        self._wanted = wanted
        self._filter = Filter.of(wanted.methods)

    async def forward(self, behind: Position | None, limit: int) -> Page:
        """Give what comes behind a position, None: from where the question says; oldest first.

        Raises NotStoredError where there is no such room at all, StoreError.
        """
        since = behind or self._wanted.since
        store = self._store
        if store is None or self._is_kept(since):
            return self._memory_behind(since, [], limit)
        items: list[Item] = []
        before = self._wanted.before or self._wanted.to_ms
        for _ in range(TRIES):
            answer = await self._ask(store, limit - _events(items), since=since, before=before)
            if answer.at is None or self._is_news(answer, since):
                # What memory has is on its way to the store, and its epoch with it.
                if store.trouble:
                    break
                await store.written()
                continue
            self._add(items, answer.in_order())
            since = Position(*answer.at)
            if answer.more or _events(items) == limit:
                return Page(items, since, more=True)
            if self._reaches(since):
                break
        return self._memory_behind(since, items, limit)

    async def backward(self, before: Position | None, limit: int) -> Page:
        """Give what comes before a position, None: before where the question says; newest first.

        Raises as `forward` does.
        """
        before = before or self._wanted.before
        stream = self._stream
        items: list[Item] = []
        if stream is not None and (before is None or before.epoch == stream.epoch):
            upto = stream.head if before is None else before.offset - 1
            gone = stream.history.gone
            if upto > gone:
                items, more = self._memory_before(stream, upto, limit)
                if more:
                    return Page(items, _last_at(items), more=True)
                upto = gone
            before = Position(stream.epoch, upto + 1)
        left = limit - _events(items)
        if self._store is None or left == 0:
            return Page(items, before, more=self._store is not None)
        answer = await self._before(self._store, before, left)
        self._add(items, reversed(answer.in_order()))
        if not answer.rows:
            return Page(items, before, more=False)
        oldest = answer.rows[0]
        return Page(items, Position(oldest.epoch, oldest.offset), answer.more)

    async def _before(self, store: Store, before: Position | None, limit: int) -> Answer:
        to_ms = self._wanted.to_ms
        answer = await self._ask(store, limit, before=before or to_ms, newest=True)
        if answer.at is None and not store.trouble:
            await store.written()
            answer = await self._ask(store, limit, before=before or to_ms, newest=True)
        stream = self._stream
        if answer.at is None and stream is not None and before and before.epoch == stream.epoch:
            # That can't be stored; all that is stored is of epochs before.
            answer = await self._ask(store, limit, before=to_ms, newest=True)
        return answer

    @property
    def _stream(self) -> Stream | None:
        """The room's stream, once it is settled where that goes on."""
        stream = self._watched
        return stream if stream is not None and stream.settled else None

    def _is_kept(self, since: Position | None) -> bool:
        """Tell whether memory has everything behind a position."""
        stream = self._stream
        if stream is None or since is None or since.epoch != stream.epoch:
            return False
        return since.offset >= stream.history.gone

    def _reaches(self, end: Position) -> bool:
        """Tell whether there is nothing between the end of what is stored and memory."""
        stream = self._stream
        if stream is None or self._is_kept(end):
            return True
        return end.epoch != stream.epoch and stream.history.gone == 0

    def _is_news(self, answer: Answer, since: Position | None) -> bool:
        """Tell whether a position is of the stream's own epoch, but the store has not got it."""
        stream = self._stream
        if stream is None or since is None or since.epoch != stream.epoch:
            return False
        return stream.epoch not in answer.epochs

    async def _ask(
        self,
        store: Store,
        limit: int,
        *,
        since: Position | None = None,
        before: Position | int | None = None,
        newest: bool = False,
    ) -> Answer:
        wanted = self._wanted
        try:
            return await store.query(
                self._room,
                since=wanted.from_ms if since is None else since,
                before=before,
                methods=wanted.methods,
                user=wanted.user,
                limit=min(limit, MAX_ROWS),
                newest=newest,
            )
        except NotStoredError:
            if self._watched is None:
                raise
            return Answer([], [], None, False, [])

    def _add(self, items: list[Item], found: Iterable[Row | Hole | Loss]) -> None:
        """Add what the store has found."""
        told = {item.body for item in items if item.at is None}
        for one in found:
            match one:
                case Row(epoch, offset, time_ms, _, body):
                    # The store was asked for times only where it was not for positions.
                    if _is_within(time_ms, self._wanted):
                        items.append(Item(Position(epoch, offset), body))
                case Loss() if one.body not in told:
                    items.append(Item(None, one.body))
                case Hole():
                    items.append(Item(None, self._gap_body(one)))

    def _memory_behind(self, since: Position | None, items: list[Item], limit: int) -> Page:
        """Go on in memory, to the end."""
        stream, end = self._stream, self._wanted.before
        if stream is None or (end is not None and end.epoch != stream.epoch):
            return Page(items, since, more=False)
        if since is None:
            since = Position(stream.epoch, stream.history.gone)
        elif since.epoch != stream.epoch and self._store is not None:
            since = Position(stream.epoch, 0)
        upto = stream.head if end is None else min(end.offset - 1, stream.head)
        replay = Replay(stream, since, frozenset())
        left = limit - _events(items)
        told = {item.body for item in items if item.at is None}
        while not replay.is_done(self._filter):
            gap = replay.take_gap(self._filter)
            if gap is not None:
                items.append(Item(None, gap))
            for entry in replay.take_entries(self._filter):
                if entry.offset > upto:
                    return Page(items, Position(stream.epoch, upto), more=False)
                if self._admits(entry) and entry.body not in told:
                    items.append(_item(stream, entry))
                    left -= entry.kind is Kind.EVENT
                if left == 0:
                    at = Position(stream.epoch, entry.offset)
                    return Page(items, at, more=entry.offset < upto)
        return Page(items, Position(stream.epoch, upto), more=False)

    def _memory_before(self, stream: Stream, upto: int, limit: int) -> tuple[list[Item], bool]:
        """Give what memory has up to an offset, newest first, and whether there is more of it."""
        items: list[Item] = []
        left = limit
        history = stream.history
        kept = history.read(history.first, history.end - history.first, sys.maxsize)
        for entry in reversed(kept):
            if entry.offset > upto or not self._admits(entry):
                continue
            if left == 0 and entry.kind is Kind.EVENT:
                return items, True
            items.append(_item(stream, entry))
            left -= entry.kind is Kind.EVENT
        return items, False

    def _admits(self, entry: Entry) -> bool:
        wanted = self._wanted
        if entry.kind is not Kind.EVENT:
            return True
        if not self._filter.admits(entry.method):
            return False
        if wanted.user is None and wanted.from_ms is None and wanted.to_ms is None:
            return True
        known = _known.decode(entry.body)
        user = known.payload.user
        is_theirs = user is not None and user.uid == wanted.user and not user.masked
        return _is_within(known.time, wanted) and (wanted.user is None or is_theirs)

    def _gap_body(self, hole: Hole) -> bytes:
        status = None if self._watched is None else self._watched.status
        gap = Gap(
            room_id="" if status is None else status.room_id,
            web_rid=self._room if status is None else status.web_rid,
            reason=hole.reason,
            epoch=hole.epoch,
            first=hole.first,
            last=hole.last,
        )
        return _json.encode(gap)


def _is_within(time_ms: int, wanted: Wanted) -> bool:
    return (wanted.from_ms is None or time_ms >= wanted.from_ms) and (
        wanted.to_ms is None or time_ms < wanted.to_ms
    )


def _events(items: list[Item]) -> int:
    return sum(item.at is not None for item in items)


def _last_at(items: list[Item]) -> Position | None:
    return next((item.at for item in reversed(items) if item.at is not None), None)


def _item(stream: Stream, entry: Entry) -> Item:
    at = Position(stream.epoch, entry.offset) if entry.kind is Kind.EVENT else None
    return Item(at, entry.body)
