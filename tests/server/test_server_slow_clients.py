"""Clients that don't read: cut off or skipped, while others notice nothing."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest
from raw import LazyClient, lazy_client, parse_frames, talk
from serving import Relay, make_event, receive, relay_running
from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode

from relay.config import HubConfig
from relay.events import Event
from relay.hub import slow
from relay.server import connection

pytestmark = pytest.mark.usefixtures("send_all")

SLOW_BYTES = 100_000


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave slow clients time to read why they are closed, however slow this machine is."""
    monkeypatch.setattr(connection, "SLOW_ABORT_S", 30.0)


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with relay_running(hub=HubConfig(slow_bytes=SLOW_BYTES)) as relay:
        relay.rooms.add("1")
        yield relay


def messages(client: LazyClient) -> list[dict[str, Any]]:
    frames = parse_frames(bytes(client.received))
    return [json.loads(body) for opcode, body in frames if opcode is Opcode.TEXT]


async def publish_and_read(relay: Relay, reader: ClientConnection) -> int:
    """Publish an event and wait until an ordinary client has it; gives its offset."""
    relay.publish("1", large_event())
    offset: int = (await receive(reader))[0]["offset"]
    return offset


async def read_why_closed(lazy: LazyClient, reason: bytes) -> bytes:
    """Read up to a close frame, answer it, see that nothing follows; gives its payload."""
    await lazy.read_until(reason)
    await lazy.send(Frame(Opcode.CLOSE, struct.pack("!H", 3008)))
    await lazy.read_to_end()
    opcode, body = parse_frames(bytes(lazy.received))[-1]
    assert opcode is Opcode.CLOSE
    return body


def large_event() -> Event:
    return make_event(content="好" * 10_000)


