"""The frames that the hub itself writes among the events, as JSON; used by stream and hub."""

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from relay.hub.status import NextCure, RoomHealth, RoomState, RoomStatus

_json = msgspec.json.Encoder()


class Gap(Struct, tag_field="op", tag="gap"):
    """Events that a client does not get."""

    room_id: str
    web_rid: str
    reason: str
    """`history`, `epoch`, `ahead`, `slow`, `merged`, `restart`, `store`, or how upstream's messages
    were lost."""
    epoch: str
    first: int | None = field(name="from", default=None)
    """First missing offset; null where unknown."""
    last: int | None = field(name="to", default=None)
    """Last missing offset, inclusive; null where unknown."""
    since: str | None = None
    """The position that was asked for, where that is what can't be served."""
    offset: int | UnsetType = UNSET
    """Upstream's loss: the last offset before it."""


class Health(Struct, omit_defaults=True):
    """What is wrong with a room; all but `ok` only where something is."""

    ok: bool
    cause: str = ""
    stall: str = ""
    since_ms: int = 0
    tried: list[str] = []
    """Cures, each once."""
    next: NextCure | None = None


class Room(Struct, tag_field="op", tag="room"):
    """A room's state."""

    room_id: str
    web_rid: str
    state: RoomState
    reason: str
    title: str
    anchor: str
    time: int
    health: Health


def room_body(status: RoomStatus) -> bytes:
    """Write a room's state as JSON."""
    return _json.encode(
        Room(
            room_id=status.room_id,
            web_rid=status.web_rid,
            state=status.state,
            reason=status.reason,
            title=status.title,
            anchor=status.anchor,
            time=status.since_ms,
            health=_health(status.health),
        )
    )


def _health(health: RoomHealth) -> Health:
    if health.ok:
        return Health(True)
    return Health(
        False,
        cause=health.cause,
        stall=health.stall,
        since_ms=health.since_ms,
        tried=list(dict.fromkeys(tried.cure for tried in health.tried)),
        next=health.next,
    )
