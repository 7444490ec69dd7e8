"""`GET /events`: the events of rooms as server-sent events; a handler of the HTTP application."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import structlog
from aiohttp import HttpVersion11, web

from relay import __version__
from relay.errors import CloseCode
from relay.hub import RoomStatus, Stream, Subscription
from relay.hub.notices import room_body
from relay.logs import Throttle
from relay.server.access import NOT_FOR_ROOM, Access, access_of
from relay.server.answers import ApiError
from relay.server.connection import CLOSE_ABORT_S, SLOW_ABORT_S
from relay.server.direct import descriptor_of, reset, take_over
from relay.server.event_stream import EventStream, SeveralRooms
from relay.server.guard import SENDER
from relay.server.http_protocol import HttpProtocol
from relay.server.messages import Error, Hello, Limits, RequestError, ServerMessage
from relay.server.query import Request, as_api_error, read_query
from relay.server.senders import Sender
from relay.server.state import STATE, ServerState
from relay.server.subscriptions import Subscriptions, close_code

HEARTBEAT_S = 15.0
"""How often a comment is sent, so that whoever stands between doesn't take the stream for dead."""
RETRY_MS = (1000, 3000)
"""When a browser shall connect again after a loss; spread, so that not all come at once."""
LAST_RETRY_MS = 3_600_000
"""The same where connecting again is no use until something is changed."""

_CHUNKED = EventStream(chunked=True)
_PLAIN = EventStream(chunked=False)
_log = structlog.get_logger(__name__)
_slow_closes = Throttle()


async def serve_events(request: web.Request) -> web.StreamResponse:
    """Subscribe to the rooms in the query, and stream until the client or the relay goes."""
    state = request.app[STATE]
    asked, complaints = _read(request)
    _admit(state, access_of(request), request[SENDER])
    chunked = request.version >= HttpVersion11
    encoding = _CHUNKED if chunked else _PLAIN
    if len(asked.rooms) > 1:
        encoding = SeveralRooms(chunked=chunked)
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})  # nginx would hold it back
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    response.force_close()
    client = EventStreamClient(state, encoding, access_of(request), request[SENDER])
    taken = False
    try:
        # What can't be is said while there still can be a status other than 200.
        for name in asked.rooms:
            await client.subscriptions.acquire(name)
        await response.prepare(request)
        await response.write(b"retry: %d\n\n" % random.randint(*RETRY_MS))
        taken = client.take_over(request)
        if taken:
            await client.begin(asked, complaints)
            await client.serve()
    except RequestError as error:
        raise as_api_error(error) from None
    finally:
        client.subscriptions.close()
        if not taken:
            client.let_go()
    return response


def _read(request: web.Request) -> tuple[Request, list[str]]:
    ids = request.headers.getall("Last-Event-ID", [])
    try:
        asked, complaints = read_query(request.raw_path, ids[0] if ids else None)
    except RequestError as error:
        raise as_api_error(error) from None
    if not asked.rooms:
        raise ApiError(400, "bad_request", "name a room: /events?room_id=…")
    return asked, complaints


def _admit(state: ServerState, access: Access, sender: Sender) -> None:
    if state.stopping:
        raise ApiError(503, "stopping", "the relay is stopping")
    state.check_seat(access, sender)


