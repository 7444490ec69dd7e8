"""Accepts the clients of one process, and lets go of them; base of RelayServer and of workers."""

import asyncio
import errno
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog

from relay.errors import CloseCode, ListenError
from relay.server.connection import ClientConnection, Shared
from relay.server.http_protocol import HandBack
from relay.server.port import Port, PortConnection
from relay.server.session import Session
from relay.server.state import STOPPING, ClientState

TakeWebSocket = Callable[[asyncio.Transport, bytes], None]
"""Takes over a connection that asks to be a WebSocket, with what was received on it."""

BACKLOG = 1024
"""Connections that may wait to be accepted: after a restart all clients come back at once."""
_log = structlog.get_logger(__name__)


class ClientServer:
    """A listening port and the clients that came by it, or in another way."""

    def __init__(self, state: ClientState) -> None:
        self._state = state
        self._server: asyncio.Server | None = None
        self._port: Port | None = None

    def websockets(self) -> TakeWebSocket:
        """Make what serves WebSockets; once."""
        return partial(
            ClientConnection.take, Shared(self._state, partial(Session, state=self._state))
        )

    async def listen(
        self,
        take_websocket: TakeWebSocket,
        http_protocol: Callable[[HandBack], asyncio.Protocol],
        *,
        share_port: bool = False,
    ) -> None:
        """Accept clients; WebSockets go one way, all others to a protocol of their own.

        `share_port`: other processes accept on the same port. Raises ListenError.
        """
        config = self._state.config.server
        port = self._port = Port(self._state, take_websocket, http_protocol)
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: PortConnection(port),
                config.host,
                config.port,
                backlog=BACKLOG,
                reuse_port=share_port or None,
            )
        except OSError as error:
            raise listen_error(error, config.host, config.port) from None

    async def stop(self, deadline_s: float) -> None:
        """Stop accepting, give clients `deadline_s` to take what is unsent and hang up, cut off.

        Clients are closed with 3001: they may connect again, and resume.
        """
        state = self._state
        state.begin_stop()
        state.hub.flush()
        if self._port is not None:
            for transport in list(self._port.undecided):
                transport.abort()
        if self._server is not None:
            self._server.close()
        for client in list(state.clients):
            client.begin_close(CloseCode.SHUTTING_DOWN, STOPPING)
        await self._end_others()
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

    async def _end_others(self) -> None:
        """Let go of connections that are no clients."""

    async def _wait_closed(self) -> None:
        if self._server is not None:
            await self._server.wait_closed()
        # Up to Python 3.11 that waits for nothing.
        for client in list(self._state.clients):
            await client.wait_closed()


def listen_error(error: OSError, host: str, port: int) -> ListenError:
    """Say why a port can't be had."""
    return ListenError(_explain(error, host, port))


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
