"""The whole relay against the simulator: what a client of a running relay sees."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from serving import WORKERS
from websockets.asyncio.client import ClientConnection, connect

from relay.app import running
from relay.config import Config, RoomConfig, ServerConfig, WatchConfig
from relay.events import OWN_METHODS, resolve_methods
from relay.server import RelayServer
from relay.sim import Scenario, Simulator

FIVE = ("chat", "gift", "like", "member", "social")


@asynccontextmanager
async def relay_for(simulator: Simulator, *, watched: bool = True) -> AsyncIterator[RelayServer]:
    config = Config(
        server=ServerConfig(port=0, workers=WORKERS),
        watch=WatchConfig(status_poll_s=1),
        rooms=[RoomConfig(room=name) for name in simulator.rooms] if watched else [],
        upstream=simulator.upstream_config(),
    )
    async with running(config) as server:
        yield server


def socket_url(server: RelayServer, query: str = "") -> str:
    return f"{server.url.replace('http', 'ws', 1)}/ws{query}"


async def read_until(
    client: ClientConnection, enough: Callable[[dict[str, Any]], bool], timeout_s: float = 30
) -> list[dict[str, Any]]:
    """Read frames until `enough(frame)`; that frame is the last one given."""
    frames = []
    async with asyncio.timeout(timeout_s):
        while True:
            frame = json.loads(await client.recv())
            frames.append(frame)
            if enough(frame):
                return frames


async def test_two_rooms_bring_chat_gifts_likes_joins_and_follows() -> None:
    methods = resolve_methods(FIVE)
    wanted = {(room, method) for room in ("80000000001", "80000000002") for method in methods}
    seen: dict[tuple[str, str], dict[str, Any]] = {}

    def enough(frame: dict[str, Any]) -> bool:
        if "op" not in frame:
            seen.setdefault((frame["web_rid"], frame["method"]), frame)
        return wanted <= seen.keys()

    async with Simulator(Scenario(rooms=2, rate=20)) as simulator, relay_for(simulator) as server:
        query = f"?room_id={','.join(simulator.rooms)}&method={','.join(FIVE)}"
        async with connect(socket_url(server, query)) as client:
            frames = await read_until(client, enough)

    assert frames[0]["op"] == "hello"
    assert {frame["method"] for frame in frames if "op" not in frame} == methods
    for frame in seen.values():
        assert list(frame) == [
            "method", "msg_id", "room_id", "web_rid", "epoch", "offset", "time", "payload",
        ]  # fmt: skip
        payload = frame["payload"]
        assert list(payload)[:3] == ["room_id", "content", "user"]
        assert list(payload["user"])[:5] == ["uid", "nickname", "avatar", "unique_id", "sec_uid"]
        assert payload["content"]


async def test_what_upstream_sent_arrives_once_and_in_order_over_cuts() -> None:
    scenario = Scenario(rooms=1, rate=200)
    async with Simulator(scenario) as simulator, relay_for(simulator) as server:
        (room,) = simulator.rooms.values()
        received: list[dict[str, Any]] = []
        async with connect(socket_url(server, f"?room_id={room.web_rid}")) as client:
            for _ in range(5):
                goal = len(received) + 200
                received += await read_until(
                    client, lambda f, goal=goal: f.get("offset", 0) >= goal and "op" not in f
                )
                async with aiohttp.ClientSession() as http:
                    answer = await http.post(
                        f"{simulator.url}/_sim/rooms/{room.web_rid}", json={"do": "cut"}
                    )
                    assert answer.status == 200
            received += await read_until(client, lambda f: f.get("offset", 0) >= 1500)
        sent = [message.msg_id for message in room.ledger.sent if not message.duplicate]

    events = [frame for frame in received if "op" not in frame]
    offsets = [event["offset"] for event in events]
    assert offsets == list(range(offsets[0], offsets[0] + len(offsets)))
    # The first ones are what upstream repeats to newcomers, which is a selection.
    upstreams = [event for event in events if event["method"] not in OWN_METHODS]
    ids = [event["msg_id"] for event in upstreams[15:]]
    begin = sent.index(ids[0])
    assert ids == sent[begin : begin + len(ids)]
    assert len({event["epoch"] for event in events}) == 1


async def test_a_room_is_followed_from_one_broadcast_to_the_next() -> None:
    async with Simulator(Scenario(rooms=1, rate=50)) as simulator:
        (room,) = simulator.rooms.values()
        async with (
            relay_for(simulator) as server,
            connect(socket_url(server, f"?room_id={room.web_rid}")) as client,
            aiohttp.ClientSession() as http,
        ):
            orders = f"{simulator.url}/_sim/rooms/{room.web_rid}"
            before = (await read_until(client, lambda f: "op" not in f))[-1]
            await http.post(orders, json={"do": "end"})
            ending = await read_until(client, lambda f: f.get("state") == "ended")
            await http.post(orders, json={"do": "next_broadcast"})
            after = await read_until(
                client, lambda f: "op" not in f and f["room_id"] != before["room_id"]
            )
    control = [f for f in ending if f.get("method") == "WebcastControlMessage"]
    assert control
    assert control[0]["payload"]["action"] == 3
    assert after[-1]["epoch"] == before["epoch"]
    assert after[-1]["offset"] > control[0]["offset"]


async def test_a_client_starts_an_unwatched_room_and_names_it_by_url() -> None:
    async with (
        Simulator(Scenario(rooms=1, rate=50)) as simulator,
        relay_for(simulator, watched=False) as server,
    ):
        (web_rid,) = simulator.rooms
        url = f"https://live.douyin.com/{web_rid}?enter_from=share"
        async with connect(socket_url(server)) as client:
            await client.send(
                json.dumps({"op": "subscribe", "id": "a", "room_id": url, "method": "chat"})
            )
            frames = await read_until(client, lambda f: f.get("method") == "WebcastChatMessage")
        assert [f["id"] for f in frames if f.get("op") == "subscribed"] == ["a"]
        async with aiohttp.ClientSession() as http, http.get(f"{server.url}/api/rooms") as answer:
            rooms = (await answer.json())["rooms"]
        assert [room["web_rid"] for room in rooms] == [web_rid]


async def test_a_dropped_client_resumes_where_it_was() -> None:
    async with Simulator(Scenario(rooms=1, rate=100)) as simulator, relay_for(simulator) as server:
        (web_rid,) = simulator.rooms
        query = f"?room_id={web_rid}"
        async with connect(socket_url(server, query)) as client:
            last = (await read_until(client, lambda f: f.get("offset", 0) >= 50 and "op" not in f))[
                -1
            ]
        async with connect(socket_url(server, query)) as other:
            await read_until(other, lambda f: f.get("offset", 0) >= last["offset"] + 100)
        since = f"&since={last['epoch']}:{last['offset']}"
        async with connect(socket_url(server, query + since)) as client:
            frames = await read_until(client, lambda f: f.get("offset", 0) >= last["offset"] + 300)
    offsets = [f["offset"] for f in frames if "op" not in f]
    assert offsets == list(range(last["offset"] + 1, last["offset"] + 1 + len(offsets)))
    assert not [f for f in frames if f.get("op") == "gap"]


async def test_metrics_count_what_flows() -> None:
    async with Simulator(Scenario(rooms=1, rate=50)) as simulator, relay_for(simulator) as server:
        (web_rid,) = simulator.rooms
        async with connect(socket_url(server, f"?room_id={web_rid}")) as client:
            await read_until(client, lambda f: f.get("offset", 0) >= 100)
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{server.url}/metrics") as answer,
            ):
                text = await answer.text()
    values: dict[str, float] = defaultdict(float)
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            values[name.partition("{")[0]] += float(value)
    assert values["relay_events_total"] >= 100
    assert values["relay_frames_total"] >= 1
    assert values["relay_clients"] == 1
    assert values["relay_deliveries_total"] >= 99


@pytest.mark.parametrize("behaviours", [{"push": "blocked"}, {"push": "403"}])
async def test_a_refused_socket_is_made_up_for_by_polling(behaviours: dict[str, Any]) -> None:
    scenario = Scenario(rooms=1, rate=20)
    async with Simulator(scenario) as simulator:
        (room,) = simulator.rooms.values()
        room.change(behaviours)
        async with (
            relay_for(simulator) as server,
            connect(socket_url(server, f"?room_id={room.web_rid}")) as client,
        ):
            frames = await read_until(client, lambda f: f.get("offset", 0) >= 60)
    offsets = [f["offset"] for f in frames if "op" not in f]
    assert offsets == list(range(offsets[0], offsets[0] + len(offsets)))
