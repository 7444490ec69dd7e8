"""A room's past over HTTP: from memory, from the store, and over the seam between them."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace
from raw import lazy_connection
from serving import Relay, make_event, relay_running
from stored import ROOM, storing

from relay.config import HubConfig
from relay.events import Event
from relay.hub import Stream
from relay.server import http_protocol
from relay.store import backlog

START_MS = 1_700_000_000_000


def make(number: int, method: str = "WebcastChatMessage", uid: str = "") -> Event:
    """Make an event; each is a second later than the one before."""
    payload = {"content": f"第{number}条", "user": {"uid": uid or str(number % 3), "masked": False}}
    event = make_event(method, msg_id=str(number), **payload)
    return replace(event, time=START_MS + 1000 * number)


async def publish(relay: Relay, first: int, last: int) -> None:
    """Publish events, every fifth a like, a few a turn."""
    for number in range(first, last + 1):
        method = "WebcastLikeMessage" if number % 5 == 0 else "WebcastChatMessage"
        relay.publish(ROOM, make(number, method))
        if number % 7 == 0:
            await asyncio.sleep(0)


def stream_of(relay: Relay) -> Stream:
    return relay.rooms[ROOM]


async def ask(relay: Relay, query: str, room: str = ROOM, status: int = 200) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession(relay.url) as http,
        http.get(f"/api/rooms/{room}/events?{query}") as answer,
    ):
        found: dict[str, Any] = await answer.json()
        assert answer.status == status, found
        return found


async def ask_lines(relay: Relay, query: str, room: str = ROOM) -> list[dict[str, Any]]:
    async with (
        aiohttp.ClientSession(relay.url, read_bufsize=2**22) as http,
        http.get(
            f"/api/rooms/{room}/events?{query}", headers={"Accept": "application/x-ndjson"}
        ) as answer,
    ):
        assert answer.status == 200, await answer.text()
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        return [json.loads(line) async for line in answer.content]


def numbers(frames: list[dict[str, Any]]) -> list[int]:
    """Give the numbers that events were made with; epochs may begin anew, these don't."""
    return [int(frame["msg_id"]) for frame in frames if "op" not in frame]


@pytest.fixture(params=["memory", "store"])
async def relay(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Relay]:
    """A relay with 100 events, all in memory, or the most of them in the store only."""
    if request.param == "store":
        async with storing(tmp_path / "events.db") as relay:
            await publish(relay, 1, 100)
            yield relay
    else:
        async with relay_running() as relay:
            relay.rooms.add(ROOM)
            await publish(relay, 1, 100)
            yield relay


async def test_without_a_beginning_the_newest_come_first(relay: Relay) -> None:
    answer = await ask(relay, "limit=10")
    assert list(answer) == ["events", "gaps", "next"]
    assert numbers(answer["events"]) == list(range(100, 90, -1))
    epoch = stream_of(relay).epoch
    assert answer["next"] == f"{epoch}:91"
    seen = numbers(answer["events"])
    while answer["next"]:
        answer = await ask(relay, f"limit=7&before={answer['next']}")
        seen += numbers(answer["events"])
    assert seen == list(range(100, 0, -1))
    assert len((await ask(relay, ""))["events"]) == 100
    assert numbers((await ask(relay, f"before={epoch}:4"))["events"]) == [3, 2, 1]


async def test_behind_a_position_the_oldest_come_first_up_to_now_and_on(relay: Relay) -> None:
    epoch = stream_of(relay).epoch
    answer = await ask(relay, f"since={epoch}:0&limit=8")
    assert answer["events"][0]["payload"]["content"] == "第1条"
    seen = numbers(answer["events"])
    while answer["events"]:
        answer = await ask(relay, f"limit=8&since={answer['next']}")
        seen += numbers(answer["events"])
    assert seen == list(range(1, 101))
    assert answer["next"] == f"{epoch}:100"
    await publish(relay, 101, 102)
    assert numbers((await ask(relay, f"since={answer['next']}"))["events"]) == [101, 102]
    between = await ask(relay, f"since={epoch}:95&before={epoch}:98")
    assert (numbers(between["events"]), between["next"]) == ([96, 97], None)
    between = await ask(relay, f"since={epoch}:10&before={epoch}:13")
    assert (numbers(between["events"]), between["next"]) == ([11, 12], None)
    assert between["gaps"] == []


