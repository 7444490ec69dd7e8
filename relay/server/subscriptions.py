"""Which rooms one client is subscribed to, and what it is told of them; used by session and sse."""

from typing import Any, Protocol

from relay.errors import CloseCode, RoomNameError, RoomRefusedError
from relay.hub import Filter, RoomStatus, Stream, Subscriber, Subscription
from relay.server.access import NOT_FOR_ROOM, Access, names_of
from relay.server.messages import (
    MAX_ROOMS_PER_CLIENT,
    RequestError,
    RequestId,
    ServerMessage,
    Subscribed,
    Unsubscribed,
)
from relay.server.query import Request
from relay.server.senders import Sender
from relay.server.state import ClientState
from relay.upstream.names import parse_room_name

_CLOSE_CODES = {
    "unknown_room": CloseCode.UNKNOWN_ROOM,
    "room_refused": CloseCode.ROOM_REFUSED,
    "forbidden_scope": CloseCode.FORBIDDEN_SCOPE,
}
RETRY_S = 5.0
"""When to ask again for a room that was too many together with those of other clients."""


def close_code(error: RequestError) -> CloseCode:
    """Give what an error in the query closes the connection with."""
    if error.retry_after_s is not None:
        return CloseCode.RATE_LIMITED
    return _CLOSE_CODES.get(error.code, CloseCode.BAD_REQUEST)


class Listener(Protocol):
    """A client's connection, as its subscriptions see it. None of these waits."""

    subscriber: Subscriber
    access: Access
    """What the client may do."""
    sender: Sender
    """Where it is."""

    def send_message(self, message: ServerMessage) -> None:
        """Send a frame that is not an event, unless the connection is closing."""
        ...

    def send_room(self, status: RoomStatus) -> None:
        """Send a room's state."""
        ...

    def begin_close(self, code: CloseCode, reason: str) -> None:
        """Say why, and hang up behind what is unsent."""
        ...


