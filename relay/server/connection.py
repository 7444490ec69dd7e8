"""One WebSocket connection: shakes hands, reads, writes frames, tells the hub of flow control.

websockets parses and answers, in its protocol without I/O; what goes in and out is ours. So nothing
waits for an idle client: no task, no queue and no timer of its own.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from websockets.extensions import ServerExtensionFactory
from websockets.frames import CloseCode as Code
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from relay.errors import CloseCode
from relay.hub import RoomStatus, Stream, Subscription
from relay.hub.batch import MAX_WRITE_BYTES
from relay.hub.notices import room_body
from relay.logs import Throttle
from relay.server.answers import ApiError
from relay.server.deflate import DEFLATED_FRAMES, SharedDeflateFactory
from relay.server.direct import descriptor_of, reset, take_over
from relay.server.handshake import (
    Admission,
    forget,
    judge_handshake,
    read_handshake,
    shake_hands,
)
from relay.server.keep_alive import KeepAlive
from relay.server.messages import MAX_MESSAGE_BYTES, ServerMessage, encode_message
from relay.server.rates import Rates
from relay.server.reading import Inbox, Reader
from relay.server.refusal import DRAIN_S, TARGET_BYTES, Refusal, note_leaving
from relay.server.state import ClientState
from relay.server.text_frames import TEXT_FRAMES, text_frame

OBEYED_AT_ONCE = 16
"""Messages that are obeyed before others have their turn."""
SLOW_ABORT_S = 1.0
"""How long a client that was too slow may take to read why."""
CLOSE_ABORT_S = 10.0
"""How long any other client may take to hang up."""

_PING = Frame(Opcode.PING, b"").serialize(mask=False)
_LAG = b"lag"
_LAG_PING = Frame(Opcode.PING, _LAG).serialize(mask=False)
_log = structlog.get_logger(__name__)
_slow_closes = Throttle()


@dataclass
class Shared:
    """What all WebSocket connections share; kept by the server."""

    state: ClientState
    new_reader: Callable[["ClientConnection"], Reader]
    keep_alive: KeepAlive = field(default_factory=KeepAlive)
    extensions: list[ServerExtensionFactory] = field(
        default_factory=lambda: [SharedDeflateFactory()]
    )


class ClientConnection(asyncio.Protocol):
    """A connection that frames are written to directly; what the hub knows as a Sink.

    Whole frames go to the transport as they are, shared between clients. What websockets writes,
    all of it in _send(), are whole frames, too, so both can be mixed; but nothing may follow its
    close frame.
    """

    __slots__ = (
        "_abort_timer",
        "_gone",
        "_inbox",
        "_is_asked",
        "_is_lost",
        "_is_pinged",
        "_max_unsent_bytes",
        "_next_read",
        "_protocol",
        "_rates",
        "_reader",
        "_shared",
        "_task",
        "_writable",
        "access",
        "descriptor",
        "sender",
        "subscriber",
        "transport",
        "write",
    )

    write: Callable[[bytes | memoryview], None]
    """The transport's own write: a method around it would cost as much again."""

    def __init__(
        self,
        shared: Shared,
        transport: asyncio.Transport,
        protocol: ServerProtocol,
        admission: Admission,
    ) -> None:
        """`protocol` has shaken hands, but for sending what it has to say."""
        state = shared.state
        self.transport = transport
        self.write = transport.write
        self.descriptor = descriptor_of(transport)
        self.subscriber = state.hub.subscriber(self, TEXT_FRAMES)
        self.access = admission.access
        """What the client may do."""
        self.sender = admission.sender
        """Where it is."""
        self._shared = shared
        self._protocol = protocol
        self._reader: Reader | None = None
        """Once hands are shaken."""
        self._inbox = Inbox()
        self._rates: Rates | None = None
        """Once it has sent something."""
        self._next_read: asyncio.Handle | None = None
        """Parses on in the next turn, or once it may send more."""
        self._task: asyncio.Task[None] | None = None
        """Obeys messages, while there are any."""
        self._writable: asyncio.Future[None] | None = None
        self._gone: asyncio.Future[None] | None = None
        self._is_lost = False
        self._is_pinged = False
        """Whether a ping was sent and not answered yet."""
        self._is_asked = False
        """The same of one that tells how far it has read."""
        self._abort_timer: asyncio.TimerHandle | None = None
        # A client that reads nothing but sends pings is answered with pongs, by websockets.
        self._max_unsent_bytes = 2 * state.config.hub.slow_bytes + 4 * MAX_WRITE_BYTES

    @property
    def name(self) -> str:
        """Its address, for logs."""
        if self.sender.is_forwarded:
            return self.sender.address
        peer = self.transport.get_extra_info("peername")
        # uvloop asks the system, which has forgotten who hung up at once.
        return "{}:{}".format(*peer[:2]) if peer else "gone"

    @classmethod
    def take(cls, shared: Shared, transport: asyncio.Transport, received: bytes) -> None:
        """Take a connection over; a whole head is the beginning of what was received on it."""
        state = shared.state
        # The head alone: what follows is read by what is agreed on now.
        end = received.index(b"\r\n\r\n") + 4
        protocol = ServerProtocol(extensions=shared.extensions, max_size=MAX_MESSAGE_BYTES)
        try:
            request = read_handshake(state, transport, protocol, received[:end])
            admission = judge_handshake(state, transport, request)
            shake_hands(protocol, request)
        except ApiError as error:
            forget(protocol)
            Refusal(state, transport, received[:TARGET_BYTES], error)
            return
        # websockets keeps the request for as long as the connection.
        request.headers.clear()
        connection = cls(shared, transport, protocol, admission)
        take_over(transport, connection, connection.subscriber)
        connection._begin(request.path, admission.refusal)
        if end < len(received):
            connection.data_received(received[end:])

    def _begin(self, path: str, refusal: tuple[CloseCode, str] | None) -> None:
        state = self._shared.state
        self._send()
        if refusal is not None:
            self.begin_close(*refusal)
            # Who is turned away has no seat: whoever has none of our tokens could take them all.
            self._abort_after(DRAIN_S if note_leaving(state, self.transport) else 0)
            return
        if self._protocol.extensions:
            self.subscriber.encoding = DEFLATED_FRAMES
        state.came(self)
        self._shared.keep_alive.add(self)
        self._reader = self._shared.new_reader(self)
        self._obey(path)

    def send_message(self, message: ServerMessage) -> None:
        """Send a frame that is not an event, unless the connection is closing."""
        if self._protocol.state is State.OPEN:
            self.write(text_frame(encode_message(message)))

    def send_room(self, status: RoomStatus) -> None:
        """Send a room's state."""
        self.write(text_frame(room_body(status)))

    async def writable(self) -> None:
        """Wait while the transport has more unsent than it likes."""
        while self.subscriber.paused:
            self._writable = asyncio.get_running_loop().create_future()
            await self._writable

    def begin_close(self, code: CloseCode | Code, reason: str) -> None:
        """Send a close frame behind what is unsent; the client has to answer and hang up."""
        if self._protocol.state is State.OPEN:
            # A close frame holds 125 bytes, two of them the code.
            self._protocol.send_close(code, reason.encode()[:123].decode(errors="ignore"))
            self._send()

    async def wait_closed(self) -> None:
        """Wait until the connection is gone, and all that it held is given up."""
        while self in self._shared.state.clients:
            if self._gone is None:
                self._gone = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._gone)

    def keep_alive(self) -> None:
        """Send a ping; or hang up, where the one before was not answered."""
        if self.subscriber.closed or self.subscriber.paused or not self.transport.is_reading():
            # The first has a deadline already, the second is for the rule for slow clients. In the
            # third an answer may lie behind messages that we have not obeyed yet.
            self._is_pinged = False
        elif self._is_pinged:
            self._fail(Code.INTERNAL_ERROR, "keepalive ping timeout")
        else:
            self._is_pinged = True
            self.write(_PING)

    # What is asked of a client that may have stopped reading

    def ask(self) -> bool:
        """Send a ping; False: an answer would not be read."""
        if self.subscriber.closed or not self.transport.is_reading():
            return False
        self._is_asked = True
        self.write(_LAG_PING)
        return True

    @property
    def has_answered(self) -> bool:
        """Whether it was answered, or the answer may lie behind what we have not read yet."""
        return not self._is_asked or not self.transport.is_reading()

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
        """Pass on to whoever reads the messages."""
        if self._reader is not None:
            self._reader.moved(old, subscription)

    def ended(self, subscription: Subscription, reason: str) -> None:
        """Pass on to whoever reads the messages."""
        if self._reader is not None:
            self._reader.ended(subscription, reason)

    def end_forbidden(self) -> None:
        """Pass on to whoever reads the messages."""
        if self._reader is not None:
            self._reader.end_forbidden()

    # What asyncio calls

    def pause_writing(self) -> None:
        """Note that the client is behind."""
        self.subscriber.pause()

    def resume_writing(self) -> None:
        """Note that the client has caught up."""
        self.subscriber.resume()
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Parse it, or keep it until what came before is parsed."""
        self._inbox.add(data)
        if self._next_read is None and not self._inbox.is_full:
            self._read()

    def eof_received(self) -> None:
        """Close, as a client that sends no more reads no more."""
        self._inbox.drop_bytes()
        self._protocol.receive_eof()
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up, behind what is under way for the client."""
        self._is_lost = True
        self._inbox.drop_bytes()
        if self._next_read is not None:
            self._next_read.cancel()
        self._protocol.receive_eof()
        self.subscriber.close()
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        if self._reader is None:
            self._shared.state.leaving.discard(self.transport)
            self._let_go()
            return
        self._shared.keep_alive.remove(self)
        if self._task is None:
            self._clean_up()
        else:
            self._task.cancel()

    def _clean_up(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._shared.state.left(self)
        if self._gone is not None:
            self._gone.set_result(None)
        self._let_go()

    def _let_go(self) -> None:
        # What holds each other would be left to the garbage collector, which looks at what is as
        # old as this once a quarter of all there is is new: some MiB of clients that have gone.
        self._reader = None
        forget(self._protocol)
        del self.subscriber.sink

    # Reading

    def _read(self) -> None:
        """Parse a slice of what came, so that no client takes more of a turn than that."""
        self._next_read = None
        if self.transport.is_closing():
            return
        data = self._inbox.next_slice()
        self._protocol.receive_data(data)
        self._send()
        for frame in self._protocol.events_received():
            if isinstance(frame, Frame):
                self._take(frame)
        if self.subscriber.paused and self.buffered() > self._max_unsent_bytes:
            # It makes us answer without reading the answers.
            self._abort()
        self._read_on(self._sending.owe_bytes(len(data), self))

    @property
    def _sending(self) -> Rates:
        """How fast it sends."""
        if self._rates is None:
            self._rates = Rates(self._shared.state)
        return self._rates

    def _read_on(self, wait_s: float = 0.0) -> None:
        """See to it that more is parsed, and then received, if there is room for it."""
        transport, inbox = self.transport, self._inbox
        if transport.is_closing() or self._next_read is not None:
            return
        if inbox.is_full or inbox.has_bytes or wait_s:
            if transport.is_reading():
                transport.pause_reading()
                # From here on it may have answered without our knowing.
                self._is_pinged = False
            loop = asyncio.get_running_loop()
            if wait_s:
                self._next_read = loop.call_later(wait_s, self._waited)
            elif not inbox.is_full:
                self._next_read = loop.call_soon(self._read)
        elif not transport.is_reading():
            transport.resume_reading()

    def _waited(self) -> None:
        self._next_read = None
        self._read_on()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            self._is_pinged = False
            if frame.data == _LAG:
                self._is_asked = False
            return
        # What was sent before the client knew that the connection is closing is not obeyed.
        if frame.opcode in (Opcode.PING, Opcode.CLOSE) or self.subscriber.closed:
            return
        self._inbox.take(frame)
        if self._task is None and self._inbox.has_messages:
            self._obey()

    def _obey(self, path: str | None = None) -> None:
        """Have done what the client asks for: with its query if `path` is given, its messages."""
        name = f"client:{self.name}"
        self._task = asyncio.get_running_loop().create_task(self._work(path), name=name)
        self._task.add_done_callback(self._worked)

    async def _work(self, path: str | None) -> None:
        reader, inbox = self._reader, self._inbox
        if reader is None:
            return
        if path is not None:
            await reader.begin(path)
        obeyed = 0
        while self._has_work():
            try:
                message = inbox.next_message()
            except UnicodeDecodeError:
                self._fail(Code.INVALID_DATA, "text is not UTF-8")
                return
            if inbox.has_few:
                self._read_on()
            if wait_s := self._sending.owe_message(self):
                await asyncio.sleep(wait_s)
            await reader.read(message)
            obeyed += 1
            if not obeyed % OBEYED_AT_ONCE:
                await asyncio.sleep(0)

    def _has_work(self) -> bool:
        is_open = not self.subscriber.closed and not self.transport.is_closing()
        return is_open and self._inbox.has_messages

    def _worked(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("client failed", client=self.name, exc_info=error)
            self._fail(Code.INTERNAL_ERROR, "")
        if self._is_lost:
            self._clean_up()
        elif self._has_work():
            self._obey()

    # Writing what websockets has to say

    def _send(self) -> None:
        if self._protocol.state not in (State.OPEN, State.CONNECTING):
            # After a close frame there is nothing of ours.
            self.subscriber.close()
            if self._abort_timer is None:
                self._abort_after(CLOSE_ABORT_S)
            # What was not obeyed yet never is; but what follows is read, up to the close frame.
            self._inbox.drop_messages()
            self._read_on()
        for data in self._protocol.data_to_send():
            if data:
                self.write(data)
            elif not self.transport.is_closing():
                if self.transport.can_write_eof():
                    self.transport.write_eof()
                else:  # TLS knows no half-closed connections
                    self.transport.close()

    def _fail(self, code: Code, reason: str) -> None:
        """Hang up without waiting for the client's close frame."""
        if self._protocol.state is State.OPEN:
            self._protocol.fail(code, reason)
            self._send()

    def _abort_after(self, delay_s: float) -> None:
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        self._abort_timer = asyncio.get_running_loop().call_later(delay_s, self._abort)

    def _abort(self) -> None:
        self.subscriber.close()
        reset(self.transport)
