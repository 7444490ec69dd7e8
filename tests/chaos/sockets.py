"""Clients without a library, many to a process: good ones, and ones that misbehave."""

import asyncio
import base64
import os
import re
import socket
import time
from contextlib import suppress

_OFFSET = re.compile(rb'"offset":(\d+),')
HANDSHAKE = (
    "GET /ws{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def handshake(port: int, query: str = "") -> bytes:
    """Make the bytes of one."""
    key = base64.b64encode(os.urandom(16)).decode()
    return HANDSHAKE.format(query=query, port=port, key=key).encode()


class Sender(asyncio.Protocol):
    """Sends the beginning of something, then a byte now and then, and never the end."""

    def __init__(self, begin: bytes) -> None:
        self._begin = begin
        self.gone_s: float | None = None
        """When the relay hung up, monotonic seconds."""
        self.made_s = 0.0
        """When it had been connected, likewise."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.made_s = time.monotonic()
        if self._begin:
            transport.write(self._begin)

    def trickle(self) -> None:
        """Send a byte more."""
        if self.gone_s is None:
            self.transport.write(b"x")

    def eof_received(self) -> None:
        self._note()

    def connection_lost(self, exc: Exception | None) -> None:
        self._note()

    def _note(self) -> None:
        if self.gone_s is None:
            self.gone_s = time.monotonic()


async def connect_each(port: int, clients: "list[Sender] | list[Resumer]") -> None:
    """Connect many, some at a time."""
    loop = asyncio.get_running_loop()
    for begin in range(0, len(clients), 200):
        await asyncio.gather(
            *(
                loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
                for client in clients[begin : begin + 200]
            )
        )


class Resumer(asyncio.Protocol):
    """Subscribes to a room from a position, and counts what comes."""

    def __init__(self, request: bytes, first: int, last: int) -> None:
        self._request = request
        self._next, self._last = first, last
        self._tail = b""
        self.done = asyncio.get_running_loop().create_future()
        """Done when all up to `last` have come, in order."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self.done.done():
            return
        data = self._tail + data
        end = 0
        for found in _OFFSET.finditer(data):
            end = found.end()
            offset = int(found[1])
            if offset == self._next:
                self._next += 1
            elif offset > self._next:
                self.done.set_exception(AssertionError(f"{offset} instead of {self._next}"))
                return
        self._tail = data[max(end, len(data) - 40) :]
        if self._next > self._last:
            self.done.set_result(time.monotonic())

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(f"lost at {self._next}"))


async def hello_s(port: int) -> float:
    """Connect as a good client does; gives the seconds until it was greeted."""
    begin = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(handshake(port))
        await reader.readuntil(b'"op":"hello"')
        return time.monotonic() - begin
    finally:
        writer.transport.abort()


async def stalled(port: int, query: str) -> socket.socket:
    """Subscribe, and read no more than the first word of it."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, ("127.0.0.1", port))
    await loop.sock_sendall(sock, handshake(port, query))
    await loop.sock_recv(sock, 12)
    return sock


async def trickled(sock: socket.socket, every_s: float) -> int:
    """Read a byte now and then until the relay hangs up; gives how many came."""
    loop = asyncio.get_running_loop()
    count = 0
    with suppress(ConnectionError):
        while await loop.sock_recv(sock, 1):
            count += 1
            await asyncio.sleep(every_s)
    return count
