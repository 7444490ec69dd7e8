"""Scrubbing: nobody is left to be recognised, and what is left is still a show."""

import base64
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from relay.events.chat import ChatPayload
from relay.recording import Scrubber
from relay.recording.fields import Fate, fate_of
from relay.recording.pseudonyms import Pseudonyms
from relay.webcast.decode import Decoded, decode_response
from relay.webcast.frames import read_frame, read_response
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb
from relay.webcast.recording import Gap, Record, RecordKind, Room, read_text, text_record

UID = 68_000_000_001
SHORT_ID = 7_301_234_567
ROOM_ID = 7_600_000_000_000_000_001
MARKER = 7_412_345_678_901_234_567
NICK, CLUB = "春天的豆包", "豆包后援团"
DISPLAY_ID, SEC_UID = "doubao_spring", "MS4wLjABAAAAspringspringspring"
AVATAR = "https://p3.douyinpic.com/aweme/100x100/aweme-avatar/spring.jpeg"
BADGE = "https://p3-webcast.douyinpic.com/img/webcast/new_user_grade_level_v1_19.png"
TEXTS = (NICK, CLUB, DISPLAY_ID, SEC_UID, AVATAR, str(UID), str(SHORT_ID), str(ROOM_ID))


def somebody(**changes: Any) -> pb.User:
    return pb.User(
        id=UID,
        id_str=str(UID),
        short_id=SHORT_ID,
        nickname=NICK,
        display_id=DISPLAY_ID,
        sec_uid=SEC_UID,
        gender=2,
        avatar_thumb=pb.Image(url_list=[AVATAR]),
        badge_image_list=[pb.Image(url_list=[f"{BADGE}?from=spring"], image_type=1)],
        pay_grade=pb.User.PayGrade(level=19),
        fans_club=pb.User.FansClub(
            data=pb.User.FansClub.FansClubData(club_name=CLUB, level=7, anchor_id=UID)
        ),
        **changes,
    )


def frame(*messages: Message, msg_id: int = 1, compressed: bool = True) -> Record:
    response = pb.Response(
        messages=[
            pb.Message(
                method=f"Webcast{message.DESCRIPTOR.name}",
                msg_id=msg_id + number,
                payload=message.SerializeToString(),
            )
            for number, message in enumerate(messages)
        ],
        now=1_770_000_000_000,
        cursor=f"r-{ROOM_ID}",
        internal_ext=f"wss_push_room_id:{ROOM_ID}",
    )
    body = response.SerializeToString()
    push = pb.PushFrame(
        logid=UID, payload_type="msg", payload=gzip.compress(body) if compressed else body
    )
    push.headers.add(key="im-internal_ext", value=f"wss_push_room_id:{ROOM_ID}")
    return Record(RecordKind.FRAME, 1_770_000_000_001, push.SerializeToString())


def kept(scrubber: Scrubber, record: Record) -> Record:
    found = scrubber.scrub(record)
    assert found is not None
    assert (found.kind, found.time_ms) == (record.kind, record.time_ms)
    return found


def events(record: Record) -> list[Decoded]:
    frame = record.kind == RecordKind.FRAME
    response = read_frame(record.body).response if frame else read_response(record.body)
    assert response is not None
    return decode_response(response, room_id="7", web_rid="8", now_ms=1)


def payload(scrubber: Scrubber, message: Message) -> Any:
    ((event, outcome),) = events(kept(scrubber, frame(message)))
    assert outcome == "typed"
    return event.payload


def varint(number: int) -> bytes:
    return pb.User(id=number).SerializeToString()[1:]


def assert_nobody_in(data: bytes) -> None:
    for text in TEXTS:
        assert text.encode() not in data, text
    for number in (UID, SHORT_ID, ROOM_ID):
        assert varint(number) not in data, number


