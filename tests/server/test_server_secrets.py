"""Tokens stay out of logs, metrics and answers, however they come."""

import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest
from keys import ADMIN, READ, WATCH, auth, bearer
from raw import raw_connection, talk
from serving import Relay, relay_running
from websockets.exceptions import ConnectionClosed

from relay.config import Config, to_toml

WRONG = f"rly_{'q' * 43}"
HOST = b"Host: localhost\r\n"
LAST = HOST + b"Connection: close\r\n"
LONG = b"&x=" + b"x" * 8200


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with relay_running(auth=auth(burst=1000)) as relay:
        relay.rooms.add("1")
        yield relay


def heads(token: bytes) -> list[bytes]:
    """Requests that carry a token, and what is wrong with most of them."""
    query, header = b"?token=" + token, b"Authorization: Bearer " + token + b"\r\n"
    upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    return [
        b"GET /api/rooms" + query + b" HTTP/1.1\r\n" + LAST,
        b"GET /api/rooms HTTP/1.1\r\n" + header + LAST,
        b"GET /api/rooms HTTP/1.1\r\n" + header + header + LAST,
        b"GET /nowhere" + query + b" HTTP/1.1\r\n" + header + LAST,
        b"PATCH /api/rooms" + query + b" HTTP/1.1\r\n" + header + LAST,
        b"POST /api/rooms" + query + b" HTTP/1.1\r\nContent-Length: 0\r\n" + header + LAST,
        b"DELETE /api/rooms/9" + query + b" HTTP/1.1\r\n" + header + LAST,
        b"GET /ws" + query + b" HTTP/1.1\r\n" + header + LAST,
        b"GET /api/rooms" + query + b" HTTP/1.1\r\nConnection: close\r\nHost: evil.example\r\n",
        b"GET /api/rooms" + query + b" HTTP/1.1\r\nOrigin: http://evil.example\r\n" + LAST,
        b"GET /api/rooms" + query + LONG + b" HTTP/1.1\r\n" + LAST,
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\nGET /" + query + LONG + b" HTTP/1.1\r\n" + LAST,
        b"GET /" + query + b"&" + b"x" * 17_000 + b" HTTP/1.1\r\n" + LAST,
        b"GET /api/rooms" + query + b" HTTP/9\r\n" + LAST,
        b"GET " + query + b" HTTP/1.1\r\n" + LAST,
        b"G\xff\xff /api/rooms" + query + b" HTTP/1.1\r\n" + LAST,
        b"GET /api/rooms" + query + b"\x01 HTTP/1.1\r\n" + LAST,
        b"GET /api/rooms HTTP/1.1\r\n" + LAST + b"Authorization Bearer " + token + b"\r\n",
        b"GET /api/rooms HTTP/1.1\r\n" + LAST + b"Authorization: Bearer\0" + token + b"\r\n",
        b"GET /crash" + query + b" HTTP/1.1\r\n" + header + LAST,
        b"\r\n" + header + LAST,
        b" " + header + LAST,
        b"\x16?token=" + token + b"\r\n",
        header + LAST,
        # Where none belongs.
        token + b"\r\n" + LAST,
        b"\0" + token,
        b"\0" * 30 + token,
        token + b" / HTTP/1.1\r\n" + LAST,
        b"GET /" + token + b" HTTP/1.1\r\n" + header + LAST,
        b"GET /api/" + token + b"/x HTTP/1.1\r\n" + LAST,
        b"GET /api/rooms/" + token + b" HTTP/1.1\r\n" + header + LAST,
        b"GET /api/rooms/x" + token + b"/events HTTP/1.1\r\n" + header + LAST,
        b"DELETE /api/rooms/" + token + b" HTTP/1.1\r\n" + header + LAST,
        *(
            b"GET /douyin/liveroom/" + asked + token + b" HTTP/1.1\r\n" + header + LAST
            for asked in (
                b"",
                b"info?room_id=",
                b"info?room_id=%0A",
                b"info?room_id=" + b"5" * 50,
                b"status?room_id=5,",
                b"chat?room_id=1&cursor=",
                b"feed?enrich=",
                b"info?room_id=1&room_id=",
                b"status?room_id=1&",
            )
        ),
        b"GET /events?room_id=" + token + b" HTTP/1.1\r\n" + header + LAST,
        b"GET /events?room_id=1&since=" + token + b" HTTP/1.1\r\n" + header + LAST,
        b"GET /api/rooms" + query + b" HTTP/1.1\r\nConnection: close\r\nHost: " + token + b"\r\n",
        b"GET /ws" + query + b" HTTP/1.1\r\n" + upgrade + header + HOST,
        b"GET /ws" + query + b" HTTP/1.0\r\n" + upgrade + header + HOST,
        b"GET /ws" + query + b" HTTP/1.1\r\n" + upgrade + b"Host: evil.example\r\n",
        b"GET /nowhere" + query + b" HTTP/1.1\r\n" + upgrade + header + HOST,
        b"GET /ws" + query + LONG + b" HTTP/1.1\r\n" + upgrade + header + HOST,
        b"GET /ws HTTP/1.1\r\n" + upgrade + HOST + b"Authorization Bearer " + token + b"\r\n",
        b"GET /ws" + query + b"\xff HTTP/1.1\r\n" + upgrade + header + HOST,
        b"PUT /ws" + query + b" HTTP/1.1\r\n" + upgrade + header + HOST,
    ]


