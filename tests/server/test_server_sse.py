"""Server-sent events: the same rooms and filters as /ws, resumed by Last-Event-ID."""

import asyncio
import random
import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from event_source import EventSource, Received, listening
from garbage import leaving_none
from msgspec.structs import replace
from raw import lazy_connection, raw_connection, talk
from serving import Relay, make_event, make_status, receive, relay_running
from stored import storing

from relay.config import HubConfig, ServerConfig
from relay.errors import RoomRefusedError
from relay.hub import RoomState
from relay.server import sse
from relay.server.event_stream import EventStream


def offsets(received: list[Received]) -> list[int]:
    return [event.frame["offset"] for event in received if event.name == "message"]


async def test_the_first_events_are_the_contract(relay: Relay) -> None:
    async with listening(relay, "room_id=1&method=chat,gift&token=x") as source:
        assert source.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert source.answer.headers["Cache-Control"] == "no-cache"
        assert source.answer.headers["X-Content-Type-Options"] == "nosniff"
        epoch = relay.rooms["1"].epoch
        hello, subscribed, room = await source.some(3)
        assert source.retry_ms is not None
        assert 1000 <= source.retry_ms <= 3000
        assert (hello.name, hello.frame["op"], hello.id) == ("hello", "hello", "")
        assert (subscribed.name, subscribed.id) == ("subscribed", f"{epoch}:0")
        assert subscribed.frame["method"] == ["WebcastChatMessage", "WebcastGiftMessage"]
        assert (room.name, room.frame["state"]) == ("room", "live")
        relay.publish(
            "1", make_event("WebcastLikeMessage"), make_event(content='一\n二 "epoch":"x"')
        )
        event = await source.next()
        assert (event.name, event.id) == ("message", f"{epoch}:2")
        assert event.frame["payload"] == {"content": '一\n二 "epoch":"x"'}
        relay.hub.set_status(relay.rooms["1"], make_status("1", state=RoomState.ENDED))
        relay.hub.announce_gap(relay.rooms["1"], "corrupt_frame")
        ended, gap = await source.some(2)
        assert (ended.name, ended.frame["state"]) == ("room", "ended")
        assert (gap.name, gap.frame["reason"]) == ("gap", "corrupt_frame")
        assert gap.id == f"{epoch}:2"


async def test_frames_are_those_of_the_websocket(relay: Relay) -> None:
    async with relay.connect("?room_id=1") as connection, listening(relay, "room_id=1") as source:
        relay.publish("1", make_event(content="好"), make_event("WebcastGiftMessage", count=3))
        by_socket = await receive(connection, 5)
        assert [event.frame for event in await source.some(5)] == by_socket


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "bad_request"),
        ("room_id=", 400, "bad_request"),
        ("room_id=no-such", 404, "unknown_room"),
        ("room_id=1,no-such", 404, "unknown_room"),
        ("room_id=refused", 409, "room_refused"),
        ("room_id=1&method=chatt", 400, "bad_method"),
        ("room_id=1&since=1", 400, "bad_position"),
        ("room_id=1,2&since=abc:1", 400, "bad_position"),
        ("room_id=1&since=abc:1,abc:2", 400, "bad_position"),
        ("room_id=1&slow=maybe", 400, "bad_request"),
        ("room_id=" + ",".join(map(str, range(101))), 400, "too_many_rooms"),
    ],
)
async def test_what_can_not_be_is_said_with_a_status(
    relay: Relay, query: str, status: int, code: str
) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{relay.url}/events?{query}") as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (status, code)
        async with http.head(f"{relay.url}/events?{query}") as answer:
            assert answer.status == 405
    assert not any(relay.rooms.holders.values())


async def test_an_unknown_parameter_is_named(relay: Relay) -> None:
    async with listening(relay, "room_id=1&methods=chat") as source:
        problem = (await source.some(2))[1]
        assert problem.name == "problem"
        assert "did you mean method?" in problem.frame["message"]


