"""The two transports against small servers: how sessions begin, what they survive, how they end."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web
from fake_douyin import ROOM_ID, FakeDouyin, fake_douyin, home
from websockets.asyncio.server import Request, Response, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed

from relay.config import SignerConfig, UpstreamConfig
from relay.errors import FrameError
from relay.upstream.broadcast import Broadcast, UpstreamPosition
from relay.upstream.client import Timings, Upstream
from relay.upstream.failures import SessionEnd
from relay.upstream.fetch import PollTimings
from relay.upstream.identity import Identity
from relay.upstream.transports.socket import SocketTimings
from relay.webcast.pb import webcast_pb2 as pb
from relay.webcast.recording import Record

Script = Callable[[ServerConnection], Awaitable[None]]
Handshake = Callable[[ServerConnection, Request], Response | None]


def begun(web_rid: str = "", visitor_id: str = "1") -> Broadcast:
    return Broadcast(ROOM_ID, web_rid, visitor_id, Identity())


class Notes:
    """A receiver that remembers what it was told."""

    def __init__(self) -> None:
        self.opens = 0
        self.beats = 0
        self.responses: list[pb.Response] = []
        self.records: list[Record] = []
        self.errors: list[tuple[str, bool]] = []

    def opened(self) -> None:
        self.opens += 1

    def heard(self) -> None:
        self.beats += 1

    def received(self, response: pb.Response, record: Record) -> None:
        self.responses.append(response)
        self.records.append(record)

    def unreadable(self, error: FrameError, record: Record | None, *, lost: bool) -> None:
        self.errors.append((error.cause, lost))
        if record is not None:
            self.records.append(record)

    def lost(self, reason: str) -> None:
        raise AssertionError(reason)

    def ended(self) -> None:
        raise AssertionError("only recordings say that")

    @property
    def ids(self) -> list[int]:
        return [message.msg_id for r in self.responses for message in r.messages]


def response(*ids: int, **changes: object) -> pb.Response:
    messages = [pb.Message(method="WebcastChatMessage", msg_id=msg_id) for msg_id in ids]
    return pb.Response(messages=messages, **changes)  # type: ignore[arg-type]


def frame(answer: pb.Response, logid: int = 1, header: str = "") -> bytes:
    push = pb.PushFrame(
        logid=logid, payload_type="msg", payload=gzip.compress(answer.SerializeToString())
    )
    if header:
        push.headers.add(key="im-internal_ext", value=header)
    return push.SerializeToString()


@pytest.fixture
async def fake() -> AsyncIterator[FakeDouyin]:
    async with fake_douyin() as running:
        yield running


@asynccontextmanager
async def push_server(script: Script, handshake: Handshake | None = None) -> AsyncIterator[str]:
    async def quietly(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await script(connection)

    async with serve(
        quietly, "127.0.0.1", 0, process_request=handshake, ping_interval=None, close_timeout=0.1,
        max_size=None,
    ) as server:  # fmt: skip
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def let_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass in which nothing on the loop has a turn."""
    real_time = asyncio.get_running_loop().time
    passed_s = 0.0

    def let_pass(seconds: float) -> None:
        nonlocal passed_s
        passed_s += seconds

    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: real_time() + passed_s)
    return let_pass


async def hold(
    fake: FakeDouyin,
    script: Script,
    notes: Notes | None = None,
    *,
    handshake: Handshake | None = None,
    timings: SocketTimings | None = None,
    broadcast: Broadcast | None = None,
    within_s: float = 30.0,
) -> SessionEnd:
    """Hold one socket session until it ends."""
    async with push_server(script, handshake) as url:
        config = fake.config(push_urls=[url])
        broadcast = broadcast or begun("650000000001", "7300000000000000001")
        async with Upstream(config, Timings(socket=timings or SocketTimings())) as upstream:
            broadcast.identity = upstream.identities.choose([broadcast.web_rid])
            async with asyncio.timeout(within_s):
                return await upstream.socket().run(broadcast, notes or Notes())


async def hold_at(
    config: UpstreamConfig,
    timings: SocketTimings | None = None,
    signers: Sequence[SignerConfig] = (),
) -> SessionEnd:
    timings = timings or SocketTimings()
    async with Upstream(config, Timings(socket=timings), signers=signers) as upstream:
        async with asyncio.timeout(30):
            return await upstream.socket().run(begun(), Notes())


# How the socket ends


async def test_a_cut(fake: FakeDouyin) -> None:
    async def cut(connection: ServerConnection) -> None:
        connection.transport.abort()

    assert (await hold(fake, cut)).cause == "cut"


