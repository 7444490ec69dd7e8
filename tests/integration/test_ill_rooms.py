"""Rooms that fall ill, against the simulator: what is told, what is tried, and what helps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from watching import Listener, quick, watching

from relay.config import LoginConfig
from relay.hub import RoomState, Stream
from relay.room import Policy
from relay.room.hints import hint_for
from relay.room.retry import BackOff
from relay.sim import Scenario, Simulator
from relay.sim.identities import IdentityOrder
from relay.sim.scenario import Behaviours, SignerPlan
from relay.upstream import identities
from relay.upstream.client import Timings
from relay.upstream.fetch import PollTimings
from relay.upstream.transports.socket import SocketTimings

ROOM = "80000000001"
OTHER = "80000000002"


def soon(**changes: Any) -> Policy:
    """Make a policy under which stalls are seen within a fraction of a second."""
    quickly = quick(
        climb=BackOff(0.8, 0.8),
        heartbeats_only_s=0.6,
        cure_shows_s=0.6,
        low_value=BackOff(0.6, 0.6),
        repeated_within_s=0.02,
        timings=Timings(
            SocketTimings(heartbeat_s=0.1, silent_s=0.3, open_s=0.5),
            PollTimings(default_s=0.05, min_s=0.01, max_s=0.05),
        ),
    )
    return replace(quickly, **changes)


class Ward(NamedTuple):
    """A relay's room, and the Douyin that makes it ill."""

    simulator: Simulator
    stream: Stream
    listener: Listener

    async def is_well(self) -> None:
        """Wait until valued messages come over a connection that began with none."""
        await self.listener.until(lambda: self.stream.counters.events.total() > 0)
        await self.listener.until(lambda: self.stream.status.health.ok)

    async def helped(self, cure: str) -> None:
        """Wait until a trouble is over that began after this was called."""
        counters = self.stream.counters
        before = counters.helped[cure]
        await self.listener.until(lambda: counters.helped[cure] > before)
        await self.listener.until(lambda: self.stream.status.health.ok)
        await self.listener.until_state(RoomState.LIVE)

    @property
    def causes(self) -> list[str]:
        """What was told to be wrong, in order."""
        causes = [health.get("cause", "") for health in self.listener.health]
        return list(dict.fromkeys(filter(None, causes)))

    @property
    def tried(self) -> list[str]:
        """The longest list of cures that was told."""
        told = [health.get("tried", []) for health in self.listener.health]
        return max(told, key=len)


@asynccontextmanager
async def ward(
    *,
    transport: str = "auto",
    policy: Policy | None = None,
    shapes: Any = (),
    logins: Any = (),
    **scenario: Any,
) -> AsyncIterator[Ward]:
    """Watch a room; `shapes`: of the sign servers that are asked."""
    scenario = {"rooms": 1, "rate": 100, **scenario}
    async with Simulator(Scenario(**scenario)) as simulator:
        config = msgspec.structs.replace(simulator.upstream_config(), transport=transport)
        signers = [simulator.signer(shape) for shape in shapes]
        watched = watching(config, ROOM, policy=policy or soon(), signers=signers, logins=logins)
        async with asyncio.timeout(30), watched as (manager, listener):
            yield Ward(simulator, manager.streams()[0], listener)


@pytest.fixture(autouse=True)
def fresh_cookies_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_FRESH_S", 0.0)


# Stalls


async def test_a_dead_subscription_is_taken_again() -> None:
    async with ward(behaviours=Behaviours(dead_connects=1)) as room:
        await room.helped("reconnect")
    assert room.causes == ["low_value_only"]
    ill = next(health for health in room.listener.health if not health["ok"])
    assert ill["stall"] == "low_value_only"
    assert ill["next"]["cure"] == "reconnect"


@pytest.mark.parametrize(
    ("state", "cause", "stall", "tried"),
    [
        ("silent", "silent", "no_bytes", ["reconnect"]),
        ("heartbeats", "heartbeats_only", "heartbeats_only", ["reconnect", "identity"]),
        ("low_value", "low_value_only", "low_value_only", ["reconnect", "identity"]),
    ],
)
async def test_a_host_that_stalls_is_left(
    state: Any, cause: str, stall: str, tried: list[str]
) -> None:
    async with ward(push_hosts=2) as room:
        await room.is_well()
        await room.simulator.hosts.put("push1", state)
        await room.helped("host")
        hosts = [record.host for record in room.simulator.ledger.of_room(ROOM)]
    assert (room.causes, room.tried) == ([cause], tried)
    assert {h["stall"] for h in room.listener.health if not h["ok"]} == {stall}
    assert (hosts[0], hosts[-1]) == ("push1", "push2")
    assert room.listener.gaps == []


