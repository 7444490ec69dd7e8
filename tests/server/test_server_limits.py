"""What one address, token or client may take, and who goes first where there is too much."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import aiohttp
import pytest
from keys import ADMIN, READ, WATCH, auth, bearer
from raw import handshake, lazy_connection, raw_connection, talk
from serving import Relay, receive, receive_until, relay_running
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from relay.config import LimitsConfig, ServerConfig
from relay.server import connection as connections
from relay.server import http_protocol
from relay.server import limits as limits_module
from relay.server.limits import Limits

PROXIED = ServerConfig(port=0, trusted_proxies=["127.0.0.1"], allowed_hosts=["relay.example.org"])
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST_GET = GET[:-2] + b"Connection: close\r\n\r\n"
POST = (
    b"POST /api/rooms HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: 12\r\nExpect: 100-continue\r\n\r\n"
)


def from_(address: str, **more: str) -> dict[str, str]:
    return {"X-Forwarded-For": address, **more}


async def close_code(relay: Relay, query: str = "", **options: Any) -> int:
    async with relay.connect(query, **options) as connection:
        with suppress(ConnectionClosed):
            while True:
                await receive(connection)
    assert connection.close_code is not None
    return connection.close_code


async def refused(relay: Relay, cause: str) -> float:
    request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    answer = await talk(relay, request + b"Authorization: Bearer %b\r\n\r\n" % ADMIN.encode())
    return float(
        answer.decode().split(f'relay_refused_total{{cause="{cause}"}} ')[1].split("\n")[0]
    )


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    limits = LimitsConfig(address_wrong_tokens_per_min=5)
    async with relay_running(server=PROXIED, auth=auth(), limits=limits) as relay:
        relay.rooms.add("1")
        yield relay


async def test_tokens_are_not_looked_at_where_too_many_wrong_ones_came_from(relay: Relay) -> None:
    async with aiohttp.ClientSession(relay.url) as http:

        async def status(token: str, address: str) -> int:
            async with http.get("/api/rooms", headers=from_(address, **bearer(token))) as answer:
                if answer.status == 429:
                    assert int(answer.headers["Retry-After"]) <= 12
                return answer.status

        assert [await status(f"guess{n}", "203.0.113.5") for n in range(5)] == [401] * 5
        assert [await status(token, "203.0.113.5") for token in ("guess", READ)] == [429, 429]
        assert (
            await close_code(relay, f"?token={READ}", additional_headers=from_("203.0.113.5"))
            == 3029
        )
        # Who brings none doesn't guess; and what needs none is had as ever.
        async with http.get("/api/rooms", headers=from_("203.0.113.5")) as answer:
            assert answer.status == 401
        async with http.get("/readyz", headers=from_("203.0.113.5", **bearer(READ))) as answer:
            assert await answer.json() == {"status": "ready"}
        assert await status(READ, "203.0.113.6") == 200
    assert await refused(relay, "wrong_tokens") == 4
    assert relay.rooms.holders[relay.rooms["1"]] == 0


async def test_wrong_tokens_of_this_machine_never_keep_right_ones_out() -> None:
    limits = LimitsConfig(address_wrong_tokens_per_min=5)
    async with (
        relay_running(auth=auth(), limits=limits) as relay,
        aiohttp.ClientSession(relay.url) as http,
    ):
        statuses = []
        for token in [*(f"guess{n}" for n in range(7)), READ]:
            async with http.get("/api/rooms", headers=bearer(token)) as answer:
                statuses.append(answer.status)
        assert statuses == [401] * 5 + [429, 429, 200]
        async with relay.connect(f"?token={READ}") as client:
            assert (await receive(client))[0]["op"] == "hello"
        assert await close_code(relay, "?token=guess") == 3029


async def test_tokens_are_not_looked_at_where_none_is_wanted(relay: Relay) -> None:
    async with aiohttp.ClientSession(relay.url, headers=from_("203.0.113.5")) as http:
        for path in ("/healthz", "/", "/overlay/chat", "/web/dashboard/main.js"):
            for number in range(5):
                async with http.get(path, params={"token": f"guess{number}"}) as answer:
                    assert answer.status == 200
        async with http.get("/api/rooms", headers=bearer(READ)) as answer:
            assert answer.status == 200


async def test_who_is_turned_away_takes_no_seat() -> None:
    server = ServerConfig(port=0, max_clients=1)
    async with relay_running(auth=auth(), server=server) as relay, AsyncExitStack() as stack:
        for _ in range(3):
            # They don't answer the close frame.
            reader, writer = await stack.enter_async_context(raw_connection(relay))
            writer.write(handshake(relay))
            await reader.readuntil(b"token")
        async with relay.connect(f"?token={READ}") as client:
            assert (await receive(client))[0]["op"] == "hello"
            assert relay.server.count_clients() == 1
            assert await close_code(relay, "?token=guess") == 3500


async def test_no_more_are_being_turned_away_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    from relay.server import refusal

    monkeypatch.setattr(refusal, "MAX_LEAVING", 1)
    monkeypatch.setattr(refusal, "DRAIN_S", 3600.0)
    monkeypatch.setattr(connections, "DRAIN_S", 3600.0)
    async with relay_running(auth=auth()) as relay, AsyncExitStack() as stack:
        for _ in range(3):
            reader, writer = await stack.enter_async_context(raw_connection(relay))
            writer.write(handshake(relay))
        async with asyncio.timeout(10):
            with suppress(ConnectionResetError):
                await reader.read()


async def test_a_room_that_would_be_too_many_is_not_started() -> None:
    limits = LimitsConfig(address_subscriptions=1)
    headers = from_("203.0.113.5")
    async with (
        relay_running(server=PROXIED, limits=limits) as relay,
        relay.connect("?room_id=1", additional_headers=headers) as client,
    ):
        await receive_until(client, "subscribed")
        await client.send('{"op":"subscribe","room_id":"2"}')
        assert (await receive_until(client, "error"))[-1]["code"] == "too_many_rooms"
        assert set(relay.rooms.rooms) == {"1"}
        # The one that it has is none more.
        await client.send('{"op":"subscribe","room_id":"1","method":"WebcastGiftMessage"}')
        await receive_until(client, "subscribed")


async def test_rooms_that_are_too_many_just_now_may_be_asked_for_later() -> None:
    limits = LimitsConfig(address_subscriptions=1)
    headers = from_("203.0.113.5")
    async with (
        relay_running(server=PROXIED, limits=limits) as relay,
        aiohttp.ClientSession(relay.url) as http,
        relay.connect("?room_id=1", additional_headers=headers) as client,
    ):
        await receive_until(client, "subscribed")
        assert await close_code(relay, "?room_id=2", additional_headers=headers) == 3029
        async with http.get("/events?room_id=2", headers=headers) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "5")
        # What one connection alone asks too much will not be less later.
        many = ",".join(map(str, range(1, 102)))
        assert await close_code(relay, f"?room_id={many}", additional_headers=headers) == 3502
        async with http.get(f"/events?room_id={many}", headers=headers) as answer:
            assert answer.status == 400


async def test_wrong_tokens_of_handshakes_count_as_well(relay: Relay) -> None:
    headers = from_("203.0.113.5")
    for _ in range(5):
        assert await close_code(relay, "?token=guess", additional_headers=headers) == 3500
    assert await close_code(relay, f"?token={READ}", additional_headers=headers) == 3029


async def test_an_address_may_not_ask_too_often() -> None:
    limits = LimitsConfig(address_requests_per_s=0.01, address_burst=2)
    async with (
        relay_running(server=PROXIED, limits=limits) as relay,
        aiohttp.ClientSession(relay.url) as http,
    ):
        statuses = []
        for address in ("203.0.113.5", "203.0.113.5", "203.0.113.5", "203.0.113.6"):
            async with http.get("/api/rooms", headers=from_(address)) as answer:
                statuses.append(answer.status)
        assert statuses == [200, 200, 429, 200]
        assert await close_code(relay, additional_headers=from_("203.0.113.5")) == 3029
        for _ in range(20):  # of this machine
            async with http.get("/api/rooms") as answer:
                assert answer.status == 200


async def test_an_address_may_not_have_too_many_clients() -> None:
    limits = LimitsConfig(address_connections=2)
    async with relay_running(server=PROXIED, limits=limits) as relay, AsyncExitStack() as stack:
        connect = stack.enter_async_context
        for _ in range(2):
            client = await connect(relay.connect(additional_headers=from_("203.0.113.5")))
            await receive(client)
        with pytest.raises(InvalidStatus) as caught:
            await relay.connect(additional_headers=from_("203.0.113.5"))
        assert caught.value.response.status_code == 429
        assert b"address_connections" in (caught.value.response.body or b"")
        await receive(await connect(relay.connect(additional_headers=from_("203.0.113.6"))))
        await client.close()
        await client.wait_closed()
        await receive(await connect(relay.connect(additional_headers=from_("203.0.113.5"))))


async def test_a_token_may_not_have_too_many_clients() -> None:
    limits = LimitsConfig(token_clients=1)
    async with relay_running(auth=auth(), limits=limits) as relay:
        relay.rooms.add("1")
        async with (
            aiohttp.ClientSession(relay.url) as http,
            relay.connect(f"?token={READ}") as client,
            relay.connect(f"?token={WATCH}"),
        ):
            await receive(client)
            with pytest.raises(InvalidStatus) as caught:
                await relay.connect(f"?token={READ}")
            assert b"token_clients" in (caught.value.response.body or b"")
            async with http.get("/events?room_id=1", headers=bearer(READ)) as answer:
                assert answer.status == 503
            await client.close()
            async with http.get("/events?room_id=1", headers=bearer(READ)) as answer:
                assert answer.status == 200


async def test_clients_of_an_address_share_its_rooms() -> None:
    limits = LimitsConfig(address_subscriptions=3)
    async with relay_running(server=PROXIED, limits=limits) as relay:
        headers = from_("203.0.113.5")
        async with (
            relay.connect("?room_id=1,2", additional_headers=headers) as one,
            relay.connect("?room_id=1", additional_headers=headers) as other,
        ):
            for connection, rooms in ((one, 2), (other, 1)):
                for _ in range(rooms):
                    await receive_until(connection, "subscribed")
            await other.send('{"op":"subscribe","room_id":"3"}')
            assert (await receive_until(other, "error"))[-1]["code"] == "too_many_rooms"
            await one.send('{"op":"unsubscribe","room_id":"2"}')
            await receive_until(one, "unsubscribed")
            await other.send('{"op":"subscribe","room_id":"3"}')
            await receive_until(other, "subscribed")


async def test_messages_that_come_too_fast_wait_and_others_do_not() -> None:
    limits = LimitsConfig(client_messages_per_s=0.001, client_messages_burst=10)
    async with relay_running(limits=limits) as relay, relay.connect() as fast:
        for number in range(20):
            await fast.send(f'{{"op":"ping","id":{number}}}')
        pongs = [(await receive_until(fast, "pong"))[-1]["id"] for _ in range(10)]
        assert pongs == list(range(10))
        async with relay.connect() as other:
            for number in range(10):
                await other.send(f'{{"op":"ping","id":{number}}}')
                await receive_until(other, "pong")
        # The next one is due in a quarter of an hour.
        await nothing_more(fast)
        assert await refused(relay, "client_messages") == 1


async def test_messages_go_on_once_they_may() -> None:
    limits = LimitsConfig(client_messages_per_s=100, client_messages_burst=1)
    async with relay_running(limits=limits) as relay, relay.connect() as fast:
        for number in range(10):
            await fast.send(f'{{"op":"ping","id":{number}}}')
        pongs = [(await receive_until(fast, "pong"))[-1]["id"] for _ in range(10)]
        assert pongs == list(range(10))


async def test_bytes_that_come_too_fast_wait() -> None:
    limits = LimitsConfig(client_bytes_per_s=1, client_bytes_burst=1024)
    async with relay_running(limits=limits) as relay, raw_connection(relay) as (reader, writer):
        pings = Frame(Opcode.PING, b"x" * 100).serialize(mask=True) * 300
        last = Frame(Opcode.PING, b"last").serialize(mask=True)
        writer.write(handshake(relay) + pings + last)
        async with asyncio.timeout(20):
            await reader.readuntil(b"x" * 100)
        async with relay.connect() as other:
            await receive(other)
        assert b"last" not in reader._buffer  # type: ignore[attr-defined]
        assert await refused(relay, "client_bytes") == 1


async def nothing_more(connection: ClientConnection) -> None:
    """See that nothing is there for a client: as soon as another one's turns have passed."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await connection.recv()


