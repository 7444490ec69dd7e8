"""Sampled rooms, subscriptions that are dead at first, and what a ledger says was sent."""

from contextlib import AsyncExitStack
from typing import Any

from sim_calls import only
from sim_client import Viewer, browser, until, watch

from relay.sim import Behaviours, Scenario, Simulator, Step
from relay.sim.room import SimRoom
from relay.sim.sampling import SAMPLED, in_sample

LOW_VALUE = {"WebcastRoomStatsMessage", "WebcastRoomRankMessage"}


def simulator(**behaviours: Any) -> Simulator:
    return Simulator(Scenario(rooms=1, rate=400, behaviours=Behaviours(**behaviours)))


async def drained(sim: Simulator, *viewers: Viewer) -> None:
    """End the room, in a frame that can be read, and read what was sent of it."""
    only(sim).obey(Step(do="end", behaviours={"corrupt_every": 0}))
    for viewer in viewers:
        await viewer.read_until(lambda its=viewer: "WebcastControlMessage" in its.methods)


def union(sim: Simulator, *numbers: int) -> list[str]:
    room = only(sim)
    return sim.ledger.union(room.web_rid, room.ledger, numbers or None)


def in_order(room: SimRoom, ids: set[str]) -> list[str]:
    return [sent.msg_id for sent in room.ledger.sent if sent.msg_id in ids]


async def test_each_connection_gets_its_own_share_and_all_of_the_rest() -> None:
    async with simulator(sample=0.3, replay=0) as sim, AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(watch(sim)) for _ in range(3)]
        await viewers[0].read_until(lambda: len(only(sim).ledger.sent) > 900)
        await drained(sim, *viewers)
        room = only(sim)
        first = max(its.messages[0].msg_id for its in viewers)
        sent = [one for one in room.ledger.sent if int(one.msg_id) >= first]
        seen = [{str(msg_id) for msg_id in its.msg_ids} for its in viewers]
        large = {one.msg_id for one in sent if one.method in SAMPLED}
        rest = {one.msg_id for one in sent} - large
        for one in seen:
            assert rest <= one
            assert 0.2 < len(large & one) / len(large) < 0.4
        # Not the same third three times over.
        assert 0.55 < len(large & (seen[0] | seen[1] | seen[2])) / len(large) < 0.75
        for number, one in enumerate(seen, start=1):
            assert union(sim, number) == in_order(room, one)
        assert union(sim, 1, 2) == in_order(room, seen[0] | seen[1])
        assert set(union(sim)) == set().union(*seen)


def test_a_sample_is_the_same_in_every_run() -> None:
    for connection in (1, 2):
        picked = [in_sample(connection, at << 32 | 7 << 8, 0.5) for at in range(100)]
        assert len(set(picked)) == 1
    picked = [in_sample(1, count << 8, 0.3) for count in range(10_000)]
    assert 2_800 < sum(picked) < 3_200
    assert all(in_sample(1, count << 8, 1.0) for count in range(100))
    assert not any(in_sample(1, count << 8, 0.0) for count in range(100))


async def test_the_ledger_knows_what_a_connection_was_spared() -> None:
    behaviours = {"corrupt_every": 7, "duplicate_every": 10, "gifts_need_login": True}
    async with simulator(**behaviours) as sim:
        await until(lambda: len(only(sim).ledger.sent) > 60)
        async with watch(sim) as viewer:
            await viewer.read_messages(300)
            await drained(sim, viewer)
            seen = {str(msg_id) for msg_id in viewer.msg_ids}
            assert set(union(sim)) == seen
            assert len(union(sim)) == len(seen)


async def test_the_union_over_http() -> None:
    async with simulator() as sim, browser() as http, watch(sim) as viewer:
        await viewer.read_messages(50)
        await drained(sim, viewer)
        url = f"{sim.url}/_sim/union?room={only(sim).web_rid}"
        async with http.get(f"{url}&connections=1") as answer:
            assert await answer.json() == union(sim, 1) == union(sim)
        async with http.get(f"{url}&connections=7") as answer:
            assert await answer.json() == []
        for wrong in ("room=1", f"room={only(sim).web_rid}&connections=x"):
            async with http.get(f"{sim.url}/_sim/union?{wrong}") as answer:
                assert answer.status == 400


async def test_the_first_connections_of_each_broadcast_may_be_dead() -> None:
    async with simulator(dead_connects=1, replay=0) as sim:
        for _ in range(2):
            room_id = only(sim).room_id
            async with watch(sim, room_id) as dead, watch(sim, room_id) as alive:
                await alive.read_messages(200)
                await dead.read_messages(3)
                assert set(dead.methods) <= LOW_VALUE
                assert set(alive.methods) - LOW_VALUE
            only(sim).obey(Step(do="next_broadcast"))
