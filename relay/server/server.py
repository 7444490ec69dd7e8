"""The server as a whole: binds the port, starts and stops; made by app."""

import asyncio
import errno
from contextlib import suppress
from functools import partial
from typing import Any, cast

import structlog
from aiohttp import web

from relay.config import Config
from relay.errors import CloseCode, ListenError
from relay.hub import Hub
from relay.server.connection import ClientConnection, Shared
from relay.server.http import make_application
from relay.server.http_log import HttpLog
from relay.server.http_protocol import HttpProtocol
from relay.server.port import Port, PortConnection
from relay.server.rest.live import Live
from relay.server.rooms import Rooms
from relay.server.session import Session
from relay.server.state import FIRST_S, STOPPING, ServerState
from relay.store import Store

KEEP_ALIVE_S = 60.0
"""How long an idle HTTP connection is kept."""
HTTP_STOP_S = 2.0
"""How long a stop waits for HTTP answers, twice at most. They come at once, whatever their requests
wait for; only a client that doesn't read what it is sent takes any time."""

_log = structlog.get_logger(__name__)


class RelayServer:
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
    ) -> None:
        """`first_s`: how long the first events of a room that was just started are waited for."""
        self._state = ServerState(config, hub, rooms, live, store, first_s=first_s)
        self._runner = web.AppRunner(
            make_application(self._state),
            shutdown_timeout=HTTP_STOP_S,
            # Else the task of a client that hung up in the middle of a body stays for a while.
            handler_cancellation=True,
        )
        self._server: asyncio.Server | None = None
        self._port: Port | None = None

    @property
    def port(self) -> int:
        """The port it listens on; the configured one before the start."""
        if self._server is None or not self._server.sockets:
            return self._state.config.server.port
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    @property
    def url(self) -> str:
        """Its address, e.g. `http://127.0.0.1:8787`."""
        host = self._state.config.server.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    async def start(self) -> None:
        """Bind the port and serve. Raises ListenError."""
        config = self._state.config.server
        await self._runner.setup()
        # Annotated more narrowly by aiohttp than its documentation has it.
        logs: dict[str, Any] = {"access_log": None, "logger": HttpLog(self._state)}
        http_protocol = partial(
            HttpProtocol,
            manager=cast("web.Server", self._runner.server),
            state=self._state,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=KEEP_ALIVE_S,
            **logs,
        )
        shared = Shared(self._state, partial(Session, state=self._state))
        port = self._port = Port(self._state, partial(ClientConnection.take, shared), http_protocol)
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: PortConnection(port), config.host, config.port
            )
        except OSError as error:
            await self._runner.cleanup()
            raise ListenError(_explain(error, config.host, config.port)) from None

    async def stop(self, deadline_s: float) -> None:
        """Stop accepting, give clients `deadline_s` to take what is unsent and hang up, cut off.

        Clients are closed with 3001: they may connect again, and resume.
        """
        if self._server is None or self._port is None:
            return
        state = self._state
        state.begin_stop()
        state.hub.flush()
        for transport in list(self._port.undecided):
            transport.abort()
        self._server.close()
        for client in list(state.clients):
            client.begin_close(CloseCode.SHUTTING_DOWN, STOPPING)
        await self._runner.cleanup()
        for transport in list(state.leaving):
            transport.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline_s):
                await self._wait_closed()
        if state.clients:
            _log.warning("clients cut off that did not hang up", clients=len(state.clients))
        for client in list(state.clients):
            client.transport.abort()
        await self._wait_closed()

    async def _wait_closed(self) -> None:
        if self._server is not None:
            await self._server.wait_closed()
        # Up to Python 3.11 that waits for WebSockets only.
        for client in list(self._state.clients):
            await client.wait_closed()


def _explain(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"port {port} on {host} is in use; stop the program that uses it (a relay that"
                " runs already?) or choose another with [server] port"
            )
        case errno.EACCES:
            return f"not permitted to listen on port {port} of {host}; choose one above 1023"
        # From Python 3.13 on asyncio raises an error of its own for it, without a number.
        case errno.EADDRNOTAVAIL | None:
            return f"{host} is not an address of this machine; change [server] host"
        case _:
            return f"can't listen on port {port} of {host}: {error.strerror or error}"
