"""Who may talk to the relay: Host first, then Origin."""

import asyncio

import aiohttp
import pytest
from raw import handshake, raw_connection, talk
from serving import Relay, receive, relay_running
from websockets.exceptions import ConnectionClosed, InvalidStatus

from relay.config import ServerConfig
from relay.server.checks import check_request

EVERYWHERE = "0.0.0.0"  # noqa: S104  # nothing is bound in this file
CONFIG = ServerConfig(host="127.0.0.1", allowed_origins=["http://app.example:5173", "null"])


@pytest.mark.parametrize(
    ("hosts", "origins", "verdict"),
    [
        (["127.0.0.1:8787"], [], "ok"),
        (["localhost"], [], "ok"),
        (["LOCALHOST:1"], [], "ok"),
        (["[::1]:8787"], [], "ok"),
        (["127.9.9.9:80"], [], "ok"),
        ([], [], "host"),
        (["localhost", "localhost"], [], "host"),
        ([""], [], "host"),
        (["evil.example"], [], "host"),
        (["127.0.0.1.evil.example"], [], "host"),
        (["evil.example:8787"], ["http://app.example:5173"], "host"),
        (["user@127.0.0.1"], [], "host"),
        (["127.0.0.1/path"], [], "host"),
        (["127.0.0.1:port"], [], "host"),
        (["10.0.0.1"], [], "host"),
        (["192.168.1.5:8787"], [], "host"),
        (["127.0.0.1:8787"], ["http://127.0.0.1:8787"], "ok"),
        (["Localhost:8787"], ["http://localhost:8787"], "ok"),
        (["127.0.0.1:8787"], ["http://app.example:5173"], "ok"),
        (["127.0.0.1:8787"], ["null"], "ok"),
        (["127.0.0.1:8787"], ["http://127.0.0.1:9999"], "origin"),
        (["127.0.0.1:8787"], ["http://localhost:8787"], "origin"),
        (["127.0.0.1:8787"], ["http://app.example"], "origin"),
        (["127.0.0.1:8787"], ["http://APP.example:5173"], "origin"),
        (["127.0.0.1:8787"], ["http://app.example:5173.evil.example"], "origin"),
        (["127.0.0.1:8787"], [""], "origin"),
        (["127.0.0.1:8787"], ["ftp://127.0.0.1:8787"], "origin"),
        (["127.0.0.1:8787"], ["https://127.0.0.1:8787"], "origin"),
        (["127.0.0.1:8787"], ["http://127.0.0.1:8787", "http://evil.example"], "origin"),
    ],
)
def test_verdicts(hosts: list[str], origins: list[str], verdict: str) -> None:
    assert check_request(hosts, origins, CONFIG) == verdict


@pytest.mark.parametrize(
    ("bound", "host", "verdict"),
    [
        ("127.0.0.1", "relay.example.org", "ok"),
        ("127.0.0.1", "Relay.Example.ORG:443", "ok"),
        ("127.0.0.1", "10.0.0.5", "ok"),
        ("127.0.0.1", "10.0.0.6", "host"),
        ("127.0.0.1", "[2001:db8::5]:8787", "host"),
        ("127.0.0.1", "a.relay.example.org", "host"),
        (EVERYWHERE, "localhost:8787", "ok"),
        (EVERYWHERE, "192.168.1.5:8787", "ok"),
        (EVERYWHERE, "[2001:db8::5]:8787", "ok"),
        (EVERYWHERE, "relay.example.org", "ok"),
        (EVERYWHERE, "evil.example", "host"),
        (EVERYWHERE, "192.168.1.5.evil.example", "host"),
        (EVERYWHERE, "3232235781", "host"),
        ("::", "192.168.1.5:8787", "ok"),
        ("box.lan", "box.lan:8787", "ok"),
        ("box.lan", "BOX.lan", "ok"),
        ("box.lan", "other.lan", "host"),
    ],
)  # fmt: skip
def test_hosts_elsewhere(bound: str, host: str, verdict: str) -> None:
    config = ServerConfig(host=bound, allowed_hosts=["Relay.example.org", "10.0.0.5"])
    assert check_request([host], [], config) == verdict


