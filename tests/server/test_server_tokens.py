"""Who may do what: tokens, scopes and rates, over HTTP and WebSocket."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib import resources

import aiohttp
import pytest
from keys import ADMIN, OVERLAY, READ, WATCH, auth, bearer
from raw import handshake, raw_connection, talk
from serving import Relay, receive, receive_until, relay_running
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from relay.cli.token import overlay
from relay.config import AuthConfig
from relay.server import connection as connections
from relay.server.access import Keyring

WRONG = READ[:-1] + "x"
GUARDED = [
    "GET /metrics",
    "GET /api/rooms",
    "GET /api/rooms/1",
    "POST /api/rooms",
    "DELETE /api/rooms/1",
    "GET /ws",
    "GET /nowhere",
    "PUT /api/rooms",
    "GET /%61pi/rooms",
]


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """A relay with tokens, that watches room 1."""
    async with relay_running(auth=auth()) as relay:
        relay.rooms.add("1")
        yield relay


@pytest.fixture
async def http(relay: Relay) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(relay.url) as session:
        yield session


async def closed_with(connection: ClientConnection) -> tuple[int, str]:
    """Receive to the end; gives the server's close code and reason."""
    with suppress(ConnectionClosed):
        while True:
            await receive(connection)
    assert connection.close_code is not None
    return connection.close_code, connection.close_reason or ""


@pytest.mark.parametrize("request_line", GUARDED)
async def test_nothing_is_told_or_done_without_a_token(
    relay: Relay, http: aiohttp.ClientSession, request_line: str
) -> None:
    method, path = request_line.split()
    answers = []
    for headers in (
        {},
        bearer(WRONG),
        bearer(""),
        bearer(READ + "x"),
        bearer(READ.upper()),
        {"Authorization": READ},
        {"Authorization": f"Basic {READ}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer \udcff".encode("utf-8", "surrogateescape").decode("latin-1")},
        {"Cookie": f"token={READ}"},
    ):
        async with http.request(method, path, headers=headers, json={"room": "9"}) as answer:
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            answers.append(await answer.read())
    assert len(set(answers)) == 1, "an answer must not tell a wrong token from a missing one"
    assert b'"bad_token"' in answers[0]
    assert list(relay.rooms.rooms) == ["1"]


@pytest.mark.parametrize(
    "query",
    ["?token=", f"?token={WRONG}", f"?Token={READ}", f"?token={READ}&token={WRONG}",
     f"?token={READ},{READ}", f"?token={READ}%00", f"?{'&' * 501}token={READ}", "?token=%ff"],
)  # fmt: skip
async def test_wrong_tokens_in_the_query(
    relay: Relay, http: aiohttp.ClientSession, query: str
) -> None:
    async with http.get(f"/api/rooms{query}") as answer:
        assert answer.status == 401
    async with relay.connect(query) as connection:
        assert (await closed_with(connection))[0] == 3500


async def test_a_token_comes_in_the_header_or_in_the_query_and_the_header_wins(
    relay: Relay, http: aiohttp.ClientSession
) -> None:
    for query, headers, status in (
        ("", bearer(READ), 200),
        ("", {"Authorization": f"bearer  {READ} "}, 200),
        (f"?token={READ}", {}, 200),
        (f"?token={READ}&token={READ}", {}, 200),
        (f"?token={WRONG}", bearer(READ), 200),
        (f"?token={READ}", bearer(WRONG), 401),
        (f"?token={READ}", {"Authorization": "Basic dTpw"}, 200),
    ):
        async with http.get(f"/api/rooms{query}", headers=headers) as answer:
            assert answer.status == status, (query, headers)
        async with relay.connect(query, additional_headers=headers) as connection:
            if status == 200:
                assert (await receive(connection))[0]["op"] == "hello"
            else:
                assert (await closed_with(connection))[0] == 3500
    request = f"GET /api/rooms HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{2 * 'A'}"
    twice = request.replace("AA", 2 * f"Authorization: Bearer {READ}\r\n") + "\r\n"
    assert (await talk(relay, twice.encode())).startswith(b"HTTP/1.1 401 ")


