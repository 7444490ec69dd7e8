"""One end of the pair between the relay and a worker: whole messages, with flow control."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import cast

UNSENT_BYTES = 1024 * 1024
"""What the transport may hold before the rest waits here."""
_LENGTH_BYTES = 4
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""Of a message; none comes near. One that claims more is from a process that has gone mad."""


class Channel(asyncio.Protocol):
    """Sends messages in the order in which they are given; `lost` is called when it breaks."""

    def __init__(self, take: Callable[[memoryview], None], lost: Callable[[], None]) -> None:
        """`take` is given each message that comes, without its length."""
        self.waiting_bytes = 0
        """Of messages that wait; pieces that are made as they are sent don't count."""
        self.take = take
        self.lost = lost
        self._waiting: deque[bytes | Iterator[bytes]] = deque()
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self._closing = False
        self._over = asyncio.Event()
        self._flushing: asyncio.Handle | None = None
        self._received = bytearray()
        """The beginning of a message that is not complete."""
        self._wanted = 0
        """How much of it has to be there to go on."""

    def send(self, message: bytes) -> None:
        """Send a message, with its length in front; nothing once it is broken."""
        if self._over.is_set():
            return
        self._waiting.append(message)
        self.waiting_bytes += len(message)
        self._wake()

    def send_pieces(self, pieces: Iterator[bytes]) -> None:
        """Send messages that are made no sooner than they can be sent."""
        self._waiting.append(pieces)
        self._wake()

    async def finish(self) -> None:
        """Close it behind all that was sent; nothing more is to be received."""
        self._closing = True
        self._wake()
        await self._over.wait()

    def close(self) -> None:
        """Break it off."""
        self._waiting.clear()
        if self._transport is not None:
            self._transport.abort()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(UNSENT_BYTES)

    def data_received(self, data: bytes) -> None:
        """Take the messages that are complete."""
        if self._received:
            self._received += data
            if len(self._received) < self._wanted:
                return
            data = bytes(self._received)
        view = memoryview(data)
        begin, self._wanted = 0, _LENGTH_BYTES
        while len(data) - begin >= _LENGTH_BYTES:
            body = begin + _LENGTH_BYTES
            end = body + int.from_bytes(view[begin:body], "big")
            if end - body > MAX_MESSAGE_BYTES:
                self.close()
                return
            if end > len(data):
                self._wanted = end - begin
                break
            self.take(view[body:end])
            begin = end
        self._received = bytearray(view[begin:])

    def pause_writing(self) -> None:
        """Wait: the other end does not read."""
        self._paused = True

    def resume_writing(self) -> None:
        """Go on."""
        self._paused = False
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up."""
        self._transport = None
        self._waiting.clear()
        self.waiting_bytes = 0
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        self._over.set()
        self.lost()

    def _wake(self) -> None:
        if self._flushing is None and not self._paused and self._transport is not None:
            # What comes in one turn is joined to one write.
            self._flushing = asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = None
        joined: list[bytes] = []
        size = 0
        while self._waiting and size < UNSENT_BYTES:
            item = self._waiting[0]
            if isinstance(item, bytes):
                self._waiting.popleft()
                self.waiting_bytes -= len(item)
                piece: bytes | None = item
            else:
                piece = next(item, None)
                if piece is None:
                    self._waiting.popleft()
                    continue
            if piece is not None:
                joined.append(piece)
                size += len(piece)
        if joined and self._transport is not None:
            self._transport.write(b"".join(joined))
        if self._waiting:
            self._wake()
        elif self._closing and self._transport is not None:
            self._transport.close()
