"""Where what comes of a room is recorded; fed by output, satisfied by recorder."""

from typing import Protocol

from relay.hub import RoomStatus
from relay.upstream.broadcast import Broadcast
from relay.webcast.recording import Record


class Tape(Protocol):
    """What a room tells who records it. None of it waits, none of it raises."""

    def about(self, status: RoomStatus) -> None:
        """The room's status has changed: its state, names or texts."""

    def keep(self, record: Record, broadcast: Broadcast) -> None:
        """Upstream sent this, of this broadcast."""

    def gap(self, reason: str) -> None:
        """Messages may be missing before what comes next."""
