"""What the store answers to questions; used by reader and by who asks."""

import math

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
    epochs: list[str]
    """The epochs that were looked through, in their order."""
    end: Position | None = None
    """Up to where the last of the room's epochs is stored, be that within the bounds or not."""

    def in_order(self) -> list[Row | Hole | Loss]:
        """Give the events, and what is missing in its place among them."""
        ranks = {epoch: rank for rank, epoch in enumerate(self.epochs)}
        return sorted([*self.rows, *self.holes], key=lambda item: _place(item, ranks))


def _place(item: Row | Hole | Loss, ranks: dict[str, int]) -> tuple[int, float, int]:
    """Order: upstream's loss just behind the event with the same offset, a hole before the next.

    A hole of unknown extent is at the end of its epoch; before everything if that is unknown.
    """
    match item:
        case Row():
            return ranks.get(item.epoch, -1), item.offset, 1
        case Loss():
            return ranks.get(item.epoch, -1), item.offset, 2
        case Hole():
            return ranks.get(item.epoch, -1), math.inf if item.first is None else item.first, 0


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