class Subscriptions:
    """The subscriptions of one client, one method set per room, and its holds on the rooms."""

    def __init__(self, listener: Listener, state: ClientState) -> None:
        self._listener = listener
        self._state = state
        self._subscriber = listener.subscriber
        self._held: set[Stream] = set()
        """Rooms acquired and not yet given up; one each."""
        self._called: dict[Stream, str] = {}
        """What rooms were asked for as that a token had to be for."""
        self._counted = 0
        """How many of them are counted by the limits."""
        self.in_query: set[Stream] = set()
        """Rooms that the query named."""

    def close(self) -> None:
        """Give everything up, and tell the listener nothing any more: the connection is ending."""
        self._subscriber.close()
        for held in self._held:
            # Closing connections are not told any more that a room was closed or moved.
            stream = self._state.hub.present(held)
            if stream is not None:
                self._state.holds.release(stream)
        self._count(0)
        del self._listener  # else each would hold the other until the garbage collector comes

    async def subscribe(self, request: Request) -> None:
        """Subscribe to rooms, or add methods to subscriptions. Raises RequestError."""
        if request.slow is not None:
            self._subscriber.slow = request.slow
        for index, name in enumerate(request.rooms):
            stream = await self.acquire(name, request.id)
            if self._subscriber.closed:  # perhaps found too slow for what was pending for it
                return
            subscription = self._subscriber.subscriptions.get(stream)
            filter_ = Filter.of(request.methods)
            if subscription is None:
                since = request.since[index] if request.since else None
                subscription = self._state.hub.subscribe(self._subscriber, stream, filter_, since)
                self._tell_subscribed(request.id, name, subscription)
            elif request.since:
                raise RequestError(
                    "bad_position",
                    f"room {name!r} is subscribed already, so there is no position to take up;"
                    " unsubscribe first, or leave since out to add methods",
                    request.id,
                )
            else:
                subscription.change(subscription.filter.adding(filter_))
                self._tell_subscribed(request.id, name, subscription)

    async def acquire(self, name: str, request_id: RequestId = None) -> Stream:
        """Hold a room, once however often it is asked for. Raises RequestError."""
        holds, access = self._state.holds, self._listener.access
        try:
            # Asked before, too, as a room that is started for nobody is watched for a while.
            if self._is_full() and await holds.find(name) not in self._held:
                raise self._refuse_more(request_id)
            may_start = access.may("watch")
            if access.rooms is not None:
                may_start = await self._admit(name, request_id)
            stream = await holds.acquire(name, may_start=may_start)
        except RoomNameError as error:
            raise RequestError("unknown_room", str(error), request_id) from None
        except RoomRefusedError as error:
            raise RequestError("room_refused", str(error), request_id) from None
        if stream is None:
            self._state.refuse("forbidden_scope", f"{access.name}: start a room")
            raise RequestError(
                "forbidden_scope",
                f"room {name!r} is not watched, and to start one takes a token with the scope"
                " watch",
                request_id,
            )
        access = self._listener.access  # which may have changed meanwhile
        if access.rooms is not None:
            called = parse_room_name(name).value
            if not access.is_for(called, *names_of(stream)):
                holds.release(stream)
                raise self._refuse_room(request_id)
            self._called[stream] = called
        if stream in self._held:
            holds.release(stream)
        elif self._is_full():
            holds.release(stream)
            raise self._refuse_more(request_id)
        self._held.add(stream)
        self._count(len(self._held))
        return stream

    def _is_full(self) -> bool:
        """Tell whether one more room would be too many."""
        if len(self._held) >= MAX_ROOMS_PER_CLIENT:
            return True
        listener = self._listener
        return not self._state.limits.may_subscribe(listener.sender.address, listener.access.name)

    def _refuse_more(self, request_id: RequestId) -> RequestError:
        if len(self._held) >= MAX_ROOMS_PER_CLIENT:
            text = f"a connection may have {MAX_ROOMS_PER_CLIENT} rooms"
            cause, wait_s = "client_rooms", None
        else:
            text = (
                "clients of this address, or with this token, have too many rooms together;"
                f" wait {RETRY_S:g} s"
            )
            cause, wait_s = "subscriptions", RETRY_S
        listener = self._listener
        self._state.refuse(cause, listener.access.name or listener.sender.address)
        return RequestError("too_many_rooms", text, request_id, retry_after_s=wait_s)

    def _count(self, held: int) -> None:
        """Have the limits know how many rooms are held."""
        change, self._counted = held - self._counted, held
        if change:
            listener = self._listener
            self._state.limits.subscribed(listener.sender.address, listener.access.name, change)

    async def _admit(self, name: str, request_id: RequestId) -> bool:
        """See that a token of an overlay is for a room; tell whether it may start it.

        Raises RequestError and RoomNameError.
        """
        access = self._listener.access
        if access.is_for(parse_room_name(name).value):
            return True
        stream = await self._state.holds.find(name)
        if stream is None or not access.is_for(*names_of(stream)):
            raise self._refuse_room(request_id)
        return False

    def _refuse_room(self, request_id: RequestId) -> RequestError:
        self._state.refuse("forbidden_scope", f"{self._listener.access.name}: another room")
        return RequestError("forbidden_scope", NOT_FOR_ROOM, request_id)

    async def unsubscribe(self, request: Request) -> None:
        """Give up rooms, or some methods of them. Raises RequestError."""
        for name in request.rooms:
            subscription = await self._find(name, request.id)
            remaining = Filter.of(frozenset())
            if request.methods is not None:
                remaining = subscription.filter.without(request.methods)
            if not remaining.admits_none:
                subscription.change(remaining)
            else:
                self._give_up(subscription)
            self._tell_unsubscribed(request.id, subscription.stream, remaining, "asked")

    async def _find(self, name: str, request_id: RequestId) -> Subscription:
        try:
            stream = await self._state.holds.find(name)
        except RoomNameError as error:
            raise RequestError("unknown_room", str(error), request_id) from None
        subscription = None if stream is None else self._subscriber.subscriptions.get(stream)
        if subscription is None:
            raise RequestError("not_subscribed", f"room {name!r} is not subscribed", request_id)
        return subscription

    def end_forbidden(self) -> None:
        """End those to rooms that the client's token is not for any more, and tell it."""
        for stream, subscription in list(self._subscriber.subscriptions.items()):
            access = self._listener.access
            if not access.is_for(self._called.get(stream, ""), *names_of(stream)):
                self._give_up(subscription)
                self._tell_unsubscribed(None, stream, Filter.of(frozenset()), "forbidden")

    def _give_up(self, subscription: Subscription) -> None:
        subscription.end()
        self._let_go(subscription.stream)
        self._state.holds.release(subscription.stream)

    def _let_go(self, stream: Stream) -> None:
        """Forget a room; whoever holds it is another's affair."""
        self._held.discard(stream)
        self._called.pop(stream, None)
        self._count(len(self._held))

    # What the hub does to subscriptions, passed on by the connection

    def moved(self, old: Stream, subscription: Subscription) -> None:
        """Tell the client that its room is one that is watched already, under its own epoch.

        The hold on `old` has become one on the other stream.
        """
        self._held.discard(old)
        if subscription.stream in self._held:
            self._state.holds.release(subscription.stream)
        self._held.add(subscription.stream)
        if (called := self._called.pop(old, None)) is not None:
            self._called[subscription.stream] = called
        self._count(len(self._held))
        if old in self.in_query:
            self.in_query.add(subscription.stream)
        self._tell_subscribed(None, old.status.name, subscription)

    def ended(self, subscription: Subscription, reason: str) -> None:
        """Tell the client that a room is no longer watched; hang up if that was all it wanted."""
        stream = subscription.stream
        self._let_go(stream)
        self._tell_unsubscribed(None, stream, Filter.of(frozenset()), reason)
        if reason == "not_found" and stream in self.in_query and not self._held:
            name = stream.status.name
            self._listener.begin_close(CloseCode.UNKNOWN_ROOM, f"no such room: {name}")

    def _tell_subscribed(
        self, request_id: RequestId, name: str, subscription: Subscription
    ) -> None:
        stream = subscription.stream
        self._listener.send_message(
            Subscribed(
                id=request_id,
                room=name,
                room_id=stream.status.room_id,
                web_rid=stream.status.web_rid,
                epoch=subscription.epoch,
                offset=subscription.position,
                **_described(subscription.filter),
            )
        )
        if not self._subscriber.closed:
            self._listener.send_room(stream.status)

    def _tell_unsubscribed(
        self, request_id: RequestId, stream: Stream, remaining: Filter, reason: str
    ) -> None:
        self._listener.send_message(
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
