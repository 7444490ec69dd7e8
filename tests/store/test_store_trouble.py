"""The disk is full, slow, gone: live events flow on, and the store comes back by itself."""

import asyncio
import resource
import signal
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest
from lives import CHAT, Client, Life, brief, copy_of, life, until
from serving import make_event

from relay.events import Event
from relay.events.stored import Hole, Loss
from relay.hub import Position, Stream
from relay.store import backlog, schema, writer


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_S", 0.05)
    monkeypatch.setattr(writer, "FIRST_RETRY_S", 0.02)
    monkeypatch.setattr(writer, "LAST_RETRY_S", 0.05)
    monkeypatch.setattr(writer, "TEND_S", 0.05)
    monkeypatch.setattr(writer, "BATCH_S", 0.02)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Have another program write the file, and take its time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """Let no file of this process grow beyond what the store's has already."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(f"{path}-wal").stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@contextmanager
def stuck_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no commit come to its end."""
    over = threading.Event()
    begin = writer.transaction

    @contextmanager
    def never_ending(connection: sqlite3.Connection) -> Iterator[None]:
        with begin(connection):
            yield
            over.wait()

    with monkeypatch.context() as patch:
        patch.setattr(writer, "transaction", never_ending)
        try:
            yield
        finally:
            over.set()


def take_away(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink()


async def trouble(alive: Life, *, over: bool = False) -> None:
    """Wait until there is trouble, or until it is over."""
    await until(lambda: bool(alive.store.trouble) is not over)


@asynccontextmanager
async def flowing(alive: Life, stream: Stream) -> AsyncIterator[Client]:
    """A live client, which has to get everything at once whatever the store does."""
    client = Client(alive.hub)
    client.follow(stream)
    yield client
    alive.hub.flush()
    assert client.got == [(stream.epoch, n) for n in range(1, stream.head + 1)]
    assert client.gaps == []


@pytest.mark.parametrize("disk", [locked, full_disk])
async def test_what_waited_is_stored_when_the_trouble_is_over(tmp_path: Path, disk) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream = await alive.watch()
        async with flowing(alive, stream):
            await alive.publish(stream, 10)
            with disk(path):
                for _ in range(60):
                    alive.hub.publish(stream, [make_event() for _ in range(10)])
                    await asyncio.sleep(0)
                await trouble(alive)
                assert alive.store.lost == 0
            await trouble(alive, over=True)
            await alive.publish(stream, 10)
        assert (alive.store.stored, alive.store.lost) == (620, 0)
        client = Client(alive.hub)
        client.follow(stream, Position(stream.epoch, 3))
        await client.is_live(stream)
        assert brief(client.frames, [stream.epoch]) == ["A4-620"]
    async with life(path) as alive:
        assert (await alive.watch()).head == 620, "it went on in the same epoch"


async def test_what_finds_no_room_is_counted_and_is_a_gap_with_its_exact_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "MAX_EVENTS", 40)
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream = await alive.watch()
        async with flowing(alive, stream):
            await alive.publish(stream, 10)
            with locked(path):
                for _ in range(100):
                    alive.hub.publish(stream, [make_event()])
                await trouble(alive)
                assert stream.history.events <= 40 + 5, "memory is bounded, whatever the disk does"
            await trouble(alive, over=True)
            await alive.publish(stream, 10)
        assert (alive.store.stored, alive.store.lost) == (60, 60)
        client = Client(alive.hub)
        client.follow(stream, Position(stream.epoch, 3))
        await client.is_live(stream)
        assert brief(client.frames, [stream.epoch]) == ["A4-50", "store A51-110", "A111-120"]


async def test_a_position_while_the_store_is_in_trouble_gets_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "MAX_EVENTS", 20)
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream = await alive.watch()
        await alive.publish(stream, 10)
        with locked(path):
            await asyncio.sleep(0)
            for _ in range(50):
                alive.hub.publish(stream, [make_event()])
            await trouble(alive)
            client = Client(alive.hub)
            client.follow(stream, Position(stream.epoch, 3))
            await client.is_live(stream)
            head, *rest = brief(client.frames, [stream.epoch])
            assert head == "A4-10"
            assert rest == ["store A11-55", "A56-60"]


