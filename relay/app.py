"""Composition root: builds hub, rooms and server, and owns the order in which they start and stop.

Called by cli, one function a command that runs the relay or the simulator.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

import msgspec
import structlog

from relay import __version__
from relay.config import Config, RoomConfig, StoreConfig
from relay.events import OWN_METHODS
from relay.hub import Hub, RoomStatus
from relay.hub.sending import ACCELERATED
from relay.loops import LOOP
from relay.recording import Overview, Recording
from relay.room import REPLAYING, Policy, Recorder, RoomManager, Tally
from relay.server import RelayServer
from relay.service import Hangups, Service
from relay.sim import Scenario, Simulator
from relay.store import Store
from relay.upstream.client import Upstream
from relay.upstream.transports.replay import Replay
from relay.workers import new_server

DRAIN_S = 5.0
"""How long clients get to take what is on its way to them when the relay stops."""

TELL_S = 1.0
"""How often who records is told what came."""

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def running(
    config: Config, *, played: Replay | None = None, service: Service | None = None
) -> AsyncIterator[RelayServer]:
    """Run a relay for as long as the block lasts; gives the server that clients connect to.

    `played`: a recording that stands for upstream. `service`: who started it. Raises ListenError
    where the port can't be had, ConfigError where the certificate is none,
    StoreError where the store can't be used. A crash of the room manager ends the block with an
    ExceptionGroup.
    """
    policy = Policy() if played is None else REPLAYING
    # Opening upstream asks for nothing yet. Both are open for as long as rooms or clients may ask.
    async with (
        Store(config.store) if config.store.path else nullcontext() as store,
        played or Upstream.of(config, policy.timings) as upstream,
    ):
        hub = Hub(config.hub, store)
        rooms = RoomManager(hub, config, upstream, policy)
        if played is not None:
            played.is_taken = lambda: all(map(server.is_taken, rooms.streams()))
        sockets = () if service is None else service.sockets
        server = new_server(config, hub, rooms, upstream.api, store, sockets=sockets)
        # The port first: a second relay on it must not disturb upstream before it gives up.
        # Outside the group, which would wrap the ListenError.
        await server.start()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(rooms.run(), name="rooms")
            if service is not None:
                service.begin(tasks, config, hub, rooms, server)
            try:
                yield server
            finally:
                if service is not None:
                    service.begin_stop()
                # Fetchers first, so that nothing is added behind what the clients still get.
                watching.cancel()
                await asyncio.wait([watching])
                await server.stop(DRAIN_S)


async def serve(
    config: Config,
    *,
    ready: Callable[[str], None] | None = None,
    hangups: Hangups | None = None,
) -> None:
    """Run a relay until SIGINT or SIGTERM; `ready(url)` is called once it serves.

    `hangups` tells when to read the configuration anew. Raises what `running` does, and
    ConfigError.
    """
    with _stop_signals() as stop, Service.of(os.environ) as service:
        config = service.adapted(config)
        async with running(config, service=service) as server:
            _log.info(
                "relay serves",
                url=server.url,
                version=__version__,
                rooms=len(config.rooms),
                upstream=config.upstream.live_url,
                transport=config.upstream.transport,
                loop=LOOP,
                sending="C" if ACCELERATED else "Python",
            )
            if ready is not None:
                ready(server.url)
            with service.reloading(hangups):
                await stop.wait()
            _log.info("relay stops", drain_s=DRAIN_S)
    _log.info("relay stopped")


async def demo(
    config: Config,
    *,
    rooms: int,
    rate: float,
    seed: int,
    ready: Callable[[str, list[str]], None] | None = None,
) -> None:
    """Run a simulator and a relay that watches all its rooms, until SIGINT or SIGTERM.

    `rate` is events a second and room. `ready(url, room names)` is called once it serves.
    """
    async with Simulator(Scenario(rooms=rooms, rate=rate, seed=seed)) as simulator:
        names = list(simulator.rooms)
        await serve(
            msgspec.structs.replace(
                config,
                upstream=simulator.upstream_config(),
                signers=simulator.signers(),
                rooms=[RoomConfig(room=name) for name in names],
            ),
            ready=None if ready is None else lambda url: ready(url, names),
        )


async def replay(
    config: Config,
    path: Path,
    *,
    speed: float | None,
    from_s: float,
    loop: bool,
    ready: Callable[[str, Overview], None] | None = None,
) -> None:
    """Serve a recording until SIGINT or SIGTERM; `ready(url, overview)` is called once it does.

    `speed` None: as fast as clients take it. Raises RecordingError and ListenError.
    """
    recording = Recording(path)
    overview = await asyncio.to_thread(recording.look_over)
    room = overview.first.web_rid or overview.first.room_id
    config = msgspec.structs.replace(
        config,
        rooms=[RoomConfig(room=room)],
        # What was live once must not stand in the history of what is live.
        store=StoreConfig(),
        # The recording itself tells when there is news.
        watch=msgspec.structs.replace(config.watch, status_poll_s=0.01),
    )
    played = Replay(recording, overview, speed=speed, from_s=from_s, loop=loop)
    with _stop_signals() as stop:
        async with running(config, played=played) as server:
            if ready is not None:
                ready(server.url, overview)
            await stop.wait()


async def record(
    config: Config,
    path: Path,
    *,
    room: str,
    scrub: bool,
    duration_s: float | None,
    tell: Callable[[RoomStatus, Tally], None],
) -> Tally:
    """Record a room until SIGINT or SIGTERM, or for `duration_s`; gives what has been recorded.

    `tell` is called every second. Raises RecordingError and ConfigError.
    """
    tape = await asyncio.to_thread(Recorder, path, scrub=scrub)
    config = msgspec.structs.replace(config, rooms=[RoomConfig(room=room)])
    policy = Policy()
    hub = Hub(config.hub)
    try:
        with _stop_signals() as stop:
            async with Upstream.of(config, policy.timings) as upstream:
                rooms = RoomManager(hub, config, upstream, policy, tape=tape)
                watching = asyncio.create_task(rooms.run(), name="rooms")
                writing = asyncio.create_task(tape.run(), name="recorder")
                telling = asyncio.create_task(_tell(rooms, tape, tell), name="progress")
                asked = asyncio.create_task(stop.wait(), name="stop")
                tasks = (watching, writing, telling, asked)
                try:
                    await asyncio.wait(
                        tasks, timeout=duration_s, return_when=asyncio.FIRST_COMPLETED
                    )
                finally:
                    for task in (watching, telling, asked):
                        task.cancel()
                    await asyncio.wait((watching, telling, asked))
                    # Behind the last that came.
                    tape.stop()
                    await asyncio.wait((writing,))
                for task in tasks:
                    if not task.cancelled():
                        task.result()
        if scrub:
            _log.info("texts are searched for names that were met after them", file=str(path))
        await tape.finish()
    finally:
        tape.close()
    return tape.tally


async def _tell(
    rooms: RoomManager, tape: Recorder, tell: Callable[[RoomStatus, Tally], None]
) -> None:
    while True:
        for stream in rooms.streams():
            came = stream.counters.events
            own = sum(came[method] for method in OWN_METHODS)
            tape.tally.events = sum(came.values()) - own
            tell(stream.status, tape.tally)
        await asyncio.sleep(TELL_S)


async def simulate(
    scenario: Scenario, *, port: int, ready: Callable[[Simulator], None] | None = None
) -> None:
    """Run a simulator alone until SIGINT or SIGTERM; `ready(simulator)` is called once it serves.

    Raises ConfigError and ListenError.
    """
    async with Simulator(scenario, port=port) as simulator:
        with _stop_signals() as stop:
            if ready is not None:
                ready(simulator)
            await stop.wait()


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """Set the event at the first SIGINT or SIGTERM.

    So Ctrl-C drains, and Ctrl-C again interrupts the draining: raises KeyboardInterrupt. What
    comes after that is left to Python's own handling.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    stop = asyncio.Event()
    interrupted = False

    def release() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    def begin_stop() -> None:
        stop.set()
        release()
        loop.add_signal_handler(signal.SIGINT, interrupt)

    def interrupt() -> None:
        # Python's own handling would raise it anywhere: in the middle of the event loop's work,
        # too, which then waits for ever for what it has lost track of.
        nonlocal interrupted
        interrupted = True
        release()
        if task is not None:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, begin_stop)
    try:
        yield stop
    except asyncio.CancelledError:
        if interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        release()
