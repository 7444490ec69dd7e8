"""/chat: shapes, cursors, gaps, rooms that are started, and what a room's state means."""

import asyncio
from typing import Any

import pytest
from asking import Rest, counted, gave, liked, said
from serving import Relay, make_event, make_status, receive, relay_running
from websockets.exceptions import InvalidStatus

from relay.config import HubConfig, ServerConfig
from relay.hub import RoomState


def texts(data: dict[str, Any]) -> list[str]:
    return [message["payload"]["content"] for message in data["messages"]]


async def test_the_shape_of_2021(relay: Relay, rest: Rest) -> None:
    relay.publish("1", said("你好 😀", msg_id="7004351817794718504"), liked(count=3, total=10))
    relay.publish("1", counted(), gave(name="玫瑰", count=2, content="送出了 玫瑰 x2"))
    data = await rest.chat()
    assert list(data) == [
        "messages", "cursor", "fetch_interval", "now", "internal_ext", "ignores", "gap",
        "gap_reason",
    ]  # fmt: skip
    assert data["messages"][0] == {
        "method": "WebcastChatMessage",
        "msg_id": "7004351817794718504",
        "payload": {
            "room_id": "7000000000000000001",
            "content": "你好 😀",
            "user": {
                "uid": "9007199254740993",
                "nickname": "小明 🌺",
                "avatar": "",
                "unique_id": "",
                "sec_uid": "MS4wLjABAAAA",
            },
        },
        "create_time_ms": 1_630_827_777_298,
        "seq": 1,
    }
    assert data["messages"][1]["payload"]["like"] == {"count": 3, "total": 10}
    assert data["messages"][2]["payload"]["gift"]["name"] == "玫瑰"
    assert [message["seq"] for message in data["messages"]] == [1, 2, 4]
    assert (data["fetch_interval"], data["internal_ext"]) == (1000, "")
    assert (data["gap"], data["gap_reason"]) == (False, "")
    assert data["now"] > 1_600_000_000_000
    assert "WebcastRoomUserSeqMessage" in data["ignores"]
    assert "WebcastChatMessage" not in data["ignores"]


async def test_the_shape_of_2020_is_flat_and_pages_by_meta(relay: Relay, rest: Rest) -> None:
    relay.publish("1", said("你好", msg_id="7"), liked())
    reply = await rest.get("chat", room_id=1, format="v2020")
    chat, like = reply.data
    assert (chat["type"], chat["text"], chat["tid"], chat["msg_id"]) == (
        "WebcastChatMessage", "你好", "7", "7",
    )  # fmt: skip
    assert (like["msg"], like["nickname"]) == ("点赞", "小明 🌺")
    meta = reply.body["meta"]
    assert (meta["source"], meta["gap"], meta["gap_reason"]) == ("events", False, "")
    relay.publish("1", said("再见"))
    reply = await rest.get("chat", room_id=1, format="v2020", cursor=meta["cursor"])
    assert [item["text"] for item in reply.data] == ["再见"]


async def test_without_a_cursor_the_newest_come_and_paging_goes_on_behind_them(
    relay: Relay, rest: Rest
) -> None:
    relay.publish("1", *(said(f"第{n}句") for n in range(5)), counted())
    data = await rest.chat(limit=2)
    assert texts(data) == ["第3句", "第4句"]
    assert await rest.chat(cursor=data["cursor"]) == {
        **data, "messages": [], "now": pytest.approx(data["now"], abs=60_000),
    }  # fmt: skip
    relay.publish("1", said("第5句"))
    assert texts(await rest.chat(cursor=data["cursor"])) == ["第5句"]


async def test_a_cursor_pages_through_all_that_is_kept(relay: Relay, rest: Rest) -> None:
    relay.publish("1", *(said(f"第{n}句") for n in range(5)))
    cursor = f"{relay.rooms['1'].epoch}:0"
    seen = []
    for _ in range(3):
        data = await rest.chat(cursor=cursor, limit=2)
        seen.append(texts(data))
        cursor = data["cursor"]
    assert seen == [["第0句", "第1句"], ["第2句", "第3句"], ["第4句"]]


async def test_the_cursor_is_where_a_websocket_takes_up(relay: Relay, rest: Rest) -> None:
    relay.publish("1", said("一"), said("二"))
    cursor = (await rest.chat(limit=1, cursor=f"{relay.rooms['1'].epoch}:0"))["cursor"]
    async with relay.connect(f"?room_id=1&since={cursor}") as connection:
        frames = await relay.sent(connection)
    assert [frame["offset"] for frame in frames if "op" not in frame] == [2]


