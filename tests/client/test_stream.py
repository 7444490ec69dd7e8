"""The client against a scripted relay on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from relay.client import (
    Gap,
    Message,
    Refusal,
    RefusedError,
    RoomNotice,
    Stream,
    Subscribed,
    UnreachableError,
    Unsubscribed,
    connect,
)

ROOM = "80000000001"


def broadcast(web_rid: str) -> str:
    """Make up the room_id of a room's broadcast."""
    return f"71{web_rid:0>17}"


class Peer:
    """The relay's end of one connection."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        assert connection.request is not None
        self.path = connection.request.path
        self.requests: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self._connection.send(json.dumps(frame))

    async def send_raw(self, data: str | bytes) -> None:
        await self._connection.send(data)

    async def hello(self) -> None:
        await self.send(op="hello", version="0.1.0", limits={})

    async def request(self) -> dict[str, Any]:
        self.requests.append(json.loads(await self._connection.recv()))
        return self.requests[-1]

    async def subscribed(self, room: str = ROOM, web_rid: str = ROOM, offset: int = 0) -> None:
        await self.send(
            op="subscribed",
            id=room,
            room=room,
            room_id=broadcast(web_rid),
            web_rid=web_rid,
            method=None,
            epoch=f"e{web_rid[-1]}",
            offset=offset,
        )

    async def event(self, offset: int, *, web_rid: str = ROOM, epoch: str = "") -> None:
        await self.send(
            method="WebcastChatMessage",
            msg_id=str(offset),
            room_id=broadcast(web_rid),
            web_rid=web_rid,
            epoch=epoch or f"e{web_rid[-1]}",
            offset=offset,
            time=1_700_000_000_000,
            payload={"content": f"第{offset}条"},
        )

    async def close(self, code: int, reason: str = "") -> None:
        await self._connection.close(code, reason)

    def cut(self) -> None:
        self._connection.transport.abort()

    async def until_closed(self) -> None:
        await self._connection.wait_closed()


Script = Callable[[Peer], Awaitable[None]]


@asynccontextmanager
async def relay_playing(*scripts: Script) -> AsyncIterator[str]:
    """Play one script a connection, in turn, and give the relay's URL."""
    waiting = iter(scripts)
    crashed: list[BaseException] = []

    async def handle(connection: ServerConnection) -> None:
        try:
            await next(waiting)(Peer(connection))
        except ConnectionClosed:
            pass
        except (AssertionError, StopIteration) as error:
            crashed.append(error)
            raise

    async with serve(handle, "127.0.0.1", 0, compression=None, close_timeout=10) as server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    assert not crashed, crashed


@asynccontextmanager
async def connected(url: str, *rooms: str, **options: Any) -> AsyncIterator[Stream]:
    async with (
        asyncio.timeout(20),
        connect(url, rooms=rooms or (ROOM,), max_wait_s=0.01, **options) as stream,
    ):
        yield stream


async def _offsets(stream: Stream, count: int) -> list[int]:
    return [(await anext(stream)).offset for _ in range(count)]


async def test_it_subscribes_and_gives_typed_messages() -> None:
    seen: list[dict[str, Any]] = []

    async def script(peer: Peer) -> None:
        await peer.hello()
        seen.append(await peer.request())
        await peer.subscribed()
        await peer.send(op="something_of_a_later_version")
        await peer.event(1)
        await peer.until_closed()

    async with relay_playing(script) as url, connected(url, methods=["chat", "gift"]) as stream:
        message = await anext(stream)
        assert stream.position(ROOM) == "e1:1"
    assert seen == [{"op": "subscribe", "id": 1, "room_id": ROOM, "method": ["chat", "gift"]}]
    assert message.method == "WebcastChatMessage"
    assert message.payload == {"content": "第1条"}
    assert (message.room_id, message.web_rid) == (broadcast(ROOM), ROOM)
    assert message.position == "e1:1"
    assert json.loads(message.text)["payload"] == message.payload