def poisoned(kind: type[Message]) -> Message:
    """Make a message with somebody in every field, as deep as messages may be large."""
    for depth in range(6, 0, -1):
        message = kind()
        poison(message, depth)
        if message.ByteSize() < 60_000:
            return message
    raise AssertionError(kind)


def poison(message: Message, depth: int) -> None:
    """Put somebody into every field that can hold them."""
    for field in message.DESCRIPTOR.fields:
        entry = field.message_type
        if entry is not None and entry.GetOptions().map_entry:
            poison_map(getattr(message, field.name), entry.fields_by_name, depth)
        elif entry is not None and entry.name == "User":
            users = getattr(message, field.name)
            if depth:
                if field.is_repeated:
                    users.append(somebody())
                else:
                    users.CopyFrom(somebody())
        elif entry is not None:
            if depth:
                inner = getattr(message, field.name)
                poison(inner.add() if field.is_repeated else inner, depth - 1)
        elif (value := poisonous(field)) is not None:
            if field.is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)


def poison_map(values: Any, entry: Any, depth: int) -> None:
    text_key = entry["key"].cpp_type == FieldDescriptor.CPPTYPE_STRING
    wide_key = entry["key"].cpp_type == FieldDescriptor.CPPTYPE_INT64
    key = NICK if text_key else UID if wide_key else 7
    if entry["value"].message_type is not None:
        poison(values[key], depth - 1)
    else:
        values[key] = poisonous(entry["value"]) or 7


def poisonous(field: FieldDescriptor) -> Any:
    sentence = f"欢迎{NICK}（{UID}，{DISPLAY_ID}）来到{CLUB}，{SEC_UID} {SHORT_ID} {AVATAR}"
    if field.type == FieldDescriptor.TYPE_BYTES:
        return sentence.encode()
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        # The names of gifts are upstream's own, and trusted to be that.
        return "word" if fate_of(field) is Fate.GIFT_NAME else sentence
    if field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64):
        return ROOM_ID if "room" in field.name else UID
    return None


@pytest.mark.parametrize("method", sorted(METHODS))
def test_nobody_is_left_in_any_field_of_any_message(method: str) -> None:
    scrubber = Scrubber()
    kept(scrubber, frame(pb.ChatMessage(user=somebody())))
    kept(scrubber, text_record(RecordKind.ROOM, 1, Room("80000000001", str(ROOM_ID))))
    message = poisoned(METHODS[method])
    assert NICK.encode() in message.SerializeToString()
    response = pb.Response(
        messages=[pb.Message(method=method, msg_id=5, payload=message.SerializeToString())]
    )
    found = kept(scrubber, Record(RecordKind.BODY, 1, response.SerializeToString()))
    assert_nobody_in(found.body)
    assert [event.method for event, _ in events(found)] == [method]


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("number", [-(2**63), -1, 2**63 - 1])
def test_no_number_or_text_is_too_odd(method: str, number: int) -> None:
    def fill(message: Message, depth: int) -> None:
        for field in message.DESCRIPTOR.fields:
            if field.message_type is not None:
                if depth and not field.message_type.GetOptions().map_entry:
                    inner = getattr(message, field.name)
                    fill(inner.add() if field.is_repeated else inner, depth - 1)
                continue
            value: object = "\x00{0:user}\U0010ffff" if number < 0 else "观众·"
            if field.type == FieldDescriptor.TYPE_BYTES:
                value = b"\xff"
            elif field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64):
                unsigned = field.cpp_type == FieldDescriptor.CPPTYPE_UINT64
                value = abs(number) if unsigned else number
            elif field.cpp_type == FieldDescriptor.CPPTYPE_INT32:
                value = max(-(2**31), min(number, 2**31 - 1))
            elif field.cpp_type != FieldDescriptor.CPPTYPE_STRING:
                continue
            if field.is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)

    message = METHODS[method]()
    fill(message, 2)
    response = pb.Response(
        messages=[pb.Message(method=method, msg_id=5, payload=message.SerializeToString())]
    )
    scrubber = Scrubber()
    for _ in range(2):
        found = kept(scrubber, Record(RecordKind.BODY, 1, response.SerializeToString()))
        assert [event.method for event, _ in events(found)] == [method]
        assert scrubber.look_again(found) is not None


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("number", [MARKER, 68_123_456_789_012])
def test_no_id_and_no_text_of_unknown_meaning_is_left(method: str, number: int) -> None:
    """Of anything, not only of who was met: goods, lotteries, videos, messages."""

    def fill(message: Message, depth: int) -> None:
        for field in message.DESCRIPTOR.fields:
            entry = field.message_type
            if entry is not None and entry.GetOptions().map_entry:
                poison_map(getattr(message, field.name), entry.fields_by_name, 0)
            elif entry is not None:
                if depth:
                    inner = getattr(message, field.name)
                    fill(inner.add() if field.is_repeated else inner, depth - 1)
            elif (value := marked(field, number)) is not None:
                if field.is_repeated:
                    getattr(message, field.name).append(value)
                else:
                    setattr(message, field.name, value)

    for depth in range(5, 0, -1):
        message = METHODS[method]()
        fill(message, depth)
        if message.ByteSize() < 60_000:
            break
    scrubber = Scrubber()
    response = pb.Response(
        messages=[
            pb.Message(method=method, msg_id=number, payload=message.SerializeToString()),
        ]
    )
    found = kept(scrubber, Record(RecordKind.BODY, 1, response.SerializeToString()))
    again = scrubber.look_again(found)
    assert again is not None
    for body in (found.body, again.body):
        assert varint(number) not in body
        assert str(number).encode() not in body
        assert b"stranger" not in body
    assert [event.method for event, _ in events(again)] == [method]


