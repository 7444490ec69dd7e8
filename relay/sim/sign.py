"""The simulator's own sign server and its check, for `require_signature`; used by http and push.

The signature is a keyed hash of the simulator's own making, nothing of Douyin's.
"""

import hashlib
import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Struct

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/134.0.0.0 Safari/537.36"
)
"""What is signed for where the request names none."""


class SignRequest(Struct):
    """What POST /_sim/sign takes; unknown keys are ignored."""

    kind: str
    """Only "ws" is signed."""
    url: str
    """The push URL without its signature."""
    room_id: str
    user_unique_id: str
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
        """Give the URL with its signature. Raises ValueError where the URL can't be split."""
        parts = urlsplit(request.url)
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

    def valid(self, signature: str, room_id: str, user_unique_id: str, user_agent: str) -> bool:
        """Say whether `signature` is the one that `sign` gives for these."""
        wanted = self._signature(room_id, user_unique_id, user_agent)
        return secrets.compare_digest(signature.encode(), wanted.encode())

    def _signature(self, *parts: str) -> str:
        text = "\0".join(parts).encode()
        return hashlib.blake2b(text, key=self._key, digest_size=8).hexdigest()
