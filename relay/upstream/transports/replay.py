"""A recording as upstream: says that its room is live, and plays what came; made by app.

Satisfies room.source: it is the transport, and what is asked about rooms. Frames are decoded as
those of the other transports are, at the times at which they came.
"""

import asyncio
from collections.abc import Callable, Generator, Mapping
from typing import Final, NamedTuple, NoReturn, Self

from msgspec import structs

from relay.errors import FrameError, RecordingError
from relay.recording import Overview, Recording
from relay.upstream.broadcast import Broadcast, Receiver
from relay.upstream.client import Transport
from relay.upstream.failures import SessionEnd
from relay.upstream.identities import IdentityPool
from relay.upstream.identity import Identity
from relay.upstream.names import RoomName
from relay.upstream.status import RoomInfo, Status
from relay.upstream.transports.rounds import Round
from relay.upstream.unsupported import UnsupportedApi
from relay.webcast.frames import read_frame, read_response
from relay.webcast.pb.webcast_pb2 import Response
from relay.webcast.recording import Gap, Record, RecordKind, Room, read_text, text_record

NOT_RECORDED = "not_recorded"
"""Reason of the gap where recording was interrupted."""
_LOOK_S = 0.001
"""How often the slowest client is looked at, where it sets the pace."""
_UNTAKEN_BYTES = 32 * 1024
"""Of frames, most of them compressed, that are played between two looks: as events they are far
less than what makes a client slow."""
_READ_AT_ONCE_BYTES = 256 * 1024
"""Of records, whatever becomes of them, before others have a turn."""
_RECORD_COST_BYTES = 200
"""Of one to read, whatever its body."""
_MAX_REASON_CHARS = 64


class _Item(NamedTuple):
    """A record, and when it is to be played."""

    at_s: float
    round: Round
    record: Record


