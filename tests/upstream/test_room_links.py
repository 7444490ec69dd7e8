"""Rooms that are named by a link that the app shares, or by their anchor."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web
from fake_douyin import (
    ROOM_ID,
    WEB_RID,
    Answer,
    FakeDouyin,
    enter,
    fake_douyin,
    page,
    reflow,
    status_answer,
)

from relay.errors import UpstreamError
from relay.upstream.client import Timings, Upstream
from relay.upstream.names import parse_room_name
from relay.upstream.resolve import Resolver
from relay.upstream.status import NOTHING_KNOWN, Status

SEC_UID = "MS4wLjABAAAAmadeup-made_up-madeup_madeup-made"
NEXT_ROOM_ID = "7600000000000000002"
ENTER, REFLOW = "/webcast/room/web/enter/", "/webcast/room/reflow/info/"
LINK = parse_room_name("3.02 看看【主播】正在直播 https://v.douyin.com/iabc123/ 复制此链接")


def leads_to(url: str) -> Answer:
    return lambda _request: web.Response(status=302, headers={"Location": url})


@pytest.fixture
async def fake() -> AsyncIterator[FakeDouyin]:
    async with fake_douyin() as running:
        yield running


@pytest.fixture
async def upstream(fake: FakeDouyin) -> AsyncIterator[Upstream]:
    async with Upstream(fake.config(short_url=fake.url), Timings()) as opened:
        yield opened


@pytest.fixture
def resolver(upstream: Upstream) -> Resolver:
    resolver = upstream.resolver
    assert isinstance(resolver, Resolver)
    return resolver


async def test_a_short_link_leads_to_its_room(fake: FakeDouyin, resolver: Resolver) -> None:
    fake.page = leads_to(
        f"https://webcast.amemv.com/douyin/webcast/reflow/{ROOM_ID}?u_code=1&sec_user_id={SEC_UID}"
    )
    fake.reflow = reflow(web_rid=WEB_RID, sec_uid=SEC_UID)
    info = await resolver.look(LINK)
    assert (info.status, info.web_rid, info.room_id) == (Status.ONLINE, WEB_RID, ROOM_ID)
    assert fake.requests[0].path == "/iabc123/"
    assert not fake.requests[0].cookies
    # Once the room is known, the link is not followed again: it belongs to one broadcast.
    fake.requests.clear()
    fake.enter = enter(room_id=NEXT_ROOM_ID)
    assert (await resolver.look(LINK, info)).room_id == NEXT_ROOM_ID
    assert "/iabc123/" not in fake.paths


async def test_a_link_to_an_ended_broadcast_leads_to_the_anchors_present_one(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    def by_anchor(request: web.Request) -> web.StreamResponse:
        current = request.query.get("sec_user_id") == SEC_UID
        room = {"id_str": NEXT_ROOM_ID if current else ROOM_ID, "status": 2 if current else 4}
        if not current:
            room["owner"] = {"sec_uid": SEC_UID}
        return web.json_response({"status_code": 0, "data": {"room": room}})

    fake.page = leads_to(f"https://webcast.amemv.com/webcast/reflow/{ROOM_ID}")
    fake.reflow = by_anchor
    info = await resolver.look(LINK)
    assert (info.status, info.room_id, info.sec_uid) == (Status.ONLINE, NEXT_ROOM_ID, SEC_UID)


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.iesdouyin.com/share/user/1?sec_uid={SEC_UID}&a=b",
        f"https://www.douyin.com/user/{SEC_UID}",
    ],
)
async def test_a_short_link_leads_to_its_anchor(
    fake: FakeDouyin, resolver: Resolver, url: str
) -> None:
    fake.page = leads_to(url)
    fake.reflow = reflow(web_rid=WEB_RID)
    info = await resolver.look(LINK)
    assert (info.status, info.web_rid, info.sec_uid) == (Status.ONLINE, WEB_RID, SEC_UID)
    assert fake.requests[-1].query["sec_user_id"] == SEC_UID


@pytest.mark.parametrize(
    "answer",
    [
        status_answer(404),
        leads_to("https://www.douyin.com/video/7300000000000000000"),
    ],
)
async def test_a_short_link_to_something_else_is_no_room(
    fake: FakeDouyin, resolver: Resolver, answer: Answer
) -> None:
    fake.page = answer
    info = await resolver.look(LINK)
    assert info.status is Status.NOT_FOUND
    assert fake.paths == ["/iabc123/"]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (status_answer(403), "forbidden"),
        (lambda _request: web.Response(), "bad_body"),
        (lambda _request: web.Response(text="<html>slider</html>"), "captcha"),
        (lambda _request: web.Response(status=302), "bad_body"),
        (leads_to("https://verify.snssdk.com/captcha?x=1"), "captcha"),
        (leads_to("https://sso.douyin.com/login"), "login_wanted"),
        (leads_to("https://evil.example/650000000001"), "redirected"),
        (leads_to("http://127.0.0.1:9/webcast/reflow/7600000000000000001"), "redirected"),
        (leads_to("file:///etc/passwd"), "redirected"),
    ],
)
async def test_a_short_link_that_is_refused_says_nothing_of_the_room(
    fake: FakeDouyin, resolver: Resolver, answer: Answer, cause: str
) -> None:
    fake.page = answer
    info = await resolver.look(LINK)
    assert (info.status, info.cause) == (Status.UNKNOWN, cause)
    assert fake.paths == ["/iabc123/"]


@pytest.mark.parametrize("live_url", [None, "http://127.0.0.1:9"])
async def test_a_short_link_that_leads_to_itself_is_no_room_of_that_name(
    fake: FakeDouyin, live_url: str | None
) -> None:
    changes = {} if live_url is None else {"live_url": live_url, "webcast_url": live_url}
    config = msgspec.structs.replace(fake.config(short_url=fake.url), **changes)
    async with Upstream(config, Timings()) as upstream:
        fake.page = leads_to("/iabc123")
        info = await upstream.resolver.look(LINK)
        assert (info.status, info.cause) == (Status.UNKNOWN, "redirected")
        assert len(fake.requests) == 3


async def test_a_short_link_may_lead_to_another(fake: FakeDouyin) -> None:
    def answer(request: web.Request) -> web.StreamResponse:
        on = "/iabcd" if request.path == "/iabc123/" else f"https://www.douyin.com/user/{SEC_UID}"
        return web.Response(status=302, headers={"Location": on})

    fake.page = answer
    elsewhere = "http://127.0.0.1:9"
    config = msgspec.structs.replace(
        fake.config(short_url=fake.url), live_url=elsewhere, webcast_url=elsewhere
    )
    async with Upstream(config, Timings()) as upstream:
        assert (await upstream.ways.follow("iabc123")).sec_uid == SEC_UID
    assert fake.paths == ["/iabc123/", "/iabcd"]


async def test_an_anchor_leads_to_their_room(fake: FakeDouyin, resolver: Resolver) -> None:
    name = parse_room_name(SEC_UID)
    fake.reflow = reflow(web_rid=WEB_RID)
    info = await resolver.look(name)
    assert (info.status, info.web_rid, info.sec_uid) == (Status.ONLINE, WEB_RID, SEC_UID)
    fake.reflow = status_answer(403)
    assert (await resolver.look(name)).status is Status.UNKNOWN


async def test_clients_may_ask_by_link_and_anchor(fake: FakeDouyin, upstream: Upstream) -> None:
    fake.page = leads_to(f"https://www.douyin.com/user/{SEC_UID}")
    fake.reflow = reflow(web_rid=WEB_RID)
    for name in (SEC_UID, "https://v.douyin.com/iabc123/"):
        answer = await upstream.api.info(name)
        assert ROOM_ID.encode() in bytes(answer.data)
    fake.page = status_answer(404)
    with pytest.raises(UpstreamError) as refusal:
        await upstream.api.info("https://v.douyin.com/another/")
    assert refusal.value.cause == "unknown_room"


async def test_the_short_ways_take_turns(fake: FakeDouyin, resolver: Resolver) -> None:
    fake.enter = enter()
    fake.reflow = reflow(web_rid=WEB_RID, sec_uid=SEC_UID)
    info = await resolver.look(parse_room_name(WEB_RID))
    for _ in range(4):
        info = await resolver.look(parse_room_name(WEB_RID), info)
    assert fake.paths.count(ENTER) == 3
    assert fake.paths.count(REFLOW) == 2
    assert len(fake.requests) == 6  # and one for the cookie


async def test_a_way_that_keeps_failing_is_left_alone_while_there_is_another(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    fake.enter = status_answer(502)
    fake.page = page()
    for _ in range(8):
        info = await resolver.look(parse_room_name(WEB_RID))
        assert info.status is Status.ONLINE
    assert fake.paths.count(ENTER) == 5
    # Where every way fails, one is asked each time, and what it says is believed again.
    fake.page = status_answer(502)
    for _ in range(5):
        assert (await resolver.look(parse_room_name(WEB_RID))).cause == "server_error"
    fake.requests.clear()
    assert (await resolver.look(parse_room_name(WEB_RID))).cause == "server_error"
    assert len(fake.requests) == 1
    fake.enter = enter()
    assert (await resolver.look(parse_room_name(WEB_RID), NOTHING_KNOWN)).status is Status.ONLINE