async def test_methods_users_and_times(relay: Relay) -> None:
    epoch = stream_of(relay).epoch
    for query, expected in (
        ("method=like&limit=3", [100, 95, 90]),
        (f"method=like,gift&since={epoch}:0&limit=4", [5, 10, 15, 20]),
        (f"user=1&since={epoch}:0&limit=3", [1, 4, 7]),
        ("user=1&limit=3", [100, 97, 94]),
        ("user=1&method=like&limit=3", [100, 85, 70]),
        (f"from={START_MS + 3_000}&limit=2", [3, 4]),
        (f"from={START_MS + 98_001}", [99, 100]),
        (f"to={START_MS + 3_000}", [2, 1]),
        (f"from={START_MS + 3_000}&to={START_MS + 5_000}", [3, 4]),
        ("from=2023-11-14T22:13:23Z&to=2023-11-14T22:13:25%2B00:00", [3, 4]),
        (f"from={START_MS + 3_000}&since={epoch}:0&limit=2", [3, 4]),
        (f"from={START_MS + 3_000}&since={epoch}:50&limit=2", [51, 52]),
        (f"since={epoch}:97&to={START_MS + 99_000}", [98]),
        (f"before={epoch}:99&to={START_MS + 50_000}&limit=1", [49]),
        (f"before={epoch}:40&to={START_MS + 50_000}&limit=1", [39]),
        ("from=2030-01-01", []),
        ("user=9", []),
    ):
        answer = await ask(relay, query)
        assert (query, numbers(answer["events"])) == (query, expected)
        assert answer["gaps"] == []


async def test_polling_by_method_moves_on_over_what_is_not_wanted(relay: Relay) -> None:
    epoch = stream_of(relay).epoch
    answer = await ask(relay, f"method=gift&since={epoch}:0")
    assert (answer["events"], answer["next"]) == ([], f"{epoch}:100")


async def test_json_lines_are_everything(relay: Relay) -> None:
    epoch = stream_of(relay).epoch
    by_json = (await ask(relay, f"since={epoch}:0"))["events"]
    assert await ask_lines(relay, f"since={epoch}:0") == by_json
    assert numbers(await ask_lines(relay, "")) == list(range(100, 0, -1))
    assert numbers(await ask_lines(relay, f"since={epoch}:0&limit=60")) == list(range(1, 61))
    async with (
        aiohttp.ClientSession(relay.url) as http,
        http.get(f"/api/rooms/{ROOM}/events?limit=1001") as answer,
    ):
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        assert len((await answer.text()).splitlines()) == 100


async def test_frames_are_those_that_clients_get(relay: Relay) -> None:
    epoch = stream_of(relay).epoch
    async with relay.connect(f"?room_id={ROOM}&since={epoch}:0") as connection:
        live = [frame for frame in await relay.sent(connection) if "op" not in frame]
    assert (await ask(relay, f"since={epoch}:0"))["events"] == live


async def test_upstreams_losses_are_in_their_places(relay: Relay) -> None:
    stream = stream_of(relay)
    relay.hub.announce_gap(stream, "corrupt_frame")
    await publish(relay, 101, 130)
    relay.hub.announce_gap(stream, "upstream_reconnect")
    lines = await ask_lines(relay, f"since={stream.epoch}:0")
    ops = [(frame.get("reason"), frame["offset"]) for frame in lines]
    assert ops[99:103] == [
        (None, 100), ("corrupt_frame", 100), (None, 101), (None, 102),
    ]  # fmt: skip
    assert ops[-1] == ("upstream_reconnect", 130)
    assert len(lines) == 132
    backward = await ask_lines(relay, "")
    assert backward == lines[::-1]
    answer = await ask(relay, f"since={stream.epoch}:98&limit=4")
    assert [gap["reason"] for gap in answer["gaps"]] == ["corrupt_frame"]
    assert (await ask(relay, f"since={stream.epoch}:98&limit=2"))["gaps"] == []


