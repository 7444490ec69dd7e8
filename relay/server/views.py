"""What the HTTP side answers and takes besides the REST endpoints; used by http and openapi."""

from typing import Annotated, Any, Literal, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from relay.events import GIFT_METHODS
from relay.hub import ConnectionState, RoomState, Stream


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


class CureView(Struct):
    """Something that was done about what is wrong with a room, and did not help."""

    cure: Annotated[
        str, Meta(description="`reconnect`, `identity`, `signer`, `host` or `transport`.")
    ]
    at_ms: int
    outcome: Annotated[str, Meta(description="The cause that it failed of.")]


class NextView(Struct):
    """What is done next about what is wrong with a room; a time that has come: it is under way."""

    cure: Annotated[
        str, Meta(description="A cure; `ask`: whether the room is live; `restart` after a crash.")
    ]
    at_ms: int


class ConnectionView(Struct):
    """One connection to upstream. Times are Unix milliseconds; 0: never."""

    transport: str
    state: Annotated[str, Meta(description="`connecting`, `open`, `live` or `waiting`.")]
    cause: Annotated[str, Meta(description="What is wrong; empty: nothing.")]
    identity: Annotated[str, Meta(description="`anonymous`, or the login's name.")]
    since_ms: Annotated[int, Meta(description="When the state began.")]
    last_frame_ms: Annotated[int, Meta(description="Of the last frame, heartbeats included.")]
    last_message_ms: int
    last_valued_ms: Annotated[
        int, Meta(description="Of the last message of a kind that closed rooms don't send.")
    ]

    @classmethod
    def of(cls, now: ConnectionState) -> Self:
        """Show a connection."""
        return cls(
            transport=now.transport,
            state=now.state,
            cause=now.cause,
            identity=now.identity,
            since_ms=now.since_ms,
            last_frame_ms=now.last_frame_ms,
            last_message_ms=now.last_message_ms,
            last_valued_ms=now.last_valued_ms,
        )


class HealthView(Struct):
    """What is wrong with a room, and what is done about it."""

    ok: bool
    cause: Annotated[
        str, Meta(description="A short stable word, e.g. `device_blocked`; empty: all is well.")
    ]
    text: Annotated[str, Meta(description="The same for people.")]
    stall: Annotated[
        Literal["", "no_bytes", "heartbeats_only", "low_value_only"],
        Meta(description="What comes over a connection that is open and brings nothing."),
    ]
    since_ms: Annotated[int, Meta(description="When the trouble began; 0: there is none.")]
    tried: Annotated[list[CureView], Meta(description="What did not help, the last ones.")]
    next: NextView | None
    hint: Annotated[str, Meta(description="What an operator can do; empty: nothing known.")]
    identity: Annotated[
        str,
        Meta(description="Whom the room is watched as: `anonymous`, or the login's name."),
    ]
    login_valid_until_ms: Annotated[
        int | None,
        Meta(
            description="When that login expires, or when the one expired that it should be;"
            " null: there is none, or it doesn't say."
        ),
    ]
    gifts_seen: Annotated[
        int, Meta(description="Gift messages; upstream shows them to logged-in people mostly.")
    ]
    blocked_count: Annotated[int, Meta(description="How often upstream refused us.")]
    connections: list[ConnectionView]

    @classmethod
    def of(cls, stream: Stream) -> Self:
        """Show how a room is."""
        health = stream.status.health
        counters = stream.counters
        coming = health.next
        return cls(
            ok=health.ok,
            cause=health.cause,
            text=health.text,
            stall=health.stall,
            since_ms=health.since_ms,
            tried=[CureView(each.cure, each.at_ms, each.outcome) for each in health.tried],
            next=None if coming is None else NextView(coming.cure, coming.at_ms),
            hint=health.hint,
            identity=health.identity,
            login_valid_until_ms=health.login_valid_until_ms,
            gifts_seen=sum(counters.events[method] for method in GIFT_METHODS),
            blocked_count=counters.blocked,
            connections=[ConnectionView.of(now) for now in stream.status.connections],
        )


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
    health: HealthView

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
            health=HealthView.of(stream),
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
