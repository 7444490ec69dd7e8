"""Feed, lists, rank, shop, gifts, account: what the web page asks for around a broadcast."""

import json
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from sim_calls import ask, get, only, path_of, simulator
from sim_client import browser, until, watch

from relay.sim import RoomPlan, Scenario, Simulator, Step
from relay.sim.show import PRODUCTS, SHOPPING
from relay.sim.sign import USER_AGENT
from relay.webcast.pb import webcast_pb2 as pb


def feed_rooms(answer: Any) -> list[Any]:
    """Find the rooms of a feed in any of its forms."""
    if isinstance(answer["data"], dict):
        rooms: list[Any] = answer["data"]["data"]
        return rooms
    inner = [item["data"] for item in answer["data"]]
    return [json.loads(room) if isinstance(room, str) else room for room in inner]


@pytest.mark.parametrize("form", ["objects", "strings", "nested"])
async def test_a_feed_has_twenty_rooms_that_do_not_say_they_are_live(form: str) -> None:
    async with simulator(rooms=3, feed_form=form) as sim, browser(ttwid="x") as http:
        answer = (await ask(http, sim, "feed")).json()
        rooms = feed_rooms(answer)
        assert (answer["status_code"], answer["extra"]["has_more"]) == (0, True)
        assert len({room["id"] for room in rooms}) == answer["extra"]["total"] == 20
        assert {room.room_id for room in sim.rooms.values()} < {room["id_str"] for room in rooms}
        for room in rooms:
            assert room["status"] == room["owner_user_id"] == room["create_time"] == 0
            assert (room["stats"]["total_user"], room["share_url"]) == (0, "")
            assert room["id"] == int(room["id_str"]) > 2**53
            assert room["owner"]["web_rid"]
            assert room["owner"]["own_room"]["room_ids_str"] == [room["id_str"]]


async def test_ids_in_a_feed_are_rounded_as_javascript_writes_them() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        for room in feed_rooms((await ask(http, sim, "feed")).json()):
            (rounded,) = room["owner"]["own_room"]["room_ids"]
            assert float(rounded) == float(room["id"])
            assert str(rounded).endswith("0")


async def test_each_feed_is_another_set() -> None:
    async with simulator(rooms=30) as sim, browser(ttwid="x") as http:
        first = [room["id"] for room in feed_rooms((await ask(http, sim, "feed")).json())]
        second = [room["id"] for room in feed_rooms((await ask(http, sim, "feed")).json())]
        assert set(first) != set(second)


async def test_a_feed_wants_the_cookie_and_leaves_out_who_is_offline() -> None:
    plans = [RoomPlan(), RoomPlan(state="offline")]
    async with Simulator(Scenario(rooms=plans, rate=1)) as sim:
        async with browser() as http:
            assert (await ask(http, sim, "feed")).body == b""
        async with browser(ttwid="x") as http:
            shown = {room["id_str"] for room in feed_rooms((await ask(http, sim, "feed")).json())}
        live, offline = sim.rooms.values()
        assert live.room_id in shown
        assert offline.room_id not in shown


async def test_reflow_knows_the_rooms_of_the_feed() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        for shown in feed_rooms((await ask(http, sim, "feed")).json()):
            info = (await ask(http, sim, "reflow", id=shown["id_str"])).json()
            room = info["data"]["room"]
            assert (room["id"], room["status"]) == (shown["id"], 2)
            assert room["owner"]["nickname"] == shown["owner"]["nickname"]
            assert room["owner_user_id"] == shown["owner"]["id"]


async def test_partitions_are_listed_to_their_end() -> None:
    async with simulator(rooms=2) as sim, browser() as http:
        offset, seen = 0, set[str]()
        while True:
            where = f"/webcast/web/partition/detail/room/v2/?count=15&offset={offset}"
            page = (await get(http, sim, where)).json()["data"]
            if not page["count"]:
                break
            assert page["count"] == len(page["data"]) <= 15
            seen |= {item["web_rid"] for item in page["data"]}
            offset = page["offset"]
        assert set(sim.rooms) < seen
        assert len(seen) == offset