@pytest.mark.parametrize("slow", ["close", "skip"])
async def test_it_asks_for_what_happens_when_it_is_slow(slow: str) -> None:
    paths: list[str] = []

    async def script(peer: Peer) -> None:
        paths.append(peer.path)
        await peer.hello()
        await peer.until_closed()

    async with relay_playing(script) as url, connected(f"{url}/", slow=slow):
        pass
    assert urlsplit(paths[0]).path == "/ws"
    assert parse_qs(urlsplit(paths[0]).query) == {"slow": [slow]}


@pytest.mark.parametrize("ending", ["cut", 1000, 1001, 1011, 1012, 3000, 3001, 3008, 3499])
async def test_it_goes_on_without_a_seam_after(ending: str | int) -> None:
    resumed: list[dict[str, Any]] = []

    async def first(peer: Peer) -> None:
        await peer.hello()
        for room in (ROOM, "80000000002"):
            await peer.request()
            await peer.subscribed(room, room)
        await peer.event(1)
        await peer.event(7, web_rid="80000000002")
        await peer.event(2)
        await peer.request()  # all of it was read
        if ending == "cut":
            peer.cut()
        else:
            await peer.close(int(ending))

    async def second(peer: Peer) -> None:
        await peer.hello()
        resumed.extend([await peer.request(), await peer.request()])
        await peer.event(3)
        await peer.until_closed()

    async with (
        relay_playing(first, second) as url,
        connected(url, ROOM, "80000000002", methods=["chat"]) as stream,
    ):
        assert await _offsets(stream, 3) == [1, 7, 2]
        await stream.unsubscribe("80000000009")
        assert await _offsets(stream, 1) == [3]
    assert [(r["room_id"], r["since"], r["method"]) for r in resumed] == [
        (ROOM, "e1:2", ["chat"]),
        ("80000000002", "e2:7", ["chat"]),
    ]


