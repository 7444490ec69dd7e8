"""Ttwids and logins: given, aged, blocked, kicked; what each of them gets."""

from typing import Any

import aiohttp
import pytest
import websockets
from sim_calls import ask, only
from sim_client import browser, fetch, until, watch

from relay.sim import Behaviours, Scenario, Simulator
from relay.sim.identities import IdentityOrder

GIFT = "WebcastGiftMessage"
LOW_VALUE = {"WebcastRoomStatsMessage", "WebcastRoomRankMessage"}
REGISTRATION = {
    "region": "cn",
    "aid": 6383,
    "needFid": False,
    "service": "https://www.douyin.com",
    "union": True,
}


def simulator(**behaviours: Any) -> Simulator:
    return Simulator(Scenario(rooms=1, rate=200, behaviours=Behaviours(**behaviours)))


def ttwid_of(answer: aiohttp.ClientResponse) -> str:
    return answer.cookies["ttwid"].value


async def refusal(sim: Simulator, cookie: str) -> str:
    """Try a handshake that is refused; give the reason in the ledger."""
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with watch(sim, cookie=cookie):
            pass
    assert refused.value.response.headers["Handshake-Msg"] == "DEVICE_BLOCKED"
    return sim.ledger.refusals[-1].reason


async def test_a_ttwid_is_had_from_the_home_page_and_by_registering() -> None:
    async with simulator() as sim, browser() as http:
        async with http.get(f"{sim.url}/") as answer:
            first = ttwid_of(answer)
        url = f"{sim.url}/ttwid/union/register/"
        async with http.post(url, json=REGISTRATION) as answer:
            second = ttwid_of(answer)
            assert (await answer.json())["status_code"] == 0
        async with http.post(url, json={"aid": 6383}) as answer:
            assert (await answer.json())["status_code"] == 10011
            assert "ttwid" not in answer.cookies
        assert first != second
        assert set(sim.gate.identities.ttwids) >= {first, second}
        only(sim).change({"register": "empty"})
        async with http.post(url, json=REGISTRATION) as answer:
            assert (await answer.read(), "ttwid" in answer.cookies) == (b"", False)


async def test_an_old_ttwid_is_refused_and_the_page_gives_another() -> None:
    async with simulator() as sim, browser(ttwid="old") as http:
        assert (await ask(http, sim, "enter")).json()["status_code"] == 0
        sim.gate.identities.order(IdentityOrder(do="expire", value="old"))
        assert await refusal(sim, "ttwid=old") == "ttwid expired"
        assert (await ask(http, sim, "enter")).body == b""
        assert only(sim).ledger.requests["enter ttwid expired"] == 1
        assert (await ask(http, sim, "page")).status == 200
        # The session keeps what the page gave it.
        assert (await ask(http, sim, "enter")).json()["status_code"] == 0


async def test_a_ttwid_lasts_as_long_as_the_scenario_says() -> None:
    async with simulator(ttwid_lasts_s=0.05) as sim, browser(ttwid="x") as http:
        assert (await ask(http, sim, "enter")).body
        sim.gate.identities.ttwids["x"].since_s -= 0.05
        assert (await ask(http, sim, "enter")).body == b""


async def test_a_ttwid_that_connected_too_often_is_blocked_and_a_fresh_one_is_not() -> None:
    async with simulator(identity_max_connects=2) as sim, browser(ttwid="a") as http:
        for _ in range(2):
            async with watch(sim, cookie="ttwid=a") as viewer:
                await viewer.read_messages(1)
        assert await refusal(sim, "ttwid=a") == "identity blocked"
        assert (await ask(http, sim, "enter")).body == b""
        async with watch(sim, cookie="ttwid=b") as viewer:
            await viewer.read_messages(1)


async def test_blocked_identities_may_be_shown_a_captcha() -> None:
    behaviours: dict[str, Any] = {"blocked_identities": ["a"], "blocked_identity": "captcha"}
    async with simulator(**behaviours) as sim, browser(ttwid="a") as http:
        assert "bdturing-verify" in (await ask(http, sim, "enter")).headers
        assert "验证码" in (await ask(http, sim, "page")).body.decode()
        assert await refusal(sim, "ttwid=a") == "identity blocked"
        # reflow/info is for everybody.
        assert (await ask(http, sim, "reflow")).json()["status_code"] == 0
        only(sim).change({"blocked_identities": []})
        assert (await ask(http, sim, "enter")).json()["status_code"] == 0


