"""/info, /feed, /audience, /promotions: Douyin's answers, or what a room's events tell instead."""

import asyncio
import time
from typing import Any

import pytest
from asking import Rest, event_of
from keys import READ, auth
from serving import Relay, make_payload, make_status, relay_running, told

from relay.config import WatchConfig
from relay.events import (
    Contributor,
    LiveShoppingPayload,
    ProductChangePayload,
    RoomUserSeqPayload,
    User,
)
from relay.hub import RoomState
from relay.webcast.rest.answer import Cart

NUMBERS = event_of(
    "WebcastRoomUserSeqMessage",
    RoomUserSeqPayload,
    total=12,
    total_user=99,
    ranks=(
        make_payload(
            Contributor,
            rank=1,
            score=99,
            user=make_payload(User, uid="9007199254740993", nickname="小明"),
        ),
    ),
)
OFFER = event_of("WebcastLiveShoppingMessage", LiveShoppingPayload, promotion_id="3436")
CHANGE = event_of("WebcastProductChangeMessage", ProductChangePayload, total=31)


@pytest.mark.parametrize("endpoint", ["info", "audience", "promotions"])
async def test_what_douyin_answers_is_passed_on_with_its_age(
    relay: Relay, rest: Rest, endpoint: str
) -> None:
    given = {"id": 2**63 - 1, "title": "你好 😀", "nested": [{"a": None}]}
    relay.live.give(endpoint, "5", given, source="html", missing=("data.owner", "ranks[]"))
    reply = await rest.get(endpoint, room_id=5)
    assert reply.data == given
    assert "9223372036854775807" in reply.text
    meta = reply.body["meta"]
    assert list(meta) == ["source", "fetched_at_ms", "cache_age_ms", "missing", "ignored"]
    assert (meta["source"], meta["fetched_at_ms"]) == ("html", 1_630_827_777_298)
    assert meta["cache_age_ms"] > 0
    assert meta["missing"] == ["data.owner", "ranks[]"]


async def test_the_feed_is_limited_and_enriched_as_asked(relay: Relay, rest: Rest) -> None:
    relay.live.give("feed", "20", {"rooms": "all"})
    relay.live.give("feed", "3+", {"rooms": "few"})
    assert (await rest.get("feed")).data == {"rooms": "all"}
    assert (await rest.get("feed", limit=3, enrich=1)).data == {"rooms": "few"}


@pytest.mark.parametrize("cause", ["signer_missing", "signer", "empty_body", "captcha"])
async def test_where_douyin_refuses_its_events_tell_of_the_audience(
    relay: Relay, rest: Rest, cause: str
) -> None:
    publish(relay, NUMBERS)
    relay.live.fail("audience", "1", cause)
    reply = await rest.get("audience", room_id=1)
    data = reply.data["data"]
    assert (data["partial"], data["total"]) == (True, 12)
    (place,) = data["ranks"]
    assert (place["rank"], place["score"], place["user"]["nickname"]) == (1, 99, "小明")
    assert (place["user"]["id"], place["user"]["id_str"]) == (9007199254740993, "9007199254740993")
    meta = reply.body["meta"]
    assert meta["source"] == "events"
    assert meta["fetched_at_ms"] == relay.rooms["1"].snapshot.audience_at_ms


async def test_where_douyin_refuses_its_events_tell_of_the_goods(relay: Relay, rest: Rest) -> None:
    publish(relay, OFFER, CHANGE)
    relay.live.fail("promotions", "1", "signer_missing")
    data = (await rest.get("promotions", room_id=1)).data
    assert (data["partial"], data["total"], data["current_promotion_id"]) == (True, 31, "3436")
    assert [goods["promotion_id"] for goods in data["promotions"]] == ["3436"]


@pytest.mark.parametrize("total", [31, 0])
async def test_where_no_event_tells_of_the_goods_the_cart_is_counted_at_once(
    relay: Relay, rest: Rest, total: int
) -> None:
    relay.live.fail("promotions", "5", "signer_missing")
    relay.live.carts["5"] = Cart("web_enter", 1_630_827_777_298, total > 0, total)
    reply = await rest.get("promotions", room_id=5)
    data, meta = reply.data, reply.body["meta"]
    assert (data["partial"], data["total"], data["has_more"]) == (True, total, False)
    assert (data["promotions"], meta["source"]) == ([], "web_enter")
    assert meta["fetched_at_ms"] == 1_630_827_777_298
    relay.hub.set_status(relay.rooms["5"], make_status("5", room_id="7000000000000000001"))
    relay.hub.publish(relay.rooms["5"], [OFFER])
    data = (await rest.get("promotions", room_id=5)).data
    assert data["current_promotion_id"] == "3436", "it is watched for who asks again"
    await relay.rooms.let_go()


