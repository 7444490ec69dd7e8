"""All that systemd does for a running relay and is told of it; made by app for `relay serve`."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import partial

import msgspec
import structlog

from relay.config import Config, check_values, is_loopback
from relay.hub import Hub
from relay.room import RoomManager
from relay.server import RelayServer
from relay.service.hangups import Hangups
from relay.service.reload import Reloader
from relay.service.systemd import Notifier, close_all, take_sockets, watchdog_s
from relay.service.vitals import Vitals

_log = structlog.get_logger(__name__)


class Service:
    """What systemd gave the process, if it was systemd that started it."""

    def __init__(
        self, sockets: list[socket.socket], notifier: Notifier, watchdog_s: float | None
    ) -> None:
        self.sockets = sockets
        """Listening ones; none: the configuration says where to listen."""
        self._notifier = notifier
        self._watchdog_s = watchdog_s
        self._parts: tuple[Config, RoomManager, RelayServer] | None = None
        self._vitals: Vitals | None = None
        self._telling: asyncio.Task[None] | None = None

    @classmethod
    @contextmanager
    def of(cls, env: MutableMapping[str, str]) -> "Iterator[Service]":
        """Take it over, out of the environment. Raises ListenError."""
        sockets = take_sockets(env)
        try:
            yield cls(sockets, Notifier.of(env), watchdog_s(env))
        finally:
            close_all(sockets)

    def adapted(self, config: Config) -> Config:
        """Give a configuration with the address that is really listened on.

        Raises ConfigError where that address wants tokens, and there are none.
        """
        if not self.sockets:
            return config
        addresses = [each.getsockname() for each in self.sockets]
        # What is reachable from elsewhere decides who has to be kept out.
        host, port = next(
            (each[:2] for each in addresses if not is_loopback(each[0])), addresses[0][:2]
        )
        server = msgspec.structs.replace(config.server, host=host, port=port)
        adapted = msgspec.structs.replace(config, server=server)
        check_values(adapted, "relay.socket")
        return adapted

    def begin(
        self,
        tasks: asyncio.TaskGroup,
        config: Config,
        hub: Hub,
        rooms: RoomManager,
        server: RelayServer,
    ) -> None:
        """Tell that the relay serves, and from now on how it is."""
        self._parts = config, rooms, server
        self._notifier.send(READY=1, MAINPID=os.getpid())
        if self._notifier.is_heard:
            self._vitals = Vitals(
                self._notifier, self._watchdog_s, hub, rooms, server.count_clients
            )
            self._telling = tasks.create_task(self._vitals.run(), name="vitals")

    def begin_stop(self) -> None:
        """Tell that the relay stops."""
        if self._telling is not None:
            self._telling.cancel()
        self._notifier.send(STOPPING=1, STATUS="stopping")

    @contextmanager
    def reloading(self, hangups: Hangups | None) -> Iterator[None]:
        """Read the configuration again at each SIGHUP in this block; `hangups` None: at none."""
        if hangups is None or self._parts is None:
            yield
            return
        config, rooms, server = self._parts
        reloader = Reloader(config, lambda: self.adapted(hangups.read()), rooms, server)
        with hangups.heard_by(partial(self._reload, reloader)):
            yield

    def _reload(self, reloader: Reloader) -> None:
        at_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._notifier.send(RELOADING=1, MONOTONIC_USEC=at_us)
        said = "the configuration could not be read again; see the log"
        try:
            said = reloader.reload()
        finally:
            # Whatever comes of it: systemd waits for that, and would for good.
            self._notifier.send(READY=1)
            if self._vitals is not None:
                self._vitals.note = said and f"; {said}"
                self._vitals.tell()
