"""Rooms that are received over several connections at once, against the simulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
import pytest
from watching import Listener, quick, watching

from relay.hub import RoomState, Stream
from relay.room import Policy
from relay.sim import Scenario, Simulator
from relay.sim.room import SimRoom
from relay.sim.scenario import Behaviours, Step

ROOM = "80000000001"


class Watched(NamedTuple):
    """A room, seen from both sides."""

    simulator: Simulator
    room: SimRoom
    stream: Stream
    listener: Listener

    @property
    def heard(self) -> list[str]:
        return [msg_id for _, msg_id in self.listener.events]

    async def all_live(self) -> None:
        """Wait until messages came over every connection."""

        def is_so() -> bool:
            states = [now.state for now in self.stream.status.connections]
            return bool(states) and set(states) == {"live"}

        await self.listener.until(is_so)

    async def more(self, count: int) -> None:
        before = len(self.listener.events)
        await self.listener.until(lambda: len(self.listener.events) >= before + count)


@asynccontextmanager
async def watched(
    connections: int, *, policy: Policy | None = None, rate: float = 200, **changes: Any
) -> AsyncIterator[Watched]:
    # Without what was said before we came: each connection is repeated something else of it.
    scenario = Scenario(rooms=1, rate=rate, behaviours=Behaviours(replay=0, **changes))
    async with Simulator(scenario) as simulator:
        config = msgspec.structs.replace(simulator.upstream_config(), connections=connections)
        hears = watching(config, ROOM, policy=policy or quick())
        async with asyncio.timeout(30), hears as (manager, listener):
            yield Watched(simulator, simulator.rooms[ROOM], manager.streams()[0], listener)


@pytest.mark.parametrize("connections", [2, 4])
async def test_the_samples_of_all_connections_are_heard_in_order_and_once(
    connections: int,
) -> None:
    async with watched(connections, sample=0.3) as it:
        await it.all_live()
        await it.more(50)
        begin = len(it.heard)
        await it.more(400)
        heard = it.heard[begin:]
        numbers = {record.number for record in it.simulator.ledger.connections.values()}
        union = it.simulator.ledger.union(ROOM, it.room.ledger, numbers)
        alone = it.simulator.ledger.union(ROOM, it.room.ledger, {min(numbers)})
    assert len(set(heard)) == len(heard)
    union = union[union.index(heard[0]) :][: len(heard)]
    assert heard == union
    # It was worth it.
    assert len(set(heard) & set(alone)) < len(heard)


async def test_connections_are_different_visitors_at_different_hosts() -> None:
    scenario = Scenario(rooms=1, rate=100, push_hosts=2)
    async with Simulator(scenario) as simulator:
        config = msgspec.structs.replace(simulator.upstream_config(), connections=2)
        async with asyncio.timeout(30), watching(config, ROOM, policy=quick()) as (_, listener):
            await listener.until(lambda: len(simulator.ledger.connections) == 2)
            records = list(simulator.ledger.connections.values())
    assert len({record.user_unique_id for record in records}) == 2
    assert {record.host for record in records} == {"push1", "push2"}


async def test_while_one_connects_again_the_other_goes_on_and_nothing_is_missing() -> None:
    # Any break that nobody covers would be announced.
    async with watched(2, policy=quick(replay_covers_s=0.0), rate=400) as it:
        await it.all_live()
        await it.more(20)
        begin = len(it.heard)
        for _ in range(4):
            line = next(iter(it.room.lines))
            line.cut("cut")
            await it.listener.until(
                lambda: it.stream.counters.reconnects.total() == it.stream.counters.helped.total()
            )
            await it.more(50)
            await it.all_live()
        heard = it.heard[begin:]
        sent = [message.msg_id for message in it.room.ledger.sent]
    assert set(it.listener.states[it.listener.states.index("live") :]) == {"live"}
    assert it.listener.gaps == []
    start = sent.index(heard[0])
    assert sorted(heard, key=int) == sorted(sent[start : start + len(heard)], key=int)


async def test_a_room_is_live_while_one_of_its_connections_is_refused() -> None:
    async with watched(2) as it:
        await it.all_live()
        it.room.change({"push": "blocked"})
        next(iter(it.room.lines)).cut("cut")
        await it.listener.until(lambda: it.stream.counters.blocked >= 3)
        status = it.stream.status
        assert (status.state, status.health.ok) == (RoomState.LIVE, True)
        causes = {now.cause for now in status.connections}
        assert "device_blocked" in causes
        it.room.change({"push": "ok"})
        await it.all_live()


async def test_a_connection_that_stalls_beside_others_is_cured_without_a_question() -> None:
    policy = quick(heartbeats_only_s=0.3, cure_shows_s=0.3, repeated_within_s=0.02)
    scenario = Scenario(rooms=1, rate=100, push_hosts=2)
    async with Simulator(scenario) as simulator:
        config = msgspec.structs.replace(simulator.upstream_config(), connections=2)
        async with (
            asyncio.timeout(30),
            watching(config, ROOM, policy=policy) as (
                manager,
                listener,
            ),
        ):
            stream = manager.streams()[0]
            await listener.until(lambda: len(simulator.ledger.connections) == 2)
            calls = simulator.ledger.calls["enter"]
            await simulator.hosts.put("push2", "heartbeats")
            await listener.until(lambda: stream.counters.helped["host"] > 0)
            assert simulator.ledger.calls["enter"] == calls
    assert "heartbeats_only" not in {frame.get("reason") for frame in listener.frames}


async def test_a_broadcast_ends_for_all_connections() -> None:
    async with watched(3) as it:
        await it.all_live()
        it.room.obey(Step(do="end"))
        await it.listener.until(lambda: "ended" in it.listener.states)
        assert it.stream.status.connections == ()