@pytest.mark.parametrize(
    ("room", "query", "status", "code"),
    [
        (ROOM, "limit=0", 400, "bad_request"),
        (ROOM, "limit=1e3", 400, "bad_request"),
        (ROOM, "limit=１０", 400, "bad_request"),
        (ROOM, "limit=9999999999", 400, "bad_request"),
        (ROOM, "limit=5&limit=6", 400, "bad_request"),
        (ROOM, "sinc=abc:1", 400, "bad_request"),
        (ROOM, "since=abc", 400, "bad_position"),
        (ROOM, "before=abc:-1", 400, "bad_position"),
        (ROOM, "method=chatt", 400, "bad_method"),
        (ROOM, "method=", 400, "bad_method"),
        (ROOM, "from=yesterday", 400, "bad_request"),
        (ROOM, "to=1700000000", 400, "bad_request"),
        (ROOM, "a=1&" * 501, 400, "bad_request"),
        ("9", "", 404, "unknown_room"),
        ("no-such", "", 404, "unknown_room"),
    ],
)
async def test_what_can_not_be_is_said(
    relay: Relay, room: str, query: str, status: int, code: str
) -> None:
    answer = await ask(relay, query, room, status)
    assert answer["error"]["code"] == code
    assert list(relay.rooms.rooms) == [ROOM], "nothing is watched by asking for its past"


async def test_what_is_no_longer_kept_is_a_gap() -> None:
    async with relay_running(hub=HubConfig(history_events=10)) as relay:
        relay.rooms.add(ROOM)
        await publish(relay, 1, 30)
        epoch = stream_of(relay).epoch
        answer = await ask(relay, f"since={epoch}:5")
        assert [(g["reason"], g["from"], g["to"]) for g in answer["gaps"]] == [("history", 6, 20)]
        assert numbers(answer["events"]) == list(range(21, 31))
        answer = await ask(relay, "since=0000000another:5")
        assert answer["gaps"][0]["reason"] == "epoch"
        assert numbers(answer["events"]) == list(range(21, 31))
        answer = await ask(relay, f"since={epoch}:31")
        assert (answer["gaps"][0]["reason"], answer["events"]) == ("ahead", [])
        assert numbers((await ask(relay, f"from={START_MS}"))["events"]) == list(range(21, 31))
        lines = await ask_lines(relay, f"since={epoch}:5")
        assert (lines[0]["op"], numbers(lines)) == ("gap", list(range(21, 31)))


