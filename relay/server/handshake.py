"""Judges WebSocket handshakes before any work is done for them; called by connection."""

import math
from http import HTTPStatus
from typing import Any, NamedTuple

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from relay.errors import CloseCode
from relay.server.access import NOBODY, UNIDENTIFIED, Access
from relay.server.answers import ApiError, error_body
from relay.server.entry import check_sender, check_token, use_token
from relay.server.senders import Sender, sender_of_transport
from relay.server.state import STOPPING, ClientState

WEBSOCKET_PATH = "/ws"

_CLOSE_CODES = {
    "forbidden_origin": CloseCode.FORBIDDEN_ORIGIN,
    "bad_token": CloseCode.BAD_TOKEN,
    "rate_limited": CloseCode.RATE_LIMITED,
    # So that a restart refuses nobody: whoever comes now is told to come again.
    "stopping": CloseCode.SHUTTING_DOWN,
}


class Admission(NamedTuple):
    """Hands are to be shaken."""

    sender: Sender
    access: Access = NOBODY
    """What the client may do."""
    refusal: tuple[CloseCode, str] | None = None
    """What to close with at once, and why."""


def judge_handshake(state: ClientState, transport: Any, request: Request) -> Admission | Response:
    """Admit a client that asks on a connection, or refuse it with an HTTP response.

    A forbidden Origin, a bad token and what comes too often are admitted to be closed: browsers
    don't show pages why a handshake failed, but they do show close codes.
    """
    headers = request.headers
    sender = sender_of_transport(
        transport,
        headers.get_all("X-Forwarded-For"),
        headers.get_all("X-Forwarded-Proto"),
        state.config.server,
    )
    is_here = request.path.partition("?")[0] == WEBSOCKET_PATH
    try:
        hosts, origins = headers.get_all("Host"), headers.get_all("Origin")
        check_sender(state, sender, hosts, origins, headers.get_all("Sec-Fetch-Site"))
        access = _identify(state, sender, request)
        if not is_here:
            raise ApiError(404, "not_found", f"WebSockets are at {WEBSOCKET_PATH}")
        if state.stopping:
            raise ApiError(503, "stopping", STOPPING)
        state.check_seat(access, sender)
    except ApiError as error:
        code = _CLOSE_CODES.get(error.code)
        if code is None or not is_here:
            return _refuse(error)
        reason = str(error)
        if error.retry_after_s is not None:
            reason = f"{reason}; wait {math.ceil(error.retry_after_s)} s"
        return Admission(sender, refusal=(code, reason))
    return Admission(sender, access)


def _identify(state: ClientState, sender: Sender, request: Request) -> Access:
    """Give what the client may do. Raises ApiError."""
    access = check_token(state, sender, request.headers.get_all("Authorization"), request.path)
    if access is None:
        state.refuse("bad_token", f"{sender.address} WebSocket")
        raise ApiError(401, "bad_token", UNIDENTIFIED)
    use_token(state, access)
    return access


def _refuse(error: ApiError) -> Response:
    body = error_body(error.code, str(error))
    headers = Headers(
        {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "X-Content-Type-Options": "nosniff",
        }
    )
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    status = HTTPStatus(error.status)
    return Response(status.value, status.phrase, headers, body)
