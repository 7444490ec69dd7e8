"""The hub: streams with offsets and history, filters, groups, fan-out, slow clients; does no I/O.

Imported by server, room, app and cli; imports events, config and errors only.
"""

from relay.hub.archive import Archive, Pages
from relay.hub.books import Books
from relay.hub.delivery import Encoding
from relay.hub.filters import Filter
from relay.hub.history import Entry, Kind
from relay.hub.hub import Hub
from relay.hub.merging import Junction
from relay.hub.mirror import Mirror
from relay.hub.position import Position
from relay.hub.repeating import RepeatingHub, entry_of
from relay.hub.slow import SlowRule
from relay.hub.snapshot import Snapshot
from relay.hub.status import (
    ConnectionState,
    NextCure,
    RoomCounters,
    RoomHealth,
    RoomState,
    RoomStatus,
    TriedCure,
)
from relay.hub.stream import Stream, read_event
from relay.hub.subscriber import Sink, Subscriber, Subscription

__all__ = [
    "Archive",
    "Books",
    "ConnectionState",
    "Encoding",
    "Entry",
    "Filter",
    "Hub",
    "Junction",
    "Kind",
    "Mirror",
    "NextCure",
    "Pages",
    "Position",
    "RepeatingHub",
    "RoomCounters",
    "RoomHealth",
    "RoomState",
    "RoomStatus",
    "Sink",
    "SlowRule",
    "Snapshot",
    "Stream",
    "Subscriber",
    "Subscription",
    "TriedCure",
    "entry_of",
    "read_event",
]
