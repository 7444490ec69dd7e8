"""What is signed, what comes of it, and what may not: shared by all signers."""

import re
from typing import Annotated, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import Meta, Struct

from relay.config import is_loopback
from relay.errors import UpstreamError

# \Z: $ lets a line end through, and with it a header of the signer's choice.
_Text = Annotated[str, Meta(max_length=8192, pattern=r"^[\x20-\x7e]*\Z")]
_Texts = Annotated[
    dict[Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")], _Text], Meta(max_length=64)
]
# A URL with a space in it would be a request of another kind.
_Url = Annotated[str, Meta(max_length=8192, pattern=r"^[\x21-\x7e]*\Z")]
_RESERVED = re.compile(
    r"host|connection|upgrade|cookie|user-agent|origin|sec-websocket-.*|accept-encoding|expect|te|"
    r"content-length|transfer-encoding|proxy-.*",
    re.I,
)
_DOUYIN = (".douyin.com", ".amemv.com")


class SocketRequest(NamedTuple):
    """A push URL, without its signature."""

    url: str
    room_id: str
    visitor_id: str
    """The `user_unique_id` that stands in the URL."""
    stub: str
    """The X-MS-STUB, an MD5 in hex: what the signature is made of."""
    user_agent: str
    """What we send where the signer says nothing else."""

    def question(self) -> dict[str, str]:
        """Write it as our own contract has it."""
        return {
            "kind": "ws",
            "url": self.url,
            "method": "GET",
            "user_agent": self.user_agent,
            "room_id": self.room_id,
            "user_unique_id": self.visitor_id,
            "x_ms_stub": self.stub,
        }


class HttpRequest(NamedTuple):
    """A GET request that wants an a_bogus."""

    url: str
    user_agent: str

    def question(self) -> dict[str, str]:
        """Write it as our own contract has it."""
        return {
            "kind": "http",
            "url": self.url,
            "method": "GET",
            "user_agent": self.user_agent,
        }


class Signed(Struct, frozen=True):
    """A signed URL; it is good for one connection or request."""

    signed_url: _Url
    headers: _Texts = {}
    """Added to the request's own."""
    cookies: _Texts = {}
    """Added to ours."""
    user_agent: _Text = ""
    """What the signature was made for, where it isn't ours."""


class Fetched(NamedTuple):
    """The answer itself: the signer made the call."""

    body: bytes


class Signer(Protocol):
    """Somebody who signs. All raise UpstreamError `signer`, whatever goes wrong with them."""

    @property
    def name(self) -> str:
        """What it is called in logs, metrics and in `/api/rooms`."""
        ...

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL signed."""
        ...

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Have a request signed, or made."""
        ...


def failed(name: str, why: str) -> UpstreamError:
    """Make the error for a signer that fails."""
    return UpstreamError("signer", f"the signer {name}: {why}")


def read_signed(name: str, answer: object) -> Signed:
    """Read an answer that has the fields of Signed. Raises UpstreamError `signer`."""
    try:
        return msgspec.convert(answer, Signed)
    except (msgspec.ValidationError, RecursionError) as error:
        raise failed(name, f"its answer can't be used: {error}") from None


def decode(name: str, body: bytes) -> object:
    """Read an answer as JSON. Raises UpstreamError `signer`."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise failed(name, f"its answer can't be read: {error}") from None


def check(name: str, url: str, signed: Signed, *, whole: bool = False) -> Signed:
    """Make sure that a signer only adds a signature. Raises UpstreamError `signer`.

    It chooses neither where our cookies go nor which room is watched; it may say which browser it
    signs for. `whole`: it makes the whole URL, for our room, with a host of its choice among those
    of Douyin's, or on this machine where ours is.
    """
    same = signed.signed_url.partition("?")[0] == url.partition("?")[0]
    if not same and not (whole and _is_like(url, signed.signed_url)):
        raise failed(name, "it answers with a URL of another host or path")
    theirs = dict(_pairs(signed.signed_url))
    for key, value in _pairs(url):
        kept = key == "room_id" if whole else not key.startswith("browser_")
        if kept and theirs.get(key) != value:
            raise failed(name, f"it answers with a URL that has another {key}")
    for header in signed.headers:
        if _RESERVED.fullmatch(header):
            raise failed(name, f"it may not set the header {header}")
    return signed


def _pairs(url: str) -> list[tuple[str, str]]:
    return parse_qsl(url.partition("?")[2], keep_blank_values=True)


def _is_like(url: str, other: str) -> bool:
    try:
        ours, theirs = urlsplit(url), urlsplit(other)
        _ = theirs.port  # raises where the port is no number
    except ValueError:
        return False
    if (ours.scheme, ours.path) != (theirs.scheme, theirs.path) or theirs.username is not None:
        return False
    our_host, their_host = ours.hostname or "", theirs.hostname or ""
    both_douyin = our_host.endswith(_DOUYIN) and their_host.endswith(_DOUYIN)
    return both_douyin or (is_loopback(our_host) and is_loopback(their_host))