async def test_the_ranklist_ranks_who_gave() -> None:
    async with (
        Simulator(Scenario(rooms=1, rate=500)) as sim,
        browser(ttwid="x", sessionid="y") as http,
    ):
        room = only(sim)
        await until(lambda: room.ledger.sent_by_method["WebcastGiftMessage"] > 100)
        data = (await ask(http, sim, "ranklist")).json()["data"]
        scores = [rank["score"] for rank in data["ranks"]]
        assert [rank["rank"] for rank in data["ranks"]] == list(range(1, len(scores) + 1))
        assert scores == sorted(scores, reverse=True)
        assert scores[0] > 0
        assert data["total"] >= len(scores)
        assert all(rank["user"]["mystery_man"] == 1 for rank in data["ranks"])


async def test_who_is_not_logged_in_gets_some_people_masked() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        users = [r["user"] for r in (await ask(http, sim, "ranklist")).json()["data"]["ranks"]]
        masked = [user for user in users if user["mystery_man"] >= 2]
        assert 0 < len(masked) < len(users)
        for user in masked:
            assert (user["id"], user["id_str"], user["sec_uid"]) == (111111, "111111", "111111")
            assert user["display_id"] == "111111"
            assert user["nickname"].startswith("dou")


async def test_the_ranklist_wants_the_anchors_ids_and_a_broadcast_that_is_on() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        for wrong in ({"uid": ""}, {"sec": "x"}, {"id": "7000000000000000000"}):
            assert (await ask(http, sim, "ranklist", **wrong)).json()["status_code"] == 10011
        only(sim).obey(Step(do="end"))
        assert (await ask(http, sim, "ranklist")).json()["status_code"] == 30003


async def test_goods_are_shown_while_there_are_any() -> None:
    async with simulator(goods=5) as sim, browser(ttwid="x") as http:
        room = only(sim)
        goods = (await ask(http, sim, "promotions")).json()["promotions"]
        assert len({product["promotion_id"] for product in goods}) == 5
        assert all(product["min_price"] <= product["max_price"] for product in goods)
        assert all(room.room_id in product["detail_url"] for product in goods)
        enter = (await ask(http, sim, "enter")).json()["data"]["data"][0]
        assert enter["has_commerce_goods"]
        assert enter["room_cart"]["total"] == 5
        wrong = await ask(http, sim, "promotions", uid="1")
        assert wrong.json()["status_code"] == 10011
        # "No goods" looks like a refusal.
        room.change({"goods": 0})
        assert (await ask(http, sim, "promotions")).body == b""
        assert not (await ask(http, sim, "enter")).json()["data"]["data"][0]["has_commerce_goods"]
        room.change({"goods": 5})
        room.obey(Step(do="end"))
        assert (await ask(http, sim, "promotions")).body == b""


async def test_goods_come_page_by_page_too() -> None:
    async with simulator(goods=7) as sim, browser(ttwid="x") as http:
        room = only(sim)
        form = {"room_id": room.room_id, "author_id": str(room.anchor.uid), "limit": "3"}
        titles: list[str] = []
        offset = "0"
        while offset != "-1":
            where = f"{sim.url}/live/promotions/page/"
            async with http.post(where, data=form | {"offset": offset}) as answer:
                page = await answer.json()
            titles += [product["title"] for product in page["promotions"]]
            offset = page["next_offset"]
        whole = (await ask(http, sim, "promotions")).json()["promotions"]
        assert titles == [product["title"] for product in whole]


async def test_the_socket_tells_of_the_goods_that_are_listed() -> None:
    async with Simulator(Scenario(rooms=1, rate=1000)) as sim, browser(ttwid="x") as http:
        goods = (await ask(http, sim, "promotions")).json()["promotions"]
        listed = {product["promotion_id"] for product in goods}
        async with watch(sim) as viewer:
            await viewer.read_until(lambda: {SHOPPING, PRODUCTS} <= set(viewer.methods))
        for message in viewer.messages:
            if message.method == SHOPPING:
                news = pb.LiveShoppingMessage.FromString(message.payload)
                assert str(news.promotion_id) in listed
                assert news.promotions_num == len(listed)
            elif message.method == PRODUCTS:
                assert pb.ProductChangeMessage.FromString(message.payload).total == len(listed)


