"""Accepts the clients of one process, and lets go of them; base of RelayServer and of workers."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from relay.config import Config
from relay.errors import CloseCode, ListenError
from relay.server.accepting import Acceptor
from relay.server.connection import ClientConnection, Shared
from relay.server.http_protocol import MakeHttp
from relay.server.port import Port, PortConnection
from relay.server.session import Session
from relay.server.state import STOPPING, ClientState
from relay.server.tls import load_certificate

TakeWebSocket = Callable[[asyncio.Transport, bytes], None]
"""Takes over a connection that asks to be a WebSocket, with what was received on it."""

BACKLOG = 1024
"""Connections that may wait to be accepted: after a restart all clients come back at once."""
SEND_BUFFER_BYTES = 512 * 1024
"""What the kernel may hold unsent of one client; by its own count about twice as much."""
TLS_GOODBYE_S = 2.0
"""How long a client may take to answer the end of TLS."""
UNDECIDED_S = 0.5
"""How long a stop waits for the first request of who has just connected: to be told what goes on
is better than a connection that breaks."""
CERTIFICATE_LOOK_S = 86_400.0
"""How often the certificate's dates are looked at while it is in use."""
_LOOK_S = 0.01
_log = structlog.get_logger(__name__)


class ClientServer:
    """A listening port and the clients that came by it, or in another way."""

    def __init__(self, state: ClientState) -> None:
        self._state = state
        self._servers: list[Acceptor] = []
        self._tls: dict[str, Any] = {}
        """How connections are opened where the port speaks TLS; the certificate under `ssl`."""
        self._certificate_timer: asyncio.TimerHandle | None = None
        self._port: Port | None = None
        self.is_anybody_at_the_door: Callable[[], bool] = lambda: False
        """Tells whether somebody waits for an answer to a handshake."""

    def websockets(self) -> TakeWebSocket:
        """Make what serves WebSockets; once."""
        return partial(
            ClientConnection.take, Shared(self._state, partial(Session, state=self._state))
        )

    async def listen(
        self,
        take_websocket: TakeWebSocket,
        http_protocol: MakeHttp,
        *,
        share_port: bool = False,
        sockets: Sequence[socket.socket] = (),
    ) -> None:
        """Accept clients; WebSockets go one way, all others to a protocol of their own.

        `share_port`: other processes accept on the same port. `sockets`: listening ones that are
        there already, in place of the configured address. Raises ListenError, ConfigError.
        """
        config = self._state.config.server
        port = self._port = Port(self._state, take_websocket, http_protocol)
        if config.tls_cert:
            certificate = self._state.certificate = load_certificate(config)
            self._tls |= {
                "ssl": certificate.context,
                "ssl_shutdown_timeout": TLS_GOODBYE_S,
            }
        try:
            for bound in sockets or await _bind(config.host, config.port, share_port=share_port):
                # Accepted ones have it of this one. The kernel would take megabytes for a client
                # that doesn't read, before it is noticed.
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
                if not sockets:
                    bound.listen(BACKLOG)
                self._servers.append(
                    Acceptor(
                        bound,
                        partial(PortConnection, port),
                        self._tls,
                        self._state,
                    )
                )
        except OSError as error:
            raise listen_error(error, config.host, config.port) from None
        if self._tls:
            self._look_at_certificate_later()

    def reconfigure(self, config: Config) -> None:
        """Serve by another configuration from now on; see ClientState.reconfigure.

        Raises ConfigError where a token or the certificate can't be used, with nothing changed.
        """
        # Anew, as one that takes half of what is in the files could not be used any more.
        certificate = load_certificate(config.server) if self._tls else None
        self._state.reconfigure(config)
        if certificate is not None:
            self._state.certificate = certificate
            self._tls["ssl"] = certificate.context

    async def stop(self, deadline_s: float) -> None:
        """Stop accepting, give clients `deadline_s` to take what is unsent and hang up, cut off.

        Clients are closed with 3001: they may connect again, and resume.
        """
        state = self._state
        if self._certificate_timer is not None:
            self._certificate_timer.cancel()
        state.begin_stop()
        state.hub.flush()
        for server in self._servers:
            server.close()
        for client in list(state.clients):
            client.begin_close(CloseCode.SHUTTING_DOWN, STOPPING)
        await self._decide_others(min(deadline_s, UNDECIDED_S))
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

    def _look_at_certificate_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._certificate_timer = loop.call_later(CERTIFICATE_LOOK_S, self._look_at_certificate)

    def _look_at_certificate(self) -> None:
        if self._state.certificate is not None:
            self._state.certificate.warn()
        self._look_at_certificate_later()

    async def _decide_others(self, wait_s: float) -> None:
        """Hear from who has just connected; hang up on who says nothing."""
        if self._port is None:
            return
        loop = asyncio.get_running_loop()
        until_s = loop.time() + wait_s
        while self._is_anybody_undecided() and loop.time() < until_s:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(_LOOK_S)
        for transport in list(self._port.undecided):
            transport.abort()

    def _is_anybody_undecided(self) -> bool:
        opening = any(server.is_opening for server in self._servers)
        return opening or self.is_anybody_at_the_door() or bool(self._port and self._port.undecided)

    async def _end_others(self) -> None:
        """Let go of connections that are no clients."""

    async def _wait_closed(self) -> None:
        for server in self._servers:
            await server.wait_closed()
        # Up to Python 3.11 that waits for nothing.
        for client in list(self._state.clients):
            await client.wait_closed()


async def _bind(host: str, port: int, *, share_port: bool) -> list[socket.socket]:
    """Bind all addresses of a host. Raises OSError."""
    # asyncio knows how to; what it would accept in one turn of the loop is more than is good.
    server = await asyncio.get_running_loop().create_server(
        asyncio.Protocol, host, port, reuse_port=share_port or None, start_serving=False
    )
    bound = [socket.socket(fileno=os.dup(given.fileno())) for given in server.sockets]
    server.close()
    return bound


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
