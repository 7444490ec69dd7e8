"""Douyin's own hosts, answered in their place: what the default configuration asks them for."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aioresponses import CallbackResult, aioresponses

from relay.config import SignerConfig, UpstreamConfig
from relay.errors import UpstreamError
from relay.upstream.api import LiveApi
from relay.upstream.client import Timings, Upstream
from relay.upstream.names import parse_room_name
from relay.upstream.status import Status

WEB_RID = "80000000001"
ROOM_ID = "7000000000000000001"
HOME = "https://live.douyin.com/"
PAGE = f"https://live.douyin.com/{WEB_RID}"
ENTER = "https://live.douyin.com/webcast/room/web/enter/"
REFLOW = "https://webcast.amemv.com/webcast/room/reflow/info/"
FEED = "https://live.douyin.com/webcast/feed/"
AUDIENCE = "https://live.douyin.com/webcast/ranklist/audience/"
PROMOTIONS = "https://live.douyin.com/live/promotions/pop/v3/"
SIGNER = "https://signer.example/sign"
ANCHOR_ID = "60000000001"
SEC_UID = "MS4wLjABinvented"
CHROME = "5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"
BROWSER = {
    "cookie_enabled": "true",
    "screen_width": "1920",
    "screen_height": "1080",
    "browser_language": "zh-CN",
    "browser_platform": "Win32",
    "browser_name": "Mozilla",
}


class _Response(aiohttp.ClientResponse):
    """What aioresponses makes an answer of; it does not know aiohttp's newest argument."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, stream_writer=Mock(output_size=0), **kwargs)


class Hosts:
    """Douyin's hosts as far as a test has them answer; any other request fails."""

    def __init__(self, mock: aioresponses) -> None:
        self._mock = mock
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def answer(self, url: str, body: bytes, **headers: str) -> None:
        def note(asked: Any, **request: Any) -> CallbackResult:
            request["query"] = asked.raw_query_string
            self.asked.append((str(asked.with_query(None)), request))
            return CallbackResult(body=body, headers=headers, response_class=_Response)

        self._mock.get(_any_query(url), callback=note, repeat=True)

    def sign(self, answer: dict[str, Any]) -> None:
        """Sign by appending; `answer` is what goes with it."""

        def note(_asked: Any, **request: Any) -> CallbackResult:
            self.asked.append((SIGNER, request))
            signed = request["json"]["url"] + "&a_bogus=mQ%2Fx%3D"
            body = json.dumps({"signed_url": signed, **answer}).encode()
            return CallbackResult(body=body, response_class=_Response)

        self._mock.post(SIGNER, callback=note, repeat=True)

    def requests(self, url: str) -> list[dict[str, Any]]:
        return [request for asked, request in self.asked if asked == url]


def _any_query(url: str) -> re.Pattern[str]:
    return re.compile(re.escape(url) + r"(\?.*)?$")


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with aioresponses() as mock:
        yield Hosts(mock)


def document(**data: Any) -> bytes:
    return json.dumps({"status_code": 0, "extra": {"now": 1}, "data": data}).encode()


async def test_a_room_is_found_on_the_live_host_with_an_anonymous_cookie(hosts: Hosts) -> None:
    hosts.answer(HOME, b"<html></html>", **{"Set-Cookie": "ttwid=anonymous; Path=/"})
    room = {"id_str": ROOM_ID, "status": 2, "title": "画画"}
    hosts.answer(ENTER, document(data=[room], room_status=0, user={"nickname": "某人"}))
    async with Upstream(UpstreamConfig(), Timings()) as upstream:
        info = await upstream.resolver.look(parse_room_name(WEB_RID))

    assert (info.status, info.room_id, info.title) == (Status.ONLINE, ROOM_ID, "画画")
    (request,) = hosts.requests(ENTER)
    assert ("web_rid", WEB_RID) in request["params"]
    assert ("aid", "6383") in request["params"]
    assert request["headers"]["Cookie"] == "ttwid=anonymous"
    assert request["headers"]["Referer"] == PAGE


