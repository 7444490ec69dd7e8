"""Start and stop: clear refusals, nothing left behind."""

import asyncio
import socket
import struct
from contextlib import ExitStack

import aiohttp
import pytest
from raw import lazy_client, raw_connection
from serving import FakeLive, FakeRooms, Relay, make_event, receive, relay_running
from websockets.frames import Frame, Opcode

from relay.config import Config, HubConfig, ServerConfig
from relay.errors import ListenError
from relay.hub import Hub
from relay.server import RelayServer


def new_server(**server: object) -> RelayServer:
    config = Config(server=ServerConfig(**server))
    hub = Hub(config.hub)
    return RelayServer(config, hub, FakeRooms(hub), FakeLive())


async def test_a_port_in_use_is_refused_in_words(relay: Relay) -> None:
    second = new_server(port=relay.server.port)
    with pytest.raises(ListenError, match=rf"port {relay.server.port} on 127.0.0.1 is in use"):
        await second.start()
    async with aiohttp.ClientSession() as http, http.get(f"{relay.url}/healthz") as answer:
        assert answer.status == 200, "the first one is not disturbed"


async def test_hundreds_of_clients_may_come_at_once(relay: Relay) -> None:
    with ExitStack() as stack:
        for _ in range(300):
            # It blocks, so that the relay accepts none meanwhile.
            address = "127.0.0.1", relay.server.port
            stack.enter_context(socket.create_connection(address, timeout=10))


async def test_an_address_of_another_machine_is_refused_in_words() -> None:
    with pytest.raises(ListenError, match="not an address of this machine"):
        await new_server(host="192.0.2.1", port=0).start()


async def test_a_name_that_does_not_resolve_is_refused_in_words() -> None:
    with pytest.raises(ListenError, match=r"can't listen on port 0 of no-such-host\.invalid"):
        await new_server(host="no-such-host.invalid", port=0).start()


async def test_ipv6() -> None:
    server = new_server(host="::1", port=0)
    try:
        await server.start()
    except ListenError:
        pytest.skip("no IPv6 on this machine")
    try:
        assert server.url == f"http://[::1]:{server.port}"
        async with aiohttp.ClientSession() as http, http.get(f"{server.url}/healthz") as answer:
            assert answer.status == 200
    finally:
        await server.stop(1)


async def test_stop_before_start_does_nothing() -> None:
    await new_server(port=0).stop(1)


async def test_stop_gives_clients_what_was_published_and_tells_them_to_come_back() -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        connections = [await relay.connect("?room_id=1") for _ in range(20)]
        for connection in connections:
            await receive(connection, 3)
        relay.publish("1", *(make_event() for _ in range(50)))
        stopping = asyncio.ensure_future(relay.server.stop(10))
        for connection in connections:
            frames = [message async for message in ignoring_close(connection)]
            assert len(frames) == 50
            assert connection.close_code == 3001
        await stopping
        assert relay.rooms.holders[relay.rooms["1"]] == 0
        with pytest.raises(OSError):  # noqa: PT011  whatever a closed port gives
            await relay.connect()


async def ignoring_close(connection):  # type: ignore[no-untyped-def]
    from websockets.exceptions import ConnectionClosed

    try:
        while True:
            yield await connection.recv()
    except ConnectionClosed:
        return


async def test_what_a_client_still_sends_is_not_obeyed_after_the_close_frame() -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        async with lazy_client(relay, "/ws?room_id=1") as lazy:
            stopping = asyncio.ensure_future(relay.server.stop(60))
            await lazy.read_until(b"the relay is stopping")
            before = len(lazy.received)
            for room in range(2, 50):  # more than is read ahead of whoever handles it
                message = f'{{"op":"subscribe","room_id":"{room}"}}'.encode()
                await lazy.send(Frame(Opcode.TEXT, message))
            await lazy.send(Frame(Opcode.CLOSE, struct.pack("!H", 3001)))
            async with asyncio.timeout(15):  # websockets gives up only at its first keep-alive
                await lazy.read_to_end()
            assert lazy.received[before:] == b""
        await stopping
        assert list(relay.rooms.rooms) == ["1"]
        assert relay.rooms.holders[relay.rooms["1"]] == 0


async def test_stop_cuts_off_what_does_not_hang_up() -> None:
    async with relay_running(hub=HubConfig(slow_bytes=1 << 30)) as relay:
        relay.rooms.add("1")
        async with lazy_client(relay, "/ws?room_id=1") as lazy, raw_connection(relay) as (raw, _):
            event = {"content": "好" * 100_000}
            relay.publish("1", *(make_event(**event) for _ in range(50)))
            await relay.server.stop(0.1)
            assert await raw.read() == b""
            await lazy.read_to_end()
        assert relay.rooms.holders[relay.rooms["1"]] == 0


ASKING_DOUYIN = [
    "info?room_id=5",
    "status?room_id=5",
    "feed",
    "audience?room_id=5",
    "promotions?room_id=5",
    "chat?room_id=7000000000000000005&wait=25",
]


async def test_stop_answers_who_waits_for_douyin() -> None:
    async with relay_running() as relay, aiohttp.ClientSession() as http:
        relay.live.hangs = True

        async def ask(query: str) -> tuple[int, str, str]:
            async with http.get(f"{relay.url}/douyin/liveroom/{query}") as answer:
                body = await answer.json()
                assert body["code"] == answer.status
                return answer.status, body["error"]["type"], answer.headers["Retry-After"]

        asked = [asyncio.create_task(ask(query)) for query in ASKING_DOUYIN]
        for _ in asked:
            await relay.live.awaited.acquire()
        await relay.server.stop(5)
        assert await asyncio.gather(*asked) == [(503, "stopping", "5")] * len(asked)
        assert relay.rooms.rooms == {}


async def test_stop_answers_who_waits_for_first_events() -> None:
    async with relay_running() as relay, aiohttp.ClientSession() as http:
        relay.live.fail("audience", "5", "signer_missing")
        url = f"{relay.url}/douyin/liveroom/audience?room_id=5"
        asked = asyncio.create_task(http.get(url))
        await relay.rooms.held(1)
        await relay.server.stop(5)
        async with await asked as answer:
            assert (await answer.json())["error"]["type"] == "stopping"


async def test_stop_does_not_wait_for_half_a_request() -> None:
    async with relay_running() as relay, raw_connection(relay) as (reader, writer):
        writer.write(b"POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        async with aiohttp.ClientSession() as http, http.get(f"{relay.url}/healthz") as answer:
            assert answer.status == 200  # an idle keep-alive connection is there, too
            async with asyncio.timeout(10):
                await relay.server.stop(5)
                assert (await reader.read()).startswith(b"HTTP/1.1 503 ")


async def test_a_half_sent_body_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from relay.server import http_protocol

    monkeypatch.setattr(http_protocol, "WHOLE_S", 0.05)
    async with relay_running() as relay, raw_connection(relay) as (reader, writer):
        writer.write(b"POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        async with asyncio.timeout(10):
            assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
