"""Rooms that were watched twice until that was known: what came in both is given once."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from lives import Client, Life, life
from serving import make_event, make_status

from relay.config import StoreConfig
from relay.hub import Position, Stream
from relay.store import Answer, Hole, Reader, schema
from relay.store.retention import Retention

ROOM = "80000000001"


class Twice:
    """A room, watched by its number and by a handle, and then by its number only."""

    def __init__(self, alive: Life, older: Stream, other: Stream) -> None:
        self.alive = alive
        self.older = older
        self.other = other

    def publish(self, first: int, last: int, *streams: Stream) -> None:
        for number in range(first, last + 1):
            for stream in streams:
                self.alive.hub.publish(stream, [make_event(msg_id=str(number))])

    def merge(self) -> None:
        self.alive.hub.merge(self.other, self.older)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def twice(path: Path) -> AsyncIterator[Twice]:
    async with life(path, ring=100) as alive:
        older = await alive.watch()
        yield Twice(alive, older, alive.hub.open(make_status("", name="xiaoming")))


def numbers(*answers: Answer) -> list[int]:
    rows = [row for answer in answers for row in answer.rows]
    return [int(msgspec.json.decode(row.body)["msg_id"]) for row in rows]


async def test_every_event_once_whichever_stream_had_it(path: Path, twice: Twice) -> None:
    twice.publish(1, 3, twice.older)
    twice.publish(4, 9, twice.older, twice.other)
    twice.publish(10, 11, twice.other)
    twice.publish(12, 14, twice.older, twice.other)
    twice.publish(15, 16, twice.other)
    twice.merge()
    twice.publish(17, 30, twice.older)
    await twice.alive.store.written()
    everything = [10, 11, *range(1, 10), *range(12, 31)]
    with Reader(path) as reader:
        assert numbers(reader.query(ROOM)) == everything
        assert numbers(*reader.pages(ROOM, since=0, page_rows=4)) == everything
        assert numbers(reader.query(ROOM, newest=True, limit=25)) == everything[-25:]
        assert reader.query(ROOM).holes == []


async def test_behind_a_position_comes_what_clients_get_there(path: Path, twice: Twice) -> None:
    twice.publish(1, 20, twice.older)
    twice.publish(18, 24, twice.other)
    twice.publish(23, 23, twice.older)
    twice.publish(25, 26, twice.other)
    twice.publish(27, 28, twice.older)
    twice.merge()
    twice.publish(29, 40, twice.older)
    await twice.alive.store.written()
    rng = random.Random(5)
    with Reader(path) as reader:
        for offset in range(10):
            client = Client(twice.alive.hub)
            since = Position(twice.other.epoch, offset)
            client.follow(twice.older, since)
            await client.is_live(twice.older)
            wanted = [int(msg_id) for msg_id in client.ids]
            assert numbers(reader.query(ROOM, since=since)) == wanted
            assert numbers(*reader.pages(ROOM, since=since, page_rows=3)) == wanted
            # Whatever the sizes of pages that are asked for one by one.
            seen: list[int] = []
            at: tuple[str, int] = since
            more = True
            while more:
                answer = reader.query(ROOM, since=at, limit=rng.randint(1, 5))
                seen += numbers(answer)
                assert answer.at is not None
                at, more = answer.at, answer.more
            assert seen == wanted
            client.subscriptions_end()


async def test_what_is_no_longer_kept_is_a_hole(path: Path) -> None:
    async with life(path) as alive:
        stream = await alive.watch()
        await alive.publish(stream, 12)
        epoch = stream.epoch
    connection = schema.open_to_write(path)
    connection.execute("UPDATE events SET at = 1 WHERE id <= 8")
    Retention(connection, StoreConfig()).step([])
    connection.close()
    with Reader(path) as reader:
        hole = Hole(epoch, 1, 8, "history")
        assert reader.query(ROOM, since=0).holes == [hole]
        assert reader.query(ROOM, newest=True).holes == [hole]
        assert reader.query(ROOM, newest=True, limit=2).holes == []
        assert reader.query(ROOM, newest=True, before=(epoch, 11)).holes == [hole]
        assert reader.query(ROOM, newest=True, before=(epoch, 5)).holes == [
            Hole(epoch, 1, 4, "history")
        ]
        assert [h for page in reader.pages(ROOM, page_rows=1) for h in page.holes] == [hole]
        # What is asked for begins behind it.
        assert reader.query(ROOM, since=2**42).holes == []
        assert reader.query(ROOM, since=(epoch, 8)).holes == []
