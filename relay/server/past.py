"""A room's past, out of memory and the store, a page at a time; used by history and chat.

The store has what memory let go of: memory keeps every event until it is stored or never will be.
So a page ends in memory, without a seam, once the store has no more.
"""

import sys
from collections.abc import Iterable

import msgspec

from relay.errors import NotStoredError
from relay.events.stored import Hole, HoleReason, Loss, Row
from relay.hub import Entry, Filter, Kind, Position, Stream
from relay.hub.notices import Gap
from relay.hub.replay import Replay
from relay.server.wanted import Item, Page, Wanted, count_events, time_of
from relay.store import MAX_ROWS, Answer, Store

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
        at = behind or self._wanted.since
        store = self._store
        if store is None or self._is_kept(at):
            return self._memory_behind(at, [], limit)
        items: list[Item] = []
        answered = waited = settled = False
        while True:
            due = self._due
            answer = await self._ask_behind(store, at, limit - count_events(items))
            if answer.at is None or self._is_news(answer, at):
                # What memory has is on its way to the store, and its epoch with it.
                if waited or store.trouble:
                    break
                await store.written()
                waited = True
                continue
            answered = True
            self._add(items, answer.in_order())
            at = Position(*answer.at)
            if answer.more or count_events(items) >= limit:
                return Page(items, at, more=True)
            stream, before = self._stream, self._wanted.before
            if stream is None or (before is not None and before.epoch != stream.epoch):
                return Page(items, at, more=False)
            stored = self._stored_of(stream, answer)
            if stored < due and not (settled or store.trouble):
                # Of what is gone, some may have found no room, behind what waits still.
                await store.written()
                settled = True
                continue
            if stored < due:
                items.append(self._gap(stream.epoch, stored + 1, due, "store"))
                stored = due
            at = Position(stream.epoch, stored)
            if before is not None and stored >= before.offset - 1:
                return Page(items, at, more=False)
            if stored >= self._due:
                break
            settled = False
        stream = self._stream
        if stream is not None and at is not None and at.epoch != stream.epoch and not answered:
            items.append(self._gap(at.epoch, None, None, "epoch"))
            at = None
        return self._memory_behind(at, items, limit)

    async def backward(self, before: Position | None, limit: int) -> Page:
        """Give what comes before a position, None: before where the question says; newest first.

        Raises as `forward` does.
        """
        before = before or self._wanted.before
        stream, store = self._stream, self._store
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
            if store is None and upto > 0:
                items.append(self._gap(stream.epoch, 1, upto, "history"))
        left = limit - count_events(items)
        if store is None or left == 0:
            return Page(items, before, more=store is not None)
        answer = await self._ask_before(store, before, left)
        if stream is not None and before is not None and before.epoch == stream.epoch:
            stored = self._stored_of(stream, answer)
            if stored < before.offset - 1 and not store.trouble:
                await store.written()
                answer = await self._ask_before(store, before, left)
                stored = self._stored_of(stream, answer)
            if stored < before.offset - 1:
                items.append(self._gap(stream.epoch, stored + 1, before.offset - 1, "store"))
        self._add(items, reversed(answer.in_order()))
        if not answer.rows:
            return Page(items, before, more=False)
        oldest = answer.rows[0]
        return Page(items, Position(oldest.epoch, oldest.offset), answer.more)

    @property
    def _stream(self) -> Stream | None:
        """The room's stream, once it is settled where that goes on."""
        stream = self._watched
        return stream if stream is not None and stream.settled else None

    @property
    def _due(self) -> int:
        """Up to which offset the stream's own epoch is to be had from the store only."""
        stream, before = self._stream, self._wanted.before
        if stream is None:
            return 0
        gone = stream.history.gone
        if before is not None and before.epoch == stream.epoch:
            return min(gone, before.offset - 1)
        return gone

    def _is_kept(self, since: Position | None) -> bool:
        """Tell whether memory has everything behind a position."""
        stream = self._stream
        if stream is None or since is None or since.epoch != stream.epoch:
            return False
        return since.offset >= stream.history.gone

    def _is_news(self, answer: Answer, since: Position | None) -> bool:
        """Tell whether a position is of the stream's own epoch, but the store has not got it."""
        stream = self._stream
        if stream is None or since is None or since.epoch != stream.epoch:
            return False
        return stream.epoch not in answer.epochs

    def _stored_of(self, stream: Stream, answer: Answer) -> int:
        """Give the offset up to which the stream's own epoch is stored."""
        if answer.end is None or answer.end[0] != stream.epoch:
            return 0
        return answer.end[1]

    async def _ask_behind(self, store: Store, at: Position | None, limit: int) -> Answer:
        wanted = self._wanted
        before = wanted.before or wanted.to_ms
        if wanted.from_ms is not None:
            return await self._ask(store, limit, since=wanted.from_ms, behind=at, before=before)
        return await self._ask(store, limit, since=at, before=before)

    async def _ask_before(self, store: Store, before: Position | None, limit: int) -> Answer:
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

    async def _ask(
        self,
        store: Store,
        limit: int,
        *,
        since: Position | int | None = None,
        behind: Position | None = None,
        before: Position | int | None = None,
        newest: bool = False,
    ) -> Answer:
        if store.is_reordering and not store.trouble:
            await store.written()
        wanted = self._wanted
        try:
            return await store.query(
                self._room,
                since=since,
                behind=behind,
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
                    if self._wanted.admits_time(time_ms):
                        items.append(Item(Position(epoch, offset), body))
                case Loss() if one.body not in told:
                    items.append(Item(None, one.body))
                case Hole():
                    items.append(self._gap(*one))

    def _memory_behind(self, since: Position | None, items: list[Item], limit: int) -> Page:
        """Go on in memory, to the end."""
        stream, end = self._stream, self._wanted.before
        if stream is None or (end is not None and end.epoch != stream.epoch):
            return Page(items, since, more=False)
        gone = stream.history.gone
        if since is None:
            since = Position(stream.epoch, gone)
            if gone > 0 and self._may_begin_before(stream):
                reason: HoleReason = "history" if self._store is None else "store"
                items.append(self._gap(stream.epoch, 1, gone, reason))
        upto = stream.head if end is None else min(end.offset - 1, stream.head)
        replay = Replay(stream, since, frozenset())
        left = limit - count_events(items)
        told = {item.body for item in items if item.at is None}
        while not replay.is_done(self._filter):
            gap = replay.take_gap(self._filter)
            if gap is not None:
                items.append(Item(None, gap))
            for entry in replay.take_entries(self._filter):
                if entry.offset > upto:
                    return Page(items, Position(stream.epoch, upto), more=False)
                if self._wanted.admits(entry) and entry.body not in told:
                    items.append(_item(stream, entry))
                    left -= entry.kind is Kind.EVENT
                if left == 0:
                    at = Position(stream.epoch, entry.offset)
                    return Page(items, at, more=entry.offset < upto)
        return Page(items, Position(stream.epoch, upto), more=False)

    def _may_begin_before(self, stream: Stream) -> bool:
        """Tell whether what is asked for may begin before what memory has."""
        kept = stream.history.events_kept()
        from_ms = self._wanted.from_ms
        return from_ms is None or not kept or time_of(kept[0].body) >= from_ms

    def _memory_before(self, stream: Stream, upto: int, limit: int) -> tuple[list[Item], bool]:
        """Give what memory has up to an offset, newest first, and whether there is more of it."""
        items: list[Item] = []
        left = limit
        history = stream.history
        kept = history.read(history.first, history.end - history.first, sys.maxsize)
        for entry in reversed(kept):
            if entry.offset > upto or not self._wanted.admits(entry):
                continue
            if left == 0 and entry.kind is Kind.EVENT:
                return items, True
            items.append(_item(stream, entry))
            left -= entry.kind is Kind.EVENT
        return items, False

    def _gap(self, epoch: str, first: int | None, last: int | None, reason: HoleReason) -> Item:
        status = None if self._watched is None else self._watched.status
        gap = Gap(
            room_id="" if status is None else status.room_id,
            web_rid=self._room if status is None else status.web_rid,
            reason=reason,
            epoch=epoch,
            first=first,
            last=last,
        )
        return Item(None, _json.encode(gap))


def _last_at(items: list[Item]) -> Position | None:
    return next((item.at for item in reversed(items) if item.at is not None), None)


def _item(stream: Stream, entry: Entry) -> Item:
    at = Position(stream.epoch, entry.offset) if entry.kind is Kind.EVENT else None
    return Item(at, entry.body)
