"""/status: order, what is certain of watched rooms, and what is not known."""

import time

import pytest
from asking import Rest
from serving import Relay, make_status, told

from relay.errors import UpstreamError
from relay.hub import RoomState
from relay.webcast.rest.answer import RoomAlive

OLD, PRESENT = "6843198199583378191", "7000000000000000009"


async def states(rest: Rest, **parameters: str) -> list[tuple[int, str, bool]]:
    data = (await rest.get("status", **parameters)).data
    assert list(data) == ["data", "extra", "status_code"]
    assert (data["status_code"], data["extra"]["now"] > 1_600_000_000_000) == (0, True)
    for room in data["data"]:
        assert room["room_id"] == int(room["room_id_str"] or 0)
        assert room["alive"] == (room["state"] == "live")
    return [(room["room_id"], room["state"], room["alive"]) for room in data["data"]]


async def test_each_room_once_in_the_order_asked(relay: Relay, rest: Rest) -> None:
    relay.live.rooms = {
        PRESENT: told("live", room_id=PRESENT, web_rid="80000000009"),
        OLD: told("ended", room_id=OLD),
        "5": told("not_found"),
    }
    assert await states(rest, room_id=f"{OLD},{PRESENT},5,{OLD},6") == [
        (6843198199583378191, "ended", False),
        (7000000000000000009, "live", True),
        (0, "not_found", False),
        (0, "unknown", False),
    ]
    assert relay.live.asked == [("alive", OLD, PRESENT, "5", "6")]


async def test_rooms_by_web_rid(relay: Relay, rest: Rest) -> None:
    relay.live.rooms = {"80000000009": told("live", room_id=PRESENT)}
    room = (await rest.get("status", web_rid="80000000009")).data["data"][0]
    assert room == {
        "alive": True,
        "room_id": 7000000000000000009,
        "room_id_str": PRESENT,
        "state": "live",
        "web_rid": "80000000009",
        "cause": "",
    }


async def test_watched_rooms_cost_no_question(relay: Relay, rest: Rest) -> None:
    relay.hub.set_status(relay.rooms["2"], make_status("2", state=RoomState.ENDED))
    assert [state for _, state, _ in await states(rest, room_id="1,2")] == ["live", "ended"]
    assert relay.live.asked == []
    before_ms = time.time_ns() // 1_000_000
    meta = (await rest.get("status", room_id="1")).body["meta"]
    assert (meta["source"], meta["fetched_at_ms"] >= before_ms) == ("events", True)


async def test_the_age_is_that_of_the_oldest_that_is_told(relay: Relay, rest: Rest) -> None:
    relay.live.rooms = {
        "5": told("live", room_id=PRESENT, fetched_at_ms=1_630_827_777_298),
        "6": told("ended", room_id=OLD, fetched_at_ms=1_630_827_770_000, source="web_enter"),
    }
    meta = (await rest.get("status", room_id="1,5,6,7")).body["meta"]
    assert (meta["source"], meta["fetched_at_ms"]) == ("web_enter", 1_630_827_770_000)
    assert meta["cache_age_ms"] > 1_000_000_000
    meta = (await rest.get("status", room_id="1,5,7")).body["meta"]
    assert (meta["source"], meta["fetched_at_ms"]) == ("reflow", 1_630_827_777_298)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (RoomState.RESOLVING, ""),
        (RoomState.CONNECTING, ""),
        (RoomState.BLOCKED, "captcha"),
        (RoomState.WAITING, "not_found"),
        (RoomState.ERROR, "crashed"),
    ],
)
async def test_what_a_watched_room_is_not_sure_of_is_asked(
    relay: Relay, rest: Rest, state: RoomState, reason: str
) -> None:
    relay.hub.set_status(relay.rooms["1"], make_status("1", state=state, reason=reason))
    relay.live.rooms = {"1": told("live", room_id=PRESENT)}
    assert await states(rest, room_id="1") == [(7000000000000000009, "live", True)]


async def test_an_earlier_broadcast_of_a_live_room_is_asked_for(relay: Relay, rest: Rest) -> None:
    relay.live.rooms = {OLD: told("ended", room_id=OLD)}
    relay.rooms.rooms[OLD] = relay.rooms["1"]
    assert await states(rest, room_id=OLD) == [(6843198199583378191, "ended", False)]
    del relay.rooms.rooms[OLD]


async def test_unknown_is_not_ended_and_all_unknown_is_an_error(relay: Relay, rest: Rest) -> None:
    relay.live.rooms = {
        "5": RoomAlive("unknown", cause="captcha"),
        "6": RoomAlive("unknown", cause="timeout"),
    }
    reply = await rest.get("status", room_id="5")
    assert reply.error == (503, "upstream_blocked")
    assert reply.headers["Retry-After"] == "5"
    assert (await rest.get("status", room_id="6")).error == (503, "upstream_unavailable")
    assert await states(rest, room_id="5,1") == [
        (0, "unknown", False), (7000000000000000001, "live", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        ("other_code", "upstream_unavailable"),
        ("login_wanted", "upstream_blocked"),
        ("timeout", "upstream_unavailable"),
        ("unreachable", "upstream_unavailable"),
    ],
)
async def test_an_error_says_why_the_first_room_is_unknown(
    relay: Relay, rest: Rest, cause: str, kind: str
) -> None:
    refusal = UpstreamError(cause, "reflow says 4711", upstream_code=4711, upstream_text="系统繁忙")
    relay.live.rooms = {"5": RoomAlive("unknown", cause=cause, refusal=refusal)}
    reply = await rest.get("status", room_id="5,6")
    assert reply.error == (503, kind)
    assert reply.body["msg"] == (
        "of no room it is known whether it is live: of 5, reflow says 4711"
    )
    error = reply.body["error"]
    assert (error["upstream_status_code"], error["upstream_message"]) == (4711, "系统繁忙")
    assert error["retry_after"] == 5
