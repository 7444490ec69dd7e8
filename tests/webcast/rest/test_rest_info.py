"""One room, by each of upstream's three sources."""

import json
from typing import Any

import pytest

from relay.errors import UpstreamError
from relay.webcast.rest.info import info_from_enter, info_from_page, info_from_reflow

ROOM_ID = 7_000_000_000_000_000_001
ANCHOR = {"id_str": "100000000000001", "nickname": "某主播", "sec_uid": "MS4wLjABAAAAinvented"}


def reflow(data: Any, **more: Any) -> bytes:
    return json.dumps({"data": data, "status_code": 0, "extra": {"now": 5}, **more}).encode()


def enter(room: dict[str, Any] | None, **data: Any) -> bytes:
    return reflow({"data": [room] if room else [], **data})


def cause_of(call: Any, *arguments: Any) -> str:
    with pytest.raises(UpstreamError) as refusal:
        call(*arguments)
    return refusal.value.cause


def test_an_ended_room_is_a_room() -> None:
    info = info_from_reflow(reflow({"room": {"id_str": str(ROOM_ID), "status": 4}, "user": {}}))
    assert info.document["data"]["status"] == 4
    assert info.document["data"]["id"] == ROOM_ID
    assert info.document["extra"] == {"now": 5}
    assert info.document["status_code"] == 0


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (reflow({"room": None}), "unknown_room"),
        (reflow({"user": {}}), "unknown_room"),
        (reflow(None), "bad_body"),
        (reflow({"room": [1]}), "bad_body"),
        (reflow({"room": {"title": "无号"}}), "bad_body"),
        (reflow({"room": {"id": 0}}), "bad_body"),
        (reflow({"room": {"id": -5}}), "bad_body"),
        (reflow({"room": {"id": 7.0e18}}), "bad_body"),
    ],
)
def test_answers_without_a_room(body: bytes, cause: str) -> None:
    assert cause_of(info_from_reflow, body) == cause


def test_web_enter_in_the_mobile_rooms_shape() -> None:
    info = info_from_enter(
        enter(
            {
                "id_str": str(ROOM_ID),
                "status": 2,
                "user_count_str": "2000+",
                "like_count": 756,
                "owner_user_id_str": "",
                "stats": {"user_count_str": "2163", "total_user_str": "1.2万", "like_count": 0},
                "room_view_stats": {"display_type": 3, "display_value": 12_345},
            },
            user=ANCHOR,
            room_status=0,
        )
    )
    room = info.document["data"]
    assert (room["id"], room["id_str"], room["status"]) == (ROOM_ID, str(ROOM_ID), 2)
    assert (room["user_count"], room["user_count_str"]) == (2163, "2000+")
    assert room["stats"]["total_user"] == 12_345
    assert room["like_count"] == 756
    assert (room["owner"]["nickname"], room["owner"]["id"]) == ("某主播", 100000000000001)
    assert (room["owner_user_id"], room["owner_user_id_str"]) == (
        100000000000001,
        "100000000000001",
    )
    assert str(ROOM_ID) in room["share_url"]
    assert (room["create_time"], room["start_time"]) == (0, 0)
    assert {"data.create_time", "data.start_time", "data.living_room_attrs"} <= set(info.missing)
    assert not {"data.user_count", "data.like_count", "data.owner"} & set(info.missing)


def test_numbers_that_web_enter_only_shows_are_no_numbers() -> None:
    stats = {"user_count_str": "2000+", "total_user_str": "1.2万"}
    info = info_from_enter(
        enter(
            {
                "id_str": str(ROOM_ID),
                "stats": stats,
                "room_view_stats": {"display_type": 1, "display_value": 2000},
            },
            user=ANCHOR,
        )
    )
    room = info.document["data"]
    assert (room["user_count"], room["stats"]["total_user"]) == (0, 0)
    assert {"data.user_count", "data.stats.total_user"} <= set(info.missing)


@pytest.mark.parametrize(
    ("room", "room_status", "status"),
    [
        ({"status": 4}, 0, 4),
        ({"status_str": "3"}, 2, 3),
        ({}, 0, 2),
        ({}, 1, 2),
        ({}, 2, 4),
        ({"status": 0}, 2, 4),
        ({}, 9, 0),
        ({}, None, 0),
    ],
)
def test_status_of_web_enter(room: dict[str, Any], room_status: int | None, status: int) -> None:
    body = enter({"id_str": str(ROOM_ID), **room}, room_status=room_status)
    info = info_from_enter(body)
    assert info.document["data"]["status"] == status
    assert ("data.status" in info.missing) == (status == 0)


def test_web_enter_without_a_room() -> None:
    info = info_from_enter(enter(None, enter_room_id=str(ROOM_ID), user=ANCHOR, room_status=2))
    assert (info.document["data"]["id"], info.document["data"]["status"]) == (ROOM_ID, 4)
    # The account exists, but there never was a room.
    assert cause_of(info_from_enter, enter(None, user=ANCHOR, room_status=2)) == "unknown_room"
    assert cause_of(info_from_enter, enter(None, room_status=2)) == "bad_body"
    assert cause_of(info_from_enter, reflow(None)) == "bad_body"


def page(**info: Any) -> dict[str, Any]:
    return {"roomStore": {"roomInfo": info}}


def test_the_state_of_a_page_without_its_references() -> None:
    state = page(
        room={
            "id_str": str(ROOM_ID),
            "status": 2,
            "title": "$$1 一件",
            "cover": "$1f",
            "introduction": "$undefined",
            "tags": ["好", "$2a"],
            "vid": "半个\ud83d",
            "like_count": float("nan"),
        },
        roomId=str(ROOM_ID),
        web_rid="80000000001",
        anchor=ANCHOR,
    )
    info = info_from_page(state, 1_700_000_000_000)
    room = info.document["data"]
    assert (room["id"], room["status"], room["title"]) == (ROOM_ID, 2, "$1 一件")
    assert (room["introduction"], room["vid"], room["like_count"]) == ("", "半个?", 0)
    assert room["tags"] == ["好", None]
    assert room["cover"]["url_list"] == []
    assert (room["owner"]["web_rid"], room["owner"]["nickname"]) == ("80000000001", "某主播")
    assert info.document["extra"] == {"now": 1_700_000_000_000}
    assert {"data.cover", "data.introduction", "data.like_count"} <= set(info.missing)


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (None, "bad_body"),
        ({}, "bad_body"),
        ({"roomStore": []}, "bad_body"),
        (page(room=None), "bad_body"),
        (page(room={"id_str": "$1f"}, roomId="0"), "bad_body"),
        (page(room={}, anchor=ANCHOR), "unknown_room"),
    ],
)
def test_pages_without_a_room(state: object, cause: str) -> None:
    assert cause_of(info_from_page, state, 0) == cause
