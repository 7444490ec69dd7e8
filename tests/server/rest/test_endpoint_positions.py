"""One position means the same at every door: WebSocket, event stream, history and /chat."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from asking import Rest, said
from event_source import listening
from serving import Relay, make_status, receive
from stored import ROOM, storing

from relay.config import StoreConfig
from relay.hub import RoomState
from relay.server.rest import chat
from relay.store import backlog, schema
from relay.store.retention import Retention

RING = 8
UNKNOWN = "1j3k5m7p9rtv"
BROADCAST = "7000000000000000001"
"""Of what is said."""

#  what happened before, position asked for, gaps, messages
MATRIX = {
    "nothing missed": ("publish 12", "A12", [], []),
    "in memory": ("publish 12", "A9", [], [10, 11, 12]),
    "older than memory": ("publish 40", "A3", [], [*range(4, 41)]),
    "from the beginning": ("publish 40", "A0", [], [*range(1, 41)]),
    "beyond the end": ("publish 12", "A30", ["ahead"], []),
    "another epoch": ("publish 5", "?3", ["epoch"], [1, 2, 3, 4, 5]),
    "stopped, nothing since": ("publish 12, stop", "A9", [], [10, 11, 12]),
    "stopped": ("publish 12, stop, publish 20", "A9", ["restart"], [*range(10, 33)]),
    "stopped, at the seam": ("publish 12, stop, publish 2", "A12", ["restart"], [13, 14]),
    "stopped, beyond the end": ("publish 12, stop", "A30", ["ahead"], []),
    "killed": ("publish 12, kill, publish 20", "A9", ["restart"], [*range(10, 33)]),
    "killed, at the seam": ("publish 12, kill, publish 2", "A12", ["restart"], [13, 14]),
    "killed, had what was not stored": ("publish 12, kill, publish 2", "A15", ["restart"],
                                        [13, 14]),
    "killed twice": ("publish 3, kill, publish 3, kill, publish 3", "A1", ["restart"] * 2,
                     [*range(2, 10)]),
    "not stored": ("publish 6, drop 9, publish 20", "A2", ["store"],
                   [3, 4, 5, 6, *range(16, 36)]),
    "no longer kept": ("publish 12, expire 8, publish 2", "A2", ["history", "restart"],
                       [*range(9, 15)]),
}  # fmt: skip


class Lives:
    """Relays that live one after another on one file."""

    def __init__(
        self, folder: Path, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._folder = folder
        self._path = folder / "1.db"
        self._stack = stack
        self._monkeypatch = monkeypatch
        self._epochs: list[str] = []
        self._count = self._copies = 0

    async def begin(self) -> None:
        self.relay = await self._stack.enter_async_context(storing(self._path, events=RING))
        epoch = self.relay.rooms[ROOM].epoch
        if epoch not in self._epochs:
            self._epochs.append(epoch)

    async def play(self, steps: str) -> None:
        await self.begin()
        for step in steps.split(", "):
            name, _, count = step.partition(" ")
            await getattr(self, name)(int(count or 0))

    async def publish(self, count: int) -> None:
        """Publish messages, numbered from 1 on over all lives; memory then has the last few."""
        store = self.relay.server._state.store
        assert store is not None
        for number in range(self._count + 1, self._count + count + 1):
            if number == self._count + count:
                await store.written()
            self.relay.publish(ROOM, said(msg_id=str(number)))
        self._count += count
        await store.written()

    async def drop(self, count: int) -> None:
        with self._monkeypatch.context() as patch:
            patch.setattr(backlog, "MAX_EVENTS", 0)
            for number in range(self._count + 1, self._count + count + 1):
                self.relay.publish(ROOM, said(msg_id=str(number)))
        self._count += count

    async def stop(self, _: int) -> None:
        await self._stack.aclose()
        await self.begin()

    async def kill(self, _: int) -> None:
        self._copies += 1
        left = self._folder / f"killed-{self._copies}.db"
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{self._path}{suffix}", f"{left}{suffix}")
        await self._stack.aclose()
        self._path = left
        await self.begin()

    async def expire(self, count: int) -> None:
        await self._stack.aclose()
        connection = schema.open_to_write(self._path)
        connection.execute("UPDATE events SET at = 1 WHERE id <= ?", (count,))
        Retention(connection, StoreConfig()).step([])
        connection.close()
        await self.begin()

    async def spoil(self, offset: int) -> None:
        await self._stack.aclose()
        connection = schema.open_to_write(self._path)
        connection.execute("UPDATE events SET body = CAST('{' AS BLOB) WHERE offset = ?", (offset,))
        connection.close()
        await self.begin()

    def position(self, text: str) -> str:
        epoch = UNKNOWN if text[0] == "?" else self._epochs[ord(text[0]) - ord("A")]
        return f"{epoch}:{text[1:]}"


@pytest.fixture
async def lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lives]:
    async with AsyncExitStack() as stack:
        yield Lives(tmp_path, stack, monkeypatch)


def mark(relay: Relay) -> None:
    """Let something happen that nobody has had."""
    relay.publish(ROOM, said(msg_id="999"))


class Got:
    """What came through a door, up to the mark."""

    def __init__(self) -> None:
        self.gaps: list[str] = []
        self.numbers: list[int] = []

    def take(self, frame: dict[str, Any]) -> bool:
        """Take a frame; False: it is the mark."""
        if frame.get("op") == "gap":
            self.gaps.append(frame["reason"])
        elif "op" not in frame:
            self.numbers.append(int(frame["msg_id"]))
        return self.numbers[-1:] != [999]


async def by_websocket(relay: Relay, since: str) -> Got:
    got = Got()
    async with relay.connect(f"?room_id={ROOM}&since={since}") as connection:
        for frame in await relay.sent(connection):
            got.take(frame)
        mark(relay)
        while got.take((await receive(connection))[0]):
            pass
    return got


async def by_event_stream(relay: Relay, since: str) -> Got:
    got = Got()
    async with listening(relay, f"room_id={ROOM}", last_id=since) as source:
        await source.until("subscribed")
        mark(relay)
        while got.take((await source.next()).frame):
            pass
    return got


async def by_history(relay: Relay, since: str) -> Got:
    got = Got()
    async with aiohttp.ClientSession(relay.url) as http:
        for is_marked in (False, True):
            if is_marked:
                mark(relay)
            while True:
                query = {"since": since, "limit": "3"}
                async with http.get(f"/api/rooms/{ROOM}/events", params=query) as answer:
                    page = await answer.json()
                for frame in (*page["gaps"], *page["events"]):
                    got.take(frame)
                if page["next"] == since or not (page["events"] or page["gaps"]):
                    break
                since = page["next"]
            since = page["next"]
    return got


async def by_chat(relay: Relay, since: str) -> Got:
    got = Got()
    async with aiohttp.ClientSession() as http:
        rest = Rest(relay, http)
        for is_marked in (False, True):
            if is_marked:
                mark(relay)
            data: dict[str, Any] = {"messages": [None]}
            while data["messages"]:
                data = await rest.chat(ROOM, cursor=since, limit=3)
                since = data["cursor"]
                for message in data["messages"]:
                    got.take(message)
                if data["gap"]:
                    got.gaps.append(data["gap_reason"])
    return got


@pytest.mark.parametrize("door", [by_websocket, by_event_stream, by_history, by_chat])
@pytest.mark.parametrize("case", MATRIX)
async def test_every_door(lives: Lives, case: str, door: Any) -> None:
    steps, since, gaps, numbers = MATRIX[case]
    await lives.play(steps)
    got = await door(lives.relay, lives.position(since))
    if steps.endswith("stop"):  # what comes next is behind a restart
        gaps = [*gaps, "restart"]
    assert (got.gaps, got.numbers) == (gaps, [*numbers, 999])


@pytest.mark.parametrize("door", [by_websocket, by_event_stream, by_history, by_chat])
@pytest.mark.parametrize("is_written", [True, False])
async def test_a_position_of_a_room_that_was_another_one(
    tmp_path: Path, door: Any, is_written: bool
) -> None:
    async with storing(tmp_path / "1.db", ROOM, "2", events=100) as relay:
        older, other = relay.rooms[ROOM], relay.rooms["2"]
        for number in range(1, 31):
            if number <= 20 or number in (23, 27, 28):
                relay.publish(ROOM, said(msg_id=str(number)))
            if 18 <= number <= 26:
                relay.publish("2", said(msg_id=str(number)))
        since = f"{other.epoch}:2"
        relay.rooms.merge("2", ROOM)
        relay.publish(ROOM, said(msg_id="29"), said(msg_id="30"))
        if is_written:
            store = relay.server._state.store
            assert store is not None
            await store.written()
        got = await door(relay, since)
        assert (got.gaps, got.numbers) == ([], [*range(20, 31), 999])
        assert relay.rooms[ROOM] is older


async def test_without_a_cursor_the_newest_come_also_after_a_restart(lives: Lives) -> None:
    await lives.play("publish 12, stop")
    async with aiohttp.ClientSession() as http:
        rest = Rest(lives.relay, http)
        data = await rest.chat(ROOM, limit=3)
        assert [message["msg_id"] for message in data["messages"]] == ["10", "11", "12"]
        assert data["cursor"] == lives.position("A12")
        await lives.publish(2)
        rest = Rest(lives.relay, http)
        data = await rest.chat(ROOM, limit=4)
        assert [message["msg_id"] for message in data["messages"]] == ["11", "12", "13", "14"]
        items = (await rest.get("chat", room_id=ROOM, limit=4, format="v2020")).data
        assert [item["msg_id"] for item in items] == ["11", "12", "13", "14"]
        # Those of a broadcast before are not what is said now.
        status = lives.relay.rooms[ROOM].status
        later = msgspec.structs.replace(status, room_id="7000000000000000002")
        lives.relay.hub.set_status(lives.relay.rooms[ROOM], later)
        await lives.stop(0)
        lives.relay.hub.set_status(lives.relay.rooms[ROOM], later)
        assert (await Rest(lives.relay, http).chat(ROOM))["messages"] == []


async def test_what_is_broken_in_the_file_is_a_gap(lives: Lives) -> None:
    await lives.play("publish 40, spoil 10")
    got = await by_chat(lives.relay, lives.position("A7"))
    assert (got.gaps, got.numbers) == (["undecodable", "restart"], [8, 9, *range(11, 41), 999])
    async with aiohttp.ClientSession() as http:
        messages = (await Rest(lives.relay, http).chat(ROOM, limit=50))["messages"]
    assert [int(message["msg_id"]) for message in messages] == [
        *range(1, 10), *range(11, 41), 999,
    ]  # fmt: skip


@pytest.fixture
async def unsettled(lives: Lives) -> AsyncIterator[Rest]:
    """A relay that has been started again, and does not know yet where its room goes on."""
    await lives.play("publish 12, stop")
    relay = lives.relay
    relay.rooms.close(ROOM, "removed")
    relay.rooms.first_status = make_status("", name=ROOM, state=RoomState.RESOLVING)
    relay.rooms.add(ROOM)
    async with aiohttp.ClientSession() as http:
        yield Rest(relay, http)


@pytest.mark.parametrize(("since", "numbers"), [("A9", [10, 11, 12]), ("", [*range(1, 13)])])
async def test_a_poll_waits_until_it_is_settled_where_the_room_goes_on(
    lives: Lives, unsettled: Rest, since: str, numbers: list[int]
) -> None:
    relay = unsettled.relay
    query = {"cursor": lives.position(since)} if since else {}
    poll = asyncio.create_task(unsettled.chat(ROOM, **query))
    await relay.rooms.held(1)
    relay.hub.set_status(relay.rooms[ROOM], make_status(ROOM, room_id=BROADCAST))
    await relay.hub.take_up(relay.rooms[ROOM])
    data = await poll
    assert [int(message["msg_id"]) for message in data["messages"]] == numbers
    assert (data["cursor"], data["gap"]) == (lives.position("A12"), False)


async def test_no_cursor_is_lost_before_that(
    lives: Lives, unsettled: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "START_S", 0)
    data = await unsettled.chat(ROOM, cursor=lives.position("A9"))
    assert (data["messages"], data["cursor"], data["gap"]) == ([], lives.position("A9"), False)
    reply = await unsettled.get("chat", room_id=ROOM)
    assert reply.error == (504, "upstream_timeout"), "there is no position to go on from"
    assert reply.headers["Retry-After"] == "5"