@pytest.mark.parametrize("stall", ["silent", "heartbeats", "low_value"])
async def test_a_blocked_identity_may_be_starved_until_it_is_another(stall: str) -> None:
    async with simulator(blocked_identity=stall) as sim, browser(ttwid="a") as http:
        room = only(sim)
        async with watch(sim, cookie="ttwid=a", need_persist_msg_count="0") as viewer:
            await viewer.read_messages(5)
            sim.gate.identities.order(IdentityOrder(do="block"))
            assert list((await fetch(http, sim, room.room_id)).messages) == []
            async with watch(sim, cookie="ttwid=b", need_persist_msg_count="0") as other:
                await other.read_messages(20)
                async with watch(sim, cookie="ttwid=a", need_persist_msg_count="0") as again:
                    start = len(other.messages)
                    await other.read_messages(start + 100)
                    if stall == "low_value":
                        await again.read_messages(1)
                    elif stall == "heartbeats":
                        await again.read_until(lambda: bool(again.other))
                    assert set(again.methods) <= LOW_VALUE
        assert len(sim.ledger.connections) + len(sim.ledger.closed) == 3


async def test_everybody_seen_so_far_is_blocked_at_once_over_http() -> None:
    async with simulator() as sim, browser(ttwid="a") as http:
        assert (await ask(http, sim, "enter")).body
        url = f"{sim.url}/_sim/identities"
        async with http.post(url, json={"do": "block"}) as answer:
            assert await answer.json() == {"identities": 1}
        assert (await ask(http, sim, "enter")).body == b""
        async with http.post(url, json={"do": "unblock", "value": "a"}) as answer:
            assert answer.status == 200
        assert (await ask(http, sim, "enter")).body
        async with http.post(url, json={"do": "jump"}) as answer:
            assert answer.status == 400
        async with http.get(f"{sim.url}/_sim/state") as answer:
            (shown,) = (await answer.json())["identities"]
            assert (shown["value"], shown["blocked"]) == ("a", False)


async def is_logged_in(http: aiohttp.ClientSession, sim: Simulator) -> tuple[bool, bool]:
    """What user/me and the room page say."""
    me = (await ask(http, sim, "user_me")).json()["status_code"] == 0
    page = (await ask(http, sim, "page")).body.decode()
    assert 'isLogin\\":' in page
    return me, 'isLogin\\":true' in page


async def test_only_some_logins_count() -> None:
    async with simulator(logins=["me"], gifts_need_login=True) as sim:
        for sessionid, counts in (("me", True), ("you", False)):
            async with browser(ttwid="x", sessionid=sessionid) as http:
                assert await is_logged_in(http, sim) == (counts, counts)
                cookie = f"ttwid=x; sessionid={sessionid}"
                async with watch(sim, cookie=cookie) as viewer:
                    await viewer.read_messages(150)
                    assert (GIFT in viewer.methods) is counts
                given = await fetch(http, sim, only(sim).room_id, need_persist_msg_count="15")
                assert any(m.method == GIFT for m in given.messages) is counts
        assert [c.logged_in for c in sim.ledger.of_room(only(sim).web_rid)] == [True, False]


async def test_a_login_that_is_over_gets_no_more_gifts() -> None:
    async with simulator(gifts_need_login=True, login_lasts_s=60) as sim:
        async with watch(sim, cookie="ttwid=x; sessionid=me") as viewer:
            await viewer.read_until(lambda: GIFT in viewer.methods)
            sim.gate.identities.logins["me"].since_s -= 60
            # What is on its way still has gifts.
            await viewer.read_messages(len(viewer.messages) + 100)
            seen = len(viewer.messages)
            await viewer.read_messages(seen + 100)
            assert GIFT not in viewer.methods[seen:]
        async with browser(ttwid="x", sessionid="me") as http:
            assert await is_logged_in(http, sim) == (False, False)


@pytest.mark.parametrize("manner", ["older", "session"])
async def test_a_login_in_two_places_is_kicked(manner: str) -> None:
    async with simulator(login_kicked=manner) as sim, browser(ttwid="x", sessionid="me") as http:
        cookie = "ttwid=x; sessionid=me"
        async with watch(sim, cookie=cookie) as older, watch(sim, cookie="ttwid=x") as anonymous:
            await older.read_messages(1)
            async with watch(sim, cookie=cookie) as newer:
                await older.read_to_end()
                assert [frame.payload_type for frame in older.other][-1] == "close"
                await newer.read_messages(10)
                await anonymous.read_messages(10)
        await until(lambda: not sim.ledger.connections)
        causes = [c.close_cause for c in sim.ledger.of_room(only(sim).web_rid)]
        assert causes.count("kicked") == 1
        assert causes[0] == "kicked"
        assert await is_logged_in(http, sim) == ((manner == "older",) * 2)


async def test_what_was_shown_is_bounded() -> None:
    async with simulator() as sim:
        known = sim.gate.identities
        for number in range(10_100):
            known.has_ttwid({"ttwid": str(number)}, only(sim).behaviours)
        assert len(known.ttwids) == 10_000
        assert "10099" in known.ttwids