@pytest.mark.parametrize(
    ("proto", "scheme", "status"),
    [("https", "https", 200), ("https", "http", 403), ("http", "http", 200), (None, "https", 403)],
)
async def test_pages_of_a_proxy_are_our_own_where_it_says_what_they_speak(
    proto: str | None, scheme: str, status: int
) -> None:
    config = ServerConfig(
        port=0, allowed_hosts=["relay.example.org"], trusted_proxies=["127.0.0.1"]
    )
    headers = {"Host": "relay.example.org", "Origin": f"{scheme}://relay.example.org"}
    if proto is not None:
        headers["X-Forwarded-Proto"] = proto
    async with relay_running(server=config) as relay:
        assert await status_of(relay, headers) == status
        headers["Origin"] = f"{scheme}://evil.example"
        assert await status_of(relay, headers) == 403


async def test_a_proxy_may_name_the_usual_port() -> None:
    config = ServerConfig(
        port=0, allowed_hosts=["relay.example.org"], trusted_proxies=["127.0.0.1"]
    )
    headers = {"Host": "relay.example.org:443", "X-Forwarded-Proto": "https"}
    async with relay_running(server=config) as relay:
        assert await status_of(relay, headers | {"Origin": "https://relay.example.org"}) == 200
        assert await status_of(relay, headers | {"Origin": "https://relay.example.org:8443"}) == 403
        own = "https://relay.example.org:443"  # no browser sends it, but it is the same
        assert await status_of(relay, headers | {"Origin": own}) == 200
        headers["Host"] = "relay.example.org:80"
        assert await status_of(relay, headers | {"Origin": "https://relay.example.org"}) == 403


async def status_of(relay: Relay, headers: dict[str, str]) -> int:
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(f"{relay.url}/api/rooms") as answer,
    ):
        return answer.status


async def test_a_page_of_the_same_address_that_speaks_tls_is_not_our_own(relay: Relay) -> None:
    headers = {"Origin": relay.url.replace("http:", "https:"), "X-Forwarded-Proto": "https"}
    assert await status_of(relay, headers) == 403
    async with relay.connect(additional_headers=headers) as connection:
        with pytest.raises(ConnectionClosed) as caught:
            await receive(connection)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 3503


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
async def test_the_host_of_a_whole_address_counts(relay: Relay, host: str) -> None:
    is_own = host == "localhost"
    whole = f"http://{host}/api/rooms".encode()
    answer = await talk(
        relay, b"GET %b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % whole
    )
    assert answer.startswith(b"HTTP/1.1 200 " if is_own else b"HTTP/1.1 421 ")
    assert (b'"web_rid"' in answer) == is_own
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        writer.write(handshake(relay, f"http://{host}/ws?room_id=1", host="localhost"))
        line = await reader.readline()
    assert line.startswith(b"HTTP/1.1 101 " if is_own else b"HTTP/1.1 421 ")


def test_null_is_an_origin_like_others() -> None:
    assert check_request(["localhost"], ["null"], ServerConfig()) == "origin"


@pytest.mark.parametrize(
    ("sites", "verdict"),
    [
        ([], "ok"),
        (["none"], "ok"),
        (["same-origin"], "ok"),
        (["cross-site"], "origin"),
        (["same-site"], "origin"),
        (["none", "cross-site"], "origin"),
    ],
)
def test_what_a_foreign_page_loads_has_no_origin_but_a_site(sites: list[str], verdict: str) -> None:
    assert check_request(["localhost"], [], CONFIG, sites=sites) == verdict
    listed = ["http://app.example:5173"]
    assert check_request(["localhost"], listed, CONFIG, sites=sites) == "ok"


async def test_a_foreign_host_is_refused_over_http_and_websocket(relay: Relay) -> None:
    answer = await talk(
        relay, b"GET /api/rooms HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 421 ")
    assert b'"wrong_host"' in answer
    assert b'"web_rid"' not in answer
    answer = await talk(relay, handshake(relay, host="evil.example"))
    assert answer.startswith(b"HTTP/1.1 421 ")


