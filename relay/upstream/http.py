"""HTTP towards Douyin, with limits, and with its refusals told apart; used by all of upstream.

Sources of the refusals: facts recorded from f2, pure_live, saermart, jwwsjlm (empty 200, bdturing
headers, 401/403/444).
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from relay.config import is_loopback
from relay.errors import UpstreamError
from relay.upstream.outage import on_one_line, plain_reason

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/134.0.0.0 Safari/537.36"
)
"""The one browser that we are, everywhere: upstream compares it with `browser_version`."""

MAX_JSON_BYTES = 4 * 1024 * 1024
"""Of a JSON answer or a page, inflated. The largest recorded ones are under 1 MiB."""
_MAX_REDIRECTS = 3
_TIMEOUT = aiohttp.ClientTimeout(total=15.0, connect=8.0, sock_read=8.0)
CAPTCHA_HEADERS = ("bdturing-verify", "x-vc-bdturing-parameters")
"""Either says that upstream demands a captcha."""

Params = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """A successful answer."""

    body: bytes
    """Inflated; may be empty only where that was allowed."""
    cookies: Mapping[str, str]
    """What it sets."""


class HttpClient:
    """One session for all requests. Cookies are given with each; none is kept."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=_TIMEOUT,
            # Encodings whose inflating aiohttp bounds without further packages.
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self,
        url: str,
        *,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        max_bytes: int = MAX_JSON_BYTES,
        may_be_empty: bool = False,
        encoded: bool = False,
    ) -> Answer:
        """GET `url`, following redirects on the same host. Raises UpstreamError with its cause.

        `encoded`: it goes out to the letter; a signature holds for one way of writing it only.
        """
        sent = dict(headers or {})
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        for _ in range(_MAX_REDIRECTS + 1):
            status, headers_in, answer = await self._request(
                "GET", url, max_bytes, encoded=encoded, params=params, headers=sent
            )
            if status in (301, 302, 303, 307, 308):
                url, params = self._redirected(url, headers_in.get("Location", "")), ()
                encoded = False
                continue
            check_answer(status, headers_in, answer.body, may_be_empty=may_be_empty)
            return answer
        raise UpstreamError(
            "redirected", f"{host_of(url)} redirects more than {_MAX_REDIRECTS} times"
        )

    async def location(self, url: str) -> str:
        """GET `url` and tell where it redirects to. Raises UpstreamError with its cause.

        Without cookies; `not_found` only where upstream says so.
        """
        status, headers_in, answer = await self._request("GET", url, MAX_JSON_BYTES)
        if status not in (301, 302, 303, 307, 308):
            check_answer(status, headers_in, answer.body, may_be_empty=True)
            refuse_html(answer.body)
            raise UpstreamError("bad_body", f"{host_of(url)} answers, and redirects nowhere")
        location = headers_in.get("Location", "")
        with suppress(ValueError):
            if location:
                return urljoin(url, location)
        raise UpstreamError("bad_body", f"{host_of(url)} redirects to no address")

    async def post_json(self, url: str, document: Any, *, max_bytes: int) -> Answer:
        """POST `document`, following nothing. Gives a 200's answer; raises UpstreamError."""
        status, headers_in, answer = await self._request("POST", url, max_bytes, json=document)
        check_answer(status, headers_in, answer.body, may_be_empty=False)
        return answer

    async def exchange(
        self, method: str, url: str, *, max_bytes: int, **kwargs: Any
    ) -> tuple[int, bytes]:
        """Make a request that has nothing to do with Douyin, following nothing.

        Gives status and body, whatever they are. Raises UpstreamError where nothing came.
        """
        status, _, answer = await self._request(method, url, max_bytes, **kwargs)
        return status, answer.body

    async def _request(
        self, method: str, url: str, max_bytes: int, *, encoded: bool = False, **kwargs: Any
    ) -> tuple[int, Mapping[str, str], Answer]:
        if self._session is None:
            raise RuntimeError("the HTTP client is used outside its context")
        try:
            async with self._session.request(
                method,
                URL(url, encoded=encoded),
                allow_redirects=False,
                proxy=proxy_for(url),
                **kwargs,
            ) as response:
                body = await _read(response, max_bytes)
                cookies = {name: morsel.value for name, morsel in response.cookies.items()}
                return response.status, response.headers, Answer(body, cookies)
        except TimeoutError:
            raise UpstreamError("timeout", f"{host_of(url)} did not answer in time") from None
        except aiohttp.ClientPayloadError as error:
            raise UpstreamError(
                "bad_body", f"{host_of(url)} broke off its answer: {on_one_line(str(error))}"
            ) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise UpstreamError(
                "unreachable", f"{host_of(url)} can't be reached: {plain_reason(error)}"
            ) from None

    def _redirected(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
            # Our cookies and addresses inside this network are not for other hosts.
            same = bool(location) and urlsplit(target)[:2] == urlsplit(url)[:2]
        except ValueError:
            same = False
        if not same:
            raise UpstreamError("redirected", f"{host_of(url)} redirects to another host")
        return target


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > max_bytes:
            raise UpstreamError(
                "too_large", f"{response.url.host} answers with more than {max_bytes} bytes"
            )
        # One room's megabytes of page must not hold up the others' frames.
        await asyncio.sleep(0)
    return bytes(body)


def check_answer(
    status: int, headers: Mapping[str, str], body: bytes, *, may_be_empty: bool
) -> None:
    """Raise UpstreamError for an answer that refuses or fails."""
    if any(name in headers for name in CAPTCHA_HEADERS):
        raise UpstreamError("captcha", "upstream demands a captcha")
    check_status(status)
    if not body and not may_be_empty:
        raise UpstreamError("empty_body", "upstream answers HTTP 200 with nothing in it")


def check_status(status: int) -> None:
    """Raise UpstreamError with its cause for every status but 200."""
    if status in (401, 403, 444):
        raise UpstreamError("forbidden", f"upstream refuses with HTTP {status}")
    if status == 429:
        raise UpstreamError("rate_limited", "upstream refuses with HTTP 429, too many requests")
    if status in (404, 410):
        raise UpstreamError("not_found", f"upstream answers HTTP {status}")
    if status >= 500:
        raise UpstreamError("server_error", f"upstream fails with HTTP {status}")
    if status != 200:
        raise UpstreamError("http_error", f"upstream answers HTTP {status}")


def refuse_html(body: bytes) -> None:
    """Raise UpstreamError `captcha` where a page came instead of data."""
    if body.lstrip()[:1] == b"<":
        raise UpstreamError("captcha", "upstream answers with a page, most likely a captcha")


def proxy_for(url: str) -> str | None:
    """Give the proxy that the environment names for `url`; loopback is never proxied."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all", "")
    return proxy if proxy.startswith(("http://", "https://")) else None


def host_of(url: str) -> str:
    """Give the host that `url` names, for messages and decisions."""
    return urlsplit(url).hostname or "upstream"
