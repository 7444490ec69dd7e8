"""One WebSocket connection: writes frames, tells the hub of flow control, closes."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import structlog
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from relay.errors import CloseCode
from relay.hub import Entry, RoomStatus, Stream, Subscription
from relay.hub.fanout import MAX_WRITE_BYTES
from relay.hub.notices import room_body
from relay.logs import Throttle
from relay.server.access import NOBODY
from relay.server.messages import ServerMessage, encode_message
from relay.server.port import PortConnection

WRITE_HIGH_BYTES = 64 * 1024
"""Unsent bytes at which the transport says pause, and a client begins to count as behind."""
SLOW_ABORT_S = 1.0
"""How long a client that was too slow may take to read why."""
CLOSE_ABORT_S = 10.0
"""How long any other client may take to hang up."""

_log = structlog.get_logger(__name__)
_slow_closes = Throttle()


class TextFrames:
    """The encoding of WebSocket clients: one unmasked, uncompressed text frame an entry."""

    def frame(self, entry: Entry) -> bytes:
        """Frame an entry's body."""
        return text_frame(entry.body)


def text_frame(body: bytes) -> bytes:
    """Give the bytes of a text frame."""
    return Frame(Opcode.TEXT, body).serialize(mask=False)


TEXT_FRAMES = TextFrames()
"""One object, so that clients share groups."""


class Follower(Protocol):
    """Who wants to know what the hub does to a connection's subscriptions."""

    def moved(self, old: Stream, subscription: Subscription) -> None:
        """Tell that a room turned out to be another one."""
        ...

    def ended(self, subscription: Subscription, reason: str) -> None:
        """Tell that a room is no longer watched."""
        ...


class ClientConnection(PortConnection):
    """A connection that frames are written to directly; what the hub knows as a Sink.

    Whole frames go to the transport as they are, past websockets' own send(), which can't share
    frames between clients. websockets too writes whole frames only, all of them in send_data(), so
    both kinds can be mixed; but nothing may follow its close frame.
    """

    write: Callable[[bytes], None]
    """The transport's own write: a method around it would cost as much again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hub = self.port.state.config.hub
        self.subscriber = self.port.state.hub.subscriber(self, TEXT_FRAMES)
        self.follower: Follower | None = None
        self.access = NOBODY
        """What the client may do, once the handshake has told."""
        self.refusal: tuple[CloseCode, str] | None = None
        """What to close with at once, and why."""
        self._abort_timer: asyncio.TimerHandle | None = None
        # A client that reads nothing but sends pings is answered with pongs, by websockets.
        self._max_unsent_bytes = 2 * hub.slow_bytes + 4 * MAX_WRITE_BYTES

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        super().connection_made(transport)
        self.write = self.transport.write

    def send_message(self, message: ServerMessage) -> None:
        """Send a frame that is not an event, unless the connection is closing."""
        if self.protocol.state is State.OPEN:
            self.write(text_frame(encode_message(message)))

    def send_room(self, status: RoomStatus) -> None:
        """Send a room's state."""
        self.write(text_frame(room_body(status)))

    @property
    def name(self) -> str:
        """Its address, for logs."""
        return "{}:{}".format(*self.remote_address[:2])

    @property
    def request_path(self) -> str:
        """Path and query that the client asked for."""
        return "" if self.request is None else self.request.path

    async def writable(self) -> None:
        """Wait while the transport has more unsent than it likes."""
        with suppress(OSError):  # the connection is lost, which reading from it says as well
            await self.drain()

    async def hung_up(self) -> None:
        """Wait until the client has hung up; what it still sends is thrown away.

        Not reading it would stop websockets from reading on to the client's close frame.
        """
        with suppress(ConnectionClosed):
            async for _message in self:
                pass
        await self.wait_closed()

    def begin_close(self, code: CloseCode, reason: str) -> None:
        """Send a close frame behind what is unsent; the client has to answer and hang up."""
        if self.protocol.state is State.OPEN:
            # A close frame holds 125 bytes, two of them the code.
            self.protocol.send_close(code, reason.encode()[:123].decode(errors="ignore"))
            self.send_data()
            # websockets' own keep-alive is over with the close frame.
            self._abort_after(CLOSE_ABORT_S)

    # What the hub asks of a Sink, besides write

    def buffered(self) -> int:
        """Give the bytes not sent yet."""
        return self.transport.get_write_buffer_size()

    def close_slow(self, reason: str) -> None:
        """Say why and hang up soon, whether it was read or not."""
        held = _slow_closes.admit()
        if held is not None:
            _log.info("slow client closed", client=self.name, reason=reason, held_back=held)
        self.begin_close(CloseCode.SLOW, f"too slow: {reason}")
        self._abort_after(SLOW_ABORT_S)

    def moved(self, old: Stream, subscription: Subscription) -> None:
        """Pass on to the session."""
        if self.follower is not None:
            self.follower.moved(old, subscription)

    def ended(self, subscription: Subscription, reason: str) -> None:
        """Pass on to the session."""
        if self.follower is not None:
            self.follower.ended(subscription, reason)

    # What asyncio and websockets call

    def pause_writing(self) -> None:
        """Note that the client is behind."""
        super().pause_writing()
        self.subscriber.pause()

    def resume_writing(self) -> None:
        """Note that the client has caught up."""
        super().resume_writing()
        self.subscriber.resume()

    def send_data(self) -> None:
        """Let websockets write its own frames; after a close frame there is nothing of ours."""
        if self.protocol.state not in (State.OPEN, State.CONNECTING):
            self.subscriber.close()
        super().send_data()

    def data_received(self, data: bytes) -> None:
        """Read, and hang up on a client that makes us answer without reading the answers."""
        super().data_received(data)
        if self.paused and self.buffered() > self._max_unsent_bytes:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up."""
        self.subscriber.close()
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        super().connection_lost(exc)

    def _abort_after(self, delay_s: float) -> None:
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        self._abort_timer = self.loop.call_later(delay_s, self.transport.abort)
