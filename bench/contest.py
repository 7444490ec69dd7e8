"""Feeds servers in turns, each with a crowd of its own, and accounts what it cost them."""

import asyncio
import json
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from machine import (
    CLIENT_CORE,
    SERVER_CORE,
    cpu_s,
    idle_s,
    kernel_s,
    normal_priority,
    rss_bytes,
    wait_until,
)
from servers import Event, Relay, Server
from tools import MissingError, compiled
from websockets.asyncio.client import connect

SETTLE_S = 0.7
"""Between the last client's opening and the first batch: subscriptions are under way."""
LATE_S = 5
"""How long deliveries are waited for behind the last batch."""
SAMPLE = 100
"""Connections that are looked into, about."""


class Crowd:
    """The process of readers of one server."""

    def __init__(self, process: asyncio.subprocess.Process, clients: int, stalled: int) -> None:
        self.clients = clients
        self.reading = clients - stalled
        self._process = process

    async def mark(self) -> None:
        """Count from zero."""
        await self._ask("mark")

    async def read(self) -> dict[str, float]:
        """Give what was counted since; see crowd.c."""
        return await self._ask("read")

    async def _ask(self, question: str) -> dict[str, float]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{question}\n".encode())
        async with asyncio.timeout(LATE_S):
            line = await process.stdout.readline()
        if not line:
            raise SystemExit("the crowd has gone")
        answer: dict[str, float] = json.loads(line)
        return answer


