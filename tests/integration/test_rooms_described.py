"""Which broadcast a room's description is of, and where it is from, on the simulator."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from relay.app import running
from relay.config import Config, ServerConfig
from relay.sim import RoomPlan, Scenario, Simulator
from relay.sim.scenario import Step

LIVE, OTHER = "80000000001", "80000000002"

Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def douyin() -> AsyncIterator[Simulator]:
    rooms = [RoomPlan(web_rid=LIVE), RoomPlan(web_rid=OTHER)]
    async with Simulator(Scenario(rooms=rooms, rate=20)) as simulator:
        yield simulator


@asynccontextmanager
async def asking(simulator: Simulator) -> AsyncIterator[tuple[Ask, str]]:
    config = Config(server=ServerConfig(port=0), upstream=simulator.upstream_config())
    async with running(config) as server, aiohttp.ClientSession() as http:

        async def ask(endpoint: str, **parameters: Any) -> dict[str, Any]:
            url = f"{server.url}/douyin/liveroom/{endpoint}"
            async with http.get(url, params=parameters) as response:
                answer: dict[str, Any] = json.loads(await response.read())
                return answer

        yield ask, server.url


async def test_the_broadcast_of_a_watched_room_is_described_by_the_web_where_reflow_refuses(
    douyin: Simulator,
) -> None:
    room = douyin.rooms[LIVE]
    async with asking(douyin) as (ask, _url):
        chat = await ask("chat", room_id=LIVE, wait=25)
        assert chat["data"]["messages"]
        room.change({"reflow": "empty"})
        info = await ask("info", room_id=room.room_id)
        assert (info["code"], info["meta"]["source"]) == (200, "web_enter")
        assert info["data"]["data"]["title"] == room.current.title


async def test_a_room_is_described_in_its_next_broadcast_at_once(
    douyin: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.upstream.api.INFO_S", 0.0)
    room = douyin.rooms[LIVE]
    async with asking(douyin) as (ask, _url):
        first = room.room_id
        assert (await ask("info", web_rid=LIVE))["data"]["data"]["id_str"] == first
        room.obey(Step(do="next_broadcast"))
        assert room.room_id != first
        info = (await ask("info", web_rid=LIVE))["data"]["data"]
        assert (info["id_str"], info["status"]) == (room.room_id, 2)
        (status,) = (await ask("status", web_rid=LIVE))["data"]["data"]
        assert (status["state"], status["room_id_str"]) == ("live", room.room_id)


async def test_one_odd_room_costs_the_others_nothing_and_the_metrics_tell(
    douyin: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.upstream.api.INFO_S", 0.0)
    odd, other = (douyin.rooms[name] for name in (LIVE, OTHER))
    odd.change({"reflow": "not_json"})
    async with asking(douyin) as (ask, url):
        for _ in range(10):
            assert (await ask("info", room_id=odd.room_id))["code"] == 502
        info = await ask("info", room_id=other.room_id)
        assert (info["code"], info["meta"]["source"]) == (200, "reflow")
        await ask("status", room_id=other.room_id)
        async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics") as response:
            metrics = (await response.text()).splitlines()
    for line in (
        'relay_upstream_calls_total{endpoint="reflow",outcome="bad_body"} 10.0',
        'relay_upstream_calls_total{endpoint="reflow",outcome="ok"} 1.0',
        'relay_upstream_cache_hits_total{kind="broadcast"} 1.0',
        'relay_upstream_breaker_open{endpoint="reflow"} 0.0',
        'relay_upstream_breaker_open{endpoint="feed"} 0.0',
    ):
        assert line in metrics


@pytest.mark.parametrize("answer", ["bad_params", "no_data", "unavailable"])
async def test_a_room_id_that_douyin_does_not_know_is_not_found(
    douyin: Simulator, answer: str
) -> None:
    for room in douyin.rooms.values():
        room.change({"reflow_unknown": answer})
    unknown = "7999999999999999999"
    async with asking(douyin) as (ask, _url):
        error = (await ask("info", room_id=unknown))["error"]
        assert error["type"] == "room_not_found"
        room_id = douyin.rooms[LIVE].room_id
        rooms = (await ask("status", room_id=f"{unknown},{room_id}"))["data"]["data"]
        assert [room["state"] for room in rooms] == ["not_found", "live"]