async def test_the_past_goes_on_over_restarts(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    async with storing(path) as relay:
        await publish(relay, 1, 50)
        first = stream_of(relay).epoch
    async with storing(path) as relay:
        stream = stream_of(relay)
        assert stream.epoch == first
        await publish(relay, 51, 80)
        # Upstream went on without us, which is announced.
        answer = await ask(relay, f"since={first}:0")
        assert numbers(answer["events"]) == list(range(1, 81))
        assert [(g["reason"], g["offset"]) for g in answer["gaps"]] == [("restart", 50)]
        assert numbers((await ask(relay, ""))["events"]) == list(range(80, 0, -1))


async def test_rooms_that_are_not_watched_are_answered_from_the_store(tmp_path: Path) -> None:
    async with storing(tmp_path / "events.db") as relay:
        await publish(relay, 1, 30)
        epoch = stream_of(relay).epoch
        room_id = stream_of(relay).status.room_id
        relay.rooms.close(ROOM, "removed")
        for room in (ROOM, room_id):
            assert numbers((await ask(relay, "limit=3", room))["events"]) == [30, 29, 28]
            answer = await ask(relay, f"since={epoch}:27", room)
            assert (numbers(answer["events"]), answer["next"]) == ([28, 29, 30], f"{epoch}:30")
        assert relay.rooms.rooms == {}
        await ask(relay, "", "9", 404)


async def test_what_could_not_be_stored_is_a_gap_where_it_was(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "events.db"
    async with storing(path) as relay:
        await publish(relay, 1, 100)
        epoch = stream_of(relay).epoch
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM events WHERE offset BETWEEN 40 AND 49")
        connection.execute("INSERT INTO holes SELECT no, 40, 49 FROM epochs")
        # As if it had been killed behind 90, and gone on in another epoch.
        connection.execute("UPDATE epochs SET sealed = 0")
    connection.close()
    async with storing(path) as relay:
        assert stream_of(relay).epoch != epoch
        await publish(relay, 101, 110)
        lines = await ask_lines(relay, f"since={epoch}:35")
        assert numbers(lines) == [*range(36, 40), *range(50, 111)]
        gaps = {at: frame for at, frame in enumerate(lines) if "op" in frame}
        assert list(gaps) == [4, 4 + 1 + 51]
        assert (gaps[4]["reason"], gaps[4]["from"], gaps[4]["to"]) == ("store", 40, 49)
        restart = gaps[56]
        assert (restart["reason"], restart["epoch"], restart["from"], restart["to"]) == (
            "restart", epoch, 101, None,
        )  # fmt: skip
        assert await ask_lines(relay, "limit=80") == [
            *(await ask_lines(relay, f"since={epoch}:0"))[::-1][:82]
        ]


async def test_a_disk_that_fails_leaves_what_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with storing(tmp_path / "events.db") as relay:
        await publish(relay, 1, 50)
        store = relay.server._state.store
        assert store is not None
        await store.written()
        epoch = stream_of(relay).epoch
        await publish(relay, 51, 60)
        for question in ("", f"since={epoch}:0"):
            assert len((await ask(relay, question))["events"]) == 60

        def fail(*_: object) -> None:
            from relay.errors import StoreError

            raise StoreError("the file can't be read: disk I/O error")

        monkeypatch.setattr(store, "_read", fail)
        assert numbers((await ask(relay, f"since={epoch}:50"))["events"]) == list(range(51, 61))
        answer = await ask(relay, f"since={epoch}:0", status=503)
        assert answer["error"]["code"] == "store_unavailable"


async def test_a_page_at_a_time_while_events_flow_has_no_seam(tmp_path: Path) -> None:
    """Random pages over store and a memory of five events, while it is written: all, in order."""
    pick = random.Random(3)
    async with storing(tmp_path / "events.db", events=5) as relay:
        epoch = stream_of(relay).epoch
        done = asyncio.Event()

        async def write() -> None:
            for first in range(1, 2000, 20):
                await publish(relay, first, first + 19)
                await asyncio.sleep(0.002)
            done.set()

        async def read() -> None:
            seen: list[int] = []
            at = f"{epoch}:0"
            while not (done.is_set() and seen and seen[-1] == 2000):
                answer = await ask(relay, f"since={at}&limit={pick.randrange(1, 200)}")
                assert answer["gaps"] == []
                seen += numbers(answer["events"])
                at = answer["next"]
            assert seen == list(range(1, 2001))

        async def read_back() -> None:
            while not done.is_set():
                newest = (await ask(relay, "limit=40"))["events"]
                found = numbers(newest)
                if found:
                    assert found == list(range(found[0], max(found[0] - 40, 0), -1))

        async with asyncio.TaskGroup() as tasks:
            for one in (write, read, read, read_back):
                tasks.create_task(one())


async def test_a_slow_reader_of_lines_holds_nothing_up_and_is_cut_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "UNREAD_S", 0.2)
    async with storing(tmp_path / "events.db") as relay:
        relay.rooms.add("2")
        long = [make_event(content="好" * 2000) for _ in range(5000)]
        relay.publish("2", *long)
        epoch = relay.rooms["2"].epoch
        request = (
            f"GET /api/rooms/2/events?since={epoch}:0 HTTP/1.1\r\nHost: localhost\r\n"
            "Accept: application/x-ndjson\r\n\r\n"
        )
        async with AsyncExitStack() as stack:
            lazy = [
                # Up to the first line, and no further.
                await stack.enter_async_context(
                    lazy_connection(relay, request.encode(), until=b'"offset":1,')
                )
                for _ in range(10)
            ]
            assert len((await ask(relay, "limit=1", "2"))["events"]) == 1
            refused = relay.server._state.refused
            async with asyncio.timeout(20):
                while refused["unread"] < len(lazy):  # noqa: ASYNC110  nobody tells
                    await asyncio.sleep(0)
            for client in lazy:
                # Not ended: nothing of what the kernel held comes any more.
                with pytest.raises(ConnectionResetError):
                    await client.read_until(b"\r\n0\r\n\r\n")


async def test_stop_cuts_off_who_still_reads_lines(tmp_path: Path) -> None:
    async with storing(tmp_path / "events.db") as relay:
        relay.rooms.add("2")
        relay.publish("2", *(make_event(content="好" * 2000) for _ in range(5000)))
        epoch = relay.rooms["2"].epoch
        request = (
            f"GET /api/rooms/2/events?since={epoch}:0 HTTP/1.1\r\nHost: localhost\r\n"
            "Accept: application/x-ndjson\r\n\r\n"
        )
        async with (
            lazy_connection(relay, request.encode(), until=b'"offset":1,') as lazy,
            asyncio.timeout(20),
        ):
            await relay.server.stop(0.1)
            await lazy.read_to_end()


def spans(answer: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(gap["reason"], gap["from"], gap["to"]) for gap in answer["gaps"]]


async def test_whatever_upstream_calls_a_user_is_looked_over(relay: Relay) -> None:
    users: tuple[object, ...] = ("AQJhYmM=", 5, [], {"uid": 7}, {"id": "1"}, None)
    for user in users:
        relay.publish(ROOM, make_event("WebcastEcomFansClubMessage", user=user))
    relay.publish(ROOM, make_event(user={"uid": "77", "masked": False}))
    answer = await ask(relay, "user=77")
    assert [event["offset"] for event in answer["events"]] == [107]
    answer = await ask(relay, f"from=1600000000000&since={stream_of(relay).epoch}:99")
    assert len(answer["events"]) == 8


async def test_what_memory_has_let_go_of_is_told_in_every_order() -> None:
    async with relay_running(hub=HubConfig(history_events=10)) as relay:
        relay.rooms.add(ROOM)
        await publish(relay, 1, 30)
        epoch = stream_of(relay).epoch
        answer = await ask(relay, "limit=7")
        assert (numbers(answer["events"]), answer["gaps"]) == ([*range(30, 23, -1)], [])
        answer = await ask(relay, f"limit=7&before={answer['next']}")
        assert numbers(answer["events"]) == [23, 22, 21]
        assert (spans(answer), answer["next"]) == ([("history", 1, 20)], None)
        assert spans(await ask(relay, f"before={epoch}:5")) == [("history", 1, 4)]
        assert spans(await ask(relay, f"from={START_MS}")) == [("history", 1, 20)]
        assert spans(await ask(relay, f"from={START_MS + 25_000}")) == []


async def test_what_found_no_room_in_the_store_is_told_in_every_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with storing(tmp_path / "events.db", events=5) as relay:
        await publish(relay, 1, 20)
        store = relay.server._state.store
        assert store is not None
        await store.written()
        with monkeypatch.context() as patch:
            patch.setattr(backlog, "MAX_EVENTS", 0)
            await publish(relay, 21, 50)
        epoch = stream_of(relay).epoch
        # None of this is in the file yet.
        gone = stream_of(relay).history.gone
        missing = [("store", 21, gone)]
        kept = [*range(1, 21), *range(gone + 1, 51)]
        answer = await ask(relay, f"since={epoch}:0")
        assert (numbers(answer["events"]), spans(answer)) == (kept, missing)
        answer = await ask(relay, "")
        assert (numbers(answer["events"]), spans(answer)) == (kept[::-1], missing)
        lines = await ask_lines(relay, f"from={START_MS}")
        assert numbers(lines) == kept
        assert [frame["reason"] for frame in lines if "op" in frame] == ["store"]
        assert lines[20]["op"] == "gap"
        # Nor is it, where only something else is asked for.
        for query in (f"before={epoch}:15", f"since={epoch}:3&before={epoch}:15"):
            assert (await ask(relay, query))["gaps"] == []
        assert spans(await ask(relay, f"since={epoch}:3&before={epoch}:31")) == [("store", 21, 30)]


async def test_a_room_that_was_watched_twice_has_every_event_once(tmp_path: Path) -> None:
    async with storing(tmp_path / "events.db", ROOM, "2") as relay:
        for number in range(1, 41):
            relay.publish(ROOM, make(number))
            if number > 30:
                relay.publish("2", make(number))
        relay.publish("2", make(41))
        relay.rooms.merge("2", ROOM)
        await publish(relay, 42, 60)
        for query in ("limit=100", f"limit=100&from={START_MS}", "limit=100&to=2000000000000"):
            assert sorted(numbers((await ask(relay, query))["events"])) == list(range(1, 61))
        seen: list[int] = []
        answer = await ask(relay, f"from={START_MS}&limit=7")
        while answer["events"]:
            seen += numbers(answer["events"])
            answer = await ask(relay, f"from={START_MS}&limit=7&since={answer['next']}")
        assert sorted(seen) == list(range(1, 61))
