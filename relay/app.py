"""Composition root: builds hub, rooms and server, and owns the order in which they start and stop.

Called by cli, one function a command that runs the relay or the simulator.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import msgspec
import structlog

from relay import __version__
from relay.config import Config, RoomConfig
from relay.hub import Hub
from relay.room import Policy, RoomManager
from relay.server import RelayServer
from relay.sim import Scenario, Simulator
from relay.upstream.client import Upstream

DRAIN_S = 5.0
"""How long clients get to take what is on its way to them when the relay stops."""

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[RelayServer]:
    """Run a relay for as long as the block lasts; gives the server that clients connect to.

    Raises ListenError where the port can't be had. A crash of the room manager ends the block
    with an ExceptionGroup.
    """
    policy = Policy()
    hub = Hub(config.hub)
    # Opening it asks for nothing yet, and it is open for as long as rooms or clients may ask.
    async with Upstream(config.upstream, policy.timings) as upstream:
        rooms = RoomManager(hub, config, upstream, policy)
        server = RelayServer(config, hub, rooms, upstream.api)
        # The port first: a second relay on it must not disturb upstream before it gives up.
        # Outside the group, which would wrap the ListenError.
        await server.start()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(rooms.run(), name="rooms")
            try:
                yield server
            finally:
                # Fetchers first, so that nothing is added behind what the clients still get.
                watching.cancel()
                await asyncio.wait([watching])
                await server.stop(DRAIN_S)


async def serve(config: Config, *, ready: Callable[[str], None] | None = None) -> None:
    """Run a relay until SIGINT or SIGTERM; `ready(url)` is called once it serves."""
    with _stop_signals() as stop:
        async with running(config) as server:
            _log.info(
                "relay serves",
                url=server.url,
                version=__version__,
                rooms=len(config.rooms),
                upstream=config.upstream.live_url,
                transport=config.upstream.transport,
            )
            if ready is not None:
                ready(server.url)
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
                rooms=[RoomConfig(room=name) for name in names],
            ),
            ready=None if ready is None else lambda url: ready(url, names),
        )


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
    """Set the event at the first SIGINT or SIGTERM; leave a second one to Python's own handling.

    So Ctrl-C drains, and Ctrl-C again interrupts the draining.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    signals = (signal.SIGINT, signal.SIGTERM)

    def release() -> None:
        for number in signals:
            loop.remove_signal_handler(number)

    def begin_stop() -> None:
        stop.set()
        release()

    for number in signals:
        loop.add_signal_handler(number, begin_stop)
    try:
        yield stop
    finally:
        release()
