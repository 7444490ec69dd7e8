"""Events as the messages of 2021 and the items of 2020."""

import json
from typing import Any

import msgspec
from serving import make_payload

from relay.events import (
    ChatPayload,
    EmojiChatPayload,
    Event,
    FansclubPayload,
    GiftPayload,
    LikePayload,
    MemberPayload,
    Payload,
    SocialPayload,
    User,
)
from relay.webcast.rest.chat import item_of, message_of

SOMEBODY = User(
    uid="9007199254740993",
    nickname="某甲🌹",
    avatar="https://p.invalid/a.jpeg",
    unique_id="mou_jia",
    sec_uid="MS4wLjABAAAAinvented",
    short_id="400000001",
    web_rid="",
    gender=0,
    level=0,
    fans_club=None,
    is_admin=False,
    is_super_admin=False,
    is_anonymous=False,
    masked=False,
    follower_count=0,
    following_count=0,
    badges=(),
)
USER = {
    "uid": "9007199254740993",
    "nickname": "某甲🌹",
    "avatar": "https://p.invalid/a.jpeg",
    "unique_id": "mou_jia",
    "sec_uid": "MS4wLjABAAAAinvented",
}


def event(kind: type[Payload], method: str = "WebcastChatMessage", **fields: Any) -> Event:
    payload = make_payload(
        kind, **{"room_id": "7000000000000000001", "user": SOMEBODY, "content": "话", **fields}
    )
    return Event(method, "7000000000000000009", payload.room_id, "", 1_630_827_777_298, payload)


def message(kind: type[Payload], **fields: Any) -> Any:
    return json.loads(msgspec.json.encode(message_of(event(kind, **fields), 42)))


def item(kind: type[Payload], **fields: Any) -> Any:
    return json.loads(msgspec.json.encode(item_of(event(kind, **fields))))


def test_a_chat_of_2021() -> None:
    assert message(ChatPayload) == {
        "method": "WebcastChatMessage",
        "msg_id": "7000000000000000009",
        "payload": {"room_id": "7000000000000000001", "content": "话", "user": USER},
        "create_time_ms": 1_630_827_777_298,
        "seq": 42,
    }


def test_details_of_2021() -> None:
    assert message(LikePayload, count=3, total=99)["payload"]["like"] == {"count": 3, "total": 99}
    assert message(SocialPayload, action=1, follow_count=5)["payload"]["social"] == {
        "action": 1,
        "follow_count": 5,
    }
    assert message(MemberPayload, action=1, member_count=5)["payload"]["member"] == {
        "action": 1,
        "member_count": 5,
    }
    gift = {"gift_id": "463", "name": "小心心", "count": 9, "diamond_each": 1, "combo": True}
    gift |= {"increment": 4, "total": 9}
    assert message(GiftPayload, **gift)["payload"]["gift"] == {**gift, "repeat_end": False}
    to_guest = message(GiftPayload, **gift, to_user=SOMEBODY)
    assert to_guest["payload"]["gift"]["to_user"] == USER
    assert set(message(FansclubPayload, action=1)["payload"]) == {"room_id", "content", "user"}


def test_items_of_2020() -> None:
    common = {
        "type": "WebcastChatMessage",
        "nickname": "某甲🌹",
        "uid": "9007199254740993",
        "short_id": "400000001",
        "msg_id": "7000000000000000009",
        "sec_uid": "MS4wLjABAAAAinvented",
        "avatar": "https://p.invalid/a.jpeg",
    }
    written = {**common, "text": "话", "tid": "7000000000000000009"}
    assert item(ChatPayload) == written
    assert item(EmojiChatPayload) == written
    assert item(MemberPayload) == {**common, "msg": "话"}
    assert item(GiftPayload) == {**common, "msg": "话"}


def test_somebody_whom_upstream_hides() -> None:
    assert set(message(ChatPayload, user=None)["payload"]["user"].values()) == {""}
    assert item(ChatPayload, user=None)["uid"] == ""


def test_a_payload_that_could_not_be_read_is_no_message() -> None:
    raw = Event("WebcastChatMessage", "1", "2", "", 3, {"payload_base64": "AA=="})
    assert message_of(raw, 1) is None
    assert item_of(raw) is None
