"""Opens rooms' pages in the one browser, and has one more page sign for all.

Made by upstream/client; used by the browser transport and by signers.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import Self

import structlog

from relay.config import BrowserConfig
from relay.errors import UpstreamError
from relay.upstream.browser.inbox import Inbox
from relay.upstream.browser.keeper import Keeper
from relay.upstream.browser.limits import BrowserLimits
from relay.upstream.browser.page import Page
from relay.upstream.browser.signing import FetchedBody, SignedAs, SigningPage
from relay.upstream.identity import Identity

_OPENING = 2
"""Pages that load at once: each takes a core for seconds."""

_log = structlog.get_logger(__name__)


class BrowserPages:
    """Pages in one browser that is started when the first is wanted. An async context manager."""

    def __init__(
        self, config: BrowserConfig, live_url: str, limits: BrowserLimits | None = None
    ) -> None:
        """Raises ConfigError where there is no such browser, with what to install."""
        self.configured = bool(config.executable or config.debug_url)
        """Whether there is a browser."""
        self.renews = not (config.profile_dir or config.debug_url)
        """Whether nobody in particular can come as another visitor: the user's own cookies are left
        as they are."""
        self.live_url = live_url.rstrip("/")
        self._max_pages = config.max_pages
        self._limits = limits or BrowserLimits()
        self._keeper = Keeper(config, self._limits)
        self._keeping: asyncio.Task[None] | None = None
        self._signing = SigningPage(self._keeper, self.live_url, self._limits, renews=self.renews)
        self._taken = 0
        self._opening = asyncio.Semaphore(_OPENING)
        self._visitors = 0
        self._refused_cookies: dict[str, frozenset[str]] = {}

    async def __aenter__(self) -> Self:
        if self.configured:
            self._keeping = asyncio.create_task(self._keeper.run(), name="browser:keeper")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._signing.close()
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait((self._keeping,))
            if not self._keeping.cancelled():
                self._keeping.result()

    # For rooms

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take one of the `max_pages` places. Raises UpstreamError `busy` where all are taken."""
        if self._taken >= self._max_pages:
            raise UpstreamError(
                "busy", f"all {self._max_pages} pages of [browser] max_pages are in use"
            )
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    def new_visitor(self) -> int:
        """Give the number of a visitor whom upstream does not know, for `open`."""
        self._visitors += 1
        return self._visitors

    async def open(self, url: str, identity: Identity, visitor: int = 0) -> Page:
        """Open a page as `identity`, which the caller closes.

        Nobody in particular comes as `visitor`, 0: with the browser's own cookies. Raises
        UpstreamError: `busy` (others have been loading for long), `browser_down`, `unreachable`,
        `timeout`, `page_crashed`, `page_closed`.
        """
        context = ""
        if identity.is_login:
            context = f"login {identity.name}"
        elif visitor and self.renews:
            context = f"visitor {visitor}"
        async with self._turn():
            browser = await self._keeper.ready()
            page = await browser.open_page(Inbox(), context)
            try:
                if identity.is_login:
                    await self._set_cookies(page, identity)
                await page.goto(url)
            except BaseException:
                page.close()
                raise
            return page

    # For signers

    async def sign_socket(self, stub_md5: str) -> str:
        """Have the page's SDK sign a push URL; `stub_md5` is what params.push_stub gives.

        Raises UpstreamError: `sdk_missing` (the page has no such SDK), `sdk_refused` (it throws, or
        gives no signature), `captcha`, `timeout`, and as `open` does.
        """
        return await self._signing.sign_socket(stub_md5)

    async def fetch(self, url: str, headers: Mapping[str, str]) -> FetchedBody:
        """Have the page make a GET request with its cookies and its SDK's signature.

        `url` is one of live_url's own. Headers that pages can't set are left out by the browser.
        Raises UpstreamError: `unreachable`, `too_large`, `bad_body`, `timeout`, and as `open` does.
        """
        return await self._signing.fetch(url, headers)

    async def signed_as(self) -> SignedAs:
        """Give what belongs to signatures of the page's. Raises UpstreamError as `open` does."""
        return await self._signing.signed_as()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until few enough pages load; one that hangs does not hold up the others for long."""
        within_s = self._limits.queue_s
        try:
            async with asyncio.timeout(within_s):
                await self._opening.acquire()
        except TimeoutError:
            raise UpstreamError(
                "busy", f"other rooms' pages have been loading for {within_s:g} s"
            ) from None
        try:
            yield
        finally:
            self._opening.release()

    async def _set_cookies(self, page: Page, identity: Identity) -> None:
        refused = frozenset(await page.set_cookies(self.live_url, await identity.cookies()))
        if refused != self._refused_cookies.get(identity.name, frozenset()):
            self._refused_cookies[identity.name] = refused
            _log.warning(
                "the browser does not take some cookies of a login; it goes without them",
                login=identity.name,
                cookies=sorted(refused),
            )
