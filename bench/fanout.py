"""Fan-out: what it takes to give every event to every client, beside the floor and the peers.

Each server has its own crowd of clients; they are fed in turns, with batches of ready events at one
rate, and the CPU time of the server's process is divided by the events that its clients received.
The relay is whole: fed over Douyin's protocol, history, metrics and slow-client rules on.

    python bench/fanout.py           1,000 clients, batches of 1 and 20, notices of some 350 bytes
    python bench/fanout.py --full    also batches of 5 and 60, every peer; chats of some 950 bytes;
                                     5,000 clients
"""

import argparse
from collections.abc import Callable, Sequence
from itertools import combinations

import servers
from contest import Contest, learn_event
from report import bar, footnote, run, save, table
from servers import Event, Relay, Server

BATCHES_PER_S = 25_000
"""Over the number of clients: how many batches a second each server is given."""
SHORT = (servers.floor, servers.uws, servers.node_ws, servers.broadcast)
FULL = (
    *SHORT,
    servers.aiohttp,
    servers.picows,
    servers.nats,
    servers.redis,
    servers.mosquitto,
)
MANY = (servers.floor, servers.uws, servers.nats, servers.redis)
"""Those that can serve 5,000 clients."""

SECONDS = 1.2
SETS, ROOMS_SETS, ROOMS = "relay, 50 groups", "relay, 10 rooms x 5", "relay, 10 rooms"
FLOOR, UWS, NODE_WS, BROADCAST = "send() in C", "uWebSockets.js", "Node ws", "broadcast()"


def method_sets(count: int) -> list[str]:
    """Give queries that differ, and all want chats and notices."""
    others = ("gift", "like", "member", "social", "fansclub", "emoji", "stats", "rank")
    sets = [chosen for size in range(4) for chosen in combinations(others, size)]
    return [f"&method={','.join(('chat', 'room', *chosen))}" for chosen in sets[:count]]


async def contest(
    clients: int,
    peers: Sequence[Callable[[Event], Server]],
    batches: Sequence[int],
    rounds: int,
    *,
    small: bool = True,
) -> Contest:
    """Measure and print one contest."""
    async with Contest(clients) as done:
        relay = Relay(small=small)
        await done.enter(relay)
        event = await learn_event(relay)
        print(f"\n{clients:,} clients, events of {event.size} bytes, {rounds} rounds, medians")
        await done.enter(Relay(SETS, small=small, queries=method_sets(50)))
        if len(peers) > len(SHORT):
            await done.enter(Relay(ROOMS, small=small, rooms=10))
            await done.enter(Relay(ROOMS_SETS, small=small, rooms=10, queries=method_sets(5)))
        for peer in peers:
            await done.enter(peer(event))
        for _ in range(rounds):
            for batch in batches:
                await done.round(batch, BATCHES_PER_S / clients, SECONDS)
    print("\n")
    for batch in batches:
        print_table(done, batch)
    footnote(done.windows)
    return done


def print_table(done: Contest, batch: int) -> None:
    columns = ("us/delivery", "to floor", "kernel", "reads", "p50 ms", "p99 ms", "batches/s")
    parts = ("kernel_share", "reads", "p50_ms", "p99_ms", "batches_per_s")
    rows = []
    for name in {window.server for window in done.windows}:
        us, medians = done.median(name, batch, "us"), [done.median(name, batch, p) for p in parts]
        floor = done.ratio(name, FLOOR, batch) if done.of(FLOOR, batch) else "-"
        rows.append((name, us, floor, *medians, sum(w.lost for w in done.of(name, batch))))
    rows.sort(key=lambda row: row[1])
    table((f"batches of {batch}", *columns, "lost"), rows)


def print_bars(done: Contest) -> None:
    had = {window.server for window in done.windows}
    if FLOOR in had:
        for batch in (20, 1):
            ratio = done.ratio("relay", FLOOR, batch)
            bar(f"CPU a delivery, batches of {batch}, to the floor's", ratio, 1.35)
    for name, one in ((SETS, "relay"), (ROOMS_SETS, ROOMS)):
        if name in had:
            ratio = done.ratio(name, one, 20)
            bar(f"{name}, batches of 20, to {one}'s", ratio, 1.15)
    for name, least in ((NODE_WS, 20), (BROADCAST, 20), (UWS, 1)):
        if name in had:
            ratio = done.ratio(name, "relay", 20)
            bar(f"deliveries a CPU second, batches of 20, to {name}'s", ratio, least, least=True)


async def main(args: argparse.Namespace) -> None:
    if args.full:
        done = await contest(1000, FULL, (1, 5, 20, 60), 5)
        others = [
            await contest(1000, SHORT, (1, 20), 5, small=False),
            await contest(5000, MANY, (1, 5, 20, 60), 5),
        ]
    else:
        done, others = await contest(1000, SHORT, (1, 20), 3), []
    print_bars(done)
    save(args.json, [window for each in (done, *others) for window in each.windows])


if __name__ == "__main__":
    run(main, __doc__)
