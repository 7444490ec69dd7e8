"""The server: I/O towards clients on one port, WebSocket and HTTP.

Imported by app; imports hub, webcast.rest, events, config, logs and errors, never room or
upstream: what it wants of them is in rooms.py and rest/live.py.
"""

from relay.server.rooms import Rooms
from relay.server.server import RelayServer

__all__ = ["RelayServer", "Rooms"]
