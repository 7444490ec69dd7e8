"""Keeps one Chromium for the whole relay, opens rooms' pages in it, and has one page sign.

Made by upstream/client; used by the browser transport and by signers.
"""

import asyncio
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import structlog

from relay.config import BrowserConfig
from relay.errors import UpstreamError
from relay.upstream.browser.browser import Browser
from relay.upstream.browser.inbox import Inbox, Retired
from relay.upstream.browser.page import Page, ScriptError
from relay.upstream.browser.process import find_executable
from relay.upstream.browser.scripts import FETCH, LOOK, SIGN
from relay.upstream.http import MAX_JSON_BYTES
from relay.upstream.identity import Identity

MIB = 1024 * 1024
_MAX_SIGNATURE_CHARS = 512
_OPENING = 2
"""Pages that load at once: each takes a core for seconds."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BrowserLimits:
    """When the browser is started again, and when it is replaced by a fresh one."""

    retry_base_s: float = 1.0
    """After the first failure; doubled with each further one."""
    retry_cap_s: float = 60.0
    worked_s: float = 60.0
    """A browser that lived so long worked, however it ended."""
    start_s: float = 60.0
    """How long a room or signer waits for a start."""
    check_s: float = 15.0
    """How often it is asked whether it still answers."""
    max_bytes: int = 1024 * MIB
    """Memory past which it is replaced, and"""
    max_page_bytes: int = 512 * MIB
    """so much for each page."""
    max_age_s: float = 24 * 3600.0
    move_s: float = 90.0
    """How long pages have for moving to the fresh one."""
    sign_s: float = 10.0
    """For a signature, on a page that is open."""
    sdk_s: float = 15.0
    """For the page's SDK to load."""
    fetch_s: float = 15.0
    grace_s: float = 5.0
    """Beyond the limit that a script keeps by itself."""


class FetchedBody(NamedTuple):
    """An answer to a request of the page's own."""

    status: int
    headers: Mapping[str, str]
    """By names in lower case. A page is not shown `set-cookie`."""
    body: bytes


class SignedAs(NamedTuple):
    """Who signatures of the page's are good for."""

    user_agent: str
    cookies: Mapping[str, str]
    """Its `ttwid`, where it has one."""