def marked(field: FieldDescriptor, number: int) -> Any:
    """Give a value that nobody may be recognised by, for a field that is not somebody's words."""
    if field.type == FieldDescriptor.TYPE_BYTES:
        return f"stranger {number}".encode()
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        words = fate_of(field) in (Fate.TEXT, Fate.PATTERN)
        return None if words else f"{number} stranger"
    if field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64):
        return number
    return None


def test_what_belongs_together_does_so_under_other_ids() -> None:
    scrubber = Scrubber()
    chat = pb.ChatMessage(user=somebody(), content="好")
    chat.common.msg_id = MARKER
    ((event, _),) = events(kept(scrubber, frame(chat, msg_id=MARKER)))
    assert re.fullmatch("6[0-9]{18}", event.msg_id)
    answer = pb.ChatMessage(user=somebody(), content="是的")
    answer.public_area_common.reply_resp.reply_msg_id = MARKER
    assert payload(scrubber, answer).reply_to_msg_id == event.msg_id

    gift = pb.GiftMessage(user=somebody(), group_id=1_770_045_432, send_time=1_770_045_432_392)
    gift.gift.CopyFrom(pb.GiftStruct(id=463, name="小心心", diamond_count=1))
    gift.gift_id, gift.repeat_count, gift.fan_ticket_count = 463, 12, 182_355
    first, last = payload(scrubber, gift), payload(scrubber, gift)
    assert first.group_id == last.group_id != "1770045432"
    assert (first.gift_id, first.name, first.send_time_ms) == ("463", "小心心", 1_770_045_432_392)

    box = pb.LuckyBoxMessage(box_id=MARKER, box_id_str=str(MARKER))
    ended = pb.LuckyBoxEndMessage(box_id=MARKER)
    bodies = [kept(scrubber, frame(message)) for message in (box, ended)]
    (opened,), (closed,) = (_response(body).messages for body in bodies)
    new = pb.LuckyBoxMessage.FromString(opened.payload)
    assert new.box_id_str == str(new.box_id)
    assert pb.LuckyBoxEndMessage.FromString(closed.payload).box_id == new.box_id


