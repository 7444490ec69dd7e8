"""Whatever the bytes: a document that keeps its promises, or an UpstreamError."""

import copy
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.errors import UpstreamError
from relay.webcast.rest.audience import AudienceDocument, audience_from_ranklist
from relay.webcast.rest.documents import FeedDocument, InfoDocument, Shaped, encoded
from relay.webcast.rest.feed import feed_document, feed_room, feed_rooms
from relay.webcast.rest.info import info_from_enter, info_from_page, info_from_reflow
from relay.webcast.rest.people import RankedPerson
from relay.webcast.rest.promotions import (
    Promotion,
    PromotionsDocument,
    promotions_from_pop,
)
from relay.webcast.rest.room import Room
from relay.webcast.rest.shape import shape


def feed_from(body: bytes) -> Shaped:
    feed = feed_rooms(body)
    rooms = [feed_room(room, feed.filling) for room in feed.rooms]
    # Each room makes up for the first, as asking for details would.
    details = Shaped({"data": rooms[0].document}, ("data.owner",)) if rooms else None
    return feed_document(feed, [feed_room(room, feed.filling, details) for room in feed.rooms])


def page_from(body: bytes) -> Shaped:
    # The page's state is read by the standard library, which takes more than JSON has.
    return info_from_page(json.loads(body), 5)


ROOM = {**shape({}, Room, "")[0], "id": 7_000_000_000_000_000_001, "tags": [{"a": [1]}]}
RANK = {"rank": 1, "score": 5, "user": shape({}, RankedPerson, "")[0]}
ANSWERS: dict[str, tuple[Callable[[bytes], Shaped], type[msgspec.Struct], Any]] = {
    "reflow": (info_from_reflow, InfoDocument, {"room": ROOM, "user": {}}),
    "enter": (
        info_from_enter,
        InfoDocument,
        {
            "data": [{**ROOM, "stats": {"user_count_str": "5"}, "room_view_stats": {}}],
            "user": {"nickname": "某", "id_str": "5"},
            "enter_room_id": "7000000000000000001",
            "room_status": 0,
        },
    ),
    "feed": (feed_from, FeedDocument, [{"data": ROOM}, {"data": json.dumps(ROOM)}]),
    "older feed": (feed_from, FeedDocument, {"data": [ROOM]}),
    "ranklist": (audience_from_ranklist, AudienceDocument, {"ranks": [RANK, RANK], "total": 2}),
    "pop": (
        promotions_from_pop,
        PromotionsDocument,
        {"promotions": [shape({}, Promotion, "")[0]], "total": 1},
    ),
}
JUNK = (
    None, True, 0, -1, 2**53 + 1, 2**64, 10**40, 0.5, 7e18, "", "x", "007", "１", "9" * 99, "2000+",
    [], [None], [[]], [{}], ["1"], [1, "2", {}], {}, {"": {}}, {"data": []}, {"url_list": [1]},
    [{"a": 1}] * 300,
)  # fmt: skip


def check(read: Callable[[bytes], Shaped], kind: type[msgspec.Struct], body: bytes) -> None:
    try:
        document, missing = read(body)
    except UpstreamError:
        return
    # Strictly: every key, each of its type.
    msgspec.convert(json.loads(msgspec.json.encode(encoded(document))), kind)
    assert list(missing) == sorted(set(missing))


@pytest.mark.parametrize("name", ANSWERS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_answers_with_parts_that_are_something_else(name: str, seed: int) -> None:
    read, kind, data = ANSWERS[name]
    rng = random.Random(seed)
    answer = {"data": copy.deepcopy(data), "extra": {"now": 5}, "status_code": 0}
    for _ in range(rng.randint(1, 8)):
        _replace_somewhere(answer, rng)
    check(read, kind, json.dumps(answer).encode())


def _replace_somewhere(answer: Any, rng: random.Random) -> None:
    # Mostly inside the data: an answer without it is soon done with.
    data = answer.get("data")
    place = data if isinstance(data, dict | list) and rng.random() < 0.95 else answer
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = rng.choice(keys)
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.1:
            break
        place = inner
    if isinstance(place, dict) and rng.random() < 0.3:
        del place[key]
    else:
        place[key] = copy.deepcopy(rng.choice(JUNK))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(value=JSON)
def test_any_json(value: Any) -> None:
    for read, kind, _ in ANSWERS.values():
        for answer in (value, {"data": value, "status_code": 0}):
            check(read, kind, json.dumps(answer).encode())
    for state in (value, {"roomStore": {"roomInfo": {"roomId": "7", "room": value}}}):
        check(page_from, InfoDocument, json.dumps(state).encode())


@given(body=st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    for read, kind, _ in ANSWERS.values():
        check(read, kind, body)


@pytest.mark.parametrize("levels", [100, 500, 800, 900, 940, 960, 980, 990, 100_000])
def test_nesting(levels: int) -> None:
    nest = "[" * levels + "]" * levels
    room = f'{{"id":7,"tags":{nest},"owner":{nest},"new":{nest}}}'
    bodies = {
        info_from_reflow: f'{{"data":{{"room":{room}}},"status_code":0}}',
        info_from_enter: f'{{"data":{{"data":[{room}],"user":{nest}}},"status_code":0}}',
        feed_from: f'{{"data":[{{"data":{room}}},{{"data":"{nest}"}}],"status_code":0}}',
    }
    for read, body in bodies.items():
        with suppress(UpstreamError):
            encoded(read(body.encode()).document)


def test_a_page_nested_too_deeply_loses_only_what_is_too_deep() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    state = {"roomStore": {"roomInfo": {"room": {"id": 7, "title": "题", "new": deep}}}}
    shaped = info_from_page(state, 5)
    assert shaped.document["data"]["title"] == "题"
    encoded(shaped.document)


def test_few_bytes_do_not_become_many_objects() -> None:
    many = [{"a": 1}] * 100_000
    fans = {"top_fans": [{"a": 1}] * 200}
    badges = {"top_fans": [{"user": {"badge_image_list": [{"a": 1}] * 200}}] * 200}
    for read, data in (
        (audience_from_ranklist, {"ranks": many}),
        (info_from_reflow, {"room": {"id": 7, "top_fans": many}}),
        (info_from_reflow, {"room": {"id": 7, **badges}}),
        (feed_from, [{"data": {"id": 7}}] * 50_000),
        (feed_from, [{"data": {"id": 7, **fans}}] * 100),
        (feed_from, [{"data": json.dumps({"id": 7, **badges})}] * 20),
        (promotions_from_pop, {"promotions": many}),
    ):
        shaped = read(json.dumps({"data": data, "status_code": 0}).encode())
        assert len(bytes(encoded(shaped.document))) < 4_000_000
        assert any(path.endswith("[]") for path in shaped.missing)