@pytest.mark.parametrize(
    ("code", "cause"), [(1000, "closed"), (1001, "closed"), (1012, "restarting"), (4000, "closed")]
)
async def test_a_close_frame_of_the_websocket(fake: FakeDouyin, code: int, cause: str) -> None:
    async def close(connection: ServerConnection) -> None:
        await connection.close(code, "why")

    end = await hold(fake, close)
    assert end.cause == cause
    assert f"{code} 'why'" in end.text


async def test_upstreams_own_close_frame(fake: FakeDouyin) -> None:
    async def close(connection: ServerConnection) -> None:
        await connection.send(pb.PushFrame(payload_type="close").SerializeToString())
        await connection.wait_closed()

    assert (await hold(fake, close)).cause == "close_frame"


async def test_a_dead_line(fake: FakeDouyin) -> None:
    heartbeats = 0

    async def silent(connection: ServerConnection) -> None:
        nonlocal heartbeats
        async for data in connection:
            heartbeats += data == b":\x02hb"

    end = await hold(fake, silent, timings=SocketTimings(heartbeat_s=0.05, silent_s=0.3))
    assert end.cause == "silent"
    assert heartbeats >= 3


async def test_answered_heartbeats_keep_a_quiet_line_open(
    fake: FakeDouyin, let_pass: Callable[[float], None]
) -> None:
    async def quiet(connection: ServerConnection) -> None:
        for _ in range(8):
            await connection.recv()
            await connection.send(pb.PushFrame(payload_type="hb").SerializeToString())
            await (await connection.ping())  # it has been read
            let_pass(100.0)
        await connection.close(4001)

    timings = SocketTimings(heartbeat_s=100.0, silent_s=250.0)
    assert "4001" in (await hold(fake, quiet, timings=timings, within_s=10_000.0)).text


async def test_missed_heartbeats_are_not_made_up_for(
    fake: FakeDouyin, let_pass: Callable[[float], None]
) -> None:
    sent = []

    async def stalling(connection: ServerConnection) -> None:
        await connection.recv()
        let_pass(750.0)
        await connection.send(frame(response(1, need_ack=True)))
        while "ack" not in sent:
            push = pb.PushFrame.FromString(bytes(await connection.recv()))
            sent.append(push.payload_type)
        await connection.close()

    timings = SocketTimings(heartbeat_s=100.0, silent_s=1_000.0)
    await hold(fake, stalling, timings=timings, within_s=10_000.0)
    assert sorted(sent) in (["ack"], ["ack", "hb"])


async def test_pings_are_answered(fake: FakeDouyin) -> None:
    async def pinging(connection: ServerConnection) -> None:
        async with asyncio.timeout(10):
            await (await connection.ping())
        await connection.close(4002)

    assert "4002" in (await hold(fake, pinging)).text


async def never(_connection: ServerConnection) -> None:
    raise AssertionError("no handshake should succeed")


@pytest.mark.parametrize(
    ("status", "headers", "cause"),
    [
        (200, {"Handshake-Msg": "DEVICE_BLOCKED", "Handshake-Status": "415"}, "device_blocked"),
        (200, {}, "handshake_refused"),
        (400, {"Handshake-Msg": "bad request"}, "handshake_refused"),
        (200, {"Handshake-Msg": "sign check failed"}, "sign_check"),
        (401, {}, "forbidden"),
        (403, {}, "forbidden"),
        (429, {}, "rate_limited"),
        (503, {}, "server_error"),
    ],
)
async def test_refused_handshakes(
    fake: FakeDouyin, status: int, headers: dict[str, str], cause: str
) -> None:
    def refuse(_connection: ServerConnection, _request: Request) -> Response:
        return Response(status, "no", Headers(headers | {"Content-Length": "0"}), b"")

    notes = Notes()
    end = await hold(fake, never, notes, handshake=refuse)
    assert end.cause == cause
    assert notes.opens == 0


async def test_a_handshake_does_not_carry_cookies_to_another_host(fake: FakeDouyin) -> None:
    seen = []

    def elsewhere(_connection: ServerConnection, request: Request) -> None:
        seen.append(request)

    async with push_server(never, elsewhere) as other:

        def redirect(_connection: ServerConnection, _request: Request) -> Response:
            return Response(302, "there", Headers({"Location": other, "Content-Length": "0"}), b"")

        assert (await hold(fake, never, handshake=redirect)).cause == "handshake_refused"
    assert seen == []


async def test_a_host_that_is_not_there(fake: FakeDouyin) -> None:
    async with push_server(never) as url:
        pass
    end = await hold_at(fake.config(push_urls=[url]))
    assert end.cause == "unreachable"


