"""Keeps the workers running: starts them, restarts those that end, gives up those that hang.

Made by SharedServer. No worker outlives the relay: whose pair breaks ends at once.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec
import structlog

from relay import __version__
from relay.config import Config
from relay.errors import RelayError
from relay.hub import Stream
from relay.server.state import ServerState
from relay.server.totals import Totals
from relay.workers.feed import Feed
from relay.workers.link import Link
from relay.workers.messages import Reconfigured, Setup, Stop
from relay.workers.passing import Passing
from relay.workers.process import WorkerProcess

TICK_S = 1.0
"""How often workers are looked at; they give a sign of life as often."""
SILENT_TICKS = 15
"""A worker that says nothing for so long has hung. Ticks: a relay that stood still itself, as
with its machine, must not count the time."""
STARTING_TICKS = 60
"""The same for one that is starting."""
BACK_OFF_S = (0.1, 5.0)
"""How long a worker that ended is not started again: from the first, doubled up to the last."""
STEADY_S = 30.0
"""A worker that served so long begins anew with the first."""
STOP_SPARE_S = 2.0
"""How much longer than its clients a worker may take to stop."""

EXIT_S = 1.0
"""How long a worker that has hung up may take to end."""
COUNT_S = 1.0
"""How long what workers have counted is waited for; then it is what they told last."""

Adopt = Callable[[Passing, socket.socket, bytes], None]
"""Takes over a connection that is no WebSocket, with what was received on it, and the way back."""

_log = structlog.get_logger(__name__)


class Pool:
    """All workers of a relay."""

    def __init__(self, state: ServerState, adopt: Adopt) -> None:
        self._state = state
        self._adopt = adopt
        self._feed = Feed(state.hub)
        self._workers: list[_Worker] = []
        self._port = 0
        self.listening: list[int] = []
        """Descriptors that workers listen on."""
        self._gone = Totals()
        """What workers had counted that have ended."""
        self.has_archive = state.hub.archive is not None
        self.restarts = 0
        """How often a worker that had ended was started again."""
        self._tick: asyncio.TimerHandle | None = None
        state.totals_elsewhere = self.totals
        state.count_elsewhere = self.count

    async def start(self, port: int, sockets: Sequence[socket.socket]) -> None:
        """Start all workers, and wait until they serve. Raises RelayError where one does not.

        `sockets`: those that they all listen on; none: each on `port` for itself.
        """
        self._port = port
        self.listening = [each.fileno() for each in sockets]
        self._look()
        numbers = range(1, self._state.config.server.workers + 1)
        self._workers = [_Worker(self, number) for number in numbers]
        try:
            await asyncio.gather(*(worker.served_once for worker in self._workers))
        except BaseException:
            await self.end()
            raise

    @property
    def config(self) -> Config:
        """What workers need of the configuration."""
        whole = self._state.config
        return Config(
            server=msgspec.structs.replace(whole.server, port=self._port),
            auth=whole.auth,
            limits=whole.limits,
            rest=whole.rest,
            hub=whole.hub,
            log=whole.log,
        )

    def reconfigure(self) -> None:
        """Tell workers that the configuration is another one."""
        for worker in self._workers:
            if worker.link is not None:
                worker.link.send(Reconfigured(self.config))

    def begin_stop(self, deadline_s: float) -> None:
        """Have workers give their clients what there is until now, and let go of them."""
        for worker in self._workers:
            worker.begin_stop(deadline_s)

    async def wait_over(self, wait_s: float) -> None:
        """Wait until all workers have ended; so long at most."""
        if self._workers:
            await asyncio.wait([worker.task for worker in self._workers], timeout=wait_s)

    async def finish_stop(self, deadline_s: float) -> None:
        """Wait until all workers have ended whose clients may take so long."""
        await self.wait_over(deadline_s + STOP_SPARE_S)

    async def end(self) -> None:
        """Cut off what is left."""
        if self._tick is not None:
            self._tick.cancel()
        for worker in self._workers:
            worker.task.cancel()
        if self._workers:
            await asyncio.wait([worker.task for worker in self._workers])

    async def count(self) -> None:
        """Have all workers tell what they have counted; it is waited for a moment at most."""
        links = [worker.link for worker in self._workers]
        with suppress(TimeoutError):
            async with asyncio.timeout(COUNT_S):
                await asyncio.gather(*(link.count() for link in links if link and link.is_fed))

    def totals(self) -> Totals:
        """Give what all workers have counted, those that have ended included."""
        totals = self._gone + Totals(restarts=self.restarts)
        for worker in self._workers:
            if worker.link is not None:
                totals += worker.link.counted()
        return totals

    def look(self, stream: Stream) -> tuple[bool, bool] | None:
        """Tell whether clients listen to a stream, and whether one is behind; None: ask again."""
        links = [worker.link for worker in self._workers]
        seen = [link.look(stream) for link in links if link is not None and link.is_fed]
        if None in seen:
            return None
        told = [each for each in seen if each is not None]
        return any(listens for listens, _ in told), any(is_behind for _, is_behind in told)

    # What workers call

    def attach(self, link: Link) -> None:
        """Tell a worker that is ready how everything stands."""
        self._feed.add(link)

    def new_link(self, end: Callable[[str], None]) -> Link:
        """Make the link of a worker that is to be started."""
        return Link(self._state, self._feed.number, self.attach, end)

    def detach(self, link: Link) -> None:
        """Give up what a worker held that has ended."""
        self._feed.remove(link)
        link.give_up()
        self._gone += link.counted()

    def adopt(self, passing: Passing, connection: socket.socket, received: bytes) -> None:
        """Take a connection over."""
        self._adopt(passing, connection, received)

    # Inside

    def _look(self) -> None:
        self._tick = asyncio.get_running_loop().call_later(TICK_S, self._look)
        self._feed.tell_done()
        for worker in self._workers:
            worker.look()


class _Worker:
    """One of them: a process after the other."""

    def __init__(self, pool: Pool, number: int) -> None:
        self.link: Link | None = None
        """None: none is running just now."""
        self.served_once: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self._keep_running(), name=f"worker:{number}")
        self._pool = pool
        self._number = number
        self._process: WorkerProcess | None = None
        self._stopping = False
        self.log = _log.bind(worker=number)

    def begin_stop(self, deadline_s: float) -> None:
        """Stop it; one that doesn't serve yet is cut off."""
        self._stopping = True
        if self.link is not None and self.link.serving.done():
            self.link.send(Stop(deadline_s))
        else:
            self.task.cancel()

    def look(self) -> None:
        """See whether it is alive."""
        link = self.link
        if link is None:
            return
        link.silent_ticks += 1
        if link.silent_ticks > (SILENT_TICKS if link.is_fed else STARTING_TICKS):
            self._kill(f"it has said nothing for {link.silent_ticks:g} s")

    async def _keep_running(self) -> None:
        wait_s, longest_s = BACK_OFF_S
        time_s = asyncio.get_running_loop().time
        while True:
            begin_s = time_s()
            try:
                await self._run()
            except Exception:
                # The boundary: what goes wrong with one worker, which may be that it can't be
                # started just now, is that one's only.
                self.log.exception("the worker can't be kept running")
            if self._is_over():
                return
            if time_s() - begin_s > STEADY_S:
                wait_s = BACK_OFF_S[0]
            self.log.warning("the worker starts again", wait_s=wait_s)
            await asyncio.sleep(wait_s)
            self._pool.restarts += 1
            wait_s = min(2 * wait_s, longest_s)

    def _is_over(self) -> bool:
        """Tell whether it is not to be started again."""
        if not self.served_once.done():
            self.served_once.set_exception(
                RelayError(f"worker {self._number} ended before it served; its log says why")
            )
            return True
        return self._stopping

    async def _run(self) -> None:
        """Run one process, to its end."""
        ours, theirs = socket.socketpair()
        our_passing, their_passing = socket.socketpair()
        with ours, our_passing:
            with theirs, their_passing:
                pairs = theirs.fileno(), their_passing.fileno()
                process = WorkerProcess((*pairs, *self._pool.listening))
            self._process = process
            try:
                await self._attend(ours, our_passing)
                with suppress(TimeoutError):
                    async with asyncio.timeout(EXIT_S):
                        await process.wait()
            finally:
                self._process = None
                process.kill()
                await process.wait()
        if not self._stopping:
            self.log.warning("the worker has ended", status=process.status)

    async def _attend(self, pair: socket.socket, passing_pair: socket.socket) -> None:
        """Tell a process what happens, and do what it asks, until it is gone."""
        link = self._pool.new_link(self._kill)
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: link.channel, sock=pair)
        link.send(Setup(__version__, self._pool.config, self._number, self._pool.has_archive))
        passing = Passing(
            passing_pair, lambda connection, head: self._pool.adopt(passing, connection, head)
        )
        self.link = link
        link.serving.add_done_callback(self._served)
        try:
            await link.over.wait()
        finally:
            self.link = None
            passing.close()
            self._pool.detach(link)

    def _served(self, serving: "asyncio.Future[None]") -> None:
        if not serving.cancelled() and not self.served_once.done():
            self.served_once.set_result(None)

    def _kill(self, why: str) -> None:
        """Give up a process; it is started again."""
        if self._process is not None and self._process.status is None:
            self.log.error("the worker is killed", reason=why)
            self._process.kill()
