"""Judges WebSocket handshakes before any work is done for them; called by websockets."""

from http import HTTPStatus

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from relay.server.answers import error_body
from relay.server.checks import check_request
from relay.server.connection import ClientConnection
from relay.server.state import ServerState

WEBSOCKET_PATH = "/ws"


def judge_handshake(
    state: ServerState, connection: ServerConnection, request: Request
) -> Response | None:
    """Refuse with an HTTP response, or None: shake hands.

    A forbidden Origin is noted only: browsers don't show pages why a handshake failed, so the
    connection is opened and closed with a code.
    """
    headers = request.headers
    hosts, origins = headers.get_all("Host"), headers.get_all("Origin")
    verdict = check_request(hosts, origins, state.config.server)
    if verdict == "host":
        state.refuse("host", ", ".join(hosts))
        return _refuse(
            HTTPStatus.MISDIRECTED_REQUEST, "wrong_host", "this relay does not serve that Host"
        )
    if request.path.partition("?")[0] != WEBSOCKET_PATH:
        return _refuse(HTTPStatus.NOT_FOUND, "not_found", f"WebSockets are at {WEBSOCKET_PATH}")
    if state.stopping:
        return _refuse(HTTPStatus.SERVICE_UNAVAILABLE, "stopping", "the relay is stopping")
    if len(state.clients) >= state.config.server.max_clients:
        state.refuse("too_many_clients", f"{len(state.clients)} connected")
        return _refuse(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "too_many_clients",
            f"{state.config.server.max_clients} clients are connected; see [server] max_clients",
        )
    if verdict == "origin" and isinstance(connection, ClientConnection):
        state.refuse("origin", ", ".join(origins))
        connection.forbidden_origin = True
    return None


def _refuse(status: HTTPStatus, code: str, message: str) -> Response:
    body = error_body(code, message)
    headers = Headers(
        {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "X-Content-Type-Options": "nosniff",
        }
    )
    return Response(status.value, status.phrase, headers, body)
