"""Relays that live one after another on one file, without sockets; and clients that resume."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from serving import make_event, make_status

from relay.config import HubConfig, StoreConfig
from relay.hub import (
    Entry,
    Filter,
    Hub,
    Position,
    Stream,
    Subscriber,
    Subscription,
)
from relay.store import Store

CHAT, GIFT = "WebcastChatMessage", "WebcastGiftMessage"


class Client:
    """A client of the hub that keeps what it is given, and can wait for it."""

    def __init__(self, hub: Hub) -> None:
        self.frames: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.moves: list[tuple[str, int]] = []
        self.ends: list[str] = []
        self.hub = hub
        self.subscriber: Subscriber = hub.subscriber(self, self)
        self._changed = asyncio.Event()

    def follow(self, stream: Stream, since: Position | None = None, *methods: str) -> Subscription:
        wanted = Filter.of(frozenset(methods) if methods else None)
        return self.hub.subscribe(self.subscriber, stream, wanted, since)

    async def is_live(self, stream: Stream) -> None:
        """Wait until everything of before has come."""
        subscription = self.subscriber.subscriptions[stream]
        async with asyncio.timeout(60):
            while subscription.group is None:
                self._changed.clear()
                await asyncio.wait([asyncio.create_task(self._changed.wait())], timeout=0.01)

    def subscriptions_end(self) -> None:
        """Take what there is for it, and nothing more."""
        for subscription in list(self.subscriber.subscriptions.values()):
            subscription.end()
        self.subscriber.close()

    @property
    def got(self) -> list[tuple[str, int]]:
        """(epoch, offset) of every event."""
        return [(f["epoch"], f["offset"]) for f in self.frames if "op" not in f]

    @property
    def ids(self) -> list[str]:
        return [f["msg_id"] for f in self.frames if "op" not in f]

    @property
    def gaps(self) -> list[dict[str, Any]]:
        return [f for f in self.frames if f.get("op") == "gap"]

    # hub.Encoding

    def frame(self, entry: Entry) -> bytes:
        return entry.body + b"\n"

    # hub.Sink

    descriptor = -1

    def write(self, data: bytes) -> None:
        for line in data.splitlines():
            frame = json.loads(line)
            if frame.get("op") != "room":
                self.frames.append(frame)
                self.bodies.append(line)
        self._changed.set()

    def buffered(self) -> int:
        return 0

    def close_slow(self, reason: str) -> None:
        raise AssertionError(reason)

    def moved(self, old: Stream, subscription: Subscription) -> None:
        self.moves.append((subscription.epoch, subscription.position))

    def ended(self, subscription: Subscription, reason: str) -> None:
        self.ends.append(reason)


class Life:
    """A relay between its start and its end."""

    def __init__(self, hub: Hub, store: Store) -> None:
        self.hub = hub
        self.store = store

    async def watch(self, web_rid: str = "80000000001", **changes: Any) -> Stream:
        """Watch a room as its fetcher would."""
        stream = self.hub.open(make_status(web_rid, **changes))
        await self.hub.take_up(stream)
        return stream

    async def publish(self, stream: Stream, count: int, method: str = CHAT) -> None:
        """Publish events, in such a way that memory then holds no more of them than it may."""
        if count > 1:
            self.hub.publish(stream, [make_event(method) for _ in range(count - 1)])
            await self.store.written()
        self.hub.publish(stream, [make_event(method)])
        self.hub.flush()
        await self.store.written()


@asynccontextmanager
async def life(path: Path, ring: int = 5, **store: Any) -> AsyncIterator[Life]:
    async with Store(StoreConfig(path=str(path), **store)) as opened:
        yield Life(Hub(HubConfig(history_events=ring), opened), opened)


async def until(true: Callable[[], bool]) -> None:
    """Wait for what a thread does."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def copy_of(path: Path, to: Path) -> Path:
    """Copy the file as a relay that is killed now would leave it."""
    for suffix in ("", "-wal", "-lock"):
        shutil.copyfile(f"{path}{suffix}", f"{to}{suffix}")
    return to


def rows_of(path: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def brief(frames: Iterable[dict[str, Any]], epochs: list[str]) -> list[str]:
    """Write what a client got in a line: A is the first epoch, B the second.

    `A3-7` are events, `restart A8-?` is a gap, `lost restart A7` upstream's own behind A7.
    """
    names = {epoch: chr(ord("A") + index) for index, epoch in enumerate(epochs)}
    said: list[str] = []
    for frame in frames:
        name = names.get(frame["epoch"], "?")
        if "op" not in frame:
            offset = frame["offset"]
            before, _, last = said[-1].rpartition("-") if said else ("", "", "")
            if before.startswith(name) and last == str(offset - 1):
                said[-1] = f"{before}-{offset}"
            else:
                said.append(f"{name}{offset}-{offset}")
        elif frame.get("offset") is not None:
            said.append(f"lost {frame['reason']} {name}{frame['offset']}")
        elif frame["from"] is None and frame["to"] is None:
            said.append(f"{frame['reason']} {name}")
        else:
            said.append(f"{frame['reason']} {name}{frame['from']}-{frame['to'] or '?'}")
    return said
