"""Douyin's own hosts, answered in their place: what the default configuration asks them for."""

import json
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from aioresponses import CallbackResult, aioresponses

from relay.config import UpstreamConfig
from relay.upstream.client import Timings, Upstream
from relay.upstream.names import parse_room_name
from relay.upstream.status import Status

WEB_RID = "80000000001"
ROOM_ID = "7000000000000000001"
HOME = "https://live.douyin.com/"
PAGE = f"https://live.douyin.com/{WEB_RID}"
ENTER = "https://live.douyin.com/webcast/room/web/enter/"
REFLOW = "https://webcast.amemv.com/webcast/room/reflow/info/"


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
            self.asked.append((str(asked.with_query(None)), request))
            return CallbackResult(body=body, headers=headers, response_class=_Response)

        self._mock.get(_any_query(url), callback=note, repeat=True)

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
