"""What came from one WebSocket client and is not obeyed yet, within bounds; kept by connection.

Compressed, a read of 256 KiB may hold 64 MiB of messages. So bytes are kept as they came, and only
so many of them are parsed that a few messages wait.
"""

from typing import Protocol

from websockets.frames import Frame, Opcode

from relay.hub import Stream, Subscription
from relay.server.messages import MAX_MESSAGE_BYTES

SLICE_BYTES = 1024
"""Bytes that are parsed at once: fewer than 200 frames, or about 40 of the longest messages."""
READ_AHEAD = 16
"""Messages that may wait before no more is parsed; what one slice brings comes on top."""
FEW = READ_AHEAD // 4
"""Messages that may wait when parsing goes on."""
READ_AHEAD_BYTES = FEW * MAX_MESSAGE_BYTES
"""Bytes of messages that may wait before no more is parsed; likewise."""


class Reader(Protocol):
    """Who obeys a connection's messages; wants to know what the hub does to its subscriptions."""

    async def begin(self, path: str) -> None:
        """Do what path and query of the handshake ask for."""
        ...

    async def read(self, message: str | bytes) -> None:
        """Obey one message."""
        ...

    def close(self) -> None:
        """Give everything up: the connection is gone."""
        ...

    def moved(self, old: Stream, subscription: Subscription) -> None:
        """Tell that a room turned out to be another one."""
        ...

    def ended(self, subscription: Subscription, reason: str) -> None:
        """Tell that a room is no longer watched."""
        ...

    def end_forbidden(self) -> None:
        """End the subscriptions to rooms that the client's token is not for any more."""
        ...


class Inbox:
    """Bytes that are not parsed, and messages that are not obeyed."""

    __slots__ = ("_at", "_is_text", "_messages", "_partial", "_unparsed", "_waiting_bytes")

    def __init__(self) -> None:
        self._unparsed = b""
        self._at = 0
        """Where in them the next slice begins."""
        self._messages: list[tuple[bytes, bool]] = []
        """Not decoded, as text takes up to four times as much, and whether they are text."""
        self._waiting_bytes = 0
        self._partial: bytearray | None = None
        """What has come of a message in fragments."""
        self._is_text = False
        """Whether the message that came last, or is coming, is text."""

    @property
    def has_messages(self) -> bool:
        """Whether a message waits."""
        return bool(self._messages)

    @property
    def has_few(self) -> bool:
        """Whether it is time to parse on, so that messages don't run out."""
        return len(self._messages) <= FEW

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be parsed."""
        return len(self._messages) > READ_AHEAD or self._waiting_bytes > READ_AHEAD_BYTES

    @property
    def has_bytes(self) -> bool:
        """Whether there is something to parse."""
        return self._at < len(self._unparsed)

    def add(self, data: bytes) -> None:
        """Keep what was received."""
        self._unparsed = self._unparsed[self._at :] + data
        self._at = 0

    def next_slice(self) -> bytes:
        """Take the bytes to be parsed next."""
        begin = self._at
        self._at += SLICE_BYTES
        data = self._unparsed[begin : self._at]
        if not self.has_bytes:
            self.drop_bytes()
        return data

    def drop_bytes(self) -> None:
        """Forget what is not parsed."""
        self._unparsed = b""
        self._at = 0

    def take(self, frame: Frame) -> None:
        """Keep a data frame as a message, or as a part of one."""
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        data = bytes(frame.data)
        if not frame.fin or self._partial is not None:
            # In one piece, so that many short or empty fragments hold no memory.
            if self._partial is None:
                self._partial = bytearray()
            self._partial += data
            if not frame.fin:
                return
            data, self._partial = bytes(self._partial), None
        self._messages.append((data, self._is_text))
        self._waiting_bytes += len(data)

    def next_message(self) -> str | bytes:
        """Take the message to be obeyed next. Raises UnicodeDecodeError."""
        data, is_text = self._messages.pop(0)
        self._waiting_bytes -= len(data)
        return data.decode() if is_text else data

    def drop_messages(self) -> None:
        """Forget what was not obeyed, and what came of the next message."""
        self._messages.clear()
        self._waiting_bytes = 0
        self._partial = None
