"""What all parts of the server share: configuration, hub, rooms, open clients and counts.

What serving WebSockets takes of it is there in every process that does, see workers.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

import structlog
from aiohttp import web

from relay.config import Config
from relay.errors import CloseCode
from relay.hub import Hub, Subscriber
from relay.logs import Throttle, mask_tokens
from relay.server.access import UNIDENTIFIED, Access, Keyring
from relay.server.answers import ApiError
from relay.server.holds import Holds, OwnHolds
from relay.server.limits import Limits
from relay.server.rest.live import Live
from relay.server.rooms import Rooms
from relay.server.senders import Sender
from relay.server.stalls import StallWatch
from relay.server.tls import Certificate
from relay.server.totals import Totals
from relay.server.under_way import UnderWay
from relay.store import Store

FIRST_S = 5.0
"""How long the first events of a room that has just been started are waited for."""
STOPPING = "the relay is stopping"
STOPPED_S = 5.0
"""When to ask again whoever was turned away by a stop."""

TOO_MANY_CONNECTIONS = "too many connections from this address; see [limits] address_connections"

_log = structlog.get_logger(__name__)


class Client(Protocol):
    """An open WebSocket or event stream, as the server as a whole sees it."""

    subscriber: Subscriber
    transport: asyncio.Transport
    access: Access
    """What its token allows."""
    sender: Sender
    """Where it is."""

    def ask(self) -> bool:
        """Ask for an answer behind all that it has to read; False: it can't give one."""
        ...

    @property
    def has_answered(self) -> bool:
        """Whether the answer has come."""
        ...

    def begin_close(self, code: CloseCode, reason: str) -> None:
        """Send a close frame behind what is unsent; the client has to answer and hang up."""
        ...

    def end_forbidden(self) -> None:
        """End the subscriptions to rooms that `access`, which is another one now, is not for."""
        ...

    async def wait_closed(self) -> None:
        """Wait until the connection is gone."""
        ...


class HttpConnection(Protocol):
    """An open connection that is no client, as the others see it."""

    @property
    def waits_since_s(self) -> float | None:
        """Since when its client has been waited for, by the loop's time; None: it is not."""
        ...

    def make_way(self) -> None:
        """Hang up."""
        ...


class ClientState:
    """What serving clients takes in one process; made by it, read and changed by its parts."""

    def __init__(self, config: Config, hub: Hub, holds: Holds) -> None:
        self.config = config
        self.hub = hub
        self.holds = holds
        self.clients: set[Client] = set()
        """Open WebSocket connections and event streams; see `came` and `left`."""
        self.leaving: set[asyncio.Transport] = set()
        """Connections that were turned away and have not hung up yet."""
        self.opening: dict[asyncio.Transport, None] = {}
        """Connections whose first request has not come whole, the oldest first."""
        self.accept_rests = 0
        """Times that nobody was accepted for a while, as hardly any descriptors were left."""
        self.accepted = 0
        """WebSocket connections and event streams opened so far."""
        self.refused: Counter[str] = Counter()
        """Connections and requests refused so far, and clients made to wait, by cause; the causes
        are those of REFUSALS."""
        self.stopping = False
        self.polls = 0
        """Long polls under way; none where HTTP is not answered."""
        self.keyring = Keyring(config.auth)
        self.certificate: Certificate | None = None
        """What clients are shown; None: the port doesn't speak TLS."""
        self.limits = Limits(lambda: self.config.limits)
        self._stalls = StallWatch(lambda: self.config.hub.slow_s)
        self.http: set[HttpConnection] = set()
        """Connections that are neither WebSockets nor event streams, with their first head."""
        self._throttles: dict[str, Throttle] = {}

    @property
    def is_full(self) -> bool:
        """Whether there are as many clients as there may be, wherever they are served."""
        raise NotImplementedError

    def check_seat(self, access: Access, sender: Sender) -> None:
        """Refuse a client for which there is no room. Raises ApiError."""
        config = self.config
        if self.is_full:
            self.refuse("too_many_clients", f"{len(self.clients)} connected, {self.polls} polling")
            raise ApiError(
                503,
                "too_many_clients",
                f"{config.server.max_clients} clients are connected; see [server] max_clients",
            )
        if not self.limits.may_enter(access.name):
            self.refuse("token_clients", access.name)
            raise ApiError(
                503,
                "too_many_clients",
                f"{config.limits.token_clients} clients use this token; see [limits] token_clients",
            )
        # Those of others were counted when they connected.
        if sender.is_forwarded and not self.limits.may_connect(sender.address):
            self.refuse("address_connections", sender.address)
            raise ApiError(429, "too_many_connections", TOO_MANY_CONNECTIONS)

    def came(self, client: Client) -> None:
        """Note that a client is served from now on."""
        self.clients.add(client)
        self.accepted += 1
        self._stalls.add(client)
        self.limits.entered(client.access.name)
        self.limits.connected(client.sender.address)

    def left(self, client: Client) -> None:
        """Note that a client has gone. Safe to repeat."""
        if client in self.clients:
            self.clients.discard(client)
            self._stalls.remove(client)
            self.limits.left(client.access.name)
            self.limits.disconnected(client.sender.address)

    def reconfigure(self, config: Config) -> Mapping[str, Access | None]:
        """Serve by another configuration from now on; gives what tokens allow now, as Keyring does.

        Clients stay, with what their tokens allow now, in the rooms that they are for; but not
        those whose tokens are none any more. Raises ConfigError for a token, with nothing changed.
        """
        accesses = self.keyring.reconfigure(config.auth)
        self.config = config
        for client in list(self.clients):
            access = accesses.get(client.access.name)
            if access is None:
                client.begin_close(CloseCode.BAD_TOKEN, UNIDENTIFIED)
            else:
                client.access = access
                client.end_forbidden()
        return accesses

    def begin_stop(self) -> None:
        """Note that the server stops."""
        self.stopping = True

    def totals(self) -> Totals:
        """Give what has been counted."""
        return Totals(
            clients=len(self.clients),
            subscriptions=sum(len(client.subscriber.subscriptions) for client in self.clients),
            opening=len(self.opening),
            http=len(self.http),
            accept_rests=self.accept_rests,
            accepted=self.accepted,
            deliveries=self.hub.counters.deliveries,
            drops=self.hub.counters.drops,
            slow_closes=self.hub.counters.slow_closes,
            refused=dict(self.refused),
        )

    def refuse(self, cause: str, detail: str) -> None:
        """Count and log that something was refused; `detail` says who sent it, or what.

        But for queries and headers such as Authorization: tokens stand in them.
        """
        self._count("refused", cause, detail)

    def hold_up(self, cause: str, client: str) -> None:
        """Count and log that a client has to wait, as it sends more than it may."""
        self._count("client made to wait", cause, client)

    def _count(self, what: str, cause: str, detail: str) -> None:
        self.refused[cause] += 1
        held = self._throttles.setdefault(cause, Throttle()).admit()
        if held is not None:
            shown = mask_tokens(detail)[:200]
            _log.warning(what, cause=cause, detail=shown, held_back=held)