async def test_a_room_id_is_looked_up_on_the_webcast_host_without_cookies(hosts: Hosts) -> None:
    room = {"id_str": ROOM_ID, "status": 2, "owner": {"web_rid": WEB_RID, "nickname": "某人"}}
    hosts.answer(REFLOW, document(room=room))
    async with Upstream(UpstreamConfig(), Timings()) as upstream:
        info = await upstream.resolver.look(parse_room_name(ROOM_ID))

    assert (info.status, info.web_rid, info.anchor) == (Status.ONLINE, WEB_RID, "某人")
    (request,) = hosts.requests(REFLOW)
    assert ("room_id", ROOM_ID) in request["params"]
    assert "Cookie" not in request["headers"]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"", "empty_body"),
        (b"<!doctype html><title>\xe9\xaa\x8c\xe8\xaf\x81\xe7\xa0\x81</title>", "captcha"),
        (b'{"status_code": 20003, "data": {"prompts": "..."}}', "login_wanted"),
        (b'{"status_code": 10011, "data": {"message": "Request params error"}}', "bad_params"),
        (b'{"status_code": "?"}', "bad_body"),
    ],
)
async def test_a_refusal_leaves_the_status_unknown_and_names_its_cause(
    hosts: Hosts, body: bytes, cause: str
) -> None:
    hosts.answer(HOME, b"<html></html>", **{"Set-Cookie": "ttwid=anonymous; Path=/"})
    hosts.answer(ENTER, body)
    hosts.answer(PAGE, b"")
    async with Upstream(UpstreamConfig(), Timings()) as upstream:
        info = await upstream.resolver.look(parse_room_name(WEB_RID))

    assert info.status is Status.UNKNOWN
    assert info.cause == cause


# What the REST endpoints ask


