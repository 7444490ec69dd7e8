"""Many rooms, each in trouble now and then, for as long as asked: what grows, and who comes back.

The relay and the simulator are processes of their own. Every few seconds some room, host or
identity gets a fault for a while; all end some minutes before the end. Once a minute memory,
descriptors and the rooms that aren't live are printed; at the end, how long rooms took to come back
to life after their faults, how often upstream was asked, and how the connects were spread over the
seconds.

    python bench/faults.py --rooms 50 --minutes 60
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from processes import free_port

ROOM_FAULTS: list[dict[str, Any]] = [
    {"push": "blocked"},
    {"push": "sign_check"},
    {"push": "403"},
    {"push": "500"},
    {"push": "reset"},
    {"stall": "silent"},
    {"stall": "heartbeats"},
    {"stall": "low_value"},
    {"enter": "empty", "page": "captcha"},
    {"enter": "captcha", "reflow": "403", "page": "500", "push": "blocked", "fetch": "empty"},
    {"fetch": "empty", "push": "blocked"},
    {"cut_every_s": 5.0},
    {"corrupt_every": 5},
    {"latency_ms": 3000},
]
ORDERS = ("cut", "close", "close_frame", "stall", "next_broadcast")
HOST_STATES = ("down", "hang", "blocked", "silent", "heartbeats", "low_value")
MAX_FAULT_S = 120.0
EVERY_S = 4.0
CALM_S = 660.0
"""Faults end so long before the end: the longest back-off is ten minutes."""
CALLS_PER_S = 5.0


class Soak:
    """One run."""

    def __init__(self, rooms: int, seconds: float, folder: Path) -> None:
        self.rooms, self.seconds = rooms, seconds
        self.sim_port, self.port, self.hosts = free_port(), free_port(), 3
        self.config, self.scenario = folder / "relay.toml", folder / "scenario.toml"
        self.log = folder / "relay.log"
        self.begin = time.monotonic()
        self.faulty: dict[str, float] = {}
        """Rooms whose last fault has ended, by when."""
        self.until: dict[str, float] = {}
        self.back_s: list[float] = []
        self.connects: Counter[int] = Counter()

    async def run(self) -> None:
        self.scenario.write_text(f"rooms = {self.rooms}\nrate = 2.0\npush_hosts = {self.hosts}\n")
        sim = self._start("sim", "--scenario", str(self.scenario), "--port", str(self.sim_port))
        assert sim.stdout is not None
        lines = []
        while line := await asyncio.to_thread(sim.stdout.readline):
            lines.append(line)
            if sum(line.startswith("room = ") for line in lines) == self.rooms:
                break
        text = "".join(lines).replace("calls_per_s = 1000.0", f"calls_per_s = {CALLS_PER_S}")
        self.config.write_text(
            f'[server]\nport = {self.port}\n[watch]\nmax_rooms = 200\n[log]\nlevel = "warning"\n'
            + text
        )
        relay = self._start("serve", "--config", str(self.config), log=self.log)
        assert relay.stdout is not None
        await asyncio.to_thread(relay.stdout.readline)
        try:
            async with aiohttp.ClientSession() as self.http:
                self.names = [str(room["web_rid"]) for room in await self._rooms()]
                async with asyncio.TaskGroup() as tasks:
                    jobs = [
                        tasks.create_task(self._make_trouble()),
                        tasks.create_task(self._watch(psutil.Process(relay.pid))),
                    ]
                    await asyncio.sleep(self.seconds)
                    for job in jobs:
                        job.cancel()
                await self._sum_up(relay)
        finally:
            for process in (relay, sim):
                process.terminate()
                process.wait()

    def _start(self, *argv: str, log: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "relay", *argv],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if log is None else log.open("w"),
            text=True,
        )

    async def _rooms(self) -> list[dict[str, Any]]:
        async with self.http.get(f"http://127.0.0.1:{self.port}/api/rooms") as answer:
            found: list[dict[str, Any]] = (await answer.json())["rooms"]
            return found

    async def _tell(self, path: str, order: dict[str, Any]) -> None:
        url = f"http://127.0.0.1:{self.sim_port}/_sim/{path}"
        async with self.http.post(url, json=order) as answer:
            if answer.status != 200:
                print("the simulator refuses", path, order, await answer.text())

    async def _make_trouble(self) -> None:
        await asyncio.sleep(20)
        async with asyncio.TaskGroup() as tasks:
            while time.monotonic() - self.begin < self.seconds - min(CALM_S, self.seconds / 3):
                dice = random.random()
                for_s = random.uniform(5, MAX_FAULT_S)
                if dice < 0.05:
                    name = random.choice(["live", "push1", "push2", "push3"])
                    state = random.choice(HOST_STATES) if name != "live" else "down"
                    await self._tell(f"hosts/{name}", {"state": state, "for_s": min(for_s, 30)})
                    for room in self.names:
                        self._ill(room, min(for_s, 30))
                elif dice < 0.1:
                    await self._tell("identities", {"do": "expire", "value": ""})
                elif dice < 0.4:
                    room = random.choice(self.names)
                    await self._tell(f"rooms/{room}", {"do": random.choice(ORDERS)})
                    self._ill(room, 0)
                else:
                    room = random.choice(self.names)
                    fault = random.choice(ROOM_FAULTS)
                    await self._tell(f"rooms/{room}", {"behaviours": fault})
                    self._ill(room, for_s)
                    tasks.create_task(self._heal(room, fault, for_s))
                await asyncio.sleep(random.uniform(0.2, 2) * EVERY_S)

    def _ill(self, room: str, for_s: float) -> None:
        end = time.monotonic() + for_s
        self.until[room] = max(self.until.get(room, 0.0), end)
        self.faulty[room] = self.until[room]

    async def _heal(self, room: str, fault: dict[str, Any], for_s: float) -> None:
        await asyncio.sleep(for_s)
        good = {"cut_every_s": 0.0, "corrupt_every": 0, "latency_ms": 0, "stall": "none"}
        await self._tell(
            f"rooms/{room}", {"behaviours": {key: good.get(key, "ok") for key in fault}}
        )

    async def _watch(self, relay: psutil.Process) -> None:
        print("  min  RSS MiB  fds  threads  not live  ill")
        tick, seen = 0, 0
        while True:
            rooms = await self._rooms()
            now = time.monotonic()
            live = {r["web_rid"] for r in rooms if r["state"] == "live"}
            for room, ended in list(self.faulty.items()):
                if room in live and now > ended:
                    self.back_s.append(now - ended)
                    del self.faulty[room]
            async with self.http.get(f"http://127.0.0.1:{self.sim_port}/_sim/state") as answer:
                calls = (await answer.json())["calls"]
            self.connects[int(now)] += calls.get("push", 0) - seen
            seen = calls.get("push", 0)
            if tick % 60 == 0:
                ill = sum(not r["health"]["ok"] for r in rooms)
                print(
                    f"{(now - self.begin) / 60:5.0f} {relay.memory_info().rss / 2**20:8.1f}"
                    f" {relay.num_fds():4} {relay.num_threads():8} {len(rooms) - len(live):9}"
                    f" {ill:4}",
                    flush=True,
                )
            tick += 1
            await asyncio.sleep(1)

    async def _sum_up(self, relay: subprocess.Popen[str]) -> None:
        rooms = await self._rooms()
        away = [r["web_rid"] for r in rooms if r["state"] != "live"]
        self.back_s.sort()
        total = sum(self.connects.values())
        async with self.http.get(f"http://127.0.0.1:{self.sim_port}/_sim/state") as answer:
            calls: dict[str, int] = (await answer.json())["calls"]
        asked = sum(calls.get(name, 0) for name in ("enter", "page", "reflow"))
        print(f"rooms not live at the end: {len(away)}; the relay runs: {relay.poll() is None}")
        if self.back_s:
            median, rare = (self.back_s[int(len(self.back_s) * share)] for share in (0.5, 0.99))
            print(
                f"{len(self.back_s)} faults over; live again after: median {median:.1f} s,"
                f" 99 % {rare:.0f} s, longest {self.back_s[-1]:.0f} s"
            )
        print(f"{total} push connects, at most {max(self.connects.values())} in one second")
        print(
            f"{asked} questions about rooms, {asked / self.seconds:.2f} a second of {CALLS_PER_S:g}"
        )
        text = self.log.read_text(encoding="utf-8")
        print(f"log lines: {text.count(chr(10))}, tracebacks: {text.count('Traceback')}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=60)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(Soak(args.rooms, args.minutes * 60, Path(folder)).run())


if __name__ == "__main__":
    main()