async def metric(relay: Relay, name: str) -> float:
    answer = await talk(
        relay, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    return float(answer.decode().split(f"\n{name} ")[1].split("\n")[0])


async def test_a_client_that_does_not_read_is_closed_and_others_lose_nothing(
    relay: Relay,
) -> None:
    async with relay.connect("?room_id=1") as reader, lazy_client(relay, "/ws?room_id=1") as lazy:
        await receive(reader, 3)
        seen = []
        while not relay.hub.counters.slow_closes:
            seen.append(await publish_and_read(relay, reader))
        body = await read_why_closed(lazy, b"bytes unsent")
        assert struct.unpack("!H", body[:2]) == (3008,)
        # What it got before is whole and in order, so that it can resume.
        offsets = [m["offset"] for m in messages(lazy)[3:]]
        assert offsets == list(range(1, len(offsets) + 1))
        seen += [await publish_and_read(relay, reader) for _ in range(20)]
        assert seen == list(range(1, len(seen) + 1))
    assert await metric(relay, "relay_slow_closes_total") == 1


async def test_a_client_that_never_reads_is_cut_off(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SLOW_ABORT_S", 0.01)
    async with relay.connect("?room_id=1") as reader, lazy_client(relay, "/ws?room_id=1"):
        await receive(reader, 3)
        while not relay.hub.counters.slow_closes:
            await publish_and_read(relay, reader)
        async with asyncio.timeout(10):
            while await metric(relay, "relay_clients") > 1:
                pass
        assert relay.rooms.holders[relay.rooms["1"]] == 1


async def test_a_client_that_lags_is_closed_even_if_little_is_unsent() -> None:
    config = HubConfig(slow_bytes=1 << 30, slow_s=0.1)
    async with relay_running(hub=config) as relay:
        relay.rooms.add("1")
        async with lazy_client(relay, "/ws?room_id=1") as lazy, asyncio.timeout(20):
            while not relay.hub.counters.slow_closes:
                relay.publish("1", large_event())
                await asyncio.sleep(0.001)
            await read_why_closed(lazy, b"s behind")


async def test_a_skipped_client_is_told_exactly_what_it_missed(relay: Relay) -> None:
    async with (
        relay.connect("?room_id=1") as reader,
        lazy_client(relay, "/ws?room_id=1&slow=skip") as lazy,
    ):
        await receive(reader, 3)
        last = 0
        while relay.hub.counters.drops < 30:
            last = await publish_and_read(relay, reader)
        await lazy.read_until(b'"op":"gap"')
        for _ in range(3):
            await publish_and_read(relay, reader)
        await lazy.read_until(f'"offset":{last + 3},'.encode())
        await lazy.send(Frame(Opcode.TEXT, b'{"op":"ping"}'))
        await lazy.read_until(b'"op":"pong"')
        found = messages(lazy)[3:-1]
        gap = next(m for m in found if m.get("op") == "gap")
        at = found.index(gap)
        assert gap["reason"] == "slow"
        assert [m["offset"] for m in found[:at]] == list(range(1, gap["from"]))
        assert [m["offset"] for m in found[at + 1 :]] == list(range(gap["to"] + 1, last + 4))
        assert gap["to"] - gap["from"] + 1 == relay.hub.counters.drops == 30
    assert relay.hub.counters.slow_closes == 0
    assert await metric(relay, "relay_drops_total") == 30


async def test_a_skipped_client_that_takes_nothing_is_closed_in_the_end(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow, "STALLED_S", 0.05)
    async with lazy_client(relay, "/ws?room_id=1&slow=skip") as lazy, asyncio.timeout(20):
        while not relay.hub.counters.drops:
            relay.publish("1", large_event())
            await asyncio.sleep(0)
        while not relay.hub.counters.slow_closes:
            await metric(relay, "relay_clients")
        body = await read_why_closed(lazy, b"took nothing for 0.05 s")
        assert struct.unpack("!H", body[:2]) == (3008,)


async def test_a_pong_comes_behind_the_gap_of_what_was_skipped(relay: Relay) -> None:
    async with lazy_client(relay, "/ws?room_id=1&slow=skip") as lazy, asyncio.timeout(20):
        while not relay.hub.counters.drops:
            relay.publish("1", large_event())
            await asyncio.sleep(0)
        await lazy.send(Frame(Opcode.TEXT, b'{"op":"ping"}'))
        await lazy.read_until(b'"op":"pong"')
        found = messages(lazy)[3:]
        offsets = [m["offset"] for m in found[:-2]]
        assert offsets == list(range(1, len(offsets) + 1))
        assert [m["op"] for m in found[-2:]] == ["gap", "pong"]
        assert (found[-2]["from"], found[-2]["to"]) == (len(offsets) + 1, relay.rooms["1"].head)


async def test_a_slow_client_that_resets_the_connection_is_no_error(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    async with lazy_client(relay, "/ws?room_id=1&slow=skip") as lazy, asyncio.timeout(20):
        while not relay.hub.counters.drops:
            relay.publish("1", large_event())
            await asyncio.sleep(0)
        await lazy.send(Frame(Opcode.TEXT, b'{"op":"ping"}'))
        assert await metric(relay, "relay_clients") == 1  # the ping has come meanwhile
        lazy.reset()
        await relay.rooms.let_go()
    assert caplog.records == []


async def test_slow_can_be_changed_by_message(relay: Relay) -> None:
    async with lazy_client(relay, "/ws?room_id=1") as lazy, asyncio.timeout(20):
        await lazy.send(Frame(Opcode.TEXT, b'{"op":"subscribe","room_id":"1","slow":"skip"}'))
        await lazy.read_until(b'"op":"room"', times=2)
        while not relay.hub.counters.drops:
            relay.publish("1", large_event())
            await asyncio.sleep(0)
        assert relay.hub.counters.slow_closes == 0


async def test_a_slow_reader_of_history_is_not_drowned(relay: Relay) -> None:
    for _ in range(250):
        relay.publish("1", large_event())
    path = f"/ws?room_id=1&since={relay.rooms['1'].epoch}:0"
    async with lazy_client(relay, path) as lazy:
        await lazy.read_until(b'"offset":250,')
        await lazy.send(Frame(Opcode.TEXT, b'{"op":"ping"}'))
        await lazy.read_until(b'"op":"pong"')
        assert [m["offset"] for m in messages(lazy)[3:-1]] == list(range(1, 251))


async def test_a_client_that_makes_us_answer_but_does_not_read_is_cut_off() -> None:
    async with relay_running(hub=HubConfig(slow_bytes=1024)) as relay:
        relay.rooms.add("1")
        pings = Frame(Opcode.PING, b"x" * 125).serialize(mask=True) * 500
        async with lazy_client(relay, "/ws?room_id=1") as lazy, asyncio.timeout(60):

            async def send_without_end() -> None:
                while True:
                    await lazy.send_bytes(pings)

            with pytest.raises(ConnectionError):
                await send_without_end()
