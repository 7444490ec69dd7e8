"""The simulator's hosts: several push URLs, and each out of order on its own."""

from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import websockets
from sim_calls import ask, only
from sim_client import PATIENCE_S, browser, push_query, until, watch
from websockets.asyncio.client import ClientConnection

from relay.errors import ConfigError
from relay.sim import Scenario, Simulator
from relay.sim.scenario import HostState, Outage, check

LOW_VALUE = {"WebcastRoomStatsMessage", "WebcastRoomRankMessage"}


def simulator(**changes: Any) -> Simulator:
    return Simulator(Scenario(rooms=1, rate=100, push_hosts=3, **changes))


async def connect(sim: Simulator, number: int) -> ClientConnection:
    """Connect to a push host by its place."""
    query = urlencode(push_query(only(sim).room_id))
    return await websockets.connect(
        f"{sim.push_urls[number - 1]}/webcast/im/push/v2/?{query}",
        additional_headers={"Cookie": "ttwid=x"},
        open_timeout=PATIENCE_S,
        close_timeout=1,
        proxy=None,
    )


async def read_to_end(ws: ClientConnection) -> None:
    while True:
        await ws.recv()


async def test_each_push_host_serves_and_is_named_in_the_ledger() -> None:
    async with simulator() as sim:
        assert len(set(sim.push_urls)) == 3
        assert sim.push_urls[0] == sim.push_url
        assert sim.upstream_config().push_urls == sim.push_urls
        for number in (1, 2, 3):
            async with await connect(sim, number) as ws:
                await ws.recv()
        await until(lambda: len(sim.ledger.closed) == 3)
        assert [closed.host for closed in sim.ledger.closed] == ["push1", "push2", "push3"]


async def test_a_push_host_of_its_own_goes_down_and_comes_back() -> None:
    async with simulator() as sim:
        async with await connect(sim, 2) as on_it, await connect(sim, 3) as beside:
            await on_it.recv()
            await sim.hosts.put("push2", "down")
            with pytest.raises(websockets.ConnectionClosedError):
                await read_to_end(on_it)
            with pytest.raises(ConnectionRefusedError):
                await connect(sim, 2)
            await beside.recv()
        await sim.hosts.put("push2", "up")
        async with await connect(sim, 2) as ws:
            await ws.recv()
        assert sim.ledger.closed[0].close_cause == "host_down"


async def test_the_hosts_of_the_main_port_drop_connections_each_its_own() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        for down, dropped, served in (
            ("live", ["home", "page", "enter", "fetch"], ["reflow"]),
            ("webcast", ["reflow", "partition"], ["home", "enter"]),
            ("push1", [], ["home", "reflow"]),
        ):
            await sim.hosts.put(down, "down")
            for endpoint in dropped:
                with pytest.raises(aiohttp.ServerDisconnectedError):
                    await ask(http, sim, endpoint)
            for endpoint in served:
                assert (await ask(http, sim, endpoint)).status == 200
            # Control is always there.
            async with http.get(f"{sim.url}/_sim/state") as answer:
                assert (await answer.json())["hosts"][down] == "down"
            if down == "push1":
                with pytest.raises((websockets.InvalidMessage, ConnectionError)):
                    await connect(sim, 1)
            else:
                async with watch(sim) as viewer:
                    await viewer.read_messages(1)
            await sim.hosts.put(down, "up")


async def test_a_host_is_down_for_a_time_by_script_and_over_http() -> None:
    outages = [Outage(host="live", for_s=0.02), Outage(at_s=0.05, host="webcast", state="hang")]
    sim = simulator(outages=outages)
    played: list[tuple[str, str]] = []
    put = sim.hosts.put

    async def note(name: str, state: HostState, for_s: float = 0.0) -> None:
        await put(name, state, for_s)
        played.append((name, state))

    sim.hosts.put = note  # type: ignore[method-assign]
    async with sim, browser() as http:
        await until(lambda: len(played) == 3)
        assert sorted(played) == [("live", "down"), ("live", "up"), ("webcast", "hang")]
        assert sim.hosts.by_name["webcast"].state == "hang"
        url = f"{sim.url}/_sim/hosts/push3"
        async with http.post(url, json={"state": "down", "for_s": 0.05}) as answer:
            assert answer.status == 200
        await until(lambda: len(played) == 5)
        assert played[3:] == [("push3", "down"), ("push3", "up")]
        async with await connect(sim, 3) as ws:
            await ws.recv()


async def test_a_host_that_hangs_never_answers() -> None:
    async with simulator() as sim, browser() as http:
        await sim.hosts.put("webcast", "hang")
        await sim.hosts.put("push2", "hang")
        with pytest.raises(TimeoutError):
            async with http.get(
                f"{sim.url}/webcast/room/reflow/info/", timeout=aiohttp.ClientTimeout(total=0.1)
            ):
                pass
        assert (await ask(http, sim, "home")).status == 200


async def test_one_host_refuses_or_starves_and_another_does_not() -> None:
    async with simulator() as sim:
        await sim.hosts.put("push1", "blocked")
        with pytest.raises(websockets.InvalidStatus) as refused:
            await connect(sim, 1)
        assert refused.value.response.headers["Handshake-Msg"] == "DEVICE_BLOCKED"
        assert sim.ledger.refusals[-1].reason == "push1 is blocked"
        await sim.hosts.put("push1", "low_value")
        async with await connect(sim, 2) as well, watch(sim, need_persist_msg_count="0") as starved:
            await starved.read_messages(3)
            assert set(starved.methods) <= LOW_VALUE
            for _ in range(20):
                await well.recv()
            # What it missed comes once the host is well.
            await sim.hosts.put("push1", "up")
            await starved.read_until(lambda: bool(set(starved.methods) - LOW_VALUE))


async def test_orders_and_outages_that_cannot_be() -> None:
    async with simulator() as sim, browser() as http:
        for name, body, words in (
            ("push9", {}, "push3"),
            ("live", {"state": "silent"}, "push hosts"),
            ("live", {"state": "gone"}, "gone"),
        ):
            async with http.post(f"{sim.url}/_sim/hosts/{name}", json=body) as answer:
                assert answer.status == 400
                assert words in (await answer.json())["error"]
    for outage in (Outage(host="push2"), Outage(host="live", state="blocked")):
        with pytest.raises(ConfigError, match=r"outages\[0\]"):
            check(Scenario(outages=[outage]))