async def test_the_cart_is_also_for_those_who_may_not_start_rooms(rest: Rest) -> None:
    async with relay_running(auth=auth()) as relay:
        relay.live.fail("promotions", "5", "signer_missing")
        relay.live.carts["5"] = Cart("web_enter", 1_630_827_777_298, True, 31)
        reply = await Rest(relay, rest.http).get("promotions", room_id=5, token=READ)
        assert (reply.data["total"], list(relay.rooms.rooms)) == (31, [])


async def test_what_is_explained_now_is_known_by_the_events(relay: Relay, rest: Rest) -> None:
    given = {"promotions": [{"promotion_id": "3436", "shop_id": 2**63 - 1}], "total": 1}
    missing = ("current_promotion_id", "promotions[].price")
    for room in ("1", "2", "5"):
        document = {**given, "current_promotion_id": ""}
        relay.live.give("promotions", room, document, source="pop", missing=missing)
    publish(relay, OFFER)
    relay.publish("2", CHANGE)
    reply = await rest.get("promotions", room_id=1)
    assert reply.data == {**given, "current_promotion_id": "3436"}
    assert "9223372036854775807" in reply.text
    assert reply.body["meta"]["source"] == "pop"
    assert reply.body["meta"]["missing"] == ["promotions[].price"]
    for room in ("2", "5"):
        reply = await rest.get("promotions", room_id=room)
        assert reply.data == {**given, "current_promotion_id": ""}
        assert reply.body["meta"]["missing"] == list(missing)


async def test_what_an_earlier_broadcast_explained_is_not_explained_now(
    relay: Relay, rest: Rest
) -> None:
    publish(relay, OFFER)
    relay.hub.set_status(relay.rooms["1"], make_status("1", room_id="7000000000000000002"))
    document = {"current_promotion_id": ""}
    relay.live.give("promotions", "1", document, missing=("current_promotion_id",))
    assert (await rest.get("promotions", room_id=1)).data == document


async def test_a_cart_that_is_not_counted_tells_nothing(relay: Relay, rest: Rest) -> None:
    relay.live.fail("promotions", "1", "signer_missing")
    relay.live.carts["1"] = Cart("reflow", 1_630_827_777_298, True, None)
    assert (await rest.get("promotions", room_id=1)).error == (503, "signer_unavailable")


@pytest.mark.parametrize("cause", ["timeout", "bad_body", "unreachable", "unknown_room"])
async def test_other_failures_are_not_made_up_for(relay: Relay, rest: Rest, cause: str) -> None:
    publish(relay, NUMBERS)
    relay.live.fail("audience", "1", cause)
    assert (await rest.get("audience", room_id=1)).status != 200


@pytest.mark.parametrize("endpoint", ["audience", "promotions"])
async def test_an_unwatched_room_is_started_and_its_first_events_waited_for(
    relay: Relay, rest: Rest, endpoint: str
) -> None:
    relay.rooms.first_status = make_status("5", state=RoomState.RESOLVING)
    relay.live.fail(endpoint, "5", "signer_missing")
    asked = asyncio.create_task(rest.get(endpoint, room_id=5))
    await relay.rooms.held(1)
    relay.hub.set_status(relay.rooms["5"], make_status("5", room_id="7000000000000000001"))
    relay.hub.publish(relay.rooms["5"], [NUMBERS, OFFER])
    assert (await asked).status == 200
    await relay.rooms.let_go()


