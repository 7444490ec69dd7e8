"""A relay in a process of its own, to be hurt, with a simulator that keeps the ledger."""

import asyncio
import enum
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
from ledger import Listener, check

from relay.sim import Scenario, Simulator
from relay.sim.server import config_lines

ROOT = Path(__file__).parents[2]
ROOM = "80000000001"


class Size(enum.Enum):
    """How much of everything."""

    SMALL = "small"
    FULL = "full"

    @property
    def is_full(self) -> bool:
        """Whether the bars are measured, too."""
        return self is Size.FULL

    def of(self, small: int, full: int) -> int:
        """Choose a number."""
        return full if self.is_full else small


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Hurt:
    """A relay that runs."""

    def __init__(self, config: Path, port: int, log: Path, env: Mapping[str, str]) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._config = config
        self._env = env
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process is not None
        return self._process.pid

    @property
    def os_process(self) -> psutil.Process:
        """What the system knows of it."""
        return psutil.Process(self.pid)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it, and wait until it serves."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "relay", "serve", "--config", str(self._config)),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **self._env},
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            assert await self._process.stdout.readline(), self.log.read_text()

    def send(self, number: int) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait until it has ended; gives the exit code."""
        assert self._process is not None
        await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode

    async def metric(self, name: str) -> float:
        """Read a metric that has no labels, or the sum over all."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/metrics") as answer:
            text = await answer.text()
        values = [
            float(line.rsplit(" ", 1)[1])
            for line in text.splitlines()
            if line.startswith((f"{name} ", f"{name}{{"))
        ]
        return sum(values)

    async def until(self, name: str, value: float, within_s: float = 60) -> None:
        """Wait until a metric is as large as that."""
        async with asyncio.timeout(within_s):
            while await self.metric(name) < value:  # noqa: ASYNC110  it is another process
                await asyncio.sleep(0.1)

    def rss_bytes(self) -> int:
        """Give its memory."""
        rss: int = self.os_process.memory_info().rss
        return rss


@asynccontextmanager
async def hurt_relay(
    folder: Path,
    scenario: Scenario,
    config: str = "",
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[tuple[Hurt, Simulator]]:
    """Run both; the relay watches all rooms. It has to end well, and to have logged no crash."""
    port = free_port()
    async with Simulator(scenario) as simulator:
        path = folder / "relay.toml"
        sections = config if "[server]" in config else f"[server]\n{config}"
        sections = sections.replace("[server]\n", f"[server]\nport = {port}\n", 1)
        path.write_text(sections + "\n" + config_lines(simulator))
        relay = Hurt(path, port, folder / "relay.log", env or {})
        await relay.start()
        try:
            yield relay, simulator
            relay.send(15)
            async with asyncio.timeout(30):
                assert await relay.ended() == 0, relay.log.read_text()[-3000:]
        finally:
            if relay.is_running:
                relay.send(9)
                await relay.ended()
        assert "Traceback" not in relay.log.read_text()


@asynccontextmanager
async def listening(relay: Hurt, *listeners: Listener) -> AsyncIterator[None]:
    """Have clients listen for as long as the block lasts, behind what came last."""
    tasks = [asyncio.create_task(listener.run()) for listener in listeners]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def check_all(simulator: Simulator, *listeners: Listener) -> None:
    """Hold what all of them got against the simulator's ledger."""
    for listener in listeners:
        for room, got in listener.got.items():
            assert got
            sent = [m.msg_id for m in simulator.rooms[room].ledger.sent if not m.duplicate]
            check(got, sent)
