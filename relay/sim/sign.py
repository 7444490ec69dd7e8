"""The simulator's own signatures: made by its sign servers and its page, checked by its endpoints.

A keyed hash of the simulator's own making, nothing of Douyin's; page/sdk.js makes the same.
"""

import secrets
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from msgspec import Struct

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/134.0.0.0 Safari/537.36"
)
"""What is signed for where the request names none."""
MAX_USED = 10_000
"""Used signatures remembered."""
_A_BOGUS = "a_bogus"
_SALT_BYTES = 3
_LANES = 3
"""Of 24 bits each: with the salt, 16 characters of base64."""
_STUB = {
    "live_id": "1",
    "aid": "6383",
    "version_code": "180800",
    "webcast_sdk_version": "1.0.15",
    "room_id": "",
    "sub_room_id": "",
    "sub_channel_id": "",
    "did_rule": "3",
    "user_unique_id": "",
    "device_platform": "web",
    "device_type": "",
    "ac": "",
    "identity": "audience",
}
"""What a push signature is about, in the order that counts, and what holds where a query says
nothing of it."""


class SignRequest(Struct):
    """What POST /_sim/sign takes; unknown keys are ignored."""

    kind: Literal["ws", "http"]
    """A push URL, or one of another endpoint."""
    url: str
    """The URL without its signature."""
    room_id: str = ""
    """Of a push URL, as user_unique_id."""
    user_unique_id: str = ""
    user_agent: str = USER_AGENT


class SignAnswer(Struct):
    """What POST /_sim/sign gives."""

    signed_url: str
    user_agent: str
    """The signature holds only with this one."""


class Signer:
    """Signs and checks with a key that lives as long as the simulator."""

    def __init__(self) -> None:
        self.key = secrets.token_hex(8)
        """The page gets it, too."""
        self._used: OrderedDict[str, int] = OrderedDict()

    def sign(self, request: SignRequest) -> SignAnswer:
        """Give the URL with its signature. Raises ValueError where the request can't be signed."""
        parts = urlsplit(request.url)
        if request.kind == "http":
            return self._sign_call(request, parts)
        if not request.room_id or not request.user_unique_id:
            raise ValueError("body: room_id and user_unique_id are wanted for a push URL")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        ids = {"room_id": request.room_id, "user_unique_id": request.user_unique_id}
        query["signature"] = self.push_signature({**query, **ids}, request.user_agent)
        return SignAnswer(
            signed_url=urlunsplit(parts._replace(query=urlencode(query))),
            user_agent=request.user_agent,
        )

    def push_signature(self, query: Mapping[str, str], user_agent: str) -> str:
        """Sign a push URL with this query."""
        return self._signature("push", _stub(query), user_agent)

    def a_bogus(self, path: str, query: Sequence[tuple[str, str]], user_agent: str) -> str:
        """Sign a call to another endpoint."""
        return self._signature(_A_BOGUS, *_called(path, query, user_agent))

    def valid_call(self, path: str, query: Sequence[tuple[str, str]], user_agent: str) -> bool:
        """Say whether a call to `path` has an a_bogus for the rest of it."""
        given = [value for key, value in query if key == _A_BOGUS]
        called = _called(path, query, user_agent)
        return len(given) == 1 and self._holds(given[0], _A_BOGUS, *called)

    def valid_push(self, query: Mapping[str, str], user_agent: str, uses: int) -> bool:
        """Say whether a push URL has a signature for itself; `uses`: for how often, 0 = always."""
        given = query.get("signature", "")
        if not self._holds(given, "push", _stub(query), user_agent):
            return False
        used = self._used[given] = self._used.get(given, 0) + 1
        if len(self._used) > MAX_USED:
            self._used.popitem(last=False)
        return uses == 0 or used <= uses

    def _sign_call(self, request: SignRequest, parts: SplitResult) -> SignAnswer:
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("body: url: an http or https URL is wanted")
        query = [
            pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != _A_BOGUS
        ]
        query.append((_A_BOGUS, self.a_bogus(parts.path, query, request.user_agent)))
        return SignAnswer(
            signed_url=urlunsplit(parts._replace(query=urlencode(query, quote_via=quote))),
            user_agent=request.user_agent,
        )

    def _signature(self, *parts: str) -> str:
        salt = secrets.token_bytes(_SALT_BYTES)
        return b64encode(salt + self._hash(salt, parts)).decode()

    def _holds(self, signature: str, *parts: str) -> bool:
        try:
            given = b64decode(signature.encode(), validate=True)
        except BadBase64:
            return False
        return given[_SALT_BYTES:] == self._hash(given[:_SALT_BYTES], parts)

    def _hash(self, salt: bytes, parts: Sequence[str]) -> bytes:
        """Mix as FNV-1a does, once per lane."""
        data = "\0".join((self.key, salt.hex(), *parts)).encode()
        out = b""
        for lane in range(_LANES):
            mixed = 0x811C9DC5 ^ lane * 0x9E3779B9 & 0xFFFFFFFF
            for byte in data:
                mixed = (mixed ^ byte) * 0x01000193 & 0xFFFFFFFF
            out += (mixed ^ mixed >> 15).to_bytes(4, "big")[1:]
        return out


def _stub(query: Mapping[str, str]) -> str:
    """Give the X-MS-STUB of a push URL's query."""
    pairs = [f"{key}={query.get(key, default)}" for key, default in _STUB.items()]
    return md5(",".join(pairs).encode(), usedforsecurity=False).hexdigest()


def _called(path: str, query: Sequence[tuple[str, str]], user_agent: str) -> list[str]:
    pairs = [f"{key}={value}" for key, value in query if key != _A_BOGUS]
    return [path, user_agent, *pairs]
