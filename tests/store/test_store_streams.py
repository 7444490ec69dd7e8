"""Which epoch a room goes on in, named late, renamed, watched twice; what clients are told."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lives import CHAT, GIFT, Client, Life, brief, copy_of, life, rows_of
from serving import make_event, make_status

from relay.events.stored import Page
from relay.hub import Position, Stream
from relay.hub import hub as hub_module
from relay.store import backlog
from relay.store import store as store_module
from relay.store.writer import Writer

ROOM, OTHER = "80000000001", "80000000002"
UNKNOWN: dict[str, Any] = {"web_rid": "", "name": "xiaoming", "room_id": ""}


async def first_life(path: Path, count: int = 3) -> str:
    """Store some events of the room; gives its epoch."""
    async with life(path) as alive:
        stream = await alive.watch(ROOM, room_id="7001")
        await alive.publish(stream, count)
        return stream.epoch


def learn(alive: Life, stream: Stream, **changes: str) -> None:
    alive.hub.set_status(stream, msgspec.structs.replace(stream.status, **changes))


async def test_who_comes_before_it_is_known_which_room_it_is_waits_and_then_gets_all(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    epoch = await first_life(path)
    async with life(path) as alive:
        stream = alive.hub.open(make_status(**UNKNOWN), "xiaoming")
        client, newcomer = Client(alive.hub), Client(alive.hub)
        subscription = client.follow(stream, Position(epoch, 1))
        newcomer.follow(stream)
        assert (subscription.epoch, subscription.position) == (epoch, 1)
        await alive.hub.take_up(stream)
        assert (stream.settled, client.frames) == (False, [])
        assert client.subscriber.settle(), "a ping is answered meanwhile"
        learn(alive, stream, web_rid=ROOM)
        await alive.hub.take_up(stream)
        assert newcomer.moves == [(epoch, 3)], "it is told where the stream goes on"
        await client.is_live(stream)
        alive.hub.publish(stream, [make_event()])
        alive.hub.flush()
        assert brief(client.frames, [epoch]) == ["A2-3", "lost restart A3", "A4-4"]
        assert brief(newcomer.frames, [epoch]) == ["lost restart A3", "A4-4"]
        assert client.moves == []


async def test_a_room_id_that_the_store_knows_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    epoch = await first_life(path)
    async with life(path) as alive:
        assert (await alive.watch("", name="7001", room_id="7001")).epoch == epoch


async def test_a_handle_alone_is_not_enough_as_it_may_be_anothers_by_now(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream = alive.hub.open(make_status(ROOM), "xiaoming")
        await alive.hub.take_up(stream)
        await alive.publish(stream, 3)
    async with life(path) as alive:
        stream = alive.hub.open(make_status(**UNKNOWN), "xiaoming")
        await alive.hub.take_up(stream)
        assert not stream.settled
        learn(alive, stream, web_rid=OTHER)
        await alive.hub.take_up(stream)
        await alive.publish(stream, 2)
        assert len((await alive.store.query(ROOM)).rows) == 3
        assert len((await alive.store.query(OTHER)).rows) == 2
        assert len((await alive.store.query("xiaoming")).rows) == 2


async def test_a_room_that_is_known_only_after_its_first_events_leads_on_from_what_there_was(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    epoch = await first_life(path)
    async with life(path) as alive:
        stream = await alive.watch(**UNKNOWN)
        await alive.publish(stream, 4)
        learn(alive, stream, web_rid=ROOM, room_id="7002")
        await alive.publish(stream, 8)
        client = Client(alive.hub)
        client.follow(stream, Position(epoch, 1))
        await client.is_live(stream)
        assert brief(client.frames, [epoch, stream.epoch]) == ["A2-3", "restart A", "B1-12"]
        assert len((await alive.store.query(ROOM)).rows) == 15
        (room,) = await alive.store.rooms()
        assert room.web_rid == ROOM
    async with life(path) as alive:
        assert (await alive.watch()).head == 12


async def test_a_position_of_another_room_is_an_unknown_epoch(tmp_path: Path) -> None:
    async with life(tmp_path / "store.db") as alive:
        stream, other = await alive.watch(), await alive.watch(OTHER)
        await alive.publish(stream, 3)
        await alive.publish(other, 3)
        client = Client(alive.hub)
        client.follow(stream, Position(other.epoch, 1))
        await client.is_live(stream)
        assert brief(client.frames, [stream.epoch]) == ["epoch A", "A1-3"]


@pytest.mark.parametrize("new", [0, 1])
async def test_what_upstream_repeats_is_known_after_many_crashes(tmp_path: Path, new: int) -> None:
    path = tmp_path / "0.db"
    event = make_event(CHAT)
    async with life(path) as alive:
        stream = await alive.watch(ROOM)
        assert alive.hub.publish(stream, [event]) == 1
        await alive.store.written()
        killed = copy_of(path, tmp_path / "1.db")
    for number in range(2, 10):
        async with life(killed) as alive:
            stream = await alive.watch(ROOM)
            assert alive.hub.publish(stream, [make_event(CHAT) for _ in range(new)]) == new
            await alive.store.written()
            killed = copy_of(killed, tmp_path / f"{number}.db")
    async with life(killed) as alive:
        stream = await alive.watch(ROOM)
        assert alive.hub.publish(stream, [event]) == 0


async def test_who_asks_while_it_is_being_written_where_a_room_goes_on_is_not_turned_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        first = await alive.watch(ROOM)
        await alive.publish(first, 3)
        killed = copy_of(path, tmp_path / "killed.db")
    asked = threading.Event()
    done, read_page = Writer._done, store_module.read_page

    def done_once_asked(writer: Writer, items: list[Any]) -> None:
        assert asked.wait(10)
        done(writer, items)

    async with life(killed) as alive:

        def read_just_before(*question: Any) -> Page | None:
            if asked.is_set():
                return read_page(*question)
            asked.set()
            assert alive.store._backlog.wait_written(10)
            return None

        monkeypatch.setattr(Writer, "_done", done_once_asked)
        monkeypatch.setattr(store_module, "read_page", read_just_before)
        stream = await alive.watch(ROOM)
        client = Client(alive.hub)
        client.follow(stream, Position(first.epoch, 1))
        await client.is_live(stream)
        assert brief(client.frames, [first.epoch, stream.epoch]) == ["A2-3", "restart A4-?"]


async def test_an_unwatched_room_goes_on_when_it_is_watched_again(tmp_path: Path) -> None:
    async with life(tmp_path / "store.db") as alive:
        stream = await alive.watch()
        await alive.publish(stream, 8)
        alive.hub.close(stream, "idle")
        again = await alive.watch()
        assert (again.epoch, again.head) == (stream.epoch, 8)
        client = Client(alive.hub)
        client.follow(again, Position(stream.epoch, 2))
        await client.is_live(again)
        await alive.publish(again, 1)
        assert brief(client.frames, [stream.epoch]) == ["A3-8", "lost restart A8", "A9-9"]


async def test_a_room_that_is_given_up_while_it_asks_can_be_taken_up_later(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    epoch = await first_life(path)
    async with life(path) as alive:
        for _ in range(3):
            stream = alive.hub.open(make_status())
            asking = asyncio.ensure_future(alive.hub.take_up(stream))
            await asyncio.sleep(0)
            alive.hub.close(stream, "idle")
            await asking
        assert (await alive.watch()).epoch == epoch


async def test_a_stop_while_a_room_asks_leaves_it_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    epoch = await first_life(path)
    for _ in range(3):
        async with life(path) as alive:
            asking = asyncio.ensure_future(alive.hub.take_up(alive.hub.open(make_status())))
            await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait([asking])
    async with life(path) as alive:
        assert (await alive.watch()).epoch == epoch


@pytest.mark.parametrize("killed", [False, True])
async def test_a_room_whose_task_crashes_while_it_asks_asks_again(
    tmp_path: Path, killed: bool
) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        epoch = (stream := await alive.watch()).epoch
        await alive.publish(stream, 3)
        left = copy_of(path, tmp_path / "killed.db")
    async with life(left if killed else path) as alive:
        stream = alive.hub.open(make_status())
        asking = asyncio.ensure_future(alive.hub.take_up(stream))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        await alive.store.written()
        await alive.hub.take_up(stream)
        assert (stream.epoch == epoch) is not killed
        await alive.publish(stream, 2)
        client = Client(alive.hub)
        client.follow(stream, Position(epoch, 1))
        await client.is_live(stream)
        told = ["lost restart A3", "A4-5"] if not killed else ["restart A4-?", "B1-2"]
        assert brief(client.frames, [epoch, stream.epoch][: 1 + killed]) == ["A2-3", *told]
        assert alive.store.lost == 0


async def test_a_room_keeps_its_web_rid(tmp_path: Path) -> None:
    async with life(tmp_path / "store.db") as alive:
        stream, other = await alive.watch(), await alive.watch(OTHER)
        await alive.publish(stream, 3)
        await alive.publish(other, 3)
        alive.hub.close(other, "idle")
        learn(alive, stream, web_rid=OTHER)
        await alive.publish(stream, 1)
        assert len((await alive.store.query(ROOM)).rows) == 4
        assert len((await alive.store.query(OTHER)).rows) == 3


async def test_a_store_that_does_not_answer_holds_no_room_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    epoch = await first_life(path)
    monkeypatch.setattr(hub_module, "TAKE_UP_S", 0.0)
    async with life(path) as alive:
        stream = await alive.watch()
        assert stream.settled
        assert stream.epoch != epoch
        await alive.publish(stream, 2)
        client = Client(alive.hub)
        client.follow(stream, Position(epoch, 1))
        await client.is_live(stream)
        assert brief(client.frames, [epoch, stream.epoch]) == ["A2-3", "restart A", "B1-2"]
    monkeypatch.undo()
    async with life(path) as alive:
        assert (await alive.watch()).epoch == stream.epoch


class Twice:
    """A room that is watched under two names, until they turn out to be one."""

    def __init__(self, alive: Life) -> None:
        self.hub = alive.hub
        self.store = alive.store
        self.stream = alive.hub.open(make_status(**UNKNOWN), "xiaoming")
        self.into = alive.hub.open(make_status(ROOM))

    def publish(self, stream: Stream, ids: str) -> None:
        self.hub.publish(stream, [make_event(msg_id=f"9{one}") for one in ids])

    def merge(self) -> None:
        self.hub.merge(self.stream, self.into)


@pytest.mark.parametrize("later", ["", "a kill", "a restart"])
async def test_positions_of_a_stream_that_was_joined_go_on_in_the_other(
    tmp_path: Path, later: str
) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        twice = Twice(alive)
        await alive.hub.take_up(twice.into)
        twice.publish(twice.stream, "12435")
        twice.publish(twice.into, "1234678")
        twice.merge()
        epochs = [twice.stream.epoch, twice.into.epoch]
        ended = twice.stream.head
        into = twice.into
        await alive.publish(into, 12)
        if later:
            path = copy_of(path, tmp_path / "killed.db") if later == "a kill" else path
        else:
            await check_joined(alive, into, epochs, ended)
    if later:
        async with life(path) as alive:
            into = await alive.watch()
            await check_joined(alive, into, epochs, ended)
            assert (into.epoch == epochs[1]) == (later == "a restart")


async def check_joined(alive: Life, into: Stream, epochs: list[str], ended: int) -> None:
    for behind in range(ended + 1):
        client = Client(alive.hub)
        client.follow(into, Position(epochs[0], behind))
        await client.is_live(into)
        ids = client.ids
        assert ids[: ended - behind] == [f"9{one}" for one in "12435"[behind:]]
        assert ids[ended - behind :][:3] == ["96", "97", "98"], "what came behind; 5 is not again"
        assert len(ids) == len(set(ids))
        assert not [gap for gap in client.gaps if gap["reason"] != "restart"]
        client.subscriptions_end()


async def test_joined_streams_with_nothing_in_common_are_a_gap(tmp_path: Path) -> None:
    async with life(tmp_path / "store.db") as alive:
        twice = Twice(alive)
        await alive.hub.take_up(twice.into)
        twice.publish(twice.stream, "12")
        twice.publish(twice.into, "34")
        twice.merge()
        await alive.publish(twice.into, 1)
        client = Client(alive.hub)
        client.follow(twice.into, Position(twice.stream.epoch, 1))
        await client.is_live(twice.into)
        epochs = [twice.stream.epoch, twice.into.epoch]
        assert brief(client.frames, epochs) == ["A2-2", "merged A", "B3-3"]


async def test_who_waits_on_one_stream_gets_what_it_wants_of_the_one_it_is_joined_to(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    epoch = await first_life(path, 9)
    async with life(path) as alive:
        twice = Twice(alive)
        client = Client(alive.hub)
        client.follow(twice.stream, Position(epoch, 2))
        await alive.hub.take_up(twice.into)
        await alive.publish(twice.into, 9)
        twice.merge()
        assert client.moves == [(epoch, 2)]
        await client.is_live(twice.into)
        assert brief(client.frames, [epoch]) == ["A3-9", "lost restart A9", "A10-18"]


async def test_methods_of_old_events(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream = await alive.watch()
        for _ in range(10):
            await alive.publish(stream, 3)
            await alive.publish(stream, 1, GIFT)
        client, changing = Client(alive.hub), Client(alive.hub)
        client.follow(stream, Position(stream.epoch, 5), GIFT)
        subscription = changing.follow(stream, Position(stream.epoch, 5), GIFT)
        # Methods that change while a page is read hold behind the position.
        subscription.change(subscription.filter.adding(type(subscription.filter).of(None)))
        await client.is_live(stream)
        await changing.is_live(stream)
        assert [offset for _, offset in client.got] == list(range(8, 41, 4))
        assert [offset for _, offset in changing.got] == list(range(6, 41))


async def test_a_file_that_cannot_be_read_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await first_life(path, 6)
    async with life(path) as alive:
        stream = await alive.watch()
        await alive.publish(stream, 6)
        with path.open("r+b") as file:
            file.write(b"\xff" * path.stat().st_size)
        client = Client(alive.hub)
        client.follow(stream, Position(stream.epoch, 2))
        await client.is_live(stream)
        assert brief(client.frames, [stream.epoch]) == ["store A3-7", "A8-12"]
        client = Client(alive.hub)
        client.follow(stream, Position("1j3k5m7p9rtv", 2), CHAT)
        await client.is_live(stream)
        assert brief(client.frames, [stream.epoch]) == ["store A1-7", "A8-12"]


@pytest.mark.parametrize(
    "broken",
    [
        "events SET body = 7",
        "events SET body = 'text'",
        "events SET method = x'00'",
        "events SET time = 'now'",
        "epochs SET first = 'x'",
        "epochs SET last = 'x'",
        "epochs SET next_known = '{' WHERE next IS NOT NULL",
        "epochs SET next_known = '[[]]' WHERE next IS NOT NULL",
        "epochs SET next_offset = 'x' WHERE next IS NOT NULL",
        "losses SET body = 7",
        "holes SET last = 'x'",
    ],
)
async def test_nobody_waits_for_ever_because_of_a_broken_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream = await alive.watch()
        epoch = stream.epoch
        await alive.publish(stream, 3)
        with monkeypatch.context() as patch:
            patch.setattr(backlog, "MAX_EVENTS", 0)
            alive.hub.publish(stream, [make_event()])
        alive.hub.announce_gap(stream, "corrupt_frame")
        await alive.publish(stream, 3)
        left = copy_of(path, tmp_path / "killed.db")
    async with life(left) as alive:
        stream = await alive.watch()
        await alive.publish(stream, 9)
        with closing(sqlite3.connect(left)) as connection, connection:
            connection.execute(f"UPDATE {broken}")
        client = Client(alive.hub)
        client.follow(stream, Position(epoch, 1))
        await client.is_live(stream)
        assert brief(client.frames, [epoch, stream.epoch])[-2:] == ["store B1-4", "B5-9"]


@pytest.mark.parametrize("broken", ["msg_id = x'00'", "body = 7", "body = x'00'"])
async def test_a_room_starts_whatever_is_broken_in_the_file(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "store.db"
    await first_life(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE events SET {broken}")  # noqa: S608
    async with life(path) as alive:
        stream = await alive.watch()
        client = Client(alive.hub)
        client.follow(stream, Position(stream.epoch, stream.head))
        await alive.publish(stream, 2)
        await client.is_live(stream)
        assert len(client.got) == 2


async def test_a_room_that_never_had_an_event_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await first_life(path)
    async with life(path) as alive:
        for number in range(3):
            stream = await alive.watch(f"8000000009{number}")
            if number:
                alive.hub.close(stream, "not_found")
    assert rows_of(path, "SELECT web_rid FROM rooms") == [(ROOM,)]
    assert rows_of(path, "SELECT count(*) FROM epochs") == [(1,)]


async def test_every_event_is_in_the_file_once(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for _ in range(3):
        async with life(path) as alive:
            stream = await alive.watch()
            await alive.publish(stream, 10)
    rows = rows_of(path, "SELECT epoch, offset FROM events ORDER BY id")
    assert rows == [(1, offset) for offset in range(1, 31)]
    assert rows_of(path, "SELECT first, last, sealed FROM epochs") == [(1, 30, 1)]
