"""permessage-deflate: what is agreed on, what is sent, and what clients send."""

import json
import random
import zlib
from collections.abc import Callable

import pytest
from raw import handshake, lazy_connection, raw_connection
from serving import Relay, make_event, receive
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode

from relay.hub import Entry, Kind
from relay.server import deflate
from relay.server.deflate import WINDOW_BITS

NO_CONTEXT = "server_no_context_takeover; client_no_context_takeover"
AGREED = f"permessage-deflate; {NO_CONTEXT}"
LONG = {"content": "你好，主播！" * 100}
TAIL = b"\x00\x00\xff\xff"


def offering(relay: Relay, *offers: str, path: str = "/ws?room_id=1") -> bytes:
    lines = "".join(f"Sec-WebSocket-Extensions: {offer}\r\n" for offer in offers)
    return handshake(relay, path)[:-2] + lines.encode() + b"\r\n"


async def answer_to(relay: Relay, *offers: str) -> tuple[bytes, str | None]:
    """Give the status and the extensions that the server agrees to."""
    async with raw_connection(relay) as (reader, writer):
        writer.write(offering(relay, *offers))
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    found = [
        line.partition(": ")[2]
        for line in head.split("\r\n")
        if line.lower().startswith("sec-websocket-extensions:")
    ]
    assert len(found) <= 1
    return head[9:12].encode(), found[0] if found else None


@pytest.mark.parametrize(
    ("offers", "agreed"),
    [
        ([], None),
        (["permessage-deflate"], AGREED),
        (["permessage-deflate; client_max_window_bits"], AGREED),
        (["permessage-deflate; client_max_window_bits=8"], AGREED + "; client_max_window_bits=8"),
        (["permessage-deflate; client_max_window_bits=15"], AGREED + "; client_max_window_bits=15"),
        (["permessage-deflate; server_no_context_takeover"], AGREED),
        (["permessage-deflate; client_no_context_takeover"], AGREED),
        ([AGREED], AGREED),
        (["permessage-deflate; server_max_window_bits=15"], AGREED + "; server_max_window_bits=15"),
        (["permessage-deflate; server_max_window_bits=12"], AGREED + "; server_max_window_bits=12"),
        (
            ['permessage-deflate; server_max_window_bits="13"'],
            AGREED + "; server_max_window_bits=13",
        ),
        (["permessage-deflate; server_max_window_bits=11"], None),
        (["permessage-deflate; server_max_window_bits=9"], None),
        (["permessage-deflate; server_max_window_bits=8"], None),
        (["permessage-deflate; server_max_window_bits"], None),
        (["permessage-deflate; server_max_window_bits=16"], None),
        (["permessage-deflate; server_max_window_bits=7"], None),
        (["permessage-deflate; server_max_window_bits=012"], None),
        (["permessage-deflate; client_max_window_bits=16"], None),
        (["permessage-deflate; client_max_window_bits=x"], None),
        (["permessage-deflate; server_no_context_takeover=1"], None),
        (["permessage-deflate; unknown"], None),
        (["permessage-deflate; client_max_window_bits; client_max_window_bits"], None),
        (["x-webkit-deflate-frame"], None),
        # The first of several that can be had.
        (["permessage-deflate; server_max_window_bits=9, permessage-deflate"], AGREED),
        (["permessage-deflate; server_max_window_bits=9", "permessage-deflate"], AGREED),
        (["permessage-deflate, permessage-deflate"], AGREED),
        (["x-other; y=1, permessage-deflate; client_max_window_bits"], AGREED),
    ],
)
async def test_what_is_agreed_on(relay: Relay, offers: list[str], agreed: str | None) -> None:
    assert await answer_to(relay, *offers) == (b"101", agreed)


async def test_an_offer_that_cannot_be_read_is_refused(relay: Relay) -> None:
    assert await answer_to(relay, "permessage-deflate; =") == (b"400", None)


