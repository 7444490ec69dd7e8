"""One port for WebSocket and HTTP: the first bytes decide; base of ClientConnection.

websockets accepts every connection (`serve(create_connection=…)` is its hook for that). A request
that asks for `Upgrade: websocket` goes on as websockets' own; any other connection is handed to
aiohttp, with the bytes read so far, and comes back where a later request of it asks for that.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any, cast

from websockets.asyncio.server import ServerConnection

from relay.server.answers import ApiError
from relay.server.http_protocol import TOO_LARGE, UNREADABLE, HandBack
from relay.server.refusal import TARGET_BYTES, Refusal
from relay.server.state import ServerState

FIRST_HEAD_S = 10.0
"""How long a new connection may take to send the head of its first request."""
MAX_HEAD_BYTES = 16 * 1024
"""The largest head of a first request."""
TOO_SLOW = f"no whole request within {FIRST_HEAD_S:g} s"

_WEBSOCKET = re.compile(rb"\r\nupgrade:[^\r\n]*\bwebsocket\b", re.IGNORECASE)


class Port:
    """What the connections of one port share; kept by the server."""

    def __init__(
        self, state: ServerState, http_protocol: Callable[[HandBack], asyncio.Protocol]
    ) -> None:
        self.state = state
        self.http_protocol = http_protocol
        """Makes aiohttp's protocol for one connection."""
        self.undecided: set[PortConnection] = set()
        """Connections whose first head is not complete."""


class PortConnection(ServerConnection):
    """A connection that may turn out to be a WebSocket."""

    def __init__(self, *args: Any, port: Port, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.port = port
        self.is_websocket = False
        self._head = bytearray()
        self._head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first head; websockets and aiohttp don't know the connection yet."""
        self.transport = cast("asyncio.Transport", transport)
        self.port.undecided.add(self)
        self._head_deadline = self.loop.call_later(
            FIRST_HEAD_S, self._refuse, "head_too_slow", 408, "too_slow", TOO_SLOW
        )

    def data_received(self, data: bytes) -> None:
        """Collect the first head, then pass everything on."""
        if self.is_websocket:
            super().data_received(data)
            return
        if self.transport.is_closing():
            return
        searched = max(len(self._head) - 3, 0)
        self._head += data
        end = self._head.find(b"\r\n\r\n", searched, MAX_HEAD_BYTES)
        if not self._head[:1].isalpha():
            self._refuse("garbage", 400, "bad_request", UNREADABLE)
        elif end >= 0:
            self._decide(bytes(self._head[: end + 2]))
        elif len(self._head) >= MAX_HEAD_BYTES:
            self._refuse("head_too_large", 431, "head_too_large", TOO_LARGE)

    def eof_received(self) -> None:
        """Close; only a WebSocket has anything to do before."""
        if self.is_websocket:
            super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        if self.is_websocket:
            super().connection_lost(exc)

    def _decide(self, head: bytes) -> None:
        self._stop_waiting()
        received, self._head = bytes(self._head), bytearray()
        if _WEBSOCKET.search(head):
            self._begin_websocket(received)
            return
        protocol = self.port.http_protocol(self._begin_websocket)
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        protocol.data_received(received)

    def _begin_websocket(self, received: bytes) -> None:
        """Become a WebSocket, whose handshake is the beginning of what was received."""
        self.is_websocket = True
        self.transport.set_protocol(self)
        super().connection_made(self.transport)
        super().data_received(received)

    def _refuse(self, cause: str, status: int, code: str, text: str) -> None:
        self._stop_waiting()
        # Not what came: there may be a token anywhere in it, and no telling where it begins.
        peer = self.transport.get_extra_info("peername")
        self.port.state.refuse(cause, f"from {peer[0]}" if peer else "")
        head = bytes(self._head[:TARGET_BYTES])
        Refusal(self.port.state, self.transport, head, ApiError(status, code, text))

    def _stop_waiting(self) -> None:
        self.port.undecided.discard(self)
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None