async def test_only_so_many_connections_are_plain_http() -> None:
    limits = LimitsConfig(http_connections=1)
    async with relay_running(limits=limits) as relay, raw_connection(relay) as (reader, writer):
        relay.rooms.add("1")
        writer.write(POST)
        await reader.readuntil(b"100 Continue\r\n\r\n")
        answer = await talk(relay, GET)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"http_connections" in answer
        async with relay.connect() as client:
            await receive(client)
        writer.write(b'{"room":"2"}')
        await reader.readuntil(b"}")
        # An event stream is a client, not one of those.
        writer.write(b"GET /events?room_id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"event: room")
        assert (await talk(relay, LAST_GET)).startswith(b"HTTP/1.1 200 ")


async def test_the_connection_that_has_been_idle_longest_makes_way() -> None:
    limits = LimitsConfig(http_connections=2)
    async with relay_running(limits=limits) as relay, AsyncExitStack() as stack:
        opened = []
        for _ in range(2):
            reader, writer = await stack.enter_async_context(raw_connection(relay))
            writer.write(GET)
            await reader.readuntil(b'"ok"')
            opened.append((reader, writer))
        first, second = opened
        first[1].write(GET)
        await first[0].readuntil(b'"ok"')
        assert (await talk(relay, LAST_GET)).startswith(b"HTTP/1.1 200 ")
        async with asyncio.timeout(10):
            with suppress(ConnectionResetError):
                while await second[0].read(1):
                    pass
        first[1].write(GET)
        await first[0].readuntil(b'"ok"')
        assert await refused(relay, "http_connections") == 1


def pipelined(count: int) -> bytes:
    return b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * count


async def test_who_reads_nothing_of_the_answers_makes_way() -> None:
    limits = LimitsConfig(http_connections=1)
    async with (
        relay_running(limits=limits) as relay,
        lazy_connection(relay, pipelined(200), b"200 OK") as lazy,
    ):
        async with asyncio.timeout(10):
            while not any(c.waits_since_s for c in relay.server._state.http):  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0)
        assert (await talk(relay, LAST_GET)).startswith(b"HTTP/1.1 200 ")
        await lazy.read_to_end()


