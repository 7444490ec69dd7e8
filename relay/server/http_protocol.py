"""aiohttp's protocol for one connection, made by the server for each that is no WebSocket.

It answers what never reaches the guard, or comes out of it: requests that can't be read, and
crashes of handlers; and it hands a connection back that is to be a WebSocket after all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from relay.server.answers import ApiError
from relay.server.guard import add_headers, answer_error
from relay.server.refusal import TARGET_BYTES, Refusal
from relay.server.senders import counted_address
from relay.server.state import ServerState

LATER_HEAD_S = 8.0
"""How long the head of a request that is not a connection's first may take to come."""
TOO_SLOW = f"no whole request within {LATER_HEAD_S:g} s"
UNREADABLE = "the request can't be read as HTTP"
HandBack = Callable[[bytes], None]
"""Takes a connection over, with the head of a request and what was received behind it."""
TOO_LARGE = "the request line and headers are too long; a line may have 8190 bytes, all 16384"


class HttpProtocol(web.RequestHandler):
    """Errors as all others of the relay, in place of aiohttp's texts, which repeat the request."""

    def __init__(self, hand_back: HandBack, *, state: ServerState, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._state = state
        self._hand_back = hand_back
        self._head = b""
        """The beginning of the request that is being read, where the client has waited for the
        answers before; else perhaps of an earlier one."""
        self._heads = 0
        self._address = ""
        self._head_deadline: asyncio.TimerHandle | None = None
        """While a later head than the first comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection among those that are no clients."""
        super().connection_made(transport)
        self._address = counted_address(transport, self._state.config.server)
        self._state.http.add(self)
        self._state.limits.connected(self._address)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Count it no more."""
        self.become_client()
        super().connection_lost(exc)

    def become_client(self) -> None:
        """Note that it is another's to count from now on. Safe to repeat."""
        if self in self._state.http:
            self._state.http.discard(self)
            self._state.limits.disconnected(self._address)
        self._stop_waiting()

    def data_received(self, data: bytes) -> None:
        """Read on; note what a request is for, as aiohttp doesn't say it of one it can't read."""
        waiter = self._waiter
        if waiter is not None and not waiter.done() and self._heads != self._request_count:
            self._head = b""
            self._heads = self._request_count
        self._head += data[: TARGET_BYTES - len(self._head)]
        super().data_received(data)
        if data.strip(b"\r\n"):
            self._watch_head()

    def _watch_head(self) -> None:
        """Let no head take longer than a first one."""
        waiter = self._waiter
        if waiter is None or waiter.done() or self._messages or self.transport is None:
            self._stop_waiting()
        elif self._head_deadline is None:
            self._head_deadline = asyncio.get_running_loop().call_later(LATER_HEAD_S, self._give_up)

    def _give_up(self) -> None:
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        self._state.refuse("head_too_slow", f"from {self._address}" if self._address else "")
        head = self._head
        self._let_go()
        Refusal(self._state, transport, head, ApiError(408, "too_slow", TOO_SLOW))

    def _stop_waiting(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Log and answer an error, and hang up."""
        super().handle_error(request, status, exc, message)
        if status >= 500:
            error = ApiError(status, "internal", "the relay failed; its log says how")
            response = answer_error(request.path, self._state.config.rest, error)
            add_headers(response)
            response.force_close()
            return response
        if isinstance(exc, LineTooLong):
            error = ApiError(431, "head_too_large", TOO_LARGE)
        else:
            error = ApiError(status, "bad_request", UNREADABLE)
        transport = self.transport
        if transport is not None:
            self._let_go()
            Refusal(self._state, transport, self._head, error)
        return web.Response(status=status)

    def leave_to_websockets(self, request: web.BaseRequest) -> bool:
        """Hand the connection back where a request, all before it answered, is a handshake."""
        transport = self.transport
        # aiohttp reads no further than the head of a handshake, so it is the last that was read.
        if not self._upgraded or self._messages or transport is None or transport.is_closing():
            return False
        received = _head_of(request) + self._message_tail
        self._let_go()
        if not transport.is_reading():
            transport.resume_reading()
        self._hand_back(received)
        return True

    def _let_go(self) -> None:
        """To aiohttp the client has hung up: it answers no more, and leaves the rest unread."""
        self.transport = None
        self.connection_lost(None)


@web.middleware
async def websockets_aside(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Let no handshake go on as a request: whoever takes the connection over judges it."""
    protocol = cast("HttpProtocol", request.protocol)
    if protocol.leave_to_websockets(request):
        return web.Response()  # which goes nowhere
    return await handler(request)


def _head_of(request: web.BaseRequest) -> bytes:
    """Write a request's head as it came."""
    version = request.version
    begin = f"{request.method} {request.raw_path} HTTP/{version.major}.{version.minor}"
    lines = [begin.encode(errors="surrogateescape")]
    lines += [b"%b: %b" % header for header in request.raw_headers]
    return b"\r\n".join([*lines, b"", b""])
