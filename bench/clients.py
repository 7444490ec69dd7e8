"""A crowd of WebSocket readers in one process, cheap enough not to be what is measured."""

import asyncio
import base64
import os
import re
from dataclasses import dataclass, field

_OFFSET = re.compile(rb'"offset":(\d+)')
_EVENT = b'{"method"'
_TAIL = len(_EVENT) - 1


@dataclass
class Reader(asyncio.Protocol):
    """Counts event frames without parsing them; keeps the ends of the stream to check offsets."""

    path: str
    open: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    events: int = 0
    received_bytes: int = 0
    head: bytes = b""
    tail: bytes = b""
    closed: bool = False
    transport: asyncio.Transport | None = None
    _shaken: bool = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        host, port = transport.get_extra_info("peername")[:2]
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.received_bytes += len(data)
        joint = self.tail[-_TAIL:] + data
        self.events += joint.count(_EVENT)
        if len(self.head) < 4096:
            self.head += data[:4096]
        self.tail = (self.tail + data)[-8192:]
        if not self._shaken and b"\r\n\r\n" in self.head:
            self._shaken = True
            if self.head.startswith(b"HTTP/1.1 101"):
                self.open.set_result(None)
            else:
                self.open.set_exception(ConnectionError(self.head[:80].decode()))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True

    @property
    def last_offset(self) -> int:
        """Offset of the last whole event seen."""
        found = _OFFSET.findall(self.tail)
        return int(found[-1]) if found else 0

    @property
    def first_offset(self) -> int:
        """Offset of the first event seen."""
        after = self.head.find(_EVENT)
        found = _OFFSET.search(self.head, after) if after >= 0 else None
        return int(found[1]) if found else 0


async def connect_crowd(host: str, port: int, path: str, count: int) -> list[Reader]:
    """Open `count` connections, 100 at a time, and wait until all have shaken hands."""
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    while len(readers) < count:
        batch = [Reader(path) for _ in range(min(100, count - len(readers)))]
        for reader in batch:
            await loop.create_connection(lambda r=reader: r, host, port)
        await asyncio.gather(*(reader.open for reader in batch))
        readers += batch
    return readers