class ServerState(ClientState):
    """The same in the process that watches the rooms and answers HTTP."""

    def __init__(
        self,
        config: Config,
        hub: Hub,
        rooms: Rooms,
        live: Live,
        store: Store | None = None,
        *,
        first_s: float = FIRST_S,
    ) -> None:
        """`store` None: none is configured."""
        super().__init__(config, hub, OwnHolds(rooms))
        self.rooms = rooms
        self.live = live
        self.store = store
        self.first_s = first_s
        self.seats_elsewhere = 0
        """Clients that other processes serve."""
        self.totals_elsewhere: Callable[[], Totals] = Totals
        """Gives what those have counted."""
        self.count_elsewhere: Callable[[], Awaitable[None]] | None = None
        """Has that brought up to date."""
        self.under_way = UnderWay()
        """Requests that are being answered."""
        self._waits: set[asyncio.Timeout] = set()

    def reconfigure(self, config: Config) -> Mapping[str, Access | None]:
        """Do the same, and end requests under way that are not allowed any more."""
        accesses = super().reconfigure(config)
        self.under_way.judge(accesses)
        return accesses

    @property
    def is_full(self) -> bool:
        """Whether there are as many clients as there may be, long polls included."""
        taken = len(self.clients) + self.polls + self.seats_elsewhere
        return taken >= self.config.server.max_clients

    def begin_stop(self) -> None:
        """Note that the server stops, and end what waits for others."""
        if self.stopping:
            return
        super().begin_stop()
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


STATE: web.AppKey[ServerState] = web.AppKey("state", ServerState)
"""Where the HTTP side finds it."""

REFUSALS = (
    "host",  # a Host header that is not ours
    "origin",  # a page that may not use the relay
    "bad_token",  # a token is missing or wrong
    "forbidden_scope",  # a token that does not allow what was asked
    "rate_limited",  # a token used faster than [auth] allows
    "token_clients",  # a token with more clients than [limits] allows
    "wrong_tokens",  # a token from an address that sent too many wrong ones
    "address_rate",  # an address that asks more often than [limits] allows
    "address_connections",  # an address with more connections than [limits] allows
    "client_rooms",  # more rooms of one client than it may have
    "client_messages",  # messages that had to wait: their client sends more than [limits] allows
    "client_bytes",  # bytes that had to wait, likewise
    "subscriptions",  # more rooms of one address or token than [limits] allows
    "http_connections",  # made way or refused, as [limits] http_connections were reached
    "unread",  # an HTTP answer that was not read in time
    "body_too_slow",  # a request body that was not complete in time
    "opening_connections",  # made way, as [limits] opening_connections were reached
    "too_many_clients",  # beyond [server] max_clients
    "tls",  # a handshake of TLS that came to nothing, or not in time
    "garbage",  # first bytes that are not HTTP
    "bad_http",  # an HTTP request that can't be read
    "head_too_large",  # a request head beyond the limit
    "head_too_slow",  # a request head that was not complete in time
    "silent",  # no first byte in time
)
"""Every cause that is counted in `ClientState.refused`."""