async def test_a_host_that_is_no_websocket_server(fake: FakeDouyin) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"what?\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        end = await hold_at(fake.config(push_urls=[url]))
    assert end.cause == "unreachable"


async def test_a_handshake_that_hangs(fake: FakeDouyin) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        end = await hold_at(fake.config(push_urls=[url]), SocketTimings(open_s=0.2))
    assert end.cause == "timeout"


async def test_refused_hosts_are_left_for_the_next_one(fake: FakeDouyin) -> None:
    tried: list[int] = []

    def refusing(number: int) -> Handshake:
        def refuse(_connection: ServerConnection, _request: Request) -> Response:
            tried.append(number)
            return Response(403, "no", Headers({"Content-Length": "0"}), b"")

        return refuse

    async with push_server(never, refusing(1)) as one, push_server(never, refusing(2)) as two:
        config = fake.config(push_urls=[one, two])
        async with Upstream(config, Timings()) as upstream:
            transport = upstream.socket()
            broadcast = begun()
            for broadcast.host_turn in range(3):
                await transport.run(broadcast, Notes())
    assert tried == [1, 2, 1]


async def test_a_failing_signer_is_told_and_nobody_is_asked_unsigned(fake: FakeDouyin) -> None:
    async with push_server(never) as url:
        end = await hold_at(fake.config(push_urls=[url]), signers=fake.signs())
    assert end.cause == "signer"


# What comes in


async def test_a_frame_that_is_too_large_costs_itself(fake: FakeDouyin) -> None:
    notes = Notes()

    async def large(connection: ServerConnection) -> None:
        await connection.send(b"\x00" * (5 * 1024 * 1024))
        await connection.send(frame(response(1)))
        await connection.close(4003)

    assert "4003" in (await hold(fake, large, notes)).text
    assert notes.errors == [("too_large", True)]
    assert notes.ids == [1]


async def test_an_enormous_frame_costs_the_connection(fake: FakeDouyin) -> None:
    async def enormous(connection: ServerConnection) -> None:
        await connection.send(b"\x00" * (20 * 1024 * 1024))
        await connection.wait_closed()

    assert (await hold(fake, enormous)).cause in ("cut", "closed")


async def test_text_frames_are_read_like_binary_ones(fake: FakeDouyin) -> None:
    notes = Notes()

    async def texts(connection: ServerConnection) -> None:
        await connection.send(":\x02hb")
        await connection.send("\x07\x07")
        await connection.send(frame(response(1)))
        await connection.close(4004)

    await hold(fake, texts, notes)
    assert [cause for cause, _ in notes.errors] == ["not_a_frame"]
    assert notes.ids == [1]


async def test_acks_echo_what_the_response_says(fake: FakeDouyin) -> None:
    acks = []

    async def wanting(connection: ServerConnection) -> None:
        await connection.send(frame(response(1, need_ack=True, internal_ext="own"), 11, "header"))
        await connection.send(frame(response(2, need_ack=False, internal_ext="x"), 12))
        await connection.send(frame(response(3, need_ack=True), 13, "header"))
        while len(acks) < 2:
            push = pb.PushFrame.FromString(bytes(await connection.recv()))
            if push.payload_type == "ack":
                acks.append((push.logid, push.payload))
        await connection.close()

    await hold(fake, wanting)
    assert acks == [(11, b"own"), (13, b"header")]


async def test_the_position_is_taken_from_what_came_last(fake: FakeDouyin) -> None:
    broadcast = begun()

    async def advancing(connection: ServerConnection) -> None:
        await connection.send(frame(response(1, cursor="c1", internal_ext="i1")))
        await connection.send(frame(response(2)))
        # Too long to be carried in a URL: not taken over.
        await connection.send(frame(response(3, cursor="c" * 10_000, internal_ext="i")))
        await connection.close()

    await hold(fake, advancing, broadcast=broadcast)
    assert (broadcast.position.cursor, broadcast.position.internal_ext) == ("c1", "i1")


async def test_cancelling_closes_the_connection(fake: FakeDouyin) -> None:
    opened, closed = asyncio.Event(), asyncio.Event()

    async def watch(connection: ServerConnection) -> None:
        opened.set()
        await connection.wait_closed()
        closed.set()

    async with push_server(watch) as url, asyncio.timeout(10):
        config = fake.config(push_urls=[url])
        running = asyncio.create_task(hold_at(config))
        await opened.wait()
        running.cancel()
        await asyncio.wait([running])
        await closed.wait()
    assert running.cancelled()


# Polling