class Replay:
    """One recording, played once or again and again."""

    transport: Final = "replay"

    def __init__(
        self,
        recording: Recording,
        overview: Overview,
        *,
        speed: float | None,
        from_s: float,
        loop: bool,
    ) -> None:
        """`speed` None: as fast as clients take it, see `is_taken`. Each round begins at `from_s`.

        Raises RecordingError where the recording is over before that.
        """
        if from_s >= overview.length_s > 0:
            raise RecordingError(f"{recording.path}: lasts only {overview.length_s:.1f} s")
        self.is_taken: Callable[[], bool] = lambda: True
        """Whether somebody listens, and everybody has what was played until now."""
        self.identities = IdentityPool(Identity())
        """Nobody: whoever was shown what is recorded is not in it."""
        self._recording = recording
        self._overview = overview
        self._speed = speed
        self._from_s = from_s
        self._items = self._all_items(loop=loop)
        self._peeked: _Item | None = None
        self._round = Round(1)
        self._begin_at = 0.0
        """When the round's second 0 was, by the loop's clock."""
        self._untaken_bytes = _UNTAKEN_BYTES
        """Played since clients were last looked at."""
        self._room: Room | None = None
        """The broadcast that is being played; None: between two, or at the end."""
        self._last_room_id = ""
        self._end_told = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._items.close()

    @property
    def api(self) -> UnsupportedApi:
        """What the REST endpoints can ask."""
        return UnsupportedApi()

    # room.source.Source

    signer_names: Final = ()

    @property
    def resolver(self) -> Self:
        """Who knows of the room."""
        return self

    def listed(self, _gift_id: str) -> None:
        """Find no gift: recordings have no catalogue."""

    def transports(self) -> Mapping[Transport, Self]:
        """Give the one transport."""
        return {self.transport: self}

    # room.source.Looks

    async def look(self, name: RoomName, known: RoomInfo) -> RoomInfo:
        """Say that the room is live while a broadcast is played; after it, wait for the next.

        Once, right after the end, that it is offline; then the answer comes when the next one
        begins, and never where there is none: a recording that is over changes no more.
        """
        if not self._is_ours(name.value):
            return RoomInfo(
                Status.NOT_FOUND,
                text=f"the recording holds room {self._overview.first.web_rid} only",
            )
        if self._room is None and not self._end_told:
            self._end_told = True
            return RoomInfo(Status.OFFLINE, room_id=self._last_room_id)
        while self._room is None:
            item = await self._take()
            if item.record.kind == RecordKind.ROOM:
                self._enter(item)
        return self._live(self._room)

    async def look_broadcast(self, room_id: str) -> RoomInfo:
        """Say whether a broadcast is being played."""
        on = self._room is not None and self._room.room_id == room_id
        return RoomInfo(Status.ONLINE if on else Status.OFFLINE, room_id=room_id)

    # room.source.Runs

    async def run(self, broadcast: Broadcast, receiver: Receiver) -> SessionEnd:
        """Play the broadcast that was looked for, to its end; then wait to be cancelled."""
        receiver.opened()
        while self._room is not None and self._room.room_id == broadcast.room_id:
            item = await self._take()
            if item.record.kind == RecordKind.END:
                self._leave()
            elif item.record.kind == RecordKind.ROOM:
                self._enter(item)
            else:
                self._play(item, receiver)
        receiver.ended()
        return await _forever()

    # Inside

    def _play(self, item: _Item, receiver: Receiver) -> None:
        record = item.record
        if record.kind == RecordKind.GAP:
            receiver.lost(_reason(record))
            return
        try:
            response = _read(record)
        except FrameError as error:
            # That it was lost is recorded, too.
            receiver.unreadable(error, record, lost=False)
            return
        if response is not None:
            item.round.renew(response)
            receiver.received(response, record)

    def _enter(self, item: _Item) -> None:
        room = self._recording.room(item.record)
        self._room = structs.replace(room, room_id=item.round.room_id(room.room_id))

    def _leave(self) -> None:
        if self._room is not None:
            self._last_room_id = self._room.room_id
        self._room = None
        self._end_told = False

    def _live(self, room: Room) -> RoomInfo:
        return RoomInfo(
            Status.ONLINE,
            web_rid=room.web_rid,
            room_id=room.room_id,
            title=room.title,
            anchor=room.anchor,
        )

    def _is_ours(self, name: str) -> bool:
        room = self._room
        current = (room.web_rid, room.room_id) if room is not None else ()
        first, last = self._overview.first, self._overview.last
        return name in (first.web_rid, first.room_id, last.web_rid, last.room_id, *current)

    async def _take(self) -> _Item:
        """Wait for the next record and until its time; waits forever at the end."""
        while self._peeked is None:
            try:
                self._peeked = next(self._items)
            except StopIteration:
                return await _forever()
            # None: much was read; let others have a turn.
            await asyncio.sleep(0)
        item = self._peeked
        await self._wait_for(item)
        # Not before: who waits here may be cancelled, and the record is for who comes next.
        self._peeked = None
        return item

    async def _wait_for(self, item: _Item) -> None:
        if self._speed is None:
            # The hub gives out what there is between records.
            await asyncio.sleep(0)
            self._untaken_bytes += len(item.record.body)
            if self._untaken_bytes > _UNTAKEN_BYTES:
                while not self.is_taken():  # noqa: ASYNC110  clients tell nobody that they go on
                    await asyncio.sleep(_LOOK_S)
                self._untaken_bytes = len(item.record.body)
            return
        now = asyncio.get_running_loop().time()
        if item.round is not self._round or not self._begin_at:
            self._round = item.round
            self._begin_at = now - self._from_s / self._speed
        await asyncio.sleep(max(0.0, self._begin_at + item.at_s / self._speed - now))

    def _all_items(self, *, loop: bool) -> Generator[_Item | None, None, None]:
        number = 0
        while loop or number == 0:
            number += 1
            if not (yield from self._items_of(Round(number))):
                return

    def _items_of(self, round_: Round) -> Generator[_Item | None, None, bool]:
        """Give what is to be played: whole broadcasts, each from its ROOM to its END.

        None where a turn was spent on reading. Returns whether there was anything to be played.
        """
        on_air: Room | None = None
        entered = interrupted = played = False
        at_s = self._from_s
        read_bytes = 0
        for found in self._recording.steps():
            if found is None:
                yield None
                continue
            recorded_s, record = found
            read_bytes += len(record.body) + _RECORD_COST_BYTES
            if read_bytes > _READ_AT_ONCE_BYTES:
                read_bytes = 0
                yield None
            at_s = max(recorded_s, self._from_s)
            kind = record.kind
            if kind == RecordKind.HEADER:
                # A later run of `relay record`: what came between the two is not there.
                interrupted = entered
            elif kind == RecordKind.ROOM:
                room = self._recording.room(record)
                if on_air is not None and on_air.room_id != room.room_id:
                    if entered:
                        yield _Item(at_s, round_, _end_at(record))
                    entered = interrupted = False
                on_air = room
                if entered:
                    yield _Item(at_s, round_, record)
            elif kind == RecordKind.END:
                if entered:
                    yield _Item(at_s, round_, record)
                on_air, entered, interrupted = None, False, False
            elif kind in _PLAYED and on_air is not None:
                if recorded_s < self._from_s:
                    continue
                if not entered:
                    entered = played = True
                    room_record = text_record(RecordKind.ROOM, record.time_ms, on_air)
                    yield _Item(at_s, round_, room_record)
                if interrupted:
                    interrupted = False
                    gap = text_record(RecordKind.GAP, record.time_ms, Gap(NOT_RECORDED))
                    yield _Item(at_s, round_, gap)
                yield _Item(at_s, round_, record)
                last = record
        if entered:
            yield _Item(at_s, round_, _end_at(last))
        return played


_PLAYED = frozenset({RecordKind.FRAME, RecordKind.BODY, RecordKind.GAP})


async def _forever() -> NoReturn:
    while True:
        await asyncio.Event().wait()


def _end_at(record: Record) -> Record:
    return text_record(RecordKind.END, record.time_ms)


def _reason(record: Record) -> str:
    try:
        return read_text(record, Gap).reason[:_MAX_REASON_CHARS]
    except RecordingError:
        return NOT_RECORDED


def _read(record: Record) -> Response | None:
    if record.kind == RecordKind.FRAME:
        return read_frame(record.body).response
    return read_response(record.body)
