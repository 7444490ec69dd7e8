"""Ways to a room other than its page: short links, user pages, live status of many."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sim_calls import get, only
from sim_client import browser

from relay.sim import RoomPlan, Scenario, Simulator, Step

STATUS = "/webcast/distribution/check_user_live_status/?user_ids="


def simulator() -> Simulator:
    return Simulator(Scenario(rooms=[RoomPlan(), RoomPlan(state="offline")], rate=1))


async def location(sim: Simulator, path: str) -> str:
    async with browser() as http, http.get(sim.url + path, allow_redirects=False) as answer:
        assert answer.status == 302
        return answer.headers["Location"]


async def test_a_short_link_leads_to_the_broadcast_that_is_on() -> None:
    async with simulator() as sim, browser() as http:
        room = only(sim)
        for path in (f"/{room.short_code}/", f"/{room.short_code}"):
            target = urlsplit(await location(sim, path))
            assert target.path == f"/douyin/webcast/reflow/{room.room_id}"
            assert parse_qs(target.query)["sec_user_id"] == [room.anchor.sec_uid]
        old = room.room_id
        room.obey(Step(do="next_broadcast"))
        assert (await location(sim, f"/{room.short_code}/")).split("?")[0].endswith(room.room_id)
        page = await get(http, sim, f"/douyin/webcast/reflow/{old}")
        assert f'"webRid":"{room.web_rid}"' in page.body.decode()
        assert (await get(http, sim, "/iSim9999/")).status == 404
        assert (await get(http, sim, "/douyin/webcast/reflow/7000000000000000000")).status == 404


async def test_the_other_short_link_leads_to_the_anchor() -> None:
    async with simulator() as sim, browser() as http:
        room = only(sim)
        target = urlsplit(await location(sim, f"/{room.user_code}/"))
        assert target.path == "/user/"
        assert parse_qs(target.query)["sec_uid"] == [room.anchor.sec_uid]
        # Followed, it is the anchor's page.
        assert room.anchor.nickname in (await get(http, sim, f"/{room.user_code}/")).body.decode()


def user_of(html: str) -> Any:
    pushed = re.search(r"self\.__pace_f\.push\((.*?)\)</script>", html)
    assert pushed is not None
    _, row = json.loads(pushed[1])
    return json.loads(row.partition(":")[2])[3]["user"]["user"]


async def test_the_user_page_says_whether_a_broadcast_is_on() -> None:
    async with simulator() as sim, browser() as http:
        live, offline = sim.rooms.values()
        for path in (f"/user/{live.anchor.sec_uid}", f"/user/?sec_uid={live.anchor.sec_uid}"):
            html = (await get(http, sim, path)).body.decode()
            assert "直播中" in html
            user = user_of(html)
            assert user["roomIdStr"] == user["roomData"]["id_str"] == live.room_id
            assert user["roomData"]["status"] == 2
        html = (await get(http, sim, f"/user/{offline.anchor.sec_uid}")).body.decode()
        assert "直播中" not in html
        assert user_of(html)["roomData"] == {}
        assert (await get(http, sim, "/user/MS4wLjABnobody")).status == 404


async def test_live_status_of_many_tells_logins_more() -> None:
    async with simulator() as sim:
        live, offline = sim.rooms.values()
        path = f"{STATUS}{live.anchor.uid},{offline.anchor.uid},1"
        for login, told in (("", [1]), ("me", [1, 0])):
            async with browser(**({"sessionid": login} if login else {})) as http:
                (scene,) = (await get(http, sim, path)).json()["data"]
                assert [user["live_status"] for user in scene["user_live"]] == told
                assert scene["user_live"][0]["room_id_str"] == live.room_id
                assert scene["user_live"][0]["user_id_str"] == str(live.anchor.uid)
