"""A worker: a process that serves WebSockets on the relay's port, with what the relay tells it.

It ends when the relay says so, and at once when the relay is gone. Run by __main__.
"""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack

import structlog

from relay import __version__, loops
from relay.errors import ListenError
from relay.hub import RepeatingHub
from relay.logs import configure_logs
from relay.server.listening import ClientServer
from relay.workers.asking import Asking
from relay.workers.channel import Channel
from relay.workers.door import Door, WorkerState
from relay.workers.messages import (
    Beat,
    Count,
    Entered,
    FromWorker,
    Held,
    PageFailed,
    PageRead,
    Ready,
    Reconfigured,
    Refused,
    Serving,
    Setup,
    Stop,
    Synced,
    Told,
    WorkerMessage,
    encode,
    worker_messages,
)
from relay.workers.passing import Arrival, Departure, Passing, adopt
from relay.workers.process import ignore_signals
from relay.workers.repeater import Repeater, StoredElsewhere
from relay.workers.streams import Streams

BEAT_S = 1.0
"""How often the relay is told that all is well."""

_PR_SET_PDEATHSIG = 1
_log = structlog.get_logger(__name__)


def main(arguments: list[str]) -> int:
    """Run a worker; gives the exit code.

    It is given the descriptors of its pairs, and of what it listens on, unless it is to bind that.
    """
    ignore_signals()
    _die_with_parent()
    pair, passing_pair, *listening = (socket.socket(fileno=int(each)) for each in arguments)
    with pair, passing_pair, ExitStack() as held:
        for each in listening:
            held.enter_context(each)
        return loops.run(_run(pair, passing_pair, listening))


async def _run(
    pair: socket.socket, passing_pair: socket.socket, listening: Sequence[socket.socket]
) -> int:
    """Serve until the relay says stop."""
    setup: asyncio.Future[Setup] = asyncio.get_running_loop().create_future()

    def take(data: memoryview) -> None:
        message = worker_messages.decode(data)
        if isinstance(message, Setup):
            setup.set_result(message)

    channel = Channel(take, _abandoned)
    await asyncio.get_running_loop().create_unix_connection(lambda: channel, sock=pair)
    told = await setup
    configure_logs(told.config.log.level, told.config.log.format)
    structlog.contextvars.bind_contextvars(worker=told.number)
    if told.version != __version__:
        _log.error(
            "another version was installed while the relay runs; restart it",
            running=told.version,
            installed=__version__,
        )
        return 1
    worker = _Worker(told, channel, passing_pair, listening)
    channel.take = worker.take
    try:
        await worker.run()
    except ListenError as error:
        _log.error("the worker can't listen", error=str(error))
        return 1
    finally:
        channel.lost = lambda: None
    await channel.finish()
    return 0


class _Worker:
    """What a worker is made of, once it has been told what to serve."""

    def __init__(
        self,
        setup: Setup,
        channel: Channel,
        passing_pair: socket.socket,
        listening: Sequence[socket.socket],
    ) -> None:
        config = setup.config
        self._channel = channel
        self._listening = listening
        streams = Streams()
        hub = RepeatingHub(config.hub)
        self._asking = Asking(self._send, hub, streams)
        stored = StoredElsewhere(self._asking) if setup.has_archive else None
        self._repeater = Repeater(hub, streams, stored, self._send)
        self._state = WorkerState(config, hub, self._asking, self._send)
        self._server = ClientServer(self._state)
        self._door = Door(self._state, self._asking, self._server.websockets(), self._send)
        self._server.is_anybody_at_the_door = self._door.is_anybody_there
        self._passing = Passing(passing_pair, self._adopt)
        self._adopting: set[asyncio.Task[None]] = set()
        self._is_held_up = False
        self._later: deque[WorkerMessage] = deque()
        """What came in the turn of the event loop in which it was held up."""
        self._synced = asyncio.Event()
        self._stop: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        """How long clients may take, once it is to stop."""

    async def run(self) -> None:
        """Serve until the relay says stop. Raises ListenError."""
        beating = asyncio.create_task(self._beat(), name="beat")
        try:
            self._send(Ready())
            await self._synced.wait()
            await self._server.listen(
                self._door.knock,
                lambda *_: Departure(self._passing),
                share_port=True,
                sockets=self._listening,
            )
            self._send(Serving())
            _log.info("worker serves", pid=os.getpid())
            await self._server.stop(await self._stop)
            self._send(Beat(self._state.totals()))
        finally:
            self._passing.close()
            beating.cancel()

    def take(self, data: memoryview) -> None:
        """Do what the relay says, in order."""
        message = worker_messages.decode(data)
        if self._is_held_up:
            self._later.append(message)
        else:
            self._do(message)

    def _do(self, message: WorkerMessage) -> None:
        match message:
            case Held():
                self._asking.answered(message)
                # Whoever waits for the room has it before anything else happens to it: they are
                # woken in the next turn of the event loop, before this is called.
                self._is_held_up = True
                asyncio.get_running_loop().call_soon(self._go_on)
            case Refused() | Entered() | Told() | PageRead() | PageFailed():
                self._asking.answered(message)
            case Count():
                self._send(Beat(self._state.totals()))
            case Synced():
                self._synced.set()
            case Stop(deadline_s):
                self._stop.set_result(deadline_s)
            case Reconfigured(config):
                configure_logs(config.log.level, config.log.format)
                self._server.reconfigure(config)
            case Setup():
                raise ValueError("a worker is set up once")
            case _:
                self._repeater.apply(message)

    def _go_on(self) -> None:
        self._is_held_up = False
        while self._later and not self._is_held_up:
            self._do(self._later.popleft())

    def _send(self, message: FromWorker) -> None:
        self._channel.send(encode(message))

    async def _beat(self) -> None:
        while True:
            self._send(Beat(self._state.totals()))
            await asyncio.sleep(BEAT_S)

    def _adopt(self, connection: socket.socket, received: bytes) -> None:
        """Serve a connection that the relay gives back: it is to be a WebSocket after all."""
        arrival = Arrival(self._door.knock, received)
        task = asyncio.create_task(adopt(connection, arrival), name="adopting")
        self._adopting.add(task)
        task.add_done_callback(self._adopting.discard)


def _abandoned() -> None:
    """End at once, as the relay is gone: there is nothing to be kept."""
    os._exit(1)


def _die_with_parent() -> None:
    """Have the system end this process with the relay's, even where it hangs itself."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
