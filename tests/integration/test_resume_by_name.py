"""A named cursor over restarts of relay and client, with a store: nothing is left out."""

import asyncio
from itertools import groupby
from pathlib import Path

import pytest
from serving import WORKERS

from relay import app
from relay.client import Gap, Message, connect
from relay.config import Config, HubConfig, RoomConfig, ServerConfig, StoreConfig
from relay.sim import Scenario, Simulator

ROUNDS = 4


async def read_some(url: str, room: str, count: int) -> tuple[list[tuple[str, int]], list[str]]:
    """Be a bot for a while; gives the places of what it finished, and the gaps it was told of."""
    finished: list[tuple[str, int]] = []
    gaps: list[str] = []
    async with asyncio.timeout(30), connect(url, rooms=[room], resume="bot") as stream:
        async for item in stream.items():
            match item:
                case Message(epoch=epoch, offset=offset):
                    finished.append((epoch, offset))
                case Gap(reason=reason):
                    gaps.append(reason)
            if len(finished) == count:
                stream.done()
                return finished, gaps
    raise AssertionError("the stream ended")


async def test_a_bot_misses_nothing_that_the_relay_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with Simulator(Scenario(rooms=1, rate=200.0)) as simulator:
        (room,) = simulator.rooms
        config = Config(
            server=ServerConfig(port=0, workers=WORKERS),
            hub=HubConfig(history_events=10),
            rooms=[RoomConfig(room=room)],
            upstream=simulator.upstream_config(),
            store=StoreConfig(path=str(tmp_path / "events.db")),
        )
        places: list[tuple[str, int]] = []
        gaps: list[str] = []
        port = 0
        for _ in range(ROUNDS):
            again = Config(
                server=ServerConfig(port=port),
                hub=config.hub,
                rooms=config.rooms,
                upstream=config.upstream,
                store=config.store,
            )
            async with app.running(again) as server:
                port = server.port
                for count in (30, 70):
                    found, told = await read_some(server.url, room, count)
                    places += found
                    gaps += told
                # Nobody listens, and memory lets go of it.
                async with asyncio.timeout(30), connect(server.url, rooms=[room]) as other:
                    for _ in range(50):
                        await anext(other)
        assert len(places) == ROUNDS * 100
        for _, same in groupby(places, key=lambda place: place[0]):
            offsets = [offset for _, offset in same]
            assert offsets == list(range(offsets[0], offsets[0] + len(offsets)))
        assert len({epoch for epoch, _ in places}) == 1, "every stop was a clean one"
        # What upstream sent while there was no relay is announced, and nothing else is missing.
        assert set(gaps) <= {"restart"}