@pytest.mark.parametrize("code", [3500, 3501, 3503, 3999, 1008])
async def test_it_does_not_come_back_where_it_was_sent_away(code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.hello()
        await peer.close(code, "not you")

    async with relay_playing(script) as url, connected(url) as stream:
        with pytest.raises(RefusedError, match=f"{code} not you") as refused:
            await anext(stream)
    assert refused.value.code == str(code)


async def test_it_keeps_trying_while_the_relay_is_away() -> None:
    async def first(peer: Peer) -> None:
        await peer.hello()
        await peer.request()
        await peer.subscribed(offset=41)
        await peer.close(3001, "shutting down")

    async def closing_at_once(peer: Peer) -> None:
        await peer.close(1011)

    async def last(peer: Peer) -> None:
        await peer.hello()
        assert (await peer.request())["since"] == "e1:41"
        await peer.event(42)
        await peer.until_closed()

    scripts = [first, *[closing_at_once] * 5, last]
    async with relay_playing(*scripts) as url, connected(url) as stream:
        assert await _offsets(stream, 1) == [42]


async def test_it_stops_where_the_handshake_is_refused_for_good() -> None:
    refuse = False

    def process(_connection: ServerConnection, _request: Request) -> Response | None:
        return _connection.respond(403, "not from there\n") if refuse else None

    async def handle(connection: ServerConnection) -> None:
        nonlocal refuse
        await Peer(connection).hello()
        refuse = True
        await connection.close(1001)

    async with serve(handle, "127.0.0.1", 0, process_request=process) as server:
        port = server.sockets[0].getsockname()[1]
        async with connected(f"ws://127.0.0.1:{port}/ws") as stream:
            with pytest.raises(UnreachableError, match="403"):
                await anext(stream)


async def test_it_comes_again_where_there_are_too_many_connections_just_now() -> None:
    answers = [None, 429, 429, None]

    def process(connection: ServerConnection, _request: Request) -> Response | None:
        status = answers.pop(0)
        return connection.respond(status, "too many\n") if status else None

    async def handle(connection: ServerConnection) -> None:
        peer = Peer(connection)
        await peer.hello()
        if answers:
            await peer.close(3001)
        else:
            await peer.event(1)
            await peer.until_closed()

    async with serve(handle, "127.0.0.1", 0, process_request=process) as server:
        port = server.sockets[0].getsockname()[1]
        async with connected(f"ws://127.0.0.1:{port}/ws") as stream:
            assert await _offsets(stream, 1) == [1]


async def test_rooms_change_while_it_is_open() -> None:
    requests: list[dict[str, Any]] = []

    async def first(peer: Peer) -> None:
        await peer.hello()
        await peer.request()
        await peer.subscribed()
        await peer.event(1)
        for _ in range(3):
            requests.append(await peer.request())
        peer.cut()

    async def second(peer: Peer) -> None:
        await peer.hello()
        requests.append(await peer.request())
        await peer.event(9, web_rid="80000000002")
        await peer.until_closed()

    async with relay_playing(first, second) as url, connected(url, methods=["chat"]) as stream:
        await anext(stream)
        await stream.subscribe(ROOM, ["gift", "chat"])
        await stream.unsubscribe(ROOM)
        await stream.subscribe("80000000002", since="e0:5")
        assert await _offsets(stream, 1) == [9]
        assert stream.position(ROOM) is None
    other = {"op": "subscribe", "id": 2, "room_id": "80000000002", "since": "e0:5"}
    assert requests == [
        {"op": "subscribe", "id": 1, "room_id": ROOM, "method": ["chat", "gift"]},
        {"op": "unsubscribe", "room_id": ROOM},
        other,
        other,
    ]


async def test_two_names_of_one_room_are_resumed_once() -> None:
    url_name = f"https://live.douyin.com/{ROOM}"

    async def first(peer: Peer) -> None:
        await peer.hello()
        for _ in range(2):
            await peer.subscribed((await peer.request())["room_id"])
        await peer.event(1)
        await peer.request()
        peer.cut()

    async def second(peer: Peer) -> None:
        await peer.hello()
        assert (await peer.request())["since"] == "e1:1"
        await peer.event(2)
        # Nothing but what unsubscribes comes next: the second name was not asked for again.
        assert (await peer.request())["op"] == "unsubscribe"
        await peer.until_closed()

    async with relay_playing(first, second) as url, connected(url, ROOM, url_name) as stream:
        assert await _offsets(stream, 1) == [1]
        await stream.unsubscribe("80000000009")
        assert await _offsets(stream, 1) == [2]
        assert stream.position(url_name) == stream.position(ROOM) == "e1:2"
        await stream.unsubscribe(url_name)
        assert stream.position(ROOM) is None


async def test_a_room_without_ids_yet_is_resumed_too() -> None:
    name = "https://v.douyin.com/abc/"

    async def first(peer: Peer) -> None:
        await peer.hello()
        await peer.request()
        await peer.send(
            op="subscribed",
            id=1,
            room=name,
            room_id="",
            web_rid="",
            method=None,
            epoch="e1",
            offset=0,
        )
        await peer.event(1)
        await peer.event(2)
        await peer.request()
        peer.cut()

    async def second(peer: Peer) -> None:
        await peer.hello()
        assert await peer.request() == {
            "op": "subscribe",
            "id": 1,
            "room_id": name,
            "since": "e1:2",
        }
        await peer.event(3)
        await peer.until_closed()

    async with relay_playing(first, second) as url, connected(url, name) as stream:
        assert await _offsets(stream, 2) == [1, 2]
        await stream.unsubscribe("80000000009")
        assert await _offsets(stream, 1) == [3]
        assert stream.position(ROOM) == stream.position(name) == "e1:3"


async def test_a_gap_that_was_lost_with_the_connection_is_told_again() -> None:
    async def first(peer: Peer) -> None:
        await peer.hello()
        await peer.request()
        await peer.subscribed()
        await peer.event(1)
        peer.cut()

    async def other_relay(peer: Peer) -> None:
        await peer.hello()
        request = await peer.request()
        assert request["since"] == "e1:1"
        await peer.send(
            op="subscribed",
            id=request["id"],
            room=ROOM,
            room_id=broadcast(ROOM),
            web_rid=ROOM,
            method=None,
            epoch="e2",
            offset=7,
        )

    async def cut_before_the_gap(peer: Peer) -> None:
        await other_relay(peer)
        await peer.close(3001)

    async def last(peer: Peer) -> None:
        await other_relay(peer)
        await peer.send(
            op="gap",
            room_id=broadcast(ROOM),
            web_rid=ROOM,
            reason="epoch",
            epoch="e2",
            **{"from": 1, "to": 7, "since": "e1:1"},
        )
        await peer.event(8, epoch="e2")
        await peer.until_closed()

    scripts = (first, cut_before_the_gap, last)
    async with relay_playing(*scripts) as url, connected(url) as stream:
        assert await _offsets(stream, 2) == [1, 8]
        assert stream.gaps == 1
        assert stream.position(ROOM) == "e2:8"


async def test_a_room_that_was_moved_to_another_stream_is_resumed_there() -> None:
    async def first(peer: Peer) -> None:
        await peer.hello()
        await peer.request()
        await peer.send(
            op="subscribed",
            id=1,
            room=broadcast(ROOM),
            room_id=broadcast(ROOM),
            web_rid="",
            method=None,
            epoch="e0",
            offset=0,
        )
        await peer.event(1, epoch="e0")
        await peer.subscribed(room=broadcast(ROOM), offset=55)
        await peer.request()
        peer.cut()

    async def second(peer: Peer) -> None:
        await peer.hello()
        assert (await peer.request())["since"] == "e1:55"
        await peer.event(56)
        await peer.until_closed()

    async with relay_playing(first, second) as url, connected(url, broadcast(ROOM)) as stream:
        assert await _offsets(stream, 1) == [1]
        await stream.unsubscribe("80000000009")
        assert await _offsets(stream, 1) == [56]


async def test_notices_come_in_their_place() -> None:
    async def script(peer: Peer) -> None:
        await peer.hello()
        await peer.request()
        await peer.subscribed()
        await peer.send(
            op="room",
            room_id=broadcast(ROOM),
            web_rid=ROOM,
            state="live",
            reason="",
            title="标题",
            anchor="主播",
            time=1,
        )
        await peer.event(1)
        await peer.send(
            op="gap",
            room_id=broadcast(ROOM),
            web_rid=ROOM,
            reason="slow",
            **{"epoch": "e1", "from": 2, "to": 5, "since": None},
        )
        await peer.event(6)
        await peer.send(op="error", id="x", code="bad_method", message="no such method")
        await peer.send(
            op="unsubscribed", id=None, room_id="", web_rid=ROOM, method=[], reason="not_found"
        )
        await peer.until_closed()

    async with relay_playing(script) as url, connected(url) as stream:
        items = stream.items()
        seen = [await anext(items) for _ in range(6)]
        state = stream.state(ROOM)
        gone = await anext(items)
        await items.aclose()
        assert stream.gaps == 1
        assert stream.position(ROOM) is None
    assert [type(item) for item in seen] == [
        Subscribed,
        RoomNotice,
        Message,
        Gap,
        Message,
        Refusal,
    ]
    assert seen[1] == state
    assert isinstance(seen[3], Gap)
    assert (seen[3].first, seen[3].last) == (2, 5)
    assert isinstance(gone, Unsubscribed)


async def test_who_takes_only_messages_hears_of_refusals() -> None:
    async def script(peer: Peer) -> None:
        await peer.hello()
        await peer.request()
        await peer.send(op="error", id=1, code="room_refused", message="50 rooms are watched")
        await peer.event(1, web_rid="80000000002")
        await peer.send(
            op="unsubscribed",
            id=None,
            room_id="",
            web_rid="80000000002",
            method=[],
            reason="not_found",
        )
        await peer.until_closed()

    async with relay_playing(script) as url, connected(url) as stream:
        with pytest.raises(RefusedError, match="50 rooms are watched"):
            await anext(stream)
        assert await _offsets(stream, 1) == [1]
        with pytest.raises(RefusedError, match="80000000002: not_found"):
            await anext(stream)


async def test_where_nothing_listens() -> None:
    async with relay_playing() as url:
        pass
    with pytest.raises(UnreachableError, match=r"no relay at ws://127\.0\.0\.1:\d+/ws: "):
        async with connected(url):
            pass


NO_JSON = [
    pytest.param(b'{"op":"\xff"}', id="no UTF-8"),
    pytest.param('{"op":' + "[" * 100_000, id="too deep"),
]
"""Neither invalid UTF-8 nor nesting without an end is an error of msgspec's own."""


@pytest.mark.parametrize("first", ['{"op":"welcome"}', "{}", "hi", "[1]", b"\xff", *NO_JSON])
async def test_where_something_else_answers(first: str | bytes) -> None:
    closed_with: asyncio.Queue[int | None] = asyncio.Queue()

    async def handle(connection: ServerConnection) -> None:
        await connection.send(first)
        await connection.wait_closed()
        closed_with.put_nowait(connection.close_code)

    async with serve(handle, "127.0.0.1", 0) as server, asyncio.timeout(20):
        port = server.sockets[0].getsockname()[1]
        stream = Stream(f"http://127.0.0.1:{port}", "close", 1.0)
        with pytest.raises(UnreachableError, match=r"no relay"):
            await stream.open()
        assert await closed_with.get() == 1000, "it hangs up by itself"


@pytest.mark.parametrize("code", [3500, 3503])
async def test_it_says_that_it_was_refused_where_that_comes_at_once(code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.close(code, "not you")

    async with relay_playing(script) as url:
        with pytest.raises(RefusedError, match=f"{code} not you") as refused:
            await connect(url).__aenter__()
    assert refused.value.code == str(code)


async def test_where_something_closes_at_once() -> None:
    async def handle(_connection: ServerConnection) -> None:
        return

    async with serve(handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UnreachableError, match=r"closed at once"):
            async with connected(f"http://127.0.0.1:{port}"):
                pass


async def test_who_gives_up_waiting_for_hello_leaves_no_connection() -> None:
    waiting_for_hello = asyncio.Event()
    closed_with: asyncio.Queue[int | None] = asyncio.Queue()

    async def handle(connection: ServerConnection) -> None:
        for _ in range(3):  # the handshake is over for the client, too
            await (await connection.ping())
        waiting_for_hello.set()
        await connection.wait_closed()
        closed_with.put_nowait(connection.close_code)

    async with serve(handle, "127.0.0.1", 0) as server, asyncio.timeout(20):
        port = server.sockets[0].getsockname()[1]
        opening = asyncio.ensure_future(Stream(f"ws://127.0.0.1:{port}", "close", 1.0).open())
        await waiting_for_hello.wait()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert await closed_with.get() == 1000


async def test_a_frame_larger_than_any_of_a_relay_s_ends_it() -> None:
    async def script(peer: Peer) -> None:
        await peer.hello()
        await peer.request()
        await peer.subscribed()
        await peer.send(op="later", filler="x" * 3_000_000)
        await peer.event(1)
        await peer.send(op="later", filler="x" * 4_200_000)
        await peer.until_closed()

    async with relay_playing(script) as url, connected(url) as stream:
        assert await _offsets(stream, 1) == [1]
        with pytest.raises(UnreachableError, match=r"no relay.*1009"):
            await anext(stream)


@pytest.mark.parametrize("second", ['{"op":"gap","room_id":1}', '{"op":[]}', *NO_JSON])
async def test_where_something_else_goes_on_after_a_hello(second: str | bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.hello()
        await peer.send_raw(second)
        await peer.until_closed()

    async with relay_playing(script) as url, connected(url) as stream:
        with pytest.raises(UnreachableError, match="no relay"):
            await anext(stream)
