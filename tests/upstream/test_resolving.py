"""Finding a room: what one way doesn't say, the next is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
    home,
    json_answer,
    page,
    page_html,
    reflow,
    status_answer,
)

from relay.upstream.client import Timings, Upstream
from relay.upstream.names import NameKind, RoomName
from relay.upstream.resolve import Resolver
from relay.upstream.status import RoomInfo, Status

BY_WEB_RID = RoomName(NameKind.WEB_RID, WEB_RID)
BY_ROOM_ID = RoomName(NameKind.ROOM_ID, ROOM_ID)
BY_HANDLE = RoomName(NameKind.HANDLE, "yall1102")
ENTER, REFLOW = "/webcast/room/web/enter/", "/webcast/room/reflow/info/"
NOT_FOUND = {"status_code": 4001038, "data": {"prompts": "该内容暂时无法查看"}}


@asynccontextmanager
async def resolver_of(fake: FakeDouyin) -> AsyncIterator[Resolver]:
    config = fake.config()
    async with Upstream(config, Timings()) as upstream:
        yield upstream.resolver


@pytest.fixture
async def fake() -> AsyncIterator[FakeDouyin]:
    async with fake_douyin() as running:
        yield running


@pytest.fixture
async def resolver(fake: FakeDouyin) -> AsyncIterator[Resolver]:
    async with resolver_of(fake) as made:
        yield made


async def test_web_enter_is_enough(fake: FakeDouyin, resolver: Resolver) -> None:
    fake.enter = enter()
    info = await resolver.look(BY_WEB_RID)
    assert info == RoomInfo(
        Status.ONLINE, WEB_RID, ROOM_ID, title="一", anchor="主播", sec_uid=SEC_UID
    )
    assert fake.paths == ["/", ENTER]
    asked = fake.requests[1]
    assert asked.cookies == {"ttwid": "1%7Cfirst"}
    assert asked.query["web_rid"] == WEB_RID
    assert asked.headers["User-Agent"].endswith(asked.query["browser_version"])


async def test_the_page_makes_up_for_web_enter(fake: FakeDouyin, resolver: Resolver) -> None:
    fake.page = page()
    assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE
    assert fake.paths == ["/", ENTER, f"/{WEB_RID}"]
    # The way that refused is asked last for a while.
    assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE
    assert fake.paths[3:] == [f"/{WEB_RID}"]


async def test_the_page_comes_to_who_brings_its_nonce(fake: FakeDouyin, resolver: Resolver) -> None:
    def two_steps(request: web.Request) -> web.StreamResponse:
        if request.cookies.get("__ac_nonce") == "0abc":
            return web.Response(text=page_html(), content_type="text/html")
        response = web.Response()
        response.set_cookie("__ac_nonce", "0abc")
        return response

    fake.page = two_steps
    assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE
    assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE
    # Two steps the first time, one from then on.
    assert fake.paths.count(f"/{WEB_RID}") == 3


async def test_the_anchor_makes_up_for_both(fake: FakeDouyin, resolver: Resolver) -> None:
    fake.reflow = reflow(room_id="7600000000000000002")
    known = RoomInfo(Status.OFFLINE, WEB_RID, ROOM_ID, sec_uid=SEC_UID)
    info = await resolver.look(BY_WEB_RID, known)
    assert (info.status, info.room_id) == (Status.ONLINE, "7600000000000000002")
    asked = fake.requests[-1]
    assert (asked.query["room_id"], asked.query["sec_user_id"]) == ("2", SEC_UID)
    assert "Cookie" not in asked.headers


async def test_refused_everywhere_is_unknown_with_its_cause(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    fake.page = status_answer(503)
    info = await resolver.look(BY_WEB_RID)
    # Being refused is the more telling of the two.
    assert (info.status, info.cause, info.room_id) == (Status.UNKNOWN, "empty_body", "")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_missing_page_is_a_missing_room(
    fake: FakeDouyin, resolver: Resolver, status: int
) -> None:
    fake.page = status_answer(status)
    assert (await resolver.look(BY_WEB_RID)).status is Status.NOT_FOUND


async def test_a_missing_page_proves_nothing_where_web_enter_knows_the_room(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    fake.enter = json_answer({"status_code": 0, "data": {"data": [{"id_str": ROOM_ID}]}})
    fake.page = status_answer(404)
    info = await resolver.look(BY_WEB_RID)
    assert (info.status, info.room_id) == (Status.UNKNOWN, ROOM_ID)


async def test_a_missing_endpoint_is_not(fake: FakeDouyin, resolver: Resolver) -> None:
    fake.enter = fake.reflow = status_answer(404)
    assert (await resolver.look(BY_WEB_RID)).status is Status.UNKNOWN
    assert (await resolver.look(BY_ROOM_ID)).status is Status.UNKNOWN


async def test_code_4001038_is_a_missing_room_unless_its_page_is_there(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    fake.enter = json_answer(NOT_FOUND)
    info = await resolver.look(BY_WEB_RID)
    assert info.status is Status.NOT_FOUND
    assert "该内容暂时无法查看" in info.text
    fake.page = page()
    assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE


async def test_a_room_id_leads_to_its_room(fake: FakeDouyin, resolver: Resolver) -> None:
    fake.reflow = reflow(web_rid=WEB_RID)
    info = await resolver.look(BY_ROOM_ID)
    assert (info.status, info.web_rid, info.room_id) == (Status.ONLINE, WEB_RID, ROOM_ID)
    assert fake.paths == [REFLOW]


async def test_an_ended_room_id_leads_to_the_rooms_present_broadcast(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    fake.reflow = reflow(4, web_rid=WEB_RID)
    fake.enter = enter(room_id="7600000000000000002")
    info = await resolver.look(BY_ROOM_ID)
    assert (info.status, info.room_id) == (Status.ONLINE, "7600000000000000002")
    assert info.web_rid == WEB_RID
    # And is not taken for one that may be live, when the room refuses.
    fake.enter = empty
    info = await resolver.look(BY_ROOM_ID)
    assert (info.status, info.web_rid, info.room_id) == (Status.UNKNOWN, WEB_RID, "")


async def test_an_ended_room_id_without_a_room_leads_to_its_anchor(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    def by_anchor(request: web.Request) -> web.StreamResponse:
        current = request.query["room_id"] == "2" and request.query["sec_user_id"] == SEC_UID
        owner = {} if current else {"sec_uid": SEC_UID}
        status, room_id = (2, "7600000000000000002") if current else (4, ROOM_ID)
        room = {"id_str": room_id, "status": status, "owner": owner}
        return web.json_response({"status_code": 0, "data": {"room": room}})

    fake.reflow = by_anchor
    info = await resolver.look(BY_ROOM_ID)
    assert (info.status, info.room_id) == (Status.ONLINE, "7600000000000000002")


@pytest.mark.parametrize(
    "answer",
    [NOT_FOUND, {"status_code": 0, "data": {}}, {"status_code": 10011, "data": {}}],
)
async def test_a_room_id_that_upstream_does_not_know_is_missing(
    fake: FakeDouyin, resolver: Resolver, answer: object
) -> None:
    fake.reflow = json_answer(answer)
    assert (await resolver.look(BY_ROOM_ID)).status is Status.NOT_FOUND
    # As one broadcast. That an anchor has none to show says nothing of the room.
    fake.requests.clear()
    known = RoomInfo(Status.OFFLINE, WEB_RID, ROOM_ID, sec_uid=SEC_UID)
    assert (await resolver.look(BY_WEB_RID, known)).status is Status.UNKNOWN
    assert fake.paths.count(REFLOW) == 1


async def test_a_room_id_whose_broadcast_is_over_is_not_live(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    fake.reflow = json_answer({"status_code": 30003, "data": {"prompts": "直播已结束"}})
    assert (await resolver.look_broadcast(ROOM_ID)).status is Status.OFFLINE


async def test_a_refused_room_id_may_be_live(fake: FakeDouyin, resolver: Resolver) -> None:
    info = await resolver.look(BY_ROOM_ID)
    assert (info.status, info.room_id, info.cause) == (Status.UNKNOWN, ROOM_ID, "empty_body")


async def test_a_handle_gets_its_web_rid_from_the_broadcast(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    fake.enter = enter()
    fake.reflow = reflow(web_rid=WEB_RID)
    info = await resolver.look(BY_HANDLE)
    assert (info.status, info.web_rid, info.room_id) == (Status.ONLINE, WEB_RID, ROOM_ID)
    # Once known, it is not asked for again.
    await resolver.look(BY_HANDLE, info)
    assert fake.paths.count(REFLOW) == 1


async def test_refusals_in_a_row_bring_a_fresh_identity(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    await resolver.look(BY_WEB_RID)
    assert fake.paths.count("/") == 1
    fake.home = home("1%7Csecond")
    fake.page = status_answer(403)
    await resolver.look(BY_WEB_RID)
    fake.enter = enter()
    await resolver.look(BY_WEB_RID)
    assert fake.paths.count("/") == 2
    assert fake.requests[-1].cookies["ttwid"] == "1%7Csecond"


async def test_an_upstream_without_ttwid_is_asked_without(
    fake: FakeDouyin, resolver: Resolver
) -> None:
    fake.home = status_answer(404)
    fake.page = page()
    assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE
    assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE
    # It is not asked for each time anew.
    assert fake.paths.count("/") == 1


async def test_a_home_page_that_hangs_holds_nobody_up(
    fake: FakeDouyin, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        await released.wait()
        return home()(request)  # type: ignore[return-value]

    fake.home, fake.enter = hang, enter()
    monkeypatch.setattr("relay.upstream.identity._WAIT_S", 0.01)
    async with asyncio.timeout(10):
        assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE
        # Having waited once is enough, for all.
        monkeypatch.setattr("relay.upstream.identity._WAIT_S", 3600.0)
        looks = [resolver.look(BY_WEB_RID) for _ in range(5)]
        assert {info.status for info in await asyncio.gather(*looks)} == {Status.ONLINE}
        assert fake.paths.count("/") == 1
        assert all(not request.cookies for request in fake.requests)
        released.set()
        while not fake.requests[-1].cookies:
            await resolver.look(BY_WEB_RID)
    assert fake.requests[-1].cookies == {"ttwid": "1%7Cfirst"}


async def test_a_home_page_that_hangs_does_not_hold_the_end_up(fake: FakeDouyin) -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        asked.set()
        await left.wait()
        return web.Response()

    fake.home = hang
    async with asyncio.timeout(10):
        async with resolver_of(fake) as resolver:
            looking = asyncio.create_task(resolver.look(BY_WEB_RID))
            await asked.wait()
            looking.cancel()
            await asyncio.wait([looking])
        left.set()


async def test_what_is_no_cookie_is_not_sent_on(fake: FakeDouyin, resolver: Resolver) -> None:
    def sets_nonsense(_request: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Set-Cookie": 'ttwid="a; b\\"c,d"; Path=/'})

    fake.home = sets_nonsense
    fake.enter = enter()
    assert (await resolver.look(BY_WEB_RID)).status is Status.ONLINE
    assert "Cookie" not in fake.requests[-1].headers
