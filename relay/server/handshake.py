"""Judges WebSocket handshakes before any work is done for them; called by connection."""

import math
from http import HTTPStatus
from typing import NamedTuple

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from relay.errors import CloseCode
from relay.server.access import NOBODY, UNIDENTIFIED, Access
from relay.server.answers import error_body
from relay.server.checks import FORBIDDEN_ORIGIN, WRONG_HOST, check_request
from relay.server.state import ClientState

WEBSOCKET_PATH = "/ws"


class Admission(NamedTuple):
    """Hands are to be shaken."""

    access: Access = NOBODY
    """What the client may do."""
    refusal: tuple[CloseCode, str] | None = None
    """What to close with at once, and why."""


def judge_handshake(state: ClientState, peer: str, request: Request) -> Admission | Response:
    """Admit a client, or refuse it with an HTTP response; `peer` is its address, for logs.

    A forbidden Origin, a bad token and a token used too often are admitted to be closed: browsers
    don't show pages why a handshake failed, but they do show close codes.
    """
    headers = request.headers
    hosts, origins = headers.get_all("Host"), headers.get_all("Origin")
    verdict = check_request(hosts, origins, state.config.server)
    if verdict == "host":
        state.refuse("host", ", ".join(hosts))
        return _refuse(HTTPStatus.MISDIRECTED_REQUEST, "wrong_host", WRONG_HOST)
    if request.path.partition("?")[0] != WEBSOCKET_PATH:
        return _refuse(HTTPStatus.NOT_FOUND, "not_found", f"WebSockets are at {WEBSOCKET_PATH}")
    if state.stopping:
        return _refuse(HTTPStatus.SERVICE_UNAVAILABLE, "stopping", "the relay is stopping")
    if state.is_full:
        state.refuse("too_many_clients", f"{len(state.clients)} connected, {state.polls} polling")
        return _refuse(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "too_many_clients",
            f"{state.config.server.max_clients} clients are connected; see [server] max_clients",
        )
    if verdict == "origin":
        state.refuse("origin", ", ".join(origins))
        return Admission(refusal=(CloseCode.FORBIDDEN_ORIGIN, FORBIDDEN_ORIGIN))
    access = state.keyring.identify(headers.get_all("Authorization"), request.path)
    if access is None:
        state.refuse("bad_token", f"{peer} WebSocket")
        return Admission(refusal=(CloseCode.BAD_TOKEN, UNIDENTIFIED))
    wait_s = state.keyring.take(access)
    if wait_s is not None:
        state.refuse("rate_limited", access.name)
        reason = f"too many requests with this token; wait {math.ceil(wait_s)} s"
        return Admission(refusal=(CloseCode.RATE_LIMITED, reason))
    return Admission(access)


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