@pytest.mark.parametrize(
    "name", ["🌸🌸_1314", "💋👑", "13800138000", "_", "x👑", "1234567890", "❤️", "x1234567"]
)
def test_a_stranger_without_letters_is_a_stranger(name: str) -> None:
    message = pb.GiftMessage(user=somebody())
    message.common.display_text.default_pattern = "{0:string} 送给 {1:string} {2:string}"
    for text in (name, "12", "x3"):
        message.common.display_text.pieces.add(string_value=text)
    (new,) = _response(kept(Scrubber(), frame(message))).messages
    pieces = pb.GiftMessage.FromString(new.payload).common.display_text.pieces
    assert re.fullmatch("观众·[0-9a-f]{8}", pieces[0].string_value)
    assert [piece.string_value for piece in pieces[1:]] == ["12", "x3"]


def test_a_number_that_turns_out_to_be_somebody_is_left_out() -> None:
    scrubber = Scrubber()
    early = kept(scrubber, frame(pb.RoomStatsMessage(total=UID, display_long="731023456")))
    kept(scrubber, frame(pb.ChatMessage(user=pb.User(id=UID, short_id=731_023_456))))
    again = scrubber.look_again(early)
    assert again is not None
    (message,) = _response(again).messages
    assert not pb.RoomStatsMessage.FromString(message.payload).ListFields()
    assert scrubber.dropped_fields["RoomStatsMessage.total"] == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("猫", "{}"),
        ("@猫 在吗", "@{} 在吗"),
        ("猫，猫！", "{}，{}！"),
        ("我的猫猫", "我的猫猫"),
        ("熊猫", "熊猫"),
    ],
)
def test_a_name_of_one_character_is_replaced_where_it_stands_alone(text: str, shown: str) -> None:
    scrubber = Scrubber()
    early = kept(scrubber, frame(pb.ChatMessage(content=text)))
    chat = payload(scrubber, pb.ChatMessage(user=pb.User(id=UID, nickname="猫"), content=text))
    assert chat.content == shown.replace("{}", chat.user.nickname)
    again = scrubber.look_again(early)
    assert again is not None
    ((event, _),) = events(again)
    assert event.payload.content == chat.content


def test_badges_keep_their_levels_but_not_the_names_of_clubs() -> None:
    user = pb.User(id=UID, nickname=NICK)
    for name, told in (("19", "荣誉等级19级勋章"), ("别家后援团", "别家后援团的勋章")):
        badge = user.badge_image_list.add(url_list=[BADGE])
        badge.content.name, badge.content.alternative_text = name, told
        badge.content.level = 19
    found = kept(Scrubber(), frame(pb.ChatMessage(user=user, content="好")))
    (message,) = _response(found).messages
    first, second = pb.ChatMessage.FromString(message.payload).user.badge_image_list
    assert (first.content.name, first.content.level) == ("19", 19)
    assert first.content.alternative_text == "荣誉等级19级勋章"
    assert re.fullmatch("粉丝团·[0-9a-f]{8}", second.content.name)
    assert second.content.alternative_text == ""


def test_what_grows_too_large_is_left_out_and_counted() -> None:
    scrubber = Scrubber()
    kept(scrubber, frame(pb.ChatMessage(user=pb.User(id=5, nickname="土豆"))))
    chat = pb.ChatMessage(content="土豆" * 8_000)
    many = frame(*[chat] * 60)
    assert scrubber.scrub(many) is None
    assert scrubber.dropped_messages["too large"] == 60


