"""Several workers: what a delivery takes with them, and how many more one relay could make.

A process can use one core. So what a relay can deliver is what its busiest process can: with one
worker that is the relay itself, with more it is one of them, or the process that feeds them. All
run on one core here, in turns, and each process's CPU time is divided by the deliveries of all.
That shows what workers are worth where there is a core for each, on a machine that has too few.

    python bench/workers.py          5,000 clients, batches of 20, one and two workers
    python bench/workers.py --full   also batches of 1, and four workers
"""

import argparse
import statistics
from collections import defaultdict

import psutil
from contest import Contest, Contestant, Window
from machine import family
from report import bar, footnote, run, save, table
from servers import Relay

CLIENTS = 5000
BATCHES_PER_S = 5.0
SECONDS = 2.0
BAR = 1.8


class Shares:
    """What each process of the relays took, in microseconds a delivery."""

    def __init__(self) -> None:
        self.windows: list[Window] = []
        self._us: dict[tuple[str, int], list[list[float]]] = defaultdict(list)

    async def measure(self, contestant: Contestant, batch: int) -> None:
        pid = contestant.server.pid
        before = {each: _cpu_s(each) for each in family(pid)}
        await contestant.crowd.mark()
        window = await contestant.measure(batch, BATCHES_PER_S, SECONDS)
        used = [_cpu_s(each) - cpu_s for each, cpu_s in before.items()]
        self.windows.append(window)
        # The window's own account has no warming up in it; only how it is shared is taken.
        own, *workers = [each / sum(used) * window.us for each in used]
        self._us[window.server, batch].append([own, max(workers, default=own)])

    def median(self, server: str, batch: int) -> list[float]:
        """Give what the relay itself took, and its busiest worker."""
        return [statistics.median(each) for each in zip(*self._us[server, batch], strict=True)]

    def most(self, server: str, batch: int) -> float:
        """Give what the busiest process took."""
        return max(self.median(server, batch))


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def name_of(workers: int) -> str:
    return "1 worker" if workers == 1 else f"{workers} workers"


async def main(args: argparse.Namespace) -> None:
    counts, batches, rounds = ((1, 2, 4), (1, 20), 5) if args.full else ((1, 2), (20,), 3)
    shares = Shares()
    async with Contest(CLIENTS) as done:
        for count in counts:
            relay = Relay(name_of(count), small=True, config=f"workers = {count}")
            await done.enter(relay)
        for _ in range(rounds):
            for batch in batches:
                for contestant in done.contestants:
                    await shares.measure(contestant, batch)
    done.windows = shares.windows
    one = name_of(1)
    for batch in batches:
        rows = []
        for count in counts:
            name = name_of(count)
            own, busiest = shares.median(name, batch)
            more = shares.most(one, batch) / shares.most(name, batch)
            us = [done.median(name, batch, "us"), done.ratio(name, one, batch)]
            parts = [done.median(name, batch, part) for part in ("rss_mib", "p50_ms", "p99_ms")]
            lost = sum(window.lost for window in done.of(name, batch))
            rows.append((name, *us, own, busiest, more, *parts, lost))
        columns = ("us/delivery", "to 1", "relay", "busiest worker", "deliveries to 1")
        print(f"\n{CLIENTS:,} clients, {rounds} rounds, medians")
        table((f"batches of {batch}", *columns, "MiB", "p50 ms", "p99 ms", "lost"), rows)
    footnote(done.windows)
    more = shares.most(one, 20) / shares.most(name_of(2), 20)
    bar("deliveries of two workers to one's, with a core for each", more, BAR, least=True)
    save(args.json, done.windows)


if __name__ == "__main__":
    run(main, __doc__)
