"""What the relay says of a room's numbers against what the simulator knows to be true."""

import asyncio
import json
from collections import Counter
from typing import Any

import aiohttp
from websockets.asyncio.client import connect

from relay.app import running
from relay.config import Config, RoomConfig, ServerConfig
from relay.sim import Simulator
from relay.sim.scenario import RoomPlan, Scenario, Step

BAD = {"duplicate_every": 7, "reorder_every": 5, "endless_combo_every": 4}


async def test_numbers_folded_by_a_client_are_the_true_ones() -> None:
    plan = RoomPlan(web_rid="80000000001", rate=1.0, behaviours=BAD)
    async with Simulator(Scenario(rooms=[plan])) as simulator:
        (room,) = simulator.rooms.values()
        config = Config(
            server=ServerConfig(port=0),
            rooms=[RoomConfig(room=name) for name in simulator.rooms],
            upstream=simulator.upstream_config(),
        )
        async with running(config) as server, asyncio.timeout(60):
            url = server.url.replace("http", "ws", 1) + f"/ws?room_id={room.web_rid}"
            stats: dict[str, Any] = {}
            seen: Counter[str] = Counter()
            people: set[str] = set()
            given: Counter[str] = Counter()
            counted = False
            async with connect(url, max_queue=None) as client:
                async for text in client:
                    frame = json.loads(text)
                    if frame.get("state") == "live" and not seen:
                        room.obey(Step(do="behave", rate=200.0))
                    if "op" in frame:
                        continue
                    method, payload = frame["method"], frame["payload"]
                    if method == "RelayStats":
                        assert payload["full"] or stats
                        stats = payload if payload["full"] else stats | payload
                        counted = sum(stats["messages"].values()) == seen.total()
                        true = room.ledger.gifts.totals(room.room_id)
                        # What upstream has just sent may not have come.
                        told = stats["gifts"], stats["gift_diamonds"]
                        is_even = told == (true.gifts, true.diamonds)
                        if counted and is_even and seen.total() > 1000:
                            break
                        if seen.total() > 1000:
                            room.obey(Step(do="behave", rate=0.5))
                        continue
                    if method == "RelayGiftCombo":
                        continue
                    seen[method] += 1
                    if method == "WebcastChatMessage":
                        people.add(payload["user"]["uid"])
                    if method == "WebcastGiftMessage":
                        given[payload["user"]["uid"]] += payload["increment_diamonds"]
            async with (
                aiohttp.ClientSession(server.url) as http,
                http.get(f"/api/rooms/{room.room_id}/stats") as answer,
            ):
                snapshot = await answer.json()

    assert stats["messages"] == seen
    assert stats["gift_diamonds"] == given.total()
    assert (stats["gifts"], stats["gift_diamonds"]) == (true.gifts, true.diamonds)
    top = [(giver["user"]["uid"], giver["diamonds"]) for giver in stats["top_givers"]]
    assert [diamonds for _, diamonds in top] == [n for _, n in given.most_common(10)]
    assert all(given[uid] == diamonds for uid, diamonds in top)
    assert stats["chatters"] >= len(people)
    assert snapshot["room_id"] == room.room_id
    assert snapshot["stats"]["viewers_total"] >= stats["viewers_total"] > 0
