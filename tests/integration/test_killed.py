"""The relay is killed at any moment, again and again: what clients then have, against the ledger.

RELAY_TESTS_KILLS sets how often, RELAY_TESTS_ROOMS how many rooms with five clients each, for long
runs by hand.
"""

import asyncio
import os
import random
import signal
import socket
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import closing
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


async def start(config: Path) -> Process:
    """Start a relay; gives it once it serves."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "relay", "serve", "--config", str(config)),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=ROOT,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        assert await process.stdout.readline()
    return process


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
        relay = await start(config)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(listener.run()) for listener in listeners]
            for _ in range(KILLS):
                await all_hear(listeners)
                await asyncio.sleep(rng.uniform(0, 1.5))
                relay.send_signal(signal.SIGKILL)
                await relay.communicate()
                with closing(sqlite3.connect(store)) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                relay = await start(config)
                for listener in listeners:
                    listener.arrived.clear()
                await all_hear(listeners)
            relay.terminate()
            await relay.communicate()
            for task in running:
                task.cancel()
    for listener in listeners:
        ((room, got),) = listener.got.items()
        ledger = simulator.rooms[room].ledger
        check(got, [message.msg_id for message in ledger.sent if not message.duplicate])
        gaps = [item.reason for item in got if isinstance(item, Gap)]
        assert gaps == ["restart"] * KILLS


async def test_workers_killed_at_any_moment(tmp_path: Path) -> None:
    rng = random.Random(KILLS)
    config, port = tmp_path / "config.toml", free_port()
    async with Simulator(Scenario(rooms=ROOMS, rate=40)) as simulator:
        rooms = list(simulator.rooms)
        config.write_text(f"[server]\nport = {port}\nworkers = 2\n" + config_lines(simulator))
        url = f"http://127.0.0.1:{port}"
        listeners = [Listener(url, [room]) for room in rooms for _ in range(CLIENTS)]
        relay = await start(config)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(listener.run()) for listener in listeners]
            for _ in range(KILLS):
                await all_hear(listeners)
                await asyncio.sleep(rng.uniform(0, 1.5))
                # Both may be waiting to be started again: what was heard had been sent before.
                while not (workers := psutil.Process(relay.pid).children()):
                    await listeners[0].hears()
                rng.choice(workers).kill()
                for listener in listeners:
                    listener.arrived.clear()
            await all_hear(listeners)
            relay.terminate()
            await relay.communicate()
            for task in running:
                task.cancel()
    for listener in listeners:
        ((room, got),) = listener.got.items()
        assert all(isinstance(item, Message) for item in got), "what was lost is made up for"
        check(got, [message.msg_id for message in simulator.rooms[room].ledger.sent])