async def test_answers_that_nobody_reads_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "UNREAD_S", 0.05)
    async with (
        relay_running() as relay,
        lazy_connection(relay, pipelined(200), b"200 OK") as lazy,
    ):
        async with asyncio.timeout(10):
            while relay.server._state.http:  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0)
        await lazy.read_to_end()
        assert await refused(relay, "unread") == 1


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (POST, b"408"),
        (POST.replace(b"/api/rooms", b"/healthz"), b"405"),
        (GET[:-2] + b"Transfer-Encoding: chunked\r\n\r\n1\r\n", b"200"),
    ],
)
async def test_a_body_has_no_more_time_than_its_head_has_left(
    monkeypatch: pytest.MonkeyPatch, request_: bytes, status: bytes
) -> None:
    monkeypatch.setattr(http_protocol, "WHOLE_S", 0.05)
    monkeypatch.setattr(http_protocol, "DRAIN_S", 0.05)
    async with relay_running() as relay, raw_connection(relay) as (reader, writer):
        writer.write(request_)
        answers = bytearray()
        async with asyncio.timeout(10):
            with suppress(ConnectionError):
                while data := await reader.read(1000):
                    answers += data
                    writer.write(b"x")
        assert b"HTTP/1.1 " + status in answers
        assert set(relay.rooms.rooms) == set()


