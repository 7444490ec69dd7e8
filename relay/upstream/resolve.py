"""Asks upstream which room a name is and whether it is live; called by room/fetcher and ending.

Three ways lead to the answer, and each is refused at times: web/enter (short), the room page
(long), reflow/info on another host (by room_id, or by the anchor's sec_uid). What one doesn't say,
the next is asked; a way that refused lately is asked last.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from relay.config import UpstreamConfig, is_loopback
from relay.errors import UpstreamError
from relay.upstream.failures import CAUSES, Failure
from relay.upstream.http import HttpClient, host_of
from relay.upstream.identity import Identity
from relay.upstream.names import NameKind, RoomName
from relay.upstream.page import read_page
from relay.upstream.params import (
    ENTER_PATH,
    REFLOW_PATH,
    enter_params,
    referer,
    reflow_params,
)
from relay.upstream.status import (
    NOTHING_KNOWN,
    RoomInfo,
    Status,
    read_enter,
    read_reflow,
)

_REFUSED_S = 300.0
"""How long a way that refused is asked only after the others."""
_RENEW_AFTER = 3
"""Refusals in a row after which a fresh identity is tried (douyinLive does so too)."""
_LOOKS_PER_S = 1.0
_LOOKS_AT_ONCE = 10.0
"""15 rooms every 15 s were fine and 17 were banned (LiveAutoRecord#185): one a second for all rooms
together, after a burst for the start."""

Way = Callable[[], Awaitable[RoomInfo]]


class Resolver:
    """Finds rooms; one for all of them, so that they are polite together."""

    def __init__(self, config: UpstreamConfig, http: HttpClient, identity: Identity) -> None:
        self._live_url = config.live_url.rstrip("/")
        self._webcast_url = config.webcast_url.rstrip("/")
        self._http = http
        self._identity = identity
        self._refused_until: dict[str, float] = {}  # by the name of the way: three at most
        self._refusals = 0
        self._pace = None if is_loopback(host_of(config.live_url)) else Pace()

    async def look(self, name: RoomName, known: RoomInfo = NOTHING_KNOWN) -> RoomInfo:
        """Ask about a room. `known` is what an earlier answer said of it.

        Never raises for what upstream does: what can't be found out is `unknown`, with its cause.
        An unknown status with a room_id means that this broadcast may be live.
        """
        if self._pace is not None:
            await asyncio.sleep(self._pace.reserve_s(time.monotonic()))
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
            info = info.completed_by(await self._ask({"reflow": self._reflow_way(info.room_id)}))
        elif name.kind is not NameKind.HANDLE:
            info = msgspec.structs.replace(info, web_rid=path)
        return info

    async def look_broadcast(self, room_id: str) -> RoomInfo:
        """Ask about one broadcast only: whether it still runs, not whether the room is live."""
        return await self._ask({"reflow": self._reflow_way(room_id)})

    async def _by_room_id(self, room_id: str, known: RoomInfo) -> RoomInfo:
        info = await self.look_broadcast(room_id)
        if info.status is Status.OFFLINE and info.sec_uid and not info.web_rid:
            # The room can't be named, but its anchor can.
            current = await self._ask({"reflow": self._reflow_way("2", info.sec_uid)})
            return current.completed_by(info)
        if info.status is Status.UNKNOWN:
            info = msgspec.structs.replace(info, room_id=info.room_id or room_id)
        return info.completed_by(known)

    async def _by_path(self, path: str, known: RoomInfo) -> RoomInfo:
        ways: dict[str, Way] = {
            "enter": lambda: self._enter(path),
            "page": lambda: self._page(path),
        }
        if known.sec_uid:
            ways["reflow"] = self._reflow_way("2", known.sec_uid)
        return (await self._ask(ways)).completed_by(known)

    async def _ask(self, ways: dict[str, Way]) -> RoomInfo:
        """Ask one way after the other until one knows.

        That a page is missing counts only where no other way had anything to say of the room.
        """
        now = time.monotonic()
        missing: RoomInfo | None = None
        unknown = NOTHING_KNOWN
        answered = False
        for name in sorted(ways, key=lambda name: self._refused_until.get(name, 0.0) > now):
            try:
                info = await ways[name]()
            except UpstreamError as error:
                if error.cause == "not_found" and name == "page":
                    info = RoomInfo(Status.NOT_FOUND, text=str(error))
                else:
                    info = RoomInfo(Status.UNKNOWN, cause=error.cause, text=str(error))
                self._note(name, error.cause)
            else:
                self._note(name, "")
                answered = answered or info.status is Status.UNKNOWN
            if info.status is Status.NOT_FOUND:
                missing = missing or info
            elif info.status is not Status.UNKNOWN:
                return info.completed_by(unknown)
            else:
                unknown = _join(unknown, info)
        return unknown if answered else missing or unknown

    def _note(self, way: str, cause: str) -> None:
        if cause and CAUSES[cause] is Failure.BLOCKED:
            self._refused_until[way] = time.monotonic() + _REFUSED_S
            self._refusals += 1
            if self._refusals >= _RENEW_AFTER:
                self._refusals = 0
                self._identity.renew()
        elif not cause:
            self._refused_until.pop(way, None)
            self._refusals = 0

    async def _enter(self, path: str) -> RoomInfo:
        answer = await self._http.get(
            self._live_url + ENTER_PATH,
            params=enter_params(path),
            headers={"Referer": referer(path)},
            cookies=await self._identity.cookies(),
        )
        return read_enter(answer.body)

    async def _page(self, path: str) -> RoomInfo:
        html, given_nonce = await self._get_page(path)
        try:
            return read_page(html)
        except UpstreamError:
            # The first visit only gives a nonce; the page comes to who brings it along.
            if not given_nonce:
                raise
        html, _ = await self._get_page(path)
        return read_page(html)

    async def _get_page(self, path: str) -> tuple[str, bool]:
        # Minimal headers: with a browser's client hints the page comes without its state.
        answer = await self._http.get(
            f"{self._live_url}/{path}",
            cookies=await self._identity.page_cookies(),
            may_be_empty=True,
        )
        return answer.body.decode(errors="replace"), self._identity.absorb(answer.cookies)

    def _reflow_way(self, room_id: str, sec_uid: str = "") -> Way:
        async def ask() -> RoomInfo:
            # Without cookies: a stale one hurts more here than none (f2).
            answer = await self._http.get(
                self._webcast_url + REFLOW_PATH, params=reflow_params(room_id, sec_uid)
            )
            return read_reflow(answer.body)

        return ask


class Pace:
    """Lets a burst of looks through, then one a second."""

    def __init__(self) -> None:
        self._even_at = float("-inf")  # when one a second from the start would be caught up with

    def reserve_s(self, now_s: float) -> float:
        """Take a place; gives how long to wait for it."""
        self._even_at = max(self._even_at, now_s) + 1.0 / _LOOKS_PER_S
        return max(0.0, self._even_at - now_s - _LOOKS_AT_ONCE / _LOOKS_PER_S)


def _join(first: RoomInfo, second: RoomInfo) -> RoomInfo:
    """Join two answers that don't know the status; a refusal matters more than other causes."""
    joined = first.completed_by(second)
    if not first.cause or (
        CAUSES[first.cause] is not Failure.BLOCKED and CAUSES.get(second.cause) is Failure.BLOCKED
    ):
        joined = msgspec.structs.replace(joined, cause=second.cause, text=second.text)
    return msgspec.structs.replace(joined, room_id=first.room_id or second.room_id)
