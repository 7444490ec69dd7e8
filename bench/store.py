"""The store: how fast it writes and what that costs, how soon a question is answered.

Gives events of several rooms to the store at a steady rate, as the hub does, and accounts the CPU
of the writer's thread. Then fills one room with an hour of a busy show, in fast motion, and asks
for events of it by method and time.

    python bench/store.py --rate 20000 --seconds 15 --events 720000
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from relay.config import StoreConfig
from relay.events.stored import Record
from relay.store import Store, backlog
from relay.store import store as store_module

METHODS = {
    "WebcastChatMessage": 40,
    "WebcastGiftMessage": 30,
    "WebcastLikeMessage": 15,
    "WebcastMemberMessage": 8,
    "WebcastRoomUserSeqMessage": 6,
    "WebcastFansclubMessage": 1,
}
HOUR_MS = 3_600_000
CHUNK = 20
"""Events of one upstream frame."""


class Clock:
    """Time as the store sees it."""

    def __init__(self) -> None:
        self.now_ms = 1_800_000_000_000

    def time_ns(self) -> int:
        return self.now_ms * 1_000_000


class Room:
    """A room that gives its events to the store."""

    def __init__(self, store: Store, number: int, event_bytes: int) -> None:
        self.web_rid = str(80000000001 + number)
        self.epoch = f"1j3k5m7{number:05}"
        self.head = 0
        self._store = store
        self._random = random.Random(number)
        self._filling = "好" * (event_bytes // 3)
        store.begin(self.epoch, self.web_rid, [])

    def give(self, count: int, time_ms: int) -> None:
        methods = self._random.choices(list(METHODS), weights=list(METHODS.values()), k=count)
        records = []
        for method in methods:
            self.head += 1
            user = str(10**11 + self._random.randrange(5000))
            body = (
                f'{{"method":"{method}","msg_id":"{self.head}","room_id":"7000000000000000001",'
                f'"web_rid":"{self.web_rid}","epoch":"{self.epoch}","offset":{self.head},'
                f'"time":{time_ms},"payload":{{"content":"{self._filling}","user":{user}}}}}'
            ).encode()
            # A second's delay, more or less, as upstream has it.
            sent_ms = time_ms - self._random.randrange(2000)
            records.append(Record(self.head, sent_ms, method, user, str(self.head), body))
        self._store.append(self.epoch, records)


def writer_cpu_s() -> float:
    """Give the CPU time that the writer's thread has used."""
    (writer,) = [thread for thread in threading.enumerate() if thread.name == "store-writer"]
    assert writer.ident is not None
    return time.clock_gettime(time.pthread_getcpuclockid(writer.ident))


async def measure_writing(folder: Path, args: argparse.Namespace) -> None:
    async with Store(StoreConfig(path=str(folder / "writing.db"))) as store:
        rooms = [Room(store, number, args.event_bytes) for number in range(args.rooms)]
        begin, begin_cpu, given, longest = time.monotonic(), writer_cpu_s(), 0, 0
        while (past := time.monotonic() - begin) < args.seconds:
            while given < past * args.rate:
                rooms[given // CHUNK % len(rooms)].give(CHUNK, time.time_ns() // 1_000_000)
                given += CHUNK
            longest = max(longest, store.waiting)
            await asyncio.sleep(0.002)
        await store.written()
        took, cpu = time.monotonic() - begin, writer_cpu_s() - begin_cpu
        print(
            f"writing   {store.stored / took:8.0f} events/s in {args.rooms} rooms,"
            f" writer {cpu / took:.2f} cores ({cpu / store.stored * 1e6:.1f} us an event),"
            f" at most {longest} waiting, {store.lost} lost,"
            f" {store.used_bytes / 2**20:.0f} MiB"
        )


async def fill(store: Store, room: Room, args: argparse.Namespace, clock: Clock) -> None:
    begin_ms = clock.now_ms
    for given in range(0, args.events, CHUNK):
        clock.now_ms = begin_ms + given * HOUR_MS // args.events
        room.give(CHUNK, clock.now_ms)
        if store.waiting > backlog.MAX_EVENTS // 2:
            await store.written()
    await store.written()


async def measure_asking(folder: Path, args: argparse.Namespace) -> None:
    clock = Clock()
    store_module.time = clock  # an hour in fast motion
    async with Store(StoreConfig(path=str(folder / "asking.db"))) as store:
        room = Room(store, 0, args.event_bytes)
        begin_ms = clock.now_ms
        await fill(store, room, args, clock)
        assert (store.stored, store.lost) == (args.events, 0)
        rng = random.Random(1)
        gifts, rare = frozenset(["WebcastGiftMessage"]), frozenset(["WebcastFansclubMessage"])
        both = frozenset(["WebcastGiftMessage", "WebcastChatMessage"])
        questions: dict[str, Callable[[int], dict[str, object]]] = {
            "gifts of ten minutes": lambda at: {"methods": gifts, "before": at + 600_000},
            "chat and gifts of a minute": lambda at: {"methods": both, "before": at + 60_000},
            "a rare method of ten minutes": lambda at: {"methods": rare, "before": at + 600_000},
            "everything from a time on": lambda _: {},
            "one viewer, from a time on": lambda _: {"user": str(10**11 + 77)},
            "the newest gifts": lambda _: {"methods": gifts, "newest": True},
        }
        for name, question in questions.items():
            took, rows = [], []
            for _ in range(args.questions):
                at = begin_ms + rng.randrange(HOUR_MS - 600_000)
                asked = {"since": at, **question(at)}

                begin = time.perf_counter()
                answer = await store.query(room.web_rid, limit=1000, **asked)
                took.append((time.perf_counter() - begin) * 1000)
                rows.append(len(answer.rows))
            print(
                f"asking    {name:30} {statistics.median(took):6.1f} ms, at most {max(took):6.1f},"
                f" {statistics.median(rows):5.0f} events of {args.events}"
            )
        begin = time.perf_counter()
        at, pages = (room.epoch, 0), 0
        while at[1] < room.head:
            page = await store.page(at, room.epoch, room.head, frozenset(), all_but=True)
            assert page is not None
            at, pages = page.at, pages + 1
        took_s = time.perf_counter() - begin
        print(f"resuming  {args.events / took_s:8.0f} events/s, from the beginning, {pages} pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20_000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--events", type=int, default=720_000)
    parser.add_argument("--event-bytes", type=int, default=600)
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--folder", type=Path, help="where to write; default: the system's own")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        asyncio.run(measure_writing(Path(folder), args))
        asyncio.run(measure_asking(Path(folder), args))


if __name__ == "__main__":
    main()
