"""The six REST endpoints from Douyin's answers to the client's, on the simulator."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import aiohttp.web
import msgspec
import pytest
from key_paths import differences

from relay.app import running
from relay.config import Config, ServerConfig, UpstreamConfig
from relay.sim import Behaviours, RoomPlan, Scenario, Simulator

BASE = "/douyin/liveroom"
LIVE, OFFLINE = "80000000001", "80000000002"


class Ask:
    """Asks the endpoints of a relay."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http

    async def __call__(self, endpoint: str, **parameters: Any) -> dict[str, Any]:
        url = f"{self._url}{BASE}/{endpoint}"
        async with self._http.get(url, params=parameters) as response:
            answer: dict[str, Any] = json.loads(await response.read())
            assert answer["code"] == response.status
            return answer

    async def rooms(self) -> list[str]:
        """Give the web_rids of the rooms that are watched."""
        async with self._http.get(f"{self._url}/api/rooms") as response:
            return [room["web_rid"] for room in (await response.json())["rooms"]]


@asynccontextmanager
async def douyin(*, signs: bool = True, **behaviours: Any) -> AsyncIterator[Simulator]:
    scenario = Scenario(
        rooms=[RoomPlan(web_rid=LIVE), RoomPlan(web_rid=OFFLINE, state="offline")],
        rate=50,
        require_signature=signs,
        behaviours=Behaviours(**behaviours),
    )
    async with Simulator(scenario) as simulator:
        yield simulator


@asynccontextmanager
async def asking(
    simulator: Simulator, *, signer: bool = True, **changes: Any
) -> AsyncIterator[Ask]:
    upstream = msgspec.structs.replace(simulator.upstream_config(), **changes)
    signers = simulator.signers() if signer else []
    config = Config(server=ServerConfig(port=0), upstream=upstream, signers=signers)
    async with running(config) as server, aiohttp.ClientSession() as http:
        yield Ask(server.url, http)


async def test_every_key_of_the_example_answers_is_served(seeds: Path) -> None:
    async with douyin() as simulator, asking(simulator) as ask:
        room_id = simulator.rooms[LIVE].room_id
        assert int(room_id) > 2**53
        of_room = {"room_id": room_id}
        questions: dict[str, dict[str, Any]] = {
            "info": of_room,
            "status": of_room,
            "audience": of_room,
            "promotions": of_room,
            "feed": {},
        }
        for endpoint, parameters in questions.items():
            seed = json.loads((seeds / f"{endpoint}.json").read_bytes())
            assert differences(seed, await ask(endpoint, **parameters)) == [], endpoint
        for shape in ("v2021", "v2020"):
            seed = json.loads((seeds / f"chat_{shape}.json").read_bytes())
            async with asyncio.timeout(20):
                while True:
                    answer = await ask("chat", **of_room, format=shape, wait=5)
                    data = answer["data"]
                    if len(data["messages"] if shape == "v2021" else data) > 20:
                        break
            assert differences(seed, answer) == []


@pytest.mark.parametrize("transport", ["poll", "socket"])
async def test_what_douyin_would_go_on_with_is_handed_on_where_it_is_polled(transport: str) -> None:
    async with douyin() as simulator, asking(simulator, transport=transport) as ask:
        data = (await ask("chat", room_id=LIVE, wait=20))["data"]
        assert data["messages"]
        assert (data["internal_ext"] != "") == (transport == "poll")
        assert data["internal_ext"] != data["cursor"]


async def test_ids_are_exact_and_have_their_text_beside_them() -> None:
    async with douyin() as simulator, asking(simulator) as ask:
        room_id = simulator.rooms[LIVE].room_id
        room = (await ask("info", room_id=LIVE))["data"]["data"]
        assert (room["id"], room["id_str"]) == (int(room_id), room_id)
        assert room["owner_user_id_str"] == str(room["owner_user_id"]) == room["owner"]["id_str"]
        (status,) = (await ask("status", room_id=room_id))["data"]["data"]
        assert (status["room_id"], status["room_id_str"]) == (int(room_id), room_id)
        for recommended in (await ask("feed"))["data"]["data"]:
            own = recommended["owner"]["own_room"]
            assert [str(number) for number in own["room_ids"]] == own["room_ids_str"]
            assert str(recommended["id"]) == recommended["id_str"]
            assert recommended["status"] == 2


async def test_an_ended_room_is_described_and_nobody_chats_in_it() -> None:
    async with douyin() as simulator, asking(simulator) as ask:
        for name in (OFFLINE, simulator.rooms[OFFLINE].room_id):
            info = await ask("info", room_id=name)
            assert (info["code"], info["data"]["data"]["status"]) == (200, 4)
            (status,) = (await ask("status", room_id=name))["data"]["data"]
            assert (status["alive"], status["state"]) == (False, "ended")
            for endpoint in ("chat", "audience"):
                answer = await ask(endpoint, room_id=name)
                assert (answer["code"], answer["error"]["type"]) == (409, "room_not_live")


@pytest.mark.parametrize("answer", ["bad_params", "no_data", "unavailable"])
async def test_a_room_id_that_douyin_does_not_know_is_not_watched(answer: str) -> None:
    async with (
        douyin(reflow_unknown=answer) as simulator,
        asking(simulator, signer=False) as ask,
    ):
        for endpoint in ("chat", "audience", "promotions"):
            reply = await ask(endpoint, room_id="7999999999999999999")
            assert (reply["code"], reply["error"]["type"]) == (404, "room_not_found"), endpoint
        reply = await ask("chat", room_id=simulator.rooms[OFFLINE].room_id)
        assert (reply["code"], reply["error"]["type"]) == (409, "room_not_live")
        assert await ask.rooms() == []
        ledger = simulator.ledger
        assert (ledger.opened, ledger.refused, ledger.calls["fetch"]) == (0, 0, 0)


