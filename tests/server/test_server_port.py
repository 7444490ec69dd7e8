"""One port for HTTP and WebSocket: what the first bytes decide."""

import asyncio
import json

import aiohttp
import pytest
from raw import handshake, raw_connection, talk
from serving import Relay, relay_running
from websockets.frames import Frame, Opcode

from relay.config import RestConfig
from relay.server import heads, port, refusal

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST_GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def test_both_kinds_of_clients_on_one_port(relay: Relay) -> None:
    assert (await talk(relay, LAST_GET)).startswith(b"HTTP/1.1 200 OK\r\n")
    async with relay.connect("?room_id=1") as connection:
        assert json.loads(await connection.recv())["op"] == "hello"


async def test_a_head_that_comes_byte_by_byte(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        for byte in handshake(relay):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")


async def test_a_message_that_comes_along_with_the_handshake(relay: Relay) -> None:
    ping = Frame(Opcode.TEXT, b'{"op":"ping","id":"early"}').serialize(mask=True)
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay) + ping)
        await reader.readuntil(b'{"op":"pong","id":"early"}')


async def test_a_kept_alive_connection_becomes_a_websocket(relay: Relay) -> None:
    connections: list[object] = []

    async def note(_session: object, _context: object, made: object) -> None:
        connections.append(made)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(note)
    async with aiohttp.ClientSession(relay.url, trace_configs=[trace]) as http:
        for _ in range(2):
            async with http.get("/healthz") as answer:
                assert answer.status == 200
                await answer.read()
        async with http.post("/api/rooms", json={"room": "3"}) as answer:
            assert answer.status == 201
            await answer.read()
        async with asyncio.timeout(10), http.ws_connect("/ws?room_id=3") as websocket:
            assert (await websocket.receive_json())["op"] == "hello"
            assert (await websocket.receive_json())["room"] == "3"
            await websocket.send_json({"op": "ping", "id": "x" * 100})
            while (frame := await websocket.receive_json())["op"] != "pong":
                pass
            assert frame["id"] == "x" * 100
    assert len(connections) == 1


POST = b"POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\n"
BODY = b'{"room":"4"}'
PING = Frame(Opcode.TEXT, b'{"op":"ping","id":"early"}').serialize(mask=True)


@pytest.mark.parametrize(
    ("before", "answered"),
    [
        ([], []),
        ([GET], [b"200"]),
        ([GET, GET], [b"200", b"200"]),
        ([POST, BODY], [b"201"]),
        ([POST + BODY + GET], [b"201", b"200"]),
    ],
)
@pytest.mark.parametrize("split", ["together", "handshake apart", "halves"])
async def test_a_handshake_behind_other_requests_is_found(
    relay: Relay, before: list[bytes], answered: list[bytes], split: str
) -> None:
    whole = handshake(relay)
    pieces = {
        "together": [b"".join([*before, whole, PING])],
        "handshake apart": [*before, whole, PING],
        "halves": [*before, whole[:50], whole[50:] + PING],
    }[split]
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        answers = await reader.readuntil(b'{"op":"pong","id":"early"}')
        statuses = [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]]
        assert statuses == [*answered, b"101"]


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        ({"path": "/nowhere"}, b"HTTP/1.1 404 "),
        ({"host": "evil.example"}, b"HTTP/1.1 421 "),
    ],
)
async def test_a_later_handshake_is_judged_as_a_first_one(
    relay: Relay, head: dict[str, str], answer: bytes
) -> None:
    first = await talk(relay, handshake(relay, **head))
    later = await talk(relay, GET + handshake(relay, **head))
    assert first.startswith(answer)
    assert b"HTTP/1.1 " + later.split(b"HTTP/1.1 ")[2][:4] == answer
    assert first.partition(b"\r\n\r\n")[2] == later.split(b"\r\n\r\n")[-1]


async def test_other_upgrades_are_requests_like_any(relay: Relay) -> None:
    upgrade = LAST_GET[:-2] + b"Upgrade: h2c\r\n\r\n"
    assert (await talk(relay, GET + upgrade)).count(b"HTTP/1.1 200 ") == 2


