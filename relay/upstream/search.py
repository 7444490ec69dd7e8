"""The ways of one search of the API's, which keeps what they say beyond what a search wants; made
by lookups for each.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.upstream.asking import Asking
from relay.upstream.breaker import Endpoint
from relay.upstream.calls import Calls
from relay.upstream.names import Target
from relay.upstream.page import Page
from relay.upstream.status import RoomInfo, read_enter
from relay.upstream.told import Described, Told, describe
from relay.webcast.rest.answer import Source
from relay.webcast.rest.documents import Shaped
from relay.webcast.rest.info import info_from_enter, info_from_page

T = TypeVar("T")
Read = TypeVar("Read")


class Search:
    """Ways, see ways.Ways."""

    def __init__(
        self, calls: Calls, asking: Asking, broadcast: Callable[[str, str], Awaitable[Told]]
    ) -> None:
        """`broadcast` gives what is told of a room_id, or by PRESENT and an anchor's sec_uid."""
        self._calls = calls
        self._asking = asking
        self._broadcast = broadcast
        self.described: Described | None = None
        self.source: Source = "web_enter"
        """Of the room's web answers, the last one that said something."""
        self.failures: dict[str, UpstreamError] = {}
        """By cause: with upstream's code and words, which a RoomInfo has no place for."""

    async def enter(self, path: str) -> RoomInfo:
        """Ask web/enter for a web_rid or handle."""

        def read(body: bytes) -> RoomInfo:
            self.source = "web_enter"
            described = self._keep(lambda: info_from_enter(body), "web_enter")
            return read_enter(body) if described is None else described.info

        return await self._ask("enter", path, lambda: self._calls.enter(path), read)

    async def page(self, path: str) -> RoomInfo:
        """Read the page of a web_rid or handle."""

        def read(page: Page) -> RoomInfo:
            self.source = "html"
            if page.state is not None:
                self._keep(lambda: info_from_page(page.state, now_ms()), "html")
            return page.info

        return await self._ask("page", path, lambda: self._calls.page(path), read)

    async def reflow(self, room_id: str, sec_uid: str = "") -> RoomInfo:
        """Ask reflow/info for a broadcast; "2" with a sec_uid: that anchor's present one."""
        told = await self._broadcast(room_id, sec_uid)
        if told.described is not None:
            self.described, self.source = told.described, "reflow"
        return told.info

    async def follow(self, code: str) -> Target:
        """Follow a short link."""
        return await self._ask(
            "short_link", code, lambda: self._calls.follow(code), lambda target: target
        )

    def is_left_alone(self, way: Endpoint) -> bool:
        """Tell whether a way keeps failing; then it fails at once, and says why."""
        return False

    async def _ask(
        self,
        endpoint: Endpoint,
        path: str,
        call: Callable[[], Awaitable[T]],
        read: Callable[[T], Read],
    ) -> Read:
        try:
            return await self._asking.ask(endpoint, path, call, read)
        except UpstreamError as error:
            if error.cause == "not_found":
                self.source = "html"
            self.failures[error.cause] = error
            raise

    def _keep(self, shape: Callable[[], Shaped], source: Source) -> Described | None:
        try:
            self.described = describe(shape(), source)
        except UpstreamError as error:
            # The search goes on with what it could read itself.
            self.failures[error.cause] = error
            return None
        return self.described
