"""What another configuration changes for who is connected; a refused one changes nothing."""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import aiohttp.web
import pytest
from certificates import make_certificate, trusting, with_tls
from event_source import listening
from keys import OVERLAY
from raw import lazy_connection
from serving import WORKERS, Relay, make_event, receive, receive_until, relay_running

from relay.config import (
    AuthConfig,
    Config,
    HubConfig,
    LimitsConfig,
    Scope,
    ServerConfig,
    TokenConfig,
)
from relay.errors import CloseCode, ConfigError

ORIGIN = "https://pages.example"


def overlay(*rooms: str, scope: Scope = "overlay") -> AuthConfig:
    digest = sha256(OVERLAY.encode()).hexdigest()
    token = TokenConfig(name="obs", hash=f"sha256:{digest}", scopes=[scope], rooms=list(rooms))
    return AuthConfig(tokens=[token])


def config(auth: AuthConfig, server: ServerConfig | None = None, **sections: object) -> Config:
    server = server or ServerConfig(port=0, workers=WORKERS)
    return Config(auth=auth, server=server, **sections)  # type: ignore[arg-type]


async def test_a_token_that_is_refused_leaves_all_as_it_was() -> None:
    async with relay_running(auth=overlay("1")) as relay:
        relay.rooms.add("1")
        server = ServerConfig(port=0, workers=WORKERS, allowed_origins=[ORIGIN], max_clients=1)
        refused = config(overlay("no room at all"), server, limits=LimitsConfig(http_connections=1))
        with pytest.raises(ConfigError, match=r"auth\.tokens\[0\]\.rooms"):
            relay.server.reconfigure(refused)
        headers = {"Authorization": f"Bearer {OVERLAY}"}
        async with aiohttp.ClientSession(relay.url, headers=headers) as http:
            async with http.get("/events?room_id=1", headers={"Origin": ORIGIN}) as answer:
                assert answer.status == 403
            async with http.get("/events?room_id=1"), http.get("/events?room_id=1") as answer:
                assert answer.status == 200, "max_clients is what it was"


