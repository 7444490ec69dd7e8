"""aiohttp's protocol for one connection, made by the server for each that is no WebSocket.

It answers what never reaches the guard, or comes out of it: requests that can't be read, and
crashes of handlers; and it hands a connection back that is to be a WebSocket after all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import HttpVersion10, HttpVersion11, web
from aiohttp.http_exceptions import LineTooLong

from relay.server.answers import ApiError
from relay.server.direct import reset, tell_of_unsent
from relay.server.guard import add_headers, answer_error
from relay.server.heads import TOO_LARGE, UNREADABLE, wrong_version
from relay.server.refusal import DRAIN_S, TARGET_BYTES, Refusal
from relay.server.senders import counted_address
from relay.server.state import TOO_MANY_CONNECTIONS, ClientState, ServerState

LATER_HEAD_S = 8.0
"""How long the head of a request that is not a connection's first may take to come."""
WHOLE_S = 8.5
"""How long a request may take to come as a whole, its body included, from its first byte on."""
UNREAD_S = 60.0
"""How long a client may leave unread what it was answered."""
TOO_SLOW = f"no whole request within {LATER_HEAD_S:g} s"
HandBack = Callable[[bytes], None]
"""Takes a connection over, with the head of a request and what was received behind it."""
MakeHttp = Callable[[HandBack, float], asyncio.Protocol]
"""Makes what answers HTTP on one connection, which began at a time of the loop."""


class HttpProtocol(web.RequestHandler):
    """Errors as all others of the relay, in place of aiohttp's texts, which repeat the request."""

    def __init__(
        self,
        hand_back: HandBack,
        begun_s: float,
        *,
        state: ServerState,
        **kwargs: Any,
    ) -> None:
        """`begun_s`: when the first request began to come, by the loop's time."""
        # So long aiohttp waits for the rest of a body that was answered before its end.
        super().__init__(lingering_time=DRAIN_S, **kwargs)
        self._state = state
        self._hand_back = hand_back
        self._head = b""
        """The beginning of the request that is being read, where the client has waited for the
        answers before; else perhaps of an earlier one."""
        self._heads = 0
        self._address = ""
        self._begun_s = begun_s
        """When that request began to come."""
        self._head_deadline: asyncio.TimerHandle | None = None
        """While a later head than the first comes."""
        self._unread_deadline: asyncio.TimerHandle | None = None
        """While something is unsent."""
        self._made: asyncio.Transport | None = None
        """The transport, which aiohttp forgets while something is unsent still."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection among those that are no clients."""
        super().connection_made(transport)
        self._made = cast("asyncio.Transport", transport)
        tell_of_unsent(self._made)
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
        if self._unread_deadline is not None:
            self._unread_deadline.cancel()
            self._unread_deadline = None

    def pause_writing(self) -> None:
        """Note that the client has something to read, which it can't leave unread for ever."""
        super().pause_writing()
        if self in self._state.http and self._unread_deadline is None:
            self._unread_deadline = self._loop.call_later(UNREAD_S, self._hang_up, "unread")

    def resume_writing(self) -> None:
        """Note that it has read all."""
        super().resume_writing()
        if self._unread_deadline is not None:
            self._unread_deadline.cancel()
            self._unread_deadline = None

    @property
    def waits_since_s(self) -> float | None:
        """Since when the client has been waited for, to read or to ask, by the loop's time.

        None: it waits for us, or is just sending something.
        """
        if self._unread_deadline is not None:
            return self._unread_deadline.when() - UNREAD_S
        waiter = self._waiter
        if waiter is None or waiter.done() or self._head_deadline is not None:
            return None
        return self._next_keepalive_close_time - self._keepalive_timeout

    def make_way(self) -> None:
        """Hang up, as there are too many connections, and this one is of the least use."""
        self._hang_up("http_connections")

    def _hang_up(self, cause: str) -> None:
        self._state.refuse(cause, f"from {self._address}" if self._address else "")
        self.become_client()
        if self._made is not None:
            reset(self._made)

    def body_by_s(self) -> float:
        """Say by when the body of the request that is answered has to be there."""
        # Of one that came along with others it isn't known when it began.
        is_known = self._heads == self._request_count - 1
        return (self._begun_s if is_known else self._loop.time()) + WHOLE_S

    def data_received(self, data: bytes) -> None:
        """Read on; note what a request is for, as aiohttp doesn't say it of one it can't read."""
        waiter = self._waiter
        if waiter is not None and not waiter.done() and self._heads != self._request_count:
            self._head = b""
            self._heads = self._request_count
            self._begun_s = self._loop.time()
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

    def refuse_version(self, request: web.BaseRequest) -> bool:
        """Hang up on a request of a version of HTTP that aiohttp would answer in kind."""
        transport = self.transport
        if request.version in (HttpVersion11, HttpVersion10) or transport is None:
            return False
        fault = wrong_version()
        self._state.refuse(fault.cause, f"from {self._address}" if self._address else "")
        self._let_go()
        Refusal(self._state, transport, _head_of(request)[:TARGET_BYTES], fault.error)
        return True

    def _let_go(self) -> None:
        """To aiohttp the client has hung up: it answers no more, and leaves the rest unread."""
        self.transport = None
        self.connection_lost(None)


def answer_http(
    state: ClientState,
    transport: asyncio.Transport,
    received: bytes,
    protocol: Callable[[], asyncio.Protocol],
) -> None:
    """Have HTTP answered on a connection; or refuse it, where there are too many.

    The one whose client has been waited for longest makes way, if there is any.
    """
    refusal = _check_connections(state, transport)
    if refusal is not None:
        Refusal(state, transport, received[:TARGET_BYTES], refusal)
        return
    answering = protocol()
    transport.set_protocol(answering)
    answering.connection_made(transport)
    answering.data_received(received)


def _check_connections(state: ClientState, transport: asyncio.Transport) -> ApiError | None:
    address = counted_address(transport, state.config.server)
    if not state.limits.may_connect(address):
        state.refuse("address_connections", f"from {address}")
        return ApiError(429, "too_many_connections", TOO_MANY_CONNECTIONS)
    most = state.config.limits.http_connections
    if len(state.http) < most:
        return None
    waiting = [(since_s, id(one), one) for one in state.http if (since_s := one.waits_since_s)]
    if waiting:
        min(waiting)[2].make_way()
        return None
    state.refuse("http_connections", f"from {address}" if address else "")
    text = f"{most} HTTP connections are open; see [limits] http_connections"
    return ApiError(503, "too_many_connections", text)


@web.middleware
async def websockets_aside(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Let no handshake go on as a request: whoever takes the connection over judges it.

    Nor what speaks another version of HTTP.
    """
    protocol = cast("HttpProtocol", request.protocol)
    if protocol.refuse_version(request) or protocol.leave_to_websockets(request):
        return web.Response()  # which goes nowhere
    return await handler(request)


def _head_of(request: web.BaseRequest) -> bytes:
    """Write a request's head as it came."""
    version = request.version
    begin = f"{request.method} {request.raw_path} HTTP/{version.major}.{version.minor}"
    lines = [begin.encode(errors="surrogateescape")]
    lines += [b"%b: %b" % header for header in request.raw_headers]
    return b"\r\n".join([*lines, b"", b""])