async def test_the_oldest_that_has_not_asked_yet_makes_way() -> None:
    limits = LimitsConfig(opening_connections=3)
    async with relay_running(limits=limits) as relay, AsyncExitStack() as stack:
        readers = []
        for _ in range(4):
            reader, writer = await stack.enter_async_context(raw_connection(relay))
            writer.write(b"GET / HT")
            readers.append(reader)
        async with asyncio.timeout(10):
            with suppress(ConnectionResetError):
                assert await readers[0].read() == b""
        assert not any(reader.at_eof() for reader in readers[1:])
        async with relay.connect() as client:
            await receive(client)


async def test_a_later_head_that_is_never_complete_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_protocol, "LATER_HEAD_S", 0.05)
    async with relay_running() as relay, raw_connection(relay) as (reader, writer):
        async with asyncio.timeout(10):
            writer.write(GET)
            await reader.readuntil(b"}")
            writer.write(b"GET /healthz HTT")
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")


async def test_later_heads_in_pieces_have_each_its_own_time() -> None:
    async with relay_running() as relay, raw_connection(relay) as (reader, writer):
        for _ in range(3):
            writer.write(GET[:20])
            await writer.drain()
            await refused(relay, "silent")  # which takes some turns
            writer.write(GET[20:])
            async with asyncio.timeout(10):
                await reader.readuntil(b"}")
            assert not any(one._head_deadline for one in relay.server._state.http)  # type: ignore[attr-defined]


