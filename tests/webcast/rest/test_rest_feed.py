"""Feeds: which rooms they hold, and what is done about what upstream leaves out."""

import json
from typing import Any

import pytest

from relay.errors import UpstreamError
from relay.webcast.rest.feed import MAX_ROOMS, feed_document, feed_room, feed_rooms
from relay.webcast.rest.info import info_from_reflow
from relay.webcast.rest.shape import Filling

ROOM_ID = 7_000_000_000_000_000_001
ROOM: dict[str, Any] = {
    "id": ROOM_ID,
    "id_str": str(ROOM_ID),
    "status": 0,
    "share_url": "",
    "owner_user_id": 0,
    "create_time": 0,
    "stats": {"total_user": 0, "follow_count": 3},
    "owner": {
        "id_str": "100000000000001",
        "nickname": "某主播",
        "own_room": {"room_ids": [7_000_000_000_000_000_000], "room_ids_str": [str(ROOM_ID)]},
    },
}


def feed_of(data: Any, **extra: Any) -> bytes:
    return json.dumps({"data": data, "extra": {"now": 5, **extra}, "status_code": 0}).encode()


def test_what_upstream_leaves_out_is_repaired() -> None:
    room = feed_room(ROOM, Filling()).document
    assert room["status"] == 2
    assert str(ROOM_ID) in room["share_url"]
    assert (room["owner_user_id"], room["owner_user_id_str"]) == (
        100000000000001,
        "100000000000001",
    )
    assert room["owner"]["own_room"]["room_ids"] == [ROOM_ID]
    # Never made up.
    assert (room["create_time"], room["stats"]["total_user"]) == (0, 0)


def test_a_status_that_upstream_tells_stays() -> None:
    assert feed_room({**ROOM, "status": 3}, Filling()).document["status"] == 3


def test_details_fill_in_what_the_feed_has_not() -> None:
    details = info_from_reflow(
        json.dumps(
            {
                "status_code": 0,
                "extra": {"now": 6},
                "data": {
                    "room": {
                        **ROOM,
                        "status": 4,
                        "title": "详情",
                        "create_time": 1_700_000_000,
                        "stats": {"total_user": 500, "follow_count": 9, "money": 1},
                        "further": [1],
                    }
                },
            }
        ).encode()
    )
    plain = feed_room({**ROOM, "title": "原来"}, Filling())
    enriched = feed_room({**ROOM, "title": "原来"}, Filling(), details)
    room = enriched.document
    assert (room["create_time"], room["stats"]["total_user"]) == (1_700_000_000, 500)
    assert (room["title"], room["stats"]["follow_count"]) == ("原来", 3)
    assert room["further"] == [1]
    # It ended since the feed was made.
    assert room["status"] == 4
    assert "data[].stats.money" in plain.missing
    assert "data[].stats.money" not in enriched.missing
    # Neither says it, one of them not even what it is part of.
    bare = feed_room({"id": ROOM_ID}, Filling(), details)
    assert "data[].owner" not in bare.missing
    assert "data[].owner.pay_grade" in bare.missing
    assert bare.document["owner"]["nickname"] == "某主播"


def test_a_feed_keeps_what_goes_with_it() -> None:
    feed = feed_rooms(feed_of([{"data": ROOM}], has_more=True, total=20, offset=0))
    document, missing = feed_document(feed, [feed_room(room, feed.filling) for room in feed.rooms])
    assert document["extra"] == {"now": 5, "has_more": True, "total": 20, "offset": 0}
    assert document["status_code"] == 0
    assert len(document["data"]) == 1
    assert "extra.has_more" not in missing
    assert "data[]" not in missing


def test_an_item_that_is_no_room_costs_only_itself() -> None:
    feed = feed_rooms(
        feed_of([{"data": ROOM}, {"data": "{broken"}, {"data": {"ad": 1}}, None, {"data": "[]"}])
    )
    assert (len(feed.rooms), feed.skipped) == (1, 4)
    shaped = feed_document(feed, [feed_room(feed.rooms[0], feed.filling)])
    assert "data[]" in shaped.missing


def test_an_empty_feed_is_a_feed() -> None:
    feed = feed_rooms(feed_of([]))
    assert feed_document(feed, []).document["data"] == []


def test_a_feed_of_too_many_rooms_is_cut() -> None:
    feed = feed_rooms(feed_of([{"data": ROOM}] * (MAX_ROOMS + 7)))
    assert (len(feed.rooms), feed.skipped) == (MAX_ROOMS, 7)


@pytest.mark.parametrize("data", [None, {}, {"data": None}, "x", [None], [{"data": "x"}]])
def test_answers_that_are_no_feed(data: Any) -> None:
    with pytest.raises(UpstreamError) as refusal:
        feed_rooms(feed_of(data))
    assert refusal.value.cause == "bad_body"
