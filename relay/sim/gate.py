"""What all endpoints go through: which room is meant, how it answers now; used by the handlers."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from relay.sim.behaviours import HttpAnswer
from relay.sim.identities import Identities
from relay.sim.ledger import Ledger
from relay.sim.refusals import captcha_header, refuse
from relay.sim.room import SimRoom


class Gate:
    """The rooms, and how their endpoints answer."""

    def __init__(self, rooms: dict[str, SimRoom], ledger: Ledger) -> None:
        self.rooms = rooms
        self.ledger = ledger
        self.identities = Identities()
        self._stopping = asyncio.Event()

    @property
    def first(self) -> SimRoom:
        """The room whose behaviours count where a call is about none."""
        return next(iter(self.rooms.values()))

    def by_name(self, name: str) -> SimRoom | None:
        """Find a room by web_rid or handle."""
        by_handle = (room for room in self.rooms.values() if room.handle == name)
        return self.rooms.get(name) or next(by_handle, None)

    def by_room_id(self, room_id: str) -> SimRoom | None:
        """Find a room by the id of one of its broadcasts, past ones too."""
        return next((room for room in self.rooms.values() if room.find(room_id)), None)

    def logged_in(self, request: web.Request, room: SimRoom) -> bool:
        """Say whether whoever calls is logged in, as `room` sees it."""
        return self.identities.logged_in(request.cookies, room.behaviours)

    def fault(self, request: web.Request, room: SimRoom) -> str:
        """Say why a caller is refused: no ttwid, an old one, a blocked one; "": no reason."""
        if not request.cookies.get("ttwid"):
            return "no ttwid"
        if not self.identities.has_ttwid(request.cookies, room.behaviours):
            return "ttwid expired"
        refused = room.behaviours.blocked_identity in ("refused", "captcha")
        if refused and self.identities.blocked(request.cookies, room.behaviours):
            return "identity blocked"
        return ""

    def wants_captcha(self, request: web.Request, room: SimRoom) -> bool:
        """Say whether a caller is one of those who are blocked with a captcha."""
        manner = room.behaviours.blocked_identity
        return manner == "captcha" and self.identities.blocked(request.cookies, room.behaviours)

    def distrust(self, request: web.Request, room: SimRoom, endpoint: str) -> web.Response | None:
        """Refuse a caller that there is a fault with; None: there is none."""
        fault = self.fault(request, room)
        if not fault:
            return None
        room.ledger.requests[f"{endpoint} {fault}"] += 1
        return captcha_header() if self.wants_captcha(request, room) else web.Response()

    async def serve(
        self,
        request: web.Request,
        room: SimRoom,
        endpoint: str,
        answer: HttpAnswer,
        good: Callable[[], web.Response],
    ) -> web.StreamResponse:
        """Answer a call that is about `room` as `answer` says; `good` makes the "ok" answer."""
        await self.pause(room, endpoint, answer)
        if answer == "ok":
            return good()
        return await refuse(request, answer, good, now_ms(), self._stopping)

    async def pause(self, room: SimRoom, endpoint: str, answer: str) -> None:
        """Count a call and wait the room's latency."""
        room.ledger.requests[f"{endpoint} {answer}"] += 1
        if room.behaviours.latency_ms:
            await self.stopped(room.behaviours.latency_ms / 1000)

    async def stopped(self, within_s: float) -> bool:
        """Wait; say whether the simulator stops meanwhile."""
        if not within_s:
            return self._stopping.is_set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._stopping.wait()
        return self._stopping.is_set()

    async def stopping(self) -> None:
        """Wait until the simulator stops."""
        await self._stopping.wait()

    def stop(self) -> None:
        """End every wait: the simulator stops."""
        self._stopping.set()


def call_counter(ledger: Ledger) -> Middleware:
    """Give the middleware that counts every call by its route's name, refused ones too."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        ledger.calls[request.match_info.route.name or "other"] += 1
        return await handler(request)

    return count


def now_ms() -> int:
    """Give the time, Unix ms."""
    return time.time_ns() // 1_000_000
