"""The relay is killed at any moment, again and again: what clients then have, against the ledger.

RELAY_TESTS_KILLS sets how often, RELAY_TESTS_ROOMS how many rooms with five clients each, for long
runs by hand.
"""

import asyncio
import os
import random
import socket
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import psutil
import pytest
from ledger import Listener, all_hear, check

from relay.client import Gap, Message
from relay.sim import Scenario, Simulator
from relay.sim.server import config_lines

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

KILLS = int(os.environ.get("RELAY_TESTS_KILLS", "3"))
ROOMS = int(os.environ.get("RELAY_TESTS_ROOMS", "2"))
CLIENTS = 5
"""Of each room."""
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Relay:
    """A relay that is killed and started again; what it logs stays beside its configuration."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it; returns once it serves."""
        log = self._config.with_name("relay.log")
        with log.open("ab") as stderr:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "relay", "serve", "--config", str(self._config)),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=stderr,
                cwd=ROOT,
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            assert await self._process.stdout.readline(), log.read_text()[-3000:]

    async def kill(self) -> None:
        """Kill it, if it runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()

    async def stop(self) -> None:
        """Stop it as a service manager does."""
        assert self._process is not None
        self._process.terminate()
        await self._process.communicate()

    async def workers(self) -> list[psutil.Process]:
        """Give its workers, once there are any."""
        assert self._process is not None
        async with asyncio.timeout(30):
            while not (found := psutil.Process(self._process.pid).children()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return found


@asynccontextmanager
async def serving(config: Path) -> AsyncIterator[Relay]:
    """Run a relay, and leave none behind."""
    relay = Relay(config)
    try:
        await relay.start()
        yield relay
    finally:
        await relay.kill()


async def all_go_on(listeners: list[Listener], before: set[str]) -> None:
    """Wait until every client has got an event of another epoch than those."""
    async with asyncio.timeout(30):
        for listener in listeners:
            (room,) = listener.got
            await listener.until(lambda of=listener, room=room: not of.epochs(room) <= before)  # type: ignore[misc]


async def test_killed_at_any_moment(tmp_path: Path) -> None:
    rng = random.Random(KILLS)
    store, config, port = tmp_path / "store.db", tmp_path / "config.toml", free_port()
    async with Simulator(Scenario(rooms=ROOMS, rate=40)) as simulator:
        rooms = list(simulator.rooms)
        config.write_text(
            f'[server]\nport = {port}\n[store]\npath = "{store}"\n[hub]\nhistory_events = 20\n'
            + config_lines(simulator)
        )
        url = f"http://127.0.0.1:{port}"
        listeners = [Listener(url, [room]) for room in rooms for _ in range(CLIENTS)]
        async with serving(config) as relay, asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(listener.run()) for listener in listeners]
            await all_hear(listeners)
            for number in range(KILLS):
                await asyncio.sleep(rng.uniform(0, 1.5))
                await relay.kill()
                with closing(sqlite3.connect(store)) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    before = {name for (name,) in connection.execute("SELECT name FROM epochs")}
                before.update(*(of.epochs(room) for of in listeners for room in of.got))
                await relay.start()
                # Every other time it is killed whether or not anybody is back by then.
                if number % 2 or number == KILLS - 1:
                    await all_go_on(listeners, before)
            await relay.stop()
            for task in running:
                task.cancel()
    for listener in listeners:
        ((room, got),) = listener.got.items()
        ledger = simulator.rooms[room].ledger
        check(got, [message.msg_id for message in ledger.sent if not message.duplicate])
        gaps = [item for item in got if isinstance(item, Gap)]
        assert {gap.reason for gap in gaps} == {"restart"}
        # Who is told of a loss, and gets no event behind it, is told again by the next relay.
        last = next(item.epoch for item in reversed(got) if isinstance(item, Message))
        assert {gap.epoch for gap in gaps} == listener.epochs(room) - {last}


async def test_workers_killed_at_any_moment(tmp_path: Path) -> None:
    rng = random.Random(KILLS)
    config, port = tmp_path / "config.toml", free_port()
    async with Simulator(Scenario(rooms=ROOMS, rate=40)) as simulator:
        rooms = list(simulator.rooms)
        config.write_text(f"[server]\nport = {port}\nworkers = 2\n" + config_lines(simulator))
        url = f"http://127.0.0.1:{port}"
        listeners = [Listener(url, [room]) for room in rooms for _ in range(CLIENTS)]
        async with serving(config) as relay, asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(listener.run()) for listener in listeners]
            for _ in range(KILLS):
                await all_hear(listeners)
                await asyncio.sleep(rng.uniform(0, 1.5))
                # There may be none: what comes may have been on its way when the last one went.
                rng.choice(await relay.workers()).kill()
                for listener in listeners:
                    listener.arrived.clear()
            await all_hear(listeners)
            await relay.stop()
            for task in running:
                task.cancel()
    for listener in listeners:
        ((room, got),) = listener.got.items()
        assert all(isinstance(item, Message) for item in got), "what was lost is made up for"
        check(got, [message.msg_id for message in simulator.rooms[room].ledger.sent])