@asynccontextmanager
async def crowd(server: Server, clients: int, stalled: int = 0) -> AsyncIterator[Crowd]:
    """Connect a crowd to a server until the block ends."""
    with tempfile.NamedTemporaryFile() as file:
        for request, after in server.openings():
            file.write(struct.pack("II", len(request), len(after)) + request + after)
        file.flush()
        argv = (
            compiled("crowd"),
            *map(str, (server.port, clients, max(1, clients // SAMPLE), stalled)),
            server.framing,
            file.name,
        )
        pipe = asyncio.subprocess.PIPE
        with normal_priority():
            process = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(60):
                if await process.stdout.readline() != b"ready\n":
                    raise MissingError("clients could not connect")
            await asyncio.sleep(SETTLE_S)
            yield Crowd(process, clients, stalled)
        finally:
            process.stdin.close()
            try:
                async with asyncio.timeout(2):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


@dataclass
class Window:
    """What one server did in some seconds."""

    server: str
    clients: int
    batch: int
    batches_per_s: float
    deliveries: int
    """Events that clients received."""
    expected: int
    gaps: int
    """Jumps in the numbers of the events, on the connections that were looked into."""
    closed: int
    """Connections that the server ended."""
    us: float
    """CPU microseconds of the server a delivery."""
    bytes_each: float
    """Bytes that a client received a delivery."""
    compressed: float
    """Share of the deliveries that came compressed."""
    kernel_share: float
    """How much of it was the kernel's."""
    load: float
    """Share of its core that the server used."""
    others: float
    """Share of that core that other processes used."""
    rss_mib: float
    """The server's resident memory, at most."""
    p50_ms: float
    p99_ms: float
    reads: float
    """Reads of the crowd a client and batch: 1 where a batch came in one piece."""
    crowd_load: float
    """Share of the client core that the crowd used."""
    client_idle: float
    """Share of the time in which that core was idle."""
    feeder_late_ms: float
    """By how much a batch was sent too late, at most."""

    @property
    def lost(self) -> int:
        return self.expected - self.deliveries + self.gaps


class Contestant:
    """A server with its crowd."""

    def __init__(self, server: Server, readers: Crowd) -> None:
        self.server = server
        self.crowd = readers
        self._number = 1

    async def measure(self, batch: int, batches_per_s: float, seconds: float) -> Window:
        """Feed it for some seconds; gives once all is delivered, or is not coming."""
        server, readers = self.server, self.crowd
        most = server.max_deliveries_per_s
        if most is not None:
            batches_per_s = min(batches_per_s, most / (readers.reading * batch))
        await readers.mark()
        warm = max(1, round(batches_per_s * 0.4))
        await self._feed(batch, batches_per_s, warm)
        await self._delivered(warm * batch * readers.reading)
        await readers.mark()
        before = await readers.read()
        count = max(2, round(batches_per_s * seconds))
        expected = count * batch * readers.reading
        begin, cpu, kernel = time.monotonic(), cpu_s(server.pid), kernel_s(server.pid)
        idle, server_idle = idle_s(CLIENT_CORE), idle_s(SERVER_CORE)
        async with _peak_rss(server.pid) as rss:
            late_s = await self._feed(batch, batches_per_s, count)
            counted = await self._delivered(expected)
        took = time.monotonic() - begin
        used = cpu_s(server.pid) - cpu
        own_idle = (idle_s(SERVER_CORE) - server_idle) / took
        events = int(counted["events"])
        return Window(
            server=server.name,
            clients=readers.clients,
            batch=batch,
            batches_per_s=batches_per_s,
            deliveries=events,
            expected=expected,
            gaps=int(counted["gaps"]),
            closed=int(counted["closed"]),
            us=used / max(events, 1) * 1e6,
            bytes_each=counted["bytes"] / max(events, 1),
            compressed=counted["compressed"] / max(events, 1),
            kernel_share=(kernel_s(server.pid) - kernel) / used,
            load=used / took,
            others=max(0.0, 1 - own_idle - used / took),
            rss_mib=max(rss) / 2**20,
            p50_ms=counted["p50_ms"],
            p99_ms=counted["p99_ms"],
            reads=counted["reads"] / (readers.reading * count),
            crowd_load=(counted["cpu_s"] - before["cpu_s"]) / took,
            client_idle=(idle_s(CLIENT_CORE) - idle) / took,
            feeder_late_ms=late_s * 1000,
        )

    async def _feed(self, batch: int, batches_per_s: float, count: int) -> float:
        """Send batches at a steady rate; gives by how much the latest was too late, seconds."""
        start_s, late_s = time.time() + 0.05, 0.0
        for index in range(count):
            due_s = start_s + index / batches_per_s
            built = self.server.build(batch, self._number, round(due_s * 1e6))
            self._number += batch
            late_s = max(late_s, await wait_until(due_s))
            self.server.send(built)
        return late_s

    async def _delivered(self, expected: int) -> dict[str, float]:
        deadline, had = time.monotonic() + LATE_S, -1.0
        while True:
            await asyncio.sleep(0.05)
            counted = await self.crowd.read()
            if counted["events"] >= expected or time.monotonic() > deadline:
                return counted
            if counted["events"] != had:
                deadline, had = time.monotonic() + LATE_S, counted["events"]


@dataclass
class Contest:
    """Servers that run side by side. Use as an async context manager."""

    clients: int
    contestants: list[Contestant] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)

    async def __aenter__(self) -> "Contest":
        self._stack = AsyncExitStack()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    async def enter(self, server: Server, stalled: int = 0) -> Contestant | None:
        """Start a server and connect its crowd; None where it can't be had, which is said."""
        try:
            await self._stack.enter_async_context(server)
            readers = await self._stack.enter_async_context(crowd(server, self.clients, stalled))
        except MissingError as error:
            if isinstance(server, Relay):
                raise SystemExit(f"{server.name}: {error}") from None
            print(f"left out: {server.name}: {error}")
            return None
        contestant = Contestant(server, readers)
        self.contestants.append(contestant)
        return contestant

    async def round(self, batch: int, batches_per_s: float, seconds: float) -> list[Window]:
        """Measure each once, one after the other."""
        windows = []
        for contestant in self.contestants:
            windows.append(await contestant.measure(batch, batches_per_s, seconds))
            print(".", end="", file=sys.stderr, flush=True)
        self.contestants.append(self.contestants.pop(0))  # another one begins the next round
        self.windows += windows
        return windows

    def of(self, server: str, batch: int) -> list[Window]:
        """Give a server's windows with one size of batches, in order."""
        return [w for w in self.windows if (w.server, w.batch) == (server, batch)]

    def median(self, server: str, batch: int, what: str) -> float:
        """Give the median of a column over the rounds."""
        return statistics.median(getattr(w, what) for w in self.of(server, batch))

    def ratio(self, server: str, to: str, batch: int, what: str = "us") -> float:
        """Give the median of how a column compares, round by round."""
        pairs = zip(self.of(server, batch), self.of(to, batch), strict=True)
        return statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs)


async def learn_event(relay: Relay) -> Event:
    """Give the form of the events that a relay sends."""
    url = f"ws://127.0.0.1:{relay.port}/ws?room_id={relay.first_room}"
    async with asyncio.timeout(20), connect(url, proxy=None) as client:
        await asyncio.sleep(SETTLE_S)
        relay.send(relay.build(1, 0, round(time.time() * 1e6)))
        async for text in client:
            if "@T" in text:
                return Event(text.encode())
    raise SystemExit("the relay has closed the connection")


@asynccontextmanager
async def _peak_rss(pid: int) -> AsyncIterator[list[int]]:
    """Look at a server's memory now and then; gives what was seen."""
    seen = [rss_bytes(pid)]

    async def look() -> None:
        while True:
            await asyncio.sleep(0.2)
            seen.append(rss_bytes(pid))

    looking = asyncio.create_task(look())
    try:
        yield seen
    finally:
        looking.cancel()
