"""The ways to learn of a room, each with its answer read; used by resolve.

These are the fetchers': they wait for their turn however long it takes. The API's are search's.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from relay.errors import UpstreamError
from relay.upstream.breaker import Breakers, Endpoint
from relay.upstream.budget import Budget
from relay.upstream.calls import Calls
from relay.upstream.names import Target
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

    async def follow(self, code: str) -> Target:
        """Follow a short link."""
        ...

    def is_left_alone(self, way: Endpoint) -> bool:
        """Tell whether one of these keeps failing, by its name: it is not to be asked just now."""
        ...


class PatientWays:
    """Ways for those who have nothing else to do: fetchers, one question at a time each."""

    def __init__(
        self, calls: Calls, budget: Budget, refusals: Refusals, breakers: Breakers
    ) -> None:
        self._calls = calls
        self._budget = budget
        self._refusals = refusals
        self._breakers = breakers

    async def enter(self, path: str) -> RoomInfo:
        """Ask web/enter for a web_rid or handle."""
        return await self._ask("enter", path, lambda: self._calls.enter(path), read_enter)

    async def page(self, path: str) -> RoomInfo:
        """Read the page of a web_rid or handle."""
        return await self._ask("page", path, lambda: self._calls.page(path), lambda page: page.info)

    async def reflow(self, room_id: str, sec_uid: str = "") -> RoomInfo:
        """Ask reflow/info for a broadcast; "2" with a sec_uid: that anchor's present one."""
        try:
            shaped = await ask_reflow(
                self._calls,
                room_id,
                sec_uid,
                lambda call: self._ask("reflow", room_id, call, info_from_reflow),
            )
        except UpstreamError as error:
            return read_refusal(error)
        return read_room(shaped.document["data"])

    async def follow(self, code: str) -> Target:
        """Follow a short link."""
        return await self._ask(
            "short_link", code, lambda: self._calls.follow(code), lambda target: target
        )

    def is_left_alone(self, way: Endpoint) -> bool:
        """Tell whether a way keeps failing."""
        return self._breakers.of(way).state == "open"

    async def _ask(
        self,
        way: Endpoint,
        question: str,
        call: Callable[[], Awaitable[T]],
        read: Callable[[T], Read],
    ) -> Read:
        await self._budget.wait()
        # Where all ways keep failing, rooms still ask one of them, as often as they wait to.
        with self._breakers.of(way).judged(question):
            try:
                answer = read(await call())
            except UpstreamError as error:
                self._refusals.note(way, error.cause)
                raise
            self._refusals.note(way, "")
            return answer
