"""Queries that are malformed in every way are refused in words, and never crash anything."""

import itertools
import re
from random import Random
from urllib.parse import quote

import pytest
from asking import BASE, Rest
from serving import Relay

ROOM_IDS = [
    "", "0", "00", "05", "-5", "+5", "5.0", "5e3", "1_000", " 5", "5 ", "0x5", "nan", "inf", "null",
    "undefined", "[5]", "{5}", "5;6", "5%006", "5/6", "５", "٥", "一", "²", "true", "5,6",
    "5,", ",5",
    str(2**63), str(2**64), "9" * 20, "9" * 21, "9" * 300, "a", "abc", "5\n", "5\r\n", "\t5", "'5'",
    "5'or'1'='1", "../5", "%", "5\u200b", "5\ufeff", "\u202e5", "😀",
]  # fmt: skip
"""None of them is the number of a room."""
HANDLES = [
    "", ".", "..", "a b", "a/b", "a" * 65, "名字", "a%b", "a,b", "a?b", "ａ", "a\x00", "a\n",
    "6843198199583378191", "http://live.douyin.com/5", "a@b",
]  # fmt: skip
NUMBERS = ["", "-1", "1.5", "1e1", "01", " 1", "1 ", "one", "１", "9999999999", "0x1", "1_0", "NaN"]
CURSORS = ["", ":", "1", "a:b", "a:-1", "a:01", "A:1", "a:1:2", "a:1 ", "é:1", "a" * 33 + ":1"]
FORMATS = ["", "2021", "V2021", "v2022", "json", "v2021,v2020"]


def cases() -> list[str]:
    """Path and query of each malformed request."""
    one_room = ("info", "chat", "promotions", "audience")
    good = "room_id=5"
    found = [f"{e}?room_id={quote(v)}" for e in one_room for v in ROOM_IDS]
    found += [f"{e}?web_rid={quote(v)}" for e in one_room for v in HANDLES]
    found += [f"status?room_id={quote(v)}" for v in ROOM_IDS if v != "5,6"]
    found += [f"status?web_rid={quote(v)}" for v in HANDLES if v != "a,b"]
    found += [f"status?room_id={','.join(str(n) for n in range(1, 52))}"]
    found += [f"status?room_id=5,{quote(v)},6" for v in ROOM_IDS if v != "5,6"]
    for name, values in (
        ("limit", [*NUMBERS, "0", "501"]),
        ("wait", [*NUMBERS, "26"]),
        ("cursor", CURSORS),
        ("format", FORMATS),
    ):
        found += [f"chat?{good}&{name}={quote(v)}" for v in values]
    found += [f"feed?limit={quote(v)}" for v in [*NUMBERS, "0", "21"]]
    found += [f"feed?enrich={quote(v)}" for v in ["", "2", "true", "yes", "01", "１"]]
    for endpoint in (*one_room, "status"):
        found += [
            endpoint,
            f"{endpoint}?",
            f"{endpoint}?room_id",
            f"{endpoint}?{good}&room_id=6",
            f"{endpoint}?{good}&{good}",
            f"{endpoint}?{good}&web_rid=80000000001",
            f"{endpoint}?{good}&=6",
            f"{endpoint}?room%5Fid=5&room_id=5",
            f"{endpoint}?room_id=%FF",
            f"{endpoint}?room_id=%ED%A0%80",
            f"{endpoint}?room_id=%5",
            f"{endpoint}?room_id=%zz",
            f"{endpoint}?%FF=5",
            f"{endpoint}?" + "&".join(f"a{n}=1" for n in range(100)),
        ]
    return found


async def test_what_is_malformed_is_refused(relay: Relay, rest: Rest) -> None:
    for case in cases():
        reply = await rest.ask("GET", f"{BASE}/{case}")
        assert reply.error == (400, "invalid_param"), case
        assert reply.body["msg"].isascii(), case
        assert len(reply.body["msg"]) < 600, case
    assert relay.live.asked == [], "upstream is not bothered"
    assert set(relay.rooms.rooms) == {"1", "2"}


