"""One port for WebSocket and HTTP: the first bytes decide; made by the server for each connection.

A request that asks for `Upgrade: websocket` goes on as ClientConnection; any other connection is
handed to aiohttp, with the bytes read so far, and comes back where a later request of it asks for
that.
"""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import cast

from relay.server.answers import ApiError
from relay.server.heads import TOO_LARGE, UNREADABLE, Fault, bad_http, find_fault, has_bare_lf
from relay.server.http_protocol import MakeHttp, answer_http
from relay.server.refusal import TARGET_BYTES, Refusal
from relay.server.senders import counted_address
from relay.server.state import TOO_MANY_CONNECTIONS, ClientState

FIRST_BYTE_S = 5.0
"""How long a new connection may take to send anything at all."""
FIRST_HEAD_S = 8.0
"""How long it may take to send the head of its first request."""
MAX_HEAD_BYTES = 16 * 1024
"""The largest head of a first request."""
TOO_SLOW = f"no whole request within {FIRST_HEAD_S:g} s"
SPEAKS_TLS = "this port speaks TLS; write https:// or wss://"

_WEBSOCKET = re.compile(rb"\r\nupgrade:[^\r\n]*\bwebsocket\b", re.IGNORECASE)


class Port:
    """What the connections of one port share; kept by the server."""

    def __init__(
        self,
        state: ClientState,
        websocket: Callable[[asyncio.Transport, bytes], object],
        http_protocol: MakeHttp,
    ) -> None:
        self.state = state
        self.websocket = websocket
        """Takes a connection over that asks to be one, with what was received on it."""
        self.http_protocol = http_protocol
        """Makes aiohttp's protocol for one connection."""
        self.undecided = state.opening
        """Connections whose first head is not complete, the oldest first."""

    def make_room(self) -> None:
        """Hang up on the oldest of those, where there are too many."""
        if len(self.undecided) > self.state.config.limits.opening_connections:
            oldest = next(iter(self.undecided))
            self.state.refuse("opening_connections", f"{len(self.undecided)} connections")
            del self.undecided[oldest]
            oldest.abort()


class PortConnection(asyncio.Protocol):
    """A connection of which is not known yet what it is."""

    __slots__ = (
        "_address",
        "_begun_s",
        "_deadline",
        "_head",
        "_is_plain",
        "_opened",
        "_port",
        "_transport",
    )

    _address: str
    """What the connection counts for, until it is another's; "": it is not counted."""
    _begun_s: float
    _deadline: asyncio.TimerHandle
    _transport: asyncio.Transport

    def __init__(self, port: Port, opened: Callable[[], None], is_plain: bool) -> None:
        """`opened` is called when there is a connection, which is counted here from then on.

        `is_plain`: it should speak TLS, and doesn't.
        """
        self._is_plain = is_plain
        self._port = port
        self._opened = opened
        self._head = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first head; nobody else knows the connection yet."""
        self._opened()
        port = self._port
        self._transport = cast("asyncio.Transport", transport)
        self._address = counted_address(transport, port.state.config.server)
        loop = asyncio.get_running_loop()
        self._begun_s = loop.time()
        self._deadline = loop.call_later(FIRST_BYTE_S, self._look)
        if not port.state.limits.may_connect(self._address):
            self._address = ""
            self._refuse("address_connections", 429, "too_many_connections", TOO_MANY_CONNECTIONS)
            return
        port.state.limits.connected(self._address)
        port.undecided[self._transport] = None
        port.make_room()

    def data_received(self, data: bytes) -> None:
        """Collect the first head, then pass everything on."""
        if self._transport.is_closing():
            return
        searched = max(len(self._head) - 3, 0)
        self._head += data
        if self._is_plain:
            self._refuse("tls", 400, "bad_request", SPEAKS_TLS)
            return
        end = self._head.find(b"\r\n\r\n", searched, MAX_HEAD_BYTES)
        if not self._head[:1].isalpha():
            self._refuse("garbage", 400, "bad_request", UNREADABLE)
        elif has_bare_lf(self._head, searched, end if end >= 0 else MAX_HEAD_BYTES):
            self._refuse_for(bad_http())
        elif end >= 0:
            self._decide(bytes(self._head[: end + 2]))
        elif len(self._head) >= MAX_HEAD_BYTES:
            self._refuse("head_too_large", 431, "head_too_large", TOO_LARGE)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()

    def _look(self) -> None:
        """Hang up where nothing came; give what did the time that is left."""
        if not self._head:
            # Browsers connect ahead of need: there is no request that an answer would be to.
            self._port.state.refuse("silent", self._whence())
            self._transport.abort()
            return
        self._deadline = asyncio.get_running_loop().call_later(
            FIRST_HEAD_S - FIRST_BYTE_S, self._refuse, "head_too_slow", 408, "too_slow", TOO_SLOW
        )

    def _decide(self, head: bytes) -> None:
        fault = find_fault(head)
        if fault is not None:
            self._refuse_for(fault)
            return
        self._stop_waiting()
        received, self._head = bytes(self._head), bytearray()
        if _WEBSOCKET.search(head):
            self._begin_websocket(received)
        else:
            make = partial(self._port.http_protocol, self._begin_websocket, self._begun_s)
            answer_http(self._port.state, self._transport, received, make)

    def _begin_websocket(self, received: bytes) -> None:
        """Leave it to a WebSocket, whose handshake is the beginning of what was received."""
        self._port.websocket(self._transport, received)

    def _refuse(self, cause: str, status: int, code: str, text: str) -> None:
        self._refuse_for(Fault(cause, ApiError(status, code, text)))

    def _refuse_for(self, fault: Fault) -> None:
        self._stop_waiting()
        self._port.state.refuse(fault.cause, self._whence())
        head = bytes(self._head[:TARGET_BYTES])
        Refusal(self._port.state, self._transport, head, fault.error)

    def _whence(self) -> str:
        # Not what came: there may be a token anywhere in it, and no telling where it begins.
        peer = self._transport.get_extra_info("peername")
        return f"from {peer[0]}" if peer else ""

    def _stop_waiting(self) -> None:
        self._port.undecided.pop(self._transport, None)
        self._deadline.cancel()
        self._port.state.limits.disconnected(self._address)
        self._address = ""
