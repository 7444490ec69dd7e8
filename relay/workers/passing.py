"""Passes open connections between the relay and a worker, with what was received of them so far.

A pair of its own: asyncio's transports can't send descriptors. Used by both ends.
"""

import asyncio
import errno
import os
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import structlog

from relay.server.accepting import is_spare

MAX_WAITING = 512
"""Connections that wait to be passed; further ones are hung up on."""
_LENGTH_BYTES = 4
_READ_BYTES = 256 * 1024
_READS = 32
"""Reads in one turn of the event loop."""

_log = structlog.get_logger(__name__)

Adopt = Callable[[socket.socket, bytes], None]
"""Takes a connection over, with what was received of it."""


class Passing:
    """One end of the pair. Neither `give` nor what it calls waits."""

    def __init__(self, pair: socket.socket, adopt: Adopt) -> None:
        pair.setblocking(False)
        self._pair = pair
        self._adopt = adopt
        self._loop = asyncio.get_running_loop()
        self._leaving: deque[tuple[int, memoryview]] = deque()
        """Descriptors, -1 where that has gone already, and what is left of the bytes."""
        self._received = bytearray()
        self._arrived: deque[int] = deque()
        self._loop.add_reader(pair.fileno(), self._read)

    def give(self, transport: asyncio.Transport, received: bytes) -> None:
        """Pass a transport's connection on; this process is rid of it."""
        with suppress(OSError):  # too many are open, or it is lost
            # The end of an answer that is unsent yet would go with this process's end of it.
            is_clear = not transport.get_write_buffer_size()
            if is_clear and len(self._leaving) < MAX_WAITING and self._pair.fileno() >= 0:
                descriptor = os.dup(transport.get_extra_info("socket").fileno())
                data = len(received).to_bytes(_LENGTH_BYTES, "big") + received
                self._leaving.append((descriptor, memoryview(data)))
        # The other end has the connection open still. Whoever had it here is told nothing.
        transport.set_protocol(asyncio.Protocol())
        transport.abort()
        self._write()

    def close(self) -> None:
        """Hang up on what waits, and break it off. Safe to repeat."""
        if self._pair.fileno() < 0:
            return
        self._loop.remove_reader(self._pair.fileno())
        self._loop.remove_writer(self._pair.fileno())
        self._pair.close()
        held = [*(descriptor for descriptor, _ in self._leaving), *self._arrived]
        self._leaving.clear()
        self._arrived.clear()
        for descriptor in held:
            if descriptor >= 0:
                os.close(descriptor)

    def _write(self) -> None:
        try:
            while self._leaving:
                descriptor, data = self._leaving[0]
                if descriptor >= 0:
                    sent = socket.send_fds(self._pair, [data], [descriptor])
                    os.close(descriptor)
                else:
                    sent = self._pair.send(data)
                if sent < len(data):
                    self._leaving[0] = -1, data[sent:]
                else:
                    self._leaving.popleft()
        except BlockingIOError:
            self._loop.add_writer(self._pair.fileno(), self._write)
            return
        except OSError as error:
            self._fail(error)
            return
        if self._pair.fileno() >= 0:
            self._loop.remove_writer(self._pair.fileno())

    def _read(self) -> None:
        try:
            for _ in range(_READS):
                # Data with descriptors is never joined with other data: one at a time at most.
                data, descriptors, flags, _ = socket.recv_fds(self._pair, _READ_BYTES, 1)
                if not data:
                    self.close()
                    return
                for descriptor in descriptors:
                    os.set_inheritable(descriptor, False)
                    self._arrived.append(descriptor)
                if flags & socket.MSG_CTRUNC and not descriptors:
                    self._arrived.append(-1)
                self._received += data
                self._deliver()
        except BlockingIOError:
            pass
        except OSError as error:
            self._fail(error)

    def _deliver(self) -> None:
        while len(self._received) >= _LENGTH_BYTES:
            end = _LENGTH_BYTES + int.from_bytes(self._received[:_LENGTH_BYTES], "big")
            if len(self._received) < end:
                return
            received = bytes(self._received[_LENGTH_BYTES:end])
            del self._received[:end]
            if not self._arrived:
                raise OSError(errno.EPROTO, "a connection's bytes without the connection")
            descriptor = self._arrived.popleft()
            if descriptor >= 0 and not is_spare(descriptor):
                os.close(descriptor)
                descriptor = -1
            if descriptor < 0:
                _log.warning("a connection was lost: too many files are open")
            else:
                self._adopt(socket.socket(fileno=descriptor), received)

    def _fail(self, error: OSError) -> None:
        _log.warning("connections can't be passed any more", error=error.strerror or str(error))
        self.close()


class Arrival(asyncio.Protocol):
    """The first protocol of a connection that was passed on: makes way for the one it is for."""

    def __init__(self, begin: Callable[[asyncio.Transport, bytes], None], received: bytes) -> None:
        self._begin = begin
        self._received = received

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Make way."""
        self._begin(cast("asyncio.Transport", transport), self._received)


class Departure(asyncio.Protocol):
    """The last protocol of a connection in this process: passes it on with what was received."""

    def __init__(self, passing: Passing) -> None:
        self._passing = passing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for what was received."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Pass the connection on."""
        self._passing.give(self._transport, data)


async def adopt(connection: socket.socket, arrival: Arrival) -> None:
    """Have the event loop serve a connection that was passed on."""
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().connect_accepted_socket(lambda: arrival, connection)
    except OSError as error:  # its client has hung up
        _log.debug("a connection was lost on its way", error=str(error))
        connection.close()
