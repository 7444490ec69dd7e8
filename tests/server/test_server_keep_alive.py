"""Keep-alive: clients that are there are kept, clients that are gone are found out."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from raw import handshake, lazy_client, raw_connection
from serving import Relay, make_event, relay_running
from websockets.frames import Frame, Opcode

from relay.config import HubConfig
from relay.server import keep_alive
from relay.server.keep_alive import SLOTS, KeepAlive
from relay.server.session import Session

PING = b"\x89\x00"
PONG = Frame(Opcode.PONG, b"").serialize(mask=True)


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_alive, "PING_S", 1e6)


def turn_round(relay: Relay) -> None:
    """Visit all clients once, as is done every PING_S."""
    (wheel,) = {client._shared.keep_alive for client in relay.server._state.clients}
    for _ in range(SLOTS):
        wheel.turn()


async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send a message and read up to its answer: all that was sent before is read by then."""
    writer.write(Frame(Opcode.TEXT, b'{"op":"ping","id":0}').serialize(mask=True))
    await reader.readuntil(b'{"op":"pong","id":0}')


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with relay_running() as relay:
        yield relay


async def test_a_client_that_answers_is_pinged_again_and_again(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        await answer_all(reader, writer)
        for _ in range(5):
            turn_round(relay)
            await reader.readuntil(PING)
            writer.write(PONG)
            await answer_all(reader, writer)
        assert len(relay.server._state.clients) == 1


async def test_a_client_that_does_not_answer_is_closed(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay, "/ws?room_id=1"))
        await answer_all(reader, writer)
        turn_round(relay)
        await reader.readuntil(PING)
        assert relay.rooms.holders[relay.rooms["1"]] == 1
        turn_round(relay)
        rest = await reader.read()
        assert rest.count(PING) == 0
        assert rest[0] == 0x88
        assert int.from_bytes(rest[2:4], "big") == 1011
        assert b"keepalive" in rest
    await relay.rooms.let_go()


async def test_what_else_a_client_sends_is_no_answer(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        await answer_all(reader, writer)
        turn_round(relay)
        await answer_all(reader, writer)
        turn_round(relay)
        assert b"keepalive" in await reader.read()


async def test_a_client_whose_answers_wait_behind_its_messages_is_not_closed(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on = asyncio.Event(), asyncio.Event()
    handle = Session._handle

    async def handle_late(self: Session, message: str) -> None:
        begun.set()
        await may_go_on.wait()
        await handle(self, message)

    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        await answer_all(reader, writer)
        turn_round(relay)
        await reader.readuntil(PING)
        monkeypatch.setattr(Session, "_handle", handle_late)
        message = Frame(Opcode.TEXT, b'{"op":"ping","id":1}').serialize(mask=True)
        writer.write(message * 1_000 + PONG)
        await begun.wait()
        for _ in range(5):
            turn_round(relay)
        may_go_on.set()
        for _ in range(1_000):
            await reader.readuntil(b'{"op":"pong","id":1}')
        # It is pinged again from then on, and may be found gone.
        await answer_all(reader, writer)
        turn_round(relay)
        await reader.readuntil(PING)
        turn_round(relay)
        assert b"keepalive" in await reader.read()


async def test_pings_do_not_pile_up_for_a_client_that_does_not_read() -> None:
    config = HubConfig(slow_bytes=1 << 30, slow_s=1000)
    async with relay_running(hub=config) as relay:
        relay.rooms.add("1")
        async with lazy_client(relay, "/ws?room_id=1") as lazy:
            (client,) = relay.server._state.clients
            while not client.subscriber.paused:
                relay.publish("1", make_event(content="好" * 10_000))
                await asyncio.sleep(0)
            unsent = client.transport.get_write_buffer_size()
            for _ in range(5):
                turn_round(relay)
            assert client.transport.get_write_buffer_size() <= unsent
            assert not client.subscriber.closed
            last = relay.rooms["1"].head
            await lazy.read_until(f'"offset":{last},'.encode())
            # What it was sent last is on its way, but the relay may not know so yet.
            await client.writable()
            turn_round(relay)
            await lazy.read_until(PING)


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


async def test_the_wheel_turns_again_after_it_was_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_alive, "PING_S", 0.2)
    wheel = KeepAlive()
    for _ in range(2):
        visited = Visited()
        wheel.add(visited)
        async with asyncio.timeout(10):
            await visited.visited.wait()
        wheel.remove(visited)
