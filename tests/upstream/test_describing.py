"""What the API says of rooms: /info's documents, and whether rooms are live."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp import web
from fake_douyin import (
    ROOM_ID,
    SEC_UID,
    WEB_RID,
    FakeDouyin,
    empty,
    enter,
    fake_douyin,
    json_answer,
    page,
    reflow,
    status_answer,
)
from refusals import NOT_OF_A_ROOM, REFUSALS, coded

from relay.errors import RoomNameError, UpstreamError
from relay.upstream.api import LiveApi
from relay.upstream.client import Timings, Upstream
from relay.upstream.names import parse_room_name
from relay.webcast.rest.answer import Answer, RoomAlive

ENTER, REFLOW = "/webcast/room/web/enter/", "/webcast/room/reflow/info/"
PARAMS_ERROR = coded(10011, "Request params error")


@pytest.fixture
async def fake() -> AsyncIterator[FakeDouyin]:
    async with fake_douyin() as running:
        yield running


@pytest.fixture
async def api(fake: FakeDouyin) -> AsyncIterator[LiveApi]:
    async with Upstream(fake.config(), Timings()) as upstream:
        yield upstream.api


def room_of(answer: Answer) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(answer.data)
    room: dict[str, Any] = document["data"]
    return room


async def refused(api: LiveApi, name: str) -> UpstreamError:
    with pytest.raises(UpstreamError) as refusal:
        await api.info(name)
    return refusal.value


async def state_of(api: LiveApi, name: str) -> RoomAlive:
    (room,) = await api.alive([name])
    return room


class Held:
    """An answer that waits until it is let go."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.asked = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.asked.set()
        await self.go.wait()
        return self._answer(request)  # type: ignore[no-any-return]


# Documents


@pytest.mark.parametrize("status", [2, 4])
async def test_a_broadcast_is_described_by_one_call(
    fake: FakeDouyin, api: LiveApi, status: int
) -> None:
    fake.reflow = reflow(status, nickname="主播", web_rid=WEB_RID)
    answer = await api.info(ROOM_ID)
    room = room_of(answer)
    assert (room["id"], room["id_str"], room["status"]) == (int(ROOM_ID), ROOM_ID, status)
    assert room["owner"]["nickname"] == "主播"
    assert answer.source == "reflow"
    assert "data.stream_url" in answer.missing
    assert fake.paths == [REFLOW]
    assert "Cookie" not in fake.requests[0].headers


@pytest.mark.parametrize("name", [WEB_RID, f"https://live.douyin.com/{WEB_RID}?from=x", "yall1102"])
async def test_a_room_is_found_and_then_described(
    fake: FakeDouyin, api: LiveApi, name: str
) -> None:
    fake.enter, fake.reflow = enter(), reflow(web_rid=WEB_RID)
    answer = await api.info(name)
    assert (answer.source, room_of(answer)["id_str"]) == ("reflow", ROOM_ID)
    assert fake.paths == ["/", ENTER, REFLOW]


@pytest.mark.parametrize("how", NOT_OF_A_ROOM)
async def test_what_the_web_said_makes_up_for_reflow(
    fake: FakeDouyin, api: LiveApi, how: str
) -> None:
    fake.enter, fake.reflow = enter(), NOT_OF_A_ROOM[how][0]
    answer = await api.info(WEB_RID)
    assert (answer.source, room_of(answer)["title"]) == ("web_enter", "一")
    assert "data.create_time" in answer.missing
    assert fake.paths == ["/", ENTER, REFLOW]


async def test_the_page_makes_up_for_both(fake: FakeDouyin, api: LiveApi) -> None:
    fake.page = page()
    answer = await api.info(WEB_RID)
    assert (answer.source, room_of(answer)["title"]) == ("html", "一")
    assert fake.paths == ["/", ENTER, f"/{WEB_RID}", REFLOW]


