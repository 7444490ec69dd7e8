"""Clients that resume at any moment while events flow: each event once, in order, or in a gap.

RELAY_TESTS_ROUNDS sets how many clients resume, for long runs by hand.
"""

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from lives import CHAT, GIFT, Client, copy_of, life, rows_of
from serving import make_event

from relay.hub import Position, Stream
from relay.store import backlog, writer

LIKE = "WebcastLikeMessage"
ROUNDS = int(os.environ.get("RELAY_TESTS_ROUNDS", "150"))
RING = 7
STORED = "SELECT p.name, e.offset FROM events AS e JOIN epochs AS p ON p.no = e.epoch"


class Past:
    """What was published: by epoch the methods of its events; and which epochs followed."""

    def __init__(self) -> None:
        self.methods: dict[str, list[str]] = {}
        self.ids: dict[tuple[str, int], str] = {}
        self.order: list[str] = []
        self.lost: set[tuple[str, int]] = set()
        """What the store had no room for."""

    def note(self, stream: Stream, first: int, events: list[Any], *, lost: bool) -> None:
        if stream.epoch not in self.methods:
            self.methods[stream.epoch] = []
            self.order.append(stream.epoch)
        for offset, event in enumerate(events, first):
            self.methods[stream.epoch].append(event.method)
            self.ids[stream.epoch, offset] = event.msg_id
            if lost:
                self.lost.add((stream.epoch, offset))

    def after(self, since: Position, head: int | None) -> list[tuple[str, int]]:
        """Every place behind a position, in the last epoch up to `head`."""
        places = []
        for epoch in self.order[self.order.index(since.epoch) :]:
            begin = since.offset if epoch == since.epoch else 0
            end = len(self.methods[epoch]) if head is None else head
            places += [(epoch, n) for n in range(begin + 1, end + 1)]
        return places

    def method(self, place: tuple[str, int]) -> str:
        return self.methods[place[0]][place[1] - 1]

    def check(
        self,
        client: Client,
        since: Position,
        wanted: set[str],
        is_kept: Callable[[tuple[str, int]], bool],
        head: int | None = None,
    ) -> None:
        """Hold what a client got against all that was published behind its position.

        `is_kept` tells what memory and the store have: all of that has to come, and what is missing
        between has to be told.
        """
        behind = self.after(since, head)
        rank = {place: index for index, place in enumerate(behind)}
        expected = [p for p in behind if not wanted or self.method(p) in wanted]
        all_expected = set(expected)
        assert client.got == [place for place in expected if is_kept(place)]
        reached, told = -1, False
        for frame in [*client.frames, None]:
            if frame is None or "op" not in frame:
                index = len(behind) if frame is None else rank[frame["epoch"], frame["offset"]]
                assert frame is None or frame["msg_id"] == self.ids[behind[index]]
                assert index > reached, "again, or out of order"
                left_out = [p for p in behind[reached + 1 : index] if p in all_expected]
                assert told or not left_out, f"nobody said that {left_out} are missing"
                reached, told = index, False
            elif frame["reason"] == "store":
                hole = {(frame["epoch"], n) for n in range(frame["from"], frame["to"] + 1)}
                assert hole <= self.lost, "a gap says no more than what is missing"
                told = True
            else:
                assert frame["reason"] == "restart"
                told = told or frame.get("offset") is None


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_clients_that_resume_while_events_flow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = random.Random(seed)
    monkeypatch.setattr(writer, "BATCH_S", 0.003)
    past = Past()
    stop = asyncio.Event()
    async with life(tmp_path / "store.db", ring=RING) as alive:
        hub, stream = alive.hub, await alive.watch()

        async def flow() -> None:
            while not stop.is_set():
                events = [
                    make_event(rng.choice([CHAT, CHAT, CHAT, LIKE, GIFT]))
                    for _ in range(rng.randint(1, 25))
                ]
                lost = seed == 3 and rng.random() < 0.05
                with monkeypatch.context() as patch:
                    if lost:
                        patch.setattr(backlog, "MAX_EVENTS", 0)
                    first = stream.head + 1
                    hub.publish(stream, events)
                past.note(stream, first, events, lost=lost)
                await asyncio.sleep(rng.choice([0, 0.001, 0.002, 0.004]))

        async def resume() -> None:
            await asyncio.sleep(rng.random() * 0.05)
            back = rng.choice([0, 1, RING, 30, 300, 10_000])
            since = Position(stream.epoch, max(0, stream.head - rng.randint(0, back)))
            wanted = set(rng.choice([(), (), (CHAT,), (GIFT,), (CHAT, GIFT)]))
            client = Client(hub)
            client.follow(stream, since, *wanted)
            if rng.random() < 0.3:
                client.subscriber.pause()
                await asyncio.sleep(rng.random() * 0.02)
                client.subscriber.resume()
            await client.is_live(stream)
            await asyncio.sleep(rng.random() * 0.01)
            client.subscriptions_end()
            head = stream.head
            got = set(client.got)
            # What the store had no room for may have been in memory still.
            past.check(client, since, wanted, lambda p: p not in past.lost or p in got, head)

        async with asyncio.TaskGroup() as tasks:
            flowing = tasks.create_task(flow())
            await asyncio.sleep(0.05)
            for _ in range(ROUNDS // 30):
                async with asyncio.TaskGroup() as crowd:
                    for _ in range(30):
                        crowd.create_task(resume())
            stop.set()
            await flowing


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_positions_of_any_age_over_restarts_and_kills(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    past = Past()
    path = tmp_path / "0.db"
    positions = []
    for number in range(1, 9):
        async with AsyncExitStack() as lives:
            alive = await lives.enter_async_context(life(path, ring=RING))
            stream = await alive.watch()
            for _ in range(rng.randint(0, 4)):
                events = [
                    make_event(rng.choice([CHAT, LIKE, GIFT])) for _ in range(rng.randint(1, 12))
                ]
                first = stream.head + 1
                alive.hub.publish(stream, events)
                past.note(stream, first, events, lost=False)
                positions.append(Position(stream.epoch, rng.randint(0, stream.head)))
            for since in rng.sample(positions, min(len(positions), 12)):
                wanted = set(rng.choice([(), (CHAT,), (GIFT, LIKE)]))
                client = Client(alive.hub)
                client.follow(stream, since, *wanted)
                await client.is_live(stream)
                kept = {(epoch, n) for epoch, n in rows_of(path, STORED)}
                kept |= {(stream.epoch, n) for n in range(1, stream.head + 1)}
                past.check(client, since, wanted, kept.__contains__)
                client.subscriptions_end()
            if rng.random() < 0.5:
                # Killed at any moment: what waits to be written is lost.
                path = copy_of(path, tmp_path / f"{number}.db")
