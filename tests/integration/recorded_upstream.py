"""A Douyin that is not the simulator and shares no code with it or with the relay.

It sends what was recorded: frames as they are, Responses in frames of its own, and single payloads
and Responses packed with fresh message ids where the recordings have zero or the same one twice.
Its protobuf is written by hand, so that an error in ours can't hide in it.
"""

import asyncio
import base64
import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from relay.config import UpstreamConfig

WEB_RID = "650000000001"
REPLAYED = 15

# Protobuf by hand


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def whole(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def text(number: int, value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def fields(data: bytes) -> list[tuple[int, int | bytes, bytes]]:
    """Split a message into (number, value, the field's own bytes)."""
    found = []
    at = 0

    def read_varint() -> int:
        nonlocal at
        shift = value = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        begin = at
        number, kind = divmod(read_varint(), 8)
        value: int | bytes
        if kind == 0:
            value = read_varint()
        else:
            size = read_varint() if kind == 2 else {1: 8, 5: 4}[kind]
            value = data[at : at + size]
            at += size
        found.append((number, value, data[begin:at]))
    return found


def first(data: bytes, number: int, default: Any) -> Any:
    return next((value for n, value, _ in fields(data) if n == number), default)


# Recordings


@dataclass(frozen=True)
class Sent:
    """One message as it goes out."""

    method: str
    msg_id: str
    raw: bytes


def read_message(raw: bytes) -> Sent:
    return Sent(first(raw, 1, b"").decode(), str(first(raw, 3, 0)), raw)


def with_id(raw: bytes, msg_id: int) -> Sent:
    kept = b"".join(own for number, _, own in fields(raw) if number != 3)
    return read_message(kept + whole(3, msg_id))


@dataclass(frozen=True)
class Batch:
    """Messages that go out in one frame."""

    messages: tuple[Sent, ...]
    frame: bytes | None = None
    """The recorded PushFrame, sent as it is."""


def recorded_batches(folder: Path) -> list[Batch]:
    """Everything recorded, each message with an id of its own."""
    frames = [path.read_bytes() for path in sorted((folder / "webcast/frames").glob("*.bin"))]
    for path in sorted((folder / "webcast/sessions").glob("*.jsonl")):
        lines = map(json.loads, path.read_text().splitlines())
        frames += [base64.b64decode(line["b64"]) for line in lines if line["dir"] == "in"]
    taken: set[str] = set()
    batches = []
    for frame in frames:
        messages = _messages_of(gzip.decompress(first(frame, 8, b"")))
        unique = _unique(messages, taken)
        batches.append(Batch(unique, frame if unique == messages else None))
    for path in sorted((folder / "webcast/responses").glob("*.bin")):
        batches.append(Batch(_unique(_messages_of(path.read_bytes()), taken)))
    for path in sorted((folder / "webcast/payloads").glob("*.bin")):
        message = text(1, path.stem) + text(2, path.read_bytes())
        batches.append(Batch(_unique((read_message(message),), taken)))
    return batches


def _messages_of(response: bytes) -> tuple[Sent, ...]:
    return tuple(read_message(value) for n, value, _ in fields(response) if n == 1)  # type: ignore[arg-type]


def _unique(messages: Iterable[Sent], taken: set[str]) -> tuple[Sent, ...]:
    unique = []
    for message in messages:
        fresh = message
        if message.msg_id == "0" or message.msg_id in taken:
            fresh = with_id(message.raw, 7_700_000_000_000_000_000 + len(taken))
        taken.add(fresh.msg_id)
        unique.append(fresh)
    return tuple(unique)


# The upstream


@dataclass(eq=False)
class Connection:
    """One push socket."""

    socket: ServerConnection
    query: dict[str, str]
    headers: Headers
    sent_pair: tuple[str, str] = ("", "")
    """Cursor and internal_ext of the last Response that went out."""
    wanted_acks: dict[int, str] = field(default_factory=dict)
    acks: dict[int, str] = field(default_factory=dict)
    heartbeats: int = 0


class RecordedUpstream:
    """Serves one room, WEB_RID; tests switch its attributes while it runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.status = "live"
        """`live`, `offline`, `not_found`, `empty`: what web/enter answers."""
        self.reflow = "ok"
        """`ok`, or `empty`."""
        self.page = "empty"
        """`empty`, or a status number as text."""
        self.room_id = "7600000000000000001"
        self.block_handshakes = False
        self.drop_connections = False
        self.serve_fetch = True
        self.honour_cursors = True
        self.replay = True
        self.connections: list[Connection] = []
        self.open: Connection | None = None
        self.sent: list[Sent] = []
        """Every message that has gone out at least once, in order."""
        self.polls: list[dict[str, str]] = []
        self.requests: Counter[str] = Counter()
        self._changed = asyncio.Condition()
        self._logid = 9_000_000_000
        self._cursors = 0
        self._http = ""
        self._push: Server | None = None
        self._runner: web.AppRunner | None = None

    @property
    def sent_names(self) -> list[tuple[str, str]]:
        """(method, msg_id) of all that was sent."""
        return [(message.method, message.msg_id) for message in self.sent]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._home),
                web.get("/webcast/room/web/enter/", self._enter),
                web.get("/webcast/room/reflow/info/", self._reflow),
                web.get("/webcast/im/fetch/", self._fetch),
                web.get("/{name}", self._page),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._http = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._push = await serve(
            self._serve_push,
            "127.0.0.1",
            0,
            process_request=self._handshake,
            ping_interval=None,
            close_timeout=0.1,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._push is not None
        assert self._runner is not None
        self._push.close()
        await self._push.wait_closed()
        await self._runner.cleanup()

    def config(self, **changes: Any) -> UpstreamConfig:
        assert self._push is not None
        port = self._push.sockets[0].getsockname()[1]
        return UpstreamConfig(
            live_url=self._http,
            webcast_url=self._http,
            push_urls=[f"ws://127.0.0.1:{port}"],
            calls_per_s=1000,
            **changes,
        )

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something that this upstream sees has become true."""
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(true)

    async def _note(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # Sending

    async def connected(self) -> Connection:
        await self.until(lambda: self.open is not None)
        assert self.open is not None
        return self.open

    async def send(self, batch: Batch) -> None:
        """Send a batch over the open connection, or over the next one."""
        connection = await self.connected()
        # Not before: what is sent already, the next connect repeats.
        self.sent.extend(batch.messages)
        while True:
            connection = await self.connected()
            try:
                await self._send(connection, batch)
            except ConnectionClosed:
                await self._closed(connection)
            else:
                return

    async def send_bytes(self, data: bytes) -> None:
        """Send something that is no readable frame."""
        await (await self.connected()).socket.send(data)

    async def cut(self) -> None:
        """Cut the open connection without a close frame, and wait for the next."""
        connection = await self.connected()
        connection.socket.transport.abort()
        await self._closed(connection)

    async def acknowledged(self) -> None:
        """Wait until everything sent over the open connection has been acknowledged."""
        connection = await self.connected()
        await self.until(lambda: connection.acks.keys() == connection.wanted_acks.keys())

    async def _closed(self, connection: Connection) -> None:
        if self.open is connection:
            self.open = None
        await self._note()

    async def _send(self, connection: Connection, batch: Batch) -> None:
        if batch.frame is not None:
            response = gzip.decompress(first(batch.frame, 8, b""))
            logid, frame = first(batch.frame, 2, 0), batch.frame
        else:
            response = self._response(batch.messages)
            self._logid += 1
            logid, frame = self._logid, push_frame(self._logid, response)
        internal_ext = first(response, 5, b"").decode()
        connection.sent_pair = (first(response, 2, b"").decode(), internal_ext)
        if first(response, 9, 0):
            connection.wanted_acks[logid] = internal_ext
        await connection.socket.send(frame)

    def _response(self, messages: Iterable[Sent], fetch_interval: int = 0) -> bytes:
        self._cursors += 1
        number = len(self.sent)
        return (
            b"".join(text(1, message.raw) for message in messages)
            + text(2, f"t-{number}_r-{self._cursors}_d-1_u-1")
            + whole(3, fetch_interval)
            + whole(4, 1_770_000_000_000 + self._cursors)
            + text(5, f"internal_src:pushserver|first_req_ms:1|wrds_v:{self._cursors}")
            + whole(8, 15)
            + whole(9, 1)
        )

    # The push socket

    def _handshake(self, _connection: ServerConnection, request: Request) -> Response | None:
        self.requests["handshake"] += 1
        if not self.block_handshakes:
            return None
        headers = {"Handshake-Msg": "DEVICE_BLOCKED", "Handshake-Status": "415"}
        return Response(200, "OK", Headers({**headers, "Content-Length": "0"}), b"")

    async def _serve_push(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        parts = urlsplit(socket.request.path)
        assert parts.path == "/webcast/im/push/v2/"
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        connection = Connection(socket, query, socket.request.headers)
        self.connections.append(connection)
        if self.drop_connections:
            socket.transport.abort()
            await self._note()
            return
        try:
            if self.replay and self.sent:
                await self._send(connection, Batch(tuple(self.sent[-REPLAYED:])))
            self.open = connection
            await self._note()
            async for data in socket:
                assert isinstance(data, bytes)
                kind = first(data, 7, b"")
                if kind == b"hb":
                    connection.heartbeats += 1
                    await socket.send(text(7, "hb"))
                elif kind == b"ack":
                    connection.acks[first(data, 2, 0)] = first(data, 8, b"").decode()
                await self._note()
        except ConnectionClosed:
            pass
        finally:
            await self._closed(connection)

    # HTTP

    async def _home(self, _request: web.Request) -> web.Response:
        self.requests["home"] += 1
        response = web.Response(text="<html></html>", content_type="text/html")
        response.set_cookie("ttwid", "1%7Crecorded%7C1770000000%7Cabc")
        return response

    async def _enter(self, request: web.Request) -> web.Response:
        self.requests["enter"] += 1
        await self._note()
        if self.status == "empty" or "ttwid" not in request.cookies:
            return web.Response()
        if self.status == "not_found" or request.query["web_rid"] != WEB_RID:
            return web.Response(body=(self._folder / "rest/enter-notfound.json").read_bytes())
        name = {"live": "web_enter_live_2026-04", "offline": "enter-offline"}[self.status]
        body = (self._folder / f"rest/{name}.json").read_text()
        recorded_id = json.loads(body)["data"]["enter_room_id"]
        return web.Response(text=body.replace(recorded_id, self.room_id))

    async def _reflow(self, request: web.Request) -> web.Response:
        self.requests["reflow"] += 1
        await self._note()
        wanted = request.query["room_id"]
        if self.reflow == "empty":
            return web.Response()
        current = wanted in ("2", self.room_id)
        room = {
            "id_str": self.room_id if current else wanted,
            "status": 2 if current and self.status in ("live", "empty") else 4,
            "owner": {"web_rid": WEB_RID},
        }
        return web.json_response({"status_code": 0, "data": {"room": room}, "extra": {"now": 1}})

    async def _page(self, _request: web.Request) -> web.Response:
        self.requests["page"] += 1
        await self._note()
        return web.Response(status=200 if self.page == "empty" else int(self.page))

    async def _fetch(self, request: web.Request) -> web.Response:
        self.requests["fetch"] += 1
        self.polls.append(dict(request.query))
        await self._note()
        if not self.serve_fetch:
            return web.Response()
        cursor = request.query["cursor"]
        # Behind a cursor of ours, what came after it; else the persisted ones.
        ours = self.honour_cursors and cursor.startswith("t-")
        known = int(cursor.split("_")[0][2:]) if ours else 0
        begin = known if 0 < known <= len(self.sent) else max(0, len(self.sent) - REPLAYED)
        return web.Response(body=gzip.compress(self._response(self.sent[begin:], 20)))


def push_frame(logid: int, response: bytes, *, payload_type: str = "msg") -> bytes:
    return (
        whole(1, 1)
        + whole(2, logid)
        + whole(3, 8888)
        + whole(4, 8)
        + text(5, text(1, "compress_type") + text(2, "gzip"))
        # A shared Response carries another connection's header: it must not be acknowledged.
        + text(5, text(1, "im-internal_ext") + text(2, "another connection's"))
        + text(6, "pb")
        + text(7, payload_type)
        + text(8, gzip.compress(response))
    )


@asynccontextmanager
async def recorded_upstream(folder: Path) -> AsyncIterator[RecordedUpstream]:
    async with RecordedUpstream(folder) as upstream:
        yield upstream
