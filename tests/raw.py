"""Sockets without a library: what misbehaving clients send, and clients that stop reading."""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from serving import Relay
from websockets.frames import Frame, Opcode


@asynccontextmanager
async def raw_connection(
    relay: Relay,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.server.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def talk(relay: Relay, data: bytes) -> bytes:
    """Send bytes and give everything that comes until the server hangs up."""
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(data)
        return await reader.read()


def handshake(relay: Relay, path: str = "/ws", host: str = "") -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{relay.server.port}'}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def parse_frames(data: bytes) -> list[tuple[Opcode, bytes]]:
    """Take apart whole unmasked frames."""
    frames = []
    at = data.index(b"\r\n\r\n") + 4
    while at + 2 <= len(data):
        opcode, length = Opcode(data[at] & 15), data[at + 1]
        at += 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length <= len(data):
            frames.append((opcode, data[at : at + length]))
        at += length
    return frames


class LazyClient:
    """A client that reads only when it is told to, through a small receive buffer."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.received = bytearray()

    async def send(self, frame: Frame) -> None:
        await self.send_bytes(frame.serialize(mask=True))

    async def send_bytes(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._sock, data)

    def reset(self) -> None:
        """Hang up without a word."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    async def read_until(self, wanted: bytes, *, times: int = 1) -> None:
        """Read until some bytes have come; EOFError where the server hangs up before."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(20):
            found = self.received.count(wanted)
            while found < times:
                data = await loop.sock_recv(self._sock, 65536)
                if not data:
                    raise EOFError
                searched = max(len(self.received) - len(wanted) + 1, 0)
                self.received += data
                found += self.received.count(wanted, searched)

    async def read_some(self, max_bytes: int) -> None:
        """Read what there is, or wait for something."""
        async with asyncio.timeout(20):
            self.received += await asyncio.get_running_loop().sock_recv(self._sock, max_bytes)

    async def read_to_end(self) -> None:
        """Read until the server hangs up or cuts off."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(20):
            try:
                while data := await loop.sock_recv(self._sock, 65536):
                    self.received += data
            except ConnectionResetError:
                pass


@asynccontextmanager
async def lazy_connection(
    relay: Relay, request: bytes, until: bytes = b'"op":"room"'
) -> AsyncIterator[LazyClient]:
    """A client that has asked for something and read up to some bytes: those of a room's state."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, ("127.0.0.1", relay.server.port))
        await loop.sock_sendall(sock, request)
        client = LazyClient(sock)
        await client.read_until(until)
        yield client


@asynccontextmanager
async def lazy_client(relay: Relay, path: str) -> AsyncIterator[LazyClient]:
    async with lazy_connection(relay, handshake(relay, path)) as client:
        yield client
