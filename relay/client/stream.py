"""One connection to a relay that is made again when it is lost, without a hole; bots use it.

Pull-based: a frame is read when the caller asks for it, so there is no task of ours and no queue
but websockets' (16 frames); a caller that reads too slowly is a slow client to the relay, which
then closes (and is resumed from its history) or, with `slow="skip"`, leaves events out.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from relay.client.cursor import Cursor
from relay.client.messages import (
    NO_FRAME,
    Item,
    Message,
    Refusal,
    RoomNotice,
    Unsubscribed,
    read_item,
)
from relay.client.rooms import Room, Rooms
from relay.errors import RefusedError, UnreachableError

_FIRST_WAIT_S = 0.5
_OPEN_TIMEOUT_S = 10.0
# The relay's events stay well below 1 MiB, also those that carry upstream's bytes as they are.
_MAX_FRAME_BYTES = 4 * 1024 * 1024
# Codes of RFC 6455 that say that the other end broke the protocol: so would the next connection.
_BROKEN_PROTOCOL = frozenset({1002, 1003, 1007, 1008, 1009, 1010})

_TOO_MANY = 429  # connections of this address just now, perhaps lost ones of our own

_log = logging.getLogger(__name__)


@asynccontextmanager
async def connect(
    url: str = "http://127.0.0.1:8787",
    *,
    rooms: Iterable[str] = (),
    methods: Iterable[str] | None = None,
    token: str | None = None,
    slow: Literal["close", "skip"] = "close",
    max_wait_s: float = 30.0,
    resume: str | None = None,
) -> AsyncIterator["Stream"]:
    """Connect to the relay at `url` and subscribe to `methods` (None: all) of `rooms`.

    `token` is what the relay lets us in by, where it has tokens. `max_wait_s` bounds the wait
    before each attempt to connect again. `resume` names a cursor: it keeps on disk how far you are,
    and rooms go on there, also in a new process. An item counts as done when the next one is asked
    for (or see `Stream.done`). Raises UnreachableError where no relay answers, RefusedError where
    it sends us away, CursorError where the cursor can't be used; later losses of the connection
    are mended by the stream itself.
    """
    stream = Stream(url, slow, max_wait_s, token)
    chosen = None if methods is None else list(methods)
    try:
        if resume is not None:
            stream.keep(resume)
        await stream.open()
        for room in rooms:
            await stream.subscribe(room, chosen)
        yield stream
    finally:
        await stream.close()


class Stream:
    """Events of the rooms subscribed to, in order; `async for` gives Messages.

    `items()` gives notices too, in their place among the messages. Iterate in one task only.
    """

    def __init__(self, url: str, slow: str, max_wait_s: float, token: str | None = None) -> None:
        parts = urlsplit(url)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        path = parts.path.rstrip("/").removesuffix("/ws")
        self._url = f"{scheme}://{parts.netloc}{path}/ws?slow={slow}"
        self._address = f"{parts.netloc.rpartition('@')[2].lower()}{path}"
        # Not in the URL, which ends up in the logs of proxies and in error texts.
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._max_wait_s = max_wait_s
        self._connection: ClientConnection | None = None
        self._attempts = 0
        """Connections that failed, or were lost before they gave anything, one after another."""
        self._rooms = Rooms()
        self._cursor: Cursor | None = None
        self._last: Room | None = None
        """Whose item was given last."""

    @property
    def gaps(self) -> int:
        """How often events could not be had."""
        return self._rooms.gaps

    async def subscribe(
        self, room: str, methods: Iterable[str] | None = None, *, since: str | None = None
    ) -> None:
        """Add `methods` (None: all) of `room`; `since` is the position to go on from.

        The relay's answer is one of the items that follow. As everywhere, commas part names.
        """
        for name in filter(None, map(str.strip, room.split(","))):
            wanted = self._rooms.add(name)
            wanted.want(methods)
            begin = since
            if begin is None and wanted.position is None and self._cursor is not None:
                begin = self._cursor.position(name)
            wanted.position = wanted.position or begin
            request = wanted.request()
            if begin is None:
                # Where we hold a position it is subscribed already, and just gets more methods.
                request.pop("since", None)
            await self._send(request)

    async def unsubscribe(self, room: str) -> None:
        """Give up a room, by the name it was subscribed to with or any of its ids."""
        known = self._rooms.find(room)
        if known is not None:
            self._rooms.remove(known)
        await self._send({"op": "unsubscribe", "room_id": room})

    def position(self, room: str) -> str | None:
        """Give the position of the room's last event; save it to go on later with `since`."""
        known = self._rooms.find(room)
        return known.position if known else None

    def state(self, room: str) -> RoomNotice | None:
        """Give the room's state as last told."""
        known = self._rooms.find(room)
        return known.state if known else None

    def __aiter__(self) -> "Stream":
        return self

    async def __anext__(self) -> Message:
        """Give the next event.

        Raises RefusedError where the relay refuses a request, drops a room or sends us away: who
        takes only messages would not hear of it. Iterating may go on after it. Raises
        UnreachableError where what answers turns out to be no relay.
        """
        while True:
            match await self._receive():
                case Message() as message:
                    return message
                case Refusal(code=code, message=text):
                    raise RefusedError(code, text)
                case Unsubscribed(reason=reason) as gone if reason != "asked":
                    raise RefusedError(reason, f"room {gone.web_rid or gone.room_id}: {reason}")

    async def items(self) -> AsyncIterator[Item]:
        """Give messages and notices as they come. Raises RefusedError when sent away."""
        while True:
            yield await self._receive()

    async def open(self) -> None:
        """Connect and subscribe to what is wanted. Raises UnreachableError and RefusedError."""
        try:
            connection = await open_websocket(
                self._url,
                additional_headers=self._headers,
                compression=None,
                proxy=None,  # a relay is on this machine, or near it
                open_timeout=_OPEN_TIMEOUT_S,
                close_timeout=2,
                max_size=_MAX_FRAME_BYTES,
            )
        except (OSError, InvalidHandshake) as error:
            raise self._unreachable(str(error)) from error
        async with AsyncExitStack() as unless_kept:
            unless_kept.push_async_callback(connection.close)
            await self._expect_hello(connection)
            unless_kept.pop_all()
        self._connection = connection
        for request in self._rooms.requests():
            await self._send(request)

    def keep(self, name: str) -> None:
        """Keep positions in the cursor `name`, and take up those it has. Raises CursorError."""
        self._cursor = Cursor(name, self._address)

    def done(self) -> None:
        """Count the last item as done before the next one is asked for, e.g. to stop after it."""
        if self._cursor is not None and self._last is not None:
            self._cursor.reached(self._last)
        self._last = None

    async def close(self) -> None:
        """Close the connection, and the cursor. Raises CursorError where that can't be written."""
        try:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None
        finally:
            if self._cursor is not None:
                await self._cursor.close()
                self._cursor = None

    async def _expect_hello(self, connection: ClientConnection) -> None:
        try:
            async with asyncio.timeout(_OPEN_TIMEOUT_S):
                hello = msgspec.json.decode(await connection.recv(), type=dict[str, Any])
        except (*NO_FRAME, TimeoutError) as error:
            raise self._unreachable("what answers is no relay") from error
        except ConnectionClosed as closed:
            self._judge(closed)
            raise self._unreachable(f"closed at once: {_said(closed)}") from closed
        if hello.get("op") != "hello":
            raise self._unreachable("what answers is no relay")

    async def _receive(self) -> Item:
        self.done()
        while True:
            if self._connection is None:
                await self._open_again()
                continue
            try:
                item = read_item(await self._connection.recv())
            except ConnectionClosed as closed:
                self._connection = None
                self._judge(closed)
                _log.warning("connection lost (%s); connecting again", _said(closed))
                continue
            except NO_FRAME as error:
                raise self._unreachable(f"what answers is no relay: {error}") from error
            self._attempts = 0
            if item is not None:
                self._last = self._rooms.note(item)
                return item

    async def _open_again(self) -> None:
        """Wait with full jitter, then try once; a failure that may pass is only logged."""
        wait_s = random.uniform(0, min(self._max_wait_s, _FIRST_WAIT_S * 2**self._attempts))
        self._attempts = min(self._attempts + 1, 16)
        await asyncio.sleep(wait_s)
        try:
            await self.open()
        except UnreachableError as error:
            cause = error.__cause__
            status = cause.response.status_code if isinstance(cause, InvalidStatus) else 0
            if 400 <= status < 500 and status != _TOO_MANY:
                raise  # we are the ones who'd have to change something
            _log.warning("%s; trying again", error)

    def _judge(self, closed: ConnectionClosed) -> None:
        """Raise where another connection would be lost, too."""
        if closed.rcvd is None and closed.sent is not None and closed.sent.code in _BROKEN_PROTOCOL:
            raise self._unreachable(f"what answers is no relay: {closed.sent}") from closed
        code = closed.rcvd.code if closed.rcvd else 1006
        said = _said(closed)
        if 3500 <= code < 4000 or code in _BROKEN_PROTOCOL:
            raise RefusedError(str(code), f"the relay closed the connection: {said}")

    async def _send(self, message: dict[str, Any]) -> None:
        if self._connection is not None:
            # A closed connection is found by the reader, which then subscribes to everything.
            with suppress(ConnectionClosed):
                await self._connection.send(msgspec.json.encode(message).decode())

    def _unreachable(self, why: str) -> UnreachableError:
        return UnreachableError(f"no relay at {self._url.partition('?')[0]}: {why}")


def _said(closed: ConnectionClosed) -> str:
    if closed.rcvd is None:
        return "without a close frame"
    return f"{closed.rcvd.code} {closed.rcvd.reason}".strip()