class EventStreamClient(asyncio.Protocol):
    """One client of /events; what the hub knows as a Sink.

    It stands in for aiohttp's protocol on the connection, to be told of flow control, and writes
    to the transport itself, so that frames are shared between clients.
    """

    write: Callable[[bytes | memoryview], None]
    """The transport's own write: a method around it would cost as much again."""
    descriptor: int
    transport: asyncio.Transport
    _http: asyncio.Protocol
    """aiohttp's protocol."""
    _name: str
    """The client's address, for logs."""

    def __init__(
        self, state: ServerState, encoding: EventStream, access: Access, sender: Sender
    ) -> None:
        self.access = access
        self.sender = sender
        self.subscriber = state.hub.subscriber(self, encoding)
        self.subscriptions = Subscriptions(self, state)
        self._state = state
        self._encoding = encoding
        self._over = asyncio.Event()
        self._lost = asyncio.Event()
        self._abort_timer: asyncio.TimerHandle | None = None

    def take_over(self, request: web.Request) -> bool:
        """Take the connection of a request whose head is answered; False: it is lost."""
        transport = request.transport
        if transport is None or transport.is_closing():
            return False
        # From here on it is a client, with what its token allows by now.
        self._state.under_way.forget(request)
        self.access = access_of(request)
        self._http, self._name = request.protocol, self.sender.address
        cast("HttpProtocol", self._http).become_client()
        self.transport, self.write = transport, transport.write
        self.descriptor = descriptor_of(transport)
        take_over(transport, self, self.subscriber)
        self._state.came(self)
        return True

    async def begin(self, asked: Request, complaints: list[str]) -> None:
        """Subscribe to what is asked for, or say why not."""
        self.send_message(Hello(__version__, Limits.of(self._state.config.hub)))
        for complaint in complaints:
            self.send_message(Error(None, "bad_request", complaint))
        try:
            await self._subscribe(asked)
        except RequestError as error:  # a room has gone while the head was sent
            self.send_message(Error(None, error.code, str(error)))
            self.begin_close(close_code(error), f"{error.code}: {error}")

    async def _subscribe(self, asked: Request) -> None:
        streams = [await self.subscriptions.acquire(name) for name in asked.rooms]
        if isinstance(self._encoding, SeveralRooms):
            self._encoding.begin(streams, asked.since)
        for stream in dict.fromkeys(streams):
            places = [place for place, other in enumerate(streams) if other is stream]
            # Two names may have become one room since the client had its positions.
            places.sort(key=lambda at: bool(asked.since) and asked.since[at].epoch != stream.epoch)
            await self.subscriptions.subscribe(
                Request(
                    id=None,
                    rooms=[asked.rooms[places[0]]],
                    methods=asked.methods,
                    since=[asked.since[places[0]]] if asked.since else [],
                    slow=asked.slow,
                )
            )
        self.subscriptions.in_query = set(self.subscriber.subscriptions)

    async def serve(self) -> None:
        """Send heartbeats until the stream is over; a connection that is lost cancels this."""
        while not self._over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_S):
                    await self._over.wait()
            if not self.subscriber.closed and not self.subscriber.paused:
                self.write(self._encoding.wrap(b":\n\n"))

    async def wait_closed(self) -> None:
        """Wait until the connection is gone."""
        await self._lost.wait()

    def begin_close(self, code: CloseCode, reason: str) -> None:
        """Say why, and hang up behind what is unsent."""
        self._end(code, reason, CLOSE_ABORT_S)

    def _end(self, code: CloseCode, reason: str, abort_s: float) -> None:
        if self._over.is_set():
            return
        retry_ms = LAST_RETRY_MS if code >= CloseCode.BAD_TOKEN else None
        self.write(self._encoding.close(code, reason, retry_ms))
        self.subscriber.close()
        self._over.set()  # aiohttp then ends the answer and closes
        self._abort_timer = asyncio.get_running_loop().call_later(abort_s, reset, self.transport)

    # What Subscriptions ask of a Listener

    def send_message(self, message: ServerMessage) -> None:
        """Send a frame that is not an event, unless the stream is over."""
        if not self.subscriber.closed:
            self.write(self._encoding.message(message))

    def send_room(self, status: RoomStatus) -> None:
        """Send a room's state."""
        self.write(self._encoding.named("room", room_body(status)))

    # What is asked of a client that may have stopped reading

    def ask(self) -> bool:
        """Say that it can't answer."""
        return False

    has_answered = False

    # What the hub asks of a Sink, besides write

    def buffered(self) -> int:
        """Give the bytes not sent yet."""
        return self.transport.get_write_buffer_size()

    def close_slow(self, reason: str) -> None:
        """Say why and hang up soon, whether it was read or not."""
        held = _slow_closes.admit()
        if held is not None:
            _log.info("slow client closed", client=self._name, reason=reason, held_back=held)
        self._end(CloseCode.SLOW, f"too slow: {reason}", SLOW_ABORT_S)

    def moved(self, old: Stream, subscription: Subscription) -> None:
        """Tell the client that a room turned out to be another one."""
        self._encoding.moved(old, subscription.stream)
        self.subscriptions.moved(old, subscription)

    def ended(self, subscription: Subscription, reason: str) -> None:
        """Tell the client that a room is no longer watched; end the stream if it was the last."""
        self.subscriptions.ended(subscription, reason)
        if not self.subscriber.closed and not self.subscriber.subscriptions:
            name = subscription.stream.status.name
            self.begin_close(CloseCode.ROOM_REFUSED, f"room {name} is no longer watched: {reason}")

    def end_forbidden(self) -> None:
        """End the subscriptions to rooms that the token is not for any more.

        Where none is left it ends the stream.
        """
        self.subscriptions.end_forbidden()
        if not self.subscriber.closed and not self.subscriber.subscriptions:
            self.begin_close(CloseCode.FORBIDDEN_SCOPE, NOT_FOR_ROOM)

    # What asyncio calls, passed on to aiohttp

    def data_received(self, data: bytes) -> None:
        """Ignore it: the connection ends with this answer."""

    def pause_writing(self) -> None:
        """Note that the client is behind."""
        self._http.pause_writing()
        self.subscriber.pause()

    def resume_writing(self) -> None:
        """Note that the client has caught up."""
        self._http.resume_writing()
        self.subscriber.resume()

    def eof_received(self) -> bool | None:
        """Close, as a client that sends no more reads no more."""
        return self._http.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up; aiohttp cancels the handler."""
        self.subscriber.close()
        self._lost.set()
        self._state.left(self)
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        self._http.connection_lost(exc)
        self.let_go()

    def let_go(self) -> None:
        """Leave nothing that holds it to the garbage collector, which comes late; see connection.

        Nothing may be sent any more.
        """
        del self.subscriber.sink
