"""Lets the hub write to sockets past their transports; used by the connections.

For that it needs to know of every byte that a transport holds, see hub/fanout. That the kernel
takes no more is also where a client begins to be behind: it has a lot unread by then.
"""

import asyncio

from relay.hub import Subscriber

WRITE_HIGH_BYTES = 0
"""Unsent bytes that a transport may hold before it says pause."""


def descriptor_of(transport: asyncio.Transport) -> int:
    """Give the number of a transport's socket; -1 where it mustn't be written to directly."""
    if transport.get_extra_info("sslcontext") is not None:
        return -1
    socket = transport.get_extra_info("socket")
    return -1 if socket is None else int(socket.fileno())


def take_over(
    transport: asyncio.Transport, protocol: asyncio.Protocol, subscriber: Subscriber
) -> None:
    """Make `protocol`, which pauses `subscriber`, the one that a transport tells of everything."""
    transport.set_protocol(protocol)
    transport.set_write_buffer_limits(WRITE_HIGH_BYTES)
    if transport.get_write_buffer_size() and not subscriber.paused:
        # It has said so to the protocol before, as what that wrote was more than it liked.
        protocol.pause_writing()
