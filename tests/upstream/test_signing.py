"""Signed URLs: what is asked for, who signs it, which host it goes to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from fake_douyin import ROOM_ID, FakeDouyin, empty, fake_douyin, json_answer

from relay.config import BrowserConfig, SignerConfig
from relay.errors import ConfigError, UpstreamError
from relay.upstream.browser.pages import BrowserPages
from relay.upstream.client import Timings, Upstream
from relay.upstream.http import USER_AGENT, HttpClient
from relay.upstream.identity import new_visitor_id
from relay.upstream.params import push_query, push_stub
from relay.upstream.signers.chain import Chain, make_chain
from relay.upstream.signers.signing import Signed
from relay.upstream.transports.push_urls import PushUrls
from relay.webcast.pb.webcast_pb2 import Response

NO_BROWSER = BrowserPages(BrowserConfig(), "http://127.0.0.1:9")
VISITOR = "7300000000000000001"
URL = "wss://webcast100-ws-web-lf.douyin.com/webcast/im/push/v2/?a=1"
REQUEST = "https://live.douyin.com/webcast/ranklist/audience/?aid=6383&a=%20"


@asynccontextmanager
async def signer_of(fake: FakeDouyin, *configs: SignerConfig) -> AsyncIterator[Chain]:
    async with HttpClient() as http:
        chain = make_chain(configs or fake.signs(), http, NO_BROWSER)
        yield chain
        await chain.close()


async def cause_and_text(signer: Chain) -> tuple[str, str]:
    with pytest.raises(UpstreamError) as failure:
        await signer.sign_socket(URL, room_id=ROOM_ID, visitor_id=VISITOR)
    return failure.value.cause, str(failure.value)


def test_the_query_is_the_pages_in_its_order() -> None:
    names = [name for name, _ in parse_qsl(push_query(ROOM_ID, VISITOR, "c", "i"), True)]
    assert names == [
        "app_name", "version_code", "webcast_sdk_version", "update_version_code", "compress",
        "device_platform", "cookie_enabled", "screen_width", "screen_height", "browser_language",
        "browser_platform", "browser_name", "browser_version", "browser_online", "tz_name",
        "cursor", "internal_ext", "host", "aid", "live_id", "did_rule", "endpoint",
        "support_wrds", "user_unique_id", "im_path", "identity", "need_persist_msg_count",
        "insert_task_id", "live_reason", "room_id", "heartbeatDuration",
    ]  # fmt: skip


def test_the_query_survives_what_upstream_puts_into_its_position() -> None:
    internal_ext = "internal_src:dim|wss_info:0-1&x=2#+ 中"
    query = push_query(ROOM_ID, VISITOR, "t-1&r=2", internal_ext)
    pairs = dict(parse_qsl(query, True, strict_parsing=True))
    assert (pairs["cursor"], pairs["internal_ext"]) == ("t-1&r=2", internal_ext)
    assert pairs["room_id"] == ROOM_ID
    assert "cursor" not in dict(parse_qsl(push_query(ROOM_ID, VISITOR, "", "")))


def test_a_visitor_has_nineteen_digits() -> None:
    random = Random(3)
    ids = {new_visitor_id(random) for _ in range(1000)}
    assert len(ids) == 1000
    assert all(7_300_000_000_000_000_000 <= int(i) < 8_000_000_000_000_000_000 for i in ids)


async def test_without_a_signer_urls_stay_as_they_are() -> None:
    async with HttpClient() as http:
        chain = make_chain([], http, NO_BROWSER)
        signed, by = await chain.sign_socket(URL, room_id=ROOM_ID, visitor_id=VISITOR)
    assert by == ""
    assert (signed.signed_url, signed.headers, signed.cookies) == (URL, {}, {})


async def test_a_signer_is_told_what_it_needs_and_no_cookie() -> None:
    async with fake_douyin() as fake, signer_of(fake) as signer:
        fake.signer = json_answer(
            {"signed_url": URL + "&signature=abc", "headers": {"X-A": "1"}, "cookies": {"c": "2"}}
        )
        signed, _ = await signer.sign_socket(URL, room_id=ROOM_ID, visitor_id=VISITOR)

    assert signed.signed_url == URL + "&signature=abc"
    assert (signed.headers, signed.cookies) == ({"X-A": "1"}, {"c": "2"})
    assert fake.bodies == [
        {
            "kind": "ws",
            "url": URL,
            "method": "GET",
            "user_agent": USER_AGENT,
            "room_id": ROOM_ID,
            "user_unique_id": VISITOR,
            "x_ms_stub": push_stub(ROOM_ID, VISITOR),
        }
    ]
    assert "Cookie" not in fake.requests[0].headers


@pytest.mark.parametrize(
    "answer",
    [
        empty,
        lambda _request: web.Response(status=500),
        lambda _request: web.Response(text="no json"),
        lambda _request: web.Response(
            status=302, headers={"Location": "https://elsewhere.example/"}
        ),
        json_answer({}),
        json_answer({"signed_url": 5}),
        json_answer({"signed_url": "wss://evil.example/webcast/im/push/v2/?a=1"}),
        json_answer({"signed_url": "wss://webcast100-ws-web-lf.douyin.com/other?a=1"}),
        json_answer({"signed_url": URL + "&x=\r\nHost: evil"}),
        json_answer({"signed_url": URL, "headers": {"X-A": "1\r\nX-B: 2"}}),
        json_answer({"signed_url": URL, "headers": {"X A": "1"}}),
        json_answer({"signed_url": URL, "headers": {"Host": "evil.example"}}),
        json_answer({"signed_url": URL, "headers": {"sec-websocket-key": "1"}}),
        json_answer({"signed_url": URL, "headers": {str(n): "1" for n in range(100)}}),
        json_answer({"signed_url": URL, "cookies": {"a": "1; b=2\n"}}),
    ],
)
async def test_a_signer_that_fails_is_not_taken_for_upstream(answer: object) -> None:
    async with fake_douyin() as fake, signer_of(fake) as signer:
        fake.signer = answer  # type: ignore[assignment]
        cause, text = await cause_and_text(signer)
    assert cause == "signer"
    assert "signer" in text


async def test_a_signer_that_is_down_is_not_taken_for_upstream() -> None:
    async with fake_douyin() as fake:
        pass
    async with signer_of(fake) as signer:
        cause, text = await cause_and_text(signer)
    assert (cause, "can't be reached" in text) == ("signer", True)


# Requests


async def test_a_request_is_signed_by_the_same_contract() -> None:
    async with fake_douyin() as fake, signer_of(fake) as signer:
        fake.signer = json_answer(
            {"signed_url": REQUEST + "&a_bogus=x%2F", "cookies": {"UIFID": "1"}, "user_agent": "B"}
        )
        signed = await signer.sign_http(REQUEST)

    assert isinstance(signed, Signed)
    assert (signed.signed_url, signed.cookies, signed.user_agent) == (
        (REQUEST + "&a_bogus=x%2F", {"UIFID": "1"}, "B")
    )
    assert fake.bodies == [
        {"kind": "http", "url": REQUEST, "method": "GET", "user_agent": USER_AGENT}
    ]
    assert "Cookie" not in fake.requests[0].headers


async def test_signatures_are_counted() -> None:
    async with fake_douyin() as fake:
        config = fake.config(push_urls=["ws://127.0.0.1:9"])
        async with Upstream(config, Timings(), signers=fake.signs()) as upstream:
            with pytest.raises(UpstreamError):
                await upstream.signers.sign_http(REQUEST)
            fake.signer = json_answer({"signed_url": REQUEST})
            await upstream.signers.sign_http(REQUEST)
            assert upstream.api.signatures == {("relay", "failed"): 1, ("relay", "ok"): 1}


async def test_a_request_without_a_signer_is_not_made() -> None:
    async with HttpClient() as http:
        with pytest.raises(UpstreamError, match=r"\[\[signers\]\]") as refusal:
            await make_chain([], http, NO_BROWSER).sign_http(REQUEST)
    assert refusal.value.cause == "signer_missing"


@pytest.mark.parametrize(
    "answer",
    [
        {"signed_url": "https://evil.example/webcast/ranklist/audience/?a=1"},
        {"signed_url": "http://live.douyin.com/webcast/ranklist/audience/?a=1"},
        {"signed_url": "https://live.douyin.com/else/?a=1"},
        {"signed_url": REQUEST + "&b=1 HTTP/1.1"},
        {"signed_url": REQUEST, "headers": {"Content-Length": "5"}},
        {"signed_url": REQUEST, "headers": {"accept-encoding": "br"}},
        {"signed_url": REQUEST, "headers": {"Proxy-Authorization": "x"}},
        {"signed_url": REQUEST, "headers": {"Cookie": "x=1"}},
    ],
)
async def test_a_signer_may_not_lead_a_request_elsewhere(answer: object) -> None:
    async with fake_douyin() as fake, signer_of(fake) as signer:
        fake.signer = json_answer(answer)
        with pytest.raises(UpstreamError) as refusal:
            await signer.sign_http(REQUEST)
    assert refusal.value.cause == "signer"


@pytest.mark.parametrize("url", ["http://signer.example/", "http://10.0.0.1:8080/sign"])
async def test_a_signer_in_the_clear_is_refused(url: str) -> None:
    async with HttpClient() as http:
        with pytest.raises(ConfigError, match=r"signers\[0\]: .* in the clear"):
            make_chain([SignerConfig(kind="http", url=url)], http, NO_BROWSER)
        for allowed in ("https://signer.example/", "http://127.0.0.1:1/"):
            make_chain([SignerConfig(kind="http", url=allowed)], http, NO_BROWSER)


# Hosts

LF = "wss://webcast100-ws-web-lf.douyin.com"
LQ = "wss://webcast100-ws-web-lq.douyin.com/webcast/im/push/v2/"


def test_push_urls_are_taken_in_turn() -> None:
    urls = PushUrls([LF, LQ, "wss://x.douyin.com/own/path"])
    assert [urls.at(turn) for turn in range(4)] == [
        LF + "/webcast/im/push/v2/",
        LQ,
        "wss://x.douyin.com/own/path",
        LF + "/webcast/im/push/v2/",
    ]


@pytest.mark.parametrize(
    "named", ["webcast5-ws-web-hl.douyin.com", "wss://webcast5-ws-web-hl.douyin.com/else/where?x=1"]
)
def test_the_host_that_upstream_names_is_tried_first(named: str) -> None:
    urls = PushUrls([LF])
    answer = Response(push_server=named, proxy_server="other.douyin.com")
    assert urls.note(answer)
    assert urls.at(0) == "wss://webcast5-ws-web-hl.douyin.com/webcast/im/push/v2/"
    assert urls.at(1).startswith(LF)
    assert not urls.note(answer)


def test_a_host_that_is_configured_and_named_has_one_turn() -> None:
    urls = PushUrls([LF, LQ])
    urls.note(Response(push_server=LQ))
    assert [urls.at(turn) for turn in range(3)] == [LQ, LF + "/webcast/im/push/v2/", LQ]


@pytest.mark.parametrize(
    "named",
    [
        "evil.example",
        "evildouyin.com",
        "douyin.com.evil.example",
        "webcast.douyin.com@evil.example",
        "user@webcast.douyin.com",
        "127.0.0.1:22",
        "localhost",
        "169.254.169.254",
        "[::1",
        "a b.douyin.com:x",
        "抖音.douyin.com",
        "",
    ],
)
def test_other_hosts_are_not_followed(named: str) -> None:
    urls = PushUrls([LF])
    urls.note(Response(push_server_v2=named))
    assert urls.at(0) == LF + "/webcast/im/push/v2/"


def test_a_simulators_answers_do_not_lead_to_douyin() -> None:
    urls = PushUrls(["ws://127.0.0.1:1234"])
    urls.note(Response(push_server="webcast5-ws-web-hl.douyin.com"))
    assert urls.at(0) == "ws://127.0.0.1:1234/webcast/im/push/v2/"
    urls.note(Response(push_server="ws://127.0.0.1:4321"))
    assert urls.at(0) == "ws://127.0.0.1:4321/webcast/im/push/v2/"
