"""A room's numbers over HTTP, and how clients keep them up to date."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from serving import Relay, make_payload, receive, receive_until, relay_running

from relay.config import ServerConfig
from relay.events import Event, LikePayload, SimulatedEvent
from relay.room import statistics
from relay.room.output import RoomOutput

ROOM_ID = "7000000000000000001"


def likes(total: int, made: type[Event] = Event) -> Event:
    payload = make_payload(LikePayload, user=None, count=1, total=total)
    return made("WebcastLikeMessage", "0", ROOM_ID, "1", 1_777_600_000_000, payload)


@asynccontextmanager
async def counted_room(**config: Any) -> AsyncIterator[tuple[Relay, aiohttp.ClientSession]]:
    """Serve a room whose events are counted."""
    async with relay_running(**config) as relay:
        output = RoomOutput(relay.hub, relay.rooms.add("1"))
        try:
            async with aiohttp.ClientSession(relay.url) as http:
                yield relay, http
        finally:
            output.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "TELL_S", 0.01)


async def get(http: aiohttp.ClientSession, path: str) -> Any:
    async with http.get(path) as answer:
        assert answer.status == 200
        return await answer.json()


@pytest.mark.parametrize("workers", [1, 2])
async def test_a_snapshot_goes_on_with_changes_without_a_seam(workers: int) -> None:
    async with counted_room(server=ServerConfig(port=0, workers=workers)) as (relay, http):
        async with relay.connect("?room_id=1&method=relay_stats") as connection:
            await receive_until(connection, "subscribed")
            relay.publish("1", *(likes(total) for total in range(1, 50)))
            while "likes" not in (await receive(connection))[-1].get("payload", {}):
                pass
        snapshot = await get(http, "/api/rooms/1/stats")
        assert snapshot["room_id"] == ROOM_ID
        assert (snapshot["stats"]["full"], snapshot["stats"]["likes"]) == (True, 49)
        relay.publish("1", likes(60))
        since = f"{snapshot['epoch']}:{snapshot['offset']}"
        async with relay.connect(f"?room_id=1&method=relay_stats&since={since}") as connection:
            stats = snapshot["stats"]
            offset = snapshot["offset"]
            while stats["likes"] != 60:
                for frame in await receive(connection):
                    if frame.get("method") == "RelayStats":
                        assert frame["offset"] > offset
                        offset = frame["offset"]
                        stats |= frame["payload"]
        now = await get(http, "/api/rooms/1/stats")
        assert now["stats"] == stats | {"full": True}


async def test_simulated_events_are_not_counted() -> None:
    async with counted_room() as (relay, http):
        async with relay.connect("?room_id=1&method=relay_stats") as connection:
            await receive_until(connection, "subscribed")
            relay.publish("1", likes(9000, SimulatedEvent), likes(3))
            while "likes" not in (await receive(connection))[-1].get("payload", {}):
                pass
        stats = (await get(http, "/api/rooms/1/stats"))["stats"]
        assert (stats["likes"], stats["messages"]) == (3, {"WebcastLikeMessage": 1})
        async with http.get("/metrics") as answer:
            lines = (await answer.text()).splitlines()
        assert 'relay_likes{room="1"} 3.0' in lines
        assert not any(line.startswith("relay_viewers{") for line in lines)


async def test_before_anything_came_there_is_all_of_it() -> None:
    async with counted_room() as (_, http):
        answer = await get(http, "/api/rooms/1/stats")
        assert answer["offset"] == 0
        assert (answer["stats"]["viewers"], answer["stats"]["top_givers"]) == (None, [])
        assert answer["stats"]["recent"]["messages"] == {}
        series = await get(http, "/api/rooms/1/stats/series")
        assert series == {"step_s": 10, "points": []}


async def test_steps_of_the_last_hour_and_of_the_last_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_ms = 1_777_600_000_000
    monkeypatch.setattr(statistics, "now_ms", lambda: now_ms)

    async def points(step: int) -> list[dict[str, Any]]:
        answer = await get(http, f"/api/rooms/1/stats/series?step={step}")
        assert answer["step_s"] == step
        return list(answer["points"])

    async with counted_room() as (relay, http), asyncio.timeout(20):
        relay.publish("1", likes(100), likes(300))
        now_ms += 2_000  # so that what came before is over
        while not (tens := await points(10)):
            pass
        happened = {
            "viewers": None,
            "likes": 201,
            "gift_diamonds": 0,
            "messages": {"WebcastLikeMessage": 2},
        }
        assert tens == [{"time_ms": 1_777_600_000_000, **happened}]
        assert await points(60) == [{"time_ms": 1_777_599_960_000, **happened}]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/rooms/9/stats", 404, "unknown_room"),
        ("/api/rooms/no-room/stats", 404, "unknown_room"),
        ("/api/rooms/9/stats/series", 404, "unknown_room"),
        ("/api/rooms/1/stats/series?step=5", 400, "bad_request"),
        ("/api/rooms/1/stats/series?step=10&step=60", 400, "bad_request"),
    ],
)
async def test_what_is_refused(path: str, status: int, code: str) -> None:
    async with counted_room() as (_, http), http.get(path) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (status, code)
