"""The WebSocket contract: subscriptions by query and by message."""

import asyncio
import json
import random
from contextlib import suppress
from typing import Any

import pytest
from garbage import leaving_none
from raw import talk
from serving import (
    Relay,
    make_event,
    make_status,
    receive,
    receive_until,
    relay_running,
)
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.server import ServerProtocol

from relay import __version__
from relay.config import HubConfig
from relay.hub import RoomState, pace
from relay.server.connection import ClientConnection


async def closed_with(connection: Any) -> tuple[int, str]:
    async with asyncio.timeout(10):
        await connection.wait_closed()
    return connection.close_code, connection.close_reason


async def test_the_first_frames_are_the_contract(relay: Relay) -> None:
    async with relay.connect("?room_id=1&method=chat,WebcastGiftMessage&token=x") as connection:
        frames = await receive(connection, 3)
        stream = relay.rooms["1"]
        assert frames[0] == {
            "op": "hello",
            "version": __version__,
            "limits": {
                "max_message_bytes": 16384,
                "max_rooms": 100,
                "slow_bytes": 1024 * 1024,
                "slow_s": 5.0,
                "history_events": 1000,
                "history_bytes": 8 * 1024 * 1024,
                "history_s": 300.0,
            },
        }
        assert frames[1] == {
            "op": "subscribed",
            "id": None,
            "room": "1",
            "room_id": stream.status.room_id,
            "web_rid": "1",
            "method": ["WebcastChatMessage", "WebcastGiftMessage"],
            "epoch": stream.epoch,
            "offset": 0,
        }
        assert frames[2]["op"] == "room"
        assert frames[2]["state"] == "live"
        relay.publish("1", make_event("WebcastLikeMessage"), make_event(msg_id="77", content="好"))
        event = (await receive(connection))[0]
        assert list(event) == [
            "method", "msg_id", "room_id", "web_rid", "epoch", "offset", "time", "payload",
        ]  # fmt: skip
        assert (event["msg_id"], event["offset"], event["payload"]) == ("77", 2, {"content": "好"})


async def test_several_rooms_and_repeated_parameters(relay: Relay) -> None:
    async with relay.connect("?room_id=1,2&room_id=3&method=gift&method=chat,like") as connection:
        frames = await receive(connection, 7)
        assert [f["room"] for f in frames if f["op"] == "subscribed"] == ["1", "2", "3"]
        for room in "321":
            relay.publish(room, make_event(), make_event("WebcastMemberMessage"))
        events = await receive(connection, 3)
        assert sorted(event["epoch"] for event in events) == sorted(
            relay.rooms[room].epoch for room in "123"
        )


async def test_a_room_by_any_of_its_names_is_one_subscription(relay: Relay) -> None:
    by_id = relay.rooms["1"].status.room_id
    async with relay.connect(f"?room_id=1,{by_id}&method=chat") as connection:
        frames = await receive(connection, 5)
        assert [f["room"] for f in frames if f["op"] == "subscribed"] == ["1", by_id]
        relay.publish("1", make_event())
        assert [f.get("offset") for f in await relay.sent(connection)] == [1]
        assert relay.rooms.holders[relay.rooms["1"]] == 1


async def test_subscriptions_change_while_the_connection_is_open(relay: Relay) -> None:
    kinds = ["WebcastChatMessage", "WebcastGiftMessage", "WebcastLikeMessage"]

    async def offered() -> list[str]:
        relay.publish("1", *map(make_event, kinds))
        return [f["method"] for f in await relay.sent(connection) if "op" not in f]

    async def ask(**message: Any) -> dict[str, Any]:
        await connection.send(json.dumps({"room_id": "1", "id": 7, **message}))
        return (await receive(connection))[0]

    async with relay.connect() as connection:
        await receive(connection)
        answer = await ask(op="subscribe", method="chat")
        assert (answer["op"], answer["id"], answer["method"]) == ("subscribed", 7, kinds[:1])
        await receive_until(connection, "room")
        assert await offered() == kinds[:1]
        answer = await ask(op="subscribe", method=["gift"])
        assert (answer["method"], answer["offset"]) == (kinds[:2], 3)
        await receive_until(connection, "room")
        assert await offered() == kinds[:2]
        answer = await ask(op="subscribe")
        assert answer["method"] is None
        await receive_until(connection, "room")
        assert await offered() == kinds
        answer = await ask(op="unsubscribe", method="gift")
        assert (answer["op"], answer["method"], answer["except"]) == (
            "unsubscribed", None, kinds[1:2],
        )  # fmt: skip
        assert await offered() == [kinds[0], kinds[2]]
        answer = await ask(op="unsubscribe")
        assert (answer["method"], answer["reason"]) == ([], "asked")
        assert await offered() == []
        assert relay.rooms.holders[relay.rooms["1"]] == 0
        answer = await ask(op="unsubscribe")
        assert (answer["op"], answer["code"], answer["id"]) == ("error", "not_subscribed", 7)


