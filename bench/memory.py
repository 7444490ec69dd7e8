"""Memory: what an idle connection takes, and what a room takes.

Resident memory of the server's process is read before and after many more connections are opened,
or between relays that watch one room and fifty. A few connections come first, so that what is
allocated once is not counted.

    python bench/memory.py           2,000 connections
    python bench/memory.py --full    5,000, for half a minute, in which they are pinged; more peers
"""

import argparse
import asyncio
import time
from collections.abc import Callable

import servers
from contest import crowd, learn_event
from deflate import OFFER
from machine import rss_bytes
from report import bar, run, save, table
from servers import Event, Relay, Server
from tools import MissingError

FIRST = 200
ROOMS = 50
HISTORY_EVENTS = 1000
"""What the relay keeps of a room at most, by default."""
BAR_KIB = 20


async def connection_kib(server: Server, count: int, wait_s: float) -> float:
    """Open connections to a server that runs; gives what each takes, KiB."""
    async with crowd(server, FIRST):
        before = rss_bytes(server.pid)
        async with crowd(server, count):
            await asyncio.sleep(wait_s)
            return (rss_bytes(server.pid) - before) / count / 1024


async def measure_connections(make: Callable[[], Server], count: int, wait_s: float) -> float:
    async with make() as server:
        return await connection_kib(server, count, wait_s)


async def rooms_mib(count: int) -> tuple[float, float]:
    """Run a relay that watches rooms; gives its memory without events and with full histories."""
    async with Relay(rooms=count) as relay:
        await asyncio.sleep(1)
        empty = rss_bytes(relay.pid)
        for first in range(0, 2 * HISTORY_EVENTS, 20):
            relay.send(relay.build(20, first, round(time.time() * 1e6)))
            await asyncio.sleep(0.002 * count)
        await asyncio.sleep(1)
        return empty / 2**20, rss_bytes(relay.pid) / 2**20


async def main(args: argparse.Namespace) -> None:
    count, wait_s = (5000, 30.0) if args.full else (2000, 0.5)
    async with Relay() as relay:
        event: Event = await learn_event(relay)
    contestants: dict[str, Callable[[], Server]] = {
        "relay": lambda: Relay(queries=("&method=control",)),
        "relay, deflate": lambda: Relay(queries=("&method=control",), offers=OFFER),
        "uWebSockets.js": lambda: servers.uws(event),
        "websockets": lambda: servers.broadcast(event),
    }
    if args.full:
        contestants |= {
            "websockets, deflate": lambda: servers.broadcast(event, offers=OFFER),
            "Node ws": lambda: servers.node_ws(event),
            "aiohttp": lambda: servers.aiohttp(event),
            "picows": lambda: servers.picows(event),
            "nats-server": lambda: servers.nats(event),
            "Redis (TCP)": lambda: servers.redis(event),
            "mosquitto": lambda: servers.mosquitto(event),
        }
    print(f"\n{count:,} idle connections behind {FIRST} others, resident KiB each")
    found = {}
    for name, make in contestants.items():
        try:
            found[name] = await measure_connections(make, count, wait_s)
        except MissingError as error:
            if name.startswith("relay"):
                raise SystemExit(f"{name}: {error}") from None
            print(f"left out: {name}: {error}")
    table(("", "KiB"), sorted(found.items(), key=lambda item: item[1]))
    one, many = await rooms_mib(1), await rooms_mib(ROOMS)
    each = [(b - a) * 1024 / (ROOMS - 1) for a, b in zip(one, many, strict=True)]
    print("rooms, resident KiB each")
    table(
        ("", "KiB"),
        [
            ("watched, without events", each[0]),
            (f"{HISTORY_EVENTS:,} chats in its history", each[1]),
        ],
    )
    bar("KiB an idle connection", found["relay"], BAR_KIB)
    bar("KiB an idle connection, deflate agreed", found["relay, deflate"], BAR_KIB)
    save(args.json, {"connections": found, "rooms": each})


if __name__ == "__main__":
    run(main, __doc__)