def test_fields_named_after_people_are_treated_as_such() -> None:
    about_people = re.compile(
        r"uid|user|anchor|owner|author|operator|invit|open_?id|nick|^sec_|linkmic_id|room_?id",
        re.IGNORECASE,
    )
    taken_as_they_are = {
        f"{message.name}.{field.name}"
        for message in _all_types(pb.DESCRIPTOR.message_types_by_name.values())
        for field in message.fields
        if about_people.search(field.name)
        # See MessageScrubber._user.
        and message.name not in ("User", "UserAttr", "FansClubData", "OwnRoom")
        and fate_of(field) in (Fate.TEXT, Fate.NUMBER, Fate.TIME, Fate.KEEP)
    }
    # Sums, kinds, lengths of time, flags: a new field of the schema has to be looked at.
    assert taken_as_they_are == {
        "ChatMessage.intercom_hide_user_card",
        "Common.anchor_fold_duration",
        "EmojiChatMessage.intercom_hide_user_card",
        "LandscapeAreaCommon.show_nickname",
        "LuckyBoxMessage.is_risky_owner",
        "MemberMessage.is_top_user",
        "PublicAreaCommon.user_consume_in_room",
        "PublicAreaCommon.user_send_gift_cnt_in_room",
        "PublicAreaCommon.with_user_feature_label",
        "RoomAuthMessage.show_user_card",
        "RoomUserSeqMessage.total_user",
        "RoomVerifyMessage.anchor_switch",
        "UserPrivilegeChangeMessage.user_privilege_type",
    }


def _all_types(types: Any) -> Iterator[Any]:
    for kind in types:
        yield kind
        yield from _all_types(kind.nested_types)


def test_a_person_is_the_same_somebody_else_everywhere() -> None:
    scrubber = Scrubber()
    chat = payload(scrubber, pb.ChatMessage(user=somebody(), content=f"我是{NICK}"))
    assert isinstance(chat, ChatPayload)
    assert chat.user is not None
    assert re.fullmatch("观众·[0-9a-f]{8}", chat.user.nickname)
    assert chat.content == f"我是{chat.user.nickname}"
    assert re.fullmatch("[1-9][0-9]{15}", chat.user.uid)
    assert chat.user.avatar.startswith("https://scrubbed.invalid/avatar/")
    # What says nothing of who it is stays.
    assert (chat.user.gender, chat.user.level) == (2, 19)
    assert chat.user.badges[0].image == BADGE
    assert chat.user.fans_club is not None
    assert chat.user.fans_club.level == 7
    assert chat.user.fans_club.anchor_uid == chat.user.uid

    gift = pb.GiftMessage(
        user=pb.User(id=UID, nickname=NICK),
        to_user=somebody(),
        to_user_ids=[UID],
        combo_count=3,
        gift=pb.GiftStruct(name="小心心", diamond_count=1),
    )
    gift.common.describe = f"{NICK}:送给{NICK} 1个小心心"
    given = payload(scrubber, gift)
    assert given.user.uid == given.to_user.uid == chat.user.uid
    assert given.to_uids == (chat.user.uid,)
    assert given.description == f"{chat.user.nickname}:送给{chat.user.nickname} 1个小心心"
    assert (given.name, given.count) == ("小心心", 3)

    followed = payload(scrubber, pb.SocialMessage(user=somebody(), action=1, share_target=str(UID)))
    assert followed.share_target == chat.user.uid
    shared = payload(scrubber, pb.SocialMessage(user=somebody(), action=3, share_target="112"))
    assert shared.share_channel == "douyin"


def test_nobody_can_tell_a_person_of_one_recording_in_another() -> None:
    names = {
        payload(Scrubber(), pb.ChatMessage(user=somebody(), content="好")).user.nickname
        for _ in range(3)
    }
    assert len(names) == 3


def test_names_in_upstreams_own_sentences_are_replaced_also_of_strangers() -> None:
    message = pb.GiftMessage(user=somebody(), gift=pb.GiftStruct(name="小心心"))
    text = message.common.display_text
    text.default_pattern = "{0:user} 送给 {1} {2}个 {3:string}"
    text.pieces.add(user_value=pb.TextPieceUser(user=somebody()))
    for piece in ("别的主播", "12", "小心心"):
        text.pieces.add(string_value=piece)
    message.common.method = "WebcastGiftMessage"
    found = kept(Scrubber(), frame(message))
    response = read_frame(found.body).response
    assert response is not None
    pieces = pb.GiftMessage.FromString(response.messages[0].payload).common.display_text
    assert pieces.default_pattern == text.default_pattern
    strings = [piece.string_value for piece in pieces.pieces]
    assert strings[0] == ""
    assert re.fullmatch("观众·[0-9a-f]{8}", strings[1])
    assert strings[2:] == ["12", "小心心"]


