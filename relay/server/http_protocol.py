"""aiohttp's protocol for one connection, made by the server for each that is no WebSocket.

It answers what never reaches the guard, or comes out of it: requests that can't be read, and
crashes of handlers.
"""

from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from relay.server.answers import ApiError
from relay.server.guard import add_headers, answer_error
from relay.server.refusal import TARGET_BYTES, Refusal
from relay.server.state import ServerState

UNREADABLE = "the request can't be read as HTTP"
TOO_LARGE = "the request line and headers are too long; a line may have 8190 bytes, all 16384"


class HttpProtocol(web.RequestHandler):
    """Errors as all others of the relay, in place of aiohttp's texts, which repeat the request."""

    def __init__(self, *args: Any, state: ServerState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._state = state
        self._head = b""
        """The beginning of the request that is being read, where the client has waited for the
        answers before; else perhaps of an earlier one."""
        self._heads = 0

    def data_received(self, data: bytes) -> None:
        """Read on; note what a request is for, as aiohttp doesn't say it of one it can't read."""
        waiter = self._waiter
        if waiter is not None and not waiter.done() and self._heads != self._request_count:
            self._head = b""
            self._heads = self._request_count
        self._head += data[: TARGET_BYTES - len(self._head)]
        super().data_received(data)

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
        transport, self.transport = self.transport, None
        if transport is not None:
            Refusal(self._state, transport, self._head, error)
            # To aiohttp the client has hung up: it answers no more, and leaves the rest unread.
            self.connection_lost(None)
        return web.Response(status=status)
