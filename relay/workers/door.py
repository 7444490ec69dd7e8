"""Has every client counted by the relay before hands are shaken with it; used by worker.

So [server] max_clients and the rates of [auth] hold for all workers together.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from websockets.http11 import Request
from websockets.server import ServerProtocol

from relay.config import Config
from relay.hub import Hub
from relay.server.access import Access, Keyring, find_token
from relay.server.checks import check_request, hosts_named
from relay.server.handshake import forget
from relay.server.listening import TakeWebSocket
from relay.server.senders import sender_of_transport
from relay.server.state import Client, ClientState
from relay.workers.asking import Asking
from relay.workers.messages import Entered, FromWorker, Left


class WorkerState(ClientState):
    """What serving clients takes in a worker."""

    def __init__(
        self, config: Config, hub: Hub, asking: Asking, send: Callable[[FromWorker], None]
    ) -> None:
        super().__init__(config, hub, asking)
        self.keyring = self.asked = _AskedKeyring(config)
        self._send = send

    @property
    def is_full(self) -> bool:
        """Whether the client that is at the door may not come in, as all seats are taken."""
        return self.asked.entered.is_full

    def left(self, client: Client) -> None:
        """Note that a client has gone, and tell the relay. Safe to repeat."""
        if client in self.clients:
            super().left(client)
            self._send(Left())


class _AskedKeyring(Keyring):
    """Knows the tokens; how fast each is used, over all workers, the relay has told."""

    def __init__(self, config: Config) -> None:
        super().__init__(config.auth)
        self.entered = Entered(0, is_full=True, wait_s=None)
        """What the relay has said of the client that is at the door."""

    def take(self, access: Access) -> float | None:
        """Say when the token of the client at the door may be used again; None: now."""
        return self.entered.wait_s


class Door:
    """What becomes of connections that ask to be WebSockets."""

    def __init__(
        self,
        state: WorkerState,
        asking: Asking,
        take: TakeWebSocket,
        send: Callable[[FromWorker], None],
    ) -> None:
        self._state = state
        self._asking = asking
        self._take = take
        self._send = send
        self._at_door: set[asyncio.Transport] = set()

    def is_anybody_there(self) -> bool:
        """Tell whether the relay has yet to answer about somebody."""
        return bool(self._at_door)

    def knock(self, transport: asyncio.Transport, received: bytes) -> None:
        """Ask whether a client may come in; nothing is read of it meanwhile."""
        transport.set_protocol(_Waiting(self._state, transport))
        transport.pause_reading()
        self._at_door.add(transport)
        self._state.leaving.add(transport)  # a stop does not wait for long
        future = self._asking.enter(self._token_of(transport, received))
        future.add_done_callback(partial(self._answered, transport, received))

    def _answered(
        self, transport: asyncio.Transport, received: bytes, future: asyncio.Future[Entered]
    ) -> None:
        self._at_door.discard(transport)
        if future.cancelled():
            return
        entered = self._state.asked.entered = future.result()
        self._state.leaving.discard(transport)
        came = self._state.accepted
        try:
            if not transport.is_closing():
                transport.resume_reading()
                self._take(transport, received)
        finally:
            if self._state.accepted == came and not entered.is_full:  # refused otherwise
                self._send(Left())

    def _token_of(self, transport: asyncio.Transport, received: bytes) -> str:
        """Give the name of the token whose use is to be counted; "": none."""
        if not self._state.config.auth.tokens:
            return ""
        protocol = ServerProtocol()
        protocol.receive_data(received)
        events = protocol.events_received()
        forget(protocol)
        for request in events:
            if isinstance(request, Request):
                headers, config = request.headers, self._state.config.server
                sender = sender_of_transport(
                    transport,
                    headers.get_all("X-Forwarded-For"),
                    headers.get_all("X-Forwarded-Proto"),
                    config,
                )
                verdict = check_request(
                    hosts_named(headers.get_all("Host"), request.path),
                    headers.get_all("Origin"),
                    config,
                    scheme=sender.scheme,
                    sites=headers.get_all("Sec-Fetch-Site"),
                )
                if verdict != "ok":
                    return ""  # it is going to be refused for that
                given = headers.get_all("Authorization")
                access = self._state.keyring.check(find_token(given, request.path))
                return "" if access is None else access.name
        return ""


class _Waiting(asyncio.Protocol):
    """The protocol of a connection that is at the door."""

    def __init__(self, state: ClientState, transport: asyncio.Transport) -> None:
        self._state = state
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._state.leaving.discard(self._transport)
