"""The event around a payload: ids, time, methods, and what cannot be read."""

import base64
import json

import msgspec
import pytest
from wire_samples import chat, decode, decode_all, envelope

from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb


def test_an_event_carries_method_ids_and_time() -> None:
    message = pb.ChatMessage(
        common=pb.Common(msg_id=1, room_id=2**53 + 1, create_time=1_600_000_000_123), content="好"
    )
    event = decode(envelope(message, "WebcastChatMessage", msg_id=2**63 - 1)).event
    assert event.method == "WebcastChatMessage"
    # Of the envelope: the one in `common` may be another, or missing.
    assert event.msg_id == "9223372036854775807"
    # The watched broadcast outside, what upstream says inside.
    assert (event.room_id, event.payload.room_id) == ("7001", "9007199254740993")
    assert event.web_rid == "80"
    assert event.time == 1_600_000_000_123


@pytest.mark.parametrize("create_time", [0, -5, 2**63 - 1])
def test_a_message_without_a_plausible_time_has_upstreams_clock(create_time: int) -> None:
    # A chat's event_time is no help: whole seconds would put it before its neighbours.
    message = pb.ChatMessage(common=pb.Common(create_time=create_time), event_time=1_600_000_000)
    assert decode(envelope(message, "WebcastChatMessage")).event.time == 1_700_000_000_000


@pytest.mark.parametrize(
    ("now", "time_ms"),
    [(1_690_000_000_000, 1_690_000_000_000), (0, 1_700_000_000_000), (-1, 1_700_000_000_000),
     (2**63 - 1, 1_700_000_000_000)],
)  # fmt: skip
def test_upstreams_clock_is_believed_where_it_is_plausible_too(now: int, time_ms: int) -> None:
    message = envelope(pb.ChatMessage(content="好"), "WebcastChatMessage")
    (decoded,) = decode_all(pb.Response(messages=[message], now=now))
    assert decoded.event.time == time_ms


def test_a_payload_without_room_has_the_watched_one() -> None:
    assert chat(content="好").room_id == "7001"
    assert chat(common=pb.Common(room_id_str="7002")).room_id == "7002"


def test_payloads_begin_as_the_seeds_show() -> None:
    payload = chat(content="大家好", user=pb.User(id=9007199254740993, nickname="某甲"))
    shown = json.loads(msgspec.json.encode(payload))
    assert list(shown)[:3] == ["room_id", "content", "user"]
    assert list(shown["user"])[:5] == ["uid", "nickname", "avatar", "unique_id", "sec_uid"]
    assert shown["user"]["uid"] == "9007199254740993"


def test_an_unknown_method_gives_its_bytes() -> None:
    decoded = decode(pb.Message(method="WebcastNewThingMessage", payload=b"\x08\x01", msg_id=5))
    assert decoded.outcome == "raw"
    assert (decoded.event.method, decoded.event.msg_id) == ("WebcastNewThingMessage", "5")
    assert decoded.event.payload == {"payload_base64": "CAE="}


@pytest.mark.parametrize("method", sorted(METHODS))
def test_unreadable_bytes_of_a_known_method_are_kept(method: str) -> None:
    decoded = decode(pb.Message(method=method, payload=b"\x0a\xff", msg_id=5))
    assert decoded.outcome == "undecodable"
    assert base64.b64decode(decoded.event.payload["payload_base64"]) == b"\x0a\xff"


def test_text_that_is_not_utf8_costs_one_message() -> None:
    assert decode(pb.Message(method="WebcastChatMessage", payload=b"\x1a\x01\xff")).outcome == (
        "undecodable"
    )


def test_unknown_fields_are_passed_over() -> None:
    data = pb.ChatMessage(content="好").SerializeToString() + b"\xf8\x7f\x01\xfa\xff\x03\x01x"
    decoded = decode(pb.Message(method="WebcastChatMessage", payload=data))
    assert (decoded.outcome, decoded.event.payload.content) == ("typed", "好")


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("LinkMicMethod", "LinkMicMethod"),
        ("WebcastLinkMicMethod", "LinkMicMethod"),
        ("WebcastRoomNotifyMessage", "NotifyMessage"),
        ("WebcastDecorationModifyMethod", "DecorationModifyMessage"),
        ("WebcastLinkMicBattleMethod", "LinkMicBattle"),
        ("WebcastLinkMicBattleFinishMethod", "LinkMicBattleFinish"),
        ("WebcastLinkMicArmiesMethod", "LinkMicArmies"),
        ("WebcastSunDailyRegionRankMessage", "SunDailyRankMessage"),
        ("WebcastHighlightComment", "HighlightComment"),
        ("WebcastGiftMessage", "GiftMessage"),
    ],
)
def test_methods_lead_to_their_types(method: str, name: str) -> None:
    assert METHODS[method].DESCRIPTOR.name == name


def test_every_message_with_a_common_is_reachable_by_a_method() -> None:
    reachable = {pb_type.DESCRIPTOR.name for pb_type in METHODS.values()}
    for name, descriptor in pb.DESCRIPTOR.message_types_by_name.items():
        assert (name in reachable) == ("common" in descriptor.fields_by_name), name


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        (envelope(pb.ChatMessage(content="好\x01\"🌹"), "WebcastChatMessage"), "typed"),
        (envelope(pb.LotteryEventNewMessage(lottery_id=5), "WebcastLotteryEventNewMessage"),
         "generic"),
        (pb.Message(method="WebcastBrandNewMessage", payload=b"\xff"), "raw"),
        (pb.Message(method="WebcastChatMessage", payload=b"\xff"), "undecodable"),
        (pb.Message(method="WebcastChatMessage", payload=bytes(100_000)), "omitted"),
    ],
)  # fmt: skip
def test_an_event_brings_its_payload_as_json(message: pb.Message, outcome: str) -> None:
    decoded = decode(message)
    assert decoded.outcome == outcome
    assert decoded.event.encoded == msgspec.json.encode(decoded.event.payload)
