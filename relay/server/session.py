"""What one WebSocket client asks for and is told; run by the server for each connection."""

import asyncio
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed

from relay import __version__
from relay.errors import CloseCode, RoomNameError, RoomRefusedError
from relay.hub import Filter, Stream, Subscription
from relay.hub.notices import room_body
from relay.server.connection import ClientConnection, text_frame
from relay.server.messages import (
    MAX_ROOMS_PER_CLIENT,
    Error,
    Hello,
    Limits,
    Ping,
    Pong,
    RequestError,
    RequestId,
    Subscribe,
    Subscribed,
    Unsubscribed,
    read_message,
)
from relay.server.query import Request, read_query, read_request
from relay.server.state import ServerState

_CLOSE_CODES = {
    "unknown_room": CloseCode.UNKNOWN_ROOM,
    "room_refused": CloseCode.ROOM_REFUSED,
    "forbidden_scope": CloseCode.FORBIDDEN_SCOPE,
}
"""What an error in the query closes the connection with; else BAD_REQUEST."""


class Session:
    """The subscriptions of one connection, one method set per room."""

    def __init__(self, connection: ClientConnection, state: ServerState) -> None:
        self._connection = connection
        self._state = state
        self._subscriber = connection.subscriber
        self._held: set[Stream] = set()
        """Rooms acquired and not yet given up; one each."""
        self._in_query: set[Stream] = set()
        """Rooms that the query named."""
        connection.follower = self

    async def run(self) -> None:
        """Serve the connection until it closes, or begins to."""
        try:
            with suppress(ConnectionClosed):
                await self._serve()
        finally:
            self._connection.follower = None
            self._subscriber.close()
            for held in self._held:
                # Closing connections are not told any more that a room was closed or moved.
                stream = self._state.hub.present(held)
                if stream is not None:
                    self._state.rooms.release(stream)

    async def _serve(self) -> None:
        connection = self._connection
        connection.send_message(Hello(__version__, Limits.of(self._state.config.hub)))
        try:
            request, complaints = read_query(connection.request_path)
            for complaint in complaints:
                connection.send_message(Error(None, "bad_request", complaint))
            self._subscribe(request)
            self._in_query = set(self._subscriber.subscriptions)
        except RequestError as error:
            connection.send_message(Error(None, error.code, str(error)))
            code = _CLOSE_CODES.get(error.code, CloseCode.BAD_REQUEST)
            connection.begin_close(code, f"{error.code}: {error}")
            return
        async for message in connection:
            if self._subscriber.closed:  # what was sent before the client knew is not obeyed
                return
            if isinstance(message, bytes):
                await connection.close(1003, "messages are JSON text")
                return
            try:
                await self._handle(message)
            except RequestError as error:
                connection.send_message(Error(error.request_id, error.code, str(error)))
            # Who does not read the answers is not asked for more.
            await connection.writable()

    async def _handle(self, text: str) -> None:
        message = read_message(text)
        if isinstance(message, Ping):
            await self._answer(message)
            return
        request = read_request(message)
        if not request.rooms:
            raise RequestError("bad_request", "room_id is empty; name a room", request.id)
        if isinstance(message, Subscribe):
            self._subscribe(request)
        else:
            self._unsubscribe(request)

    async def _answer(self, ping: Ping) -> None:
        """Send a pong behind everything that there was for the client when its ping came."""
        while not self._subscriber.settle():
            # It reads too slowly, or history is written to it, a piece a turn.
            await self._connection.writable()
            await asyncio.sleep(0)
        self._connection.send_message(Pong(ping.id))

    def _subscribe(self, request: Request) -> None:
        if request.since is not None and not request.rooms:
            raise RequestError("bad_position", "since without room_id", request.id)
        if request.slow is not None:
            self._subscriber.slow = request.slow
        for name in request.rooms:
            if self._subscriber.closed:  # perhaps found too slow for what was pending for it
                return
            stream = self._acquire(name, request.id)
            subscription = self._subscriber.subscriptions.get(stream)
            filter_ = Filter.of(request.methods)
            if subscription is None:
                subscription = self._state.hub.subscribe(
                    self._subscriber, stream, filter_, request.since
                )
                self._tell_subscribed(request.id, name, subscription)
            elif request.since is not None:
                raise RequestError(
                    "bad_position",
                    f"room {name!r} is subscribed already, so there is no position to take up;"
                    " unsubscribe first, or leave since out to add methods",
                    request.id,
                )
            else:
                subscription.change(subscription.filter.adding(filter_))
                self._tell_subscribed(request.id, name, subscription)

    def _acquire(self, name: str, request_id: RequestId) -> Stream:
        rooms = self._state.rooms
        access = self._connection.access
        try:
            if not access.may("watch") and rooms.find(name) is None:
                self._state.refuse("forbidden_scope", f"{access.name}: start a room")
                raise RequestError(
                    "forbidden_scope",
                    f"room {name!r} is not watched, and to start one takes a token with the scope"
                    " watch",
                    request_id,
                )
            stream = rooms.acquire(name)
        except RoomNameError as error:
            raise RequestError("unknown_room", str(error), request_id) from None
        except RoomRefusedError as error:
            raise RequestError("room_refused", str(error), request_id) from None
        if stream in self._held:
            self._state.rooms.release(stream)
        elif len(self._held) >= MAX_ROOMS_PER_CLIENT:
            self._state.rooms.release(stream)
            raise RequestError(
                "too_many_rooms", f"a connection may have {MAX_ROOMS_PER_CLIENT} rooms", request_id
            )
        self._held.add(stream)
        return stream

    def _unsubscribe(self, request: Request) -> None:
        for name in request.rooms:
            subscription = self._find(name, request.id)
            remaining = Filter.of(frozenset())
            if request.methods is not None:
                remaining = subscription.filter.without(request.methods)
            if not remaining.admits_none:
                subscription.change(remaining)
            else:
                subscription.end()
                self._held.discard(subscription.stream)
                self._state.rooms.release(subscription.stream)
            self._tell_unsubscribed(request.id, subscription.stream, remaining, "asked")

    def _find(self, name: str, request_id: RequestId) -> Subscription:
        try:
            stream = self._state.rooms.find(name)
        except RoomNameError as error:
            raise RequestError("unknown_room", str(error), request_id) from None
        subscription = None if stream is None else self._subscriber.subscriptions.get(stream)
        if subscription is None:
            raise RequestError("not_subscribed", f"room {name!r} is not subscribed", request_id)
        return subscription

    def moved(self, old: Stream, subscription: Subscription) -> None:
        """Tell the client that its room is one that is watched already, under its own epoch.

        The hold on `old` has become one on the other stream.
        """
        self._held.discard(old)
        if subscription.stream in self._held:
            self._state.rooms.release(subscription.stream)
        self._held.add(subscription.stream)
        if old in self._in_query:
            self._in_query.add(subscription.stream)
        self._tell_subscribed(None, old.status.name, subscription)

    def ended(self, subscription: Subscription, reason: str) -> None:
        """Tell the client that a room is no longer watched; hang up if that was all it wanted."""
        stream = subscription.stream
        self._held.discard(stream)
        self._tell_unsubscribed(None, stream, Filter.of(frozenset()), reason)
        if reason == "not_found" and stream in self._in_query and not self._held:
            name = stream.status.name
            self._connection.begin_close(CloseCode.UNKNOWN_ROOM, f"no such room: {name}")

    def _tell_subscribed(
        self, request_id: RequestId, name: str, subscription: Subscription
    ) -> None:
        stream = subscription.stream
        self._connection.send_message(
            Subscribed(
                id=request_id,
                room=name,
                room_id=stream.status.room_id,
                web_rid=stream.status.web_rid,
                epoch=stream.epoch,
                offset=subscription.position,
                **_described(subscription.filter),
            )
        )
        if not self._subscriber.closed:
            self._connection.write(text_frame(room_body(stream.status)))

    def _tell_unsubscribed(
        self, request_id: RequestId, stream: Stream, remaining: Filter, reason: str
    ) -> None:
        self._connection.send_message(
            Unsubscribed(
                id=request_id,
                room_id=stream.status.room_id,
                web_rid=stream.status.web_rid,
                reason=reason,
                **_described(remaining),
            )
        )


def _described(filter_: Filter) -> dict[str, Any]:
    """Describe a filter as the fields `method` and `excepted` of a message."""
    if not filter_.all_but:
        return {"method": sorted(filter_.methods)}
    if filter_.methods:
        return {"method": None, "excepted": sorted(filter_.methods)}
    return {"method": None}
