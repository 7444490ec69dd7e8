"""Lets the hub write to sockets past their transports; used by the connections.

For that it needs to know of every byte that a transport holds, see hub/fanout. That the kernel
takes no more is also where a client begins to be behind: it has a lot unread by then.
"""

import asyncio
import os
import socket
import struct
from contextlib import suppress

from relay.hub import Subscriber

WRITE_HIGH_BYTES = 0
"""Unsent bytes that a transport may hold before it says pause."""
_TLS_HIGH_BYTES = 1
"""The same with TLS, where asyncio pauses at the limit, not above it: at nothing unsent."""


def descriptor_of(transport: asyncio.Transport) -> int:
    """Give the number of a transport's socket; -1 where it mustn't be written to directly."""
    if transport.get_extra_info("sslcontext") is not None:
        return -1
    held = transport.get_extra_info("socket")
    return -1 if held is None else int(held.fileno())


def reset(transport: asyncio.Transport) -> None:
    """Hang up at once, and have the kernel throw away what it holds unsent.

    Else it keeps megabytes of each client that doesn't read, for minutes after that has gone here.
    """
    held = transport.get_extra_info("socket")
    if held is not None and not transport.is_closing():
        # uvloop's own object can't set options; one more descriptor of the same socket can.
        with suppress(OSError), socket.socket(fileno=os.dup(held.fileno())) as same:
            same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def tell_of_unsent(transport: asyncio.Transport) -> None:
    """Have a transport pause its protocol for as long as it holds anything unsent."""
    is_tls = transport.get_extra_info("sslcontext") is not None
    transport.set_write_buffer_limits(_TLS_HIGH_BYTES if is_tls else WRITE_HIGH_BYTES)


def take_over(
    transport: asyncio.Transport, protocol: asyncio.Protocol, subscriber: Subscriber
) -> None:
    """Make `protocol`, which pauses `subscriber`, the one that a transport tells of everything."""
    transport.set_protocol(protocol)
    tell_of_unsent(transport)
    if transport.get_write_buffer_size() and not subscriber.paused:
        # It has said so to the protocol before, as what that wrote was more than it liked.
        protocol.pause_writing()