@pytest.mark.parametrize("token", [READ, ADMIN, WRONG])
async def test_no_request_makes_the_relay_repeat_its_token(
    relay: Relay, token: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    # As configure_logs sets it, but without what it masks in the end.
    caplog.set_level(logging.WARNING)
    said = []
    for head in heads(token.encode()):
        said.append(await talk(relay, head + b"\r\n"))
        assert b"<html" not in said[-1].lower()
        assert b"Traceback" not in said[-1]
    for query in (
        "&tokn=1&room_id=!",
        "&room_id=9&method=no",
        "&room_id=1&since=1",
        f"&room_id={token}",
        f"&{token}=1&room_id=!",
        f"&room_id=1&method={token}",
        f"&room_id=1&since={token}",
    ):
        for origin in (None, "http://evil.example"):
            async with relay.connect(f"?token={token}{query}", origin=origin) as connection:
                with suppress(ConnectionClosed):
                    while True:
                        said.append(repr(await connection.recv()).encode())
                said.append(str(connection.close_reason).encode())
    async with raw_connection(relay) as (_, writer):
        writer.write(f"GET /ws?token={token}".encode())
    async with aiohttp.ClientSession(relay.url, headers=bearer(WATCH)) as http:
        for path in ("/metrics", "/api/rooms", "/readyz"):
            async with http.get(path) as answer:
                said.append(await answer.read())
    captured = capfd.readouterr()
    told = [*(text.decode(errors="replace") for text in said), captured.out, captured.err]
    told += [record.getMessage() + str(record.exc_text) for record in caplog.records]
    for text in told:
        assert "rrrr" not in text
        assert "aaaa" not in text
        assert "qqqq" not in text
    assert "refused" in captured.out + captured.err


async def test_a_crash_of_a_handler_is_answered_and_logged_without_the_token(
    relay: Relay, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash() -> None:
        raise ValueError("upside down")

    monkeypatch.setattr(relay.rooms, "streams", crash)
    async with (
        aiohttp.ClientSession(relay.url, headers={"Accept": "text/html"}) as http,
        http.get(f"/api/rooms?token={READ}") as answer,
    ):
        assert (answer.status, answer.content_type) == (500, "application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        text = await answer.text()
        assert '"internal"' in text
        assert "upside" not in text
    assert "ValueError: upside down" in caplog.text
    assert "rrrr" not in caplog.text


def test_the_configuration_shows_hashes_only() -> None:
    config = Config(auth=auth())
    for text in (repr(config), to_toml(config)):
        assert "sha256:" in text
        assert "rly_" not in text