class BrowserPages:
    """Pages in one browser that is started when the first is wanted. An async context manager."""

    def __init__(
        self, config: BrowserConfig, live_url: str, limits: BrowserLimits | None = None
    ) -> None:
        """Raises ConfigError where there is no such browser, with what to install."""
        self.configured = bool(config.executable or config.debug_url)
        """Whether there is a browser."""
        self.live_url = live_url.rstrip("/")
        self._config = config
        self._limits = limits or BrowserLimits()
        self._executable = ""
        if config.executable and not config.debug_url:
            self._executable = find_executable(config.executable)
        self._random = Random()
        self._browser: Browser | None = None
        self._attempts = 0
        self._wanted = asyncio.Event()
        self._changed = asyncio.Event()
        self._failure: UpstreamError | None = None
        self._retry_at = 0.0
        self._keeping: asyncio.Task[None] | None = None
        self._taken = 0
        self._opening = asyncio.Semaphore(_OPENING)
        self._signer_opening: asyncio.Task[Page] | None = None
        self._signing_page: Page | None = None

    async def __aenter__(self) -> Self:
        if self.configured:
            self._keeping = asyncio.create_task(self._keep(), name="browser:keeper")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._signer_opening is not None:
            self._signer_opening.cancel()
            await asyncio.wait((self._signer_opening,))
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait((self._keeping,))
            if not self._keeping.cancelled():
                self._keeping.result()

    # For rooms

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take one of the `max_pages` places. Raises UpstreamError `busy` where all are taken."""
        if self._taken >= self._config.max_pages:
            raise UpstreamError(
                "busy", f"all {self._config.max_pages} pages of [browser] max_pages are in use"
            )
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    async def open(self, url: str, identity: Identity) -> Page:
        """Open a page as `identity`, which the caller closes; anonymous: with the browser's own
        cookies, which fit it better than others would.

        Raises UpstreamError: `browser_down`, `unreachable`, `timeout`, `page_crashed`,
        `page_closed`.
        """
        async with self._opening:
            browser = await self._ready()
            page = await browser.open_page(Inbox(), identity.name if identity.is_login else "")
            try:
                if identity.is_login:
                    await page.set_cookies(self.live_url, await identity.cookies())
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
        limits = self._limits
        page = await self._signer()
        within_s = limits.sdk_s + limits.sign_s
        for last in (False, True):
            try:
                signed = await self._run(page, within_s, SIGN, stub_md5, limits.sdk_s * 1000)
                break
            except ScriptError as error:
                # The page may just have gone elsewhere.
                if last:
                    raise UpstreamError("sdk_refused", f"the page's SDK fails: {error}") from None
        if signed.get("missing"):
            raise await self._why_missing(page)
        signature = signed.get("signature", "")
        if not (signature and signature.isascii() and signature.isprintable()):
            raise UpstreamError("sdk_refused", "the page's SDK gives no signature")
        return str(signature[:_MAX_SIGNATURE_CHARS])

    async def fetch(self, url: str, headers: Mapping[str, str]) -> FetchedBody:
        """Have the page make a GET request with its cookies and its SDK's signature.

        `url` is one of live_url's own. Headers that pages can't set are left out by the browser.
        Raises UpstreamError: `unreachable`, `too_large`, `timeout`, `captcha`, and as `open` does.
        """
        if urlsplit(url)[:2] != urlsplit(self.live_url)[:2]:
            raise UpstreamError("unsupported", "the page makes requests to its own host only")
        page = await self._signer()
        wait_ms = self._limits.fetch_s * 1000
        try:
            answer = await self._run(
                page, self._limits.fetch_s, FETCH, url, dict(headers), MAX_JSON_BYTES, wait_ms
            )
            if answer.get("tooLarge"):
                raise UpstreamError(
                    "too_large", f"upstream answers with more than {MAX_JSON_BYTES} bytes"
                )
            return FetchedBody(answer["status"], answer["headers"], b64decode(answer["body"]))
        except ScriptError as error:
            raise UpstreamError("unreachable", f"the page's request fails: {error}") from None
        except (KeyError, TypeError, Base64Error):
            raise UpstreamError("bad_body", "the page answers what can't be read") from None

    async def signed_as(self) -> SignedAs:
        """Give what belongs to signatures of the page's. Raises UpstreamError as `open` does."""
        page = await self._signer()
        cookies = await page.cookies(self.live_url + "/")
        ttwid = {"ttwid": cookies["ttwid"]} if "ttwid" in cookies else {}
        return SignedAs(self.user_agent, ttwid)

    @property
    def user_agent(self) -> str:
        """What its pages name themselves; "" while no browser runs."""
        return self._browser.user_agent if self._browser is not None else ""

    async def _signer(self) -> Page:
        """Give the page that signs; it stays open."""
        page = self._signing_page
        if page is not None and not page.inbox.ended:
            return page
        if self._signer_opening is None:
            self._signer_opening = asyncio.create_task(self._open_signer(), name="browser:signer")
        # Who asks may give up before it is there; then it is there for who asks next.
        return await asyncio.shield(self._signer_opening)

    async def _open_signer(self) -> Page:
        try:
            browser = await self._ready()
            page = await browser.open_page(Inbox(kept=False))
            try:
                await page.goto(self.live_url + "/")
            except BaseException:
                page.close()
                raise
            self._signing_page = page
            return page
        finally:
            self._signer_opening = None

    async def _run(self, page: Page, within_s: float, script: str, *arguments: Any) -> Any:
        """Run a script in the signing page; one that hangs is closed, and opened again."""
        try:
            return await page.evaluate(script, *arguments, within_s=within_s + self._limits.grace_s)
        except UpstreamError:
            page.close()
            raise

    async def _why_missing(self, page: Page) -> UpstreamError:
        """Tell what the page is instead, and have it opened anew the next time."""
        try:
            seen = await self._run(page, self._limits.sign_s, LOOK)
        except ScriptError:
            seen = {}
        page.close()
        if seen.get("captcha"):
            return UpstreamError("captcha", "the page that signs shows a captcha")
        return UpstreamError("sdk_missing", "the page has no SDK that signs")

    # The browser itself

    async def _ready(self) -> Browser:
        """Give the browser, started where it isn't. Raises UpstreamError `browser_down`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.start_s
        while self._browser is None or self._browser.lost.is_set():
            if self._failure is not None and (wait_s := self._retry_at - loop.time()) > 0:
                raise UpstreamError(
                    "browser_down", str(self._failure), retry_after_s=round(wait_s, 1)
                )
            self._wanted.set()
            self._changed.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._changed.wait()
            except TimeoutError:
                raise UpstreamError(
                    "browser_down", f"no browser within {self._limits.start_s:g} s"
                ) from None
        return self._browser

    async def _keep(self) -> None:
        """Start the browser where it is wanted, watch over it, and end it with us."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            started_at = loop.time()
            try:
                self._browser = await self._start()
            except UpstreamError as error:
                self._fail(error)
                continue
            try:
                self._tell()
                while (why := await self._watch(self._browser)) and not self._config.profile_dir:
                    await self._replace(self._browser, why)
            finally:
                browser, self._browser = self._browser, None
                await browser.stop()
            if why:
                continue
            if loop.time() - started_at >= self._limits.worked_s:
                self._attempts = 0
            self._fail(UpstreamError("browser_down", "the browser has gone down"))

    async def _start(self) -> Browser:
        if self._config.debug_url:
            browser = await Browser.attach(self._config.debug_url)
        else:
            browser = await Browser.start(self._executable, self._config.profile_dir)
        _log.info("browser is there", product=browser.product)
        return browser

    def _fail(self, error: UpstreamError) -> None:
        longest_s = min(
            self._limits.retry_cap_s, self._limits.retry_base_s * 2.0 ** min(self._attempts, 30)
        )
        self._attempts += 1
        wait_s = self._random.uniform(0.5, 1.0) * longest_s
        self._failure = error
        self._retry_at = asyncio.get_running_loop().time() + wait_s
        _log.warning("no browser", error=str(error), retry_after_s=round(wait_s, 1))
        self._tell()

    def _tell(self) -> None:
        self._changed.set()

    async def _watch(self, browser: Browser) -> str:
        """Return when it has gone down (""), or is to be replaced: why."""
        loop = asyncio.get_running_loop()
        limits = self._limits
        old_at = loop.time() + limits.max_age_s
        while True:
            try:
                async with asyncio.timeout(limits.check_s):
                    await browser.lost.wait()
                return ""
            except TimeoutError:
                pass
            try:
                await browser.check()
                if self._config.debug_url:
                    continue
                used_bytes = await browser.memory_bytes()
            except UpstreamError as error:
                _log.warning("browser hangs", error=str(error))
                return ""
            if used_bytes > limits.max_bytes + len(browser.pages) * limits.max_page_bytes:
                return f"it has grown to {used_bytes // MIB} MiB"
            if loop.time() >= old_at:
                return "it is old"

    async def _replace(self, old: Browser, why: str) -> None:
        """Start a fresh browser and have the pages move to it."""
        _log.info("browser is replaced", why=why, pages=len(old.pages))
        try:
            self._browser = await self._start()
        except UpstreamError as error:
            _log.warning("no fresh browser", error=str(error))
            return
        try:
            self._tell()
            if self._signing_page is not None:
                self._signing_page.close()
            for page in tuple(old.pages):
                page.inbox.put(Retired())
            await old.wait_empty(self._limits.move_s)
        finally:
            await old.stop()
