"""Accepts connections, and rests while hardly any file descriptors are left; made by listening.

What is accepted then could not be served, and what serves others would have none: a file of the
store, a connection to upstream. Who connects meanwhile waits in the kernel's queue.
"""

import asyncio
import errno
import os
import resource
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

import structlog

from relay.logs import Throttle
from relay.server.senders import counted_peer
from relay.server.state import ClientState

ACCEPTED_AT_ONCE = 64
"""Connections that are accepted before others have their turn."""
SPARE_DESCRIPTORS = 64
"""File descriptors that connections leave to everything else; of few, a quarter."""
TLS_HANDSHAKE_S = 5.0
"""How long a new connection may take for the handshake of TLS, before anything else is asked."""
REST_S = 0.25
"""How often it is looked whether there are enough again."""
SAID_S = 60.0
"""How often it is said at most that there are not."""

_SCARCE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_OF_CONNECTION = frozenset(
    {errno.ENETDOWN, errno.EPROTO, errno.ENOPROTOOPT, errno.EHOSTDOWN}
    | {errno.EHOSTUNREACH, errno.EOPNOTSUPP, errno.ENETUNREACH, errno.EPERM, errno.ETIMEDOUT}
)
"""What befell a connection that waited, which is gone; the next may be sound. See accept(2)."""
_TLS_HANDSHAKE = b"\x16"
"""What a connection begins with where TLS is spoken: the type of its first record."""
_log = structlog.get_logger(__name__)


class Acceptor:
    """Accepts on one listening socket, which it closes in the end."""

    def __init__(
        self,
        listening: socket.socket,
        new_protocol: Callable[[Callable[[], None], bool], asyncio.Protocol],
        options: Mapping[str, Any],
        state: ClientState,
    ) -> None:
        """`options`: for connect_accepted_socket; they may change.

        Protocols are made with what they call when they have a connection, to count from then on,
        and whether that is a plain one where TLS is spoken.
        """
        self._listening = listening
        self._new_protocol = new_protocol
        self._options = options
        self._state = state
        self._opening: dict[asyncio.Task[None], str] = {}
        """Handshakes, the oldest first, and the addresses that they count for."""
        self._cut: set[asyncio.Task[None]] = set()
        """Those that had to make way, until they have ended."""
        self._resting: asyncio.TimerHandle | None = None
        self._said = Throttle(SAID_S)
        self._loop = asyncio.get_running_loop()
        listening.setblocking(False)
        self._loop.add_reader(listening.fileno(), self._accept)

    @property
    def port(self) -> int:
        """The port that it listens on; 0 once it is closed, or where there are none."""
        name = self._listening.getsockname() if self._listening.fileno() >= 0 else None
        return int(name[1]) if isinstance(name, tuple) else 0

    @property
    def is_opening(self) -> bool:
        """Whether it has accepted somebody whom nobody serves yet."""
        return bool(self._opening)

    def close(self) -> None:
        """Accept no more. Safe to repeat."""
        if self._listening.fileno() < 0:
            return
        if self._resting is None:
            self._loop.remove_reader(self._listening.fileno())
        else:
            self._resting.cancel()
        self._listening.close()

    async def wait_closed(self) -> None:
        """Wait until nothing is accepted any more; what was is another's."""
        for task in list(self._opening):
            task.cancel()
        if ending := {*self._opening, *self._cut}:
            await asyncio.wait(ending)

    def _accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                accepted, address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _OF_CONNECTION:
                    self._rest(error)
                return
            # Who speaks no TLS is counted by what is made of the connection, and told.
            speaks_tls = "ssl" in self._options
            peer = counted_peer(address, self._state.config.server) if speaks_tls else ""
            if not self._state.limits.may_connect(peer):
                self._state.refuse("address_connections", f"from {peer}")
                accepted.close()
                continue
            self._state.limits.connected(peer)
            accepted.setblocking(False)
            task = self._loop.create_task(self._open(accepted), name="accepting")
            self._opening[task] = peer
            task.add_done_callback(self._note_open)
            self._make_room()
            if not is_spare(accepted.fileno()):
                self._rest()
                return

    def _make_room(self) -> None:
        """Hang up on the oldest handshake of TLS, where there are too many."""
        if len(self._opening) > self._state.config.limits.opening_connections:
            oldest = next(iter(self._opening))
            self._state.refuse("opening_connections", f"{len(self._opening)} connections")
            self._note_open(oldest)
            self._cut.add(oldest)
            oldest.add_done_callback(self._cut.discard)
            oldest.cancel()

    def _note_open(self, task: asyncio.Task[None]) -> None:
        """Note that a connection is not opened any more, but another's. Safe to repeat."""
        self._state.limits.disconnected(self._opening.pop(task, ""))

    async def _open(self, accepted: socket.socket) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        wants_tls = "ssl" in self._options
        try:
            async with asyncio.timeout(TLS_HANDSHAKE_S if wants_tls else None):
                is_plain = wants_tls and await self._first_byte(accepted) != _TLS_HANDSHAKE
                protocol = self._new_protocol(partial(self._note_open, task), is_plain)
                options = {} if is_plain else self._options
                await self._loop.connect_accepted_socket(lambda: protocol, accepted, **options)
        except (OSError, TimeoutError) as error:
            # A handshake of TLS that came to nothing, or a client that has gone already.
            accepted.close()
            if wants_tls:
                self._state.refuse("tls", str(error) or "no handshake in time")
        except asyncio.CancelledError:
            accepted.close()
            raise

    async def _first_byte(self, accepted: socket.socket) -> bytes:
        """Look at the first byte that comes, and leave it there; b"" where none will."""
        readable = asyncio.Event()
        self._loop.add_reader(accepted, readable.set)
        try:
            await readable.wait()
        finally:
            self._loop.remove_reader(accepted)
        return accepted.recv(1, socket.MSG_PEEK)

    def _rest(self, error: OSError | None = None) -> None:
        """Accept nobody for a moment; without an error, as descriptors are about to run out."""
        self._loop.remove_reader(self._listening.fileno())
        self._resting = self._loop.call_later(REST_S, self._look)
        self._state.accept_rests += 1
        if self._said.admit() is None:
            return
        if error is not None and error.errno not in _SCARCE:
            _log.error("no new clients for now: the system lets none in", error=str(error))
        else:
            _log.warning(
                "no new clients for now: hardly any file descriptors are left",
                most=_most_descriptors(),
                cure="raise LimitNOFILE= of the unit, or ulimit -n",
            )

    def _look(self) -> None:
        if not self._are_spare():
            self._resting = self._loop.call_later(REST_S, self._look)
            return
        self._resting = None
        self._loop.add_reader(self._listening.fileno(), self._accept)

    def _are_spare(self) -> bool:
        try:
            next_one = os.dup(self._listening.fileno())
        except OSError:
            return False
        os.close(next_one)
        return is_spare(next_one)


def _most_descriptors() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def is_spare(descriptor: int) -> bool:
    """Tell whether a descriptor that was just made leaves enough: the lowest free one is given."""
    most = _most_descriptors()
    return descriptor < most - min(SPARE_DESCRIPTORS, most // 4)
