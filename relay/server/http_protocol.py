"""aiohttp's protocol for one connection, made by the server for each that is no WebSocket.

It answers what never reaches the guard, or comes out of it: requests that can't be read, and
crashes of handlers.
"""

from aiohttp import web

from relay.server.answers import ApiError
from relay.server.guard import add_headers, answer_error


class HttpProtocol(web.RequestHandler):
    """Errors as all others of the relay, in place of aiohttp's texts, which repeat the request."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Log and answer an error, and hang up."""
        super().handle_error(request, status, exc, message)
        if status < 500:
            error = ApiError(status, "bad_request", "the request can't be read as HTTP")
        else:
            error = ApiError(status, "internal", "the relay failed; its log says how")
        response = answer_error(request, error)
        add_headers(response)
        response.force_close()
        return response
