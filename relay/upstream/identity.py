"""Who we are towards Douyin; given out by identities, used by all of upstream.

Everything here is secret enough never to be logged.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from random import Random

from relay.errors import UpstreamError
from relay.upstream.http import MAX_JSON_BYTES, HttpClient

_TTWID_S = 6 * 3600.0
"""How long one ttwid is used (biliLive-tools: 6 h; it is valid far longer)."""
_RETRY_S = 60.0
"""How often one is asked for that couldn't be had: some upstreams give none."""
_WAIT_S = 5.0
"""How long requests wait for a ttwid that is being fetched; without, upstream may refuse them."""
_REGISTRATION = {
    "region": "cn",
    "aid": 6383,
    "needFid": False,
    "service": "live.douyin.com",
    "migrate_info": {"ticket": "", "source": "node"},
    "cbUrlProtocol": "https",
    "union": True,
}
"""What the registration takes (f2, rust-srec and others send this)."""
_COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,2048}")


def new_visitor_id(random: Random) -> str:
    """Make up a `user_unique_id`: 19 digits, in the range that the page's own ids have."""
    return str(random.randrange(7_300_000_000_000_000_000, 8_000_000_000_000_000_000))


class Identity:
    """Somebody towards Douyin, and how that is going. This one is nobody, as in a recording."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        """What it is called in logs and in `/api/rooms`: `anonymous`, or the login's name."""
        self.is_login = False
        self.login_valid_until_ms: int | None = None
        """When the login expires; None: it is none, or it doesn't say."""

    @property
    def is_usable(self) -> bool:
        """Whether it may be used now."""
        return True

    async def cookies(self) -> dict[str, str]:
        """Give the cookies for a request or handshake."""
        return {}

    async def page_cookies(self) -> dict[str, str]:
        """Give the cookies for a page, which also wants the nonce it gave us before."""
        return {}

    def absorb(self, cookies: Mapping[str, str]) -> bool:
        """Take over what an answer sets; tell whether a nonce was among it."""
        return False

    def renew(self) -> None:
        """Come as somebody else from now on, where it can; upstream refused this one."""

    def blocked(self, cause: str) -> None:
        """Note that upstream refused it; `cause` is one of failures.CAUSES."""

    def gifts_seen(self, count: int) -> None:
        """Note that `count` gifts came to it: upstream shows them to logged-in people mostly."""

    def well(self) -> None:
        """Note that a room works with it."""

    async def close(self) -> None:
        """End what it has running."""


class AnonymousIdentity(Identity):
    """The cookies of one anonymous browser.

    A ttwid is fetched beside the requests that want one. They wait for it only where there is none
    yet, and only until it has failed once: a page that hangs does not hold up every room.
    """

    def __init__(self, http: HttpClient, live_url: str, register_url: str) -> None:
        """A ttwid comes from the page at `live_url`, or by registering at `register_url`."""
        super().__init__("anonymous")
        self._http = http
        self._live_url = live_url
        self._register_url = register_url
        self._ttwid = ""
        self._nonce = ""
        self._fetch_at = 0.0  # monotonic time from which a ttwid is asked for
        self._worth_waiting = True
        self._fetching: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """End what it has running."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    async def cookies(self) -> dict[str, str]:
        """Give the cookies for a request or handshake: a ttwid where one can be had soon."""
        now = time.monotonic()
        if now >= self._fetch_at and (self._fetching is None or self._fetching.done()):
            self._fetch_at = now + _RETRY_S
            self._fetching = asyncio.create_task(self._fetch(), name="identity")
        if self._fetching is not None and not self._ttwid and self._worth_waiting:
            await asyncio.wait([self._fetching], timeout=_WAIT_S)
            self._worth_waiting = bool(self._ttwid)
        return {"ttwid": self._ttwid} if self._ttwid else {}

    async def page_cookies(self) -> dict[str, str]:
        """Give the cookies for a page, which also wants the nonce it gave us before."""
        cookies = await self.cookies()
        if self._nonce:
            cookies["__ac_nonce"] = self._nonce
        return cookies

    async def _fetch(self) -> None:
        # Where neither way gives one, upstream decides whether it does without; its answer to what
        # we ask next tells, and is reported.
        with suppress(UpstreamError):
            answer = await self._http.get(self._live_url.rstrip("/") + "/", may_be_empty=True)
            self.absorb(answer.cookies)
            if "ttwid" in answer.cookies:
                return
        with suppress(UpstreamError):
            answer = await self._http.post_json(
                self._register_url, _REGISTRATION, max_bytes=MAX_JSON_BYTES
            )
            self.absorb(answer.cookies)

    def absorb(self, cookies: Mapping[str, str]) -> bool:
        """Take over what an answer sets; tell whether a nonce was among it."""
        ttwid, nonce = cookies.get("ttwid", ""), cookies.get("__ac_nonce", "")
        if _COOKIE_VALUE.fullmatch(ttwid):
            self._ttwid = ttwid
            self._worth_waiting = True
            self._fetch_at = time.monotonic() + _TTWID_S
        if not _COOKIE_VALUE.fullmatch(nonce) or nonce == self._nonce:
            return False
        self._nonce = nonce
        return True
