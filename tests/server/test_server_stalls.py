"""Clients that stop reading while the kernel still has room for what they don't read."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest
from raw import handshake, lazy_connection, raw_connection
from serving import Relay, make_event, receive, relay_running

from relay.config import HubConfig
from relay.server import stalls

pytestmark = [
    pytest.mark.usefixtures("send_all"),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a client has read"),
]


@pytest.fixture
async def relay(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Relay]:
    monkeypatch.setattr(stalls, "LOOK_S", 0.05)
    async with relay_running(hub=HubConfig(slow_s=0.5)) as relay:
        relay.rooms.add("1")
        yield relay


async def publish_until_closed(relay: Relay) -> None:
    async with asyncio.timeout(20):
        while not relay.hub.counters.slow_closes:
            relay.publish("1", make_event(content="x" * 500))
            await asyncio.sleep(0.005)


async def test_a_websocket_that_reads_nothing_is_closed_before_anything_is_unsent(
    relay: Relay,
) -> None:
    async with relay.connect("?room_id=1") as good, raw_connection(relay) as (reader, writer):
        writer.write(handshake(relay, "/ws?room_id=1"))
        await reader.readuntil(b'"op":"room"')
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await publish_until_closed(relay)
        events = relay.rooms["1"].head
        assert events < 2_000, "that would be more than the kernel takes"
        await receive(good, 3)
        while (await receive(good))[0].get("offset") != events:
            pass
        assert relay.hub.counters.slow_closes == 1


async def test_an_event_stream_that_reads_nothing_is_closed(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer):
        writer.write(b"GET /events?room_id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"event: room")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await publish_until_closed(relay)


async def test_who_has_little_to_read_is_left_alone(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer):
        writer.write(handshake(relay, "/ws?room_id=1"))
        await reader.readuntil(b'"op":"room"')
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        relay.publish("1", make_event())
        looks = 0
        enough = asyncio.Event()
        real = stalls._look_into

        def look_into(transport: asyncio.Transport) -> tuple[int, int] | None:
            nonlocal looks
            looks += 1
            if looks == 20:  # twice as long as a client may be behind
                enough.set()
            return real(transport)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stalls, "_look_into", look_into)
            async with asyncio.timeout(10):
                await enough.wait()
        assert relay.hub.counters.slow_closes == 0


async def test_who_has_much_to_read_at_once_gets_the_whole_time_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stalls, "LOOK_S", 0.02)
    looked = asyncio.Semaphore(0)
    real = stalls._look_into

    def look_into(transport: asyncio.Transport) -> tuple[int, int] | None:
        looked.release()
        return real(transport)

    monkeypatch.setattr(stalls, "_look_into", look_into)
    async with relay_running(hub=HubConfig(slow_s=600)) as relay:
        relay.rooms.add("1")
        relay.publish("1", *(make_event(content="x" * 500) for _ in range(200)))
        path = f"/ws?room_id=1&since={relay.rooms['1'].epoch}:0"
        async with lazy_connection(relay, handshake(relay, path), until=b"101 ") as lazy:
            async with asyncio.timeout(10):
                for _ in range(10):
                    await looked.acquire()
            await lazy.read_until(b'"offset":200,')
        assert relay.hub.counters.slow_closes == 0
