"""Named cursors: nothing is left out over restarts of both sides, whatever is killed when."""

import asyncio
import itertools
import json
import random
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from serving import Relay, make_event, relay_running

from relay.client import CursorError, Gap, Message, Stream, Subscribed, connect, cursor
from relay.config import HubConfig

ROOM = "80000000001"
OTHER = "80000000002"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of cursors."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "douyin-live-relay" / "cursors"


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        relay.rooms.add(OTHER)
        yield relay


@asynccontextmanager
async def connected(relay: Relay, *rooms: str, **options: Any) -> AsyncIterator[Stream]:
    """Connect by the cursor `bot` and wait until every room is subscribed to."""
    options.setdefault("resume", "bot")
    async with (
        asyncio.timeout(20),
        connect(relay.url, rooms=rooms or (ROOM,), max_wait_s=0.05, **options) as stream,
    ):
        items = stream.items()
        waiting = len(rooms) or 1
        while waiting:
            waiting -= isinstance(await anext(items), Subscribed)
        await items.aclose()
        yield stream


def publish(relay: Relay, count: int, room: str = ROOM) -> None:
    status = relay.rooms[room].status
    events = [make_event(content="你好") for _ in range(count)]
    relay.publish(
        room,
        *(replace(event, web_rid=status.web_rid, room_id=status.room_id) for event in events),
    )


