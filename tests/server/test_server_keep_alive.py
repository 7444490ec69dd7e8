"""Keep-alive: clients that are there are kept, clients that are gone are found out."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from raw import handshake, lazy_client, raw_connection
from serving import Relay, make_event, receive, relay_running
from websockets.frames import Frame, Opcode

from relay.config import HubConfig
from relay.server import keep_alive
from relay.server.keep_alive import SLOTS, KeepAlive

PING = b"\x89\x00"
PONG = Frame(Opcode.PONG, b"").serialize(mask=True)


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_alive, "PING_S", 0.2)


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with relay_running() as relay:
        yield relay


async def test_a_client_that_answers_is_pinged_again_and_again(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        for _ in range(5):
            await reader.readuntil(PING)
            writer.write(PONG)
        assert len(relay.server._state.clients) == 1


async def test_a_client_that_does_not_answer_is_closed(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay, "/ws?room_id=1"))
        await reader.readuntil(PING)
        assert relay.rooms.holders[relay.rooms["1"]] == 1
        rest = await reader.read()
        assert rest.count(PING) == 0
        assert rest[0] == 0x88
        assert int.from_bytes(rest[2:4], "big") == 1011
        assert b"keepalive" in rest
    await relay.rooms.let_go()


async def test_what_else_a_client_sends_is_no_answer(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        await reader.readuntil(PING)
        writer.write(Frame(Opcode.TEXT, b'{"op":"ping"}').serialize(mask=True))
        assert b"keepalive" in await reader.read()


async def test_pings_do_not_pile_up_for_a_client_that_does_not_read() -> None:
    config = HubConfig(slow_bytes=1 << 30, slow_s=1000)
    async with relay_running(hub=config) as relay:
        relay.rooms.add("1")
        async with lazy_client(relay, "/ws?room_id=1") as lazy, relay.connect() as other:
            (client,) = [c for c in relay.server._state.clients if c.subscriber.subscriptions]
            while not client.subscriber.paused:
                relay.publish("1", make_event(content="好" * 10_000))
                await asyncio.sleep(0)
            unsent = client.transport.get_write_buffer_size()
            await receive(other)
            for _ in range(5):  # several times round, as others are told
                await _pinged(other)
            assert client.transport.get_write_buffer_size() <= unsent
            assert not client.subscriber.closed
            last = relay.rooms["1"].head
            await lazy.read_until(f'"offset":{last},'.encode())
            await lazy.read_until(PING)


async def _pinged(connection: object) -> None:
    """Wait until a client of websockets, which answers by itself, is pinged."""
    protocol = connection.protocol  # type: ignore[attr-defined]
    pinged = asyncio.Event()
    inner = protocol.recv_frame

    def receive_frame(frame: Frame) -> None:
        if frame.opcode is Opcode.PING:
            pinged.set()
        inner(frame)

    protocol.recv_frame = receive_frame
    async with asyncio.timeout(10):
        await pinged.wait()
    del protocol.recv_frame


class Visited:
    def __init__(self) -> None:
        self.visits = 0
        self.visited = asyncio.Event()

    def keep_alive(self) -> None:
        self.visits += 1
        self.visited.set()


async def test_the_wheel_visits_each_once_a_turn_and_not_all_at_once() -> None:
    wheel = KeepAlive()
    crowd = [Visited() for _ in range(20 * SLOTS)]
    for visited in crowd:
        wheel.add(visited)
    most = 0
    before = 0
    while before < len(crowd):
        wheel.turn()
        now = sum(visited.visits for visited in crowd)
        most, before = max(most, now - before), now
    assert {visited.visits for visited in crowd} == {1}
    assert most < len(crowd) / 5
    for visited in crowd:
        wheel.remove(visited)
    assert wheel._timer is None


async def test_the_wheel_turns_again_after_it_was_empty() -> None:
    wheel = KeepAlive()
    for _ in range(2):
        visited = Visited()
        wheel.add(visited)
        async with asyncio.timeout(10):
            await visited.visited.wait()
        wheel.remove(visited)
