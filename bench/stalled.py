"""One client that stops reading, at three rates: how soon it is closed, and what it takes.

It reads for a while before, as clients do. Memory is the relay's resident one, and what the kernel
holds for its end of the connection. Twenty others read on: their latency beside it is compared with
that of as many seconds before.

    python bench/stalled.py [--full]
"""

import argparse
import asyncio
import contextlib
import math
import re
import socket
import statistics
import time
from typing import NamedTuple

from contest import SETTLE_S, Crowd, crowd
from machine import rss_bytes, wait_until
from report import bar, run, save, table
from servers import Relay
from slow import metric
from websockets.frames import Frame, Opcode

READERS, WATCH_S = 20, 8
RATES = ((5, 20), (50, 20), (1000, 20))
"""Events a batch, batches a second."""


class Watched(NamedTuple):
    """What was seen in WATCH_S."""

    closed_s: float
    """When a client was closed as too slow; infinite: none was."""
    events_per_s: float
    """What each of the others had."""
    p99_ms: float
    """Their latency."""
    rss_mib: float
    """At most."""
    kernel_mib: float


async def kernel_bytes(port: int, peer: int) -> int:
    """Give what the kernel holds of a relay's connection to a peer."""
    argv = ("ss", "-tmnH", f"sport = :{port} and dport = :{peer}")
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    said = (await process.communicate())[0].decode()
    return sum(int(found) for found in re.findall(r"\b[tw](\d+)", said))


async def measure(batch: int, batches_per_s: int) -> dict[str, float]:
    """Feed a relay, and have one of its clients stop reading."""
    async with Relay(small=True) as relay, crowd(relay, READERS) as others:
        (request, _), *_ = relay.openings()
        with socket.create_connection(("127.0.0.1", relay.port)) as sock:
            sock.setblocking(False)
            own_port = sock.getsockname()[1]
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(sock, request)
            reading = asyncio.create_task(read(sock))
            feeding = asyncio.create_task(feed(relay, batch, batches_per_s))
            await asyncio.sleep(SETTLE_S + 1)
            before = await watch(relay, others, own_port)
            reading.cancel()
            beside = await watch(relay, others, own_port)
            feeding.cancel()
            return {
                "rate": batch * batches_per_s,
                "reached": beside.events_per_s,
                "took_s": beside.closed_s,
                "rss_mib": beside.rss_mib - before.rss_mib,
                "kernel_mib": beside.kernel_mib,
                "before_p99_ms": before.p99_ms,
                "beside_p99_ms": beside.p99_ms,
            }


async def watch(relay: Relay, others: Crowd, peer: int) -> Watched:
    """Look at a relay and its clients for WATCH_S, in the same way whether one is stalled or not:
    asking for metrics takes the relay's time, too."""
    await others.mark()
    begin_s, most, kernel, closed_s = time.monotonic(), 0, 0, math.inf
    while (at_s := time.monotonic() - begin_s) < WATCH_S:
        most = max(most, rss_bytes(relay.pid))
        kernel = max(kernel, await kernel_bytes(relay.port, peer))
        if await metric(relay, "relay_slow_closes_total"):
            closed_s = min(closed_s, at_s)
        await asyncio.sleep(0.05)
    counted = await others.read()
    rate = counted["events"] / READERS / at_s
    return Watched(closed_s, rate, counted["p99_ms"], most / 2**20, kernel / 2**20)


async def read(sock: socket.socket) -> None:
    """Read, and answer pings that tell how far it has read."""
    loop = asyncio.get_running_loop()
    ping = b"\x89\x03lag"
    with contextlib.suppress(OSError):
        while data := await loop.sock_recv(sock, 1 << 20):
            if ping in data:
                await loop.sock_sendall(sock, Frame(Opcode.PONG, b"lag").serialize(mask=True))


async def feed(relay: Relay, batch: int, batches_per_s: int) -> None:
    start_s, number = time.time(), 1
    for index in range((2 * WATCH_S + 10) * batches_per_s):
        due_s = start_s + index / batches_per_s
        built = relay.build(batch, number, round(due_s * 1e6))
        number += batch
        await wait_until(due_s)
        await asyncio.sleep(0)
        relay.send(built)


async def main(args: argparse.Namespace) -> None:
    rounds = 5 if args.full else 3
    found = [await measure(*rate) for _ in range(rounds) for rate in RATES]
    rows = []
    for batch, batches_per_s in RATES:
        rate = batch * batches_per_s
        here = [one for one in found if one["rate"] == rate]
        most = {
            part: max(one[part] for one in here) for part in ("took_s", "rss_mib", "kernel_mib")
        }
        parts = ("reached", "before_p99_ms", "beside_p99_ms")
        mid = {part: statistics.median(one[part] for one in here) for part in parts}
        ratio = statistics.median(one["beside_p99_ms"] / one["before_p99_ms"] for one in here)
        rows.append((rate, mid["reached"], *most.values(), *list(mid.values())[1:], ratio))
    print(f"{rounds} rounds; seconds and MiB are the most of them, the rest medians")
    table(
        ("events/s", "had by others", "closed after s", "MiB more", "kernel MiB",
         "others' p99 ms before", "beside it", "ratio"),
        rows,
    )  # fmt: skip
    for rate, _, took_s, rss_mib, *_, ratio in rows:
        bar(f"{rate} events/s: seconds until it is closed", took_s, 6)
        bar(f"{rate} events/s: MiB more", rss_mib, 2)
        bar(f"{rate} events/s: p99 of the others, to that before", ratio, 1.1)
    save(args.json, found)


if __name__ == "__main__":
    run(main, __doc__)