async def test_goods_without_a_signer_are_counted_first_and_then_named_by_events() -> None:
    async with douyin() as simulator, asking(simulator, signer=False) as ask:
        first = await ask("promotions", room_id=LIVE)
        assert first["data"]["total"] == simulator.rooms[LIVE].behaviours.goods
        assert (first["meta"]["source"], first["data"]["promotions"]) == ("reflow", [])
        assert await ask.rooms() == [LIVE]
        async with asyncio.timeout(30):
            while not (answer := await ask("promotions", room_id=LIVE))["data"]["promotions"]:
                await ask("chat", room_id=LIVE, wait=1)
        assert (answer["meta"]["source"], answer["data"]["has_more"]) == ("events", False)


async def test_douyins_list_has_what_is_explained_now_from_the_events() -> None:
    async with douyin() as simulator, asking(simulator) as ask:
        answer = await ask("promotions", room_id=LIVE)
        assert "current_promotion_id" in answer["meta"]["missing"]
        async with asyncio.timeout(30):
            while not answer["data"]["current_promotion_id"]:
                await ask("chat", room_id=LIVE, wait=1)
                answer = await ask("promotions", room_id=LIVE)
        assert answer["meta"]["source"] == "pop"
        assert "current_promotion_id" not in answer["meta"]["missing"]
        sold = {goods["promotion_id"] for goods in answer["data"]["promotions"]}
        assert answer["data"]["current_promotion_id"] in sold


async def test_a_status_is_as_old_as_what_it_tells() -> None:
    async with douyin() as simulator, asking(simulator) as ask:
        room_id = simulator.rooms[LIVE].room_id
        first = (await ask("status", room_id=room_id))["meta"]
        assert first["source"] == "reflow"
        again = (await ask("status", room_id=f"{room_id},{OFFLINE}"))["meta"]
        assert again["fetched_at_ms"] == first["fetched_at_ms"]
        assert again["cache_age_ms"] >= first["cache_age_ms"]


@pytest.mark.parametrize(
    ("refusing", "source"),
    [
        ({"reflow": "empty"}, "web_enter"),
        ({"reflow": "403", "enter": "empty"}, "html"),
    ],
)
async def test_info_falls_back_and_says_what_is_missing(
    refusing: dict[str, str], source: str, seeds: Path
) -> None:
    async with douyin(**refusing) as simulator, asking(simulator) as ask:
        answer = await ask("info", room_id=LIVE)
        assert answer["meta"]["source"] == source
        assert answer["data"]["data"]["title"] == simulator.rooms[LIVE].current.title
        assert "data.create_time" in answer["meta"]["missing"]
        seed = json.loads((seeds / "info.json").read_bytes())
        assert differences(seed, answer) == []


async def test_without_a_signer_events_make_up_for_what_is_signed() -> None:
    async with douyin(signs=False) as simulator, asking(simulator, signer=False) as ask:
        audience = await ask("audience", room_id=LIVE)
        assert audience["meta"]["source"] == "events"
        ranks = audience["data"]["data"]["ranks"]
        assert audience["data"]["data"]["partial"] is True
        assert ranks
        assert all(rank["user"]["id_str"] == str(rank["user"]["id"]) for rank in ranks)
        goods = simulator.rooms[LIVE].behaviours.goods
        promotions = await ask("promotions", room_id=LIVE)
        assert (promotions["data"]["partial"], promotions["data"]["total"]) == (True, goods)


async def test_without_a_signer_and_events_it_says_what_to_configure() -> None:
    async with douyin(goods=3) as simulator, asking(simulator, signer=False) as ask:
        # Who may not chat, since even im/fetch refuses, learns nothing from events.
        for room in simulator.rooms.values():
            room.change({"fetch": "empty", "push": "blocked", "enter": "empty", "page": "403"})
        answer = await ask("audience", room_id=simulator.rooms[LIVE].room_id)
        assert (answer["code"], answer["error"]["type"]) == (503, "signer_unavailable")
        assert "[[signers]]" in answer["msg"]


async def test_what_recorded_rooms_have_is_served_as_it_is(recorded: Path, seeds: Path) -> None:
    """web/enter's own answer, as Douyin gave it, through the whole relay."""
    body = (recorded / "rest" / "web_enter_live_2026-04.json").read_bytes()
    room = json.loads(body)["data"]["data"][0]

    async def enter(_request: aiohttp.web.Request) -> aiohttp.web.Response:
        return aiohttp.web.Response(body=body, content_type="application/json")

    app = aiohttp.web.Application()
    app.router.add_get("/webcast/room/web/enter/", enter)
    runner = aiohttp.web.AppRunner(app, access_log=None)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    config = Config(
        server=ServerConfig(port=0),
        upstream=UpstreamConfig(live_url=url, webcast_url=url, calls_per_s=1000),
    )
    try:
        async with (
            running(config) as server,
            aiohttp.ClientSession() as http,
            http.get(f"{server.url}{BASE}/info?room_id={LIVE}") as response,
        ):
            answer = json.loads(await response.read())
    finally:
        await runner.cleanup()
    assert (answer["code"], answer["meta"]["source"]) == (200, "web_enter")
    assert differences(json.loads((seeds / "info.json").read_bytes()), answer) == []
    served = answer["data"]["data"]
    assert served["id_str"] == room["id_str"] == str(served["id"])
    assert served["title"] == room["title"]
    assert served["room_view_stats"] == room["room_view_stats"]
