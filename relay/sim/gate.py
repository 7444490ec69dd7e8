"""What all endpoints go through: which room is meant, how it answers now; used by the handlers."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from relay.sim.behaviours import HttpAnswer
from relay.sim.ledger import Ledger
from relay.sim.refusals import refuse
from relay.sim.room import SimRoom


class Gate:
    """The rooms, and how their endpoints answer."""

    def __init__(self, rooms: dict[str, SimRoom], ledger: Ledger) -> None:
        self.rooms = rooms
        self.ledger = ledger
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
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(room.behaviours.latency_ms / 1000):
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