@pytest.mark.parametrize(
    "offer",
    [
        {},
        {"client_max_window_bits": None},
        {"server_max_window_bits": WINDOW_BITS},
        {"server_no_context_takeover": True, "client_no_context_takeover": True},
        {"server_max_window_bits": 9},  # declined
    ],
    ids=str,
)
async def test_clients_with_and_without_it_get_the_same(
    relay: Relay, offer: dict[str, int | bool | None]
) -> None:
    offering = ClientPerMessageDeflateFactory(**offer)  # type: ignore[arg-type]
    query = "?room_id=1&method=chat,gift"
    async with (
        relay.connect(query, compression=None) as plain,
        relay.connect(query, compression=None, extensions=[offering]) as other,
    ):
        assert (await receive(plain, 3))[1:] == (await receive(other, 3))[1:]
        for size in (0, 1, 10, 200, 5_000, 70_000, 300_000):
            relay.publish("1", make_event(content="好" * size), make_event(content=_noise(size)))
            assert await receive(plain, 2) == await receive(other, 2)
            relay.publish("1", make_event("WebcastLikeMessage", **LONG))


def _noise(size: int) -> str:
    return "".join(map(chr, random.Random(size).choices(range(0x4E00, 0x9FA5), k=size)))


async def test_a_frame_is_compressed_once_for_all_who_want_it(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    compressed = []
    inner: Callable[[bytes], bytes] = deflate._deflate

    def counting(body: bytes) -> bytes:
        compressed.append(body)
        return inner(body)

    monkeypatch.setattr(deflate, "_deflate", counting)
    queries = ["chat", "chat", "chat,gift", "gift,chat", "gift"]
    connections = [await relay.connect(f"?room_id=1&method={methods}") for methods in queries]
    plain = await relay.connect("?room_id=1", compression=None)
    for connection in [*connections, plain]:
        await receive(connection, 3)
    relay.publish("1", make_event(**LONG), make_event(**LONG))
    got = [await receive(connection, 2) for connection in [*connections[:-1], plain]]
    assert got.count(got[0]) == len(got)
    assert len(compressed) == 2
    relay.publish("1", make_event("WebcastLikeMessage", **LONG))
    await receive(plain)
    assert len(compressed) == 2, "nobody who has compression wants this"
    for connection in [*connections, plain]:
        await connection.close()


async def test_frames_are_smaller_and_none_refers_to_another(relay: Relay) -> None:
    request = offering(relay, "permessage-deflate; client_max_window_bits")
    async with lazy_connection(relay, request) as client:
        at = len(client.received)
        for _ in range(3):
            relay.publish("1", make_event(**LONG))
        relay.publish("1", make_event(msg_id="1", content="短"))
        await client.read_until("短".encode())
        frames = client.received[at:]
        bodies = []
        for _ in range(3):
            assert (frames[0], frames[1]) == (0xC1, 126)
            size = int.from_bytes(frames[2:4], "big")
            # Each is inflated anew: the context ends with a message.
            data = zlib.decompressobj(-WINDOW_BITS).decompress(bytes(frames[4 : 4 + size]) + TAIL)
            assert size < len(data) / 3
            bodies.append(json.loads(data))
            frames = frames[4 + size :]
        assert [body["offset"] for body in bodies] == [1, 2, 3]
        assert frames[0] == 0x81, "too short to shrink"


async def test_history_and_answers_come_uncompressed(relay: Relay) -> None:
    for _ in range(5):
        relay.publish("1", make_event(**LONG))
    path = f"/ws?room_id=1&since={relay.rooms['1'].epoch}:0"
    request = offering(relay, "permessage-deflate", path=path)
    async with lazy_connection(relay, request) as client:
        await client.read_until(LONG["content"].encode(), times=5)
        relay.publish("1", make_event(**LONG))
        await client.read_until(b"\xc1\x7e")


async def test_compressed_messages_are_understood(relay: Relay) -> None:
    async with relay.connect() as connection:
        await receive(connection)
        for length in (1, 100):
            name = "x" * length
            await connection.send(json.dumps({"op": "ping", "id": name}))
            assert await receive(connection) == [{"op": "pong", "id": name}]
        # In fragments, which are one compressed message.
        await connection.send(iter(['{"op":"ping",', '"id":', '"pieces"}']))
        assert await receive(connection) == [{"op": "pong", "id": "pieces"}]


def _compressed(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[: -len(TAIL)]


async def read_close_code(client_bytes: bytes, relay: Relay) -> int:
    """Send bytes behind a handshake that agreed on it; give the server's close code."""
    async with raw_connection(relay) as (reader, writer):
        writer.write(offering(relay, "permessage-deflate", path="/ws"))
        await reader.readuntil(b'"history_s":300.0}}')
        writer.write(client_bytes)
        answer = await reader.read()
    assert answer[0] == 0x88
    return int.from_bytes(answer[2:4], "big")


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([Frame(Opcode.TEXT, _compressed(b" " * 1_000_000), rsv1=True)], 1009),
        ([Frame(Opcode.TEXT, _compressed(b" " * 16_385), rsv1=True)], 1009),
        # A limit for the whole message, not for each of its fragments.
        (
            [
                Frame(Opcode.TEXT, _compressed(b" " * 16_000) + TAIL, fin=False, rsv1=True),
                Frame(Opcode.CONT, _compressed(b" " * 16_000)),
            ],
            1009,
        ),
        ([Frame(Opcode.TEXT, b"\xff\xff not deflated", rsv1=True)], 1002),
        ([Frame(Opcode.TEXT, _compressed(b"\xff\xfe"), rsv1=True)], 1007),
        ([Frame(Opcode.BINARY, _compressed(b"{}"), rsv1=True)], 1003),
    ],
    ids=["bomb", "a byte too long", "in fragments", "garbage", "not UTF-8", "binary"],
)
async def test_bad_compressed_messages_close_the_connection(
    relay: Relay, frames: list[Frame], code: int
) -> None:
    data = b"".join(_masked(frame) for frame in frames)
    if code == 1003:
        data += Frame(Opcode.CLOSE, b"\x03\xeb").serialize(mask=True)
    assert await read_close_code(data, relay) == code


