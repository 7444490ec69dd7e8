"""Hours of ordinary use: does anything grow?

A relay watches 50 simulated rooms; five clients a second connect, stay a while and leave, one in
ten without a word and one in ten reading nothing. Once a minute its memory, descriptors and threads
are printed; at the end, how fast each grew after the first quarter, by least squares. After the
clients have gone, what is left of them is counted.

    python bench/soak.py [--minutes 120] [--rooms 50] [--connects 5]
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import psutil
from processes import free_port, process

SAMPLE_S = 5.0
STAY_S = (1.0, 30.0)
MAX_SLOPE = 1.0
"""MiB an hour."""


class Soak:
    """One run."""

    def __init__(self, port: int, relay: psutil.Process, rooms: list[str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.relay = relay
        self.rooms = rooms
        self.samples: list[tuple[float, float, int, int]] = []
        """Seconds, MiB, descriptors, threads."""
        self.connected = self.failed = self.events = 0

    async def client(self) -> None:
        """Be one client for a while."""
        room, how = random.choice(self.rooms), random.random()
        slow = "&slow=skip" if how < 0.1 else ""
        try:
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
        except (aiohttp.ClientError, OSError):
            self.failed += 1

    async def watch(self, begin: float) -> None:
        """Note what the relay takes."""
        last_minute = -1
        while True:
            took = self.relay.memory_info().rss / 2**20
            at_s = time.monotonic() - begin
            self.samples.append((at_s, took, self.relay.num_fds(), self.relay.num_threads()))
            if int(at_s // 60) != last_minute:
                last_minute = int(at_s // 60)
                print(
                    f"{last_minute:5} {took:8.1f} {self.samples[-1][2]:5} {self.samples[-1][3]:7}"
                    f" {self.connected:9} {self.failed:6} {self.events:10}",
                    flush=True,
                )
            await asyncio.sleep(SAMPLE_S)

    async def run(self, seconds: float, connects_per_s: float) -> None:
        """Connect for so long."""
        print("  min  RSS MiB   fds threads connected failed     frames")
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
        """Give the growth of a column an hour, after the first quarter."""
        late = [sample for sample in self.samples if sample[0] >= seconds / 4]
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
            f'[store]\npath = "{folder}/store.db"\n'
            f'[upstream]\nlive_url = "http://{base}"\nwebcast_url = "http://{base}"\n'
            f'push_urls = ["ws://{base}"]\ncalls_per_s = 1000\n'
            + "".join(f'[[rooms]]\nroom = "{name}"\n' for name in names)
        )
        serve = ("-m", "relay", "serve", "--config", str(config))
        with process(*serve, ready=str(port)) as child:
            run = Soak(port, psutil.Process(child.pid), names)
            await run.run(minutes * 60, connects_per_s)
            left = await run.left()
    memory, files, threads = (run.slope(column, minutes * 60) for column in (1, 2, 3))
    print(f"an hour: {memory:+.2f} MiB, {files:+.1f} descriptors, {threads:+.2f} threads")
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
