"""What is read from the store: events, and what is missing between them; used by all readers."""

from typing import Literal, NamedTuple

from msgspec import Struct

Position = tuple[str, int]
"""(epoch, offset): a place in a room's stream, just after the event with this offset. What clients
write as `<epoch>:<offset>`; offset 0 is the epoch's beginning."""

HoleReason = Literal["history", "store", "restart", "merged", "ahead", "epoch"]
"""Why events can't be had; the words are those of `gap` frames.

`history`: no longer kept; `store`: the store could not take them at the time; `restart`: the relay
was killed, and what it gave out last was not stored; `merged`: the room went on in another stream
that can't be joined exactly; `ahead`: the position is beyond the end; `epoch`: the position is of
an epoch that the store doesn't know."""


class Row(NamedTuple):
    """A stored event."""

    epoch: str
    offset: int
    time: int
    """The event's own, Unix milliseconds."""
    method: str
    body: bytes
    """The whole frame as JSON, the very bytes that live clients got."""


class Loss(NamedTuple):
    """Upstream's own loss, just after an event."""

    epoch: str
    offset: int
    """Of the last event before it; 0: before the first."""
    body: bytes
    """The `gap` frame as JSON, as live clients got it."""


class Hole(NamedTuple):
    """Events of a room that can't be had."""

    epoch: str
    first: int | None
    """First missing offset; None where unknown."""
    last: int | None
    """Last missing offset, inclusive; None where unknown."""
    reason: HoleReason


class Answer(Struct, frozen=True):
    """Events of one room, in the order of its stream."""

    rows: list[Row]
    holes: list[Hole | Loss]
    """What is missing in the range that `rows` cover, in order, whatever its methods were. With a
    bound by time, losses and holes beside the events found may be among them."""
    at: Position | None
    """How far the answer goes: what to give as `since` to go on. None: there is nothing at all."""
    more: bool
    """Whether there may be more behind `at` (for `newest`: before the first row)."""


class StoredRoom(Struct, frozen=True):
    """A room that the store has events of."""

    web_rid: str
    """"" where upstream never told it."""
    names: list[str]
    """Its other names: handle, room_ids of its broadcasts."""
    first_at: int
    """When its oldest stored event came, Unix milliseconds by the relay's clock."""
    last_at: int
    """When its newest came."""
