"""Sign servers: our own contract, and those of known services; made by chain.

Our own: POST a JSON object {kind, url, method, user_agent}, for kind `ws` with {room_id,
user_unique_id, x_ms_stub}; the answer is {signed_url, headers?, cookies?, user_agent?}. The others
(sources: their own documentation and clients of theirs, as gathered from public code) get what they
want to know and no more: none of them gets a cookie of ours.
"""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

from relay.config import SignerConfig
from relay.errors import UpstreamError
from relay.upstream.http import HttpClient, Params
from relay.upstream.secrets import read_secret
from relay.upstream.signers.signing import (
    Fetched,
    HttpRequest,
    Signed,
    SocketRequest,
    check,
    decode,
    failed,
    read_signed,
)

_MAX_BYTES = 64 * 1024
_SIGNATURES = ("signature", "X-Bogus", "x_bogus", "xbogus", "XBogus", "x-bogus")
_A_BOGUS = ("a_bogus", "abogus", "a-bogus", "ABogus")
_SIGNED_URLS = ("signed_url", "signedUrl", "url")
_MAX_DEPTH = 4


class HttpSigner:
    """A sign server that speaks our own contract."""

    key_header = "Authorization"
    key_prefix = "Bearer "

    def __init__(self, name: str, config: SignerConfig, http: HttpClient) -> None:
        """Raises ConfigError where the file with its key can't be used."""
        self.name = name
        self._url = config.url.rstrip("/") if config.shape != "relay" else config.url
        self._http = http
        self._headers: dict[str, str] = {}
        if config.key_file:
            key = read_secret(config.key_file)
            self._headers[self.key_header] = self.key_prefix + key

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL signed."""
        return await self._sign(request.url, request.question())

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Have a request signed."""
        return await self._sign(request.url, request.question())

    async def _sign(self, url: str, question: dict[str, str]) -> Signed:
        answer = await self._post("", question)
        return check(self.name, url, read_signed(self.name, answer))

    async def _post(self, path: str, document: Any) -> Any:
        return await self._ask("POST", self._url + path, json=document)

    async def _get(self, path: str, params: Params) -> Any:
        return await self._ask("GET", self._url + path, params=params)

    async def _ask(self, method: str, url: str, **kwargs: Any) -> Any:
        try:
            status, body = await self._http.exchange(
                method, url, max_bytes=_MAX_BYTES, headers=self._headers, **kwargs
            )
        except UpstreamError as error:
            raise failed(self.name, str(error)) from None
        if status in (401, 403):
            raise failed(self.name, f"it answers HTTP {status}: it wants a key, or another one")
        if status == 429:
            raise failed(self.name, "it answers HTTP 429: it was asked too often")
        if status != 200:
            raise failed(self.name, f"it answers HTTP {status}")
        return decode(self.name, body)

    def _refuse_http(self) -> UpstreamError:
        return failed(self.name, "this kind of sign server signs push URLs only")


class Lulajax(HttpSigner):
    """Makes the whole push URL, and says which headers go with it."""

    key_header = "x-rapidapi-key"
    key_prefix = ""

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL made."""
        answer = await self._post("/sign", {"roomId": request.room_id})
        found = answer if isinstance(answer, dict) else {}
        headers = found.get("headers")
        sent = {str(k).lower(): v for k, v in headers.items()} if isinstance(headers, dict) else {}
        signed = {
            "signed_url": found.get("wssUrl", ""),
            "user_agent": sent.get("user-agent", ""),
            "cookies": _cookies_of(sent.get("cookie")),
        }
        return check(self.name, request.url, read_signed(self.name, signed), whole=True)

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Refuse."""
        raise self._refuse_http()


