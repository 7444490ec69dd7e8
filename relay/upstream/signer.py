"""Asks a signer of the user's for signed URLs; called by the socket transport and by calls.

The relay ships no signature of its own. Contract: POST a JSON object {kind, url, method,
user_agent}, for kind `ws` with {room_id, user_unique_id, x_ms_stub}; the answer is {signed_url,
headers?, cookies?, user_agent?}. Kind `http` is a request that wants an a_bogus.
"""

import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from relay.config import is_loopback
from relay.errors import ConfigError, UpstreamError
from relay.upstream.http import USER_AGENT, HttpClient, host_of
from relay.upstream.params import push_stub

_MAX_BYTES = 64 * 1024
# \Z: $ lets a line end through, and with it a header of the signer's choice.
_Text = Annotated[str, Meta(max_length=8192, pattern=r"^[\x20-\x7e]*\Z")]
_Texts = Annotated[
    dict[Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")], _Text], Meta(max_length=32)
]
# A URL with a space in it would be a request of another kind.
_Url = Annotated[str, Meta(max_length=8192, pattern=r"^[\x21-\x7e]*\Z")]
_RESERVED = re.compile(
    r"host|connection|upgrade|cookie|user-agent|origin|sec-websocket-.*|accept-encoding|expect|te|"
    r"content-length|transfer-encoding|proxy-.*",
    re.I,
)


class SignedUrl(Struct, frozen=True):
    """What a signer answers."""

    signed_url: _Url
    headers: _Texts = {}
    """Added to the request's own."""
    cookies: _Texts = {}
    """Added to ours."""
    user_agent: _Text = ""
    """What the signature was made for, where it isn't ours."""


class Signer:
    """A sign server, or none: then URLs stay as they are."""

    def __init__(self, url: str, http: HttpClient) -> None:
        """Take the server at `url`; "": none. Raises ConfigError where it could be overheard."""
        if url and not url.startswith("https://") and not is_loopback(host_of(url)):
            raise ConfigError(
                f"upstream.signer_url: {host_of(url)} would be asked in the clear; allowed are "
                "https:// and loopback addresses"
            )
        self._url = url
        self._http = http

    def require(self) -> None:
        """Raise UpstreamError `signer_missing` where there is none."""
        if not self._url:
            raise UpstreamError(
                "signer_missing",
                "upstream wants a signature for this, and the relay makes none: set [upstream] "
                "signer_url to a sign server of yours",
            )

    async def sign_push(self, url: str, *, room_id: str, visitor_id: str) -> SignedUrl:
        """Have a push URL signed; it is good for one connection.

        Raises UpstreamError `signer` for whatever goes wrong with the signer.
        """
        if not self._url:
            return SignedUrl(signed_url=url)
        request = {
            "kind": "ws",
            "url": url,
            "method": "GET",
            "user_agent": USER_AGENT,
            "room_id": room_id,
            "user_unique_id": visitor_id,
            "x_ms_stub": push_stub(room_id, visitor_id),
        }
        return await self._sign(url, request)

    async def sign_http(self, url: str) -> SignedUrl:
        """Have the URL of a GET request signed; it is good for one request.

        Raises UpstreamError: `signer_missing`, or `signer` for whatever goes wrong with it.
        """
        self.require()
        request = {"kind": "http", "url": url, "method": "GET", "user_agent": USER_AGENT}
        return await self._sign(url, request)

    async def _sign(self, url: str, request: dict[str, str]) -> SignedUrl:
        try:
            answer = await self._http.post_json(self._url, request, max_bytes=_MAX_BYTES)
            signed = msgspec.json.decode(answer.body, type=SignedUrl)
        except UpstreamError as error:
            raise UpstreamError("signer", f"the signer: {error}") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UpstreamError("signer", f"the signer's answer can't be read: {error}") from None
        # It adds a signature; it does not choose where our cookies go.
        if signed.signed_url.partition("?")[0] != url.partition("?")[0]:
            raise UpstreamError("signer", "the signer answers with a URL of another host or path")
        for name in signed.headers:
            if _RESERVED.fullmatch(name):
                raise UpstreamError("signer", f"the signer may not set the header {name}")
        return signed
