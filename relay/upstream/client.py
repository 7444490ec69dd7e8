"""All I/O towards Douyin in one object, shared by all rooms; made and opened by app."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Literal, Self

from relay.config import (
    BrowserConfig,
    Config,
    LoginConfig,
    RoomConfig,
    SignerConfig,
    UpstreamConfig,
)
from relay.errors import ConfigError
from relay.events.listed import ListedGift
from relay.upstream.api import LiveApi
from relay.upstream.breaker import Breakers
from relay.upstream.browser.pages import BrowserPages
from relay.upstream.budget import Budget
from relay.upstream.calls import Calls
from relay.upstream.fetch import MessageFetcher, PollTimings
from relay.upstream.http import HttpClient
from relay.upstream.identities import Asker, IdentityPool
from relay.upstream.identity import AnonymousIdentity
from relay.upstream.logins import LoginIdentity
from relay.upstream.me import is_logged_in
from relay.upstream.names import parse_room_name
from relay.upstream.refusals import Refusals
from relay.upstream.resolve import Resolver
from relay.upstream.signers.chain import make_chain
from relay.upstream.transports.browser import BrowserTimings, BrowserTransport
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
    browser: BrowserTimings = field(default_factory=BrowserTimings)


class Upstream:
    """Douyin, as far as the relay uses it. Used as an async context manager."""

    def __init__(
        self,
        config: UpstreamConfig,
        timings: Timings,
        *,
        signers: Sequence[SignerConfig] = (),
        logins: Sequence[LoginConfig] = (),
        rooms: Sequence[RoomConfig] = (),
        browser: BrowserConfig | None = None,
    ) -> None:
        """`rooms`: those that name a login. Raises ConfigError where a signer, the browser or a
        file of cookies can't be used.
        """
        self._config = config
        self._timings = timings
        self._http = HttpClient()
        self.identities = IdentityPool(
            self._visitor(),
            [LoginIdentity(login, self._visitor(), self._is_logged_in) for login in logins],
            {parse_room_name(room.room).value: room.login for room in rooms if room.login},
            make=self._visitor,
        )
        """Whom rooms are watched as."""
        self.pages = BrowserPages(browser or BrowserConfig(), config.live_url)
        """The browser, where there is one."""
        if config.transport == "browser" and not self.pages.configured:
            raise ConfigError(
                'upstream.transport: "browser" wants one; set browser.executable to "auto", or '
                "browser.debug_url"
            )
        self.signers = make_chain(signers, self._http, self.pages)
        """Who signs."""
        self._opened = AsyncExitStack()
        self.transport: Literal["auto"] | Transport = config.transport
        """Which one to use."""
        random = Random()
        budget = Budget(config.calls_per_s, random)
        asker = Asker(self.identities)
        refusals = Refusals(asker)
        breakers = Breakers(random)
        calls = Calls(config, self._http, asker, self.signers, random)
        web_rids = WebRids()
        self.ways = PatientWays(calls, budget, refusals, breakers)
        """What the fetchers ask, one by one."""
        self.resolver = Resolver(self.ways, refusals, web_rids)
        """The fetchers', which have time."""
        self.api = LiveApi(calls, self.signers, budget, refusals, breakers, web_rids=web_rids)
        """For clients, who wait for an answer."""

    @classmethod
    def of(cls, config: Config, timings: Timings) -> Self:
        """Make upstream as a configuration has it. Raises ConfigError as `__init__`."""
        return cls(
            config.upstream,
            timings,
            signers=config.signers,
            logins=config.logins,
            rooms=config.rooms,
            browser=config.browser,
        )

    async def __aenter__(self) -> Self:
        await self._opened.enter_async_context(self._http)
        self._opened.push_async_callback(self.identities.close)
        await self._opened.enter_async_context(self.pages)
        self._opened.push_async_callback(self.signers.close)
        self._opened.push_async_callback(self.api.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._opened.aclose()

    @property
    def signer_names(self) -> Sequence[str]:
        """The signers, in the order in which they are asked."""
        return self.signers.names

    def listed(self, gift_id: str) -> ListedGift | None:
        """Find a gift in upstream's catalogue; None: it isn't there, or not yet known."""
        return self.api.catalogue.find(gift_id)

    def transports(self) -> dict[Transport, SocketTransport | PollTransport | BrowserTransport]:
        """Make the transports of one connection."""
        made: dict[Transport, SocketTransport | PollTransport | BrowserTransport] = {
            "socket": self.socket(),
            "poll": self.poll(),
        }
        if self.pages.configured:
            made["browser"] = BrowserTransport(self.pages, self._timings.browser)
        return made

    def socket(self) -> SocketTransport:
        """Make the socket transport of one room."""
        return SocketTransport(
            PushUrls(self._config.push_urls),
            self._fetcher(),
            self.signers,
            self._timings.socket,
        )

    def poll(self) -> PollTransport:
        """Make the poll transport of one room."""
        return PollTransport(self._fetcher(), self._timings.poll)

    def _visitor(self) -> AnonymousIdentity:
        return AnonymousIdentity(self._http, self._config.live_url, self._config.register_url)

    async def _is_logged_in(self, cookies: Mapping[str, str]) -> bool | None:
        return await is_logged_in(self._http, self._config.live_url, cookies)

    def _fetcher(self) -> MessageFetcher:
        return MessageFetcher(self._config, self._http, self._timings.poll)