async def test_a_foreign_page_gets_403_over_http_and_does_nothing(relay: Relay) -> None:
    async with aiohttp.ClientSession(headers={"Origin": "http://evil.example"}) as http:
        async with http.post(f"{relay.url}/api/rooms", json={"room": "9"}) as answer:
            assert answer.status == 403
            assert (await answer.json())["error"]["code"] == "forbidden_origin"
            assert "Access-Control-Allow-Origin" not in answer.headers
        async with http.delete(f"{relay.url}/api/rooms/1") as answer:
            assert answer.status == 403
    assert set(relay.rooms.rooms) == {"1", "2"}


LOADED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
FOLLOWED = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


async def test_a_foreign_page_can_load_nothing_and_start_nothing(relay: Relay) -> None:
    async with aiohttp.ClientSession(relay.url, headers=LOADED) as http:
        for path in ("/events?room_id=9", "/douyin/liveroom/chat?room_id=9", "/healthz", "/"):
            async with http.get(path) as answer:
                assert answer.status == 403
                assert "forbidden_origin" in await answer.text()
    assert set(relay.rooms.rooms) == {"1", "2"}


async def test_a_link_on_a_foreign_page_leads_to_pages_only(relay: Relay) -> None:
    async with aiohttp.ClientSession(relay.url, headers=FOLLOWED) as http:
        for path, status in (("/", 200), ("/overlay", 308), ("/overlay/chat", 200)):
            async with http.get(path, allow_redirects=False) as answer:
                assert answer.status == status
        for path in ("/events?room_id=9", "/api/rooms", "/metrics", "/web/dashboard/main.js"):
            async with http.get(path) as answer:
                assert answer.status == 403
        async with http.post("/", data=b"x") as answer:
            assert answer.status == 403
    assert set(relay.rooms.rooms) == {"1", "2"}


async def test_a_foreign_page_learns_by_close_code_and_does_nothing(relay: Relay) -> None:
    async with relay.connect("?room_id=9", origin="http://evil.example") as connection:
        with pytest.raises(ConnectionClosed) as caught:
            await receive(connection)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 3503
    assert "9" not in relay.rooms.rooms


async def test_allowed_and_own_pages_are_served() -> None:
    config = ServerConfig(port=0, allowed_origins=["http://app.example:5173"])
    async with relay_running(server=config) as relay:
        for origin in ("http://app.example:5173", relay.url):
            async with relay.connect(origin=origin) as connection:
                assert (await receive(connection))[0]["op"] == "hello"
            async with (
                aiohttp.ClientSession(headers={"Origin": origin}) as http,
                http.get(f"{relay.url}/healthz") as answer,
            ):
                assert answer.status == 200
                assert answer.headers["Access-Control-Allow-Origin"] == origin


async def test_browsers_may_ask_first_whether_an_allowed_page_may_post() -> None:
    config = ServerConfig(port=0, allowed_origins=["http://app.example:5173"])
    asked = {"Access-Control-Request-Method": "POST", "Origin": "http://app.example:5173"}
    async with relay_running(server=config) as relay, aiohttp.ClientSession() as http:
        async with http.options(f"{relay.url}/api/rooms", headers=asked) as answer:
            assert answer.status == 204
            assert "POST" in answer.headers["Access-Control-Allow-Methods"]
            assert answer.headers["Access-Control-Allow-Origin"] == "http://app.example:5173"
        asked["Origin"] = "http://evil.example"
        async with http.options(f"{relay.url}/api/rooms", headers=asked) as answer:
            assert answer.status == 403


async def test_a_client_too_many_is_told_so() -> None:
    async with relay_running(server=ServerConfig(port=0, max_clients=1)) as relay:
        async with relay.connect() as connection:
            await receive(connection)
            with pytest.raises(InvalidStatus) as caught:
                await relay.connect()
            assert caught.value.response.status_code == 503
            assert b"max_clients" in (caught.value.response.body or b"")
        async with relay.connect() as connection:
            await receive(connection)
