"""What the store answers to questions; used by reader and by who asks."""

from msgspec import Struct

from relay.events.stored import Hole, Loss, Row

Position = tuple[str, int]
"""(epoch, offset): a place in a room's stream, just behind the event with this offset. What
clients write as `<epoch>:<offset>`; offset 0 is the epoch's beginning."""


class Answer(Struct, frozen=True):
    """Events of one room, in the order of its stream."""

    rows: list[Row]
    holes: list[Hole | Loss]
    """What is missing in the range that `rows` cover, in order, whatever its methods were. With a
    bound by time, what is missing beside the events found may be among them."""
    at: Position | None
    """How far the answer goes: what to give as `since` to go on. None: there is nothing at all."""
    more: bool
    """Whether there is more behind `at`; with `newest`, before the first row."""


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