def params_of(request: dict[str, Any]) -> dict[str, str]:
    """Give the parameters of a request; none may be there twice."""
    pairs = list(request["params"]) or parse_qsl(request["query"], True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.fixture
async def api(hosts: Hosts) -> AsyncIterator[LiveApi]:
    hosts.answer(HOME, b"<html></html>", **{"Set-Cookie": "ttwid=anonymous; Path=/"})
    signers = [SignerConfig(kind="http", url=SIGNER)]
    async with Upstream(UpstreamConfig(), Timings(), signers=signers) as upstream:
        yield upstream.api


async def test_info_asks_reflow_by_room_id(hosts: Hosts, api: LiveApi) -> None:
    hosts.answer(REFLOW, document(room={"id_str": ROOM_ID, "status": 4, "title": "画画"}))
    answer = await api.info(ROOM_ID)
    assert (answer.source, "画画".encode() in bytes(answer.data)) == ("reflow", True)
    (request,) = hosts.requests(REFLOW)
    assert params_of(request) == {
        "type_id": "0",
        "live_id": "1",
        "room_id": ROOM_ID,
        "sec_user_id": "",
        "version_code": "99.99.99",
        "app_id": "6383",
        "verifyFp": "",
    }
    assert "Cookie" not in request["headers"]
    assert hosts.requests(HOME) == []


async def test_info_asks_web_enter_for_the_room_id_of_a_web_rid(hosts: Hosts, api: LiveApi) -> None:
    room = {"id_str": ROOM_ID, "status": 2, "title": "画画"}
    hosts.answer(ENTER, document(data=[room], room_status=0, user={"nickname": "某人"}))
    hosts.answer(REFLOW, b"")
    answer = await api.info(WEB_RID)
    assert answer.source == "web_enter"
    (request,) = hosts.requests(ENTER)
    params = params_of(request)
    assert params.pop("browser_version").startswith(CHROME)
    assert params == BROWSER | {
        "aid": "6383",
        "app_name": "douyin_web",
        "live_id": "1",
        "device_platform": "web",
        "language": "zh-CN",
        "enter_from": "web_live",
        "web_rid": WEB_RID,
        "room_id_str": "",
        "enter_source": "",
        "is_need_double_stream": "false",
        "insert_task_id": "",
        "live_reason": "",
    }
    assert request["headers"]["Referer"] == PAGE
    assert request["headers"]["Cookie"] == "ttwid=anonymous"


async def test_the_feed_is_asked_for_unsigned(hosts: Hosts, api: LiveApi) -> None:
    item = {"type": 1, "rid": "x", "data": {"id_str": ROOM_ID, "status": 0}}
    body = {"status_code": 0, "data": [item], "extra": {"now": 1, "has_more": True}}
    hosts.answer(FEED, json.dumps(body).encode())
    assert (await api.feed(20, enrich=False)).source == "feed"
    (request,) = hosts.requests(FEED)
    assert params_of(request) == {
        "aid": "6383",
        "app_name": "douyin_web",
        "need_map": "1",
        "is_draw": "1",
        "inner_from_drawer": "0",
        "enter_source": "source_key=web_homepage_hot_web_live_card",
    }
    assert request["headers"]["Referer"] == HOME
    assert request["headers"]["Cookie"] == "ttwid=anonymous"
    assert hosts.requests(SIGNER) == []


@pytest.fixture
def room(hosts: Hosts) -> None:
    owner = {"id_str": ANCHOR_ID, "sec_uid": SEC_UID, "web_rid": WEB_RID}
    hosts.answer(REFLOW, document(room={"id_str": ROOM_ID, "status": 2, "owner": owner}))


@pytest.mark.usefixtures("room")
async def test_contributors_are_asked_for_signed(hosts: Hosts, api: LiveApi) -> None:
    hosts.sign({"cookies": {"msToken": "m"}, "headers": {"x-secsdk": "1"}})
    hosts.answer(AUDIENCE, document(ranks=[], total=0))
    assert (await api.audience(ROOM_ID)).source == "ranklist"
    (request,), (signing,) = hosts.requests(AUDIENCE), hosts.requests(SIGNER)
    assert signing["json"]["url"].startswith(f"{AUDIENCE}?aid=6383&app_name=douyin_web&")
    params = params_of(request)
    assert params.pop("browser_version").startswith(CHROME)
    assert re.fullmatch(r"[A-Za-z0-9]{107}", params.pop("msToken"))
    assert params == BROWSER | {
        "aid": "6383",
        "app_name": "douyin_web",
        "live_id": "1",
        "device_platform": "web",
        "language": "zh-CN",
        "enter_from": "web_live",
        "webcast_sdk_version": "2450",
        "room_id": ROOM_ID,
        "anchor_id": ANCHOR_ID,
        "sec_anchor_id": SEC_UID,
        "ignoreToast": "true",
        "rank_type": "30",
        "update_scene": "rank_message",
        "a_bogus": "mQ/x=",
    }
    assert request["headers"]["Referer"] == PAGE
    assert request["headers"]["x-secsdk"] == "1"
    assert request["headers"]["Cookie"] == "ttwid=anonymous; msToken=m"


@pytest.mark.usefixtures("room")
async def test_goods_are_asked_for_signed(hosts: Hosts, api: LiveApi) -> None:
    hosts.sign({"cookies": {"UIFID": "u"}, "headers": {"uifid": "u"}})
    hosts.answer(PROMOTIONS, json.dumps({"status_code": 0, "promotions": []}).encode())
    assert (await api.promotions(ROOM_ID)).source == "pop"
    (request,) = hosts.requests(PROMOTIONS)
    params = params_of(request)
    assert params.pop("browser_version").startswith(CHROME)
    assert re.fullmatch(r"[A-Za-z0-9]{107}", params.pop("msToken"))
    assert re.fullmatch(r"7[0-9]{18}", params.pop("webid"))
    assert json.loads(params.pop("entrance_info")) == {
        "room_id": ROOM_ID,
        "anchor_id": ANCHOR_ID,
        "carrier_type": "live_popup_card",
        "ecom_scene_id": "1001",
    }
    assert params == BROWSER | {
        "device_platform": "webapp",
        "aid": "6383",
        "channel": "channel_pc_web",
        "room_id": ROOM_ID,
        "author_id": ANCHOR_ID,
        "live_scene_id": "0",
        "update_version_code": "170400",
        "version_code": "320100",
        "version_name": "32.1.0",
        "browser_online": "true",
        "support_dash": "0",
        "round_trip_time": "50",
        "a_bogus": "mQ/x=",
    }
    assert request["headers"]["uifid"] == "u"
    assert request["headers"]["Cookie"] == "ttwid=anonymous; UIFID=u"


@pytest.mark.parametrize(
    ("body", "cause", "code"),
    [
        (b"", "empty_body", None),
        (b"<!doctype html><title>\xe9\xaa\x8c\xe8\xaf\x81\xe7\xa0\x81</title>", "captcha", None),
        (
            b'{"status_code":20003,"data":{"message":"User doesn\'t login","prompts":""}}',
            "login_wanted",
            20003,
        ),
        (b'{"status_code":4001038,"data":{"prompts":"..."}}', "unknown_room", 4001038),
        # Twice: with our parameters, and without those that can be left out.
        (b'{"status_code":10011,"data":{"message":"Request params error"}}', "unknown_room", 10011),
        (b'{"status_code":100111,"data":{"message":"..."}}', "server_error", 100111),
        (b'{"status_code":0,"data":{}}', "unknown_room", None),
        (b'{"status_code":0', "bad_body", None),
    ],
)
async def test_a_refusal_is_told_with_upstreams_code(
    hosts: Hosts, api: LiveApi, body: bytes, cause: str, code: int | None
) -> None:
    hosts.answer(REFLOW, body)
    with pytest.raises(UpstreamError) as refusal:
        await api.info(ROOM_ID)
    assert (refusal.value.cause, refusal.value.upstream_code) == (cause, code)


async def test_that_a_broadcast_is_over_is_an_answer(hosts: Hosts, api: LiveApi) -> None:
    hosts.answer(REFLOW, b'{"status_code":30003,"data":{"message":"room has finished"}}')
    document = json.loads(bytes((await api.info(ROOM_ID)).data))
    assert (document["data"]["id_str"], document["data"]["status"]) == (ROOM_ID, 4)
