"""Slow clients: what 100 clients that don't read do to 900 that do.

Three relays are fed in turns: all of one's clients read; a hundred of another's don't, and are
closed once they are too far behind; a hundred of the third's don't, and have asked for events to be
skipped. The others' latency is compared, and what memory the relays take at most. A client that
doesn't read is noticed once the kernel's buffers are full, which hold some 3 MB here.

    python bench/slow.py [--full]
"""

import argparse
import asyncio
import urllib.request

from contest import Contest
from report import bar, footnote, run, save, table
from servers import FED, Relay

CLIENTS, STALLED, BATCH, BATCHES_PER_S = 1000, 100, 60, 15
NONE, CLOSED, SKIPPED = "all read", "100 stalled, closed", "100 stalled, skipped"


async def metric(relay: Relay, name: str) -> float:
    """Read a metric of a relay that runs."""
    url = f"http://127.0.0.1:{relay.port}/metrics"
    answer = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read())
    (line,) = [line for line in answer.decode().splitlines() if line.startswith(f"{name} ")]
    return float(line.split()[1])


async def main(args: argparse.Namespace) -> None:
    rounds, seconds = (5, 8) if args.full else (2, 5)
    print(f"\n{CLIENTS:,} clients, {BATCHES_PER_S} batches of {BATCH} a second, {rounds} rounds")
    relays = [Relay(NONE), Relay(CLOSED), Relay(SKIPPED, queries=(f"{FED}&slow=skip",))]
    async with Contest(CLIENTS) as done:
        for relay in relays:
            await done.enter(relay, 0 if relay.name == NONE else STALLED)
        for _ in range(rounds):
            await done.round(BATCH, BATCHES_PER_S, seconds)
        counted = [
            [round(await metric(relay, f"relay_{name}_total")) for name in ("slow_closes", "drops")]
            for relay in relays
        ]
    print("\n")
    rows = []
    for name, counts in zip((NONE, CLOSED, SKIPPED), counted, strict=True):
        windows = done.of(name, BATCH)
        parts = ("p50_ms", "p99_ms", "us", "rss_mib")
        most = max(window.rss_mib for window in windows)
        rows.append((name, *(done.median(name, BATCH, part) for part in parts), most, *counts))
    table(("", "p50 ms", "p99 ms", "us/delivery", "MiB", "MiB at most", "closed", "dropped"), rows)
    footnote(done.windows)
    for row in rows[1:]:
        bar(f"{row[0]}: p99 of the others, to that without", row[2] / rows[0][2], 1.2)
        bar(f"{row[0]}: MiB more, a stalled client", (row[5] - rows[0][5]) / STALLED, 1.5)
    save(args.json, done.windows)


if __name__ == "__main__":
    run(main, __doc__)