def _masked(frame: Frame) -> bytes:
    """Serialize a frame whose reserved bit is set, as websockets itself does only compressing."""
    rsv1, frame.rsv1 = frame.rsv1, False
    data = bytearray(frame.serialize(mask=True))
    if rsv1:
        data[0] |= 0x40
    return bytes(data)


async def test_a_compressed_message_without_an_agreement_is_an_error(relay: Relay) -> None:
    async with relay.connect(compression=None) as connection:
        connection.transport.write(
            _masked(Frame(Opcode.TEXT, _compressed(b'{"op":"ping"}'), rsv1=True))
        )
        await connection.wait_closed()
        assert connection.close_code == 1002


@pytest.mark.parametrize("library", ["zlib", "isal"])
def test_both_ways_to_compress_keep_to_the_window_and_forget_what_was(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library == "isal":
        pytest.importorskip("isal")
        way = deflate._deflate_with_isal
    else:
        way = deflate._deflate_with_zlib()
    monkeypatch.setattr(deflate, "_deflate", way)
    dice = random.Random(5)
    far = dice.randbytes(6_000).hex()
    for body in [far + far, far[:9_000] * 3, "好" * 50_000, _noise(3_000), "ab" * 200]:
        for _ in range(2):
            entry = Entry(Kind.EVENT, 1, "", body.encode(), 0.0)
            frame = deflate.DEFLATED_FRAMES.frame(entry)
            assert frame[0] == 0xC1
            at = {126: 4, 127: 10}.get(frame[1], 2)
            inflater = zlib.decompressobj(-WINDOW_BITS)
            # A byte at a time, so that nothing but the window can be referred to.
            inflated, rest = bytearray(), frame[at:] + TAIL
            while rest:
                inflated += inflater.decompress(rest, 1)
                rest = inflater.unconsumed_tail
            while more := inflater.decompress(b"", 1):
                inflated += more
            assert bytes(inflated) == body.encode()
