"""Notices clients that have stopped reading long before their buffers are full; kept by state.

What a client has not read fills its own kernel's buffer first, then ours: at a hundred events a
second that takes a minute, in which nothing is unsent as far as the transport knows. But TCP tells
how far the client's kernel would take bytes, its window's right edge, and that moves on only as
the client reads. Linux says where it is; not exactly, so that who seems to read nothing is asked
for a pong.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Protocol

from relay.hub import Subscriber
from relay.server.keep_alive import Wheel

LOOK_S = 0.5
"""How often each client is looked at."""
UNREAD_BYTES = 4 * 1024
"""A client with less than this to read is not judged: kernels tell of small reads late."""
SUSPECT_SHARE = 3 / 4
"""Of what a client was given, how much it has to have read not to be asked."""
SILENT_SHARE = 1 / 8
"""The same where it can't be asked. The edge creeps on a little by itself."""

_TCP_INFO_BYTES = 232
_BYTES_ACKED = struct.Struct("=Q")
_BYTES_ACKED_AT = 120
_NUMBER = struct.Struct("=I")
_NOT_SENT_AT = 144
_WINDOW_AT = 228


class Watched(Protocol):
    """A client, as it is watched."""

    subscriber: Subscriber
    transport: asyncio.Transport

    def ask(self) -> bool:
        """Ask for an answer behind all that it has to read; False: it can't give one."""
        ...

    @property
    def has_answered(self) -> bool:
        """Whether the answer has come."""
        ...


class _Mark:
    """Where a client was when it had read last, and when it still had next to nothing to read."""

    __slots__ = ("asked", "at_s", "client", "edge", "given")

    def __init__(self, client: Watched) -> None:
        self.client = client
        self.given = 0
        self.edge = 0
        self.at_s = asyncio.get_running_loop().time()
        self.asked = False


class StallWatch:
    """The clients, each with its mark."""

    def __init__(self, slow_s: Callable[[], float]) -> None:
        """`slow_s` gives how long a client may read nothing."""
        self._slow_s = slow_s
        self._marks: dict[Watched, _Mark] = {}
        self._wheel: Wheel[_Mark] = Wheel(LOOK_S, self._look)

    def add(self, client: Watched) -> None:
        """Watch a client."""
        mark = self._marks[client] = _Mark(client)
        self._wheel.add(mark)

    def remove(self, client: Watched) -> None:
        """Watch a client, which was added once, no more."""
        self._wheel.remove(self._marks.pop(client))

    def _look(self, mark: _Mark) -> None:
        client = mark.client
        if client.subscriber.closed or client.transport.is_closing():
            return
        told = _look_into(client.transport)
        if told is None:
            return
        given, edge = told
        now_s = asyncio.get_running_loop().time()
        to_read, read = given - mark.given, edge - mark.edge
        is_late = now_s - mark.at_s >= self._slow_s()
        if read > to_read * SUSPECT_SHARE or not to_read or (mark.asked and client.has_answered):
            mark.given, mark.edge, mark.at_s, mark.asked = given, edge, now_s, False
        elif to_read < UNREAD_BYTES:
            mark.at_s = now_s
        elif not mark.asked and (asked := client.ask()):
            mark.asked = asked
        elif is_late and (mark.asked or read <= to_read * SILENT_SHARE):
            client.subscriber.stall()


def _look_into(transport: asyncio.Transport) -> tuple[int, int] | None:
    """Give how many bytes our kernel was given, and how many the other end's would take.

    None: it can't be known.
    Both are counted from the connection's beginning.
    """
    held = transport.get_extra_info("socket")
    number = -1 if held is None else held.fileno()
    if number < 0 or not hasattr(socket, "TCP_INFO"):
        return None
    # uvloop's own object can't be asked for options.
    same = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=number)
    try:
        info = same.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    except OSError:
        return None
    finally:
        same.detach()
    if len(info) < _TCP_INFO_BYTES:
        return None
    (taken,) = _BYTES_ACKED.unpack_from(info, _BYTES_ACKED_AT)
    (not_sent,) = _NUMBER.unpack_from(info, _NOT_SENT_AT)
    (window,) = _NUMBER.unpack_from(info, _WINDOW_AT)
    return taken + not_sent, taken + window
