"""Turns a connection away: an error, and time to read it; used by port and http_protocol.

A connection that is closed while something on it is unread is reset, and its client may never see
the error. So what still comes is read, and dropped, for a while.
"""

import asyncio
import re
from typing import cast

from relay.server.answers import ApiError
from relay.server.guard import add_headers, answer_error
from relay.server.state import ClientState

DRAIN_S = 1.0
"""How long a client that was turned away may take to hang up."""
MAX_LEAVING = 1_000
"""Connections that may be leaving at once; beyond, those that are turned away are told nothing."""
TARGET_BYTES = 256
"""As much of a request as tells what it is for."""

_TARGET = re.compile(rb"[A-Za-z]+ +([^ ?#\r\n]*)")


def note_leaving(state: ClientState, transport: asyncio.Transport) -> bool:
    """Count a connection among those that are leaving; False: there are too many of them."""
    state.leaving.add(transport)
    return len(state.leaving) <= MAX_LEAVING


class Refusal(asyncio.Protocol):
    """What remains of a connection; it belongs to nobody else any more."""

    def __init__(
        self, state: ClientState, transport: asyncio.Transport, head: bytes, error: ApiError
    ) -> None:
        """Send `error` in the form of what `head`, the beginning of a request, asks for."""
        self._transport = transport
        self._leaving = state.leaving
        may_drain = note_leaving(state, transport)
        self._deadline = asyncio.get_running_loop().call_later(DRAIN_S, transport.abort)
        transport.set_protocol(self)
        if not transport.is_reading():
            transport.resume_reading()
        transport.write(_write(state, head, error))
        if transport.can_write_eof():
            transport.write_eof()
        else:  # TLS knows no half-closed connections
            transport.close()
        if not may_drain:
            transport.abort()

    def eof_received(self) -> None:
        """Hang up, as the client has."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._leaving.discard(self._transport)
        self._deadline.cancel()


def _write(state: ClientState, head: bytes, error: ApiError) -> bytes:
    found = _TARGET.match(head)
    path = "" if found is None else found[1].decode("latin-1")
    response = answer_error(path, state.config.rest, error)
    add_headers(response)
    body = cast("bytes", response.body)
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "\r\n"]
    return "\r\n".join(lines).encode() + body
