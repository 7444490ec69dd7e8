"""Serving with several processes: what they are told, and how they share one port.

The relay watches rooms, keeps the store and answers HTTP; each worker accepts clients, repeats the
relay's hub from what it is told, and serves WebSockets from that as a relay alone would.
Imported by app; imports server, hub, config, logs and errors.
"""

import socket
from collections.abc import Sequence

from relay.config import Config
from relay.hub import Hub
from relay.server import RelayServer, Rooms
from relay.server.rest.live import Live
from relay.server.state import FIRST_S
from relay.store import Store


def new_server(
    config: Config,
    hub: Hub,
    rooms: Rooms,
    live: Live,
    store: Store | None = None,
    *,
    first_s: float = FIRST_S,
    sockets: Sequence[socket.socket] = (),
) -> RelayServer:
    """Make the server that `[server] workers` asks for; see RelayServer."""
    if config.server.workers == 1:
        return RelayServer(config, hub, rooms, live, store, first_s=first_s, sockets=sockets)
    from relay.workers.server import SharedServer  # noqa: PLC0415  not paid for by others

    return SharedServer(config, hub, rooms, live, store, first_s=first_s, sockets=sockets)
