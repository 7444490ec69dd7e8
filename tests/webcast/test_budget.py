"""What one message and one Response may cost, and that nothing else is lost when they are over."""

from typing import Any

import msgspec
import pytest
from wire_samples import decode, decode_all, envelope

from relay.webcast.budget import (
    MAX_EVENT_BYTES,
    MAX_GENERIC_BYTES,
    MAX_PAYLOAD_BYTES,
    MAX_RESPONSE_COST,
)
from relay.webcast.decode import Decoded
from relay.webcast.pb import webcast_pb2 as pb

CHAT, NOTIFY = "WebcastChatMessage", "WebcastNotifyEffectMessage"
CONTRIBUTOR = pb.RoomUserSeqMessage.Contributor(user=pb.User())


def omitted(size: int) -> dict[str, object]:
    return {"payload_base64": "", "omitted_bytes": size}


def chat_of(payload_bytes: int) -> pb.ChatMessage:
    message = pb.ChatMessage(content="x" * payload_bytes)
    return pb.ChatMessage(content="x" * (2 * payload_bytes - message.ByteSize()))


def json_bytes(decoded: list[Decoded]) -> int:
    return sum(len(msgspec.json.encode(event.payload)) for event, _ in decoded)


def values(payload: Any) -> int:
    if isinstance(payload, dict):
        return 1 + sum(map(values, payload.values()))
    return 1 + sum(map(values, payload)) if isinstance(payload, list) else 1


@pytest.mark.parametrize("method", [CHAT, NOTIFY, "WebcastBrandNewMessage"])
def test_a_message_that_is_too_large_keeps_its_name_and_id_only(method: str) -> None:
    large = chat_of(MAX_PAYLOAD_BYTES + 1)
    decoded = decode(envelope(large, method, msg_id=5))
    assert decoded.outcome == "omitted"
    assert (decoded.event.method, decoded.event.msg_id) == (method, "5")
    assert decoded.event.payload == omitted(MAX_PAYLOAD_BYTES + 1)


def test_the_other_messages_of_its_response_are_decoded() -> None:
    good = pb.ChatMessage(content="好")
    messages = [
        envelope(good, CHAT, 1), envelope(chat_of(3_000_000), CHAT, 2), envelope(good, CHAT, 3)
    ]  # fmt: skip
    decoded = decode_all(pb.Response(messages=messages))
    assert [outcome for _, outcome in decoded] == ["typed", "omitted", "typed"]
    assert [event.msg_id for event, _ in decoded] == ["1", "2", "3"]


def test_a_message_may_be_as_large_as_the_limit() -> None:
    assert decode(envelope(chat_of(MAX_PAYLOAD_BYTES), CHAT)).outcome == "typed"
    unknown = decode(envelope(chat_of(MAX_PAYLOAD_BYTES), "WebcastBrandNewMessage"))
    assert unknown.outcome == "raw"


def test_a_large_message_without_a_type_of_its_own_gives_its_bytes() -> None:
    icons = [pb.Image()] * (MAX_GENERIC_BYTES // 2)
    fits = decode(envelope(pb.NotifyEffectMessage(icons=icons), NOTIFY))
    assert (fits.outcome, len(fits.event.payload["icons"])) == ("generic", len(icons))
    larger = decode(envelope(pb.NotifyEffectMessage(icons=[*icons, pb.Image()]), NOTIFY))
    assert (larger.outcome, list(larger.event.payload)) == ("raw", ["payload_base64"])


def test_a_message_that_would_become_an_enormous_event_does_not() -> None:
    badges = [pb.Image()] * 20
    ranks = [pb.RoomUserSeqMessage.Contributor(user=pb.User(badge_image_list=badges))] * 200
    message = envelope(pb.RoomUserSeqMessage(ranks=ranks, seats=ranks), "WebcastRoomUserSeqMessage")
    decoded = decode(message)
    assert decoded.outcome == "omitted"
    assert decoded.event.payload == omitted(len(message.payload))


@pytest.mark.parametrize(
    ("method", "payload"),
    [
        (NOTIFY, pb.NotifyEffectMessage(icons=[pb.Image()] * 15_000)),
        (NOTIFY, pb.NotifyEffectMessage(icons=[pb.Image()] * 100)),
        (NOTIFY, pb.NotifyEffectMessage(
            common=pb.Common(user=pb.User(top_fans=[pb.User()] * 5_000)))),
        ("WebcastRoomUserSeqMessage", pb.RoomUserSeqMessage(
            ranks=[CONTRIBUTOR] * 200, seats=[CONTRIBUTOR] * 200)),
        ("WebcastLinkMicBattleFinish", pb.LinkMicBattleFinish(anchors=[pb.User()] * 200)),
        ("WebcastRoomMessage", pb.RoomMessage(common=pb.Common(display_text=pb.Text(
            default_pattern="{0}" * 200, pieces=[pb.TextPiece(string_value="字" * 500)])))),
        (CHAT, pb.ChatMessage(content="\x01" * 1_500)),
        ("WebcastBrandNewMessage", pb.ChatMessage(content="x" * 1_500)),
    ],
)  # fmt: skip
def test_a_response_of_nothing_but_hostile_messages_is_bounded(method: str, payload: Any) -> None:
    message = envelope(payload, method)
    decoded = decode_all(pb.Response(messages=[message] * 5_000))
    looked_at = [one for one in decoded if one.outcome != "omitted"]
    # Each message is told, those beyond the budget without what was in them.
    assert len(decoded) == 5_000
    assert 0 < len(looked_at) < 5_000
    assert decoded[-1].event.payload == omitted(len(message.payload))
    assert json_bytes(looked_at) <= MAX_RESPONSE_COST + MAX_EVENT_BYTES
    if looked_at[0].outcome == "generic":
        assert sum(values(one.event.payload) for one in looked_at) <= 200_000
