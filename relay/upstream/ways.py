"""The ways to learn of a room, each with its answer read; used by resolve.

These are the fetchers': they wait for their turn however long it takes. The API's are search's.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from relay.errors import UpstreamError
from relay.upstream.budget import Budget
from relay.upstream.calls import Calls
from relay.upstream.reflow import ask_reflow
from relay.upstream.refusals import Refusals
from relay.upstream.status import RoomInfo, read_enter, read_refusal, read_room
from relay.webcast.rest.info import info_from_reflow

T = TypeVar("T")
Read = TypeVar("Read")


class Ways(Protocol):
    """What Resolver asks. All raise UpstreamError with its cause."""

    async def enter(self, path: str) -> RoomInfo:
        """Ask web/enter for a web_rid or handle."""
        ...

    async def page(self, path: str) -> RoomInfo:
        """Read the page of a web_rid or handle."""
        ...

    async def reflow(self, room_id: str, sec_uid: str = "") -> RoomInfo:
        """Ask reflow/info for a broadcast; "2" with a sec_uid: that anchor's present one."""
        ...


class PatientWays:
    """Ways for those who have nothing else to do: fetchers, one question at a time each."""

    def __init__(self, calls: Calls, budget: Budget, refusals: Refusals) -> None:
        self._calls = calls
        self._budget = budget
        self._refusals = refusals

    async def enter(self, path: str) -> RoomInfo:
        """Ask web/enter for a web_rid or handle."""
        return await self._ask("enter", lambda: self._calls.enter(path), read_enter)

    async def page(self, path: str) -> RoomInfo:
        """Read the page of a web_rid or handle."""
        return await self._ask("page", lambda: self._calls.page(path), lambda page: page.info)

    async def reflow(self, room_id: str, sec_uid: str = "") -> RoomInfo:
        """Ask reflow/info for a broadcast; "2" with a sec_uid: that anchor's present one."""
        try:
            shaped = await ask_reflow(
                self._calls,
                room_id,
                sec_uid,
                lambda call: self._ask("reflow", call, info_from_reflow),
            )
        except UpstreamError as error:
            return read_refusal(error)
        return read_room(shaped.document["data"])

    async def _ask(
        self, way: str, call: Callable[[], Awaitable[T]], read: Callable[[T], Read]
    ) -> Read:
        await self._budget.wait()
        try:
            answer = read(await call())
        except UpstreamError as error:
            self._refusals.note(way, error.cause)
            raise
        self._refusals.note(way, "")
        return answer
