"""All I/O towards Douyin in one object, shared by all rooms; made and opened by app."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Literal, Self

from relay.config import Config, LoginConfig, RoomConfig, UpstreamConfig
from relay.upstream.api import LiveApi
from relay.upstream.breaker import Breakers
from relay.upstream.budget import Budget
from relay.upstream.calls import Calls
from relay.upstream.fetch import MessageFetcher, PollTimings
from relay.upstream.http import HttpClient
from relay.upstream.identities import IdentityPool
from relay.upstream.identity import AnonymousIdentity
from relay.upstream.logins import LoginIdentity
from relay.upstream.names import parse_room_name
from relay.upstream.refusals import Refusals
from relay.upstream.resolve import Resolver
from relay.upstream.signer import Signer
from relay.upstream.transports.poll import PollTransport
from relay.upstream.transports.push_urls import PushUrls
from relay.upstream.transports.socket import SocketTimings, SocketTransport
from relay.upstream.ways import PatientWays
from relay.upstream.web_rids import WebRids

Transport = Literal["socket", "poll", "browser", "replay"]
"""The ways in which frames come."""


@dataclass(frozen=True, slots=True)
class Timings:
    """The waits of the transports."""

    socket: SocketTimings = field(default_factory=SocketTimings)
    poll: PollTimings = field(default_factory=PollTimings)


class Upstream:
    """Douyin, as far as the relay uses it. Used as an async context manager."""

    def __init__(
        self,
        config: UpstreamConfig,
        timings: Timings,
        *,
        logins: Sequence[LoginConfig] = (),
        rooms: Sequence[RoomConfig] = (),
    ) -> None:
        """`rooms`: those that name a login. Raises ConfigError where the signer's URL, or a file of
        cookies, can't be used.
        """
        self._config = config
        self._timings = timings
        self._http = HttpClient()
        self._identity = self._visitor()
        self._visitors = [self._identity, *(self._visitor() for _ in logins)]
        self.identities = IdentityPool(
            self._identity,
            [
                LoginIdentity(login, visitor)
                for login, visitor in zip(logins, self._visitors[1:], strict=True)
            ],
            {parse_room_name(room.room).value: room.login for room in rooms if room.login},
        )
        """Whom rooms are watched as."""
        self._signer = Signer(config.signer_url, self._http)
        self._opened = AsyncExitStack()
        self.transport: Literal["auto"] | Transport = config.transport
        """Which one to use."""
        random = Random()
        budget = Budget(config.calls_per_s, random)
        refusals = Refusals(self._identity)
        breakers = Breakers(random)
        calls = Calls(config, self._http, self._identity, self._signer, random)
        web_rids = WebRids()
        self.ways = PatientWays(calls, budget, refusals, breakers)
        """What the fetchers ask, one by one."""
        self.resolver = Resolver(self.ways, refusals, web_rids)
        """The fetchers', which have time."""
        self.api = LiveApi(calls, self._signer, budget, refusals, breakers, web_rids=web_rids)
        """For clients, who wait for an answer."""

    @classmethod
    def of(cls, config: Config, timings: Timings) -> Self:
        """Make upstream as a configuration has it. Raises ConfigError as `__init__`."""
        return cls(config.upstream, timings, logins=config.logins, rooms=config.rooms)

    async def __aenter__(self) -> Self:
        await self._opened.enter_async_context(self._http)
        for visitor in self._visitors:
            await self._opened.enter_async_context(visitor)
        self._opened.push_async_callback(self.api.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._opened.aclose()

    def transports(self) -> dict[Transport, SocketTransport | PollTransport]:
        """Make the transports of one room."""
        return {"socket": self.socket(), "poll": self.poll()}

    def socket(self) -> SocketTransport:
        """Make the socket transport of one room."""
        return SocketTransport(
            PushUrls(self._config.push_urls),
            self._fetcher(),
            self._signer,
            self._timings.socket,
        )

    def poll(self) -> PollTransport:
        """Make the poll transport of one room."""
        return PollTransport(self._fetcher(), self._timings.poll)

    def _visitor(self) -> AnonymousIdentity:
        return AnonymousIdentity(self._http, self._config.live_url, self._config.register_url)

    def _fetcher(self) -> MessageFetcher:
        return MessageFetcher(self._config, self._http, self._timings.poll)
