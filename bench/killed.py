"""Kills a relay that has a store, again and again: how soon clients have live events again.

The first event of each room is timed from when the relay is started, which takes the interpreter
some tenths of a second, and from when it serves.

    python bench/killed.py --kills 20 --rooms 20 --rate 40
"""

import argparse
import asyncio
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from processes import free_port

from relay.client import Message, connect
from relay.sim import Scenario, Simulator
from relay.sim.server import config_lines


async def start(config: Path) -> subprocess.Popen:
    """Start a relay; gives it once it serves."""
    relay = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-m", "relay", "serve", "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert relay.stdout is not None
    if not await asyncio.to_thread(relay.stdout.readline):
        raise SystemExit("the relay did not start")
    return relay


async def first_event(url: str, room: str) -> float:
    """Give when the first live event of a room came, monotonic seconds."""
    async with connect(url, rooms=[room]) as stream:
        async for item in stream.items():
            if isinstance(item, Message):
                return time.monotonic()
    raise SystemExit("the relay has sent a client away")


async def measure(kills: int, rooms: int, rate: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, config, port = Path(folder) / "store.db", Path(folder) / "relay.toml", free_port()
        url = f"http://127.0.0.1:{port}"
        started: list[float] = []
        served: list[float] = []
        async with Simulator(Scenario(rooms=rooms, rate=rate)) as simulator:
            config.write_text(
                f'[server]\nport = {port}\n[store]\npath = "{store}"\n' + config_lines(simulator)
            )
            for _ in range(kills + 1):
                start_s = time.monotonic()
                relay = await start(config)
                serve_s = time.monotonic()
                heard = await asyncio.gather(*(first_event(url, r) for r in simulator.rooms))
                started += [at_s - start_s for at_s in heard]
                served += [at_s - serve_s for at_s in heard]
                await asyncio.sleep(random.uniform(0, 1.5))
                relay.kill()
                relay.communicate()
                with closing(sqlite3.connect(store)) as connection:
                    (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
                if sound != "ok":
                    raise SystemExit(f"the store is broken: {sound}")
        for text, times in (("started", started), ("served", served)):
            print(
                f"first event since the relay {text}: median {statistics.median(times):.2f} s,"
                f" at most {max(times):.2f} s"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--rate", type=float, default=40.0, help="events a second and room")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.kills, arguments.rooms, arguments.rate))
