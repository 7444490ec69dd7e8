"""Asks the configured signers in turn until one signs; made by client, used by socket and calls."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import structlog

from relay.config import SignerConfig, is_loopback
from relay.errors import ConfigError, UpstreamError
from relay.logs import Throttle
from relay.upstream.browser.pages import BrowserPages
from relay.upstream.failures import CAUSES, Failure
from relay.upstream.http import USER_AGENT, HttpClient
from relay.upstream.params import push_stub
from relay.upstream.signers.browser import BrowserSigner
from relay.upstream.signers.http import make_http_signer
from relay.upstream.signers.script import ScriptSigner
from relay.upstream.signers.signing import (
    Fetched,
    HttpRequest,
    Signed,
    Signer,
    SocketRequest,
    failed,
)

_REST_S = 30.0
"""How long a signer that failed is asked only after the others."""

QUEUE_S = 30.0
"""How long a request waits for those before it, where signatures are made one after the other."""

_log = structlog.get_logger(__name__)
T = TypeVar("T")


class SignedBy(NamedTuple):
    """A signed push URL."""

    signed: Signed
    signer: str
    """Its name; "": there is none, and the URL is as it was."""


class Link(NamedTuple):
    """A signer and how long it may take."""

    signer: Signer
    timeout_s: float


class Chain:
    """The signers, in the order of the configuration."""

    def __init__(self, links: Sequence[Link], clock: Callable[[], float] = time.monotonic) -> None:
        self._links = links
        self._clock = clock
        self._rests_until: dict[str, float] = {}
        self._throttles = {link.signer.name: Throttle() for link in links}
        self.calls: Counter[tuple[str, str]] = Counter()
        """Signatures asked for, by signer and outcome: `ok` or `failed`."""

    @property
    def names(self) -> list[str]:
        """The signers' names."""
        return [link.signer.name for link in self._links]

    def each(self) -> list["Chain"]:
        """Give a chain of each signer alone; closed with this one."""
        return [Chain([link], self._clock) for link in self._links]

    async def close(self) -> None:
        """End what signers have running."""
        for link in self._links:
            if isinstance(link.signer, ScriptSigner):
                await link.signer.close()

    def require(self) -> None:
        """Raise UpstreamError `signer_missing` where there is none."""
        if not self._links:
            raise UpstreamError(
                "signer_missing",
                "upstream wants a signature for this, and the relay makes none: configure a signer"
                ' of yours under [[signers]] (README, "Signatures")',
            )

    async def sign_socket(
        self, url: str, *, room_id: str, visitor_id: str, refused: Collection[str] = ()
    ) -> SignedBy:
        """Have a push URL signed; it is good for one connection. Unsigned where there is nobody.

        `refused` names those whose signatures upstream refused of late: they are asked last.
        Raises UpstreamError `signer` where none of them can.
        """
        if not self._links:
            return SignedBy(Signed(url), "")
        stub = push_stub(room_id, visitor_id)
        request = SocketRequest(url, room_id, visitor_id, stub, USER_AGENT)
        signed, name = await self._ask(lambda signer: signer.sign_socket(request), refused)
        return SignedBy(signed, name)

    async def sign_http(self, url: str) -> Signed | Fetched:
        """Have a GET request signed, or made.

        Raises UpstreamError: `signer_missing`, `signer` where none of them can, or what upstream
        answered where the signer made the call.
        """
        self.require()
        request = HttpRequest(url, USER_AGENT)
        signed, _ = await self._ask(lambda signer: signer.sign_http(request), ())
        return signed

    async def _ask(
        self, call: Callable[[Signer], Awaitable[T]], refused: Collection[str]
    ) -> tuple[T, str]:
        errors: list[UpstreamError] = []
        for signer, timeout_s in self._in_order(refused):
            try:
                answer = await self._within(signer, timeout_s, call)
            except UpstreamError as error:
                if CAUSES[error.cause] is not Failure.SIGNER:
                    raise
                errors.append(error)
                self._note_failure(signer.name, error)
            else:
                self.calls[signer.name, "ok"] += 1
                self._rests_until.pop(signer.name, None)
                return answer, signer.name
        raise UpstreamError("signer", "; ".join(map(str, errors)))

    async def _within(
        self, signer: Signer, timeout_s: float, call: Callable[[Signer], Awaitable[T]]
    ) -> T:
        try:
            async with asyncio.timeout(timeout_s) as limit:
                return await call(signer)
        except TimeoutError:
            if not limit.expired():
                raise
            raise failed(signer.name, f"it did not answer within {timeout_s:g} s") from None

    def _in_order(self, refused: Collection[str]) -> list[Link]:
        now = self._clock()

        def place(link: Link) -> tuple[bool, bool]:
            name = link.signer.name
            return name in refused, self._rests_until.get(name, now) > now

        return sorted(self._links, key=place)

    def _note_failure(self, name: str, error: UpstreamError) -> None:
        self.calls[name, "failed"] += 1
        self._rests_until[name] = self._clock() + _REST_S
        held = self._throttles[name].admit()
        if held is not None:
            _log.warning("a signer failed", signer=name, error=str(error), held_back=held)


def make_chain(configs: Sequence[SignerConfig], http: HttpClient, pages: BrowserPages) -> Chain:
    """Make the signers that are configured. Raises ConfigError, which says which one and why."""
    links: list[Link] = []
    for index, config in enumerate(configs):
        kind = config.shape if config.kind == "http" else config.kind
        alike = [link.signer.name for link in links if link.signer.name.startswith(kind)]
        name = f"{kind}-{len(alike) + 1}" if alike else kind
        # A script takes one at a time, and knows when its time begins.
        timeout_s = config.timeout_s + (QUEUE_S if config.kind == "script" else 0.0)
        try:
            links.append(Link(_make(name, config, http, pages), timeout_s))
        except ConfigError as error:
            raise ConfigError(f"signers[{index}]: {error}") from None
    return Chain(links)


def _make(name: str, config: SignerConfig, http: HttpClient, pages: BrowserPages) -> Signer:
    match config.kind:
        case "http":
            _check_overheard(config.url)
            return make_http_signer(name, config, http)
        case "script":
            return ScriptSigner(name, config)
        case "browser":
            if not pages.configured:
                raise ConfigError("kind browser wants a browser: set executable in [browser]")
            return BrowserSigner(name, pages)


def _check_overheard(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError("kind http wants a url that begins with https://, or http:// on loopback")
    if parts.scheme != "https" and not is_loopback(host):
        raise ConfigError(
            f"{host} would be asked in the clear; allowed are https:// and loopback addresses"
        )