@pytest.mark.parametrize(
    ("stall", "cause"),
    [
        ("silent", "silent"),
        ("heartbeats", "heartbeats_only"),
        ("low_value", "low_value_only"),
    ],
)
async def test_a_room_that_sockets_bring_nothing_of_is_polled(stall: str, cause: str) -> None:
    async with ward() as room:
        await room.is_well()
        room.simulator.rooms[ROOM].change({"stall": stall})
        await room.helped("transport")
        assert room.stream.status.transport == "poll"
    assert cause in room.causes


@pytest.mark.parametrize("blocked", ["silent", "heartbeats", "low_value"])
async def test_an_identity_that_nothing_is_shown_is_changed(blocked: str) -> None:
    async with ward(
        transport="socket",
        behaviours=Behaviours(blocked_identity=blocked),  # type: ignore[arg-type]
    ) as room:
        await room.is_well()
        room.simulator.gate.identities.order(IdentityOrder(do="block"))
        await room.helped("identity")
        records = room.simulator.ledger.of_room(ROOM)
    assert len({record.ttwid for record in records}) == 2
    assert len({record.user_unique_id for record in records}) >= 2


async def test_where_nothing_at_all_comes_it_is_never_said_that_heartbeats_do() -> None:
    policy = soon(timings=Timings(SocketTimings(heartbeat_s=0.1, silent_s=60.0, open_s=0.5)))
    async with ward(transport="socket", policy=policy) as room:
        await room.is_well()
        room.simulator.rooms[ROOM].change({"stall": "silent"})
        await room.listener.until(lambda: len(room.tried) >= 2)
    assert room.causes == ["silent"]


# Refusals


async def test_an_identity_is_not_said_to_be_changed_where_there_is_no_other_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(identities, "_FRESH_S", 600.0)
    async with ward(transport="socket", shapes=("relay",), require_signature=True) as room:
        await room.is_well()
        gate = room.simulator.gate.identities
        gate.order(IdentityOrder(do="block"))
        for line in list(room.simulator.rooms[ROOM].lines):
            line.cut("cut")
        await room.helped("identity")
        # But for those that it knows, the one that it has now is the last for ten minutes.
        gate.order(IdentityOrder(do="block"))
        for line in list(room.simulator.rooms[ROOM].lines):
            line.cut("cut")
        before = room.stream.counters.cures["identity"]
        blocked = room.stream.counters.blocked
        await room.listener.until(lambda: room.stream.counters.blocked > blocked + 5)
        assert room.stream.counters.cures["identity"] <= before + 1


async def test_a_room_that_is_gone_while_its_connection_is_refused_is_not_blocked() -> None:
    async with ward(transport="socket") as room:
        await room.is_well()
        gone = {"enter": "unavailable", "page": "404", "reflow": "bad_params"}
        room.simulator.rooms[ROOM].change({"push": "403", **gone})
        for line in list(room.simulator.rooms[ROOM].lines):
            line.cut("cut")
        await room.listener.until_state(RoomState.WAITING)
        assert room.stream.status.reason == "not_found"


async def test_a_signer_whose_signatures_are_refused_is_passed_over() -> None:
    async with ward(
        transport="socket",
        shapes=("tikhub", "relay"),
        require_signature=True,
        signers={"tikhub": SignerPlan(answer="wrong")},
    ) as room:
        await room.helped("signer")
    assert room.causes == ["device_blocked"]


async def test_a_blocked_identity_is_changed_where_the_signature_is_good() -> None:
    async with ward(transport="socket", shapes=("relay",), require_signature=True) as room:
        await room.is_well()
        room.simulator.gate.identities.order(IdentityOrder(do="block"))
        for line in list(room.simulator.rooms[ROOM].lines):
            line.cut("cut")
        await room.helped("identity")
        assert room.stream.counters.blocked >= 1
    assert "device_blocked" in room.causes


@pytest.mark.parametrize(
    ("push", "cause"),
    [
        ("blocked", "device_blocked"),
        ("sign_check", "sign_check"),
        ("401", "forbidden"),
        ("403", "forbidden"),
        ("429", "rate_limited"),
        ("444", "forbidden"),
        ("hang", "timeout"),
        ("reset", "unreachable"),
        ("503", "server_error"),
    ],
)
async def test_a_push_host_that_refuses_is_told_and_made_up_for_by_polling(
    push: Any, cause: str
) -> None:
    async with ward(behaviours=Behaviours(push=push)) as room:
        await room.helped("transport")
        assert room.stream.status.transport == "poll"
        # All is well; what would be better is said all the same.
        assert room.stream.status.health.hint == hint_for(cause)
        room.simulator.rooms[ROOM].change({"push": "ok"})
        await room.listener.until(lambda: room.stream.status.transport == "socket")
    assert room.causes[0] == cause


