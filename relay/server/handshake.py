"""Reads, judges and answers WebSocket handshakes before any work is done; called by connection."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from websockets.http11 import Request
from websockets.server import ServerProtocol

from relay.errors import CloseCode
from relay.server.access import NOBODY, UNIDENTIFIED, Access
from relay.server.answers import ApiError
from relay.server.checks import hosts_named, path_of
from relay.server.entry import check_sender, check_token, use_token
from relay.server.heads import bad_http, find_fault
from relay.server.senders import Sender, peer_of, sender_of_transport
from relay.server.state import STOPPING, ClientState

WEBSOCKET_PATH = "/ws"

_ANSWERS: Mapping[int, tuple[str, Mapping[str, str]]] = {
    405: ("method_not_allowed", {"Allow": "GET"}),
    426: ("upgrade_required", {"Upgrade": "websocket"}),
    505: ("version_not_supported", {}),
}
"""What handshakes are answered with that are none: code, and headers, by status."""
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


def read_handshake(
    state: ClientState, transport: Any, protocol: ServerProtocol, head: bytes
) -> Request:
    """Parse a whole head. Raises ApiError where it can't be read."""
    fault = find_fault(head[:-2])
    if fault is None:
        protocol.receive_data(head)
        for request in protocol.events_received():
            if isinstance(request, Request):  # whatever else it might be, it can't come yet
                return request
        fault = bad_http()
    state.refuse(fault.cause, f"from {peer_of(transport)}")
    raise fault.error


def judge_handshake(state: ClientState, transport: Any, request: Request) -> Admission:
    """Admit a client that asks on a connection. Raises ApiError.

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
    is_here = path_of(request.path).partition("?")[0] == WEBSOCKET_PATH
    try:
        check_sender(
            state,
            sender,
            hosts=hosts_named(headers.get_all("Host"), request.path),
            origins=headers.get_all("Origin"),
            sites=headers.get_all("Sec-Fetch-Site"),
        )
        access = _identify(state, sender, request)
        if not is_here:
            raise ApiError(404, "not_found", f"WebSockets are at {WEBSOCKET_PATH}")
        if state.stopping:
            raise ApiError(503, "stopping", STOPPING)
        state.check_seat(access, sender)
    except ApiError as error:
        code = _CLOSE_CODES.get(error.code)
        if code is None or not is_here:
            raise
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


def forget(protocol: ServerProtocol) -> None:
    """Leave nothing in a protocol that holds it: its parser, and errors by where they were raised.

    It would be left to the garbage collector else, see connection. Nothing may be read any more.
    """
    protocol.parser.close()
    if protocol.handshake_exc is not None:  # which the request has, too
        protocol.handshake_exc.__traceback__ = None
    protocol.parser_exc = protocol.handshake_exc = None


def shake_hands(protocol: ServerProtocol, request: Request) -> None:
    """Have the protocol answer; its output has what is to be sent then. Raises ApiError."""
    response = protocol.accept(request)
    if response.status_code != 101:
        # It says in a sentence of its own what the handshake lacks.
        said = response.body.decode().partition("\n")[0]
        code, headers = _ANSWERS.get(response.status_code, ("bad_request", {}))
        raise ApiError(response.status_code, code, said, headers=headers)
    protocol.send_response(response)
