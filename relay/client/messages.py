"""What a relay sends, as typed objects; read by stream.

README, "The WebSocket contract", has the frames field by field.
"""

from typing import Any

import msgspec
from msgspec import Struct, field


class Message(Struct, frozen=True, kw_only=True):
    """One event of a room."""

    method: str
    """Upstream's message name, e.g. `WebcastChatMessage`."""
    msg_id: str
    room_id: str
    """The broadcast it belongs to."""
    web_rid: str
    """The room; "" while not known."""
    epoch: str
    offset: int
    """Its number in the room's stream, from 1, without holes inside an epoch."""
    time: int
    """Unix milliseconds."""
    payload: dict[str, Any]
    """As documented in relay/events, by method."""
    text: str
    """The frame as it came, one line of JSON."""
    simulated: bool = False
    """Nobody did it: it was made by request, to set up a scene with."""

    @property
    def position(self) -> str:
        """Where to go on after this event: what `since` takes."""
        return f"{self.epoch}:{self.offset}"


class Subscribed(Struct, frozen=True, kw_only=True):
    """A room is subscribed to, again after every reconnect."""

    room: str
    """As it was named by us."""
    room_id: str
    web_rid: str
    method: list[str] | None
    """None: all."""
    epoch: str
    offset: int
    """Delivery goes on behind this one."""
    id: Any = None
    """Of the request; None: the room goes on in another epoch than was said."""


class Unsubscribed(Struct, frozen=True, kw_only=True):
    """A room, or some of its methods, are no longer subscribed to."""

    room_id: str
    web_rid: str
    method: list[str] | None
    """What is left; empty: the room is gone, None: all but what was taken away."""
    reason: str
    """`asked`, or why the relay did it: `not_found`, `removed` …"""


class RoomNotice(Struct, frozen=True, kw_only=True):
    """A room's state, told at each change."""

    room_id: str
    web_rid: str
    state: str
    """resolving, waiting, connecting, live, ended, blocked or error."""
    reason: str
    title: str
    anchor: str
    time: int
    """Unix milliseconds since when it is so."""
    health: dict[str, Any] = field(default_factory=dict)
    """`ok`, and where that is false `cause`, `since_ms`, `tried`, `next` …"""


class Gap(Struct, frozen=True, kw_only=True):
    """Events that can't be had."""

    room_id: str
    web_rid: str
    reason: str
    """`history`, `epoch`, `ahead`, `slow`, `merged`, `restart`, `store`, or how upstream's messages
    were lost."""
    epoch: str
    first: int | None = field(name="from", default=None)
    """First missing offset; None: unknown."""
    last: int | None = field(name="to", default=None)
    """Last missing offset, inclusive; None: unknown."""
    since: str | None = None
    """The position that was asked for."""
    offset: int | None = None
    """Upstream's loss: the last offset before it."""


class Refusal(Struct, frozen=True, kw_only=True):
    """A request that the relay refused."""

    code: str
    """`unknown_room`, `room_refused`, `bad_method` …"""
    message: str
    id: Any = None
    """Of the request."""


Notice = Subscribed | Unsubscribed | RoomNotice | Gap | Refusal
Item = Message | Notice

_NOTICES: dict[str, Any] = {
    "subscribed": Subscribed,
    "unsubscribed": Unsubscribed,
    "room": RoomNotice,
    "gap": Gap,
    "error": Refusal,
}


# What reading or converting JSON raises: msgspec does not wrap those for invalid UTF-8 in bytes
# and for nesting that is too deep.
NO_FRAME = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def read_item(text: str | bytes) -> Item | None:
    """Read one frame; None for one that asks for nothing (`hello`, `pong`, ops yet to come).

    Raises one of NO_FRAME where it is no frame of a relay.
    """
    data = msgspec.json.decode(text, type=dict[str, Any])
    op = data.get("op")
    if op is None:
        shown = text if isinstance(text, str) else text.decode()
        return msgspec.convert({**data, "text": shown}, Message)
    kind = _NOTICES.get(msgspec.convert(op, str))
    return None if kind is None else msgspec.convert(data, kind)
