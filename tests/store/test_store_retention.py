"""What is too old or too much goes, from the front, and who asks for it is told."""

from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lives import Client, brief, life, rows_of, until
from serving import make_event

from relay.config import StoreConfig
from relay.hub import Position
from relay.store import opened, retention, schema, times, writer
from relay.store import store as store_module
from relay.store.retention import Retention

DAY_MS = 86_400_000


class Clock:
    """Time as the store sees it, so many days ago."""

    def __init__(self) -> None:
        self.days_ago = 0.0
        self.steady_days = 0.0

    def time_ns(self) -> int:
        return int((1_800_000_000_000 - self.days_ago * DAY_MS) * 1_000_000)

    def monotonic(self) -> float:
        return self.steady_days * DAY_MS / 1000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(store_module, "time", clock)
    monkeypatch.setattr(times, "time", clock)
    return clock


def tend(path: Path, **config: Any) -> int:
    """Delete what is too much, as the writer would; gives in how many steps."""
    connection = schema.open_to_write(path)
    steps = 0
    keeper = Retention(connection, StoreConfig(**config))
    while keeper.step([]):
        steps += 1
    connection.close()
    return steps


async def test_old_events_go_from_all_rooms_oldest_first(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        one, two = await alive.watch(), await alive.watch("80000000002")
        for clock.days_ago in (9, 8, 7.1, 6.9, 1):
            await alive.publish(one, 10)
            await alive.publish(two, 3)
    clock.days_ago = 0
    assert tend(path) == 1
    assert rows_of(path, "SELECT count(*), min(offset) FROM events GROUP BY epoch") == [
        (20, 31),
        (6, 10),
    ]
    async with life(path) as alive:
        stream = await alive.watch("80000000002")
        client = Client(alive.hub)
        client.follow(stream, Position(stream.epoch, 4))
        await client.is_live(stream)
        assert brief(client.frames, [stream.epoch]) == ["history A5-9", "A10-15"]
        assert len((await alive.store.query("80000000001")).rows) == 20


async def test_the_file_stays_within_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    bound = 2 * 1024 * 1024
    async with life(path) as alive:
        stream = await alive.watch()
        for _ in range(40):
            events = [make_event(content="好" * 300) for _ in range(200)]
            alive.hub.publish(stream, events)
            await alive.store.written()
    assert tend(path, max_bytes=bound) >= 1
    (pages,) = rows_of(path, "PRAGMA page_count")[0]
    (free,) = rows_of(path, "PRAGMA freelist_count")[0]
    assert (pages - free) * schema.PAGE_BYTES <= bound
    assert free <= max(retention.SPARE_PAGES, pages // 10), "the disk gets pages back"
    ((first, last),) = rows_of(path, "SELECT first, last FROM epochs")
    ((lowest, count),) = rows_of(path, "SELECT min(offset), count(*) FROM events")
    assert (lowest, count, last) == (first, last - first + 1, 8000)
    assert rows_of(path, "PRAGMA integrity_check") == [("ok",)]


async def test_a_running_relay_deletes_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "TEND_S", 0.01)
    path = tmp_path / "store.db"
    async with life(path, max_bytes=1 << 20) as alive:
        stream = await alive.watch()
        client = Client(alive.hub)
        client.follow(stream)
        for _ in range(30):
            alive.hub.publish(stream, [make_event(content="好" * 300) for _ in range(200)])
            await alive.store.written()
        alive.hub.flush()
        assert len(client.got) == 6000
        await until(lambda: rows_of(path, "SELECT count(*) < 2000 FROM events") == [(1,)])
        late = Client(alive.hub)
        late.follow(stream, Position(stream.epoch, 0))
        await late.is_live(stream)
        assert {gap["reason"] for gap in late.gaps} == {"history"}
        missing = [n for gap in late.gaps for n in range(gap["from"], gap["to"] + 1)]
        assert sorted(missing + [offset for _, offset in late.got]) == list(range(1, 6001))


async def test_an_epoch_is_remembered_until_nobody_can_come_from_it_any_more(
    tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "store.db"
    clock.days_ago = 20
    async with life(path) as alive:
        stream = await alive.watch()
        await alive.publish(stream, 5)
        alive.hub.announce_gap(stream, "corrupt_frame")
    clock.days_ago = 8
    tend(path)
    assert rows_of(path, "SELECT count(*) FROM epochs") == [(1,)]
    clock.days_ago = 5
    tend(path)
    tables = ("events", "epochs", "rooms", "names", "losses", "holes")
    sql = " UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in tables)  # noqa: S608
    assert rows_of(path, sql) == [(0,)] * len(tables)


async def test_an_epoch_in_use_is_never_forgotten(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "store.db"
    clock.days_ago = 40
    async with life(path) as alive:
        await alive.publish(await alive.watch(), 5)
    clock.days_ago = 0
    connection = schema.open_to_write(path)
    (epoch,) = connection.execute("SELECT name FROM epochs").fetchone()
    keeper = Retention(connection, StoreConfig())
    while keeper.step([epoch]):
        pass
    assert connection.execute("SELECT first, last FROM epochs").fetchall() == [(6, 5)]
    connection.close()


async def test_a_clock_that_was_ahead_for_a_moment_keeps_nothing_for_ever(
    tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream, other = await alive.watch(), await alive.watch("80000000002")
        clock.days_ago = 30
        await alive.publish(stream, 10)
        clock.days_ago = -3650
        await alive.publish(stream, 5)
        await alive.publish(other, 5)
        clock.days_ago = 30
        await alive.publish(stream, 10)
        clock.days_ago = 1
        await alive.publish(stream, 10)
    clock.days_ago = 0
    tend(path)
    kept = "SELECT epoch, min(offset), max(offset) FROM events GROUP BY epoch"
    assert rows_of(path, kept) == [(1, 26, 35)], "the other room has had no events since, either"


async def test_times_are_found_where_the_clock_was_ahead(tmp_path: Path, clock: Clock) -> None:
    async with life(tmp_path / "store.db") as alive:
        stream = await alive.watch()
        for ahead, hours in ((0, 3), (3650, 2), (0, 1), (0, 0)):
            time_ms = int(1_800_000_000_000 - hours * DAY_MS / 24)
            clock.days_ago = hours / 24 - ahead
            events = [msgspec.structs.replace(make_event(), time=time_ms) for _ in range(10)]
            alive.hub.publish(stream, events)
            await alive.store.written()
        for hours, first in ((3, 1), (2.5, 11), (1.5, 21), (0.5, 31)):
            since = int(1_800_000_000_000 - hours * DAY_MS / 24)
            answer = await alive.store.query("80000000001", since=since)
            assert [row.offset for row in answer.rows] == list(range(first, 41))
            answer = await alive.store.query("80000000001", before=since)
            assert [row.offset for row in answer.rows] == list(range(1, first))


async def test_a_clock_that_jumps_forward_is_not_believed_at_once(
    tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        await alive.publish(await alive.watch(), 10)
    connection = schema.open_to_write(path)
    keeper = Retention(connection, StoreConfig())

    def left() -> int:
        while keeper.step([]):
            pass
        return int(connection.execute("SELECT count(*) FROM events").fetchone()[0])

    clock.days_ago, clock.steady_days = -5, 5
    assert left() == 10, "time has passed"
    clock.days_ago = -3650
    assert left() == 10, "nothing was ever as old"
    clock.days_ago, clock.steady_days = -5.5, 5.5
    assert left() == 10, "and the clock is right again"
    clock.days_ago, clock.steady_days = -8, 8
    assert left() == 0
    connection.close()


async def test_a_log_that_grew_while_somebody_read_is_cut_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "TEND_S", 0.01)
    monkeypatch.setattr(opened, "WAL_BYTES", 1 << 20)
    path = tmp_path / "store.db"
    log = Path(f"{path}-wal")
    async with life(path) as alive:
        stream = await alive.watch()
        await alive.publish(stream, 1)
        with closing(schema.open_to_read(path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM events").fetchall()
            for _ in range(40):
                await alive.publish(stream, 200)
            await until(lambda: log.stat().st_size > 4 << 20)
            await until(lambda: alive.store.used_bytes > 4 << 20)
            reader.execute("ROLLBACK")
        await until(lambda: log.stat().st_size <= 1 << 20)
        await until(lambda: alive.store.used_bytes < 8 << 20)
        assert len((await alive.store.query("80000000001", limit=10_000)).rows) == 8001
