"""Asks upstream which room a name is and whether it is live; called by room/fetcher and ending,
and by lookups.

Three ways lead to the answer, and each is refused at times: web/enter (short), the room page
(long), reflow/info on another host (by room_id, or by the anchor's sec_uid). What one doesn't say,
the next is asked. The short ones take turns at being asked first, so that neither is asked by all
rooms each time (biliLive-tools spreads its questions, too); a way that refused lately is asked
last, one that keeps failing not at all while there is another.
"""

from collections.abc import Awaitable, Callable

import msgspec

from relay.errors import UpstreamError
from relay.upstream.breaker import Endpoint
from relay.upstream.failures import CAUSES, Failure
from relay.upstream.names import NameKind, RoomName, parse_room_name
from relay.upstream.reflow import PRESENT
from relay.upstream.refusals import Refusals
from relay.upstream.status import NOTHING_KNOWN, RoomInfo, Status
from relay.upstream.ways import Ways
from relay.upstream.web_rids import WebRids

Way = Callable[[], Awaitable[RoomInfo]]
_LONG: Endpoint = "page"


class Resolver:
    """Finds rooms."""

    def __init__(self, ways: Ways, refusals: Refusals, web_rids: WebRids) -> None:
        self._ways = ways
        self._web_rids = web_rids
        self._refusals = refusals
        self._looks = 0

    async def look(self, name: RoomName, known: RoomInfo = NOTHING_KNOWN) -> RoomInfo:
        """Ask about a room. `known` is what an earlier answer said of it.

        Never raises for what upstream does: what can't be found out is `unknown`, with its cause.
        An unknown status with a room_id means that this broadcast may be live.
        """
        info = await self._look(name, known)
        self._web_rids.note(info.room_id, info.web_rid)
        return info

    async def look_broadcast(self, room_id: str) -> RoomInfo:
        """Ask about one broadcast only: whether it still runs, not whether the room is live."""
        return await self._ask({"reflow": self._reflow(room_id)})

    async def _look(self, name: RoomName, known: RoomInfo) -> RoomInfo:
        path = known.web_rid
        if not path:
            match name.kind:
                case NameKind.SHORT_LINK:
                    return await self._by_link(name.code, known)
                case NameKind.SEC_UID:
                    return await self._by_anchor(name.value, known)
                case NameKind.ROOM_ID:
                    info = await self._by_room_id(name.value, known)
                    path = info.web_rid
                    if info.status is not Status.OFFLINE or not path:
                        return info
                    # That broadcast has ended; its room may be live again, under another room_id.
                    known = info
                case _:
                    path = name.value
        info = await self._by_path(path, known)
        if name.kind is NameKind.HANDLE and info.room_id and not info.web_rid:
            info = info.completed_by(await self._ask({"reflow": self._reflow(info.room_id)}))
        elif name.kind is not NameKind.HANDLE:
            info = msgspec.structs.replace(info, web_rid=path)
        return info

    async def _by_link(self, code: str, known: RoomInfo) -> RoomInfo:
        if known.sec_uid:
            return await self._by_anchor(known.sec_uid, known)
        try:
            target = await self._ways.follow(code)
        except UpstreamError as error:
            status = Status.NOT_FOUND if error.cause == "not_found" else Status.UNKNOWN
            return RoomInfo(status, cause=error.cause, text=str(error)).completed_by(known)
        known = known.completed_by(RoomInfo(Status.UNKNOWN, sec_uid=target.sec_uid))
        name = parse_room_name(target.path or target.room_id or target.sec_uid)
        return (await self._look(name, known)).completed_by(known)

    async def _by_anchor(self, sec_uid: str, known: RoomInfo) -> RoomInfo:
        info = await self._ask({"reflow": self._present(sec_uid)})
        info = info.completed_by(msgspec.structs.replace(known, sec_uid=sec_uid))
        if info.status is Status.UNKNOWN and info.web_rid:
            info = await self._by_path(info.web_rid, info)
        return info

    async def _by_room_id(self, room_id: str, known: RoomInfo) -> RoomInfo:
        info = await self.look_broadcast(room_id)
        if info.status is Status.OFFLINE and info.sec_uid and not info.web_rid:
            # The room can't be named, but its anchor can.
            current = await self._ask({"reflow": self._present(info.sec_uid)})
            return current.completed_by(info)
        if info.status is Status.UNKNOWN:
            info = msgspec.structs.replace(info, room_id=info.room_id or room_id)
        return info.completed_by(known)

    async def _by_path(self, path: str, known: RoomInfo) -> RoomInfo:
        ways: dict[Endpoint, Way] = {
            "enter": lambda: self._ways.enter(path),
            "page": lambda: self._ways.page(path),
        }
        if known.sec_uid:
            ways["reflow"] = self._present(known.sec_uid)
        return (await self._ask(ways)).completed_by(known)

    async def _ask(self, ways: dict[Endpoint, Way]) -> RoomInfo:
        """Ask one way after the other until one knows.

        That a page is missing counts only where no other way had anything to say of the room.
        """
        missing: RoomInfo | None = None
        unknown = NOTHING_KNOWN
        answered = False
        for name in self._in_order(list(ways)):
            try:
                info = await ways[name]()
            except UpstreamError as error:
                if error.cause == "not_found" and name == "page":
                    info = RoomInfo(Status.NOT_FOUND, text=str(error))
                else:
                    info = RoomInfo(Status.UNKNOWN, cause=error.cause, text=str(error))
            else:
                answered = answered or info.status is Status.UNKNOWN
            if info.status is Status.NOT_FOUND:
                missing = missing or info
            elif info.status is not Status.UNKNOWN:
                return info.completed_by(unknown)
            else:
                unknown = _join(unknown, info)
        return unknown if answered else missing or unknown

    def _in_order(self, ways: list[Endpoint]) -> list[Endpoint]:
        """Give the ways to ask, the first one first; one at least."""
        short = [way for way in ways if way != _LONG]
        turn = self._looks % len(short)
        self._looks += len(short) > 1
        order = short[turn:] + short[:turn] + [way for way in ways if way == _LONG]
        order.sort(key=self._refusals.is_recent)
        return [way for way in order if not self._ways.is_left_alone(way)] or order[:1]

    def _reflow(self, room_id: str) -> Way:
        return lambda: self._ways.reflow(room_id)

    def _present(self, sec_uid: str) -> Way:
        async def ask() -> RoomInfo:
            info = await self._ways.reflow(PRESENT, sec_uid)
            if info.status is Status.NOT_FOUND:
                # An anchor without a broadcast to show has a room all the same.
                raise UpstreamError("unknown_room", info.text)
            return info

        return ask


def _join(first: RoomInfo, second: RoomInfo) -> RoomInfo:
    """Join two answers that don't know the status; a refusal matters more than other causes."""
    joined = first.completed_by(second)
    if not first.cause or (
        CAUSES[first.cause] is not Failure.BLOCKED and CAUSES.get(second.cause) is Failure.BLOCKED
    ):
        joined = msgspec.structs.replace(joined, cause=second.cause, text=second.text)
    return msgspec.structs.replace(joined, room_id=first.room_id or second.room_id)
