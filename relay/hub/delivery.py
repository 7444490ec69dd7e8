"""What all delivering shares: how entries are encoded, what is counted; used all over the hub."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from relay.hub.history import Entry, Kind


class Encoding(Protocol):
    """How entries are put on the wire; one object per encoding, compared by identity."""

    def frame(self, entry: Entry) -> bytes:
        """Give the bytes that are written for `entry`."""
        ...


class HubCounters(Struct):
    """What the hub has counted of all clients. Only ever grows."""

    deliveries: int = 0
    """Events written to clients' connections, also to those which then prove to be broken."""
    drops: int = 0
    """Events not written because a client with `slow=skip` was too slow."""
    slow_closes: int = 0
    """Clients closed because they were too slow."""


def count_events(entries: Sequence[Entry]) -> int:
    """Count the events among entries."""
    return sum(entry.kind is Kind.EVENT for entry in entries)