async def poll(fake: FakeDouyin, notes: Notes, broadcast: Broadcast) -> SessionEnd:
    timings = Timings(
        poll=PollTimings(default_s=0.001, min_s=0.001, max_s=0.002, unreadable_in_row=3)
    )
    async with Upstream(fake.config(), timings) as upstream, asyncio.timeout(30):
        broadcast.identity = upstream.identities.choose([broadcast.web_rid])
        return await upstream.poll().run(broadcast, notes)


def answers(*bodies: bytes) -> Callable[[web.Request], web.StreamResponse]:
    left = list(bodies)
    return lambda _request: web.Response(body=left.pop(0) if left else b"")


async def test_polling_goes_on_from_answer_to_answer_until_it_is_refused(
    fake: FakeDouyin,
) -> None:
    notes, broadcast = Notes(), begun("650000000001")
    fake.page = answers(
        response(1, 2, cursor="c1", internal_ext="i1").SerializeToString(),
        gzip.compress(response(3, cursor="c2", internal_ext="i2").SerializeToString()),
        response(cursor="c3", internal_ext="i3", fetch_interval=10_000_000).SerializeToString(),
    )
    assert (await poll(fake, notes, broadcast)).cause == "empty_body"
    assert (notes.opens, notes.ids) == (1, [1, 2, 3])
    asked = [request for request in fake.requests if request.path == "/webcast/im/fetch/"]
    pairs = [(request.query["cursor"], request.query["internal_ext"]) for request in asked]
    assert pairs == [("", ""), ("c1", "i1"), ("c2", "i2"), ("c3", "i3")]
    assert asked[0].headers["Referer"] == "https://live.douyin.com/650000000001"
    assert asked[0].cookies["ttwid"] == "1%7Cfirst"


async def test_no_interval_that_upstream_names_keeps_a_room_from_polling(
    fake: FakeDouyin,
) -> None:
    broadcast = begun()
    fake.page = answers(
        response(1, cursor="c1", internal_ext="i1", fetch_interval=2**62).SerializeToString(),
        response(2, cursor="c2", internal_ext="i2").SerializeToString(),
    )
    timings = Timings(poll=PollTimings(default_s=0.001, min_s=0.001, max_s=0.002))
    notes = Notes()
    nowhere = fake.config(push_urls=["ws://127.0.0.1:1"])
    async with Upstream(nowhere, timings) as upstream, asyncio.timeout(30):
        # The socket takes its first position from im/fetch, and then can't be had.
        assert (await upstream.socket().run(broadcast, notes)).cause == "unreachable"
        assert (await upstream.poll().run(broadcast, notes)).cause == "empty_body"
    assert notes.ids == [1, 2]


async def test_an_unreadable_answer_is_asked_for_again_before_anything_is_lost(
    fake: FakeDouyin,
) -> None:
    notes, broadcast = Notes(), begun()
    broken = gzip.compress(response(2).SerializeToString())[:-5]
    fake.page = answers(
        response(1, cursor="c1", internal_ext="i1").SerializeToString(),
        broken,
        response(2, cursor="c2", internal_ext="i2").SerializeToString(),
        broken,
        broken,
        broken,
    )
    assert (await poll(fake, notes, broadcast)).cause == "bad_body"
    assert notes.ids == [1, 2]
    # The position before the last three is given up, and so is what came after it.
    assert notes.errors == [("truncated", False)] * 3 + [("truncated", True)]
    asked = [request.query["cursor"] for request in fake.requests if "cursor" in request.query]
    assert asked == ["", "c1", "c1", "c2", "c2", "c2"]
    assert broadcast.position == UpstreamPosition()


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (pb.Response(messages=[pb.Message()] * 5_001).SerializeToString(), "too_many_messages"),
        (bytes(9 * 1024 * 1024), "too_large"),
    ],
)
async def test_a_position_whose_answer_can_never_be_read_is_left(
    fake: FakeDouyin, body: bytes, cause: str
) -> None:
    notes, broadcast = Notes(), begun()

    def answer(request: web.Request) -> web.StreamResponse:
        stuck = response(1, cursor="stuck", internal_ext="i").SerializeToString()
        later = response(2, cursor="later", internal_ext="i").SerializeToString()
        bodies = {"": later if notes.errors else stuck, "stuck": body, "later": b""}
        return web.Response(body=bodies[request.query["cursor"]])

    fake.page = answer
    assert (await poll(fake, notes, broadcast)).cause == "bad_body"
    assert notes.errors == [(cause, False), (cause, False), (cause, True)]
    assert (await poll(fake, notes, broadcast)).cause == "empty_body"
    assert notes.ids == [1, 2]


async def test_a_page_instead_of_an_answer_is_a_captcha(fake: FakeDouyin) -> None:
    fake.page = home()
    assert (await poll(fake, Notes(), begun())).cause == "captcha"
