"""What comes from WebSocket clients: fragments, floods, nonsense, and hanging up in the middle."""

import asyncio
import json
import struct
from contextlib import suppress
from typing import Any

import pytest
from raw import handshake, raw_connection
from serving import Relay, receive, receive_until, relay_running
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from relay.server import connection
from relay.server.session import Session


def text(**message: Any) -> bytes:
    return Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True)


async def close_code(relay: Relay, data: bytes) -> int:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        await reader.readuntil(b'"history_s":300.0}}')
        writer.write(data)
        answer = await reader.read()
    (code,) = struct.unpack_from("!H", answer[answer.rindex(b"\x88") :], 2)
    assert isinstance(code, int)
    return code


async def test_many_messages_at_once_are_obeyed_in_order(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay) + b"".join(text(op="ping", id=i) for i in range(2_000)))
        await reader.readuntil(b"}}")
        for i in range(2_000):
            answer = await reader.readuntil(b"}")
            assert json.loads(answer[2:]) == {"op": "pong", "id": i}


def deflated_burst(count: int) -> bytes:
    """Pings of 16 KB, each of which is sent in some 50 bytes."""
    deflate = PerMessageDeflate(True, True, 15, 15)
    return b"".join(
        Frame(Opcode.TEXT, json.dumps({"op": "ping", "id": i}).encode().ljust(16_000)).serialize(
            mask=True, extensions=[deflate]
        )
        for i in range(count)
    )


async def test_a_burst_of_compressed_messages_is_inflated_only_as_it_is_obeyed(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    inflated = obeyed = most = 0
    decode, handle = PerMessageDeflate.decode, Session._handle

    def count_inflated(self: PerMessageDeflate, frame: Frame, **options: Any) -> Frame:
        nonlocal inflated, most
        inflated += 1
        most = max(most, inflated - obeyed)
        return decode(self, frame, **options)

    async def count_obeyed(self: Session, message: str) -> None:
        nonlocal obeyed
        await handle(self, message)
        obeyed += 1

    burst = deflated_burst(3_000)
    assert len(burst) < 256_000  # no more than one read
    request = handshake(relay)[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(20):
        writer.write(request)
        await reader.readuntil(b'"history_s":300.0}}')
        monkeypatch.setattr(PerMessageDeflate, "decode", count_inflated)
        monkeypatch.setattr(Session, "_handle", count_obeyed)
        writer.write(burst)
        for i in range(3_000):
            answer = await reader.readuntil(b"}")
            assert json.loads(answer[2:]) == {"op": "pong", "id": i}
    assert inflated == obeyed == 3_000
    assert most * 16_000 < 1_000_000


async def test_others_have_their_turn_while_many_messages_are_obeyed(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled = 0
    by_turn: list[int] = []
    handle = Session._handle
    loop = asyncio.get_running_loop()

    def note() -> None:
        by_turn.append(handled - sum(by_turn))
        if handled < 2_000:
            loop.call_soon(note)

    async def count_handled(self: Session, message: str) -> None:
        nonlocal handled
        if not handled:
            loop.call_soon(note)
        handled += 1
        await handle(self, message)

    monkeypatch.setattr(Session, "_handle", count_handled)
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay) + text(op="?") * 2_000)
        for _ in range(2_000):
            await reader.readuntil(b'"bad_request"')
    assert sum(by_turn) == 2_000
    assert max(by_turn) <= 16


async def test_nothing_is_obeyed_for_a_client_that_is_cut_off(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled = 0

    async def cut_off(self: Session, _message: str) -> None:
        nonlocal handled
        handled += 1
        self._connection.transport.abort()

    monkeypatch.setattr(Session, "_handle", cut_off)
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay) + text(op="ping") * 100)
        with suppress(ConnectionResetError):
            await reader.read()
    assert handled == 1


async def test_a_close_behind_messages_that_wait_is_answered_in_turn(relay: Relay) -> None:
    pings = b"".join(text(op="ping", id=i) for i in range(1_000))
    close = Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True)
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        await reader.readuntil(b"}}")
        writer.write(pings + close)
        answer = await reader.read()
    assert answer.endswith(b"\x88\x02\x03\xe8")
    # Those just before the close are not obeyed any more: nobody would read the answers.
    assert answer.count(b'"pong"') > 900


async def test_a_close_is_answered_by_a_client_that_has_sent_more_than_is_obeyed(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled = asyncio.Event()

    async def never(_session: Session, _message: str) -> None:
        handled.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Session, "_handle", never)
    close = Frame(Opcode.CLOSE, b"\x0f\xa1").serialize(mask=True)
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(5):
        writer.write(handshake(relay))
        await reader.readuntil(b"}}")
        writer.write(text(op="ping") * 1_000)
        await handled.wait()
        (client,) = relay.server._state.clients
        assert not client.transport.is_reading()
        client.begin_close(4001, "enough")
        assert b"enough" in await reader.readuntil(b"enough")
        writer.write(close)
        # Long before it would be cut off: its close was found behind the messages.
        assert await reader.read() == b""
        writer.close()
        await client.wait_closed()


