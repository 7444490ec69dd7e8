"""The WebSocket messages that are not events: their shapes, and reading what clients send."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from relay.config import HubConfig
from relay.hub import SlowRule
from relay.logs import mask_tokens

MAX_MESSAGE_BYTES = 16 * 1024
"""The longest message that a client may send."""
MAX_ROOMS_PER_CLIENT = 100
"""Rooms that one connection may be subscribed to."""

RequestId = Annotated[str, Meta(max_length=128)] | int | None
"""Chosen by the client, repeated in the answers."""


class Subscribe(Struct, tag_field="op", tag="subscribe", forbid_unknown_fields=True):
    """Subscribe to rooms, or add methods to subscriptions."""

    room_id: str | list[str]
    method: str | list[str] | None = None
    since: str | None = None
    slow: SlowRule | None = None
    id: RequestId = None


class Unsubscribe(Struct, tag_field="op", tag="unsubscribe", forbid_unknown_fields=True):
    """Give up rooms, or some methods of them."""

    room_id: str | list[str]
    method: str | list[str] | None = None
    id: RequestId = None


class Ping(Struct, tag_field="op", tag="ping", forbid_unknown_fields=True):
    """Ask for a `pong`."""

    id: RequestId = None


class _AnyMessage(Struct):
    id: Any = None


class Limits(Struct):
    """What a client has to keep within, in `hello`."""

    max_message_bytes: int
    max_rooms: int
    slow_bytes: int
    slow_s: float
    history_events: int
    history_bytes: int
    history_s: float

    @classmethod
    def of(cls, hub: HubConfig) -> "Limits":
        """Give the limits under a configuration."""
        return cls(
            max_message_bytes=MAX_MESSAGE_BYTES,
            max_rooms=MAX_ROOMS_PER_CLIENT,
            slow_bytes=hub.slow_bytes,
            slow_s=hub.slow_s,
            history_events=hub.history_events,
            history_bytes=hub.history_bytes,
            history_s=hub.history_s,
        )


class Hello(Struct, tag_field="op", tag="hello"):
    """The first frame of every connection."""

    version: str
    limits: Limits


class Subscribed(Struct, tag_field="op", tag="subscribed"):
    """A room is subscribed to, or its methods have changed."""

    id: RequestId
    room: str
    """As the client named it."""
    room_id: str
    web_rid: str
    method: list[str] | None
    """Null: all, but for those in `except`."""
    epoch: str
    offset: int
    """Delivery goes on behind this offset."""
    excepted: list[str] | UnsetType = msgspec.field(name="except", default=UNSET)


class Unsubscribed(Struct, tag_field="op", tag="unsubscribed"):
    """A room, or some of its methods, are not subscribed to any more."""

    id: RequestId
    room_id: str
    web_rid: str
    method: list[str] | None
    """What remains; empty: nothing, null: all but for those in `except`."""
    reason: str
    excepted: list[str] | UnsetType = msgspec.field(name="except", default=UNSET)


class Error(Struct, tag_field="op", tag="error"):
    """A request that was not done, and why."""

    id: RequestId
    code: str
    message: str


class Pong(Struct, tag_field="op", tag="pong"):
    """The answer to a ping."""

    id: RequestId


ServerMessage = Hello | Subscribed | Unsubscribed | Error | Pong
ClientMessage = Subscribe | Unsubscribe | Ping

ErrorCode = Literal[
    "bad_request",
    "bad_method",
    "bad_position",
    "unknown_room",
    "room_refused",
    "forbidden_scope",
    "too_many_rooms",
    "not_subscribed",
]


class RequestError(Exception):
    """A client's request that can't be done; becomes an `error` frame."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        request_id: RequestId = None,
        *,
        retry_after_s: float | None = None,
    ) -> None:
        """`retry_after_s`: when asking again may help; None: not before something is changed."""
        # It may quote the request, tokens in places where they don't belong included.
        super().__init__(mask_tokens(message))
        self.code = code
        self.request_id = request_id
        self.retry_after_s = retry_after_s


_json = msgspec.json.Encoder()
_client_messages: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_any_messages = msgspec.json.Decoder(_AnyMessage)


def encode_message(message: ServerMessage) -> bytes:
    """Write a message as JSON."""
    return _json.encode(message)


def read_message(text: str) -> ClientMessage:
    """Read what a client sent. Raises RequestError, with the request's id if it has one."""
    try:
        return _client_messages.decode(text)
    except msgspec.DecodeError as error:
        message = str(error)
    # Deep nesting is refused by the parser with this one.
    except RecursionError:
        message = "nested too deeply"
    raise RequestError("bad_request", f"message not understood: {message}", _id_of(text))


def _id_of(text: str) -> RequestId:
    try:
        request_id: RequestId = msgspec.convert(_any_messages.decode(text).id, RequestId)
    except (msgspec.DecodeError, RecursionError):
        return None
    return request_id
