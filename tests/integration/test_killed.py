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

from relay.client import Gap, Message, connect
from relay.events import OWN_METHODS
from relay.sim import Scenario, Simulator
from relay.sim.broadcast import REPLAY_MESSAGES
from relay.sim.server import config_lines

KILLS = int(os.environ.get("RELAY_TESTS_KILLS", "3"))
ROOMS = int(os.environ.get("RELAY_TESTS_ROOMS", "2"))
CLIENTS = 5
"""Of each room."""
ROOT = Path(__file__).parents[2]
REPEATS = 2 * REPLAY_MESSAGES + 5
"""How many events may come of before a connection: with the first position, and with the socket."""
Item = Message | Gap


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


class Listener:
    """A client that resumes by itself, and keeps what it got by room."""

    def __init__(self, url: str, rooms: list[str]) -> None:
        self.got: dict[str, list[Item]] = {room: [] for room in rooms}
        self.arrived = asyncio.Event()
        self._url = url

    async def run(self) -> None:
        async with connect(self._url, rooms=self.got, max_wait_s=0.2) as stream:
            async for item in stream.items():
                if isinstance(item, Message | Gap):
                    self.got[item.web_rid].append(item)
                    self.arrived.set()


def check(got: list[Item], sent: list[str]) -> None:
    """Hold what a client got of a room against what upstream sent."""
    places = {msg_id: index for index, msg_id in enumerate(sent)}
    last: Message | None = None
    told: Gap | None = None
    repeats = REPEATS
    had: set[tuple[str, int]] = set()
    ids: set[str] = set()
    before = ""  # the last of upstream's
    for item in got:
        if isinstance(item, Gap):
            told, repeats = item, REPEATS
            continue
        assert (item.epoch, item.offset) not in had, "no offset twice"
        had.add((item.epoch, item.offset))
        ids.add(item.msg_id)
        if last is not None and told is None:
            assert (item.epoch, item.offset) == (last.epoch, last.offset + 1)
            # To who connects upstream repeats some of what was before, not all.
            if repeats == 0 and item.method not in OWN_METHODS:
                between = sent[places[before] + 1 : places[item.msg_id]]
                assert ids.issuperset(between), "nobody said what is missing"
        elif last is not None and told is not None and item.epoch == last.epoch:
            assert told.offset is not None or (told.first, told.last) == (
                last.offset + 1,
                item.offset - 1,
            )
        last, told = item, None
        if item.method not in OWN_METHODS:
            before, repeats = item.msg_id, max(repeats - 1, 0)


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
                rng.choice(psutil.Process(relay.pid).children()).kill()
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


async def all_hear(listeners: list[Listener]) -> None:
    """Wait until every client has got something."""
    async with asyncio.timeout(30):
        for listener in listeners:
            await listener.arrived.wait()
