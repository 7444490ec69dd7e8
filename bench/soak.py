"""Hours of ordinary use: does anything grow?

A relay watches 50 simulated rooms; five clients a second connect, stay a while and leave: most by
WebSocket, one in ten of those without a word and one in ten reading nothing, every fifth client by
event stream, and every tenth asks REST and the history. Once a minute the relay's memory,
descriptors, threads and tasks are printed; at the end, how fast each grew in the second half, by
least squares: in the first, histories and the store fill, and ids, people and steps of statistics
are collected, each up to its bound. After the clients have gone, what is left of them is counted.

    python bench/soak.py [--minutes 120] [--rooms 50] [--connects 5] [--rate 5]
"""

import argparse
import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import aiohttp
import psutil
from processes import free_port, process

COUNTING = """
import asyncio, os, signal, sys
def count(*_):
    with open(os.environ["SOAK_TASKS"], "w") as out:
        out.write(str(len(asyncio.all_tasks())))
from relay.__main__ import main
signal.signal(signal.SIGUSR1, count)
sys.argv[0] = "relay"
main()
"""
"""A relay that writes down how many tasks it has, at SIGUSR1."""
SAMPLE_S = 5.0
STAY_S = (1.0, 30.0)
REST = (
    "/api/rooms",
    "/api/rooms/{room}",
    "/api/rooms/{room}/events?limit=100",
    "/api/rooms/{room}/stats",
    "/api/gifts",
)
"""What is asked for by those that subscribe to nothing."""
STORE_BYTES = 256 * 2**20
"""Full within ten minutes, so that forgetting is part of it."""
MAX_SLOPE = 1.0
"""MiB an hour."""


