"""Events that nobody caused, put into a room's stream by request."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from keys import ADMIN, WATCH, auth, bearer
from serving import (
    Relay,
    make_event,
    make_payload,
    make_status,
    receive,
    receive_until,
    relay_running,
)

from relay.events import PAYLOAD_TYPES, ChatPayload
from relay.hub import RoomState
from relay.room.books import Books
from relay.webcast import gifts


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with relay_running() as relay:
        relay.rooms.add("1")
        yield relay


@pytest.fixture
async def http(relay: Relay) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(relay.url) as session:
        yield session


async def simulate(http: aiohttp.ClientSession, room: str, body: Any, **options: Any) -> Any:
    """Ask for an event; gives status and answer."""
    async with http.post(f"/api/rooms/{room}/simulate", json=body, **options) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("body", "method", "expected"),
    [
        (
            {"kind": "chat", "nickname": "<b>小明</b>", "content": "你好"},
            "WebcastChatMessage",
            {"content": "你好"},
        ),
        (
            {"kind": "gift", "gift": {"name": "嘉年华", "count": 3, "diamonds": 30000}},
            "WebcastGiftMessage",
            {"name": "嘉年华", "count": 3, "diamond_total": 90000, "content": "送出了 嘉年华 x3"},
        ),
        ({"kind": "like", "count": 9}, "WebcastLikeMessage", {"count": 9}),
        ({"kind": "follow"}, "WebcastSocialMessage", {"action": 1}),
        ({"kind": "share"}, "WebcastSocialMessage", {"action": 3}),
        ({"kind": "member"}, "WebcastMemberMessage", {"content": "来了"}),
        ({"kind": "fansclub"}, "WebcastFansclubMessage", {"action": 2}),
    ],
)
async def test_subscribers_get_it_marked(
    relay: Relay, http: aiohttp.ClientSession, body: Any, method: str, expected: dict[str, Any]
) -> None:
    async with relay.connect("?room_id=1") as connection:
        subscribed = (await receive_until(connection, "subscribed"))[-1]
        status, answer = await simulate(http, "1", body)
        assert status == 201
        offset = subscribed["offset"] + 1
        assert answer["events"] == [
            {"method": method, "epoch": subscribed["epoch"], "offset": offset}
        ]
        (_, event) = await receive(connection, 2)
        assert (event["method"], event["offset"], event["simulated"]) == (method, offset, True)
        payload = event["payload"]
        assert expected.items() <= payload.items()
        assert payload["user"]["nickname"] == body.get("nickname", "测试观众")
        msgspec.convert(payload, PAYLOAD_TYPES[method])


async def test_real_events_are_not_marked(relay: Relay, http: aiohttp.ClientSession) -> None:
    await simulate(http, "1", {"kind": "chat"})
    relay.publish("1", make_event())
    async with http.get("/api/rooms/1/events") as answer:
        newest, oldest = (await answer.json())["events"]
    assert oldest["simulated"] is True
    assert "simulated" not in newest


async def test_the_same_name_is_the_same_person(relay: Relay, http: aiohttp.ClientSession) -> None:
    for nickname in ("甲", "乙", "甲"):
        await simulate(http, "1", {"kind": "follow", "nickname": nickname})
    async with http.get("/api/rooms/1/events") as answer:
        uids = [event["payload"]["user"]["uid"] for event in (await answer.json())["events"]]
    assert uids[0] == uids[2] != uids[1]


async def test_a_scene_is_set_up_before_the_broadcast(
    relay: Relay, http: aiohttp.ClientSession
) -> None:
    offline = make_status("1", state=RoomState.WAITING, room_id="")
    relay.hub.set_status(relay.rooms["1"], offline)
    status, _ = await simulate(http, "1", {"kind": "follow"})
    assert status == 201


@pytest.mark.parametrize(
    ("room", "body", "refusal", "says"),
    [
        ("9", {"kind": "chat"}, (404, "unknown_room"), "'9' is not watched"),
        ("no-room", {"kind": "chat"}, (404, "unknown_room"), "no room"),
        ("1", {}, (400, "bad_request"), "`kind`"),
        (
            "1",
            {"kind": "explosion"},
            (400, "bad_request"),
            "kinds: chat, gift, follow, like, member,",
        ),
        ("1", {"kind": "chat", "nick": "x"}, (400, "bad_request"), "`nick`"),
        ("1", {"kind": "gift", "gift": {"count": 0}}, (400, "bad_request"), "$.gift.count"),
        ("1", {"kind": "chat", "content": "x" * 501}, (400, "bad_request"), "$.content"),
    ],
)
async def test_what_can_not_be(
    http: aiohttp.ClientSession, room: str, body: Any, refusal: tuple[int, str], says: str
) -> None:
    answer = await simulate(http, room, body)
    assert (answer[0], answer[1]["error"]["code"]) == refusal
    assert says in answer[1]["error"]["message"]


async def test_it_takes_the_scope_admin() -> None:
    async with relay_running(auth=auth()) as relay, aiohttp.ClientSession(relay.url) as http:
        relay.rooms.add("1")
        chat = {"kind": "chat"}
        assert (await simulate(http, "1", chat, headers=bearer(WATCH)))[0] == 403
        assert (await simulate(http, "1", chat, headers=bearer(ADMIN)))[0] == 201


@pytest.mark.parametrize("form", ["v2021", "v2020"])
async def test_rest_tells_it_apart_too(
    relay: Relay, http: aiohttp.ClientSession, form: str
) -> None:
    await simulate(http, "1", {"kind": "chat"})
    relay.publish("1", msgspec.structs.replace(make_event(), payload=make_payload(ChatPayload)))
    async with http.get(f"/douyin/liveroom/chat?room_id=1&format={form}") as answer:
        data = (await answer.json())["data"]
    first, second = data["messages"] if form == "v2021" else data
    assert first["simulated"] is True
    assert "simulated" not in second


async def test_the_answer_says_where_the_event_is_when_others_make_room_for_it(
    relay: Relay, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gifts, "MAX_OPEN", 1)
    books = Books(lambda events: relay.publish("1", *events))
    relay.rooms["1"].books = books
    try:
        for nickname in ("甲", "乙"):
            _, answer = await simulate(http, "1", {"kind": "gift", "nickname": nickname})
        async with http.get("/api/rooms/1/events") as listed:
            events = {event["offset"]: event for event in (await listed.json())["events"]}
        assert "RelayGiftCombo" in {event["method"] for event in events.values()}
        (given,) = answer["events"]
        assert events[given["offset"]]["method"] == "WebcastGiftMessage"
        assert events[given["offset"]]["payload"]["user"]["nickname"] == "乙"
    finally:
        books.close()