def test_what_people_type_is_kept_but_for_names() -> None:
    scrubber = Scrubber()
    kept(scrubber, frame(pb.ChatMessage(user=pb.User(id=5, nickname="豆"))))
    message = pb.ChatMessage(user=somebody(), content=f"{NICK}！{DISPLAY_ID} 土豆 1{UID} {UID}")
    message.rtf_content_v2.pieces.add(string_value=f"@{NICK} 哈哈")
    chat = payload(scrubber, message)
    assert chat.user is not None
    # A nickname of one character would be found in every other word; longer numbers are others.
    assert re.fullmatch(
        rf"{chat.user.nickname}！user[0-9a-f]{{10}} 土豆 1{UID} {chat.user.uid}", chat.content
    )
    assert chat.pieces[0].text == f"@{chat.user.nickname} 哈哈"


def test_masked_people_stay_masked() -> None:
    user = pb.User(id=111111, id_str="111111", nickname="豆***", sec_uid="111111")
    chat = payload(Scrubber(), pb.ChatMessage(user=user, content="好"))
    assert chat.user.masked
    assert chat.user.uid == "111111"


def test_what_cannot_be_understood_is_left_out_and_counted() -> None:
    scrubber = Scrubber()
    known = pb.ChatMessage(user=somebody(), content="好")
    strange = pb.Message(method="WebcastNobodyKnowsMessage", payload=NICK.encode())
    broken = pb.Message(method="WebcastChatMessage", payload=b"\xff\xff\xff")
    body = pb.Response(
        messages=[
            strange,
            broken,
            pb.Message(
                method="WebcastChatMessage",
                # Field 900 of type bytes is in no schema.
                payload=known.SerializeToString() + b"\xa2\x38" + bytes([len(NICK.encode())])
                + NICK.encode(),
            ),
        ]
    ).SerializeToString()  # fmt: skip
    found = kept(scrubber, Record(RecordKind.BODY, 1, body))
    assert [event.method for event, _ in events(found)] == ["WebcastChatMessage"]
    assert_nobody_in(found.body)
    assert scrubber.dropped_messages == {"WebcastNobodyKnowsMessage": 1, "WebcastChatMessage": 1}
    assert scrubber.dropped_fields["fields that no schema has"] == 1
    assert scrubber.scrub(Record(RecordKind.FRAME, 1, b"\x42\x03gz\xff")) is None
    assert scrubber.dropped_messages["unreadable"] == 1
    assert scrubber.scrub(Record(200, 1, NICK.encode())) is None


def test_rooms_get_other_names_and_gaps_stay() -> None:
    scrubber = Scrubber()
    room = Room("80000000001", str(ROOM_ID), f"{NICK}的直播间", NICK, "socket")
    found = kept(scrubber, text_record(RecordKind.ROOM, 5, room))
    new = read_text(found, Room)
    assert re.fullmatch("[1-9][0-9]{11}", new.web_rid)
    assert re.fullmatch("7[0-9]{18}", new.room_id)
    assert new.title == f"{new.anchor}的直播间"
    message = pb.ChatMessage(user=somebody(), content="好")
    message.common.room_id = ROOM_ID
    assert payload(scrubber, message).room_id == new.room_id
    gap = text_record(RecordKind.GAP, 6, Gap("corrupt_frame"))
    assert scrubber.scrub(gap) == gap