async def test_host_then_origin_then_token_whatever_is_asked_for() -> None:
    async with relay_running(auth=auth()) as relay:
        foreign = b"Origin: http://evil.example\r\n\r\n"
        for path in ("/ws", "/nowhere"):
            both = handshake(relay, path, host="evil.example")[:-2] + foreign
            assert (await talk(relay, both)).startswith(b"HTTP/1.1 421 ")
        for path, status in (("/nowhere", b"403"), (f"/nowhere?token={READ}", b"403")):
            answer = await talk(relay, handshake(relay, path)[:-2] + foreign)
            assert answer[9:12] == status
        assert (await talk(relay, handshake(relay, "/nowhere")))[9:12] == b"401"
        assert (await talk(relay, handshake(relay, f"/nowhere?token={READ}")))[9:12] == b"404"


async def test_pages_in_obs_are_served_only_where_they_are_listed() -> None:
    for allowed, code in (([], 3503), (["http://absolute"], 1000)):
        config = ServerConfig(port=0, allowed_origins=list(allowed))
        async with relay_running(server=config) as relay:
            if allowed:
                async with relay.connect(origin="http://absolute") as client:
                    assert (await receive(client))[0]["op"] == "hello"
            else:
                assert await close_code(relay, origin="http://absolute") == code


def test_addresses_are_forgotten_but_for_those_with_something_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits_module, "MAX_ADDRESSES", 10)
    limits = Limits(lambda: LimitsConfig(address_connections=1, address_wrong_tokens_per_min=1))
    limits.connected("192.0.2.1")
    limits.guessed_wrong("192.0.2.2")
    for number in range(100):
        limits.request(f"198.51.100.{number}")
    assert not limits.may_connect("192.0.2.1")
    assert limits.guess("192.0.2.2") is not None
    limits.disconnected("192.0.2.1")
    assert limits.may_connect("192.0.2.1")


def test_tokens_with_nothing_open_are_forgotten() -> None:
    limits = Limits(lambda: LimitsConfig(token_clients=1, token_subscriptions=1))
    limits.entered("old")
    limits.subscribed("", "old", 1)
    limits.left("old")
    assert not limits.may_subscribe("", "old")
    limits.subscribed("", "old", -1)
    assert limits.may_subscribe("", "old")
    assert limits._tokens == {}
