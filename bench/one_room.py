"""Many clients on one room: what the relay's process costs, and whether anything is lost.

Runs the relay (fed by the simulator) and websockets' broadcast() side by side, in turns, with the
same number of clients; broadcast() gets fewer events a second where it could not keep up. Prints
CPU seconds per second of the serving process, and per delivered event, as the system accounts it.

    python bench/one_room.py --clients 1000 --rate 200 --seconds 15 --rounds 2
"""

import argparse
import asyncio
import json
import os
import statistics
from pathlib import Path

import psutil
from clients import connect_crowd
from processes import ROOM, free_port, process, relay

MAX_BROADCAST_DELIVERIES = 30_000
"""Deliveries a second asked of broadcast(); what is compared is the CPU of one delivery."""


async def measure(pid: int, port: int, path: str, clients: int, seconds: float) -> dict[str, float]:
    server = psutil.Process(pid)
    readers = await connect_crowd("127.0.0.1", port, path, clients)
    await asyncio.sleep(2)
    begin_cpu, begin_events = server.cpu_times(), sum(r.events for r in readers)
    own = psutil.Process().cpu_times()
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await asyncio.sleep(seconds)
    took = loop.time() - begin
    end_cpu, end_events = server.cpu_times(), sum(r.events for r in readers)
    own_end = psutil.Process().cpu_times()
    rss = server.memory_info().rss
    lost = sum(
        (r.last_offset - r.first_offset + 1) - r.events for r in readers if r.first_offset
    ) + sum(1 for r in readers if r.closed or not r.events)
    for reader in readers:
        assert reader.transport is not None
        reader.transport.abort()
    cpu = end_cpu.user + end_cpu.system - begin_cpu.user - begin_cpu.system
    delivered = end_events - begin_events
    return {
        "cores": cpu / took,
        "us_per_delivery": cpu / max(delivered, 1) * 1e6,
        "deliveries_per_s": delivered / took,
        "lost": lost,
        "client_cores": (own_end.user + own_end.system - own.user - own.system) / took,
        "rss_mib": rss / 2**20,
    }


async def run_relay(args: argparse.Namespace) -> dict[str, float]:
    with relay(args.rate) as (pid, port):
        return await measure(pid, port, f"/ws?room_id={ROOM}", args.clients, args.seconds)


async def run_broadcast(args: argparse.Namespace) -> dict[str, float]:
    port = free_port()
    peer = str(Path(__file__).with_name("broadcast_peer.py"))
    # broadcast() has no bound: asked for more than it can do, it buffers until memory is full.
    rate = min(args.rate, MAX_BROADCAST_DELIVERIES / args.clients)
    with process(peer, str(port), str(rate), str(args.event_bytes), ready="ready") as server:
        return await measure(server.pid, port, "/", args.clients, args.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--event-bytes", type=int, default=800)
    args = parser.parse_args()
    results: dict[str, list[dict[str, float]]] = {"relay": [], "broadcast()": []}
    for _ in range(args.rounds):
        results["relay"].append(asyncio.run(run_relay(args)))
        results["broadcast()"].append(asyncio.run(run_broadcast(args)))
    print(f"{args.clients} clients, {args.rate:g} events/s, {args.rounds} rounds, medians")
    keys = list(results["relay"][0])
    print(f"{'':14}" + "".join(f"{key:>18}" for key in keys))
    medians = {}
    for name, rounds in results.items():
        medians[name] = {key: statistics.median(r[key] for r in rounds) for key in keys}
        print(f"{name:14}" + "".join(f"{medians[name][key]:18.3f}" for key in keys))
    ratio = medians["relay"]["us_per_delivery"] / medians["broadcast()"]["us_per_delivery"]
    print(f"CPU per delivery, relay / broadcast(): {ratio:.3f}")
    print(json.dumps(results)) if os.environ.get("BENCH_JSON") else None


if __name__ == "__main__":
    main()