async def test_what_everybody_may_have(relay: Relay, http: aiohttp.ClientSession) -> None:
    web = resources.files("relay") / "web"
    file = next(path.name for path in (web / "dashboard").iterdir() if path.name.endswith(".js"))
    for path in ("/", f"/web/dashboard/{file}", "/healthz", "/readyz"):
        for headers in ({}, bearer(WRONG)):
            async with http.get(path, headers=headers) as answer:
                assert answer.status == 200
            async with http.head(path, headers=headers) as answer:
                assert answer.status == 200
    async with http.get("/readyz") as answer:
        assert await answer.json() == {"status": "ready"}
    async with http.get("/readyz", headers=bearer(READ)) as answer:
        assert await answer.json() == {"status": "ready", "rooms": {"1": "live"}}


async def test_each_scope_includes_those_below_it(
    relay: Relay, http: aiohttp.ClientSession
) -> None:
    for token, room, starts, adds in (
        (READ, "5", False, False),
        (WATCH, "6", True, False),
        (ADMIN, "7", True, True),
    ):
        for path in ("/api/rooms", "/api/rooms/1", "/metrics"):
            async with http.get(path, headers=bearer(token)) as answer:
                assert answer.status == 200
        async with relay.connect(f"?room_id={room}&token={token}") as connection:
            if starts:
                await receive_until(connection, "subscribed")
            else:
                assert (await closed_with(connection))[0] == 3505
        async with http.delete("/api/rooms/1", headers=bearer(token)) as answer:
            assert answer.status == (204 if adds else 403)
        async with http.post("/api/rooms", json={"room": "1"}, headers=bearer(token)) as answer:
            assert answer.status == (201 if adds else 403)
            if not adds:
                error = (await answer.json())["error"]
                assert error["code"] == "forbidden_scope"
                assert "admin" in error["message"]


@pytest.mark.parametrize(
    "target",
    ["//api/rooms", "http://localhost/api/rooms", "/web/../api/rooms", "/api/rooms#", "/api/rooms;",
     "/%2e%2e/api/rooms", "/healthz/../api/rooms", "/healthz/%2e%2e/api/rooms", "/healthz%00"],
)  # fmt: skip
async def test_no_spelling_of_a_path_gets_around_the_token(relay: Relay, target: str) -> None:
    head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = await talk(relay, head.encode())
    refusals = (b"HTTP/1.1 401 ", b"HTTP/1.1 404 ", b"HTTP/1.1 400 ", b"HTTP/1.0 400 ")
    assert answer.startswith(refusals)
    assert b'"web_rid"' not in answer


async def test_watched_rooms_are_had_and_others_not_started_without_the_scope(
    relay: Relay,
) -> None:
    async with relay.connect(f"?room_id=1&token={READ}") as connection:
        await receive_until(connection, "room")
        await connection.send('{"op":"subscribe","id":7,"room_id":"9"}')
        (error,) = await receive(connection)
        assert (error["op"], error["id"], error["code"]) == ("error", 7, "forbidden_scope")
        await connection.send('{"op":"subscribe","id":8,"room_id":"no-such"}')
        (error,) = await receive(connection)
        assert error["code"] == "unknown_room"
        await connection.send('{"op":"subscribe","id":9,"room_id":"1","method":"chat"}')
        assert (await receive(connection))[0]["op"] == "subscribed"
    async with relay.connect(f"?room_id=9&token={READ}") as connection:
        frames = await receive(connection, 2)
        assert frames[1]["code"] == "forbidden_scope"
        assert "watch" in frames[1]["message"]
        assert (await closed_with(connection))[0] == 3505
    assert list(relay.rooms.rooms) == ["1"]


