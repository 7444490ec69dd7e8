"""What all parts of the server share: configuration, hub, rooms, open clients and counts."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from relay.config import Config
from relay.hub import Hub
from relay.logs import Throttle
from relay.server.rooms import Rooms

if TYPE_CHECKING:
    from relay.server.connection import ClientConnection

_log = structlog.get_logger(__name__)


@dataclass
class ServerState:
    """One per server; made by it, read and changed by its parts."""

    config: Config
    hub: Hub
    rooms: Rooms
    clients: set["ClientConnection"] = field(default_factory=set)
    """Open WebSocket connections."""
    accepted: int = 0
    """WebSocket connections opened so far."""
    refused: Counter[str] = field(default_factory=Counter)
    """Connections and requests refused so far, by cause; the causes are those of REFUSALS."""
    stopping: bool = False
    _throttles: dict[str, Throttle] = field(default_factory=dict)

    def refuse(self, cause: str, detail: str) -> None:
        """Count and log that something was refused; `detail` is what it sent."""
        self.refused[cause] += 1
        held = self._throttles.setdefault(cause, Throttle()).admit()
        if held is not None:
            _log.warning("refused", cause=cause, detail=detail[:200], held_back=held)


REFUSALS = (
    "host",  # a Host header that is not ours
    "origin",  # a page that may not use the relay
    "too_many_clients",  # more than [server] max_clients
    "garbage",  # first bytes that are not HTTP
    "head_too_large",  # a request head beyond the limit
    "head_too_slow",  # a request head that was not complete in time
)
"""Every cause that is counted in `ServerState.refused`."""