async def test_taking_the_last_method_away_takes_the_room_away(relay: Relay) -> None:
    async with relay.connect("?room_id=1&method=chat,gift") as connection:
        await receive(connection, 3)
        for method, remaining in (("chat", ["WebcastGiftMessage"]), ("gift", [])):
            await connection.send(
                json.dumps({"op": "unsubscribe", "room_id": "1", "method": method})
            )
            assert (await receive(connection))[0]["method"] == remaining
        assert relay.rooms.holders[relay.rooms["1"]] == 0


@pytest.mark.parametrize(
    ("query", "code", "close"),
    [
        ("?room_id=no-such", "unknown_room", 3501),
        ("?room_id=1,no-such", "unknown_room", 3501),
        ("?room_id=refused", "room_refused", 3504),
        ("?room_id=1&method=chatt", "bad_method", 3502),
        ("?room_id=1&since=1", "bad_position", 3502),
        ("?since=abc:1", "bad_position", 3502),
        ("?room_id=1,2&since=abc:1", "bad_position", 3502),
        ("?room_id=1&slow=maybe", "bad_request", 3502),
        ("?room_id=1&slow=skip&slow=close", "bad_request", 3502),
        ("?room_id=" + ",".join(map(str, range(101))), "too_many_rooms", 3502),
        ("?room_id=1&method=" + "chat," * 201, "bad_method", 3502),
        ("?" + "a=1&" * 501, "bad_request", 3502),
    ],
)
async def test_a_bad_query_is_explained_and_closed(
    relay: Relay, query: str, code: str, close: int
) -> None:
    async with relay.connect(query) as connection:
        frames = await receive_until(connection, "error")
        assert frames[0]["op"] == "hello"
        assert frames[-1]["code"] == code
        assert len(frames[-1]["message"]) > 10
        got = await closed_with(connection)
    assert got[0] == close
    assert got[1].startswith(code)
    await relay.rooms.let_go()


async def test_a_misspelt_parameter_is_pointed_out(relay: Relay) -> None:
    async with relay.connect("?room=1") as connection:
        frames = await receive(connection, 2)
        assert frames[1]["code"] == "bad_request"
        assert "room_id" in frames[1]["message"]
        assert await relay.sent(connection) == []


@pytest.mark.parametrize("query", ["?room_id=1&method=", "?room_id=1&method=,", "?room_id=1,,"])
async def test_empty_parts_of_a_query_do_not_count(relay: Relay, query: str) -> None:
    async with relay.connect(query) as connection:
        assert (await receive(connection, 2))[1]["method"] is None


