"""A crowd polls /chat while the room talks: everything once, in order, or a gap is told."""

import asyncio
from random import Random
from typing import Any, NamedTuple

import aiohttp
import pytest
from asking import Rest, counted, gave, liked, said
from serving import Relay, relay_running

from relay.config import HubConfig
from relay.server.rest import polled

POLLERS = 50
EVENTS = 1500


class Seen(NamedTuple):
    """One answer."""

    behind: int
    """Offset that was asked with."""
    cursor: int
    seqs: list[int]
    gap: bool


class Room:
    """A room that says something whenever somebody has been answered, and in the end goodbye."""

    def __init__(self, relay: Relay, random: Random) -> None:
        self.relay = relay
        self.random = random
        self.epoch = relay.rooms["1"].epoch
        self.served: list[int] = []
        """Offsets of what /chat serves."""
        self.last = 0
        """Offset of the goodbye; 0: not said yet."""

    def talk(self) -> None:
        stream = self.relay.rooms["1"]
        if self.last:
            return
        for _ in range(self.random.randint(0, 6)):
            make = self.random.choice((said, liked, gave, counted))
            self.relay.publish("1", make(content="说" * self.random.randint(1, 99)))
            if make is not counted:
                self.served.append(stream.head)
        if stream.head >= EVENTS:
            self.relay.publish("1", said("再见"))
            self.served.append(stream.head)
            self.last = stream.head


async def poll(room: Room, rest: Rest, random: Random) -> list[Seen]:
    """Poll until the goodbye, now and then hanging up in the middle of it."""
    seen: list[Seen] = []
    at = 0
    while not room.last or at < room.last:
        wait = random.choice((0, 5, 25))
        limit = random.choice((1, 7, 100, 500))
        asked = rest.chat(cursor=f"{room.epoch}:{at}", limit=limit, wait=wait)
        task = asyncio.create_task(asked)
        if random.random() < 0.2:
            for _ in range(random.randint(1, 20)):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            if task.cancelled():
                continue
        data = await task
        epoch, _, offset = data["cursor"].partition(":")
        assert epoch == room.epoch
        assert len(data["messages"]) <= limit
        seqs = [message["seq"] for message in data["messages"]]
        seen.append(Seen(at, int(offset), seqs, data["gap"]))
        at = int(offset)
        room.talk()
    return seen


@pytest.mark.parametrize("history_events", [10_000, 40], ids=["kept", "lost"])
async def test_nobody_misses_anything_untold(history_events: int) -> None:
    hub = HubConfig(history_events=history_events)
    unlimited = aiohttp.TCPConnector(limit=0)
    async with relay_running(hub=hub) as relay, aiohttp.ClientSession(connector=unlimited) as http:
        relay.rooms.add("1")
        room = Room(relay, Random(7))
        polls = [poll(room, Rest(relay, http), Random(number)) for number in range(POLLERS)]
        crowd = await asyncio.gather(*polls)
        await relay.rooms.let_go()
    gaps = 0
    for answers in crowd:
        for answer in answers:
            due = [seq for seq in room.served if answer.behind < seq <= answer.cursor]
            if answer.gap:
                gaps += 1
                assert len(answer.seqs) < len(due), "a gap is told where nothing is missing"
                assert answer.seqs == due[len(due) - len(answer.seqs) :]
            else:
                assert answer.seqs == due
        assert answers[-1].cursor == room.last
    assert (gaps > 0) == (history_events < EVENTS)


async def test_what_comes_between_two_turns_is_told_together(
    rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crowd that waits is not answered for each event anew while the room talks."""
    monkeypatch.setattr(polled, "PACE_S", 3600.0)
    async with relay_running() as relay:
        relay.rooms.add("1")
        rest = Rest(relay, rest.http)
        epoch = relay.rooms["1"].epoch
        first = [asyncio.create_task(rest.chat(cursor=f"{epoch}:0", wait=25)) for _ in range(20)]
        await relay.rooms.held(20)
        relay.publish("1", said("你好"))
        for data in await asyncio.gather(*first):
            assert texts(data) == ["你好"], "into a quiet room: told at once"
        await relay.rooms.let_go()
        then = [asyncio.create_task(rest.chat(cursor=f"{epoch}:1", wait=25)) for _ in range(20)]
        await relay.rooms.held(20)
        for number in range(50):
            relay.publish("1", said(f"第{number}句"))
            await asyncio.sleep(0)
        assert sum(relay.rooms.holders.values()) == 20
        await relay.server.stop(5)
        for data in await asyncio.gather(*then):
            assert texts(data) == [f"第{number}句" for number in range(50)]


async def test_others_are_answered_while_a_crowd_is(relay: Relay, rest: Rest) -> None:
    cursor = f"{relay.rooms['1'].epoch}:0"
    crowd = [asyncio.create_task(rest.chat(cursor=cursor, wait=25)) for _ in range(200)]
    await relay.rooms.held(200)
    relay.publish("1", said("你好"))
    async with rest.http.get(f"{relay.url}/healthz") as answer:
        assert answer.status == 200
        assert sum(relay.rooms.holders.values()) > 0, "all of the crowd came before it"
    for data in await asyncio.gather(*crowd):
        assert texts(data) == ["你好"]


def texts(data: dict[str, Any]) -> list[str]:
    return [message["payload"]["content"] for message in data["messages"]]
