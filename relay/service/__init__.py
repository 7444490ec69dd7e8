"""The relay as a service of systemd's: told of its state, watched over, reloaded while it runs.

Imported by app and cli; imports config, hub, room, server and errors.
"""

from relay.service.hangups import Hangups
from relay.service.service import Service

__all__ = ["Hangups", "Service"]
