"""Tables of events: names that stay, whatever an event holds."""

import json
from typing import Any, get_args

import pytest
from storing import BROADCAST, frame

from relay.events import PAYLOAD_TYPES, SHORT_NAMES
from relay.export.columns import Kind, Table, Value

COMMON = [
    "method", "msg_id", "room_id", "web_rid", "epoch", "offset", "time", "content", "user_uid",
    "user_nickname", "user_avatar", "user_unique_id", "user_sec_uid", "user_short_id",
    "user_web_rid", "user_gender", "user_level", "user_fans_club_name", "user_fans_club_level",
    "user_fans_club_status", "user_fans_club_anchor_uid", "user_is_admin", "user_is_super_admin",
    "user_is_anonymous", "user_masked", "user_follower_count", "user_following_count",
    "user_badges",
]  # fmt: skip


def names(*short: str) -> list[str]:
    methods = frozenset(method for name in short for method in SHORT_NAMES[name])
    return [column.name for column in Table(methods).columns]


def values(table: Table, event: dict[str, Any]) -> dict[str, Value]:
    row = table.row(json.dumps(event).encode())
    return dict(zip([column.name for column in table.columns], row, strict=True))


def test_every_table_begins_with_the_same_columns_and_ends_with_the_payload() -> None:
    assert names("like") == [*COMMON, "count", "total", "payload"]
    assert names("chat") == [
        *COMMON, "pieces", "event_time_s", "chat_by", "is_lucky_bag", "chat_tags", "mention_uids",
        "reply_to_msg_id", "payload",
    ]  # fmt: skip
    assert names("gift")[:32] == [*COMMON, "gift_id", "name", "count", "diamond_each"]
    assert "to_user_fans_club_level" in names("gift")
    everything = [column.name for column in Table(None).columns]
    assert everything[: len(COMMON)] == COMMON
    assert everything[-1] == "payload"


def test_no_name_stands_for_two_things() -> None:
    columns = Table(None).columns
    assert len({column.name for column in columns}) == len(columns)
    assert {column.kind for column in columns} == set(get_args(Kind))
    for method in PAYLOAD_TYPES:
        assert set(Table(frozenset({method})).columns) <= set(columns)


def test_values_are_where_they_belong() -> None:
    payload = {
        "room_id": BROADCAST,
        "content": "送出了 小心心 x5",
        "user": {
            "uid": "1", "nickname": "小明", "fans_club": {"name": "团", "level": 7},
            "is_admin": True, "badges": [{"text": "荣誉"}],
        },
        "name": "小心心", "count": 5, "combo": False, "to_user": None, "to_uids": ["2", "3"],
    }  # fmt: skip
    row = values(Table(None), frame(3, "WebcastGiftMessage", payload=payload))
    expected = {
        "method": "WebcastGiftMessage", "offset": 3, "content": "送出了 小心心 x5",
        "user_uid": "1", "user_fans_club_name": "团", "user_fans_club_level": 7,
        "user_is_admin": True, "user_badges": '[{"text":"荣誉"}]', "name": "小心心", "count": 5,
        "combo": False, "to_user_uid": None, "to_uids": '["2","3"]', "payload": None, "total": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_nobody_is_no_user() -> None:
    row = values(Table(None), frame(1, payload={"room_id": "1", "content": "x", "user": None}))
    assert row["user_uid"] is None
    assert row["user_fans_club_level"] is None


@pytest.mark.parametrize("method", ["WebcastChatMessage", "WebcastNobodyKnowsMessage"])
def test_what_has_no_columns_is_given_whole(method: str) -> None:
    row = values(Table(None), frame(1, method, payload={"payload_base64": "AA=="}))
    assert row["payload"] == '{"payload_base64":"AA=="}'
    assert row["content"] is None


def test_integers_beyond_64_bits_are_left_out_and_counted() -> None:
    table = Table(None)
    payload = {"room_id": "1", "content": "", "user": None, "count": 2**63, "total": 2**63 - 1}
    row = values(table, frame(1, "WebcastLikeMessage", payload=payload))
    assert (row["count"], row["total"], table.lost) == (None, 2**63 - 1, 1)