@pytest.mark.parametrize(("push", "cause"), [("403", "forbidden"), ("429", "rate_limited")])
async def test_who_is_sent_away_rests_and_says_so(push: Any, cause: str) -> None:
    async with ward(transport="socket", behaviours=Behaviours(push=push)) as room:
        await room.listener.until_state(RoomState.BLOCKED)
        health = room.stream.status.health
        assert (health.cause, room.stream.status.reason) == (cause, cause)
        assert health.hint
        room.simulator.rooms[ROOM].change({"push": "ok"})
        await room.listener.until_state(RoomState.LIVE)
        assert room.stream.status.health.ok


# What does not last


def login_in(path: Path) -> LoginConfig:
    path.touch(mode=0o600)
    path.write_text("sessionid=mine; ttwid=1")
    return LoginConfig(name="tv", cookie_file=str(path))


async def test_a_login_that_is_thrown_out_again_and_again_rests_and_is_tried_again(
    tmp_path: Path,
) -> None:
    policy = soon(stands_s=30.0, login_rest=BackOff(1.0, 600.0))
    logins = [login_in(tmp_path / "tv")]
    async with ward(transport="socket", policy=policy, logins=logins) as room:
        lines = room.simulator.rooms[ROOM].lines

        async def comes_as(name: str, number: int) -> None:
            def is_so() -> bool:
                status = room.stream.status
                now = [(each.identity, each.state) for each in status.connections]
                numbers = [line.record.number for line in lines]
                return numbers == [number] and now == [(name, "live")]

            await room.listener.until(is_so)

        for number in (1, 2):
            await comes_as("tv", number)
            next(iter(lines)).kick()
        await comes_as("anonymous", 3)
        # What is told goes on where it was before messages came in between.
        assert room.tried == ["reconnect"]
        # It is missed: gifts are shown to few others.
        await comes_as("tv", 4)


# Hosts and the network


async def test_a_host_that_goes_down_is_left_at_once() -> None:
    # Whatever is waited for takes longer than the test.
    slow = soon(next_cure_s=600.0)
    async with ward(transport="socket", push_hosts=3, policy=slow) as room:
        await room.is_well()
        await room.simulator.hosts.put("push1", "down")
        await room.helped("host")
    assert "unreachable" in room.causes


async def test_a_room_is_live_again_after_an_outage_of_everything() -> None:
    async with ward(push_hosts=2) as room:
        await room.is_well()
        for host in ("live", "push1", "push2"):
            await room.simulator.hosts.put(host, "down")
        await room.listener.until(lambda: len(room.tried) >= 2)
        assert not room.stream.status.health.ok
        for host in ("live", "push1", "push2"):
            await room.simulator.hosts.put(host, "up")
        await room.listener.until(lambda: room.stream.status.health.ok)
        await room.listener.until_state(RoomState.LIVE)
    assert "unreachable" in room.causes


# Unknown answers


async def test_what_upstream_does_not_tell_is_neither_live_nor_offline() -> None:
    refusing = Behaviours(page="captcha", enter="empty", reflow="444")
    async with ward(behaviours=refusing) as room:
        await room.listener.until_state(RoomState.BLOCKED)
        health = room.stream.status.health
        assert (health.ok, health.cause) == (False, room.stream.status.reason)
        assert health.next is not None
        assert health.next.cure == "ask"
        room.simulator.rooms[ROOM].change({"page": "ok", "enter": "ok", "reflow": "ok"})
        await room.listener.until_state(RoomState.LIVE)
        assert room.stream.status.health.ok
    assert {"waiting", "ended"}.isdisjoint(room.listener.states)


# Others


async def test_one_rooms_illness_is_not_seen_in_another() -> None:
    scenario = Scenario(rooms=2, rate=50)
    async with Simulator(scenario) as simulator, asyncio.timeout(30):
        policy = soon()
        config = simulator.upstream_config()
        async with watching(config, ROOM, OTHER, policy=policy) as (manager, listener):
            ill, well = manager.streams()
            await listener.until(lambda: bool(ill.head and well.head))
            for stall in ("heartbeats", "low_value", "silent"):
                simulator.rooms[ROOM].change({"stall": stall})
                before = ill.counters.helped.total()
                await listener.until(lambda before=before: ill.counters.helped.total() > before)  # type: ignore[misc]
                simulator.rooms[ROOM].change({"stall": "none"})
            assert well.counters.reconnects.total() == 0
            assert well.status.health.ok
        records = simulator.ledger.of_room(OTHER)
    assert len(records) == 1
    told = [f for f in listener.frames if f.get("op") == "room" and f["web_rid"] == OTHER]
    assert all(frame["health"]["ok"] for frame in told)