class TikHub(HttpSigner):
    """Gives signatures of both kinds, for a user agent of ours."""

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL signed."""
        params = (
            ("user_agent", request.user_agent),
            ("room_id", request.room_id),
            ("user_unique_id", request.visitor_id),
        )
        answer = await self._get("/api/v1/douyin/web/generate_wss_xb_signature", params)
        return self._signed(request.url, "signature", _find(answer, _SIGNATURES))

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Have a request signed."""
        question = {"url": request.url, "data": "", "user_agent": request.user_agent}
        answer = await self._post("/api/v1/douyin/web/generate_a_bogus", question)
        return self._signed(request.url, "a_bogus", _find(answer, _A_BOGUS))

    def _signed(self, url: str, parameter: str, signature: str) -> Signed:
        return with_parameter(self.name, url, parameter, signature)


class NsApps(HttpSigner):
    """Gives a push signature."""

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL signed."""
        answer = await self._post(
            "/signature", {"roomId": request.room_id, "uniqueId": request.visitor_id}
        )
        return with_parameter(self.name, request.url, "signature", _find(answer, _SIGNATURES))

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Refuse."""
        raise self._refuse_http()


class Evil0ctal(HttpSigner):
    """Signs requests only."""

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Refuse."""
        raise failed(self.name, "this kind of sign server signs no push URLs")

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Have a request signed."""
        params = (("url", request.url), ("user_agent", request.user_agent))
        answer = await self._get("/api/douyin/web/generate_a_bogus", params)
        return with_parameter(self.name, request.url, "a_bogus", _find(answer, _A_BOGUS))


class Euler(HttpSigner):
    """Signs whole URLs of either kind."""

    key_header = "X-Api-Key"
    key_prefix = ""

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL signed."""
        return await self._sign_url(request.url, request.user_agent)

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Have a request signed."""
        return await self._sign_url(request.url, request.user_agent)

    async def _sign_url(self, url: str, user_agent: str) -> Signed:
        question = {"url": url, "userAgent": user_agent, "method": "GET", "type": "fetch"}
        answer = await self._post("/webcast/sign_url", question)
        found = answer.get("response") if isinstance(answer, dict) else None
        found = found if isinstance(found, dict) else {}
        cookies = found.get("cookies")
        signed = {
            "signed_url": found.get("signedUrl") or _find(found, _SIGNED_URLS),
            "headers": found.get("requestHeaders") or {},
            "cookies": cookies if isinstance(cookies, dict) else _cookies_of(cookies),
            "user_agent": found.get("userAgent") or "",
        }
        return check(self.name, url, read_signed(self.name, signed))


SHAPES: Mapping[str, type[HttpSigner]] = {
    "relay": HttpSigner,
    "lulajax": Lulajax,
    "tikhub": TikHub,
    "nsapps": NsApps,
    "evil0ctal": Evil0ctal,
    "euler": Euler,
}


def with_parameter(name: str, url: str, parameter: str, signature: str) -> Signed:
    """Add a signature to a URL. Raises UpstreamError `signer` where there is none.

    A signature of zeros only is what some servers give when they fail.
    """
    if not signature or not signature.strip("0") or len(signature) > 512:
        raise failed(name, "its answer holds no signature")
    return Signed(f"{url}&{parameter}={quote(signature, safe='')}")


def _find(answer: object, names: tuple[str, ...], depth: int = 0) -> str:
    """Find a text by one of its names, wherever it stands; services wrap it in various ways."""
    if isinstance(answer, dict) and depth < _MAX_DEPTH:
        for name in names:
            if isinstance(value := answer.get(name), str) and value:
                return value
        for value in answer.values():
            if found := _find(value, names, depth + 1):
                return found
    return ""


def _cookies_of(header: object) -> dict[str, str]:
    """Read a Cookie header's value."""
    try:
        cookies = SimpleCookie(header if isinstance(header, str) else "")
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in cookies.items()}


def make_http_signer(name: str, config: SignerConfig, http: HttpClient) -> HttpSigner:
    """Make the signer for a sign server. Raises ConfigError where its key can't be read."""
    return SHAPES[config.shape](name, config, http)