async def test_the_token_of_an_overlay_gets_its_rooms_and_nothing_else(
    relay: Relay, http: aiohttp.ClientSession
) -> None:
    relay.rooms.add("5")
    for path, status in (
        ("/api/rooms/1", 200),
        ("/api/rooms/2", 404),  # it would be allowed, but is not watched
        ("/api/rooms/5", 403),
        ("/api/rooms/9", 403),
        ("/api/rooms/no-such", 403),
        ("/api/rooms/1/events", 403),
        ("/api/rooms", 403),
        ("/metrics", 403),
        ("/openapi.json", 403),
        ("/douyin/liveroom/chat?room_id=1", 403),
        ("/events?room_id=5", 403),
        ("/events?room_id=1,5", 403),
        ("/events?room_id=9", 403),
    ):
        async with http.get(path, headers=bearer(OVERLAY)) as answer:
            assert answer.status == status, path
            if status == 403:
                assert b'"forbidden_scope"' in await answer.read(), path
    async with http.get("/readyz", headers=bearer(OVERLAY)) as answer:
        assert await answer.json() == {"status": "ready"}
    for method, path in (("POST", "/api/rooms"), ("DELETE", "/api/rooms/1")):
        async with http.request(method, path, headers=bearer(OVERLAY), json={"room": "1"}) as no:
            assert no.status == 403
    assert list(relay.rooms.rooms) == ["1", "5"]


async def test_the_token_of_an_overlay_gets_what_its_command_says(
    relay: Relay, http: aiohttp.ClientSession
) -> None:
    said = " ".join((overlay.help or "").split())
    for path, name in (
        ("/events?room_id=1", "events"),
        ("/api/rooms/1", "state"),
        ("/api/rooms/1/stats", "statistics"),
        ("/api/rooms/1/stats/series", "statistics"),
        ("/api/gifts", "the gift list"),
    ):
        assert name in said
        async with http.get(path, headers=bearer(OVERLAY)) as answer:
            assert answer.status not in {401, 403}, path


async def test_the_token_of_an_overlay_subscribes_to_its_rooms_only(relay: Relay) -> None:
    relay.rooms.add("5")
    for room in ("5", "9", "1,5"):
        async with relay.connect(f"?room_id={room}&token={OVERLAY}") as connection:
            assert (await closed_with(connection))[0] == 3505
    async with relay.connect(f"?room_id=1&token={OVERLAY}") as connection:
        await receive_until(connection, "room")
        await connection.send('{"op":"subscribe","id":1,"room_id":"5"}')
        (error,) = await receive(connection)
        assert (error["code"], error["message"]) == (
            "forbidden_scope",
            "this token is for another room",
        )
        assert list(relay.rooms.rooms) == ["1", "5"]
        # An overlay may be opened before anybody watches its room.
        await connection.send('{"op":"subscribe","id":2,"room_id":"2"}')
        assert (await receive_until(connection, "subscribed"))[-1]["room"] == "2"
        assert list(relay.rooms.rooms) == ["1", "5", "2"]
        # By another name of a room that is watched, it is the same room.
        room_id = relay.rooms.rooms["1"].status.room_id
    async with relay.connect(f"?room_id={room_id}&token={OVERLAY}") as connection:
        await receive_until(connection, "subscribed")