def test_names_that_are_met_later_are_replaced_when_all_is_looked_at_again() -> None:
    scrubber = Scrubber()
    early = kept(
        scrubber,
        frame(pb.ChatMessage(user=pb.User(id=5, nickname="土豆泥"), content=f"等{NICK}呢")),
    )
    title = kept(scrubber, text_record(RecordKind.ROOM, 5, Room("8", "7", title=f"等{NICK}")))
    assert NICK.encode() in early.body
    later = payload(scrubber, pb.ChatMessage(user=somebody(), content="来了"))
    again = scrubber.look_again(early)
    assert again is not None
    ((event, _),) = events(again)
    assert event.payload.content == f"等{later.user.nickname}呢"
    assert event.payload.user == events(early)[0].event.payload.user
    again_title = scrubber.look_again(title)
    assert again_title is not None
    assert read_text(again_title, Room).title == f"等{later.user.nickname}"
    # And what was put there is not taken for a name.
    kept(scrubber, frame(pb.ChatMessage(user=pb.User(id=6, nickname="观众"))))
    assert scrubber.look_again(again) == again


def test_of_too_many_names_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relay.recording.pseudonyms.MAX_KNOWN", 2)
    names = Pseudonyms()
    new = [names.nickname(name) for name in ("第一位", "第二位", "第三位")]
    assert names.in_text("第一位 第二位 第三位") == f"第一位 {new[1]} {new[2]}"
    assert names.forgotten == 1
    assert names.nickname("第一位") == new[0]


@pytest.mark.recorded
def test_nobody_of_the_recorded_sessions_is_left(recorded: Path) -> None:
    scrubber = Scrubber()
    records = list(_recorded_records(recorded))
    people: Counter[str] = Counter()
    for record in records:
        response = _response(record)
        for message in response.messages:
            kind = METHODS.get(message.method)
            if kind is not None:
                _identities(kind.FromString(message.payload), people)
    found = [new for record in records if (new := scrubber.scrub(record)) is not None]
    again = [new for record in found if (new := scrubber.look_again(record)) is not None]
    assert len(again) == len(found)
    plain = b"".join(record.body for record in again)
    assert len(people) > 50
    assert len(found) > 20
    for text in people:
        assert text.encode() not in plain, text
        if text.isdecimal() and len(text) > 8:
            assert varint(int(text)) not in plain, text
    before = Counter(e.method for record in records for e, _ in events(record))
    after = Counter(e.method for record in found for e, _ in events(record))
    assert {m: n for m, n in before.items() if m in METHODS} == after


def _recorded_records(folder: Path) -> Iterator[Record]:
    frames = [path.read_bytes() for path in sorted((folder / "webcast/frames").glob("*.bin"))]
    for path in sorted((folder / "webcast/sessions").glob("*.jsonl")):
        lines = map(json.loads, path.read_text().splitlines())
        frames += [base64.b64decode(line["b64"]) for line in lines if line["dir"] == "in"]
    for body in frames:
        if read_frame(body).response is not None:
            yield Record(RecordKind.FRAME, 1, body)
    for path in sorted((folder / "webcast/responses").glob("*.bin")):
        yield Record(RecordKind.BODY, 1, path.read_bytes())


def _response(record: Record) -> pb.Response:
    if record.kind == RecordKind.BODY:
        return read_response(record.body)
    response = read_frame(record.body).response
    assert response is not None
    return response


def _identities(message: Message, found: Counter[str]) -> None:
    """Collect what tells who somebody is, wherever the schema has a person."""
    if isinstance(message, pb.User) and message.id_str != "111111" and message.id != 111111:
        names = (message.nickname, message.desensitized_nickname, message.display_id)
        ids = (message.id_str, str(message.id), message.sec_uid, message.webcast_uid)
        urls = [*message.avatar_thumb.url_list, *message.avatar_medium.url_list]
        found.update(name for name in names if len(name) > 1)
        found.update(text for text in (*ids, *urls) if len(text) > 5)
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                for child in value.values():
                    _identities(child, found)
        else:
            for child in value if field.is_repeated else [value]:
                _identities(child, found)
