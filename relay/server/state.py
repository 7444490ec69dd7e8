"""What all parts of the server share: configuration, hub, rooms, open clients and counts."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from aiohttp import web

from relay.config import Config
from relay.errors import CloseCode
from relay.hub import Hub, Subscriber
from relay.logs import Throttle
from relay.server.access import Keyring
from relay.server.rest.live import Live
from relay.server.rooms import Rooms
from relay.store import Store

_log = structlog.get_logger(__name__)


class Client(Protocol):
    """An open WebSocket or event stream, as the server as a whole sees it."""

    subscriber: Subscriber
    transport: asyncio.Transport

    def begin_close(self, code: CloseCode, reason: str) -> None:
        """Send a close frame behind what is unsent; the client has to answer and hang up."""
        ...

    async def wait_closed(self) -> None:
        """Wait until the connection is gone."""
        ...


@dataclass
class ServerState:
    """One per server; made by it, read and changed by its parts."""

    config: Config
    hub: Hub
    rooms: Rooms
    live: Live
    store: Store | None = None
    """None: none is configured."""
    clients: set[Client] = field(default_factory=set)
    """Open WebSocket connections and event streams."""
    accepted: int = 0
    """WebSocket connections and event streams opened so far."""
    refused: Counter[str] = field(default_factory=Counter)
    """Connections and requests refused so far, by cause; the causes are those of REFUSALS."""
    stopping: bool = False
    keyring: Keyring = field(init=False)
    _throttles: dict[str, Throttle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keyring = Keyring(self.config.auth)

    def refuse(self, cause: str, detail: str) -> None:
        """Count and log that something was refused; `detail` is what it sent.

        But for queries and headers such as Authorization: tokens stand in them.
        """
        self.refused[cause] += 1
        held = self._throttles.setdefault(cause, Throttle()).admit()
        if held is not None:
            _log.warning("refused", cause=cause, detail=detail[:200], held_back=held)


STATE: web.AppKey[ServerState] = web.AppKey("state", ServerState)
"""Where the HTTP side finds it."""

REFUSALS = (
    "host",  # a Host header that is not ours
    "origin",  # a page that may not use the relay
    "bad_token",  # a token is missing or wrong
    "forbidden_scope",  # a token that does not allow what was asked
    "rate_limited",  # a token used faster than [auth] allows
    "too_many_clients",  # more than [server] max_clients
    "garbage",  # first bytes that are not HTTP
    "bad_http",  # an HTTP request that can't be read
    "head_too_large",  # a request head beyond the limit
    "head_too_slow",  # a request head that was not complete in time
)
"""Every cause that is counted in `ServerState.refused`."""