async def test_two_with_the_same_cursor_get_the_same_bytes(relay: Relay, rest: Rest) -> None:
    relay.publish("1", *(said(f"第{n}句") for n in range(50)), counted())
    relay.hub.announce_gap(relay.rooms["1"], "corrupt_frame")
    relay.publish("1", liked())
    cursor = f"{relay.rooms['1'].epoch}:10"
    bodies = set()
    for wait in (0, 0, 5, 5):
        reply = await rest.get("chat", room_id=1, cursor=cursor, wait=wait, limit=100)
        body = reply.text.replace(reply.body["request_id"], "")
        for changing in ("now", "fetched_at_ms"):
            value = (reply.data if changing == "now" else reply.body["meta"])[changing]
            body = body.replace(str(value), "")
        bodies.add(body)
    assert len(bodies) == 1


async def test_lost_history_is_told_and_what_is_left_follows(rest: Rest) -> None:
    async with relay_running(hub=HubConfig(history_events=3)) as relay:
        relay.rooms.add("1")
        rest = Rest(relay, rest.http)
        cursor = f"{relay.rooms['1'].epoch}:0"
        relay.publish("1", *(said(f"第{n}句") for n in range(5)))
        data = await rest.chat(cursor=cursor)
        assert (data["gap"], data["gap_reason"]) == (True, "history")
        assert texts(data) == ["第2句", "第3句", "第4句"]
        again = await rest.chat(cursor=data["cursor"])
        assert (again["gap"], again["messages"]) == (False, [])


async def test_lost_events_that_chat_does_not_serve_are_no_gap(rest: Rest) -> None:
    async with relay_running(hub=HubConfig(history_events=3)) as relay:
        relay.rooms.add("1")
        relay.publish("1", said("一"))
        cursor = f"{relay.rooms['1'].epoch}:1"
        relay.publish("1", *(counted() for _ in range(5)), said("二"))
        data = await Rest(relay, rest.http).chat(cursor=cursor)
        assert (data["gap"], texts(data)) == (False, ["二"])


@pytest.mark.parametrize(("epoch", "reason"), [("1j3k5m7p9rtv", "epoch"), ("", "ahead")])
async def test_a_cursor_of_another_run_is_a_gap_then_all_that_is_kept(
    relay: Relay, rest: Rest, epoch: str, reason: str
) -> None:
    relay.publish("1", said("一"), said("二"))
    cursor = f"{epoch or relay.rooms['1'].epoch}:99"
    data = await rest.chat(cursor=cursor, wait=25)
    assert (data["gap"], data["gap_reason"]) == (True, reason)
    assert texts(data) == (["一", "二"] if reason == "epoch" else [])
    assert not (await rest.chat(cursor=data["cursor"]))["gap"]


async def test_upstreams_loss_is_told_once_with_what_follows_it(relay: Relay, rest: Rest) -> None:
    relay.publish("1", said("一"))
    cursor = (await rest.chat())["cursor"]
    relay.hub.announce_gap(relay.rooms["1"], "upstream_reconnect")
    data = await rest.chat(cursor=cursor)
    assert (data["gap"], data["cursor"]) == (False, cursor), "nothing follows it yet"
    relay.publish("1", said("二"))
    data = await rest.chat(cursor=cursor)
    assert (data["gap_reason"], texts(data)) == ("upstream_reconnect", ["二"])
    assert not (await rest.chat(cursor=data["cursor"]))["gap"]


async def test_an_event_that_cannot_be_read_is_a_gap(relay: Relay, rest: Rest) -> None:
    cursor = (await rest.chat())["cursor"]
    relay.publish("1", make_event("WebcastChatMessage", payload_base64="////"))
    data = await rest.chat(cursor=cursor)
    assert (data["messages"], data["gap_reason"]) == ([], "undecodable")


async def test_a_wait_ends_with_the_first_message(relay: Relay, rest: Rest) -> None:
    cursor = (await rest.chat())["cursor"]
    polls = [asyncio.create_task(rest.chat(cursor=cursor, wait=25)) for _ in range(3)]
    await relay.rooms.held(3)
    relay.publish("1", counted())
    relay.publish("1", said("你好"))
    found = [(texts(data), data["cursor"]) for data in await asyncio.gather(*polls)]
    assert found == [(["你好"], f"{relay.rooms['1'].epoch}:2")] * 3
    await relay.rooms.let_go()


async def test_a_wait_ends_with_nothing_when_its_time_is_over(relay: Relay, rest: Rest) -> None:
    cursor = (await rest.chat())["cursor"]
    data = await rest.chat(cursor=cursor, wait=1)
    assert (data["messages"], data["cursor"], data["gap"]) == ([], cursor, False)


async def test_who_hangs_up_gives_the_room_back(relay: Relay, rest: Rest) -> None:
    poll = asyncio.create_task(rest.chat(wait=25))
    await relay.rooms.held(1)
    poll.cancel()
    await relay.rooms.let_go()


