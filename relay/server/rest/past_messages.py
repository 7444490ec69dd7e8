"""Reads the messages of /chat that memory no longer has, out of the store; used by chat.

A cursor is the position that WebSocket clients resume from, and is read on from in the same way.
"""

import msgspec
from msgspec import Struct

from relay.errors import StoreError
from relay.hub import Entry, Kind, Position, Stream
from relay.hub.replay import Replay
from relay.server.past import Past
from relay.server.rest.messages import MAX_PAGE_BYTES, SERVED, Format, Page, encode, read_gap
from relay.server.wanted import Wanted
from relay.store import Store


class _Frame(Struct):
    room_id: str


_frames = msgspec.json.Decoder(_Frame)


async def behind_in_store(stream: Stream, position: Position, limit: int, form: Format) -> Page:
    """Give what follows a position, as Messages.behind does, wherever it is.

    Where rooms turned out to be one an answer may be larger, as nobody can go on in the middle of
    what came in both.
    """
    return await _Reading(stream, position, limit, form).read()


async def newest_in_store(stream: Stream, store: Store, limit: int, form: Format) -> list[bytes]:
    """Give the newest `limit` messages of the present broadcast, oldest first; [] where unknown."""
    found: list[bytes] = []
    size = 0
    name = stream.status.web_rid or stream.status.name
    past = Past(name, stream, store, Wanted(methods=SERVED.methods))
    at: Position | None = None
    more = True
    while more and len(found) < limit:
        try:
            items, at, more = await past.backward(at, limit - len(found))
        except StoreError:
            break  # it is what memory has, then; the store's own log says why
        for item in items:
            if item.at is None:
                continue
            message = encode(item.body, form)
            if message is None:
                continue
            is_old = _frames.decode(item.body).room_id != stream.status.room_id
            size += len(message)
            if is_old or (found and size > MAX_PAGE_BYTES):
                return found[::-1]
            found.append(message)
    return found[::-1]


class _Reading:
    """What has been read for one answer."""

    def __init__(self, stream: Stream, since: Position, limit: int, form: Format) -> None:
        self._replay = Replay(stream, since, frozenset())
        self._limit = limit
        self._form = form
        self._at = since
        self._found: list[bytes] = []
        self._size = 0
        self._gap = ""
        self._lost = ""  # what is missing behind `_at`, and not told yet
        self._lost_behind: Position | None = None
        """Where upstream's loss is: who goes on from there is told of it then."""

    async def read(self) -> Page:
        """Read until the answer is full, or there is nothing left."""
        replay = self._replay
        while not replay.is_done(SERVED):
            epoch, whole_upto = replay.epoch, replay.known_upto
            for entry in await self._read_piece():
                if not self._take(entry, epoch, whole_upto):
                    return Page(self._found, self._at, self._gap, True)
            if self._is_full and replay.epoch != epoch:
                return Page(self._found, self._at, self._gap, True)
            self._move(Position(replay.epoch, replay.at))
        return Page(self._found, self._at, self._gap, False)

    async def _read_piece(self) -> list[Entry]:
        """Give what comes next of what memory or the store has."""
        replay = self._replay
        if not replay.wants_page(SERVED):
            gap = replay.take_gap(SERVED)
            if gap is not None:
                self._lose(gap, None)
            return replay.take_entries(SERVED)
        try:
            page = await replay.ask_page(SERVED)
        except StoreError:
            replay.fail_page()
            return []
        return replay.take_page(page)

    def _take(self, entry: Entry, epoch: str, whole_upto: int) -> bool:
        """Add what comes next; False: the answer is full without it."""
        at = Position(epoch, entry.offset)
        if entry.kind is Kind.GAP:
            self._lose(entry.body, at)
            return True
        if self._is_full and entry.offset > whole_upto:
            if self._at.epoch == epoch and self._at.offset < whole_upto:
                self._move(Position(epoch, whole_upto))
            return False
        message = encode(entry.body, self._form)
        if message is None:
            self._lost, self._lost_behind = "undecodable", None
        else:
            self._size += len(message)
            may_end = self._at.epoch != epoch or self._at.offset >= whole_upto
            if self._found and self._size > MAX_PAGE_BYTES and may_end:
                return False
            self._found.append(message)
        self._move(at)
        return True

    @property
    def _is_full(self) -> bool:
        return len(self._found) >= self._limit

    def _lose(self, body: bytes, at: Position | None) -> None:
        """Note that something is missing, which is told once the answer goes beyond it."""
        gap = read_gap(body)
        self._lost = gap.reason
        self._lost_behind = None if gap.offset is None else at

    def _move(self, at: Position) -> None:
        """Note how far the answer goes."""
        if self._lost and self._lost_behind != at:
            self._gap = self._gap or self._lost
            self._lost = ""
        self._at = at
