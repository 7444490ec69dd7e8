"""The client against the relay's own server and hub."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from keys import READ, WATCH, auth
from serving import FakeLive, FakeRooms, Relay, make_event, relay_running

from relay.client import (
    Gap,
    Message,
    RefusedError,
    RoomNotice,
    Stream,
    Subscribed,
    UnreachableError,
    connect,
)
from relay.config import Config, HubConfig, ServerConfig
from relay.hub import Hub
from relay.server import RelayServer

ROOM = "80000000001"
OTHER = "80000000002"


@asynccontextmanager
async def connected(relay: Relay, *rooms: str, **options: Any) -> AsyncIterator[Stream]:
    """Connect and wait until every room is subscribed to."""
    async with (
        asyncio.timeout(20),
        connect(relay.url, rooms=rooms or (ROOM,), max_wait_s=0.05, **options) as stream,
    ):
        items = stream.items()
        waiting = len(rooms) or 1
        while waiting:
            waiting -= isinstance(await anext(items), Subscribed)
        await items.aclose()
        yield stream


def publish(relay: Relay, count: int, room: str = ROOM) -> None:
    for _ in range(count):
        relay.publish(room, make_event(content="你好"), make_event("WebcastLikeMessage", count=1))


async def _offsets(stream: Stream, count: int) -> list[int]:
    return [(await anext(stream)).offset for _ in range(count)]


@asynccontextmanager
async def serving_again(config: Config, hub: Hub, rooms: FakeRooms) -> AsyncIterator[None]:
    """Serve on a port that was served before."""
    server = RelayServer(config, hub, rooms, FakeLive())
    await server.start()
    try:
        yield
    finally:
        await server.stop(1)


async def test_events_of_chosen_methods_and_rooms() -> None:
    async with relay_running() as relay, connected(relay, ROOM, OTHER, methods=["chat"]) as stream:
        publish(relay, 2)
        publish(relay, 1, OTHER)
        assert [(await anext(stream)).method for _ in range(3)] == ["WebcastChatMessage"] * 3
        await stream.subscribe(OTHER, ["like"])
        await stream.unsubscribe(ROOM)
        items = stream.items()
        seen = [await anext(items) for _ in range(3)]
        await items.aclose()
        assert [type(item).__name__ for item in seen] == [
            "Subscribed",
            "RoomNotice",
            "Unsubscribed",
        ]
        publish(relay, 1)
        publish(relay, 1, OTHER)
        messages = [await anext(stream) for _ in range(2)]
        assert [m.method for m in messages] == ["WebcastChatMessage", "WebcastLikeMessage"]
        assert stream.position(OTHER) == messages[-1].position


async def test_a_token_lets_in_and_a_wrong_one_does_not() -> None:
    async with relay_running(auth=auth()) as relay:
        relay.rooms.add(ROOM)
        async with connected(relay, token=READ) as stream:
            publish(relay, 1)
            assert await _offsets(stream, 2) == [1, 2]
            await stream.subscribe(OTHER)
            with pytest.raises(RefusedError, match="watch") as refused:
                await anext(stream)
            assert refused.value.code == "forbidden_scope"
        for wrong in (None, "", READ[:-1]):
            with pytest.raises(RefusedError, match="valid token") as refused:
                await connect(relay.url, token=wrong).__aenter__()
            assert refused.value.code == "3500"
            assert "rly_" not in str(refused.value)


async def test_a_token_that_is_taken_back_ends_it() -> None:
    async with relay_running(auth=auth()) as relay:
        relay.rooms.add(ROOM)
        port = relay.server.port
        async with connected(relay, token=READ) as stream:
            await relay.server.stop(5)
            others = auth()
            del others.tokens[0]
            async with relay_running(server=ServerConfig(port=port), auth=others):
                with pytest.raises(RefusedError, match="valid token"):
                    await anext(stream)


async def test_a_token_used_too_often_does_not_get_in() -> None:
    async with relay_running(auth=auth(burst=1, requests_per_s=0.001)) as relay:
        with pytest.raises(UnreachableError, match="3029"):
            async with connected(relay, token=WATCH), connected(relay, token=WATCH):
                pass


async def test_a_stream_whose_token_was_used_too_often_comes_again() -> None:
    async with relay_running(auth=auth()) as relay:
        port = relay.server.port
        async with connected(relay, token=WATCH) as stream:
            await relay.server.stop(5)
            limits = auth(burst=1, requests_per_s=5.0)
            async with relay_running(server=ServerConfig(port=port), auth=limits) as again:
                async with connect(again.url, token=WATCH):
                    pass
                async with aclosing(stream.items()) as items:
                    while not isinstance(await anext(items), Subscribed):
                        pass


async def test_a_restart_of_the_server_leaves_no_seam() -> None:
    async with relay_running() as relay:
        config = Config(server=ServerConfig(port=relay.server.port))
        async with connected(relay, methods=["like"]) as stream:
            publish(relay, 3)
            assert await _offsets(stream, 3) == [2, 4, 6]
            publish(relay, 2)
            await relay.server.stop(5)
            publish(relay, 2)
            async with serving_again(config, relay.hub, relay.rooms):
                assert await _offsets(stream, 4) == [8, 10, 12, 14]
                publish(relay, 1)
                assert await _offsets(stream, 1) == [16]
            assert stream.gaps == 0


async def test_what_a_restarted_relay_no_longer_has_is_a_gap() -> None:
    async with relay_running() as relay:
        config = Config(server=ServerConfig(port=relay.server.port))
        async with connected(relay) as stream:
            publish(relay, 1)
            assert await _offsets(stream, 2) == [1, 2]
            await relay.server.stop(5)
            hub = Hub(config.hub)
            rooms = FakeRooms(hub)
            rooms.add(ROOM)
            async with serving_again(config, hub, rooms):
                hub.publish(rooms[ROOM], [make_event()])
                items = stream.items()
                seen = [await anext(items)]
                while not isinstance(seen[-1], Message):
                    seen.append(await anext(items))
                await items.aclose()
            gaps = [item for item in seen if isinstance(item, Gap)]
            assert [gap.reason for gap in gaps] == ["epoch"]
            assert seen[-1].epoch == rooms[ROOM].epoch
            assert stream.position(ROOM) == seen[-1].position


async def test_a_client_that_slept_is_resumed_from_history() -> None:
    slow = HubConfig(slow_bytes=64 * 1024, history_events=10_000, history_bytes=1 << 30)
    async with relay_running(hub=slow) as relay, connected(relay) as stream:
        count = 4000
        for _ in range(count):
            relay.publish(ROOM, make_event(content="长" * 1000))
            await asyncio.sleep(0)
        assert await _offsets(stream, count) == list(range(1, count + 1))
        assert stream.gaps == 0


async def test_a_client_that_skips_is_told_what_it_missed() -> None:
    slow = HubConfig(slow_bytes=64 * 1024, history_events=10)
    async with relay_running(hub=slow) as relay, connected(relay, slow="skip") as stream:
        count = 4000
        for _ in range(count):
            relay.publish(ROOM, make_event(content="长" * 1000))
            await asyncio.sleep(0)
        items = stream.items()
        seen = 0
        missed = 0
        while seen + missed < count:
            item = await anext(items)
            if isinstance(item, Message):
                seen += 1
                assert item.offset == seen + missed
            elif isinstance(item, Gap):
                assert item.first is not None
                assert item.last is not None
                assert (item.reason, item.first) == ("slow", seen + missed + 1)
                missed += item.last - item.first + 1
        await items.aclose()
        assert missed
        assert stream.gaps


async def test_states_of_a_room() -> None:
    async with relay_running() as relay, connected(relay) as stream:
        items = stream.items()
        notice = await anext(items)
        await items.aclose()
        assert isinstance(notice, RoomNotice)
        assert (notice.state, notice.web_rid) == ("live", ROOM)
        assert stream.state(ROOM) == notice


@pytest.mark.parametrize(
    ("room", "methods", "code"),
    [
        ("refused", None, "room_refused"),
        ("no room", None, "unknown_room"),
        (ROOM, ["chatt"], "bad_method"),
        # Longer than an id may be: it is the name that is refused, not the request about it.
        ("https://live.douyin.com/" + "x" * 300, None, "unknown_room"),
    ],
)
async def test_refusals(room: str, methods: list[str] | None, code: str) -> None:
    async with (
        relay_running() as relay,
        asyncio.timeout(20),
        connect(relay.url, rooms=[room], methods=methods) as stream,
    ):
        with pytest.raises(RefusedError) as refused:
            await anext(stream)
        assert refused.value.code == code


async def test_a_room_that_is_given_up_by_the_relay() -> None:
    async with relay_running() as relay, connected(relay) as stream:
        relay.rooms.close(ROOM, "not_found")
        with pytest.raises(RefusedError, match=f"{ROOM}: not_found"):
            await anext(stream)
        assert stream.position(ROOM) is None