async def test_what_is_mutilated_at_random_is_no_crash(relay: Relay, rest: Rest) -> None:
    """The same 2000 each time."""
    random = Random(3)
    pieces = [
        "room_id", "web_rid", "cursor", "limit", "wait", "format", "token", "enrich", "=", "=", "=",
        "&", "&", ",", ";", "%", "%00", "%FF", "%26", "%3D", "5", "0", "-1", "1" * 19, "9" * 19,
        "v2020", "abc:1", "'", '"', "<b>", "{}", "[]", "+", "\\", "|", "$(x)", "%E4%BD%A0",
        "~", "..",
    ]  # fmt: skip
    endpoints = ("info", "chat", "promotions", "status", "audience", "feed")
    relay.live.give("feed", "20", {})
    for endpoint, _ in zip(itertools.cycle(endpoints), range(2000), strict=False):
        query = "".join(random.choices(pieces, k=random.randint(1, 12)))
        if re.search(r"(^|&)wait=", query):
            continue
        reply = await rest.ask("GET", f"{BASE}/{endpoint}?{query}")
        assert reply.status in (200, 400, 503), query
        if reply.status == 503:
            assert reply.body["error"]["type"] == "upstream_unavailable", query


@pytest.mark.parametrize("size", [20_000, 1_000_000])
async def test_a_query_that_is_far_too_long_is_refused(relay: Relay, rest: Rest, size: int) -> None:
    url = f"{relay.url}{BASE}/info?room_id={'5' * size}"
    # The first request of a connection, and a later one.
    async with rest.http.get(url) as answer:
        assert answer.status in (400, 414, 431)
        assert b"<" not in await answer.read()
    assert (await rest.get("info")).error == (400, "invalid_param")


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ("romo_id=5", "room_id is missing"),
        ("room_id=5&room_id=5", "given twice"),
        ("room_id=5&web_rid=a", "write one of them"),
        ("", "room_id is missing"),
        ("room_id=6843198199583378432.0", "no zeros in front"),
        ("web_rid=6843198199583378191", "write room_id="),
        ("room_id=5,6", "one room only"),
    ],
)
async def test_a_refusal_says_what_to_do(rest: Rest, query: str, advice: str) -> None:
    assert advice in (await rest.get("info", query)).body["msg"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("room_id=5", "5"),
        ("room_id=%35", "5"),
        ("room_id=6843198199583378191", "6843198199583378191"),
        (f"room_id={2**63 - 1}", str(2**63 - 1)),
        ("web_rid=80000000001", "80000000001"),
        ("web_rid=yall.1102_-", "yall.1102_-"),
        ("room_id=5&token=anything&", "5"),
        ("ROOM_ID=7&room_id[]=8&room_id=5", "5"),
    ],
)
async def test_what_is_well_formed_is_asked_for(
    relay: Relay, rest: Rest, query: str, name: str
) -> None:
    relay.live.give("info", name, {"data": {}})
    assert (await rest.get("info", query)).data == {"data": {}}


@pytest.mark.parametrize("endpoint", ["info", "chat", "promotions", "status", "audience", "feed"])
async def test_parameters_that_an_endpoint_does_not_have_are_ignored_and_named(
    relay: Relay, rest: Rest, endpoint: str
) -> None:
    relay.live.give(endpoint, "20" if endpoint == "feed" else "1", {})
    query = "&_=1699&aid=6383&aid=6383&%E5%90%8D=&token=x&since=%00" + "&x" * 30
    own = "" if endpoint == "feed" else "room_id=1"
    reply = await rest.get(endpoint, own + query)
    assert reply.status == 200
    assert reply.body["meta"]["ignored"] == ["_", "aid", "名", "since", "x"]
    assert (await rest.get(endpoint, own)).body["meta"]["ignored"] == []


async def test_what_is_ignored_of_one_endpoint_is_read_by_another(relay: Relay, rest: Rest) -> None:
    relay.live.give("info", "1", {})
    query = "room_id=1&limit=0&cursor="
    assert (await rest.get("info", query)).body["meta"]["ignored"] == ["limit", "cursor"]
    assert (await rest.get("chat", query)).error == (400, "invalid_param")
