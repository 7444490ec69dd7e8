"""The simulator's own sign server and its check, for `require_signature`; used by the handlers.

The signatures are keyed hashes of the simulator's own making, nothing of Douyin's.
"""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from msgspec import Struct

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/134.0.0.0 Safari/537.36"
)
"""What is signed for where the request names none."""
_A_BOGUS = "a_bogus"


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
        self._key = secrets.token_bytes(16)

    def sign(self, request: SignRequest) -> SignAnswer:
        """Give the URL with its signature. Raises ValueError where the request can't be signed."""
        parts = urlsplit(request.url)
        if request.kind == "http":
            return self._sign_call(request, parts)
        if not request.room_id or not request.user_unique_id:
            raise ValueError("body: room_id and user_unique_id are wanted for a push URL")
        query = [
            (key, value)
            for key, value in parse_qsl(parts.query, keep_blank_values=True)
            if key != "signature"
        ]
        signature = self._signature(request.room_id, request.user_unique_id, request.user_agent)
        query.append(("signature", signature))
        return SignAnswer(
            signed_url=urlunsplit(parts._replace(query=urlencode(query))),
            user_agent=request.user_agent,
        )

    def valid_call(self, path: str, query: Sequence[tuple[str, str]], user_agent: str) -> bool:
        """Say whether a call to `path` has the a_bogus that `sign` gives for the rest of it."""
        given = [value for key, value in query if key == _A_BOGUS]
        wanted = self._a_bogus(path, query, user_agent)
        return len(given) == 1 and secrets.compare_digest(given[0].encode(), wanted.encode())

    def valid(self, signature: str, room_id: str, user_unique_id: str, user_agent: str) -> bool:
        """Say whether `signature` is the one that `sign` gives for these."""
        wanted = self._signature(room_id, user_unique_id, user_agent)
        return secrets.compare_digest(signature.encode(), wanted.encode())

    def _sign_call(self, request: SignRequest, parts: SplitResult) -> SignAnswer:
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("body: url: an http or https URL is wanted")
        query = [
            pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != _A_BOGUS
        ]
        query.append((_A_BOGUS, self._a_bogus(parts.path, query, request.user_agent)))
        return SignAnswer(
            signed_url=urlunsplit(parts._replace(query=urlencode(query, quote_via=quote))),
            user_agent=request.user_agent,
        )

    def _a_bogus(self, path: str, query: Sequence[tuple[str, str]], user_agent: str) -> str:
        pairs = [f"{key}={value}" for key, value in query if key != _A_BOGUS]
        return self._signature(_A_BOGUS, path, user_agent, *pairs)

    def _signature(self, *parts: str) -> str:
        text = "\0".join(parts).encode()
        return hashlib.blake2b(text, key=self._key, digest_size=8).hexdigest()
