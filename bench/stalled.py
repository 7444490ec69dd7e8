"""One client that stops reading, at three rates: how soon it is closed, and what memory it takes.

It reads for a while before, as clients do. Memory is the relay's resident one, and what the kernel
holds for its end of the connection.

    python bench/stalled.py
"""

import argparse
import asyncio
import contextlib
import re
import socket
import time

from contest import SETTLE_S, crowd
from machine import rss_bytes, wait_until
from report import bar, run, save, table
from servers import Relay
from slow import metric
from websockets.frames import Frame, Opcode

READERS, READS_S, GIVE_UP_S = 20, 2, 12
RATES = ((5, 20), (50, 20), (200, 20))
"""Events a batch, batches a second."""


async def kernel_bytes(port: int, peer: int) -> int:
    """Give what the kernel holds of a relay's connection to a peer."""
    argv = ("ss", "-tmnH", f"sport = :{port} and dport = :{peer}")
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    said = (await process.communicate())[0].decode()
    return sum(int(found) for found in re.findall(r"\b[tw](\d+)", said))


async def measure(batch: int, batches_per_s: int) -> dict[str, float]:
    """Feed a relay, and have one of its clients stop reading."""
    async with Relay(small=True) as relay, crowd(relay, READERS):
        (request, _), *_ = relay.openings()
        with socket.create_connection(("127.0.0.1", relay.port)) as sock:
            sock.setblocking(False)
            own_port = sock.getsockname()[1]
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(sock, request)
            reading = asyncio.create_task(read(sock))
            feeding = asyncio.create_task(feed(relay, batch, batches_per_s))
            await asyncio.sleep(SETTLE_S + READS_S)
            before = rss_bytes(relay.pid)
            reading.cancel()
            stopped_s = time.monotonic()
            most, kernel = before, 0
            while not (closed := await metric(relay, "relay_slow_closes_total")):
                most = max(most, rss_bytes(relay.pid))
                kernel = max(kernel, await kernel_bytes(relay.port, own_port))
                if time.monotonic() - stopped_s > GIVE_UP_S:
                    break
                await asyncio.sleep(0.05)
            took_s = time.monotonic() - stopped_s
            feeding.cancel()
            mib = 2**20
            return {
                "rate": batch * batches_per_s,
                "closed": closed,
                "took_s": took_s,
                "rss_mib": (most - before) / mib,
                "kernel_mib": kernel / mib,
            }


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
    for index in range((GIVE_UP_S + 10) * batches_per_s):
        due_s = start_s + index / batches_per_s
        built = relay.build(batch, number, round(due_s * 1e6))
        number += batch
        await wait_until(due_s)
        await asyncio.sleep(0)
        relay.send(built)


async def main(args: argparse.Namespace) -> None:
    found = [await measure(*rate) for rate in RATES]
    parts = ("rate", "closed", "took_s", "rss_mib", "kernel_mib")
    table(
        ("events/s", "closed", "after s", "MiB more", "kernel MiB"),
        [tuple(one[part] for part in parts) for one in found],
    )
    for one in found:
        bar(f"{one['rate']} events/s: seconds until it is closed", one["took_s"], 6)
        bar(f"{one['rate']} events/s: MiB more", one["rss_mib"], 2)
    save(args.json, found)


if __name__ == "__main__":
    run(main, __doc__)