async def test_long_polls_are_clients_too(rest: Rest) -> None:
    async with relay_running(server=ServerConfig(port=0, max_clients=2)) as relay:
        relay.rooms.add("1")
        rest = Rest(relay, rest.http)
        async with relay.connect() as connection:
            await receive(connection)
            poll = asyncio.create_task(rest.chat(wait=25))
            await relay.rooms.held(1)
            reply = await rest.get("chat", room_id=1, wait=1)
            assert reply.error == (503, "too_many_clients")
            assert reply.headers["Retry-After"] == "5"
            with pytest.raises(InvalidStatus):
                await relay.connect()
            assert texts(await rest.chat()) == [], "who doesn't wait isn't refused"
            relay.publish("1", said("你好"))
            assert texts(await poll) == ["你好"]
        assert texts(await rest.chat(wait=25)) == ["你好"]


async def test_long_polls_end_when_the_relay_stops(rest: Rest) -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        rest = Rest(relay, rest.http)
        polls = [asyncio.create_task(rest.chat(wait=25)) for _ in range(20)]
        await relay.rooms.held(20)
        await relay.server.stop(5)
        for data in await asyncio.gather(*polls):
            assert (data["messages"], data["gap"]) == ([], False)


async def test_an_unwatched_room_is_started_and_waited_for(relay: Relay, rest: Rest) -> None:
    relay.rooms.first_status = make_status("5", state=RoomState.RESOLVING)
    poll = asyncio.create_task(rest.chat("5"))
    await relay.rooms.held(1)
    relay.hub.set_status(relay.rooms["5"], make_status("5", state=RoomState.CONNECTING))
    assert (await poll)["messages"] == []
    relay.publish("5", said("你好"))
    assert texts(await rest.chat("5")) == ["你好"]


@pytest.mark.parametrize(
    ("state", "reason", "error"),
    [
        (RoomState.ENDED, "", (409, "room_not_live")),
        (RoomState.WAITING, "offline", (409, "room_not_live")),
        (RoomState.ERROR, "not_found", (404, "room_not_found")),
        (RoomState.BLOCKED, "captcha", (503, "upstream_blocked")),
        (RoomState.RESOLVING, "timeout", (504, "upstream_timeout")),
        (RoomState.RESOLVING, "rate_limited", (429, "rate_limited")),
    ],
)
async def test_a_started_room_turns_out_to_be_something_else(
    relay: Relay, rest: Rest, state: RoomState, reason: str, error: tuple[int, str]
) -> None:
    relay.rooms.first_status = make_status("5", state=RoomState.RESOLVING)
    poll = asyncio.create_task(rest.get("chat", room_id=5))
    await relay.rooms.held(1)
    relay.hub.set_status(relay.rooms["5"], make_status("5", state=state, reason=reason))
    assert (await poll).error == error
    await relay.rooms.let_go()


async def test_a_room_that_is_closed_as_not_found_is_404(relay: Relay, rest: Rest) -> None:
    relay.rooms.first_status = make_status("5", state=RoomState.RESOLVING)
    poll = asyncio.create_task(rest.get("chat", room_id=5, wait=25))
    await relay.rooms.held(1)
    missing = make_status("5", state=RoomState.ERROR, reason="not_found")
    relay.hub.set_status(relay.rooms["5"], missing)
    relay.rooms.close("5", "not_found")
    assert (await poll).error == (404, "room_not_found")


async def test_what_is_behind_the_cursor_comes_also_after_the_end(relay: Relay, rest: Rest) -> None:
    cursor = (await rest.chat())["cursor"]
    relay.publish("1", said("再见"))
    relay.hub.set_status(relay.rooms["1"], make_status("1", state=RoomState.ENDED))
    data = await rest.chat(cursor=cursor, wait=25)
    assert texts(data) == ["再见"]
    reply = await rest.get("chat", room_id=1, cursor=data["cursor"], wait=25)
    assert reply.error == (409, "room_not_live")


async def test_polls_of_a_room_that_is_removed_end_with_what_there_is(
    relay: Relay, rest: Rest
) -> None:
    poll = asyncio.create_task(rest.chat(wait=25))
    await relay.rooms.held(1)
    relay.rooms.close("1", "removed")
    assert (await poll)["messages"] == []


async def test_polls_move_with_a_room_that_is_another_one(relay: Relay, rest: Rest) -> None:
    relay.rooms.first_status = make_status("5", state=RoomState.RESOLVING)
    poll = asyncio.create_task(rest.chat("5", wait=25))
    await relay.rooms.held(1)
    relay.publish("1", said("你好"))
    relay.rooms.merge("5", "1")
    data = await poll
    assert (texts(data), data["gap"]) == (["你好"], False)
    assert data["cursor"].startswith(relay.rooms["1"].epoch)
    await relay.rooms.let_go()


async def test_a_room_that_may_not_be_watched(rest: Rest) -> None:
    reply = await rest.get("chat", web_rid="refused")
    assert reply.error == (409, "room_refused")