async def test_a_token_and_a_certificate_are_taken_together_or_not_at_all(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    trust = trusting(server.tls_cert)
    async with relay_running(server=server, auth=overlay("1")) as relay:
        make_certificate(tmp_path)
        with pytest.raises(ConfigError):
            relay.server.reconfigure(config(overlay("no room at all"), server))
        async with relay.connect(f"?token={OVERLAY}", ssl=trust) as client:
            assert (await receive(client))[0]["op"] == "hello"


async def moved(relay: Relay, *rooms: str, scope: Scope = "overlay") -> None:
    """Have the token be for other rooms."""
    relay.server.reconfigure(config(overlay(*rooms, scope=scope)))


async def test_a_websocket_loses_the_rooms_that_its_token_is_not_for_any_more() -> None:
    async with relay_running(auth=overlay("1", "2")) as relay:
        relay.rooms.add("1")
        relay.rooms.add("2")
        async with relay.connect(f"?token={OVERLAY}&room_id=1,2") as client:
            await receive(client, 5)
            await moved(relay, "2")
            gone = (await receive_until(client, "unsubscribed"))[-1]
            assert (gone["web_rid"], gone["method"], gone["reason"]) == ("1", [], "forbidden")
            relay.publish("1", make_event())
            relay.publish("2", make_event(content="still"))
            (frame,) = await receive(client)
            assert frame["payload"]["content"] == "still"
            assert relay.rooms.holders[relay.rooms["1"]] == 0
            await client.send('{"op": "subscribe", "room_id": "1"}')
            assert (await receive(client))[0]["code"] == "forbidden_scope"


async def test_an_event_stream_ends_where_its_token_is_for_no_room_of_it() -> None:
    async with relay_running(auth=overlay("1", "2")) as relay:
        relay.rooms.add("1")
        relay.rooms.add("2")
        async with (
            listening(relay, f"room_id=1&token={OVERLAY}") as one,
            listening(relay, f"room_id=1,2&token={OVERLAY}") as both,
        ):
            await one.until("room")
            await both.some(5)
            await moved(relay, "2")
            assert (await one.until("close"))[-1].frame["code"] == CloseCode.FORBIDDEN_SCOPE
            assert (await both.until("unsubscribed"))[-1].frame["web_rid"] == "1"
            relay.publish("1", make_event(content="other"))
            relay.publish("2", make_event(content="still"))
            assert (await both.next()).frame["payload"]["content"] == "still"
        await relay.rooms.let_go()


async def test_rooms_stay_that_are_still_allowed_under_the_name_that_they_were_asked_for_by() -> (
    None
):
    async with relay_running(auth=overlay("1", "2", "3")) as relay:
        relay.rooms.add("1")
        async with relay.connect(f"?token={OVERLAY}&room_id=2") as client:
            await receive(client, 3)
            # It turns out to be the one that is watched as 1.
            relay.rooms.merge("2", "1")
            await receive_until(client, "room")
            await moved(relay, "2")
            relay.publish("1", make_event())
            assert "payload" in (await receive(client))[0]
        await relay.rooms.let_go()


POLL = "/douyin/liveroom/chat?room_id=1&wait=25"
NOBODYS = TokenConfig(name="other", hash=f"sha256:{'0' * 64}", scopes=["read"])


@pytest.mark.parametrize(
    ("after", "status", "code"),
    [
        (AuthConfig(tokens=[NOBODYS]), 401, "bad_token"),
        (overlay("2"), 403, "forbidden_scope"),
    ],
)
async def test_a_long_poll_ends_where_its_token_does_not_allow_it_any_more(
    after: AuthConfig, status: int, code: str
) -> None:
    async with (
        relay_running(auth=overlay(scope="read")) as relay,
        aiohttp.ClientSession(relay.url) as http,
    ):
        relay.rooms.add("1")
        async with asyncio.TaskGroup() as tasks:
            poll = tasks.create_task(polled(http))
            await relay.rooms.held(1)
            relay.server.reconfigure(config(after))
        answered, body = poll.result()
        assert (answered, body["code"], body["error"]["type"]) == (status, status, code)
        await relay.rooms.let_go()


async def test_a_long_poll_goes_on_where_it_is_allowed_still() -> None:
    before = overlay(scope="watch")
    async with relay_running(auth=before) as relay, aiohttp.ClientSession(relay.url) as http:
        relay.rooms.add("1")
        async with asyncio.TaskGroup() as tasks:
            poll = tasks.create_task(polled(http))
            await relay.rooms.held(1)
            after = overlay(scope="read")
            relay.server.reconfigure(config(AuthConfig(tokens=[NOBODYS, *after.tokens])))
            relay.publish("1", make_event(content="still"))
        status, body = poll.result()
        assert (status, body["data"]["cursor"]) == (200, f"{relay.rooms['1'].epoch}:1")


async def polled(http: aiohttp.ClientSession) -> tuple[int, dict[str, Any]]:
    async with http.get(POLL, headers={"Authorization": f"Bearer {OVERLAY}"}) as answer:
        return answer.status, await answer.json()


async def test_json_lines_are_cut_where_their_token_does_not_allow_them_any_more() -> None:
    large = HubConfig(history_bytes=64 << 20, history_events=5_000)
    async with relay_running(auth=overlay(scope="read"), hub=large) as relay:
        relay.rooms.add("1")
        relay.publish("1", *(make_event(content="好" * 4_000) for _ in range(2_000)))
        request = (
            "GET /api/rooms/1/events?limit=1000000 HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {OVERLAY}\r\nAccept: application/x-ndjson\r\n\r\n"
        )
        async with lazy_connection(relay, request.encode(), b"payload") as client:
            await moved(relay, "2")
            await client.read_to_end()
            assert not client.received.endswith(b"0\r\n\r\n"), "it can be taken for the whole"
            assert client.received.count(b"payload") < 2_000


async def test_an_event_stream_that_is_just_beginning_has_what_its_token_allows_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with relay_running(auth=overlay("1", "2")) as relay:
        relay.rooms.add("1")
        relay.rooms.add("2")
        prepare = aiohttp.web.StreamResponse.prepare

        async def slowly(self: aiohttp.web.StreamResponse, request: aiohttp.web.BaseRequest) -> Any:
            await moved(relay, "2")
            return await prepare(self, request)

        monkeypatch.setattr(aiohttp.web.StreamResponse, "prepare", slowly)
        async with listening(relay, f"room_id=1&token={OVERLAY}") as one:
            assert (await one.until("close"))[-1].frame["code"] == CloseCode.FORBIDDEN_SCOPE
        await relay.rooms.let_go()


async def test_a_token_that_becomes_an_overlays_keeps_its_rooms_only() -> None:
    async with relay_running(auth=overlay(scope="read")) as relay:
        relay.rooms.add("1")
        relay.rooms.add("2")
        async with relay.connect(f"?token={OVERLAY}&room_id=1,2") as client:
            await receive(client, 5)
            await moved(relay, "2")
            gone = (await receive_until(client, "unsubscribed"))[-1]
            assert gone["web_rid"] == "1"
        async with asyncio.timeout(10):
            await relay.rooms.let_go()