async def test_a_token_used_too_fast_waits_and_the_others_do_not() -> None:
    slow = auth(requests_per_s=0.001, burst=2)
    async with relay_running(auth=slow) as relay, aiohttp.ClientSession(relay.url) as http:
        for _ in range(2):
            async with http.get("/api/rooms", headers=bearer(READ)) as answer:
                assert answer.status == 200
        for _ in range(3):
            async with http.get("/api/rooms", headers=bearer(READ)) as answer:
                assert answer.status == 429
                assert 900 < int(answer.headers["Retry-After"]) <= 1000
                assert (await answer.json())["error"]["code"] == "rate_limited"
        async with relay.connect(f"?token={READ}") as connection:
            code, reason = await closed_with(connection)
            assert code == 3029
            assert "wait" in reason
        async with http.get("/api/rooms", headers=bearer(WRONG)) as answer:
            assert answer.status == 401
        async with http.get("/healthz", headers=bearer(READ)) as answer:
            assert answer.status == 200
        async with relay.connect(f"?token={WATCH}") as connection:
            await receive(connection)
        async with http.get("/metrics", headers=bearer(WATCH)) as answer:
            metrics = await answer.text()
        for line in (
            'relay_refused_total{cause="rate_limited"} 4.0',
            'relay_refused_total{cause="bad_token"} 1.0',
            'relay_requests_total{token="reader"} 2.0',
            'relay_requests_total{token="watcher"} 2.0',
            'relay_requests_total{token="keeper"} 0.0',
        ):
            assert line in metrics
        async with http.get("/metrics", headers=bearer(WATCH)) as answer:
            assert answer.status == 429


def test_a_rate_is_made_up_for_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    keyring = Keyring(auth(requests_per_s=2.0, burst=3))
    access = keyring.check(READ)
    assert access is not None
    assert [keyring.take(access) for _ in range(4)] == [None, None, None, 0.5]
    now += 0.25
    assert keyring.take(access) == 0.25
    now += 0.25
    assert [keyring.take(access) for _ in range(2)] == [None, 0.5]
    now += 3600
    assert [keyring.take(access) for _ in range(4)] == [None, None, None, 0.5]


def test_without_tokens_everybody_may_everything_as_fast_as_they_like() -> None:
    keyring = Keyring(AuthConfig(burst=1, requests_per_s=0.001))
    for token in (None, "", READ):
        access = keyring.check(token)
        assert access is not None
        assert access.may("admin")
        assert keyring.take(access) is None


async def test_without_tokens_a_token_is_no_harm() -> None:
    async with relay_running() as relay, aiohttp.ClientSession(relay.url) as http:
        async with http.get(f"/api/rooms?token={WRONG}", headers=bearer(WRONG)) as answer:
            assert answer.status == 200
        async with relay.connect(f"?token={WRONG}&room_id=1") as connection:
            await receive_until(connection, "subscribed")


async def test_host_and_origin_come_before_the_token(relay: Relay) -> None:
    for token in (READ, WRONG):
        for line, status in (("Host: evil.example", 421), ("Origin: http://evil.example", 403)):
            host = "" if line.startswith("Host") else "Host: localhost\r\n"
            head = f"GET /api/rooms HTTP/1.1\r\n{host}{line}\r\nAuthorization: Bearer {token}\r\n"
            answer = await talk(relay, f"{head}Connection: close\r\n\r\n".encode())
            assert answer.startswith(f"HTTP/1.1 {status} ".encode())
        async with relay.connect(f"?token={token}", origin="http://evil.example") as connection:
            assert (await closed_with(connection))[0] == 3503


async def test_browsers_may_ask_first_whether_a_page_may_send_a_token(relay: Relay) -> None:
    asked = {"Origin": relay.url, "Access-Control-Request-Headers": "authorization"}
    async with (
        aiohttp.ClientSession() as http,
        http.options(f"{relay.url}/api/rooms", headers=asked) as answer,
    ):
        assert answer.status == 204
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


async def test_who_is_sent_away_and_does_not_hang_up_is_cut_off(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CLOSE_ABORT_S", 0.05)
    async with raw_connection(relay) as (reader, writer):
        writer.write(handshake(relay, f"/ws?token={WRONG}"))
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 ")
        # Neither an answer to the close frame nor an end.
        ping = Frame(Opcode.PING, b"still here").serialize(mask=True)
        writer.write(ping)
        with suppress(ConnectionResetError):
            async with asyncio.timeout(10):
                while await reader.read(1024):
                    pass
