"""Everything recorded decodes, and says what its listing by Douyin's own schema says."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from comparison import REMOVED, unlike_listing

from relay.events import PAYLOAD_TYPES
from relay.webcast.budget import Budget
from relay.webcast.decode import decode_message, decode_response
from relay.webcast.frames import read_frame, read_response
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb

pytestmark = pytest.mark.recorded


def listed_responses(recorded: Path) -> Iterator[tuple[pb.Response, dict[str, Any]]]:
    for file in sorted(recorded.glob("webcast/frames/*.bin")):
        response = read_frame(file.read_bytes()).response
        assert response is not None
        yield response, json.loads(file.with_suffix(".json").read_text())["response"]
    for file in sorted(recorded.glob("webcast/responses/*.bin")):
        listing = json.loads(file.with_suffix(".json").read_text())
        yield read_response(file.read_bytes()), listing


def listed_messages(recorded: Path) -> Iterator[tuple[pb.Message, dict[str, Any] | None]]:
    """Every recorded message that has a listing; None for types that no public schema has."""
    for response, listing in listed_responses(recorded):
        for message, listed in zip(response.messages, listing["messages"], strict=True):
            assert (message.method, str(message.msg_id)) == (listed["method"], listed["msg_id"])
            yield message, listed["payload"]
    for file in sorted(recorded.glob("webcast/payloads/*.bin")):
        listed = json.loads(file.with_suffix(".json").read_text())
        yield pb.Message(method=listed["method"], payload=file.read_bytes()), listed["payload"]


def session_frames(recorded: Path) -> Iterator[bytes]:
    for file in sorted(recorded.glob("webcast/sessions/*.jsonl")):
        for line in file.read_text().splitlines():
            frame = json.loads(line)
            if frame["dir"] == "in":
                yield base64.b64decode(frame["b64"])


def payload_of(message: pb.Message) -> Any:
    decoded = decode_message(message, room_id="7", web_rid="8", now_ms=9, budget=Budget())
    assert decoded.outcome == "typed"
    return decoded.event.payload


def of_method(recorded: Path, method: str) -> list[tuple[Any, dict[str, Any]]]:
    """(typed payload, listing) of every recorded message of a method."""
    found = [
        (payload_of(message), listed)
        for message, listed in listed_messages(recorded)
        if message.method == method and listed is not None
    ]
    assert found
    return found


def number(listed: dict[str, Any], *path: str) -> int:
    value: Any = listed
    for name in path:
        value = value.get(name, {})
    return int(value or 0)


def test_the_envelopes_read_as_listed(recorded: Path) -> None:
    for response, listing in listed_responses(recorded):
        assert response.cursor == listing["cursor"]
        assert response.internal_ext == listing["internal_ext"]
        assert str(response.now) == listing["now"]
        assert response.fetch_interval == listing["fetch_interval"]
        assert response.need_ack == listing["need_ack"]
        assert response.heartbeat_duration == listing["heartbeat_duration"]


def test_every_message_equals_its_listing_wherever_our_schema_has_structure(
    recorded: Path,
) -> None:
    compared = 0
    for message, listed in listed_messages(recorded):
        if listed is None or message.method not in METHODS:
            continue
        parsed = METHODS[message.method].FromString(message.payload)
        assert list(unlike_listing(parsed, listed)) == [], message.method
        compared += 1
    assert compared >= 40


def test_the_comparison_with_listings_sees_differences() -> None:
    chat = pb.ChatMessage(content="a", event_time=5, user=pb.User(id=1))
    assert (
        list(unlike_listing(chat, {"content": "a", "event_time": "5", "user": {"id": "1"}})) == []
    )
    wrong = {"content": "b", "event_time": "6", "user": {"id": "2", "new": 1}, "chat_by": "9"}
    assert len(list(unlike_listing(chat, wrong))) == 5


def test_no_recorded_message_is_unreadable(recorded: Path) -> None:
    messages = [message for message, _ in listed_messages(recorded)]
    for data in session_frames(recorded):
        response = read_frame(data).response
        messages += response.messages if response else []
    outcomes = {"typed": 0, "generic": 0, "raw": 0, "undecodable": 0}
    for message in messages:
        event, outcome = decode_message(
            message, room_id="7", web_rid="8", now_ms=9, budget=Budget()
        )
        outcomes[outcome] += 1
        assert (event.method, event.msg_id) == (message.method, str(message.msg_id))
        assert (outcome == "raw") == (message.method not in METHODS)
        encoded = msgspec.json.encode(event)
        if outcome == "typed":
            # What clients get can be read back as the documented struct.
            payload = json.loads(encoded)["payload"]
            assert msgspec.convert(payload, PAYLOAD_TYPES[event.method]) == event.payload
    assert outcomes["undecodable"] == 0
    assert outcomes["typed"] > outcomes["raw"]


def test_a_thousand_recorded_messages_in_one_answer_are_within_the_limits(recorded: Path) -> None:
    messages = [message for message, _ in listed_messages(recorded)]
    for response, _ in listed_responses(recorded):
        messages += response.messages
    many = pb.Response(messages=messages * (1_000 // len(messages) + 1))
    assert many.ByteSize() > 1_700_000
    many = read_response(many.SerializeToString())
    decoded = decode_response(many, room_id="7", web_rid="8", now_ms=9)
    assert len(decoded) >= 1_000
    assert "omitted" not in {outcome for _, outcome in decoded}


def test_the_envelopes_msg_id_wins_over_the_one_in_common(recorded: Path) -> None:
    differing = 0
    for response, _ in listed_responses(recorded):
        for message in response.messages:
            parsed: Any = METHODS[message.method].FromString(message.payload)
            event = decode_message(
                message, room_id="7", web_rid="8", now_ms=9, budget=Budget()
            ).event
            assert event.msg_id == str(message.msg_id)
            differing += parsed.common.msg_id != message.msg_id
    assert differing


def test_chats_say_what_was_listed(recorded: Path) -> None:
    for payload, listed in of_method(recorded, "WebcastChatMessage"):
        assert payload.content == listed["content"]
        assert payload.event_time_s == number(listed, "event_time")
        assert payload.chat_by == number(listed, "chat_by")
        assert payload.event_time_s < 10**11


def test_gifts_say_what_was_listed(recorded: Path) -> None:
    for payload, listed in of_method(recorded, "WebcastGiftMessage"):
        gift = listed["gift"]
        assert payload.gift_id == listed["gift_id"] == gift["id"]
        assert payload.name == gift["name"]
        assert payload.diamond_each == number(gift, "diamond_count")
        for name in ("repeat_count", "combo_count", "group_count", "total_count", "send_type"):
            assert getattr(payload, name) == number(listed, name)
        assert payload.count == number(listed, "combo_count") * number(listed, "group_count")
        assert payload.content == f"送出了 {gift['name']} x{payload.count}"
        assert payload.group_id == listed.get("group_id", "")
        assert payload.combo == gift.get("combo", False)
        assert payload.repeat_end == (number(listed, "repeat_end") == 1)
        assert payload.send_time_ms == number(listed, "send_time")
        assert payload.image == gift["image"]["url_list"][0]
        assert payload.description == listed["common"]["describe"]
        assert (payload.to_user is not None) == ("to_user" in listed)
        if payload.to_user:
            assert payload.to_user.uid == listed["to_user"]["id"]


def test_likes_and_entries_say_what_was_listed(recorded: Path) -> None:
    for payload, listed in of_method(recorded, "WebcastLikeMessage"):
        assert payload.content == "点赞"
        assert (payload.count, payload.total) == (number(listed, "count"), number(listed, "total"))
    for payload, listed in of_method(recorded, "WebcastMemberMessage"):
        assert payload.content == "来了"
        assert payload.member_count == number(listed, "member_count")
        assert payload.action == number(listed, "action")


@pytest.mark.parametrize(
    "method",
    [f"Webcast{name}Message" for name in ("Chat", "Gift", "Like", "Member", "Social", "Fansclub")],
)
def test_users_say_what_was_listed(recorded: Path, method: str) -> None:
    for payload, listed in of_method(recorded, method):
        user, theirs = payload.user, listed["user"]
        assert user.uid == theirs.get("id_str", theirs.get("id"))
        assert user.nickname == theirs["nickname"]
        assert user.sec_uid == theirs["sec_uid"]
        assert user.avatar == theirs["avatar_thumb"]["url_list"][0]
        assert user.unique_id == theirs.get("display_id", theirs.get("short_id"))
        assert user.gender == number(theirs, "gender")
        assert user.is_admin == theirs.get("user_attr", {}).get("is_admin", False)
        follow = theirs["follow_info"]
        assert user.follower_count == number(follow, "follower_count") or str(
            user.follower_count
        ) == follow.get("follower_count_str", "0")
        club = theirs["fans_club"]["data"]
        assert (user.fans_club.level if user.fans_club else 0) == number(club, "level")
        assert [badge.level for badge in user.badges] == [
            number(badge, "content", "level") for badge in theirs.get("badge_image_list", [])
        ]
        # Pay level: the number where it is told, the badge's where only that is shown.
        shown = [badge.level for badge in user.badges if badge.kind == 1]
        assert user.level == number(theirs, "pay_grade", "level") or [user.level] == shown


def test_the_other_texts_and_numbers_say_what_was_listed(recorded: Path) -> None:
    for payload, listed in of_method(recorded, "WebcastRoomStatsMessage"):
        assert payload.content == payload.display_long == listed["display_long"]
        assert payload.display_value == number(listed, "display_value")
    for payload, listed in of_method(recorded, "WebcastRoomUserSeqMessage"):
        assert payload.total == number(listed, "total")
        assert payload.total_user == number(listed, "total_user")
        assert len(payload.ranks) == len(listed.get("ranks", []))
    for payload, listed in of_method(recorded, "WebcastScreenChatMessage"):
        assert payload.content == listed["content"]
    for payload, listed in of_method(recorded, "WebcastEmojiChatMessage"):
        assert payload.content == listed["default_content"]
        image = listed["emoji_content"]["pieces"][0]["image_value"]["image"]
        assert payload.image == image["url_list"][0]
    for payload, listed in of_method(recorded, "WebcastSocialMessage"):
        assert (payload.action, payload.content) == (3, "分享了直播间")
        assert payload.share_total_count == number(listed, "share_total_count")
    for payload, listed in of_method(recorded, "WebcastRoomRankMessage"):
        assert [entry.user.nickname for entry in payload.ranks] == [
            entry["user"]["nickname"] for entry in listed["ranks"]
        ]
    for payload, listed in of_method(recorded, "WebcastInRoomBannerMessage"):
        assert payload.extra == listed["extra"] or listed["extra"] in REMOVED
        assert payload.position == number(listed, "position")