def cursors(state: Path) -> list[Path]:
    return list(state.glob("*.json"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110  # it is the file system that is watched
        await asyncio.sleep(0.01)


async def offsets(stream: Stream, count: int) -> list[int]:
    return [(await anext(stream)).offset for _ in range(count)]


def kept(state: Path) -> dict[str, str]:
    """Positions on disk by room."""
    (file,) = state.glob("*.json")
    return {room["room"]: room["position"] for room in json.loads(file.read_text())["rooms"]}


async def test_a_new_process_goes_on_behind_what_was_done(relay: Relay) -> None:
    async with connected(relay) as stream:
        publish(relay, 5)
        assert await offsets(stream, 3) == [1, 2, 3]
    # The third was given, but nobody has said that it is done.
    async with connected(relay) as stream:
        assert await offsets(stream, 2) == [3, 4]
        stream.done()
    publish(relay, 1)
    async with connected(relay) as stream:
        assert await offsets(stream, 2) == [5, 6]


async def test_a_new_cursor_begins_with_what_comes_and_misses_nothing_from_then_on(
    relay: Relay,
) -> None:
    publish(relay, 3)
    async with connected(relay) as stream:
        assert stream.position(ROOM) == f"{relay.rooms[ROOM].epoch}:3"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await anext(stream)
    publish(relay, 2)
    async with connected(relay) as stream:
        assert await offsets(stream, 2) == [4, 5]


async def test_a_restarted_relay_is_told_of_as_a_gap(relay: Relay) -> None:
    async with connected(relay) as stream:
        publish(relay, 2)
        await offsets(stream, 2)
        stream.done()
    relay.rooms.close(ROOM, "removed")
    relay.rooms.add(ROOM)
    publish(relay, 1)
    async with connected(relay) as stream:
        items = stream.items()
        seen = [await anext(items) for _ in range(3)]
        await items.aclose()
        assert [type(item) for item in seen][1:] == [Gap, Message]
        assert (seen[1].reason, stream.gaps) == ("epoch", 1)
        stream.done()
    publish(relay, 1)
    async with connected(relay) as stream:
        assert await offsets(stream, 1) == [2]
        assert stream.gaps == 0


async def test_rooms_are_kept_apart_and_known_by_any_name(relay: Relay) -> None:
    async with connected(relay, ROOM, OTHER) as stream:
        publish(relay, 2)
        publish(relay, 3, OTHER)
        await offsets(stream, 5)
        stream.done()
    publish(relay, 1)
    publish(relay, 1, OTHER)
    async with connected(relay, OTHER) as stream:
        assert await offsets(stream, 1) == [4]
    async with connected(relay, relay.rooms[ROOM].status.room_id) as stream:
        assert await offsets(stream, 1) == [3]


async def test_page_addresses_name_the_room_that_they_end_in(relay: Relay) -> None:
    async with connected(relay) as stream:
        publish(relay, 1)
        await offsets(stream, 1)
        stream.done()
    position = f"{relay.rooms[ROOM].epoch}:1"
    with_cursor = cursor.Cursor("bot", relay.url.removeprefix("http://"))
    for name in (ROOM, f"https://live.douyin.com/{ROOM}", f"https://live.douyin.com/{ROOM}/?a=b"):
        assert with_cursor.position(name) == position
    assert with_cursor.position("https://live.douyin.com/9") is None
    await with_cursor.close()


async def test_since_wins_over_the_cursor(relay: Relay) -> None:
    async with connected(relay) as stream:
        publish(relay, 3)
        await offsets(stream, 3)
        stream.done()
    async with connected(relay, OTHER) as stream:
        await stream.subscribe(ROOM, since=f"{relay.rooms[ROOM].epoch}:1")
        assert await offsets(stream, 2) == [2, 3]


async def test_cursors_of_other_names_and_relays_are_others(relay: Relay, state: Path) -> None:
    async with connected(relay) as stream, connected(relay, resume="另一个") as other:
        publish(relay, 2)
        await offsets(stream, 2)
        assert await offsets(other, 2) == [1, 2]
        async with relay_running() as second:
            second.rooms.add(ROOM)
            async with connected(second) as third:
                publish(second, 1)
                assert await offsets(third, 1) == [1]
    assert len(cursors(state)) == 3


async def test_a_cursor_is_for_one_process_at_a_time(relay: Relay) -> None:
    async with connected(relay):
        with pytest.raises(CursorError, match="'bot' is in use"):
            async with connected(relay):
                pass
    async with connected(relay):
        pass


@pytest.mark.parametrize("name", ["", ".", "../x", "a/b", "x" * 65, "𠮷" * 64, "a b"])
async def test_impossible_names(relay: Relay, name: str, state: Path) -> None:
    with pytest.raises(CursorError, match=r"named|too long"):
        async with connected(relay, resume=name):
            pass
    assert not cursors(state)


@pytest.mark.parametrize("content", [b"", b"{", b'{"rooms":[{}]}', b"[" * 100_000, b"\xff"])
async def test_a_file_that_can_not_be_read_is_named(
    relay: Relay, state: Path, content: bytes
) -> None:
    async with connected(relay) as stream:
        publish(relay, 1)
        await offsets(stream, 1)
    (file,) = cursors(state)
    file.write_bytes(content)
    with pytest.raises(CursorError) as refused:
        async with connected(relay):
            pass
    assert str(file) in str(refused.value)
    assert file.read_bytes() == content, "nothing is thrown away unasked"
    file.unlink()
    async with connected(relay):
        pass


async def test_positions_are_on_disk_soon_and_only_what_is_done(
    relay: Relay, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "SAVE_S", 0.01)
    epoch = relay.rooms[ROOM].epoch
    async with connected(relay) as stream, asyncio.timeout(10):
        publish(relay, 3)
        await offsets(stream, 2)
        await until(lambda: bool(cursors(state)) and kept(state) == {ROOM: f"{epoch}:1"})
        assert await offsets(stream, 1) == [3]
        await until(lambda: kept(state) == {ROOM: f"{epoch}:2"})
    assert mode(state) == 0o700


async def test_a_disk_that_can_not_be_written_is_an_error(
    relay: Relay, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "SAVE_S", 0.01)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async def read_on() -> None:
        async with connected(relay) as stream:
            monkeypatch.setattr(cursor.os, "fsync", full)
            for _ in itertools.count():
                publish(relay, 1)
                await offsets(stream, 1)

    with pytest.raises(CursorError, match=r"No space left on device"):
        await read_on()


async def test_a_folder_that_can_not_be_made_is_an_error(
    relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(CursorError, match="Not a directory"):
        async with connected(relay):
            pass


async def test_without_xdg_it_is_in_the_home_folder(
    relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    async with connected(relay) as stream:
        publish(relay, 1)
        await offsets(stream, 1)
    folder = tmp_path / "home" / ".local" / "state" / "douyin-live-relay" / "cursors"
    assert len(list(folder.glob("bot@*.json"))) == 1


async def test_only_so_many_rooms_are_remembered(
    relay: Relay, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "MAX_ROOMS", 3)
    async with connected(relay, "1", "2", "3", "4") as stream:
        publish(relay, 1, "1")
        await offsets(stream, 1)
        stream.done()
    assert set(kept(state)) == {"1", "3", "4"}


async def test_restarts_of_both_sides_leave_nothing_out() -> None:
    """Stopped by breaking off, cut connections, and at random: every event, in order."""
    pick = random.Random(7)
    async with relay_running(hub=HubConfig(history_events=5000)) as relay:
        relay.rooms.add(ROOM)
        finished: list[int] = []
        done = asyncio.Event()

        async def go_on() -> None:
            for _ in range(200):
                publish(relay, pick.randrange(4))
                await asyncio.sleep(0.001)
            publish(relay, 1)
            done.set()

        async with connected(relay) as stream:
            stream.done()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(go_on())
            while not done.is_set() or finished[-1:] != [relay.rooms[ROOM].head]:
                async with connected(relay) as stream:
                    for _ in range(pick.randrange(1, 30)):
                        if done.is_set() and finished[-1:] == [relay.rooms[ROOM].head]:
                            break
                        event = await anext(stream)
                        if pick.random() < 0.1:
                            break  # not finished: it has to come again
                        finished.append(event.offset)
                        stream.done()
        assert finished == list(range(1, relay.rooms[ROOM].head + 1))
