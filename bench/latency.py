"""Latency: from a frame that comes in to each client that has it.

The time is inside the events: frames are built beforehand and sent at that very moment; a hundred
of the clients are looked at, spread over all. 6 batches of 20 a second for 1,000 clients are
120,000 deliveries a second, and the clients share their core with the feeder in all cases.

    python bench/latency.py [--full]
"""

import argparse

import servers
from contest import Contest, learn_event
from report import bar, footnote, run, save, table
from servers import Relay

CLIENTS, BATCH, BATCHES_PER_S = 1000, 20, 6
UWS = "uWebSockets.js"


async def main(args: argparse.Namespace) -> None:
    peers = [servers.floor, servers.uws]
    if args.full:
        peers += [servers.nats, servers.redis]
    rounds, seconds = (8, 8) if args.full else (3, 3)
    async with Contest(CLIENTS) as done:
        relay = Relay(small=True)
        await done.enter(relay)
        event = await learn_event(relay)
        print(
            f"\n{CLIENTS:,} clients, {BATCHES_PER_S} batches of {BATCH} a second, events of"
            f" {event.size} bytes, medians of {rounds} rounds"
        )
        for peer in peers:
            await done.enter(peer(event))
        for _ in range(rounds):
            await done.round(BATCH, BATCHES_PER_S, seconds)
    print("\n")
    names = sorted({w.server for w in done.windows}, key=lambda n: done.median(n, BATCH, "p50_ms"))
    parts = ("p50_ms", "p99_ms", "load")
    table(
        ("", "p50 ms", "p99 ms", "load"),
        [(name, *(done.median(name, BATCH, part) for part in parts)) for name in names],
    )
    footnote(done.windows)
    if UWS in names:
        for part in ("p50_ms", "p99_ms"):
            ratio = done.ratio("relay", UWS, BATCH, part)
            bar(f"latency, {part.partition('_')[0]}, to {UWS}'s", ratio, 1.3)
    save(args.json, done.windows)


if __name__ == "__main__":
    run(main, __doc__)
