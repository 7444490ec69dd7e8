"""Rooms against the simulator at its worst: nothing is lost but what is said to be lost."""

from typing import Any

import pytest
from watching import quick, watching

from relay.hub import RoomState
from relay.sim import Scenario, Simulator
from relay.sim.scenario import Behaviours

ROOM = "80000000001"


async def sent_and_heard(
    behaviours: dict[str, Any], events: int, *, corrupt: bool = False
) -> tuple[list[str], list[str], list[str]]:
    """Watch a lively room until `events` have come: ids that went out, ids heard, gaps."""
    # Without what was said before we came, of which Douyin has only some.
    scenario = Scenario(rooms=1, rate=400, behaviours=Behaviours(replay=0, **behaviours))
    async with Simulator(scenario) as simulator:
        room = simulator.rooms[ROOM]
        async with watching(simulator.upstream_config(), ROOM) as (_, listener):
            await listener.until(lambda: len(listener.events) >= events)
        sent = [
            message.msg_id
            for message in room.ledger.sent
            if not message.duplicate and not (corrupt and message.corrupt)
        ]
    return sent, [msg_id for _, msg_id in listener.events], listener.gaps


@pytest.mark.parametrize(
    "behaviours",
    [
        {},
        {"uncompressed_every": 2, "ack_every": 3},
        {"duplicate_every": 4, "reorder_every": 5},
        {"unknown_method_every": 3, "unknown_fields": True},
        {"cut_every_s": 0.4, "duplicate_every": 4},
        {"page": "ok", "enter": "empty", "ac_nonce": True},
        {"enter": "captcha", "fetch": "empty"},
        {"page": "444", "reflow": "503"},
    ],
    ids=lambda behaviours: "-".join(behaviours) or "none",
)
async def test_nothing_is_lost_and_nothing_repeated(behaviours: dict[str, Any]) -> None:
    sent, heard, gaps = await sent_and_heard(behaviours, 400)
    begin = sent.index(heard[0])
    # Of what Douyin repeats, the first time may have been before we came.
    heard = [msg_id for msg_id in heard if sent.index(msg_id) >= begin]
    assert heard == sent[begin : begin + len(heard)]
    assert gaps == []


async def test_corrupt_frames_cost_what_was_in_them_and_are_announced() -> None:
    sent, heard, gaps = await sent_and_heard({"corrupt_every": 10}, 400, corrupt=True)
    begin = sent.index(heard[0])
    assert heard == sent[begin : begin + len(heard)]
    assert set(gaps) == {"corrupt_frame"}


async def test_a_blocked_push_host_is_made_up_for_by_polling() -> None:
    scenario = Scenario(rooms=1, rate=100, behaviours=Behaviours(push="blocked", replay=0))
    async with Simulator(scenario) as simulator:
        room = simulator.rooms[ROOM]
        async with watching(simulator.upstream_config(), ROOM) as (manager, listener):
            await listener.until(lambda: len(listener.events) >= 200)
            assert manager.streams()[0].status.transport == "poll"
        sent = [message.msg_id for message in room.ledger.sent if not message.duplicate]
    heard = [msg_id for _, msg_id in listener.events]
    begin = sent.index(heard[0])
    assert heard == sent[begin : begin + len(heard)]


async def test_a_signer_is_used_where_upstream_wants_signatures() -> None:
    scenario = Scenario(rooms=1, rate=100, require_signature=True)
    async with Simulator(scenario) as simulator:
        watched = watching(simulator.upstream_config(), ROOM, signers=simulator.signers())
        async with watched as (manager, listener):
            await listener.until(lambda: len(listener.events) >= 50)
            assert manager.streams()[0].status.transport == "socket"
            records = list(simulator.ledger.connections.values())
        assert [record.signed for record in records] == [True]


async def test_every_ack_and_heartbeat_is_what_upstream_wants() -> None:
    simulator = Simulator(Scenario(rooms=1, rate=200))
    async with simulator, watching(simulator.upstream_config(), ROOM) as (_, listener):
        await listener.until_state(RoomState.LIVE)
        (record,) = simulator.ledger.connections.values()
        # Events keep coming, and each is a look at what came back.
        await listener.until(lambda: record.acks_good >= 50 and record.heartbeats >= 3)
    assert (record.acks_bad, record.odd_frames) == (0, 0)


async def test_one_rooms_trouble_is_not_the_others() -> None:
    scenario = Scenario(rooms=3, rate=50)
    async with Simulator(scenario) as simulator:
        names = list(simulator.rooms)
        policy = quick()
        async with watching(simulator.upstream_config(), *names, policy=policy) as (_, listener):

            def rooms_heard() -> set[str]:
                return {frame["web_rid"] for frame in listener.upstreams}

            await listener.until(lambda: rooms_heard() == set(names))
            for _ in range(5):
                room = simulator.rooms[names[0]]
                for line in list(room.lines):
                    line.cut("cut")
                seen = len(listener.events)
                await listener.until(lambda seen=seen: len(listener.events) > seen + 20)  # type: ignore[misc]
        others = [r for r in simulator.ledger.closed if r.web_rid != names[0]]
    assert [record.close_cause for record in others] == ["client", "client"]
