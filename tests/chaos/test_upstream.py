"""Upstream at its worst, and a machine that misbehaves: nothing lost but what is said to be."""

import asyncio
import random
import signal
from pathlib import Path

import pytest
from hurting import ROOM, Size, check_all, hurt_relay, listening
from ledger import Listener, all_hear

from relay.client import Gap
from relay.sim import Scenario
from relay.sim.scenario import Behaviours, Step

FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
_DAMAGE = (
    {"corrupt_every": 7},
    {"duplicate_every": 3, "reorder_every": 4},
    {"unknown_method_every": 2, "unknown_fields": True},
    {"uncompressed_every": 2, "ack_every": 3},
    {"latency_ms": 200},
    {"push": "blocked"},
    {"push": "reset"},
    {"push": "500"},
)
_GOOD = Behaviours()


async def test_a_storm(tmp_path: Path, rng: random.Random, size: Size) -> None:
    scenario = Scenario(rooms=2, rate=100)
    config = "[hub]\nhistory_events = 5000"
    async with hurt_relay(tmp_path, scenario, "\n" + config) as (relay, simulator):
        rooms = list(simulator.rooms)
        listeners = [Listener(relay.url, [room]) for room in rooms]
        async with listening(relay, *listeners):
            await all_hear(listeners)
            for _ in range(size.of(6, 60)):
                room = simulator.rooms[rng.choice(rooms)]
                dice = rng.random()
                if dice < 0.3:
                    room.obey(Step(do=rng.choice(["cut", "close", "close_frame"])))
                elif dice < 0.5:
                    room.obey(Step(rate=rng.choice([20.0, 100.0, 1000.0])))
                else:
                    damage = rng.choice(_DAMAGE)
                    room.obey(Step(behaviours=damage))
                await asyncio.sleep(rng.uniform(0, 0.4))
                if dice >= 0.5:
                    good = {key: getattr(_GOOD, key) for key in damage}
                    room.obey(Step(behaviours=good))
            for name in rooms:
                simulator.rooms[name].obey(Step(rate=100.0))
            async with asyncio.timeout(120):
                for listener in listeners:
                    await listener.hears(20)
        check_all(simulator, *listeners)


async def test_a_process_that_hung_goes_on(tmp_path: Path, size: Size) -> None:
    config = "\n[hub]\nhistory_events = 5000\nslow_s = 20.0"
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=200), config) as (relay, simulator):
        listeners = [Listener(relay.url, [ROOM]) for _ in range(3)]
        async with listening(relay, *listeners):
            await all_hear(listeners)
            relay.send(signal.SIGSTOP)
            await asyncio.sleep(size.of(1, 12) / 2)
            relay.send(signal.SIGCONT)
            async with asyncio.timeout(30):
                for listener in listeners:
                    await listener.hears(50)
        check_all(simulator, *listeners)


@pytest.mark.skipif(not FAKETIME, reason="no libfaketime on this machine (Debian: libfaketime)")
async def test_the_clock_jumps(tmp_path: Path, size: Size) -> None:
    offset = tmp_path / "offset"
    offset.write_text("+0")
    env = {
        "LD_PRELOAD": str(FAKETIME[0]),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    config = f'\n[store]\npath = "{tmp_path / "store.db"}"'
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=200), config, env) as (relay, simulator):
        listener = Listener(relay.url, [ROOM])
        async with listening(relay, listener):
            await all_hear([listener])
            for jump in ("+2d", "-2d", "+0", "+400d", "-400d", "+0")[: size.of(3, 6)]:
                offset.write_text(jump)
                async with asyncio.timeout(30):
                    await listener.hears(60)
                assert await relay.metric("relay_last_event_age_seconds") < 86_400
        check_all(simulator, listener)
        assert not [item for item in listener.got[ROOM] if isinstance(item, Gap)]
        # What came in any of those times is stored, though it seems to be old.
        await relay.until("relay_store_events_total", len(listener.got[ROOM]))