class Soak:
    """One run."""

    def __init__(self, port: int, relay: psutil.Process, rooms: list[str], counted: Path) -> None:
        """`counted`: where the relay writes how many tasks it has."""
        self.url = f"http://127.0.0.1:{port}"
        self.relay = relay
        self.rooms = rooms
        self.counted = counted
        self.samples: list[tuple[float, float, int, int, int]] = []
        """Seconds, MiB, descriptors, threads, tasks."""
        self.connected = self.failed = self.events = 0

    async def client(self) -> None:
        """Be one client for a while."""
        room = random.choice(self.rooms)
        kind = random.choices((self.websocket, self.event_stream, self.rest), (7, 2, 1))[0]
        try:
            await kind(room)
        except (aiohttp.ClientError, OSError):
            self.failed += 1

    async def event_stream(self, room: str) -> None:
        """Read a room's event stream."""
        url = f"{self.url}/events?room_id={room}"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            answer.raise_for_status()
            self.connected += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(random.uniform(*STAY_S)):
                    async for line in answer.content:
                        self.events += line.startswith(b"data:")

    async def rest(self, room: str) -> None:
        """Ask for all that is known of a room, on one connection."""
        async with aiohttp.ClientSession(self.url) as http:
            for path in REST:
                async with http.get(path.format(room=room)) as answer:
                    answer.raise_for_status()
                    await answer.read()
                self.connected += 1

    async def websocket(self, room: str) -> None:
        """Listen to a room."""
        how = random.random()
        slow = "&slow=skip" if how < 0.1 else ""
        url = f"{self.url}/ws?room_id={room}{slow}"
        async with aiohttp.ClientSession() as http, http.ws_connect(url) as websocket:
            self.connected += 1
            until = time.monotonic() + random.uniform(*STAY_S)
            if how < 0.1:
                await asyncio.sleep(until - time.monotonic())
            while (left_s := until - time.monotonic()) > 0:
                try:
                    await websocket.receive(left_s)
                except TimeoutError:
                    break
                self.events += 1
            if how < 0.2:
                websocket._response.close()  # type: ignore[attr-defined]

    async def watch(self, begin: float) -> None:
        """Note what the relay takes."""
        last_minute = -1
        while True:
            took = self.relay.memory_info().rss / 2**20
            at_s = time.monotonic() - begin
            files, threads = self.relay.num_fds(), self.relay.num_threads()
            self.samples.append((at_s, took, files, threads, await self.tasks()))
            if int(at_s // 60) != last_minute:
                last_minute = int(at_s // 60)
                print(
                    f"{last_minute:5} {took:8.1f} {files:5} {threads:7} {self.samples[-1][4]:5}"
                    f" {self.connected:9} {self.failed:6} {self.events:10}",
                    flush=True,
                )
            await asyncio.sleep(SAMPLE_S)

    async def tasks(self) -> int:
        """Ask the relay how many tasks it has."""
        self.counted.unlink(missing_ok=True)
        self.relay.send_signal(signal.SIGUSR1)
        while not (self.counted.exists() and (text := self.counted.read_text())):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return int(text)

    async def run(self, seconds: float, connects_per_s: float) -> None:
        """Connect for so long."""
        print("  min  RSS MiB   fds threads tasks connected failed     frames")
        begin = time.monotonic()
        watching = asyncio.create_task(self.watch(begin))
        async with asyncio.TaskGroup() as tasks:
            while time.monotonic() - begin < seconds:
                tasks.create_task(self.client())
                await asyncio.sleep(random.expovariate(connects_per_s))
        watching.cancel()

    async def left(self) -> float:
        """Give the clients that the relay still counts once all have gone."""
        async with aiohttp.ClientSession() as http:
            count = 1.0
            for _ in range(60):
                async with http.get(f"{self.url}/metrics") as answer:
                    text = await answer.text()
                count = float(text.split("\nrelay_clients ")[1].split("\n")[0])
                if not count:
                    break
                await asyncio.sleep(1)
        return count

    def slope(self, column: int, seconds: float) -> float:
        """Give the growth of a column an hour, in the second half."""
        late = [sample for sample in self.samples if sample[0] >= seconds / 2]
        line = statistics.linear_regression([s[0] for s in late], [s[column] for s in late])
        return line.slope * 3600


async def soak(minutes: float, rooms: int, connects_per_s: float, rate: float) -> int:
    """Run it all; gives the exit code."""
    sim_port, port = free_port(), free_port()
    sim = (
        "-m",
        "relay",
        "sim",
        "--rooms",
        str(rooms),
        "--rate",
        str(rate),
        "--port",
        str(sim_port),
    )
    names = [str(80_000_000_001 + number) for number in range(rooms)]
    with tempfile.TemporaryDirectory() as folder, process(*sim, ready=str(sim_port)):
        base = f"127.0.0.1:{sim_port}"
        config = Path(folder) / "relay.toml"
        config.write_text(
            f'[server]\nport = {port}\n[watch]\nmax_rooms = {rooms}\n[log]\nlevel = "warning"\n'
            f'[store]\npath = "{folder}/store.db"\nmax_bytes = {STORE_BYTES}\n'
            f'[upstream]\nlive_url = "http://{base}"\nwebcast_url = "http://{base}"\n'
            f'push_urls = ["ws://{base}"]\ncalls_per_s = 1000\n'
            + "".join(f'[[rooms]]\nroom = "{name}"\n' for name in names)
        )
        counted = Path(folder) / "tasks"
        os.environ["SOAK_TASKS"] = str(counted)
        serve = ("-c", COUNTING, "serve", "--config", str(config))
        with process(*serve, ready=str(port)) as child:
            run = Soak(port, psutil.Process(child.pid), names, counted)
            await run.run(minutes * 60, connects_per_s)
            left = await run.left()
    memory, files, threads, tasks = (run.slope(column, minutes * 60) for column in (1, 2, 3, 4))
    print(
        f"an hour: {memory:+.2f} MiB, {files:+.1f} descriptors, {threads:+.2f} threads,"
        f" {tasks:+.1f} tasks"
    )
    print(f"{run.connected} connects, {run.failed} failed, {left:.0f} clients left behind")
    return int(bool(run.failed or left) or (minutes >= 60 and memory >= MAX_SLOPE))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--connects", type=float, default=5.0, help="a second")
    parser.add_argument("--rate", type=float, default=5.0, help="messages a second and room")
    args = parser.parse_args()
    sys.exit(asyncio.run(soak(args.minutes, args.rooms, args.connects, args.rate)))
