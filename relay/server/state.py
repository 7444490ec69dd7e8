"""What all parts of the server share: configuration, hub, rooms, open clients and counts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from aiohttp import web

from relay.config import Config
from relay.errors import CloseCode
from relay.hub import Hub, Subscriber
from relay.logs import Throttle, mask_tokens
from relay.server.access import Keyring
from relay.server.answers import ApiError
from relay.server.rest.live import Live
from relay.server.rooms import Rooms
from relay.store import Store

FIRST_S = 5.0
"""How long the first events of a room that has just been started are waited for."""
STOPPING = "the relay is stopping"
STOPPED_S = 5.0
"""When to ask again whoever was turned away by a stop."""

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
    polls: int = 0
    """Long polls under way."""
    leaving: set[asyncio.Transport] = field(default_factory=set)
    """Connections that were turned away and have not hung up yet."""
    accepted: int = 0
    """WebSocket connections and event streams opened so far."""
    refused: Counter[str] = field(default_factory=Counter)
    """Connections and requests refused so far, by cause; the causes are those of REFUSALS."""
    stopping: bool = False
    first_s: float = FIRST_S
    keyring: Keyring = field(init=False)
    _throttles: dict[str, Throttle] = field(default_factory=dict)
    _waits: set[asyncio.Timeout] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.keyring = Keyring(self.config.auth)

    @property
    def is_full(self) -> bool:
        """Whether there are as many clients as there may be, long polls included."""
        return len(self.clients) + self.polls >= self.config.server.max_clients

    def begin_stop(self) -> None:
        """Note that the server stops, and end what waits for others."""
        if self.stopping:
            return
        self.stopping = True
        for wait in self._waits:
            wait.reschedule(0)

    @asynccontextmanager
    async def until_stop(self) -> AsyncIterator[None]:
        """Wait for others in this block, but no longer than until a stop. Raises ApiError."""
        wait = asyncio.timeout(0 if self.stopping else None)
        self._waits.add(wait)
        try:
            async with wait:
                yield
        except TimeoutError:
            if not wait.expired():
                raise
            raise ApiError(503, "stopping", STOPPING, retry_after_s=STOPPED_S) from None
        finally:
            self._waits.discard(wait)

    def refuse(self, cause: str, detail: str) -> None:
        """Count and log that something was refused; `detail` says who sent it, or what.

        But for queries and headers such as Authorization: tokens stand in them.
        """
        self.refused[cause] += 1
        held = self._throttles.setdefault(cause, Throttle()).admit()
        if held is not None:
            shown = mask_tokens(detail)[:200]
            _log.warning("refused", cause=cause, detail=shown, held_back=held)


STATE: web.AppKey[ServerState] = web.AppKey("state", ServerState)
"""Where the HTTP side finds it."""

REFUSALS = (
    "host",  # a Host header that is not ours
    "origin",  # a page that may not use the relay
    "bad_token",  # a token is missing or wrong
    "forbidden_scope",  # a token that does not allow what was asked
    "rate_limited",  # a token used faster than [auth] allows
    "too_many_clients",  # beyond [server] max_clients
    "garbage",  # first bytes that are not HTTP
    "bad_http",  # an HTTP request that can't be read
    "head_too_large",  # a request head beyond the limit
    "head_too_slow",  # a request head that was not complete in time
)
"""Every cause that is counted in `ServerState.refused`."""
