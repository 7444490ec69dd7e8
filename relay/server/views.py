"""What the HTTP side answers and takes besides the REST endpoints; used by http and openapi."""

from typing import Annotated, Any, Literal, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from relay.hub import RoomState, Stream


class Health(Struct):
    """The process works."""

    status: Literal["ok"]
    version: str


class Readiness(Struct):
    """Whether clients are accepted."""

    status: Annotated[
        Literal["ready", "degraded", "stopping"],
        Meta(description="`degraded`: live events are served as ever, but not stored."),
    ]
    rooms: Annotated[
        dict[str, RoomState] | UnsetType,
        Meta(description="State by room; only for tokens with the scope read."),
    ] = UNSET
    store: Annotated[
        str | UnsetType,
        Meta(description="`ok`, or what keeps events from being stored; only where there is one."),
    ] = UNSET


class AddRoom(Struct, forbid_unknown_fields=True):
    """A room to be watched."""

    room: Annotated[str, Meta(description="Its web_rid, handle, room_id, or its page's address.")]


class RoomView(Struct):
    """A watched room."""

    name: Annotated[str, Meta(description="As it was asked for.")]
    web_rid: str
    room_id: str
    state: RoomState
    reason: str
    title: str
    anchor: str
    transport: str
    since: Annotated[int, Meta(description="When the state began, Unix milliseconds.")]
    epoch: str
    offset: Annotated[int, Meta(description="Of the last event.")]
    events: Annotated[int, Meta(description="New events since the room is watched.")]
    last_event: Annotated[
        int, Meta(description="When the last event came, Unix milliseconds; 0: never.")
    ]

    @classmethod
    def of(cls, stream: Stream) -> Self:
        """Show a room."""
        status = stream.status
        return cls(
            name=status.name,
            web_rid=status.web_rid,
            room_id=status.room_id,
            state=status.state,
            reason=status.reason,
            title=status.title,
            anchor=status.anchor,
            transport=status.transport,
            since=status.since_ms,
            epoch=stream.epoch,
            offset=stream.head,
            events=stream.counters.events.total(),
            last_event=stream.counters.last_event_ms,
        )


class RoomList(Struct):
    """All watched rooms."""

    rooms: list[RoomView]


class EventList(Struct):
    """Some of a room's past."""

    events: Annotated[list[dict[str, Any]], Meta(description="Event frames, as WebSockets get.")]
    gaps: Annotated[list[dict[str, Any]], Meta(description="`gap` frames: what can't be had.")]
    next: Annotated[
        str | None,
        Meta(description="What to send as `since`, or `before`, to go on; null: no more."),
    ]