async def test_a_room_id_whose_room_is_known_is_described_by_the_web_at_need(
    fake: FakeDouyin, api: LiveApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.upstream.api.INFO_S", 0.0)
    fake.enter, fake.reflow = enter(), reflow(web_rid=WEB_RID)
    assert (await api.info(ROOM_ID)).source == "reflow"
    fake.reflow = empty
    assert (await api.info(ROOM_ID)).source == "web_enter"
    # Not by another broadcast of the room.
    fake.enter = enter(room_id="7600000000000000002")
    fake.reflow = reflow(room_id="7600000000000000003", web_rid="650000000003")
    await api.info("7600000000000000003")
    fake.reflow = empty
    assert (await refused(api, "7600000000000000003")).cause == "empty_body"


@pytest.mark.parametrize("how", NOT_OF_A_ROOM)
async def test_what_watching_a_room_found_out_serves_those_who_ask_by_room_id(
    fake: FakeDouyin, how: str
) -> None:
    fake.enter, fake.reflow = enter(), NOT_OF_A_ROOM[how][0]
    async with Upstream(fake.config(), Timings()) as upstream:
        await upstream.resolver.look(parse_room_name(WEB_RID))
        assert (await upstream.api.info(ROOM_ID)).source == "web_enter"
        room = await state_of(upstream.api, ROOM_ID)
        assert (room.state, room.web_rid, room.source) == ("live", WEB_RID, "web_enter")


async def test_a_room_is_described_in_its_next_broadcast(
    fake: FakeDouyin, api: LiveApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.upstream.api.INFO_S", 0.0)
    following = "7600000000000000002"
    fake.enter, fake.reflow = enter(), reflow()
    assert room_of(await api.info(WEB_RID))["id_str"] == ROOM_ID
    ids = {ROOM_ID: reflow(4), following: reflow(2, following)}
    fake.enter = enter(room_id=following)
    fake.reflow = lambda request: ids[request.query["room_id"]](request)
    room = room_of(await api.info(WEB_RID))
    assert (room["id_str"], room["status"]) == (following, 2)
    alive = await state_of(api, WEB_RID)
    assert (alive.state, alive.room_id) == ("live", following)


@pytest.mark.parametrize("over", [reflow(4), coded(30003, "room has finished")])
async def test_that_a_broadcast_is_over_is_not_said_of_the_room_in_its_next_one(
    fake: FakeDouyin, api: LiveApi, over: Any
) -> None:
    following = "7600000000000000002"
    fake.enter, fake.reflow = enter(), over
    assert (await state_of(api, WEB_RID)).room_id == ROOM_ID
    fake.enter = enter(room_id=following)
    # Who asks by room_id finds out that this broadcast is over, which those by web_rid learn from.
    assert (await state_of(api, ROOM_ID)).state == "ended"
    alive = await state_of(api, WEB_RID)
    assert (alive.state, alive.room_id) == ("live", following)
    assert fake.paths.count(ENTER) == 2
    # Where the room can't be had, its last broadcast is not said to be its present one.
    fake.enter = empty
    ids = {ROOM_ID: over, following: reflow(4, following)}
    fake.reflow = lambda request: ids[request.query["room_id"]](request)
    assert (await state_of(api, following)).state == "ended"
    assert (await state_of(api, WEB_RID)).state == "unknown"
    assert (await refused(api, WEB_RID)).cause == "empty_body"


@pytest.mark.parametrize("how", REFUSALS)
async def test_refusals_of_reflow_are_told_apart(fake: FakeDouyin, api: LiveApi, how: str) -> None:
    fake.reflow, cause = REFUSALS[how]
    if cause == "room_over":
        assert room_of(await api.info(ROOM_ID))["status"] == 4
    else:
        assert (await refused(api, ROOM_ID)).cause == cause
    assert api.calls == {("reflow", cause): 1}


async def test_a_refusal_keeps_upstreams_code_and_words(fake: FakeDouyin, api: LiveApi) -> None:
    fake.reflow = coded(20003, "User doesn't login", "请登录后进入直播间")
    error = await refused(api, ROOM_ID)
    assert (error.upstream_code, error.upstream_text) == (20003, "请登录后进入直播间")
    fake.enter = coded(4001038, "", "该内容暂时无法查看")
    error = await refused(api, WEB_RID)
    assert (error.cause, error.upstream_code) == ("unknown_room", 4001038)
    assert error.upstream_text == "该内容暂时无法查看"


async def test_an_upstream_that_hangs_is_a_timeout(
    fake: FakeDouyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiohttp import ClientTimeout

    monkeypatch.setattr("relay.upstream.http._TIMEOUT", ClientTimeout(total=0.1))
    held = Held(reflow())
    fake.reflow = held
    async with Upstream(fake.config(), Timings()) as upstream:
        assert (await refused(upstream.api, ROOM_ID)).cause == "timeout"
    held.go.set()


async def test_a_missing_page_is_a_missing_room(fake: FakeDouyin, api: LiveApi) -> None:
    fake.page = status_answer(404)
    assert (await refused(api, WEB_RID)).cause == "unknown_room"
    # Being blocked is not.
    fake.page = status_answer(403)
    assert (await refused(api, "650000000002")).cause in ("empty_body", "forbidden")


async def test_a_room_without_a_broadcast_can_not_be_described(
    fake: FakeDouyin, api: LiveApi
) -> None:
    user = {"nickname": "主播", "sec_uid": SEC_UID}
    fake.enter = json_answer({"status_code": 0, "data": {"room_status": 2, "user": user}})
    error = await refused(api, WEB_RID)
    assert (error.cause, "never been live" in str(error)) == ("unknown_room", True)


@pytest.mark.parametrize("name", [ROOM_ID, WEB_RID])
async def test_of_a_broadcast_that_is_only_known_to_be_over_that_is_said(
    fake: FakeDouyin, api: LiveApi, name: str
) -> None:
    fake.enter = fake.reflow = fake.page = coded(30003, "room has finished", "直播已结束")
    answer = await api.info(name)
    room = room_of(answer)
    assert room["status"] == 4
    if name == ROOM_ID:
        assert (room["id"], room["id_str"]) == (int(ROOM_ID), ROOM_ID)
    else:
        assert (room["id"], room["owner"]["web_rid"]) == (0, WEB_RID)
        assert "data.id" in answer.missing
    assert {"data.title", "data.stream_url"} <= set(answer.missing)


# "Request params error"


async def test_a_room_id_that_upstream_takes_in_no_way_is_unknown(
    fake: FakeDouyin, api: LiveApi
) -> None:
    fake.reflow = PARAMS_ERROR
    error = await refused(api, ROOM_ID)
    assert (error.cause, error.upstream_code) == ("unknown_room", 10011)
    first, second = (request.query for request in fake.requests)
    assert first.keys() > second.keys()
    assert second["room_id"] == ROOM_ID


async def test_params_that_only_we_get_wrong_are_done_without(
    fake: FakeDouyin, api: LiveApi
) -> None:
    def picky(request: web.Request) -> web.StreamResponse:
        answer = PARAMS_ERROR if "verifyFp" in request.query else reflow()
        return answer(request)  # type: ignore[return-value]

    fake.reflow = picky
    assert room_of(await api.info(ROOM_ID))["id_str"] == ROOM_ID


async def test_a_second_check_that_fails_proves_nothing(fake: FakeDouyin, api: LiveApi) -> None:
    fake.reflow = lambda request: (PARAMS_ERROR if "verifyFp" in request.query else empty)(request)
    error = await refused(api, ROOM_ID)
    assert (error.cause, error.upstream_code) == ("bad_params", 10011)
    assert (await state_of(api, ROOM_ID)).state == "unknown"


# Shared and kept


async def test_two_hundred_ask_and_upstream_is_asked_once(fake: FakeDouyin, api: LiveApi) -> None:
    held = Held(reflow())
    fake.reflow = held
    asking = asyncio.gather(*(api.info(ROOM_ID) for _ in range(200)))
    await held.asked.wait()
    held.go.set()
    assert {room_of(answer)["id_str"] for answer in await asking} == {ROOM_ID}
    # Right after, too, and also whether it is live.
    await api.info(ROOM_ID)
    assert (await state_of(api, ROOM_ID)).state == "live"
    assert fake.paths == [REFLOW]
    assert api.hits == {"broadcast": 2}


async def test_who_goes_away_takes_nobodys_answer_along(fake: FakeDouyin, api: LiveApi) -> None:
    held = Held(reflow())
    fake.reflow = held
    first, second = (asyncio.create_task(api.info(ROOM_ID)) for _ in range(2))
    await held.asked.wait()
    first.cancel()
    await asyncio.wait([first])
    held.go.set()
    assert (await second).source == "reflow"
    assert fake.paths == [REFLOW]


async def test_who_waits_too_long_finds_the_answer_later(
    fake: FakeDouyin, api: LiveApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(reflow())
    fake.reflow = held
    monkeypatch.setattr("relay.upstream.api.ANSWER_S", 0.01)
    error = await refused(api, ROOM_ID)
    assert (error.cause, error.retry_after_s) == ("timeout", 1.0)
    monkeypatch.setattr("relay.upstream.api.ANSWER_S", 30.0)
    await held.asked.wait()
    held.go.set()
    assert (await api.info(ROOM_ID)).source == "reflow"
    assert fake.paths == [REFLOW]


async def test_what_upstream_says_of_a_room_is_kept_and_refusals_are_not(
    fake: FakeDouyin, api: LiveApi
) -> None:
    fake.reflow = coded(4001038, "", "该内容暂时无法查看")
    for _ in range(3):
        error = await refused(api, ROOM_ID)
        assert (error.cause, error.upstream_code) == ("unknown_room", 4001038)
    assert fake.paths == [REFLOW]
    fake.reflow = empty
    for _ in range(3):
        await refused(api, "7600000000000000002")
    assert fake.paths == [REFLOW] * 4


async def test_the_end_leaves_nobody_waiting(fake: FakeDouyin) -> None:
    held = Held(reflow())
    fake.reflow = held
    async with Upstream(fake.config(), Timings()) as upstream:
        asking = asyncio.create_task(upstream.api.info(ROOM_ID))
        await held.asked.wait()
    with pytest.raises(UpstreamError) as refusal:
        await asking
    assert refusal.value.cause == "stopping"
    # Nor is anything asked any more.
    assert (await refused(upstream.api, "7600000000000000002")).cause == "stopping"
    held.go.set()


# Sparing upstream


async def test_an_endpoint_that_keeps_failing_is_left_alone(fake: FakeDouyin, api: LiveApi) -> None:
    for number in range(5):
        await refused(api, f"760000000000000000{number}")
    error = await refused(api, "7600000000000000009")
    assert (error.cause, len(fake.paths)) == ("empty_body", 5)
    assert error.retry_after_s == pytest.approx(30, rel=0.25)
    assert api.breakers["reflow"].state == "open"
    # The other ways go on, and make up for it.
    fake.enter = enter()
    assert (await api.info(WEB_RID)).source == "web_enter"
    assert (await state_of(api, "7600000000000000009")).cause == "empty_body"
    assert fake.paths.count(REFLOW) == 5


async def test_rooms_that_are_not_there_do_not_stop_the_others(
    fake: FakeDouyin, api: LiveApi
) -> None:
    fake.reflow = json_answer({"status_code": 0, "data": {}, "extra": {"now": 1}})
    for number in range(9):
        assert (await refused(api, f"760000000000000001{number}")).cause == "unknown_room"
    fake.reflow = coded(4005000, "something new")
    for number in range(9):
        assert (await refused(api, f"760000000000000002{number}")).cause == "other_code"
    fake.reflow = reflow()
    assert (await api.info(ROOM_ID)).source == "reflow"


async def test_clients_and_watched_rooms_share_one_budget(fake: FakeDouyin) -> None:
    fake.enter = enter()
    async with Upstream(fake.config(calls_per_s=0.001), Timings()) as upstream:
        for number in range(9):
            await upstream.resolver.look(parse_room_name(f"65000000001{number}"))
        error = None
        asked = len(fake.requests)
        for number in range(5):
            error = await refused(upstream.api, f"770000000000000000{number}")
        assert error is not None
        assert (error.cause, "calls_per_s" in str(error)) == ("busy", True)
        assert error.retry_after_s is not None
        assert len(fake.requests) - asked <= 3
        assert upstream.api.breakers["reflow"].state == "closed"


async def test_one_odd_room_does_not_stop_the_others(
    fake: FakeDouyin, api: LiveApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = REFUSALS["other JSON"][0]
    answers = {ROOM_ID: reflow(), "7600000000000000002": odd}
    fake.reflow = lambda request: answers[request.query["room_id"]](request)
    for _ in range(30):
        assert (await refused(api, "7600000000000000002")).cause == "bad_body"
    # Nor are all calls spent on it.
    assert fake.paths == [REFLOW]
    monkeypatch.setattr("relay.upstream.api.INFO_S", 0.0)
    for _ in range(30):
        assert (await refused(api, "7600000000000000002")).cause == "bad_body"
    assert (await api.info(ROOM_ID)).source == "reflow"
    assert fake.paths == [REFLOW] * 32


# Whether rooms are live


async def test_rooms_are_told_of_in_order_with_what_is_known(
    fake: FakeDouyin, api: LiveApi
) -> None:
    answers = {
        ROOM_ID: reflow(2, web_rid=WEB_RID),
        "7600000000000000002": reflow(4, "7600000000000000002"),
        "7600000000000000003": coded(30003, "room has finished"),
        "7600000000000000004": coded(4001038, ""),
        "7600000000000000005": empty,
        "7600000000000000006": PARAMS_ERROR,
        "7600000000000000007": status_answer(404),
        "7600000000000000008": reflow(0, "7600000000000000008"),
    }
    fake.reflow = lambda request: answers[request.query["room_id"]](request)
    rooms = await api.alive([*reversed(answers), WEB_RID])
    assert [room.room_id for room in rooms[:-1]] == list(reversed(answers))
    assert {room.room_id[-1]: (room.state, room.cause) for room in rooms[:-1]} == {
        "1": ("live", ""),
        "2": ("ended", ""),
        "3": ("ended", ""),
        "4": ("not_found", ""),
        "5": ("unknown", "empty_body"),
        "6": ("not_found", ""),
        "7": ("unknown", "http_error"),
        "8": ("unknown", "bad_body"),
    }
    assert rooms[-2].web_rid == WEB_RID
    assert rooms[-1] == RoomAlive("unknown", "", WEB_RID, "empty_body", refusal=rooms[-1].refusal)
    refusals = {room.room_id[-1:]: room.refusal for room in rooms if room.state == "unknown"}
    assert {number: refusal and refusal.cause for number, refusal in refusals.items()} == {
        "": "empty_body", "5": "empty_body", "7": "http_error", "8": "bad_body",
    }  # fmt: skip


async def test_a_web_rid_takes_one_call(fake: FakeDouyin, api: LiveApi) -> None:
    fake.enter = enter()
    room = await state_of(api, WEB_RID)
    assert (room.state, room.room_id, room.web_rid) == ("live", ROOM_ID, WEB_RID)
    fake.enter = enter(4)
    assert (await state_of(api, "650000000002")).state == "ended"
    user = {"nickname": "主播"}
    fake.enter = json_answer({"status_code": 0, "data": {"room_status": 2, "user": user}})
    assert (await state_of(api, "650000000003")).state == "ended"
    fake.enter, fake.page = empty, status_answer(410)
    assert (await state_of(api, "650000000004")).state == "not_found"
    assert fake.paths.count(ENTER) == 4
    assert REFLOW not in fake.paths


async def test_a_web_answer_without_a_status_is_made_up_for(fake: FakeDouyin, api: LiveApi) -> None:
    fake.enter = json_answer({"status_code": 0, "data": {"data": [{"id_str": ROOM_ID}]}})
    fake.reflow = reflow(web_rid=WEB_RID)
    room = await state_of(api, WEB_RID)
    assert (room.state, room.room_id, room.source) == ("live", ROOM_ID, "reflow")
    # The room is there; only its broadcast is not.
    fake.enter = json_answer({"status_code": 0, "data": {"data": [{"id_str": "76" * 9}]}})
    fake.reflow = coded(4001038, "")
    assert (await state_of(api, "650000000002")).state == "unknown"


async def test_rooms_that_take_too_long_are_unknown_and_found_later(
    fake: FakeDouyin, api: LiveApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(reflow())
    other = reflow(2, "7600000000000000002")
    fake.reflow = lambda request: (held if request.query["room_id"] == ROOM_ID else other)(request)
    await state_of(api, "7600000000000000002")
    monkeypatch.setattr("relay.upstream.api.ALIVE_S", 0.01)
    rooms = await api.alive([ROOM_ID, "7600000000000000002"])
    assert [(room.state, room.cause) for room in rooms] == [("unknown", "timeout"), ("live", "")]
    monkeypatch.setattr("relay.upstream.api.ALIVE_S", 30.0)
    await held.asked.wait()
    held.go.set()
    assert (await state_of(api, ROOM_ID)).state == "live"
    assert len(fake.paths) == 2


async def test_what_keeps_a_state_unknown_is_told_in_upstreams_words(
    fake: FakeDouyin, api: LiveApi
) -> None:
    fake.reflow = coded(4711, "busy", "系统繁忙")
    refusal = (await state_of(api, ROOM_ID)).refusal
    assert refusal is not None
    assert (refusal.cause, refusal.upstream_code) == ("other_code", 4711)
    assert refusal.upstream_text == "系统繁忙"


async def test_it_is_told_when_and_where_a_state_was_said(fake: FakeDouyin, api: LiveApi) -> None:
    fake.enter, fake.reflow = enter(), coded(4001038, "")
    begin_ms = time.time_ns() // 1_000_000
    web, missing = await api.alive([WEB_RID, ROOM_ID])
    again = await api.alive([WEB_RID, ROOM_ID])
    assert again == [web, missing]
    assert begin_ms <= web.fetched_at_ms <= time.time_ns() // 1_000_000
    assert begin_ms <= missing.fetched_at_ms
    assert (web.source, missing.state, missing.source) == ("web_enter", "not_found", "reflow")
    fake.enter, fake.page = empty, page()
    assert (await state_of(api, "650000000002")).source == "html"
    fake.page = status_answer(404)
    gone = await state_of(api, "650000000003")
    assert (gone.state, gone.source) == ("not_found", "html")
    fake.page = empty
    unknown = await state_of(api, "650000000004")
    assert unknown == RoomAlive(
        "unknown", "", "650000000004", "empty_body", refusal=unknown.refusal
    )


async def test_those_who_wait_for_their_turn_are_told_of_as_they_were(
    fake: FakeDouyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.upstream.budget._JITTER", 0.0)
    names = [f"76000000000000000{number:02}" for number in range(12)]
    fake.reflow = lambda request: reflow(2, request.query["room_id"])(request)
    async with Upstream(fake.config(calls_per_s=0.001), Timings()) as upstream:
        first = await upstream.api.alive(names[:8])
        monkeypatch.setattr("relay.upstream.lookups.STATUS_S", 0.0)
        # Two turns are left: they go to those of whom nothing is known.
        rooms = await upstream.api.alive(names[:10])
        assert rooms[:8] == first
        assert {room.state for room in rooms} == {"live"}
        rooms = await upstream.api.alive(names)
        assert [room.state for room in rooms] == ["live"] * 10 + ["unknown"] * 2
        assert rooms[-1].cause == "busy"


async def test_what_can_not_be_a_room_is_not_asked_for(fake: FakeDouyin, api: LiveApi) -> None:
    with pytest.raises(RoomNameError):
        await api.alive([ROOM_ID, "７６０"])
    for ask in (api.info, api.audience, api.promotions):
        with pytest.raises(RoomNameError):
            await ask("no room")
    assert fake.paths == []
