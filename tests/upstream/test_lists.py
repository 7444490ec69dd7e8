"""What the API says beyond one room's document: contributors, goods, recommended rooms."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp import web
from fake_douyin import (
    ROOM_ID,
    SEC_UID,
    WEB_RID,
    Answer,
    FakeDouyin,
    empty,
    enter,
    fake_douyin,
    json_answer,
    reflow,
    signs,
    status_answer,
)
from refusals import NOT_OF_A_ROOM, REFUSALS, coded

from relay.errors import UpstreamError
from relay.upstream.api import LiveApi
from relay.upstream.client import Timings, Upstream
from relay.upstream.http import USER_AGENT
from relay.webcast.rest import answer as answers

ANCHOR_ID = "60000000001"
ENTER, REFLOW = "/webcast/room/web/enter/", "/webcast/room/reflow/info/"
AUDIENCE, PROMOTIONS = "/webcast/ranklist/audience/", "/live/promotions/pop/v3/"
FEED = "/webcast/feed/"
FIRST = 7_600_000_000_000_000_100
"""room_id of the first room in the feed; past 2^53."""


@pytest.fixture
async def fake() -> AsyncIterator[FakeDouyin]:
    async with fake_douyin() as running:
        running.reflow = reflow(id_str=ANCHOR_ID, sec_uid=SEC_UID, web_rid=WEB_RID)
        running.signer = signs
        yield running


@pytest.fixture
async def api(fake: FakeDouyin) -> AsyncIterator[LiveApi]:
    config = fake.config()
    async with Upstream(config, Timings(), signers=fake.signs()) as upstream:
        yield upstream.api


def read(answer: answers.Answer) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(answer.data)
    return document


def ranklist(*scores: int) -> Answer:
    ranks = [
        {"rank": place, "score": score, "user": {"id_str": f"7{place}", "nickname": "观众"}}
        for place, score in enumerate(scores, 1)
    ]
    data = {"ranks": ranks, "total": len(ranks), "has_more": False}
    return json_answer({"status_code": 0, "data": data, "extra": {"now": 1793000000000}})


def pop(*titles: str) -> Answer:
    goods = [
        {"promotion_id": f"35{number}", "product_id": f"36{number}", "title": title}
        for number, title in enumerate(titles)
    ]
    return json_answer({"status_code": 0, "promotions": goods})


def feed_of(number: int, form: str = "objects") -> Answer:
    rooms: list[Any] = [
        {"id": FIRST + at, "id_str": str(FIRST + at), "status": 0, "title": f"房间 {at}"}
        for at in range(number)
    ]
    if form == "strings":
        rooms = [json.dumps(room) for room in rooms]
    items: Any = [{"type": 1, "rid": "x", "data": room} for room in rooms]
    data = {"data": rooms} if form == "nested" else items
    extra = {"has_more": True, "now": 1793000000000}
    return json_answer({"status_code": 0, "data": data, "extra": extra})


async def refusal_of(asking: Any) -> UpstreamError:
    with pytest.raises(UpstreamError) as refusal:
        await asking
    return refusal.value


# Contributors


async def test_contributors_are_asked_for_signed_and_with_their_anchor(
    fake: FakeDouyin, api: LiveApi
) -> None:
    fake.audience = ranklist(500, 20)
    answer = await api.audience(ROOM_ID)
    document = read(answer)
    assert [rank["score"] for rank in document["data"]["ranks"]] == [500, 20]
    assert (answer.source, document["data"]["partial"]) == ("ranklist", False)
    assert fake.paths == [REFLOW, "/sign", "/", AUDIENCE]

    asked = fake.requests[-1]
    assert asked.query["room_id"] == ROOM_ID
    assert asked.query["anchor_id"] == ANCHOR_ID
    assert asked.query["sec_anchor_id"] == SEC_UID
    assert asked.headers["Referer"] == f"https://live.douyin.com/{WEB_RID}"
    assert asked.cookies == {"ttwid": "1%7Cfirst"}
    (to_sign,) = fake.bodies
    assert to_sign.keys() == {"kind", "url", "method", "user_agent"}
    assert (to_sign["kind"], to_sign["method"]) == ("http", "GET")
    assert to_sign["user_agent"] == asked.headers["User-Agent"] == USER_AGENT
    # Not a character of what was signed is written differently.
    assert f"{fake.url}{asked.raw_path}" == to_sign["url"] + "&a_bogus=made%2Bup"


async def test_the_signer_says_as_whom_we_come(fake: FakeDouyin, api: LiveApi) -> None:
    async def sign(request: web.Request) -> web.StreamResponse:
        return web.json_response(
            {
                "signed_url": (await request.json())["url"] + "&a_bogus=x",
                "headers": {"uifid": "abc"},
                "cookies": {"UIFID": "abc"},
                "user_agent": "Another/1.0",
            }
        )

    fake.signer, fake.audience = sign, ranklist(1)
    await api.audience(ROOM_ID)
    asked = fake.requests[-1]
    assert asked.headers["User-Agent"] == "Another/1.0"
    assert asked.headers["uifid"] == "abc"
    assert asked.cookies == {"ttwid": "1%7Cfirst", "UIFID": "abc"}


async def test_a_room_is_found_for_its_contributors_and_goods(
    fake: FakeDouyin, api: LiveApi
) -> None:
    fake.enter, fake.audience, fake.promotions = enter(), ranklist(1), pop("茶")
    await asyncio.gather(*(api.audience(WEB_RID) for _ in range(50)))
    await asyncio.gather(*(api.promotions(WEB_RID) for _ in range(50)))
    for path in (ENTER, REFLOW, AUDIENCE, PROMOTIONS):
        assert fake.paths.count(path) == 1
    # The goods' own words for the same.
    assert fake.requests[-1].query["author_id"] == ANCHOR_ID
    entrance = json.loads(fake.requests[-1].query["entrance_info"])
    assert (entrance["room_id"], entrance["anchor_id"]) == (ROOM_ID, ANCHOR_ID)


async def test_without_a_signer_nobody_is_asked(fake: FakeDouyin) -> None:
    async with Upstream(fake.config(), Timings()) as upstream:
        for ask in (upstream.api.audience, upstream.api.promotions):
            error = await refusal_of(ask(WEB_RID))
            assert (error.cause, "[[signers]]" in str(error)) == ("signer_missing", True)
    assert fake.paths == []


@pytest.mark.parametrize("signer", [empty, status_answer(500), json_answer({"signed_url": "x"})])
async def test_a_signer_that_fails_is_not_taken_for_upstream(
    fake: FakeDouyin, api: LiveApi, signer: Answer
) -> None:
    fake.signer = signer
    for _ in range(9):
        assert (await refusal_of(api.audience(ROOM_ID))).cause == "signer"
    assert (await refusal_of(api.promotions(ROOM_ID))).cause == "signer"
    assert {AUDIENCE, PROMOTIONS}.isdisjoint(fake.paths)
    # It was not upstream's fault.
    fake.signer, fake.audience = signs, ranklist(1)
    assert (await api.audience(ROOM_ID)).source == "ranklist"


async def test_a_broadcast_that_has_ended_has_no_contributors(
    fake: FakeDouyin, api: LiveApi
) -> None:
    fake.reflow = reflow(4)
    assert (await refusal_of(api.audience(ROOM_ID))).cause == "room_over"
    assert AUDIENCE not in fake.paths
    fake.reflow = reflow()
    fake.audience = coded(30003, "room has finished", "直播已结束")
    error = await refusal_of(api.audience("7600000000000000002"))
    assert (error.cause, error.upstream_code) == ("room_over", 30003)


@pytest.mark.parametrize("how", REFUSALS)
async def test_refusals_of_contributors_are_told_apart(
    fake: FakeDouyin, api: LiveApi, how: str
) -> None:
    fake.audience, cause = REFUSALS[how]
    assert (await refusal_of(api.audience(ROOM_ID))).cause == cause


async def test_a_refused_signature_brings_no_fresh_identity(fake: FakeDouyin, api: LiveApi) -> None:
    for number in range(5):
        fake.reflow = reflow(room_id=f"760000000000000000{number}")
        await refusal_of(api.audience(f"760000000000000000{number}"))
    assert api.breakers["audience"].state == "open"
    assert fake.paths.count("/") == 1


# Goods


async def test_goods_come_from_the_page_s_own_list(fake: FakeDouyin, api: LiveApi) -> None:
    fake.promotions = pop("茶", "杯子")
    answer = await api.promotions(ROOM_ID)
    assert [one["title"] for one in read(answer)["promotions"]] == ["茶", "杯子"]
    assert (answer.source, read(answer)["partial"]) == ("pop", False)


@pytest.mark.parametrize("how", REFUSALS)
async def test_refusals_of_goods_are_told_apart(fake: FakeDouyin, api: LiveApi, how: str) -> None:
    fake.promotions, cause = REFUSALS[how]
    assert (await refusal_of(api.promotions(ROOM_ID))).cause == cause


async def test_nothing_may_mean_no_goods_and_stops_nobody_else(
    fake: FakeDouyin, api: LiveApi
) -> None:
    for number in range(9):
        room_id = f"760000000000000000{number}"
        fake.reflow = reflow(room_id=room_id)
        for _ in range(2):
            error = await refusal_of(api.promotions(room_id))
            assert (error.cause, "no goods" in str(error)) == ("empty_body", True)
    # Once each: it is kept as an answer is.
    assert fake.paths.count(PROMOTIONS) == 9
    fake.reflow, fake.promotions = reflow(room_id="7600000000000000010"), pop("茶")
    assert (await api.promotions("7600000000000000010")).source == "pop"


@pytest.mark.parametrize(
    ("in_reflow", "in_enter", "known"),
    [
        ({"has_commerce_goods": True}, {"has_commerce_goods": True, "total": 31}, (True, 31)),
        ({"has_commerce_goods": False}, None, (False, 0)),
        # Recorded: who isn't logged in may be told that there are goods, and none of them.
        ({"has_commerce_goods": True}, {"has_commerce_goods": True, "total": 0}, (True, None)),
        ({}, {}, (None, None)),
    ],
)
async def test_a_cart_is_counted_without_a_signature(
    fake: FakeDouyin,
    api: LiveApi,
    in_reflow: dict[str, Any],
    in_enter: dict[str, Any] | None,
    known: tuple[bool | None, int | None],
) -> None:
    owner = {"id_str": ANCHOR_ID, "sec_uid": SEC_UID, "web_rid": WEB_RID}
    room = {"id_str": ROOM_ID, "status": 2, "owner": owner, **in_reflow}
    fake.reflow = json_answer({"status_code": 0, "data": {"room": room}})
    if in_enter is not None:
        cart = {"room_cart": {"total": in_enter.pop("total", 0)}}
        found = {"id_str": ROOM_ID, "status": 2, **cart, **in_enter}
        user = {"nickname": "主播", "sec_uid": SEC_UID}
        fake.enter = json_answer({"status_code": 0, "data": {"data": [found], "user": user}})
    cart = await api.cart(ROOM_ID)
    assert (cart.has_goods, cart.total) == known
    assert (ENTER in fake.paths) == (in_reflow.get("has_commerce_goods", False) is True)
    assert "/sign" not in fake.paths


# Recommended rooms


@pytest.mark.parametrize("form", ["objects", "strings", "nested"])
async def test_a_feed_is_read_in_each_of_its_forms(
    fake: FakeDouyin, api: LiveApi, form: str
) -> None:
    fake.feed = feed_of(20, form)
    answer = await api.feed(20, enrich=False)
    rooms = read(answer)["data"]
    assert [room["id"] for room in rooms] == [FIRST + at for at in range(20)]
    assert {room["status"] for room in rooms} == {2}
    assert read(answer)["extra"]["has_more"] is True
    assert (answer.source, fake.paths) == ("feed", ["/", FEED])
    assert fake.requests[-1].cookies == {"ttwid": "1%7Cfirst"}


async def test_one_feed_serves_all_for_a_while_cut_to_what_they_want(
    fake: FakeDouyin, api: LiveApi
) -> None:
    fake.feed = feed_of(20)
    asking = [api.feed(limit, enrich=False) for limit in range(1, 21) for _ in range(10)]
    numbers = [len(read(answer)["data"]) for answer in await asyncio.gather(*asking)]
    assert numbers == [limit for limit in range(1, 21) for _ in range(10)]
    assert read(await api.feed(3, enrich=False))["status_code"] == 0
    assert fake.paths.count(FEED) == 1


async def test_details_fill_in_what_a_feed_leaves_out(fake: FakeDouyin, api: LiveApi) -> None:
    def details(request: web.Request) -> web.StreamResponse:
        room_id = request.query["room_id"]
        if room_id == str(FIRST + 2):
            return web.Response()
        room = {"id_str": room_id, "status": 2, "create_time": 1793000000, "title": "其他"}
        return web.json_response({"status_code": 0, "data": {"room": room}, "extra": {"now": 1}})

    fake.feed, fake.reflow = feed_of(4), details
    plain = read(await api.feed(4, enrich=False))["data"]
    assert {room["create_time"] for room in plain} == {0}
    rooms = read(await api.feed(4, enrich=True))["data"]
    assert [room["create_time"] for room in rooms] == [1793000000, 1793000000, 0, 1793000000]
    assert [room["title"] for room in rooms] == [f"房间 {at}" for at in range(4)]
    assert fake.paths.count(REFLOW) == 4


async def test_details_that_take_too_long_are_done_without(
    fake: FakeDouyin, api: LiveApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = asyncio.Event()

    async def late(request: web.Request) -> web.StreamResponse:
        await go.wait()
        return web.Response()

    monkeypatch.setattr("relay.upstream.feeds.ENRICH_S", 0.01)
    fake.feed, fake.reflow = feed_of(4), late
    assert len(read(await api.feed(4, enrich=True))["data"]) == 4
    go.set()


@pytest.mark.parametrize("how", NOT_OF_A_ROOM)
async def test_refusals_of_a_feed_are_told_apart(fake: FakeDouyin, api: LiveApi, how: str) -> None:
    fake.feed, cause = NOT_OF_A_ROOM[how]
    assert (await refusal_of(api.feed(20, enrich=False))).cause == cause
    assert api.calls == {("feed", cause): 1}


async def test_a_feed_is_no_room_that_could_be_over(fake: FakeDouyin, api: LiveApi) -> None:
    fake.feed = coded(30003, "room has finished")
    error = await refusal_of(api.feed(20, enrich=False))
    assert (error.cause, error.upstream_code) == ("other_code", 30003)
    # Nor is that kept, as it is of a room.
    fake.feed = feed_of(2)
    assert len(read(await api.feed(20, enrich=False))["data"]) == 2