@pytest.mark.parametrize(
    ("message", "code", "answered_id"),
    [
        ("", "bad_request", None),
        ("{", "bad_request", None),
        ("[]", "bad_request", None),
        ("[" * 10_000, "bad_request", None),
        ('{"id":5}', "bad_request", 5),
        ('{"op":"sing","id":"x"}', "bad_request", "x"),
        ('{"op":"subscribe","id":{"a":1}}', "bad_request", None),
        ('{"op":"ping","id":"' + "x" * 129 + '"}', "bad_request", None),
        ('{"op":"subscribe","id":1}', "bad_request", 1),
        ('{"op":"subscribe","id":1,"room_id":7}', "bad_request", 1),
        ('{"op":"subscribe","id":1,"room_id":""}', "bad_request", 1),
        ('{"op":"subscribe","id":1,"room_id":[]}', "bad_request", 1),
        ('{"op":"subscribe","id":1,"room_id":"1","methods":"chat"}', "bad_request", 1),
        ('{"op":"subscribe","id":1,"room_id":"1","slow":"maybe"}', "bad_request", 1),
        ('{"op":"subscribe","id":1,"room_id":"1","method":[]}', "bad_method", 1),
        ('{"op":"subscribe","id":1,"room_id":"1","method":"chta"}', "bad_method", 1),
        ('{"op":"subscribe","id":1,"room_id":"1","since":"x"}', "bad_position", 1),
        ('{"op":"subscribe","id":1,"room_id":["1","2"],"since":"a:1"}', "bad_position", 1),
        ('{"op":"subscribe","id":1,"room_id":"no-such"}', "unknown_room", 1),
        ('{"op":"subscribe","id":1,"room_id":"refused"}', "room_refused", 1),
        ('{"op":"unsubscribe","id":1,"room_id":"no-such"}', "unknown_room", 1),
        ('{"op":"unsubscribe","id":1,"room_id":"9"}', "not_subscribed", 1),
    ],
)
async def test_a_bad_message_is_explained_and_the_connection_stays(
    relay: Relay, message: str, code: str, answered_id: Any
) -> None:
    async with relay.connect() as connection:
        await receive(connection)
        await connection.send(message)
        frame = (await receive(connection))[0]
        assert (frame["op"], frame["code"], frame["id"]) == ("error", code, answered_id)
        assert await relay.sent(connection) == []


async def test_methods_by_message_may_be_a_comma_list(relay: Relay) -> None:
    async with relay.connect() as connection:
        await connection.send('{"op":"subscribe","room_id":"1, 2","method":" chat,Gift "}')
        frames = [f for f in await relay.sent(connection) if f["op"] == "subscribed"]
        assert [f["room"] for f in frames] == ["1", "2"]
        assert {tuple(f["method"]) for f in frames} == {
            ("WebcastChatMessage", "WebcastGiftMessage")
        }


async def test_a_position_in_a_room_that_is_subscribed_already_is_refused(relay: Relay) -> None:
    async with relay.connect("?room_id=1&method=chat") as connection:
        await receive(connection, 3)
        message = {"op": "subscribe", "room_id": "1", "since": f"{relay.rooms['1'].epoch}:0"}
        await connection.send(json.dumps(message))
        assert (await receive(connection))[0]["code"] == "bad_position"