@pytest.mark.parametrize("endpoint", ["audience", "promotions"])
async def test_a_room_that_has_just_become_live_is_waited_for(
    relay: Relay, rest: Rest, endpoint: str
) -> None:
    live = make_status("1", room_id="7000000000000000001", since_ms=time.time_ns() // 1_000_000)
    relay.hub.set_status(relay.rooms["1"], live)
    relay.live.fail(endpoint, "1", "signer_missing")
    asked = asyncio.create_task(rest.get(endpoint, room_id=1))
    await relay.rooms.held(1)
    relay.publish("1", NUMBERS, OFFER)
    assert (await asked).status == 200


@pytest.mark.parametrize("endpoint", ["audience", "promotions"])
async def test_a_room_whose_first_events_tell_nothing(rest: Rest, endpoint: str) -> None:
    async with relay_running(first_s=0.05) as relay:
        relay.live.fail(endpoint, "5", "signer_missing")
        reply = await Rest(relay, rest.http).get(endpoint, room_id=5)
        assert reply.error == (503, "signer_unavailable")
        await relay.rooms.let_go()


@pytest.mark.parametrize("endpoint", ["audience", "promotions"])
async def test_a_room_whose_events_tell_nothing(relay: Relay, rest: Rest, endpoint: str) -> None:
    relay.live.fail(endpoint, "1", "signer_missing")
    reply = await rest.get(endpoint, room_id=1)
    assert reply.error == (503, "signer_unavailable")
    assert "it is signer_missing" in reply.body["msg"]
    relay.live.fail(endpoint, "1", "captcha")
    assert (await rest.get(endpoint, room_id=1)).error == (503, "upstream_blocked")


@pytest.mark.parametrize(
    ("state", "reason", "error"),
    [
        (RoomState.ENDED, "", (409, "room_not_live")),
        (RoomState.WAITING, "offline", (409, "room_not_live")),
        (RoomState.ERROR, "not_found", (404, "room_not_found")),
    ],
)
async def test_a_room_that_is_not_live_has_no_audience_though_it_had_one(
    relay: Relay, rest: Rest, state: RoomState, reason: str, error: tuple[int, str]
) -> None:
    publish(relay, NUMBERS)
    known = {"room_id": "7000000000000000001", "state": state, "reason": reason}
    relay.hub.set_status(relay.rooms["1"], make_status("1", **known))
    relay.live.fail("audience", "1", "signer_missing")
    assert (await rest.get("audience", room_id=1)).error == error


@pytest.mark.parametrize("endpoint", ["chat", "audience", "promotions"])
@pytest.mark.parametrize(
    ("state", "error"),
    [("not_found", (404, "room_not_found")), ("ended", (409, "room_not_live"))],
)
async def test_a_broadcast_that_is_not_live_is_not_started(
    relay: Relay, rest: Rest, endpoint: str, state: Any, error: tuple[int, str]
) -> None:
    room_id = "7000000000000000005"
    relay.live.fail(endpoint, room_id, "signer_missing")
    relay.live.rooms[room_id] = told(state, room_id=room_id)
    assert (await rest.get(endpoint, room_id=room_id)).error == error
    assert set(relay.rooms.rooms) == {"1", "2"}


async def test_an_ended_broadcast_without_a_list_has_its_cart_but_is_not_started(
    relay: Relay, rest: Rest
) -> None:
    room_id = "7000000000000000005"
    relay.live.fail("promotions", room_id, "signer_missing")
    relay.live.rooms[room_id] = told("ended", room_id=room_id)
    relay.live.carts[room_id] = Cart("reflow", 1_630_827_777_298, False, 0)
    assert (await rest.get("promotions", room_id=room_id)).data["total"] == 0
    assert set(relay.rooms.rooms) == {"1", "2"}


async def test_a_broadcast_of_which_nothing_is_known_is_started(relay: Relay, rest: Rest) -> None:
    assert (await rest.get("chat", room_id="7000000000000000005")).status == 200
    assert "7000000000000000005" in relay.rooms.rooms
    assert relay.live.asked == [("alive", "7000000000000000005")]


async def test_nothing_is_asked_of_rooms_that_may_not_be_started(rest: Rest) -> None:
    async with relay_running(auth=auth()) as relay:
        rest = Rest(relay, rest.http)
        reply = await rest.get("chat", room_id="7000000000000000005", token=READ)
        assert reply.error == (403, "forbidden_scope")
        assert relay.live.asked == []
    async with relay_running(watch=WatchConfig(on_demand=False)) as relay:
        await Rest(relay, rest.http).get("chat", room_id="7000000000000000005")
        assert relay.live.asked == []


async def test_an_earlier_broadcast_is_not_answered_with_the_present_ones_audience(
    relay: Relay, rest: Rest
) -> None:
    publish(relay, NUMBERS)
    earlier = "6843198199583378191"
    relay.rooms.rooms[earlier] = relay.rooms["1"]
    relay.live.fail("audience", earlier, "signer_missing")
    assert (await rest.get("audience", room_id=earlier)).error == (503, "signer_unavailable")
    del relay.rooms.rooms[earlier]


async def test_a_room_that_may_not_be_watched_leaves_the_error_as_it_is(
    relay: Relay, rest: Rest
) -> None:
    relay.live.fail("audience", "refused", "signer_missing")
    reply = await rest.get("audience", web_rid="refused")
    assert reply.error == (503, "signer_unavailable")


def publish(relay: Relay, *events: Any) -> None:
    """Publish events of room 1's broadcast."""
    relay.hub.set_status(relay.rooms["1"], make_status("1", room_id="7000000000000000001"))
    relay.publish("1", *events)
