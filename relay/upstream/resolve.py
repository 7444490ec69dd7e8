"""Asks upstream which room a name is and whether it is live; called by room/fetcher and ending,
and by lookups.

Three ways lead to the answer, and each is refused at times: web/enter (short), the room page
(long), reflow/info on another host (by room_id, or by the anchor's sec_uid). What one doesn't say,
the next is asked; a way that refused lately is asked last.
"""

from collections.abc import Awaitable, Callable

import msgspec

from relay.errors import UpstreamError
from relay.upstream.failures import CAUSES, Failure
from relay.upstream.names import NameKind, RoomName
from relay.upstream.reflow import PRESENT
from relay.upstream.refusals import Refusals
from relay.upstream.status import NOTHING_KNOWN, RoomInfo, Status
from relay.upstream.ways import Ways
from relay.upstream.web_rids import WebRids

Way = Callable[[], Awaitable[RoomInfo]]


class Resolver:
    """Finds rooms."""

    def __init__(self, ways: Ways, refusals: Refusals, web_rids: WebRids) -> None:
        self._ways = ways
        self._web_rids = web_rids
        self._refusals = refusals

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
        if name.kind is NameKind.ROOM_ID and not known.web_rid:
            info = await self._by_room_id(name.value, known)
            path = info.web_rid
            if info.status is not Status.OFFLINE or not path:
                return info
            # That broadcast has ended; its room may be live again, under another room_id.
            known = info
        else:
            path = known.web_rid or name.value
        info = await self._by_path(path, known)
        if name.kind is NameKind.HANDLE and info.room_id and not info.web_rid:
            info = info.completed_by(await self._ask({"reflow": self._reflow(info.room_id)}))
        elif name.kind is not NameKind.HANDLE:
            info = msgspec.structs.replace(info, web_rid=path)
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
        ways: dict[str, Way] = {
            "enter": lambda: self._ways.enter(path),
            "page": lambda: self._ways.page(path),
        }
        if known.sec_uid:
            ways["reflow"] = self._present(known.sec_uid)
        return (await self._ask(ways)).completed_by(known)

    async def _ask(self, ways: dict[str, Way]) -> RoomInfo:
        """Ask one way after the other until one knows.

        That a page is missing counts only where no other way had anything to say of the room.
        """
        missing: RoomInfo | None = None
        unknown = NOTHING_KNOWN
        answered = False
        for name in sorted(ways, key=self._refusals.is_recent):
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
