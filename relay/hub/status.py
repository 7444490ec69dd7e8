"""What a room is doing and what has been counted of it; written by room/, read by hub and server.

Times are Unix milliseconds.
"""

from collections import Counter
from enum import StrEnum
from typing import Literal

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


Stall = Literal["", "no_bytes", "heartbeats_only", "low_value_only"]


class TriedCure(Struct, frozen=True):
    """Something that was done about a trouble."""

    cure: str
    """`reconnect`, `identity`, `signer`, `host` or `transport`."""
    at_ms: int
    outcome: str
    """The cause that it failed of."""


class NextCure(Struct, frozen=True):
    """What will be done about a trouble."""

    cure: str
    """As in TriedCure; or `ask`: whether the room is live, and `restart` after a crash."""
    at_ms: int


class RoomHealth(Struct, frozen=True):
    """Whether a room is well, what it has if not, and what is done about it."""

    ok: bool = True
    cause: str = ""
    """What is wrong, as a short stable word, e.g. `device_blocked`; "" where nothing is."""
    text: str = ""
    """The same for people."""
    stall: Stall = ""
    """Of a connection that is open: `no_bytes`, `heartbeats_only` or `low_value_only`."""
    since_ms: int = 0
    """When the trouble began."""
    tried: tuple[TriedCure, ...] = ()
    """What was done about it and did not help, the last ones."""
    next: NextCure | None = None
    """What comes next; where its time has come it is under way."""
    hint: str = ""
    """What an operator can do; "": nothing that is known."""
    identity: str = ""
    """Whom the room is watched as: `anonymous`, or a login's name; "" while not known."""
    login_valid_until_ms: int | None = None
    """When that login expires, or the one expired that it should be; None: there is none, or it
    doesn't say."""


class ConnectionState(Struct):
    """One connection to upstream, as it is now. Kept up by room/ without the status's doing."""

    transport: str
    state: str
    """`connecting`, `open`, `live` (messages came) or `waiting` (to connect again)."""
    cause: str
    """What it has; "" where nothing is wrong."""
    identity: str
    since_ms: int
    """When this state began."""
    last_frame_ms: int = 0
    """When the last frame came, heartbeats included; 0: never."""
    last_message_ms: int = 0
    last_valued_ms: int = 0
    """When the last message came that does not come in closed rooms, too."""


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
    """`socket`, `poll`, `browser` or `replay`; "" while there is none."""
    since_ms: int
    """When this state began."""
    health: RoomHealth = RoomHealth()
    connections: tuple[ConnectionState, ...] = ()
    """Those of the present broadcast."""


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
    cures: Counter[str] = field(default_factory=Counter)
    """What was done about connections that did not work, by cure."""
    helped: Counter[str] = field(default_factory=Counter)
    """The cures after which messages came again."""
    blocked: int = 0
    """How often upstream refused us."""
    duplicates: int = 0
    """Events that upstream repeated and that were dropped."""
    upstream_gaps: int = 0
    """Losses upstream of the relay that were announced."""
    last_event_ms: int = 0
    """When the last new event came; 0: never."""
