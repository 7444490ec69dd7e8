"""The server as a whole: binds the port, starts and stops; made by app."""

import asyncio
import socket
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from aiohttp import web

from relay.config import Config
from relay.errors import RelayError
from relay.hub import Hub, Stream
from relay.server.http import make_application
from relay.server.http_log import HttpLog
from relay.server.http_protocol import HttpProtocol, MakeHttp
from relay.server.listening import ClientServer
from relay.server.rest.live import Live
from relay.server.rooms import Rooms
from relay.server.state import FIRST_S, ServerState
from relay.store import Store

KEEP_ALIVE_S = 60.0
"""How long an idle HTTP connection is kept."""
HTTP_STOP_S = 2.0
"""How long a stop waits for HTTP answers, twice at most. They come at once, whatever their requests
wait for; only a client that doesn't read what it is sent takes any time."""


class RelayServer(ClientServer):
    """Serves clients on one port, between `start` and `stop`."""

    def __init__(
        self,
        config: Config,
        hub: Hub,
        rooms: Rooms,
        live: Live,
        store: Store | None = None,
        *,
        first_s: float = FIRST_S,
        sockets: Sequence[socket.socket] = (),
    ) -> None:
        """`first_s`: how long the first events of a room that was just started are waited for.

        `sockets`: what to listen on, in place of the configured address.
        """
        self._relay = ServerState(config, hub, rooms, live, store, first_s=first_s)
        super().__init__(self._relay)
        self._runner = web.AppRunner(
            make_application(self._relay),
            shutdown_timeout=HTTP_STOP_S,
            # Else the task of a client that hung up in the middle of a body stays for a while.
            handler_cancellation=True,
        )
        self._started = False
        self._sockets = sockets

    @property
    def port(self) -> int:
        """The port it listens on; the configured one before the start."""
        for server in self._servers:
            if server.port:
                return server.port
        return self._state.config.server.port

    @property
    def url(self) -> str:
        """Its address, e.g. `http://127.0.0.1:8787`."""
        config = self._state.config.server
        scheme = "https" if config.tls_cert else "http"
        host = f"[{config.host}]" if ":" in config.host else config.host
        return f"{scheme}://{host}:{self.port}"

    async def start(self) -> None:
        """Bind the port and serve. Raises ListenError, ConfigError."""
        http_protocol = await self.begin_http()
        try:
            await self.listen(self.websockets(), http_protocol, sockets=self._sockets)
        except RelayError:
            self._started = False
            await self._runner.cleanup()
            raise

    async def stop(self, deadline_s: float) -> None:
        """Stop as ClientServer does, if it was started."""
        if self._started:
            await super().stop(deadline_s)

    def count_clients(self) -> int:
        """Count the clients that are served, wherever that is."""
        return len(self._state.clients) + self._relay.seats_elsewhere

    def is_taken(self, stream: Stream) -> bool:
        """Tell as Hub.is_taken does, of all clients."""
        return self._state.hub.is_taken(stream)

    async def begin_http(self) -> MakeHttp:
        """Get ready to answer HTTP; gives what makes the protocol of a connection."""
        await self._runner.setup()
        self._started = True
        # Annotated more narrowly by aiohttp than its documentation has it.
        logs: dict[str, Any] = {"access_log": None, "logger": HttpLog(self._relay)}
        return partial(
            HttpProtocol,
            manager=cast("web.Server", self._runner.server),
            state=self._relay,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=KEEP_ALIVE_S,
            **logs,
        )

    async def _end_others(self) -> None:
        await self._runner.cleanup()
