"""Orders at run time, scripts, the sign endpoint, start and stop."""

import json
from typing import Any

import aiohttp
import pytest
import websockets
from sim_client import PATIENCE_S, browser, push_url, until, watch

from relay.errors import ConfigError, ListenError
from relay.sim import RoomPlan, Scenario, Simulator, Step, config_lines
from relay.sim.sign import USER_AGENT

RID = "80000000001"


async def post(sim: Simulator, path: str, body: Any) -> tuple[int, Any]:
    data = body if isinstance(body, str) else json.dumps(body)
    async with browser() as http, http.post(f"{sim.url}/_sim/{path}", data=data) as answer:
        return answer.status, await answer.json()


async def state(sim: Simulator, query: str = "") -> Any:
    async with browser() as http, http.get(f"{sim.url}/_sim/state{query}") as answer:
        assert answer.status == 200
        return await answer.json()


async def test_the_state_shows_rooms_connections_and_what_was_sent() -> None:
    async with Simulator(Scenario(rooms=2, rate=200)) as sim, watch(sim) as viewer:
        await viewer.read_messages(20)
        shown = await state(sim, "?sent=10")
        assert [room["web_rid"] for room in shown["rooms"]] == list(sim.rooms)
        room = shown["rooms"][0]
        assert room["live"]
        assert len(room["sent"]) == 10
        assert room["sent_total"] == sum(room["sent_by_method"].values()) >= 20
        (connection,) = shown["connections"]
        assert connection["web_rid"] == RID
        assert connection["heartbeats"] == len(connection["heartbeat_ms"]) == 1
    await until(lambda: not sim.ledger.connections)


async def test_the_ledger_is_what_arrives() -> None:
    async with Simulator(Scenario(rooms=1, rate=500)) as sim, watch(sim) as viewer:
        room = sim.rooms[RID]
        await viewer.read_messages(300)
        sent = [int(message.msg_id) for message in room.ledger.sent]
        start = sent.index(viewer.msg_ids[-1]) + 1
        # What was replayed at the start was sent before.
        replayed = sim.ledger.of_room(RID)[0].replayed
        live = viewer.msg_ids[replayed:]
        assert live == sent[start - len(live) : start]


async def test_one_room_is_ordered_about_without_touching_the_other() -> None:
    async with Simulator(Scenario(rooms=2, rate=50)) as sim:
        first, second = sim.rooms.values()
        old = first.room_id
        status, shown = await post(sim, f"rooms/{RID}", {"do": "next_broadcast", "rate": 7})
        assert status == 200
        assert shown["room_id"] == first.room_id != old
        assert (first.rate, second.rate) == (7, 50)
        status, _ = await post(sim, f"rooms/{RID}", {"behaviours": {"push": "blocked"}})
        assert status == 200
        assert (first.behaviours.push, second.behaviours.push) == ("blocked", "ok")
        assert not (await post(sim, f"rooms/{RID}", {"do": "end"}))[1]["live"]
        assert second.live


async def test_behaviours_of_all_rooms_change_at_once() -> None:
    async with Simulator(Scenario(rooms=2, rate=1)) as sim:
        status, shown = await post(sim, "behaviours", {"enter": "empty"})
        assert status == 200
        assert {room["enter"] for room in shown.values()} == {"empty"}
        assert {room.behaviours.enter for room in sim.rooms.values()} == {"empty"}


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("rooms/1", {"do": "end"}, 404, RID),
        (f"rooms/{RID}", {"do": "jump"}, 400, "'jump'"),
        (f"rooms/{RID}", {"behaviours": {"pusch": "ok"}}, 400, "did you mean push?"),
        (f"rooms/{RID}", "[]", 400, "object"),
        ("behaviours", {"replay": 99}, 400, "15"),
        ("behaviours", "{", 400, "object"),
        ("sign", {"kind": "ws"}, 400, "url"),
        ("sign", {"kind": "ws", "url": "ws://127.0.0.1/"}, 400, "user_unique_id"),
        ("sign", {"kind": "ftp", "url": ""}, 400, "'ftp'"),
        ("sign", {"kind": "http", "url": ""}, 400, "https URL"),
        ("sign", {"kind": "ws", "url": "ws://[", "room_id": "", "user_unique_id": ""}, 400, "URL"),
    ],
)
async def test_a_wrong_order_says_what_is_wrong(
    path: str, body: Any, status: int, words: str
) -> None:
    async with Simulator(Scenario(rooms=1, rate=1)) as sim:
        got, answer = await post(sim, path, body)
        assert got == status
        assert words in answer["error"]


