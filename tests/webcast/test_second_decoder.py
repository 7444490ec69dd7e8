"""Our decoder and an independent one read the same values out of the same bytes."""

import json
from pathlib import Path
from typing import Any

import pytest
from comparison import SecondDecoder, differences
from test_recorded_messages import listed_messages, listed_responses, session_frames
from wire_samples import random_message

from relay.webcast.budget import Budget
from relay.webcast.decode import decode_message
from relay.webcast.frames import read_frame
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb

TYPES = sorted({kind.DESCRIPTOR.name for kind in METHODS.values()} | {"PushFrame", "Response"})


@pytest.mark.parametrize("name", TYPES)
def test_made_up_messages_read_the_same(name: str, second_decoder: SecondDecoder) -> None:
    for seed in range(3):
        message = random_message(getattr(pb, name), seed)
        data = message.SerializeToString()
        theirs = second_decoder(name, data)
        assert list(differences(type(message).FromString(data), theirs)) == []
        # And the other way round: what they write, we read.
        assert type(message).FromString(bytes(theirs)) == message


def test_the_comparison_sees_differences(second_decoder: SecondDecoder) -> None:
    ours = pb.ChatMessage(content="a", chat_tags=[1], user=pb.User(id=1), model_info={"k": "v"})
    theirs = second_decoder("ChatMessage", pb.ChatMessage(content="b").SerializeToString())
    assert set(differences(ours, theirs)) == {".content", ".chat_tags", ".user", ".model_info"}


@pytest.mark.recorded
def test_recorded_frames_read_the_same(recorded: Path, second_decoder: SecondDecoder) -> None:
    frames = [*session_frames(recorded)]
    frames += [file.read_bytes() for file in sorted(recorded.glob("webcast/frames/*.bin"))]
    for data in frames:
        assert (
            list(differences(pb.PushFrame.FromString(data), second_decoder("PushFrame", data)))
            == []
        )
        response = read_frame(data).response
        assert response is not None
        theirs = second_decoder("Response", response.SerializeToString())
        assert list(differences(response, theirs)) == []


@pytest.mark.recorded
def test_recorded_messages_read_the_same(recorded: Path, second_decoder: SecondDecoder) -> None:
    messages = [message for message, _ in listed_messages(recorded)]
    for data in session_frames(recorded):
        response = read_frame(data).response
        messages += response.messages if response else []
    for message in messages:
        if kind := METHODS.get(message.method):
            parsed = kind.FromString(message.payload)
            theirs = second_decoder(kind.DESCRIPTOR.name, message.payload)
            assert list(differences(parsed, theirs)) == [], message.method


@pytest.mark.recorded
def test_recorded_responses_read_the_same(recorded: Path, second_decoder: SecondDecoder) -> None:
    for response, _ in listed_responses(recorded):
        theirs = second_decoder("Response", response.SerializeToString())
        assert list(differences(response, theirs)) == []


def test_typed_gifts_say_what_the_second_decoder_reads(second_decoder: SecondDecoder) -> None:
    for seed in range(50):
        message = random_message(pb.GiftMessage, seed)
        theirs = second_decoder("GiftMessage", message.SerializeToString())
        payload = typed("WebcastGiftMessage", message)
        gift = theirs.gift
        assert payload.gift_id in (str(theirs.gift_id), str(gift.id) if gift else "", "")
        assert payload.repeat_count == theirs.repeat_count
        assert payload.combo_count == theirs.combo_count
        assert payload.group_count == theirs.group_count
        assert payload.total_count == theirs.total_count
        assert payload.send_time_ms == theirs.send_time
        assert payload.repeat_end == (theirs.repeat_end == 1)
        assert payload.name == (gift.name if gift else "")
        assert payload.diamond_each == (gift.diamond_count if gift else 0)
        assert payload.to_uids == tuple(str(uid) for uid in theirs.to_user_ids)
        assert (payload.user is None) == (theirs.user is None)
        assert (payload.to_user is None) == (theirs.to_user is None)


def test_typed_users_say_what_the_second_decoder_reads(second_decoder: SecondDecoder) -> None:
    for seed in range(50):
        message = pb.LikeMessage(user=random_message(pb.User, seed), count=seed)
        theirs = second_decoder("LikeMessage", message.SerializeToString())
        payload = typed("WebcastLikeMessage", message)
        assert payload.count == theirs.count
        user, person = payload.user, theirs.user
        assert user.uid == (person.id_str or (str(person.id) if person.id else ""))
        assert user.nickname == (person.nickname or person.desensitized_nickname)
        assert user.sec_uid == person.sec_uid
        assert user.web_rid == person.web_rid
        assert user.gender == person.gender
        assert user.is_anonymous == person.is_anonymous
        assert user.is_admin == bool(person.user_attr and person.user_attr.is_admin)
        assert len(user.badges) == len(person.badge_image_list or person.badge_image_list_v2)


def test_generic_payloads_are_the_schemas_own_json(second_decoder: SecondDecoder) -> None:
    message = pb.LotteryEventNewMessage(
        lottery_id=2**63 - 1,
        lottery_status=3,
        conditions=[1, 2],
        use_new_draw_interaction=True,
        extra={"键": "值"},
        conditions_detail=[b"\x08\x01"],
        common=pb.Common(room_id=2**53 + 1, display_text=pb.Text(default_pattern="抽奖")),
    )
    decoded = decode_message(
        pb.Message(method="WebcastLotteryEventNewMessage", payload=message.SerializeToString()),
        room_id="7",
        web_rid="8",
        now_ms=9,
        budget=Budget(),
    )
    assert decoded.outcome == "generic"
    assert decoded.event.payload == {
        "common": {"room_id": "9007199254740993", "display_text": {"default_pattern": "抽奖"}},
        "lottery_id": "9223372036854775807",
        "lottery_status": 3,
        "conditions": [1, 2],
        "use_new_draw_interaction": True,
        "extra": {"键": "值"},
        "conditions_detail": ["CAE="],
    }
    theirs = second_decoder("LotteryEventNewMessage", message.SerializeToString())
    assert json.loads(theirs.to_json())["lotteryId"] == decoded.event.payload["lottery_id"]


def typed(method: str, message: Any) -> Any:
    envelope = pb.Message(method=method, payload=message.SerializeToString())
    decoded = decode_message(envelope, room_id="7", web_rid="8", now_ms=9, budget=Budget())
    assert decoded.outcome == "typed"
    return decoded.event.payload