async def test_a_room_without_goods_tells_of_none() -> None:
    plans = [RoomPlan(behaviours={"goods": 0})]
    async with Simulator(Scenario(rooms=plans, rate=5000)) as sim:
        told = only(sim).ledger.sent_by_method
        await until(lambda: told.total() > 3000)
        assert not {SHOPPING, PRODUCTS} & set(told)


async def test_gifts_and_the_account() -> None:
    async with simulator() as sim:
        async with browser(ttwid="x") as http:
            gifts = (await ask(http, sim, "gift_list")).json()["data"]["gifts"]
            assert all(gift["name"] and gift["diamond_count"] > 0 for gift in gifts)
            assert (await ask(http, sim, "user_me")).json()["status_code"] == 20003
        async with browser(ttwid="x", sessionid="y") as http:
            assert (await ask(http, sim, "user_me")).json()["data"]["id_str"]


async def test_im_fetch_speaks_json_where_that_is_asked_for() -> None:
    async with Simulator(Scenario(rooms=1, rate=300)) as sim, browser(ttwid="x") as http:
        room = only(sim)
        await until(lambda: len(room.ledger.sent) > 50)
        where = path_of(sim, "fetch") + "&resp_content_type=json&need_persist_msg_count=15"
        first = (await get(http, sim, where)).json()
        assert first["status_code"] == 0
        assert first["extra"]["fetch_interval"] == 1000
        sent = {message.msg_id for message in room.ledger.sent}
        assert {item["common"]["msg_id"] for item in first["data"]} <= sent
        assert any(item.get("content") for item in first["data"])
        pair = {"cursor": first["extra"]["cursor"], "internal_ext": first["internal_ext"]}
        await until(lambda: len(room.ledger.sent) > len(sent) + 50)
        then = (await get(http, sim, f"{where}&{urlencode(pair)}")).json()
        assert len(then["data"]) > 15


async def sign(http: aiohttp.ClientSession, sim: Simulator, url: str) -> str:
    body = {"kind": "http", "url": url, "method": "GET", "user_agent": USER_AGENT}
    async with http.post(f"{sim.url}/_sim/sign", json=body) as answer:
        assert answer.status == 200
        signed = await answer.json()
        assert signed["user_agent"] == USER_AGENT
        return str(signed["signed_url"])


@pytest.mark.parametrize("endpoint", ["ranklist", "promotions"])
async def test_guarded_endpoints_want_a_signature_where_the_scenario_says_so(
    endpoint: str,
) -> None:
    scenario = Scenario(rooms=1, rate=1, require_signature=True)
    async with Simulator(scenario) as sim, browser(ttwid="x") as http:
        http.headers["User-Agent"] = USER_AGENT
        path = path_of(sim, endpoint) + '&entrance_info={"a":"b c"}'
        assert (await get(http, sim, path)).body == b""
        signed = (await sign(http, sim, sim.url + path)).removeprefix(sim.url)
        assert (await get(http, sim, signed)).json()["status_code"] == 0
        # For another query, another path, another browser, and made up.
        assert (await get(http, sim, signed + "&more=1")).body == b""
        assert (await get(http, sim, path + "&a_bogus=0000000000000000")).body == b""
        http.headers["User-Agent"] = "another browser"
        assert (await get(http, sim, signed)).body == b""
        assert only(sim).ledger.requests[f"{endpoint} unsigned"] == 4
        http.cookie_jar.clear()
        assert (await get(http, sim, signed)).body == b""
        assert only(sim).ledger.requests[f"{endpoint} no ttwid"] == 1


async def test_calls_are_counted_by_endpoint_refused_ones_too() -> None:
    async with simulator(reflow="403") as sim, browser(ttwid="x") as http:
        await ask(http, sim, "reflow")
        await ask(http, sim, "reflow", id="7000000000000000000")
        await ask(http, sim, "feed")
        assert sim.ledger.calls == {"reflow": 2, "feed": 1}
        shown = (await get(http, sim, "/_sim/state")).json()["calls"]
        assert (shown["reflow"], shown["feed"]) == (2, 1)
