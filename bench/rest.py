"""The REST endpoints: what a cached answer takes, and whether long polls of a crowd miss anything.

Cached answers are timed in turns with a bare aiohttp handler that serves the same bytes: the
difference is the relay's own time. Then a crowd of pollers asks /chat without a pause while the
room talks; each one's messages are held against the room's WebSocket stream, and a process of its
own asks /healthz meanwhile: what others wait because of the crowd.

    python bench/rest.py --pollers 500 --rate 200 --seconds 15
"""

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import msgspec
import psutil
from processes import ROOM, free_port, process, relay
from websockets.asyncio.client import connect

BASE = "/douyin/liveroom"
PERSONAL = "chat,emoji,screen_chat,gift,like,member,social,fansclub"
"""Short names of what /chat serves."""


class Message(msgspec.Struct):
    seq: int


class Data(msgspec.Struct):
    messages: list[Message]
    cursor: str
    gap: bool = False


class Answer(msgspec.Struct):
    data: Data


class Event(msgspec.Struct):
    offset: int = 0


async def time_requests(session: aiohttp.ClientSession, url: str, count: int) -> list[float]:
    """Ask one after the other over one connection; milliseconds each."""
    took = []
    for _ in range(count):
        begin = time.perf_counter()
        async with session.get(url) as response:
            await response.read()
        took.append((time.perf_counter() - begin) * 1000)
    return took


async def cached_answers(port: int, requests: int) -> None:
    print(f"cached answers, {requests} requests one after the other, ms")
    print(f"{'':10}{'bytes':>10}{'p50':>8}{'p99':>8}{'bare p50':>10}{'bare p99':>10}{'own p99':>9}")
    async with aiohttp.ClientSession() as session:
        for name in ("info", "status", "audience", "feed"):
            url = f"http://127.0.0.1:{port}{BASE}/{name}?room_id={ROOM}"
            url = url.partition("?")[0] if name == "feed" else url
            async with session.get(url) as response:
                body = await response.read()
                assert response.status == 200, body
            ours: list[float] = []
            bare: list[float] = []
            with tempfile.NamedTemporaryFile() as kept:
                kept.write(body)
                kept.flush()
                peer_port = free_port()
                peer = str(Path(__file__).with_name("bytes_peer.py"))
                with process(peer, str(peer_port), kept.name, ready="ready"):
                    for _ in range(10):
                        await time_requests(session, url, 1)  # fills the cache anew
                        ours += await time_requests(session, url, requests // 10)
                        bare += await time_requests(
                            session, f"http://127.0.0.1:{peer_port}/", requests // 10
                        )
            p = [statistics.quantiles(times, n=100) for times in (ours, bare)]
            print(
                f"{name:10}{len(body):10}{p[0][49]:8.2f}{p[0][98]:8.2f}{p[1][49]:10.2f}"
                f"{p[1][98]:10.2f}{p[0][98] - p[1][98]:9.2f}"
            )


async def watch(port: int, offsets: list[int], ready: asyncio.Event) -> None:
    url = f"ws://127.0.0.1:{port}/ws?room_id={ROOM}&method={PERSONAL}"
    async with connect(url) as client:
        async for text in client:
            event = msgspec.json.decode(text, type=Event)
            if event.offset:
                offsets.append(event.offset)
                ready.set()


async def poll(session: aiohttp.ClientSession, url: str, seen: list[int]) -> tuple[int, int]:
    """Long-poll until cancelled; gives what it has seen in `seen`. Counts requests and gaps."""
    cursor = ""
    requests = gaps = 0
    try:
        while True:
            async with session.get(f"{url}&wait=20&limit=500{cursor}") as response:
                body = await response.read()
                assert response.status == 200, body
            data = msgspec.json.decode(body, type=Answer).data
            requests += 1
            gaps += data.gap
            seen += [message.seq for message in data.messages]
            cursor = f"&cursor={data.cursor}"
    except asyncio.CancelledError:
        return requests, gaps


async def long_polls(pid: int, port: int, pollers: int, seconds: float) -> int:
    offsets: list[int] = []
    ready = asyncio.Event()
    watching = asyncio.create_task(watch(port, offsets, ready))
    await ready.wait()
    url = f"http://127.0.0.1:{port}{BASE}/chat?room_id={ROOM}"
    seen: list[list[int]] = [[] for _ in range(pollers)]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        tasks = [asyncio.create_task(poll(session, url, own)) for own in seen]
        await asyncio.sleep(2)
        server = psutil.Process(pid)
        probe = str(Path(__file__).with_name("health_probe.py"))
        with process(probe, str(port), ready="ready") as prober:
            cpu, begin = server.cpu_times(), time.monotonic()
            await asyncio.sleep(seconds)
            took, end = time.monotonic() - begin, server.cpu_times()
            prober.send_signal(signal.SIGINT)
            assert prober.stdout is not None
            health = await asyncio.to_thread(prober.stdout.readline)
        for task in tasks:
            task.cancel()
        counts = await asyncio.gather(*tasks)
    watching.cancel()
    await asyncio.wait([watching])
    missed = twice = delivered = 0
    for own in seen:
        wanted = {offset for offset in offsets if own[0] <= offset <= own[-1]} if own else {0}
        missed += len(wanted - set(own))
        twice += len(own) - len(set(own))
        delivered += len(own)
    requests, gaps = (sum(column) for column in zip(*counts, strict=True))
    cores = (end.user + end.system - cpu.user - cpu.system) / took
    print(
        f"{pollers} long polls: {delivered / (took + 2):.0f} messages/s in"
        f" {requests / (took + 2):.0f} answers/s, {cores:.2f} core, missed {missed},"
        f" twice {twice}, gaps {gaps}"
    )
    print(f"/healthz meanwhile: {health.strip()}")
    return missed + twice + gaps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pollers", type=int, default=500)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--requests", type=int, default=2000)
    args = parser.parse_args()
    with relay(args.rate) as (pid, port):
        asyncio.run(cached_answers(port, args.requests))
        sys.exit(asyncio.run(long_polls(pid, port, args.pollers, args.seconds)) > 0)


if __name__ == "__main__":
    main()
