"""The server: I/O towards clients on one port, WebSocket and HTTP.

Imported by app; imports hub, events, config and errors, never room or upstream (see rooms.py).
"""

from relay.server.rooms import Rooms
from relay.server.server import RelayServer

__all__ = ["RelayServer", "Rooms"]
