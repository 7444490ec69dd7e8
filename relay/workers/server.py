"""The relay's server where workers accept its clients; takes RelayServer's place, made by app.

Workers serve WebSockets; what else comes they pass on to here, connection and all.
"""

import asyncio
import errno
import socket
from collections.abc import Sequence
from functools import partial
from typing import Any

from relay.config import Config
from relay.hub import Stream
from relay.server import RelayServer
from relay.server.http_protocol import MakeHttp, answer_http
from relay.server.listening import listen_error
from relay.workers.passing import Arrival, Passing, adopt
from relay.workers.pool import Pool

RESERVE_S = 0.5
"""How long a port that is in use is asked for: the workers of a relay that was killed just now may
have it."""
RESERVE_LOOK_S = 0.05
WORKERS_S = 2.0
"""How long a stop answers what workers pass on; they end sooner where no client is slow."""


class SharedServer(RelayServer):
    """Serves clients on one port with `[server] workers` processes, between `start` and `stop`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what RelayServer takes."""
        super().__init__(*args, **kwargs)
        self._reserved: list[socket.socket] = []
        self._pool: Pool | None = None
        self._adopts = True
        """Whether HTTP is answered still."""
        self._adopting: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port that the workers listen on; the configured one before the start."""
        if not self._reserved:
            return self._state.config.server.port
        number: int = self._reserved[0].getsockname()[1]
        return number

    async def start(self) -> None:
        """Reserve the port, and have workers serve. Raises ListenError, RelayError."""
        config = self._state.config.server
        self._reserved = list(self._sockets) or await _reserve(config.host, config.port)
        http_protocol = await self.begin_http()
        self._pool = Pool(self._relay, partial(self._adopt, http_protocol))
        try:
            await self._pool.start(self.port, self._sockets)
        except BaseException:
            await self._let_go()
            raise

    def reconfigure(self, config: Config) -> None:
        """Have workers serve by another configuration, too."""
        super().reconfigure(config)
        if self._pool is not None:
            self._pool.reconfigure()

    async def stop(self, deadline_s: float) -> None:
        """Stop the workers, each as RelayServer stops itself, and what is served here with them."""
        if self._pool is None:
            return
        self._pool.begin_stop(deadline_s)
        try:
            await super().stop(deadline_s)
            await self._pool.finish_stop(deadline_s)
        finally:
            # Who interrupts the stop does not wait for workers' clients either.
            await self._pool.end()
            await self._let_go()

    def is_taken(self, stream: Stream) -> bool:
        """Tell as Hub.is_taken does; False, too, while the workers have yet to say: ask again."""
        hub = self._state.hub
        seen = None if self._pool is None else self._pool.look(stream)
        if seen is None:
            return False
        listens, is_behind = seen
        return (listens or hub.is_listened_to(stream)) and not (is_behind or hub.is_behind(stream))

    async def _decide_others(self, wait_s: float) -> None:
        """Answer what workers pass on of those who have just connected to them."""
        if self._pool is not None:
            await self._pool.wait_over(max(wait_s, WORKERS_S))

    async def _end_others(self) -> None:
        self._adopts = False
        await super()._end_others()

    async def _let_go(self) -> None:
        self._pool = None
        await self._end_others()
        for task in list(self._adopting):
            task.cancel()
        if self._adopting:
            await asyncio.wait(self._adopting)
        for reserved in self._reserved:
            reserved.close()

    def _adopt(
        self,
        http_protocol: MakeHttp,
        passing: Passing,
        connection: socket.socket,
        received: bytes,
    ) -> None:
        """Answer HTTP on a connection that a worker has accepted."""

        def begin(transport: asyncio.Transport, data: bytes) -> None:
            begun_s = asyncio.get_running_loop().time()
            make = partial(http_protocol, partial(passing.give, transport), begun_s)
            # Workers don't know how many there are.
            answer_http(self._state, transport, data, make)

        if not self._adopts:
            connection.close()
            return
        task = asyncio.create_task(adopt(connection, Arrival(begin, received)), name="adopting")
        self._adopting.add(task)
        task.add_done_callback(self._adopting.discard)


async def _reserve(host: str, port: int) -> list[socket.socket]:
    """Bind a port for processes of this one's user to share. Raises ListenError."""
    loop = asyncio.get_running_loop()
    give_up_at_s = loop.time() + RESERVE_S
    while True:
        try:
            found = await loop.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            return _bind(found, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or loop.time() > give_up_at_s:
                raise listen_error(error, host, port) from None
        await asyncio.sleep(RESERVE_LOOK_S)


def _bind(found: Sequence[tuple[Any, ...]], port: int) -> list[socket.socket]:
    """Bind all addresses that were found for a host. Raises OSError.

    They are had alone first: a second relay, which would share them as well, must not get them.
    """
    reserved: list[socket.socket] = []
    try:
        for family, kind, proto, _, address in dict.fromkeys(found):
            bound = socket.socket(family, kind, proto)
            reserved.append(bound)
            # What was connected to a relay before must not be in the way.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # Where the system chose one, it is the same for all families.
            chosen = reserved[0].getsockname()[1] if port == 0 and len(reserved) > 1 else port
            bound.bind((address[0], chosen, *address[2:]))
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except BaseException:
        for bound in reserved:
            bound.close()
        raise
    return reserved
