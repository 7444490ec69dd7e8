"""One fetcher task a watched room, its retry policy and health, and which rooms are watched.

Imported by app only; imports hub, upstream, webcast, events, config, logs and errors.
"""

from relay.room.manager import RoomManager
from relay.room.retry import Policy

__all__ = ["Policy", "RoomManager"]
