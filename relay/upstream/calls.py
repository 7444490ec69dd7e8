"""The HTTP calls that ask Douyin something, one method each; used by ways and api.

What an answer says is for others to read. Here a body is only what came, and no captcha page.
"""

from random import Random
from urllib.parse import quote, urlencode, urlsplit

from relay.config import UpstreamConfig
from relay.errors import UpstreamError
from relay.upstream.http import HttpClient, Params, host_of, refuse_html
from relay.upstream.identity import Identity
from relay.upstream.names import Target, is_douyins, read_target
from relay.upstream.page import Page, read_page
from relay.upstream.params import (
    AUDIENCE_PATH,
    ENTER_PATH,
    FEED_PATH,
    GIFTS_PATH,
    PROMOTIONS_PATH,
    REFLOW_PATH,
    audience_params,
    bare_reflow_params,
    enter_params,
    feed_params,
    gifts_params,
    promotions_params,
    referer,
    reflow_params,
)
from relay.upstream.signers.chain import Chain
from relay.upstream.signers.signing import Fetched

_MAX_HOPS = 3
"""Redirects of a short link that stay on its host."""
_ASKS = {"verify": "captcha", "captcha": "captcha", "sso": "login_wanted", "login": "login_wanted"}
"""What somebody is sent to who has to prove something first, by how the host's name begins."""


class Calls:
    """All raise UpstreamError with its cause; how often they are made is the callers' affair."""

    def __init__(
        self,
        config: UpstreamConfig,
        http: HttpClient,
        identity: Identity,
        signers: Chain,
        random: Random,
    ) -> None:
        self._live_url = config.live_url.rstrip("/")
        self._webcast_url = config.webcast_url.rstrip("/")
        self._short_url = config.short_url.rstrip("/")
        urls = (config.live_url, config.webcast_url)
        self._authorities = frozenset(urlsplit(url).netloc for url in urls)
        self._http = http
        self._identity = identity
        self._signers = signers
        self._random = random

    async def reflow(self, room_id: str, sec_uid: str = "") -> bytes:
        """Ask for a broadcast by its room_id; "2" with a sec_uid: that anchor's present one."""
        return await self._reflow(reflow_params(room_id, sec_uid))

    async def bare_reflow(self, room_id: str) -> bytes:
        """Ask for a broadcast with the room_id and what can't be left out.

        Where that is refused for its parameters as `reflow` was, the fault is the room_id's.
        """
        return await self._reflow(bare_reflow_params(room_id))

    async def enter(self, path: str) -> bytes:
        """Ask for a room by its web_rid or handle."""
        return await self._get(ENTER_PATH, enter_params(path), referer(path))

    async def page(self, path: str) -> Page:
        """Get a room's page; in two steps where we have no nonce yet."""
        html, given_nonce = await self._get_page(path)
        try:
            return read_page(html)
        except UpstreamError:
            # The first visit only gives a nonce; the page comes to who brings it along.
            if not given_nonce:
                raise
        html, _ = await self._get_page(path)
        return read_page(html)

    async def follow(self, code: str) -> Target:
        """Follow a short link to a room or its anchor. Raises UpstreamError, `not_found` too."""
        url = f"{self._short_url}/{code}/"
        for _ in range(_MAX_HOPS):
            url = await self._http.location(url)
            # It may lead to itself once more, say without the slash.
            if url.partition("?")[0].rstrip("/") == f"{self._short_url}/{code}":
                continue
            if target := read_target(url, self._authorities):
                return target
            if not url.startswith(f"{self._short_url}/"):
                raise _no_room(url)
        raise UpstreamError("redirected", "the short link leads round in circles")

    async def feed(self) -> bytes:
        """Ask for recommended rooms; unsigned."""
        return await self._get(FEED_PATH, feed_params(), referer(""))

    async def gifts(self) -> bytes:
        """Ask for the gifts that there are; unsigned."""
        return await self._get(GIFTS_PATH, gifts_params(), referer(""))

    async def audience(self, room_id: str, anchor_id: str, sec_uid: str, web_rid: str) -> bytes:
        """Ask for the contributors of a broadcast; signed."""
        params = audience_params(room_id, anchor_id, sec_uid, self._random)
        return await self._get_signed(AUDIENCE_PATH, params, referer(web_rid))

    async def promotions(self, room_id: str, anchor_id: str, web_rid: str) -> bytes:
        """Ask for the goods of a broadcast; signed."""
        params = promotions_params(room_id, anchor_id, self._random)
        return await self._get_signed(PROMOTIONS_PATH, params, referer(web_rid))

    async def _reflow(self, params: Params) -> bytes:
        # Without cookies: a stale one hurts more here than none (f2).
        answer = await self._http.get(self._webcast_url + REFLOW_PATH, params=params)
        refuse_html(answer.body)
        return answer.body

    async def _get(self, path: str, params: Params, referred: str) -> bytes:
        answer = await self._http.get(
            self._live_url + path,
            params=params,
            headers={"Referer": referred},
            cookies=await self._identity.cookies(),
        )
        refuse_html(answer.body)
        return answer.body

    async def _get_signed(self, path: str, params: Params, referred: str) -> bytes:
        url = f"{self._live_url}{path}?{urlencode(params, quote_via=quote)}"
        signed = await self._signers.sign_http(url)
        if isinstance(signed, Fetched):
            refuse_html(signed.body)
            return signed.body
        user_agent = {"User-Agent": signed.user_agent} if signed.user_agent else {}
        answer = await self._http.get(
            signed.signed_url,
            headers={"Referer": referred} | signed.headers | user_agent,
            cookies=await self._identity.cookies() | signed.cookies,
            encoded=True,
        )
        refuse_html(answer.body)
        return answer.body

    async def _get_page(self, path: str) -> tuple[str, bool]:
        # Minimal headers: with a browser's client hints the page comes without its state.
        answer = await self._http.get(
            f"{self._live_url}/{path}",
            cookies=await self._identity.page_cookies(),
            may_be_empty=True,
        )
        return answer.body.decode(errors="replace"), self._identity.absorb(answer.cookies)


def _no_room(url: str) -> UpstreamError:
    """Tell a short link to something else from an answer that says nothing of it."""
    host = host_of(url)
    if cause := _ASKS.get(host.partition(".")[0].rstrip("0123456789")):
        return UpstreamError(cause, f"the short link leads to {host}, which wants a proof first")
    if is_douyins(url):
        return UpstreamError("not_found", "the short link does not lead to a room")
    return UpstreamError("redirected", f"the short link leads to {host}")
