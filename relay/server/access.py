"""Who may do what: tokens, their scopes and rates; asked by the guard and by handshakes."""

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import get_args
from urllib.parse import parse_qs

from aiohttp import web
from msgspec import Struct

from relay.config import AuthConfig, Scope, TokenConfig
from relay.errors import ConfigError, RoomNameError
from relay.hub import Stream
from relay.server.bucket import Bucket
from relay.upstream.names import parse_room_name

UNIDENTIFIED = (
    "a valid token is wanted, as the header 'Authorization: Bearer …' or the parameter 'token'"
)
"""What is said where there is none or a wrong one; it doesn't tell which."""

NOT_FOR_ROOM = "this token is for another room"
"""What is said to who asks for a room that an overlay's token doesn't name."""

_SCOPES: tuple[Scope, ...] = get_args(Scope)
_MAX_PARAMETERS = 500


class Access(Struct, frozen=True):
    """What the sender of a request may do."""

    name: str
    """Of the token; "" where none was wanted, or none was right."""
    scopes: frozenset[Scope]
    rooms: frozenset[str] | None = None
    """Names of the only rooms that it is for, as names.RoomName has them; None: all."""

    def may(self, scope: Scope) -> bool:
        """Tell whether it has a scope."""
        return scope in self.scopes

    def is_for(self, *names: str) -> bool:
        """Tell whether it is for a room that has these names."""
        return self.rooms is None or not self.rooms.isdisjoint(names)


_ACCESS: web.RequestKey[Access] = web.RequestKey("access", Access)
"""Where the guard puts it."""

NOBODY = Access("", frozenset())
"""Whoever asks without a token for what everybody may have."""
_EVERYBODY = Access("", frozenset(_SCOPES))
"""Whoever asks while no tokens are configured."""


class Keyring:
    """The tokens of the configuration, by their hashes, and how fast each is used.

    Raises ConfigError for a room that can't be one.
    """

    def __init__(self, config: AuthConfig) -> None:
        self._keys = _keys_of(config)
        self._config = config
        self._buckets = {access.name: Bucket(config.burst) for _, access in self._keys}
        self._requests = dict.fromkeys(self._buckets, 0)

    def reconfigure(self, config: AuthConfig) -> dict[str, Access | None]:
        """Know other tokens from now on; gives what each earlier one allows now, by its name.

        None: it is none any more, or another one has its name. `""` is whoever came without.
        """
        before, self._keys = self._keys, _keys_of(config)
        known = {(key, access.name): access for key, access in self._keys}
        now = {access.name: known.get((key, access.name)) for key, access in before}
        now[""] = None if self._keys else _EVERYBODY
        self._config = config
        buckets, requests = self._buckets, self._requests
        self._buckets = {
            access.name: buckets[access.name]
            if now.get(access.name) is not None
            else Bucket(config.burst)
            for _, access in self._keys
        }
        self._requests = {name: requests.get(name, 0) for name in self._buckets}
        return now

    @property
    def requests(self) -> Mapping[str, int]:
        """Requests so far by the name of the token, those that came too fast left out."""
        return MappingProxyType(self._requests)

    def check(self, token: str | None) -> Access | None:
        """Give what a token allows, None: it is missing or wrong. Without tokens: everything.

        Takes equally long for every token: all are compared, each in constant time.
        """
        if not self._keys:
            return _EVERYBODY
        # Clients may send what can't be encoded otherwise.
        digest = sha256((token or "").encode("utf-8", "surrogatepass")).hexdigest().encode()
        found = None
        for known, access in self._keys:
            if hmac.compare_digest(known, digest):
                found = access
        return found if token else None

    def take(self, access: Access) -> float | None:
        """Count one request of a token; None, or the seconds until it may come again."""
        bucket = self._buckets.get(access.name)
        if bucket is None:
            return None
        wait_s = bucket.take(self._config.requests_per_s, self._config.burst)
        if wait_s is None:
            self._requests[access.name] += 1
        return wait_s


def _keys_of(config: AuthConfig) -> list[tuple[bytes, Access]]:
    """Give the configured tokens: hash in hex digits, and what it allows."""
    return [
        (
            token.hash.partition(":")[2].encode(),
            Access(token.name, _including(token.scopes), _rooms_of(token, index)),
        )
        for index, token in enumerate(config.tokens)
    ]


def access_of(request: web.Request) -> Access:
    """Give what the sender of a request may do, as the guard has found it."""
    return request[_ACCESS]


def names_of(stream: Stream) -> tuple[str, ...]:
    """Give what a room is called, for tokens that name rooms."""
    return (stream.status.web_rid, *stream.names)


def set_access(request: web.Request, access: Access) -> None:
    """Note what the sender of a request may do; called by the guard."""
    request[_ACCESS] = access


def find_token(authorizations: Sequence[str], path: str) -> str | None:
    """Give the token that a request carries; None: none, or several."""
    for authorization in authorizations:
        # A proxy's own Basic credentials may come along and mean nothing to us.
        scheme, _, credentials = authorization.strip().partition(" ")
        if scheme.lower() == "bearer":
            return credentials.strip() if len(authorizations) == 1 else None
    query = path.partition("?")[2].partition("#")[0]
    try:
        given = set(parse_qs(query, max_num_fields=_MAX_PARAMETERS).get("token", []))
    except ValueError:
        return None
    return given.pop() if len(given) == 1 else None


def _rooms_of(token: TokenConfig, index: int) -> frozenset[str] | None:
    try:
        names = frozenset(parse_room_name(room).value for room in token.rooms)
    except RoomNameError as error:
        raise ConfigError(f"auth.tokens[{index}].rooms: {error}") from None
    return names or None


def _including(scopes: Sequence[Scope]) -> frozenset[Scope]:
    """Give these scopes and those that they include: all before the highest."""
    highest = max(_SCOPES.index(scope) for scope in scopes)
    return frozenset(_SCOPES[: highest + 1])
