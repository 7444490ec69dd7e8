"""What a room is doing and what has been counted of it; written by room/, read by hub and server.

Times are Unix milliseconds.
"""

from collections import Counter
from enum import StrEnum

from msgspec import Struct, field


class RoomState(StrEnum):
    """What the fetcher of a room is doing, as clients see it."""

    RESOLVING = "resolving"
    """Finding out which room the name means and whether it is live."""
    WAITING = "waiting"
    """The room is offline; it is asked again and again until it opens."""
    CONNECTING = "connecting"
    """The room is live; the transport is being opened, or opened again."""
    LIVE = "live"
    """The room is live and frames arrive."""
    ENDED = "ended"
    """The broadcast has ended, confirmed; the next one is waited for."""
    BLOCKED = "blocked"
    """Upstream refuses us; the reason says how, and it is tried again later."""
    ERROR = "error"
    """It can't be watched; the reason says why."""


class RoomStatus(Struct, frozen=True):
    """A room's present state. Replaced whole whenever anything in it changes."""

    name: str
    """The room as it was asked for: web_rid, handle, URL or room_id."""
    web_rid: str
    """"" while not known."""
    room_id: str
    """The broadcast being watched, or the last one; "" while not known."""
    state: RoomState
    reason: str
    """Why, as a short stable word, e.g. `not_found`; "" where the state says it all."""
    title: str
    anchor: str
    """The anchor's nickname."""
    transport: str
    """`socket`, `poll` or `replay`; "" while there is none."""
    since_ms: int
    """When this state began."""


class RoomCounters(Struct):
    """What has been counted of a room since the relay watches it. Only ever grows.

    The hub counts `events`, `duplicates`, `upstream_gaps` and `last_event_ms`; room/ the rest.
    """

    events: Counter[str] = field(default_factory=Counter)
    """New events by method; bounded, see `Stream.count_event`."""
    frames: Counter[str] = field(default_factory=Counter)
    """Upstream frames by outcome: `ok`, or the cause of a FrameError."""
    messages: Counter[str] = field(default_factory=Counter)
    """Upstream messages by how they were decoded: typed, generic, raw, undecodable,
    omitted (too large)."""
    reconnects: Counter[str] = field(default_factory=Counter)
    """Lost connections to upstream by cause."""
    duplicates: int = 0
    """Events that upstream repeated and that were dropped."""
    upstream_gaps: int = 0
    """Losses upstream of the relay that were announced."""
    last_event_ms: int = 0
    """When the last new event came; 0: never."""