async def test_a_room_that_goes_while_the_head_is_sent(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquire, calls = relay.rooms.acquire, []

    def acquire_once(name: str) -> Any:
        calls.append(name)
        if len(calls) > 1:
            raise RoomRefusedError("too many rooms are watched")
        return acquire(name)

    monkeypatch.setattr(relay.rooms, "acquire", acquire_once)
    async with listening(relay, "room_id=5") as source:
        events = await source.rest()
    assert [event.name for event in events] == ["hello", "problem", "close"]
    assert events[-1].frame["code"] == 3504
    assert source.retry_ms == sse.LAST_RETRY_MS
    await relay.rooms.let_go()


async def test_last_event_id_goes_on_behind_it_and_wins_over_since(relay: Relay) -> None:
    relay.publish("1", *(make_event() for _ in range(5)))
    epoch = relay.rooms["1"].epoch
    async with listening(relay, "room_id=1", last_id=f"{epoch}:3") as source:
        events = await source.some(5)
        assert events[1].id == f"{epoch}:3", "who reconnects before an event loses nothing"
        assert offsets(events) == [4, 5]
    async with listening(relay, f"room_id=1&since={epoch}:0", last_id=f"{epoch}:4") as source:
        assert offsets(await source.some(4)) == [5]
    async with listening(relay, f"room_id=1&since={epoch}:2") as source:
        assert offsets(await source.some(6)) == [3, 4, 5]


async def test_a_gap_comes_first_and_is_not_told_again() -> None:
    async with relay_running(hub=HubConfig(history_events=2)) as relay:
        relay.rooms.add("1")
        relay.publish("1", *(make_event() for _ in range(5)))
        epoch = relay.rooms["1"].epoch
        async with listening(relay, "room_id=1", last_id=f"{epoch}:1") as source:
            events = await source.some(6)
            gap = events[3]
            assert (gap.name, gap.frame["from"], gap.frame["to"]) == ("gap", 2, 3)
            assert gap.id == f"{epoch}:3"
            assert offsets(events) == [4, 5]
        async with listening(relay, "room_id=1", last_id=gap.id) as source:
            assert offsets(await source.some(5)) == [4, 5]


async def test_a_restarted_relay_says_so_and_gives_what_it_has(relay: Relay) -> None:
    relay.publish("1", make_event())
    async with listening(relay, "room_id=1", last_id="0000000another:9") as source:
        events = await source.some(5)
        assert events[3].frame["reason"] == "epoch"
        assert offsets(events) == [1]


async def test_reconnecting_again_and_again_has_no_seam() -> None:
    async with relay_running(hub=HubConfig(history_events=500)) as relay:
        rooms = ["1", "2", "3"]
        for room in rooms:
            relay.rooms.add(room)
        seen: dict[str, list[int]] = {relay.rooms[room].epoch: [] for room in rooms}
        pick = random.Random(4)
        done = asyncio.Event()

        async def publish() -> None:
            for _ in range(150):
                relay.publish(pick.choice(rooms), make_event(), make_event("WebcastLikeMessage"))
                await asyncio.sleep(0.001)
            done.set()

        async def read(source: EventSource, count: int) -> None:
            for event in [await source.next() for _ in range(count)]:
                if event.name == "message":
                    seen[event.frame["epoch"]].append(event.frame["offset"])
                assert event.name != "gap"

        last_id = ",".join(f"{relay.rooms[room].epoch}:0" for room in rooms)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(publish())
            while sum(map(len, seen.values())) < 300:
                missing = 300 - sum(map(len, seen.values()))
                async with listening(relay, "room_id=1,2,3", last_id=last_id) as source:
                    await read(source, 7 + min(pick.randrange(12), missing))
                    last_id = source.last_id
        for room in rooms:
            assert seen[relay.rooms[room].epoch] == list(range(1, relay.rooms[room].head + 1))


async def test_one_id_for_several_rooms_is_what_since_takes_everywhere(relay: Relay) -> None:
    first, second = relay.rooms["1"].epoch, relay.rooms["2"].epoch
    async with listening(relay, "room_id=1,2&method=chat") as source:
        assert [event.id for event in await source.some(5)][-1] == f"{first}:0,{second}:0"
        relay.publish("2", make_event(), make_event("WebcastLikeMessage"), make_event())
        assert [event.id for event in await source.some(2)] == [
            f"{first}:0,{second}:1", f"{first}:0,{second}:3",
        ]  # fmt: skip
        relay.publish("1", make_event())
        assert (await source.next()).id == f"{first}:1,{second}:3"
    relay.publish("1", make_event())
    relay.publish("2", make_event())
    async with listening(relay, f"room_id=1,2&since={source.last_id}") as again:
        events = (await again.some(7))[5:]
        assert [(e.frame["epoch"], e.frame["offset"]) for e in events] == [(first, 2), (second, 4)]
    async with relay.connect(f"?room_id=1,2&since={source.last_id}") as connection:
        frames = (await receive(connection, 7))[5:]
        assert [(f["epoch"], f["offset"]) for f in frames] == [(first, 2), (second, 4)]


async def test_rooms_that_turn_out_to_be_one_go_on_where_they_are(relay: Relay) -> None:
    relay.rooms.add("3")
    relay.publish("1", make_event(msg_id="7"), make_event(msg_id="8"))
    relay.publish("2", make_event(msg_id="7"))
    one, three = relay.rooms["1"].epoch, relay.rooms["3"].epoch
    async with listening(relay, "room_id=2,3") as source:
        await source.some(5)
        relay.rooms.merge("2", into="1")
        moved, _, event = await source.some(3)
        assert (moved.name, moved.id) == ("subscribed", f"{one}:1,{three}:0")
        assert (event.frame["msg_id"], event.id) == ("8", f"{one}:2,{three}:0")
    # Both names lead to one room by now: one subscription, and ids keep their form.
    relay.rooms.rooms["2"] = relay.rooms["1"]
    relay.publish("1", make_event(msg_id="9"))
    stale = "0000000another:4"
    async with listening(relay, f"room_id=2,3,1&since={stale},{three}:0,{one}:2") as source:
        events = await source.some(6)
        assert offsets(events) == [3]
        assert events[-1].id == f"{one}:3,{three}:0,{one}:3"


async def test_several_rooms_go_on_over_a_restart_in_the_epochs_that_they_were_in(
    tmp_path: Path,
) -> None:
    """The store has more than memory, and one room was left without a proper end."""
    path = tmp_path / "events.db"
    rooms = ("1", "2")

    def publish(relay: Relay, count: int) -> None:
        for room in rooms:
            events = [make_event(content=room) for _ in range(count)]
            relay.publish(
                room, *(replace(e, web_rid=room, room_id=f"7{room:0>18}") for e in events)
            )

    async with storing(path, *rooms) as relay:
        publish(relay, 50)
        epochs = [relay.rooms[room].epoch for room in rooms]
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE epochs SET sealed = 0 WHERE name = ?", (epochs[1],))
    connection.close()
    async with storing(path, *rooms) as relay:
        publish(relay, 30)
        new = relay.rooms["2"].epoch
        seen: dict[str, list[int]] = {}
        gaps = []
        last_id = f"{epochs[0]}:10,{epochs[1]}:20"
        while missing := 70 + 30 + 30 - sum(map(len, seen.values())):
            async with listening(relay, "room_id=1,2", last_id=last_id) as source:
                for event in await source.some(5 + min(missing, 9)):  # 5: hello and so on
                    if event.name == "message":
                        seen.setdefault(event.frame["epoch"], []).append(event.frame["offset"])
                    elif event.name == "gap":
                        gaps.append((event.frame["reason"], event.frame["epoch"]))
                last_id = source.last_id
        assert seen == {
            epochs[0]: list(range(11, 81)),
            epochs[1]: list(range(21, 51)),
            new: list(range(1, 31)),
        }
        # Of two of which it can't be told where they end, the same may be told again.
        assert set(gaps) == {("restart", epochs[0]), ("restart", epochs[1])}


async def test_a_room_that_is_removed_ends_the_stream_if_it_was_the_last(relay: Relay) -> None:
    async with listening(relay, "room_id=1,2") as source:
        await source.some(5)
        relay.rooms.close("1", "removed")
        assert (await source.next()).frame["reason"] == "removed"
        relay.publish("2", make_event())
        assert offsets([await source.next()]) == [1]
        relay.rooms.close("2", "removed")
        unsubscribed, close = await source.rest()
        assert unsubscribed.name == "unsubscribed"
        assert (close.name, close.frame["op"], close.frame["code"]) == ("close", "close", 3504)
        assert source.retry_ms == sse.LAST_RETRY_MS
    async with listening(relay, "room_id=9") as source:
        await source.some(3)
        relay.rooms.close("9", "not_found")
        assert (await source.rest())[-1].frame == {
            "op": "close", "code": 3501, "reason": "no such room: 9",
        }  # fmt: skip


async def test_heartbeats_while_nothing_happens(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_S", 0.01)
    async with listening(relay, "room_id=1") as source:
        await source.some(3)
        async with asyncio.timeout(10):
            for _ in range(6):
                assert (await source.answer.content.readuntil(b"\n")) in (b":\n", b"\n")
        relay.publish("1", make_event())
        assert offsets([await source.next()]) == [1]


async def test_an_event_is_encoded_once_for_all(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    framed = []
    frame = EventStream.frame
    monkeypatch.setattr(
        EventStream, "frame", lambda self, entry: framed.append(entry) or frame(self, entry)
    )
    async with AsyncExitStack() as stack:
        sources = [
            await stack.enter_async_context(listening(relay, "room_id=1")) for _ in range(10)
        ]
        for source in sources:
            await source.some(3)
        relay.publish("1", make_event(), make_event())
        for source in sources:
            assert offsets(await source.some(2)) == [1, 2]
    assert len(framed) == 2


async def test_streams_count_as_clients() -> None:
    async with relay_running(server=ServerConfig(port=0, max_clients=2)) as relay:
        async with listening(relay, "room_id=1") as source, relay.connect("?room_id=1"):
            await source.some(3)
            async with aiohttp.ClientSession() as http:
                async with http.get(f"{relay.url}/events?room_id=1") as answer:
                    assert (answer.status, (await answer.json())["error"]["code"]) == (
                        503, "too_many_clients",
                    )  # fmt: skip
                async with http.get(f"{relay.url}/metrics") as answer:
                    text = await answer.text()
            assert "\nrelay_clients 2.0\n" in text
            assert '\nrelay_refused_total{cause="too_many_clients"} 1.0\n' in text
        await relay.rooms.let_go()
        async with listening(relay, "room_id=1") as source:
            await source.some(3)


async def test_stop_ends_streams_behind_what_was_published() -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        async with listening(relay, "room_id=1") as source, listening(relay, "room_id=1") as other:
            await source.some(3)
            await other.some(3)
            relay.publish("1", *(make_event(content="好" * 20_000) for _ in range(30)))
            stopping = asyncio.ensure_future(relay.server.stop(10))
            for each in (source, other):
                events = await each.rest()
                assert offsets(events) == list(range(1, 31))
                assert events[-1].frame == {
                    "op": "close", "code": 3001, "reason": "the relay is stopping",
                }  # fmt: skip
            await stopping
        assert relay.rooms.holders[relay.rooms["1"]] == 0


async def test_stop_cuts_off_a_stream_that_is_not_read() -> None:
    async with relay_running(hub=HubConfig(slow_bytes=1 << 30)) as relay:
        relay.rooms.add("1")
        async with lazy_stream(relay, "room_id=1") as lazy:
            relay.publish("1", *(make_event(content="好" * 100_000) for _ in range(50)))
            async with asyncio.timeout(10):
                await relay.server.stop(0.1)
            await lazy.read_to_end()
        assert relay.rooms.holders[relay.rooms["1"]] == 0


def lazy_stream(relay: Relay, query: str) -> Any:
    head = f"GET /events?{query} HTTP/1.1\r\nHost: 127.0.0.1:{relay.server.port}\r\n\r\n"
    return lazy_connection(relay, head.encode())


async def test_a_client_that_does_not_read_is_told_and_cut_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sse, "SLOW_ABORT_S", 30.0)
    config = HubConfig(slow_bytes=100_000, history_events=10_000, history_bytes=1 << 30)
    async with relay_running(hub=config) as relay:
        relay.rooms.add("1")
        async with lazy_stream(relay, "room_id=1") as lazy, asyncio.timeout(30):
            while not relay.hub.counters.slow_closes:
                relay.publish("1", make_event(content="好" * 10_000))
                await asyncio.sleep(0)
            await lazy.read_until(b"\r\n0\r\n\r\n")
            await lazy.read_to_end()
        received = bytes(lazy.received)
        assert b'"code":3008,"reason":"too slow: more than 100000 bytes unsent"' in received
        last = received.count(b'\ndata: {"method":')
        last_id = f"{relay.rooms['1'].epoch}:{last}"
        assert f"id: {last_id}\n".encode() in received
        async with listening(relay, "room_id=1", last_id=last_id) as source:
            head = relay.rooms["1"].head
            assert offsets(await source.some(3 + head - last)) == list(range(last + 1, head + 1))


async def test_a_client_that_never_reads_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "SLOW_ABORT_S", 0.01)
    async with relay_running(hub=HubConfig(slow_bytes=100_000)) as relay:
        relay.rooms.add("1")
        async with lazy_stream(relay, "room_id=1"), asyncio.timeout(20):
            while not relay.hub.counters.slow_closes:
                relay.publish("1", make_event(content="好" * 10_000))
                await asyncio.sleep(0)
            await relay.rooms.let_go()
            async with aiohttp.ClientSession(relay.url) as http:
                clients = ""
                while "\nrelay_clients 0.0\n" not in clients:
                    async with http.get("/metrics") as answer:
                        clients = await answer.text()


async def test_a_skipped_client_is_told_what_it_missed() -> None:
    async with relay_running(hub=HubConfig(slow_bytes=100_000)) as relay:
        relay.rooms.add("1")
        async with lazy_stream(relay, "room_id=1&slow=skip") as lazy, asyncio.timeout(30):
            while relay.hub.counters.drops < 5:
                relay.publish("1", make_event(content="好" * 10_000))
                await asyncio.sleep(0)
            head = relay.rooms["1"].head
            await lazy.read_until(b"event: gap\n")
            await lazy.read_until(b"\n\n\r\n")
            gap = f"id: {relay.rooms['1'].epoch}:{head}\nevent: gap\n"
            assert gap.encode() in bytes(lazy.received)


async def test_http_1_0_gets_no_chunks(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(b"GET /events?room_id=1 HTTP/1.0\r\nHost: localhost\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"chunked" not in head
        await reader.readuntil(b'"op":"room"')
        relay.publish("1", make_event(content="x"))
        await reader.readuntil(b"\n\n")
        epoch = relay.rooms["1"].epoch
        assert await reader.readuntil(b"\n\n") == (
            f"id: {epoch}:1\ndata: ".encode() + relay.rooms["1"].history.events_kept()[0].body
            + b"\n\n"
        )  # fmt: skip
        relay.rooms.close("1", "removed")
        assert (await reader.read()).endswith(b"\n\n")


async def test_what_is_sent_behind_the_request_is_ignored(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(b"GET /events?room_id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b'"op":"room"')
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 10_000)
        await writer.drain()
        relay.publish("1", make_event())
        await reader.readuntil(b"id: ")
    await relay.rooms.let_go()


async def test_foreign_pages_get_nothing(relay: Relay) -> None:
    answer = await talk(
        relay,
        b"GET /events?room_id=5 HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
        b"Connection: close\r\n\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert list(relay.rooms.rooms) == ["1", "2"]


async def test_an_allowed_origin_may_read_the_stream() -> None:
    async with relay_running(
        server=ServerConfig(port=0, allowed_origins=["http://localhost:5173"])
    ) as relay:
        head = b"GET /events?room_id=1 HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:5173"
        async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
            writer.write(head + b"\r\n\r\n")
            answer = await reader.readuntil(b"\r\n\r\n")
            assert b"Access-Control-Allow-Origin: http://localhost:5173\r\n" in answer


async def test_many_come_and_go(relay: Relay) -> None:
    """Clients that hang up at any moment leave nothing behind."""
    pick = random.Random(1)

    async def visit() -> None:
        async with raw_connection(relay) as (reader, writer):
            writer.write(b"GET /events?room_id=1,2 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            for _ in range(pick.randrange(4)):
                relay.publish("1", make_event())
                await asyncio.sleep(0)
            if pick.random() < 0.5:
                await reader.readline()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(50):
            tasks.create_task(visit())
    await relay.rooms.let_go()


async def test_clients_that_have_gone_take_no_memory(relay: Relay) -> None:
    relay.rooms.add("1")
    async with leaving_none(sse.EventStreamClient), aiohttp.ClientSession() as http:
        for _ in range(5):
            async with listening(relay, "room_id=1") as source:
                await source.some(3)
            async with listening(relay, "room_id=2") as source:
                await source.some(3)
                relay.rooms.close("2", "removed")
                await source.rest()
            async with http.get(f"{relay.url}/events?room_id=no-such") as answer:
                assert answer.status == 404
        await relay.rooms.let_go()
