"""One fetcher task a watched room, its retry policy and health, and which rooms are watched.

Imported by app and cli; imports hub, upstream, recording, webcast, events, config, logs and errors.
"""

from relay.room.manager import RoomManager
from relay.room.recorder import Recorder, Tally
from relay.room.retry import REPLAYING, Policy

__all__ = ["REPLAYING", "Policy", "Recorder", "RoomManager", "Tally"]
