"""Rooms that are watched by somebody who is logged in, against the simulator."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from watching import quick, watching

from relay.config import LoginConfig
from relay.hub import RoomState
from relay.sim import Scenario, Simulator
from relay.sim.scenario import Behaviours

ROOM = "80000000001"
DAY_S = 86_400

Write = Callable[..., LoginConfig]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, *, days_left: float = 30.0) -> LoginConfig:
        path = tmp_path / name
        path.touch(mode=0o600)
        begun = int(time.time() + (days_left - 60) * DAY_S)
        path.write_text(f"sessionid={name}-secret; sid_guard={name}%7C{begun}%7C{60 * DAY_S}%7Cx")
        return LoginConfig(name=name, cookie_file=str(path))

    return write


async def test_gifts_that_only_a_login_is_shown_are_counted(write: Write) -> None:
    scenario = Scenario(rooms=1, rate=200, behaviours=Behaviours(gifts_need_login=True))
    async with Simulator(scenario) as simulator:
        config = simulator.upstream_config()
        async with watching(config, ROOM, logins=[write("tv")]) as (manager, listener):
            stream = manager.streams()[0]
            await listener.until(lambda: stream.counters.events["WebcastGiftMessage"] > 0)
            health = stream.status.health
    assert (health.identity, health.hint) == ("tv", "")
    assert health.login_valid_until_ms is not None
    assert health.login_valid_until_ms > time.time() * 1000


async def test_a_login_that_has_expired_is_told_and_done_without(write: Write) -> None:
    async with Simulator(Scenario(rooms=1, rate=50)) as simulator:
        config = simulator.upstream_config()
        logins = [write("tv", days_left=-1)]
        async with watching(config, ROOM, logins=logins) as (manager, listener):
            await listener.until_state(RoomState.LIVE)
            health = manager.streams()[0].status.health
    assert (health.ok, health.identity) == (True, "anonymous")
    assert "tv" in health.hint
    assert health.login_valid_until_ms is not None
    assert health.login_valid_until_ms < time.time() * 1000


async def test_a_login_that_is_refused_makes_way_for_another(write: Write) -> None:
    refusing = Behaviours(blocked_identities=["one-secret"])
    scenario = Scenario(rooms=1, rate=50, behaviours=refusing, require_signature=True)
    async with Simulator(scenario) as simulator, asyncio.timeout(30):
        config = msgspec.structs.replace(simulator.upstream_config(), transport="socket")
        logins = [write("one"), write("two")]
        # Whoever is tried first: at last it is the one that is not refused.
        async with watching(
            config, ROOM, logins=logins, signers=simulator.signers(), policy=quick()
        ) as (manager, listener):
            await listener.until_state(RoomState.LIVE)
            assert manager.streams()[0].status.health.identity == "two"


async def test_several_connections_of_a_room_are_different_logins(write: Write) -> None:
    async with Simulator(Scenario(rooms=1, rate=50)) as simulator:
        config = msgspec.structs.replace(simulator.upstream_config(), connections=3)
        logins = [write("one"), write("two")]
        async with watching(config, ROOM, logins=logins) as (manager, listener):
            await listener.until(lambda: len(simulator.ledger.connections) == 3)
            connections = manager.streams()[0].status.connections
            names = sorted(now.identity for now in connections)
    assert names == ["anonymous", "one", "two"]


async def test_a_login_that_douyin_has_ended_is_told_and_done_without(write: Write) -> None:
    async with Simulator(Scenario(rooms=1, rate=50)) as simulator:
        simulator.gate.identities.logged_in({"sessionid": "tv-secret"}, Behaviours())
        simulator.gate.identities.void("tv-secret")
        config = simulator.upstream_config()
        async with watching(config, ROOM, logins=[write("tv")]) as (manager, listener):
            await listener.until_state(RoomState.LIVE)
            health = manager.streams()[0].status.health
    assert (health.ok, health.identity) == (True, "anonymous")
    assert "tv" in health.hint
    assert health.login_valid_until_ms is not None
    assert health.login_valid_until_ms <= time.time() * 1000
