"""Whatever the bytes: an event, never an exception, never without bounds."""

import gzip
import json
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_samples import chat, decode, envelope, random_message, typed, user

from relay.events import PAYLOAD_TYPES, Payload
from relay.webcast.decode import Decoded
from relay.webcast.frames import read_frame
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb


def check(message: pb.Message) -> Decoded:
    """Whatever the bytes: an event that can be sent, and read back as documented."""
    decoded = decode(message)
    encoded = json.loads(msgspec.json.encode(decoded.event))
    assert encoded["method"] == message.method[:128]
    if decoded.outcome == "typed":
        assert isinstance(decoded.event.payload, Payload)
        payload_type = PAYLOAD_TYPES[decoded.event.method]
        assert msgspec.convert(encoded["payload"], payload_type) == decoded.event.payload
    return decoded


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_decodes_whatever_its_fields_hold(method: str) -> None:
    for seed in range(20):
        decoded = check(envelope(random_message(METHODS[method], seed), method))
        assert decoded.outcome == ("typed" if method in PAYLOAD_TYPES else "generic")
    assert check(envelope(METHODS[method](), method)).outcome in ("typed", "generic")


@settings(max_examples=300)
@given(st.sampled_from(sorted(METHODS)), st.binary(max_size=200))
def test_random_bytes_never_raise(method: str, payload: bytes) -> None:
    check(pb.Message(method=method, payload=payload))


@given(st.text(max_size=300), st.binary(max_size=20), st.integers(-(2**63), 2**63 - 1))
def test_any_method_and_id_never_raise(method: str, payload: bytes, msg_id: int) -> None:
    check(pb.Message(method=method, payload=payload, msg_id=msg_id))


def test_damaged_messages_never_raise() -> None:
    rng = random.Random(7)
    for method in sorted(METHODS):
        data = bytearray(random_message(METHODS[method], 0).SerializeToString() or b"\x08\x01")
        for _ in range(10):
            damaged = bytearray(data)
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            check(pb.Message(method=method, payload=bytes(damaged)))


@pytest.mark.parametrize("method", ["WebcastLikeMessage", "WebcastAssetMessage"])
def test_endless_nesting_is_refused_or_shown(method: str) -> None:
    # User.top_fans holds users, which hold users …; protobuf itself stops at a hundred.
    tag = bytes([METHODS[method].DESCRIPTOR.fields_by_name["user"].number << 3 | 2])
    for depth, readable in ((95, True), (120, False)):
        user = b""
        for _ in range(depth):
            user = b"\xea\x02" + varint(len(user)) + user
        message = pb.Message(method=method, payload=tag + varint(len(user)) + user)
        assert (check(message).outcome != "undecodable") == readable


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def test_long_lists_are_cut() -> None:
    badges = [pb.Image(image_type=1)] * 500
    assert len(user(badge_image_list=badges).badges) == 20
    pieces = [pb.TextPiece(string_value="字")] * 5_000
    assert len(chat(rtf_content_v2=pb.Text(pieces=pieces)).pieces) == 200
    ranks = pb.RoomRankMessage(ranks=[pb.RoomRankMessage.RoomRank()] * 5_000)
    assert len(typed("WebcastRoomRankMessage", ranks).ranks) == 200


def test_a_pattern_cant_multiply_its_pieces_without_end() -> None:
    text = pb.Text(default_pattern="{0}" * 5_000, pieces=[pb.TextPiece(string_value="字" * 10_000)])
    message = pb.RoomMessage(common=pb.Common(display_text=text))
    assert len(typed("WebcastRoomMessage", message).content) < 30_000


def test_a_bad_message_costs_only_itself() -> None:
    good = envelope(pb.ChatMessage(content="好"), "WebcastChatMessage")
    bad = pb.Message(method="WebcastChatMessage", payload=b"\x0a\xff")
    response = pb.Response(messages=[good, bad, good], cursor="c")
    data = pb.PushFrame(
        payload_type="msg", payload=gzip.compress(response.SerializeToString())
    ).SerializeToString()
    read = read_frame(data).response
    assert read is not None
    assert [decode(message).outcome for message in read.messages] == [
        "typed", "undecodable", "typed",
    ]  # fmt: skip
