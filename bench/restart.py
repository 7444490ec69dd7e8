"""Restarts a relay that systemd holds the port of while clients connect all the time: who is
refused; and how long one whose event loop hangs is away.

systemd itself is played (tests/played_systemd.py): it hands the listening socket on, waits for
READY=1, sends SIGTERM, starts again, and kills who doesn't feed the watchdog.

    python bench/restart.py --restarts 10
    python bench/restart.py --restarts 3 --workers 2
    python bench/restart.py --hang
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from played_systemd import HANGING_RELAY, Systemd

from relay.sim import Scenario, Simulator
from relay.sim.server import config_lines

HTTP = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
WEBSOCKET = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
WATCHDOG_S = 30.0
"""That of systemd/relay.service."""
CALM_S = 1.0
"""Between two restarts."""


class Clients:
    """Connect, ask one thing, and leave: so many a second."""

    def __init__(self, port: int, per_s: float) -> None:
        self.outcomes: Counter[str] = Counter()
        self.longest_s = 0.0
        self._port, self._every_s = port, 1 / per_s

    async def run(self) -> None:
        """Come until cancelled; who has come is waited for."""
        asks = itertools.cycle((HTTP, WEBSOCKET))
        async with asyncio.TaskGroup() as tasks:
            try:
                while True:
                    tasks.create_task(self._come(next(asks)))
                    await asyncio.sleep(self._every_s)
            except asyncio.CancelledError:
                pass

    async def _come(self, ask: bytes) -> None:
        loop = asyncio.get_running_loop()
        begin_s = loop.time()
        kind = "HTTP" if ask is HTTP else "WebSocket"
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            self.outcomes[f"{kind}: connect refused: {error.strerror}"] += 1
            return
        try:
            writer.write(ask)
            async with asyncio.timeout(60):
                line = (await reader.readline()).decode().strip()
            self.outcomes[f"{kind}: {line or 'hung up on without an answer'}"] += 1
        except OSError as error:
            self.outcomes[f"{kind}: {error.strerror or 'no answer within 60 s'}"] += 1
        finally:
            writer.transport.abort()
            self.longest_s = max(self.longest_s, loop.time() - begin_s)


async def restarts(systemd: Systemd, count: int, per_s: float) -> None:
    clients = Clients(systemd.port, per_s)
    coming = asyncio.create_task(clients.run())
    for _ in range(count):
        await asyncio.sleep(CALM_S)
        await systemd.restart()
    await asyncio.sleep(CALM_S)
    coming.cancel()
    await coming
    print(f"{count} restarts, {per_s:g} clients a second, {clients.outcomes.total()} in all:")
    for outcome, times in clients.outcomes.most_common():
        print(f"  {times:6} {outcome}")
    print(f"  the longest wait for an answer: {clients.longest_s:.2f} s")


async def hang(systemd: Systemd) -> None:
    loop = asyncio.get_running_loop()
    watching = asyncio.create_task(systemd.keep_alive())
    await asyncio.sleep(7.0)
    before, begin_s = systemd.starts, loop.time()
    systemd.hang()
    await asyncio.sleep(0.5)
    clients = Clients(systemd.port, 1)
    await clients._come(HTTP)
    print(f"the event loop hangs; {loop.time() - begin_s:.1f} s later a client has its answer:")
    print(f"  {dict(clients.outcomes)}")
    while systemd.starts == before:  # noqa: ASYNC110  nobody tells
        await asyncio.sleep(0.05)
    print(f"the watchdog ({WATCHDOG_S:g} s) has had it back after {loop.time() - begin_s:.1f} s")
    watching.cancel()


async def measure(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with Simulator(Scenario(rooms=2, rate=20)) as simulator:
            config = folder / "relay.toml"
            rooms = "".join(f'\n[[rooms]]\nroom = "{room}"\n' for room in simulator.rooms)
            server = f"[server]\nworkers = {arguments.workers}\n"
            config.write_text(server + config_lines(simulator) + rooms)
            program = HANGING_RELAY if arguments.hang else ("-m", "relay")
            async with Systemd(config, folder, watchdog_s=WATCHDOG_S, program=program) as systemd:
                if arguments.hang:
                    await hang(systemd)
                else:
                    await restarts(systemd, arguments.restarts, arguments.clients)
                await systemd.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--clients", type=float, default=200.0, help="a second")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--hang", action="store_true")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
