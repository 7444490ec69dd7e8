"""A relay with a store, as its clients and its operator see it: restarted, watched, in trouble."""

import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from serving import WORKERS
from websockets.asyncio.client import connect

from relay.app import running
from relay.config import Config, HubConfig, RoomConfig, ServerConfig, StoreConfig, WatchConfig
from relay.errors import StoreError
from relay.events import OWN_METHODS
from relay.server import RelayServer
from relay.sim import Scenario, Simulator
from relay.store import schema, writer

ROOM = "80000000001"


@asynccontextmanager
async def relay_on(
    path: Path, simulator: Simulator, room: str = ROOM
) -> AsyncIterator[RelayServer]:
    config = Config(
        server=ServerConfig(port=0, workers=WORKERS),
        watch=WatchConfig(status_poll_s=1),
        rooms=[RoomConfig(room=room)],
        upstream=simulator.upstream_config(),
        store=StoreConfig(path=str(path)),
        hub=HubConfig(history_events=10),
    )
    async with running(config) as server:
        yield server


async def read(
    server: RelayServer, query: str, enough: Callable[[list[dict[str, Any]]], bool]
) -> list[dict[str, Any]]:
    """Read events and gaps until there are enough."""
    frames: list[dict[str, Any]] = []
    url = f"{server.url.replace('http', 'ws', 1)}/ws{query}"
    async with connect(url) as client:
        while not enough(frames):
            frame = json.loads(await client.recv())
            if frame.get("op") in (None, "gap"):
                frames.append(frame)
    return frames


def events(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [frame for frame in frames if "op" not in frame]


@pytest.mark.parametrize("name", ["web_rid", "room_id"])
async def test_a_client_resumes_over_a_restart(tmp_path: Path, name: str) -> None:
    path = tmp_path / "store.db"
    async with Simulator(Scenario(rooms=1, rate=200)) as simulator:
        async with relay_on(path, simulator) as server:
            before = await read(server, f"?room_id={ROOM}", lambda got: len(got) >= 100)
        first, last = before[0], before[-1]
        room = ROOM if name == "web_rid" else first["room_id"]
        since = f"{first['epoch']}:{first['offset']}"
        async with relay_on(path, simulator, room) as server:
            after = await read(
                server,
                f"?room_id={room}&since={since}",
                lambda got: len(got) >= 150 and got[-1]["offset"] > last["offset"] + 100,
            )
    assert [frame["reason"] for frame in after if "op" in frame] == ["restart"]
    got = events(after)
    assert {event["epoch"] for event in got} == {first["epoch"]}
    begin = first["offset"] + 1
    assert [event["offset"] for event in got] == list(range(begin, begin + len(got)))
    assert got[: len(before) - 1] == before[1:], "the very same events"
    ids = [event["msg_id"] for event in got if event["method"] not in OWN_METHODS]
    assert len(ids) == len(set(ids)), "what upstream repeats is recognised"


async def test_readiness_and_metrics_say_how_the_store_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_S", 0.05)
    monkeypatch.setattr(writer, "FIRST_RETRY_S", 0.05)
    path = tmp_path / "store.db"

    async with (
        Simulator(Scenario(rooms=1, rate=100)) as simulator,
        relay_on(path, simulator) as server,
        aiohttp.ClientSession(server.url) as http,
    ):

        async def until(status: str) -> dict[str, Any]:
            while True:
                async with http.get("/readyz") as answer:
                    assert answer.status == 200
                    said = await answer.json()
                if said["status"] == status:
                    return dict(said)

        async def metric(name: str) -> float:
            async with http.get("/metrics") as answer:
                lines = (await answer.text()).splitlines()
            return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])

        await read(server, f"?room_id={ROOM}", lambda got: len(got) >= 20)
        assert (await until("ready"))["store"] == "ok"
        assert await metric("relay_store_degraded") == 0
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert (await until("degraded"))["store"] == "database is locked"
            assert await metric("relay_store_degraded") == 1
            assert await metric("relay_store_failures_total") > 0
            await read(server, f"?room_id={ROOM}", lambda got: len(got) >= 20)
            other.execute("ROLLBACK")
        assert (await until("ready"))["store"] == "ok"
        assert await metric("relay_store_lost_total") == 0
        assert await metric("relay_store_bytes") > 0


async def test_a_file_that_cannot_be_the_store_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but something I need\n" * 100)
    async with Simulator(Scenario(rooms=1)) as simulator:
        with pytest.raises(StoreError, match=r"notes\.txt is not a database"):
            async with relay_on(path, simulator):
                pass
        assert simulator.ledger.opened == 0