async def test_a_script_plays_offline_live_ended_and_the_next_broadcast() -> None:
    script = [
        Step(at_s=2.1, do="end"),
        Step(at_s=2.0, do="next_broadcast"),
        Step(at_s=2.2, do="next_broadcast", behaviours={"masked_users": True}, rate=11),
    ]
    plan = RoomPlan(state="offline", script=script)
    async with Simulator(Scenario(rooms=[plan], rate=100)) as sim:
        room = sim.rooms[RID]
        assert not room.live
        await until(lambda: room.rate == 11)
        assert room.live
        assert room.behaviours.masked_users
        assert [broadcast.live for broadcast in room.broadcasts] == [False, False, True]
        assert len({broadcast.room_id for broadcast in room.broadcasts}) == 3
        assert room.ledger.sent_by_method["WebcastControlMessage"] == 1


def ask_to_sign(sim: Simulator, user_id: str = "7400000000000000001") -> dict[str, str]:
    room_id = sim.rooms[RID].room_id
    url = push_url(sim, room_id)
    return {"kind": "ws", "url": url, "room_id": room_id, "user_unique_id": user_id}


async def connect(url: str, user_agent: str) -> None:
    async with websockets.connect(
        url,
        additional_headers={"Cookie": "ttwid=x"},
        user_agent_header=user_agent,
        open_timeout=PATIENCE_S,
        close_timeout=1,
        proxy=None,
    ):
        pass


async def test_a_signature_opens_the_push_socket() -> None:
    scenario = Scenario(rooms=1, rate=1, require_signature=True)
    async with Simulator(scenario) as sim:
        assert [signer.url for signer in sim.signers()] == [f"{sim.url}/_sim/sign"]
        status, answer = await post(sim, "sign", ask_to_sign(sim))
        assert status == 200
        assert answer["user_agent"] == USER_AGENT
        await connect(answer["signed_url"], USER_AGENT)
        _, other = await post(sim, "sign", ask_to_sign(sim, user_id="7400000000000000002"))
        for url, agent in [
            (push_url(sim, sim.rooms[RID].room_id), USER_AGENT),
            (push_url(sim, sim.rooms[RID].room_id, signature="00000000"), USER_AGENT),
            (answer["signed_url"], "another browser"),
            (other["signed_url"], USER_AGENT),
        ]:
            with pytest.raises(websockets.InvalidStatus) as refused:
                await connect(url, agent)
            assert refused.value.response.headers["Handshake-Msg"] == "DEVICE_BLOCKED"
        assert sim.ledger.refused == 4
        assert {refusal.reason for refusal in sim.ledger.refusals} == {"signature wrong or missing"}


async def test_stopping_cuts_everyone_and_frees_the_port() -> None:
    sim = Simulator(Scenario(rooms=1, rate=100))
    await sim.start()
    async with watch(sim) as viewer:
        await viewer.read_messages(1)
        await sim.stop()
        assert await viewer.read_to_end() == 1006
    assert sim.ledger.closed[0].close_cause == "stopped"
    port = int(sim.url.rpartition(":")[2])
    async with Simulator(Scenario(rooms=1, rate=1), port=port) as again:
        assert again.url == sim.url


async def test_a_port_in_use_is_told_as_such() -> None:
    async with Simulator(Scenario(rooms=1, rate=1)) as sim:
        port = int(sim.url.rpartition(":")[2])
        with pytest.raises(ListenError, match=f"127.0.0.1:{port}"):
            await Simulator(Scenario(rooms=1), port=port).start()


async def test_the_config_lines_point_a_relay_here() -> None:
    async with Simulator(Scenario(rooms=2, rate=1)) as sim:
        lines = config_lines(sim)
        assert f'live_url = "{sim.url}"' in lines
        assert f'push_urls = ["{sim.push_url}"]' in lines
        assert lines.count("[[rooms]]") == 2
        upstream = sim.upstream_config()
        assert (upstream.live_url, upstream.push_urls) == (sim.url, [sim.push_url])
        assert sim.signers() == []


def test_a_scenario_that_cannot_be_is_refused_before_anything_starts() -> None:
    with pytest.raises(ConfigError, match="did you mean stall"):
        Simulator(Scenario(rooms=[RoomPlan(behaviours={"stal": "silent"})]))


async def test_latency_delays_answers_of_that_room_only() -> None:
    plans = [RoomPlan(behaviours={"latency_ms": 60_000}), RoomPlan()]
    async with Simulator(Scenario(rooms=plans, rate=1)) as sim, browser(ttwid="x") as http:
        slow, fast = sim.rooms
        url = f"{sim.url}/webcast/room/web/enter/?web_rid="
        with pytest.raises(TimeoutError):
            await http.get(url + slow, timeout=aiohttp.ClientTimeout(total=0.2))
        async with http.get(url + fast) as answer:
            assert (await answer.json())["status_code"] == 0
