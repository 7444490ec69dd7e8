"""One page that signs, and makes calls, for all rooms; used by pages for the signers.

It stays open at live.douyin.com, and is opened again when it does not work any more.
"""

import asyncio
from base64 import b64decode
from binascii import Error as Base64Error
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import structlog
from msgspec import Struct

from relay.errors import UpstreamError
from relay.upstream.browser.inbox import Inbox
from relay.upstream.browser.keeper import Keeper
from relay.upstream.browser.limits import BrowserLimits
from relay.upstream.browser.page import Page, ScriptError
from relay.upstream.browser.scripts import FETCH, LOOK, SIGN, Seen
from relay.upstream.failures import CAUSES, Failure
from relay.upstream.http import MAX_JSON_BYTES, check_answer

_MAX_SIGNATURE_CHARS = 512
_RENEW_S = 60.0
"""Cookies that upstream refuses are given up at most this often: most refusals are not theirs."""

_log = structlog.get_logger(__name__)
_Given = TypeVar("_Given", bound=Struct)


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


class _Signature(Struct, frozen=True):
    missing: bool = False
    signature: str = ""


class _Answer(Struct, frozen=True, rename="camel"):
    too_large: bool = False
    status: int = 0
    headers: Mapping[str, str] = {}
    body: str = ""


class SigningPage:
    """The page. Raises in all it does, besides what is named there: UpstreamError `browser_down`,
    `unreachable`, `timeout`, `page_crashed`, `page_closed`.
    """

    def __init__(
        self, keeper: Keeper, live_url: str, limits: BrowserLimits, *, renews: bool
    ) -> None:
        """`renews`: whether it takes fresh cookies where upstream refuses those that it has."""
        self._keeper = keeper
        self._live_url = live_url
        self._limits = limits
        self._renews = renews
        self._renewals = 0
        self._renew_at = 0.0
        self._page: Page | None = None
        self._opening: asyncio.Task[Page] | None = None
        self._users: Counter[Page] = Counter()

    async def close(self) -> None:
        """Open it no more; it is closed with the browser."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait((self._opening,))

    async def sign_socket(self, stub_md5: str) -> str:
        """Have the page's SDK sign. Raises `sdk_missing`, `sdk_refused`, `captcha`, too."""
        async with self._used() as page:
            signed = await self._sign(page, stub_md5)
            if signed.missing:
                raise await self._why_missing(page)
        signature = signed.signature
        if not (signature and signature.isascii() and signature.isprintable()):
            raise UpstreamError("sdk_refused", "the page's SDK gives no signature")
        return signature[:_MAX_SIGNATURE_CHARS]

    async def fetch(self, url: str, headers: Mapping[str, str]) -> FetchedBody:
        """Have the page make a GET request. Raises `too_large`, `bad_body`, `unsupported`, too."""
        if urlsplit(url)[:2] != urlsplit(self._live_url)[:2]:
            raise UpstreamError("unsupported", "the page makes requests to its own host only")
        wait_s = self._limits.fetch_s
        async with self._used() as page:
            try:
                answer = await self._run(
                    page, wait_s, _Answer, FETCH, url, dict(headers), MAX_JSON_BYTES, wait_s * 1000
                )
            except ScriptError as error:
                raise UpstreamError("unreachable", f"the page's request fails: {error}") from None
            if answer.too_large:
                raise UpstreamError(
                    "too_large", f"upstream answers with more than {MAX_JSON_BYTES} bytes"
                )
            try:
                body = b64decode(answer.body)
            except Base64Error:
                answer, body = _Answer(), b""
            if not answer.status:
                raise UpstreamError("bad_body", "the page answers what can't be read")
            if _is_refused(answer, body):
                self._renew(page)
        return FetchedBody(answer.status, answer.headers, body)

    async def signed_as(self) -> SignedAs:
        """Give what belongs to signatures of the page's."""
        async with self._used() as page:
            cookies = await page.cookies(self._live_url + "/")
        ttwid = {"ttwid": cookies["ttwid"]} if "ttwid" in cookies else {}
        browser = self._keeper.browser
        return SignedAs(browser.user_agent if browser is not None else "", ttwid)

    @asynccontextmanager
    async def _used(self) -> AsyncIterator[Page]:
        """Give the page, opened where it isn't. One that was left is closed by its last user."""
        page = await self._ready()
        self._users[page] += 1
        try:
            yield page
        finally:
            self._users[page] -= 1
            if not self._users[page]:
                del self._users[page]
                if page is not self._page:
                    page.close()

    async def _ready(self) -> Page:
        page = self._page
        if page is not None:
            if not page.inbox.ended:
                return page
            page.close()
        if self._opening is None:
            self._opening = asyncio.create_task(self._open(), name="browser:signer")
            self._opening.add_done_callback(_say_failure)
        # Who asks may give up before it is there; then it is there for who asks next.
        return await asyncio.shield(self._opening)

    async def _open(self) -> Page:
        try:
            browser = await self._keeper.ready()
            context = f"signer {self._renewals}" if self._renewals else ""
            page = await browser.open_page(Inbox(kept=False), context)
            try:
                await page.goto(self._live_url + "/")
            except BaseException:
                page.close()
                raise
            self._page = page
            return page
        finally:
            self._opening = None

    async def _run(
        self, page: Page, within_s: float, gives: type[_Given], script: str, *arguments: Any
    ) -> _Given:
        """Run a script in the page; one that hangs is closed, and opened again."""
        try:
            return await page.evaluate(
                gives, script, *arguments, within_s=within_s + self._limits.grace_s
            )
        except UpstreamError:
            page.close()
            raise

    async def _sign(self, page: Page, stub_md5: str) -> _Signature:
        limits = self._limits
        within_s, sdk_ms = limits.sdk_s + limits.sign_s, limits.sdk_s * 1000
        try:
            return await self._run(page, within_s, _Signature, SIGN, stub_md5, sdk_ms)
        except ScriptError:
            # The page may just have gone elsewhere.
            pass
        try:
            return await self._run(page, within_s, _Signature, SIGN, stub_md5, sdk_ms)
        except ScriptError as error:
            raise UpstreamError("sdk_refused", f"the page's SDK fails: {error}") from None

    async def _why_missing(self, page: Page) -> UpstreamError:
        """Tell what the page is instead, and have it opened anew the next time."""
        try:
            seen = await self._run(page, self._limits.sign_s, Seen, LOOK)
        except ScriptError:
            seen = Seen()
        if seen.captcha:
            self._renew(page)
        self._leave(page)
        if seen.captcha:
            return UpstreamError("captcha", "the page that signs shows a captcha")
        return UpstreamError("sdk_missing", "the page has no SDK that signs")

    def _renew(self, page: Page) -> None:
        """Have the page opened as another visitor the next time, where that was not done lately."""
        now = asyncio.get_running_loop().time()
        if self._renews and page is self._page and now >= self._renew_at:
            self._renew_at = now + _RENEW_S
            self._renewals += 1
            self._leave(page)

    def _leave(self, page: Page) -> None:
        if page is self._page:
            self._page = None


def _is_refused(answer: _Answer, body: bytes) -> bool:
    try:
        check_answer(answer.status, answer.headers, body, may_be_empty=False)
    except UpstreamError as error:
        return CAUSES[error.cause] is Failure.BLOCKED
    return False


def _say_failure(opening: asyncio.Task[Page]) -> None:
    """Log why it could not be opened: everybody who asked may have given up by now."""
    if not opening.cancelled() and (error := opening.exception()) is not None:
        _log.info("the page that signs can't be opened", error=str(error))