async def test_fragments_with_pings_between_are_one_message(relay: Relay) -> None:
    pieces = [b'{"op":', b"", b'"ping","id":"', "好".encode()[:2], "好".encode()[2:], b'"}']
    frames = [
        Frame(Opcode.CONT if i else Opcode.TEXT, piece, fin=i == len(pieces) - 1)
        for i, piece in enumerate(pieces)
    ]
    ping = Frame(Opcode.PING, b"?").serialize(mask=True)
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        await reader.readuntil(b"}}")
        writer.write(ping.join(frame.serialize(mask=True) for frame in frames))
        answer = await reader.readuntil('{"op":"pong","id":"好"}'.encode())
        assert answer.count(b"\x8a\x01?") == len(pieces) - 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (Frame(Opcode.TEXT, b"\xff").serialize(mask=True), 1007),
        (Frame(Opcode.CONT, b"x").serialize(mask=True), 1002),
        (Frame(Opcode.TEXT, b"{}").serialize(mask=False), 1002),
        (Frame(Opcode.TEXT, b"x" * 16_385).serialize(mask=True), 1009),
        (
            Frame(Opcode.TEXT, b"x" * 16_000, fin=False).serialize(mask=True)
            + Frame(Opcode.CONT, b"x" * 385).serialize(mask=True),
            1009,
        ),
    ],
    ids=["not UTF-8", "nothing to continue", "unmasked", "long", "long in fragments"],
)
async def test_what_breaks_the_protocol_closes_the_connection(
    relay: Relay, data: bytes, code: int
) -> None:
    assert await close_code(relay, data) == code


async def test_fragments_without_end_are_cut_off_by_their_sum_only(relay: Relay) -> None:
    empty = Frame(Opcode.CONT, b"", fin=False).serialize(mask=True)
    end = Frame(Opcode.CONT, b'{"op":"ping"}').serialize(mask=True)
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(20):
        writer.write(handshake(relay))
        writer.write(Frame(Opcode.TEXT, b"", fin=False).serialize(mask=True))
        writer.write(empty * 20_000 + end)
        await reader.readuntil(b'"pong"')


@pytest.mark.parametrize("how", ["reset", "end", "close"])
async def test_a_client_that_goes_in_the_middle_of_its_messages_leaves_nothing(
    relay: Relay, how: str
) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay))
        await reader.readuntil(b"}}")
        writer.write(b"".join(text(op="subscribe", room_id=str(i)) for i in range(5, 50)))
        await reader.readuntil(b'"subscribed"')
        if how == "reset":
            writer.transport.abort()
        elif how == "end":
            writer.write_eof()
            await reader.read()
        else:
            writer.write(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
            assert b"\x88\x02\x03\xe8" in await reader.read()
    await relay.rooms.let_go()
    assert not relay.server._state.clients


async def test_a_failure_closes_the_one_connection_and_is_logged(
    relay: Relay, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(_session: object, _text: str) -> None:
        raise ZeroDivisionError("a mistake of ours")

    async with relay.connect("?room_id=1") as other, relay.connect("?room_id=1") as connection:
        await receive(other, 3)
        await receive_until(connection, "room")
        monkeypatch.setattr(Session, "_handle", fail)
        await connection.send('{"op":"ping"}')
        await connection.wait_closed()
        assert connection.close_code == 1011
        monkeypatch.undo()
        await other.send('{"op":"ping","id":1}')
        assert await receive(other) == [{"op": "pong", "id": 1}]
    await relay.rooms.let_go()
    assert "a mistake of ours" in capsys.readouterr().out


async def test_a_refused_client_that_does_not_hang_up_is_cut_off_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What holds for clients does not for those that are none.
    monkeypatch.setattr(connection, "CLOSE_ABORT_S", 3600.0)
    forgotten = asyncio.Event()

    class Leaving(set[asyncio.Transport]):
        def discard(self, transport: asyncio.Transport) -> None:
            super().discard(transport)
            forgotten.set()

    async with relay_running() as relay, raw_connection(relay) as (reader, writer):
        relay.server._state.leaving = Leaving()
        writer.write(handshake(relay, "/nowhere"))
        async with asyncio.timeout(10):
            assert (await reader.readline()).startswith(b"HTTP/1.1 404 ")
            await forgotten.wait()


async def test_a_refused_handshake_that_is_not_hung_up_on_does_not_hold_up_a_stop() -> None:
    async with relay_running() as relay, raw_connection(relay) as (reader, writer):
        writer.write(handshake(relay, "/nowhere"))
        assert (await reader.readline()).startswith(b"HTTP/1.1 404 ")
        async with asyncio.timeout(5):
            await relay.server.stop(5)