async def test_rooms_per_connection_are_limited(relay: Relay) -> None:
    async with relay.connect("?room_id=" + ",".join(map(str, range(100)))) as connection:
        await receive(connection, 201)
        await connection.send('{"op":"subscribe","room_id":"100"}')
        assert (await receive(connection))[0]["code"] == "too_many_rooms"
        await connection.send('{"op":"subscribe","room_id":"7"}')
        assert (await receive(connection))[0]["op"] == "subscribed"
        assert "100" not in relay.rooms.rooms
    answer = await talk(
        relay, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert b'relay_refused_total{cause="client_rooms"} 1.0' in answer


async def test_binary_and_oversized_messages_close_the_connection(relay: Relay) -> None:
    async with relay.connect() as connection:
        await connection.send(b'{"op":"ping"}')
        assert (await closed_with(connection))[0] == 1003
    async with relay.connect() as connection:
        await connection.send('{"op":"ping","id":"' + "x" * 16384)
        assert (await closed_with(connection))[0] == 1009


async def test_a_room_that_is_removed_ends_its_subscriptions_only(relay: Relay) -> None:
    async with relay.connect("?room_id=1,2") as connection:
        await receive(connection, 5)
        relay.publish("1", make_event())
        relay.rooms.remove("1")
        relay.publish("2", make_event())
        frames = await receive(connection, 3)
        assert frames[0]["web_rid"] == "80000000001"
        assert (frames[1]["op"], frames[1]["reason"], frames[1]["method"]) == (
            "unsubscribed", "removed", [],
        )  # fmt: skip
        assert frames[2]["epoch"] == relay.rooms["2"].epoch


@pytest.mark.parametrize(("query", "hangs_up"), [("?room_id=3", True), ("?room_id=3,1", False)])
async def test_a_room_that_does_not_exist_hangs_up_only_who_wanted_nothing_else(
    relay: Relay, query: str, hangs_up: bool
) -> None:
    async with relay.connect(query) as connection:
        await receive_until(connection, "room")
        missing = make_status("3", state=RoomState.ERROR, reason="not_found")
        relay.hub.set_status(relay.rooms["3"], missing)
        relay.rooms.close("3", "not_found")
        frames = await receive_until(connection, "unsubscribed")
        assert (frames[-2]["state"], frames[-2]["reason"]) == ("error", "not_found")
        assert frames[-1]["reason"] == "not_found"
        if hangs_up:
            assert (await closed_with(connection))[0] == 3501
        else:
            assert await relay.sent(connection) == []


async def test_a_room_that_turns_out_to_be_another_one_goes_on_there(relay: Relay) -> None:
    async with (
        relay.connect("?room_id=3&method=chat") as one,
        relay.connect("?room_id=1,3") as both,
    ):
        await receive(one, 3)
        await receive(both, 5)
        relay.rooms.merge("3", "1")
        moved = (await receive(one, 2))[0]
        assert (moved["op"], moved["room"], moved["web_rid"]) == ("subscribed", "3", "1")
        assert moved["epoch"] == relay.rooms["1"].epoch
        relay.publish("1", make_event(), make_event("WebcastLikeMessage"))
        assert [f["offset"] for f in await relay.sent(one)] == [1]
        assert [f["offset"] for f in await relay.sent(both) if "op" not in f] == [1, 2]
        assert relay.rooms.holders == {relay.rooms["1"]: 2, relay.rooms["2"]: 0}


async def test_clients_that_leave_let_go_of_their_rooms(relay: Relay) -> None:
    async with relay.connect("?room_id=1,2") as connection:
        await receive(connection, 5)
        assert set(relay.rooms.holders.values()) == {1}
        relay.rooms.close("2", "removed")
        await receive_until(connection, "unsubscribed")
    await relay.rooms.let_go()


@pytest.mark.parametrize("seed", range(3))
async def test_random_clients_get_exactly_what_they_subscribed_to(relay: Relay, seed: int) -> None:
    pick = random.Random(seed)
    methods = ["chat", "gift", "like", "member", "social"]
    long_names = {name: f"Webcast{name.capitalize()}Message" for name in methods}
    rooms = ["1", "2", "3", "4"]
    wishes = []
    connections = []
    for _ in range(25):
        wanted = pick.sample(rooms, pick.randint(1, 4))
        some = pick.sample(methods, pick.randint(0, 4))
        query = f"?room_id={','.join(wanted)}" + (f"&method={','.join(some)}" if some else "")
        connection = await relay.connect(query)
        connections.append(connection)
        wishes.append(({*wanted}, {long_names[name] for name in some or methods}))
        await receive(connection, 1 + 2 * len(wanted))
    published = []
    for number in range(300):
        room, method = pick.choice(rooms), long_names[pick.choice(methods)]
        if room in relay.rooms.rooms:
            relay.publish(room, make_event(method, msg_id=str(number + 1)))
            published.append((room, method, str(number + 1)))
        if pick.random() < 0.3:
            await asyncio.sleep(0)
    for connection, (wanted, some) in zip(connections, wishes, strict=True):
        got: dict[str, list[str]] = {}
        for frame in await relay.sent(connection):
            got.setdefault(frame["epoch"], []).append(frame["msg_id"])
        for room in wanted:
            expected = [i for r, method, i in published if r == room and method in some]
            assert got.pop(relay.rooms[room].epoch, []) == expected
        assert got == {}
        await connection.close()


async def test_resuming_after_a_lost_connection_has_no_seam() -> None:
    async with relay_running(hub=HubConfig(history_events=500)) as relay:
        relay.rooms.add("1")
        seen: list[int] = []
        position = f"{relay.rooms['1'].epoch}:0"
        done = asyncio.Event()

        async def publish() -> None:
            for _ in range(100):
                relay.publish("1", make_event(), make_event())
                await asyncio.sleep(0.001)
            done.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(publish())
            while not done.is_set() or len(seen) < 200:
                async with relay.connect(f"?room_id=1&since={position}") as connection:
                    await receive_until(connection, "room")
                    for frame in await receive(connection, min(7, 200 - len(seen))):
                        assert "op" not in frame
                        seen.append(frame["offset"])
                        position = f"{frame['epoch']}:{frame['offset']}"
        assert seen == list(range(1, 201))


async def test_a_position_is_answered_with_where_delivery_goes_on(relay: Relay) -> None:
    relay.publish("1", *(make_event() for _ in range(5)))
    epoch = relay.rooms["1"].epoch
    for since, offset, ops in (
        (f"{epoch}:3", 3, ["subscribed", "room", None, None]),
        (f"{epoch}:5", 5, ["subscribed", "room"]),
        ("0000000another:2", 0, ["subscribed", "room", "gap"] + [None] * 5),
        (f"{epoch}:6", 5, ["subscribed", "room", "gap"]),
    ):
        async with relay.connect(f"?room_id=1&since={since}") as connection:
            frames = await receive(connection, 1 + len(ops))
            assert [frame.get("op") for frame in frames[1:]] == ops
            assert (frames[1]["epoch"], frames[1]["offset"]) == (epoch, offset)
            assert await relay.sent(connection) == []


async def test_a_pong_comes_behind_events_that_wait_for_others(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "BUSY_SHARE", 1e-12)
    monkeypatch.setattr(pace, "MAX_REST_S", 3600)
    async with (
        relay.connect("?room_id=1,2&method=chat") as connection,
        relay.connect("?room_id=1") as other,
    ):
        await receive(connection, 5)
        await receive(other, 3)
        relay.publish("1", make_event())
        relay.hub.flush()  # from here on events are held back
        relay.publish("1", make_event(), make_event("WebcastLikeMessage"), make_event())
        relay.publish("2", make_event())
        await connection.send('{"op":"ping"}')
        frames = await receive_until(connection, "pong")
        epochs = [relay.rooms[room].epoch for room in "12"]
        assert [(f["epoch"], f["offset"]) for f in frames[:-1]] == [
            (epochs[0], 1), (epochs[0], 2), (epochs[0], 4), (epochs[1], 1),
        ]  # fmt: skip
        relay.publish("1", make_event())
        relay.hub.flush()
        assert [f["offset"] for f in await receive(connection)] == [5]
        assert [f["offset"] for f in await receive(other, 5)] == [1, 2, 3, 4, 5]


async def test_a_pong_comes_behind_history(relay: Relay) -> None:
    relay.publish("1", *(make_event(content="好" * 10_000) for _ in range(100)))
    async with relay.connect(f"?room_id=1&since={relay.rooms['1'].epoch}:0") as connection:
        await connection.send('{"op":"ping"}')
        frames = await receive_until(connection, "pong")
        assert [f["offset"] for f in frames[3:-1]] == list(range(1, 101))


async def test_nothing_follows_a_close_frame(relay: Relay) -> None:
    async with relay.connect("?room_id=1") as connection:
        await receive(connection, 3)
        closing = asyncio.ensure_future(connection.close())
        for _ in range(50):
            relay.publish("1", make_event())
            await asyncio.sleep(0)
        await closing
        # A frame behind the close frame would have made the client fail with 1002.
        assert [json.loads(message)["offset"] async for message in connection][:1] in ([], [1])
        assert connection.close_code == 1000


async def test_clients_that_have_gone_take_no_memory(relay: Relay) -> None:
    relay.rooms.add("1")
    async with leaving_none(ClientConnection, ServerProtocol):
        for _ in range(5):
            async with relay.connect("?room_id=1") as connection:
                await receive(connection, 3)
                await connection.send('{"op":"ping"}')
                await receive(connection, 1)
            async with relay.connect("?room_id=1") as connection:
                await receive(connection, 3)
                connection.transport.abort()  # without a word
            async with relay.connect("?room_id=1") as connection:
                await receive(connection, 3)
                with suppress(ConnectionClosed):
                    connection.transport.write(b"\xff\xff")  # no frame
                    await receive(connection, 1)
            async with relay.connect("?room_id=no-such") as connection:
                with suppress(ConnectionClosed):
                    await receive(connection, 9)
            with suppress(InvalidStatus):
                await relay.connect("?room_id=1", origin="http://elsewhere.example")
            await talk(relay, b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n")
        await relay.rooms.let_go()