async def test_a_file_that_is_taken_away_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream = await alive.watch()
        async with flowing(alive, stream):
            await alive.publish(stream, 12)
            take_away(path)
            await until(path.exists)
            await trouble(alive, over=True)
            await alive.publish(stream, 12)
        client = Client(alive.hub)
        client.follow(stream, Position(stream.epoch, 3))
        await client.is_live(stream)
        assert brief(client.frames, [stream.epoch]) == ["history A4-12", "A13-24"]
        answer = await alive.store.query("80000000001")
        assert [row.offset for row in answer.rows] == list(range(13, 25))
    async with life(path) as alive:
        assert (await alive.watch()).head == 24


async def test_a_relay_starts_while_the_disk_is_full_and_stores_later(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        await alive.publish(await alive.watch(), 3)
    with locked(path):
        lives = life(path)
        alive = await lives.__aenter__()
        assert alive.store.trouble
        stream = await alive.watch()
        assert stream.settled, "no room waits for the disk"
        alive.hub.publish(stream, [make_event()])
    await trouble(alive, over=True)
    await alive.publish(stream, 2)
    client = Client(alive.hub)
    answer = await alive.store.query("80000000001")
    client.follow(stream, Position(answer.rows[0].epoch, 1))
    await client.is_live(stream)
    epochs = list(dict.fromkeys(row.epoch for row in answer.rows))
    assert brief(client.frames, epochs) == ["A2-3", "restart A", "B1-3"]
    await lives.__aexit__(None, None, None)


async def test_rooms_go_on_where_they_were_however_slow_the_disk_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    epochs = []
    async with life(path) as alive:
        for number in range(5):
            stream = await alive.watch(str(80000000001 + number))
            await alive.publish(stream, 3)
            epochs.append(stream.epoch)
    async with life(path) as alive:
        with stuck_disk(monkeypatch):
            names = [str(80000000001 + number) for number in range(6)]
            *known, new = await asyncio.gather(*map(alive.watch, names))
            assert [stream.epoch for stream in known] == epochs
            for stream in [*known, new]:
                head = stream.head
                client = Client(alive.hub)
                client.follow(stream, Position(stream.epoch, head))
                alive.hub.publish(stream, [make_event() for _ in range(2)])
                alive.hub.flush()
                assert client.got == [(stream.epoch, head + 1), (stream.epoch, head + 2)]
            left = copy_of(path, tmp_path / "killed.db")
    async with life(left) as alive:
        # Killed before it was in the file who goes on where: no offset stands for two events.
        for stream in [*known, new]:
            since = Position(stream.epoch, stream.head)
            again = await alive.watch(stream.status.web_rid)
            await alive.publish(again, 1)
            client = Client(alive.hub)
            client.follow(again, since)
            await client.is_live(again)
            said = brief(client.frames, [stream.epoch, again.epoch])
            assert said == [f"restart A{since.offset + 1}-?", "B1-1"]


async def test_an_event_that_cannot_be_stored_costs_itself_only(tmp_path: Path) -> None:
    bad = Event(CHAT, "1\ud800", "7", "80000000001", 1, {"content": "?"})
    async with life(tmp_path / "store.db") as alive:
        stream = await alive.watch()
        alive.hub.publish(stream, [make_event()])
        alive.hub.publish(stream, [make_event()])
        with pytest.raises(UnicodeEncodeError):
            alive.hub.publish(stream, [bad])
        huge = Event(CHAT, "5", "7", "80000000001", 1 << 80, {"content": "?"})
        alive.hub.publish(stream, [huge])
        await alive.publish(stream, 3)
        assert (alive.store.stored, alive.store.lost, alive.store.trouble) == (5, 1, "")
        answer = await alive.store.query("80000000001")
        assert [row.offset for row in answer.rows] == [1, 2, 4, 5, 6]
        # One could not be written at all, the other has its number.
        loss, hole = answer.holes
        assert isinstance(loss, Loss)
        assert isinstance(hole, Hole)
        assert (loss.offset, hole.first, hole.last) == (2, 3, 3)


async def test_a_stop_stores_everything(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        streams = [await alive.watch(str(80000000001 + n)) for n in range(20)]
        for stream in streams:
            alive.hub.publish(stream, [make_event() for _ in range(500)])
    async with life(path) as alive:
        for n in range(20):
            stream = await alive.watch(str(80000000001 + n))
            assert stream.head == 500
            assert len((await alive.store.query(str(80000000001 + n))).rows) == 500