async def test_keep_alive_with_bodies(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        for number in (3, 4, 5):
            body = json.dumps({"room": str(number)}).encode()
            head = f"POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}"
            writer.write(head.encode() + b"\r\n\r\n" + body[:4])
            await writer.drain()
            writer.write(body[4:])
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 201 ")
            length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            assert json.loads(await reader.readexactly(length))["web_rid"] == str(number)
    assert set(relay.rooms.rooms) == {"1", "2", "3", "4", "5"}


async def test_pipelined_requests_are_answered_in_order(relay: Relay) -> None:
    missing = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answers = await talk(relay, GET + missing + LAST_GET)
    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200"]


async def test_a_large_body_in_the_first_bytes_is_not_taken_for_a_head(relay: Relay) -> None:
    body = json.dumps({"room": "6", "x": "y" * 40_000}).encode()
    head = LAST_GET[:-2].replace(b"GET /healthz", b"POST /api/rooms")
    answer = await talk(relay, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"unknown field" in answer


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01\x00", b"\0", b"\r\n\r\n", b"\xff" * 50_000]
)
async def test_garbage_is_refused_at_once(relay: Relay, garbage: bytes) -> None:
    answer = await talk(relay, garbage)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert 'relay_refused_total{cause="garbage"} 1.0' in await metrics(relay)


async def test_http_that_cannot_be_read_is_refused_without_filling_the_log(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        answer = await talk(relay, b"GET / HTTP/1.1\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 ")
    assert 'relay_refused_total{cause="bad_http"} 20.0' in await metrics(relay)
    assert caplog.records == []


async def test_a_head_without_end_is_refused(relay: Relay) -> None:
    answer = await talk(relay, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 16384)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert 'relay_refused_total{cause="head_too_large"} 1.0' in await metrics(relay)


REST = b"GET /douyin/liveroom/info?room_id=5&token=secret"


@pytest.mark.parametrize("length", [9_000, 1_000_000], ids=["line", "head"])
@pytest.mark.parametrize("later", [False, True], ids=["first", "later"])
@pytest.mark.parametrize("begin", [b"GET /api/rooms?x=", REST + b"&x="], ids=["api", "rest"])
async def test_too_long_a_request_is_told_so_in_the_form_of_its_path(
    relay: Relay, begin: bytes, length: int, later: bool
) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        if later:
            writer.write(GET)
            await reader.readuntil(b"\r\n\r\n{")
            await reader.readuntil(b"}")
        # All of it is taken, though it is refused before its end.
        writer.write(begin + b"y" * length + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await writer.drain()
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b"Content-Type: application/json" in head
    assert b"Content-Length: %d\r\n" % len(body) in head + b"\r\n"
    answer = json.loads(body)
    if begin.startswith(REST):
        assert (answer["code"], answer["data"]) == (431, None)
        assert answer["error"]["type"] == "head_too_large"
    else:
        assert answer["error"]["code"] == "head_too_large"
    assert b"secret" not in body
    assert 'relay_refused_total{cause="head_too_large"} 1.0' in await metrics(relay)


async def test_old_clients_get_what_cannot_be_read_with_http_200() -> None:
    async with relay_running(rest=RestConfig(always_http_200=True)) as relay:
        answer = await talk(relay, REST + b" HTTP/1.1\r\nBad header\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == 400


async def test_who_is_refused_and_does_not_hang_up_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refusal, "DRAIN_S", 0.05)
    async with relay_running() as relay, raw_connection(relay) as (reader, writer):
        writer.write(b"\0")
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        with pytest.raises(ConnectionError):
            await write_on(writer)


async def test_a_head_that_is_never_complete_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "FIRST_BYTE_S", 1.0)
    monkeypatch.setattr(port, "FIRST_HEAD_S", 2.0)
    async with relay_running() as relay:
        slow, silent = await asyncio.gather(talk(relay, b"GET / HT"), talk(relay, b""))
        assert slow.startswith(b"HTTP/1.1 408 ")
        assert silent == b""
        monkeypatch.undo()
        assert 'relay_refused_total{cause="head_too_slow"} 1.0' in await metrics(relay)


async def test_hanging_up_before_the_first_head_is_no_trouble(relay: Relay) -> None:
    for data in (b"", b"GET /", b"GET / HTTP/1.1\r\nUpgrade: web"):
        async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
            writer.write(data)
            writer.write_eof()
            assert await reader.read() == b""
    assert (await talk(relay, LAST_GET)).startswith(b"HTTP/1.1 200 ")


def with_header(request: bytes, header: bytes) -> bytes:
    return request[:-2] + header + b"\r\n\r\n"


@pytest.mark.parametrize("later", [False, True], ids=["first", "later"])
@pytest.mark.parametrize(
    ("old", "new", "status", "code"),
    [
        (b"HTTP/1.1", b"HTTP/0.9", 505, "version_not_supported"),
        (b"HTTP/1.1", b"HTTP/1.0", 505, "version_not_supported"),
        (b"HTTP/1.1", b"HTTP/2.0", 505, "version_not_supported"),
        (b"GET", b"POST", 405, "method_not_allowed"),
        (b"Connection: Upgrade", b"Connection: close", 426, "upgrade_required"),
        (b"Sec-WebSocket-Key", b"X-Nothing", 400, "bad_request"),
        (b"Version: 13", b"Version: \xff", 400, "bad_request"),
        (b"Host", b"X: a\0b\r\nHost", 400, "bad_request"),
        (b"Host", b"X: a\nHost", 400, "bad_request"),
        (b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\nabc", 400, "bad_request"),
        (b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "bad_request"),
        (b"/ws", b"/ws?x=" + b"y" * 8190, 431, "head_too_large"),
        (b"Host", b"X: " + b"y" * 8190 + b"\r\nHost", 431, "head_too_large"),
    ],
)
async def test_a_handshake_that_is_none_is_answered_as_any_request(
    relay: Relay, old: bytes, new: bytes, status: int, code: str, *, later: bool
) -> None:
    answers = await talk(relay, GET * later + handshake(relay).replace(old, new, 1))
    answer = answers.split(b"HTTP/1.1 ")[-1]
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"%d " % status)
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert json.loads(body)["error"]["code"] == code
    assert (b"\r\nAllow: GET\r\n" in head) == (status == 405)
    assert (b"\r\nUpgrade: websocket\r\n" in head) == (status == 426)
    async with relay.connect("?room_id=1") as connection:
        assert json.loads(await connection.recv())["op"] == "hello"


@pytest.mark.parametrize("later", [False, True], ids=["first", "later"])
@pytest.mark.parametrize("path", [b"/healthz", b"/ws", b"/douyin/liveroom/chat"])
async def test_lines_that_end_in_a_line_feed_alone_are_refused_at_once(
    relay: Relay, path: bytes, *, later: bool
) -> None:
    # Before its end: what is waited for else would never come.
    for request in (b"GET %b HTTP/1.1\n", b"GET %b HTTP/1.1\r\nHost: localhost\nUpgrade: webso"):
        answers = await talk(relay, GET * later + request % path)
        answer = answers.split(b"HTTP/1.1 ")[-1]
        assert answer.startswith(b"400 ")
        assert b"can't be read" in answer
        if path.startswith(b"/douyin") and not later:
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == 400
    assert 'relay_refused_total{cause="bad_http"} 2.0' in await metrics(relay)


async def test_a_line_feed_alone_may_come_in_a_body(relay: Relay) -> None:
    body = b'{"room":\n\n"4"}'
    head = POST.replace(b"Content-Length: 12", b"Connection: close\r\nContent-Length: 14")
    assert (await talk(relay, head + body)).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize("later", [False, True], ids=["first", "later"])
@pytest.mark.parametrize("version", [b"0.9", b"2.0"])
async def test_other_versions_of_http_are_not_served(
    relay: Relay, version: bytes, *, later: bool
) -> None:
    answers = await talk(relay, GET * later + LAST_GET.replace(b"HTTP/1.1", b"HTTP/" + version))
    assert answers.count(b"HTTP/1.1 ") == 1 + later
    answer = answers.split(b"HTTP/1.1 ")[-1]
    assert answer.startswith(b"505 HTTP Version Not Supported\r\n")
    error = json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
    assert error["code"] == "version_not_supported"
    assert 'relay_refused_total{cause="bad_http"} 1.0' in await metrics(relay)


async def test_http_1_0_is_served(relay: Relay) -> None:
    answer = await talk(relay, b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.0 200 ")


@pytest.mark.parametrize("path", ["/healthz", "/ws"])
async def test_a_head_may_be_so_large(relay: Relay, path: str) -> None:
    head = handshake(relay, path) if path == "/ws" else LAST_GET
    for header, refused in ((b"y" * 8187, False), (b"y" * 8188, True)):
        answer = await first_line(relay, with_header(head, b"X: " + header))
        assert answer.startswith(b"HTTP/1.1 431 ") == refused
    room = heads.MAX_HEADERS - (head.count(b"\r\n") - 2)
    for count, refused in ((room, False), (room + 1, True)):
        answer = await first_line(relay, with_header(head, b"\r\n".join([b"X: y"] * count)))
        assert answer.startswith(b"HTTP/1.1 431 ") == refused


async def first_line(relay: Relay, request: bytes) -> bytes:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(request)
        return await reader.readline()


async def test_a_handshake_for_nowhere_is_answered(relay: Relay) -> None:
    elsewhere = await talk(relay, handshake(relay, "/nowhere"))
    assert elsewhere.startswith(b"HTTP/1.1 404 ")
    assert json.loads(elsewhere.split(b"\r\n\r\n", 1)[1])["error"]["code"] == "not_found"


async def test_plain_get_of_the_websocket_path_says_what_to_do(relay: Relay) -> None:
    answer = await talk(relay, LAST_GET.replace(b"/healthz", b"/ws"))
    assert answer.startswith(b"HTTP/1.1 426 ")
    assert b"WebSocket" in answer


async def write_on(writer: asyncio.StreamWriter) -> None:
    async with asyncio.timeout(10):
        while True:
            writer.write(b"more")
            await writer.drain()
            await asyncio.sleep(0)


async def metrics(relay: Relay) -> str:
    return (await talk(relay, LAST_GET.replace(b"/healthz", b"/metrics"))).decode()
