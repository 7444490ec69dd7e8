"""Turns the messages of a Response into events; called by room/session.

Never raises: what can't be read becomes a raw event, so that a bad message costs only itself.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message

from relay.events import Event, Payload
from relay.webcast.budget import MAX_GENERIC_BYTES, Budget
from relay.webcast.mapping import audience, battle, chat, gift, room, shopping
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb

Outcome = Literal["typed", "generic", "raw", "undecodable", "omitted"]

MAX_METHOD_CHARS = 128
"""A longer method is cut: it is no method, and would go into every log line and metric."""

_MAX_TIME_MS = 100_000_000_000_000  # in the year 5138

# Type → mapper of (message, its common, room id); all other types have generic payloads.
_MAPPERS: dict[type[Message], Callable[[Any, pb.Common, str], Payload]] = {
    pb.ChatMessage: chat.chat,
    pb.EmojiChatMessage: chat.emoji_chat,
    pb.ScreenChatMessage: chat.screen_chat,
    pb.PrivilegeScreenChatMessage: chat.privilege_screen_chat,
    pb.LikeMessage: audience.like,
    pb.MemberMessage: audience.member,
    pb.SocialMessage: audience.social,
    pb.FansclubMessage: audience.fansclub,
    pb.GiftMessage: gift.gift,
    pb.LightGiftMessage: gift.light_gift,
    pb.BindingGiftMessage: gift.binding_gift,
    pb.UpdateFanTicketMessage: gift.fan_ticket,
    pb.LuckyBoxMessage: gift.lucky_box,
    pb.RoomUserSeqMessage: room.room_user_seq,
    pb.RoomStatsMessage: room.room_stats,
    pb.RoomRankMessage: room.room_rank,
    pb.ControlMessage: room.control,
    pb.RoomMessage: room.room,
    pb.NotifyMessage: room.room_notify,
    pb.InRoomBannerMessage: room.in_room_banner,
    pb.LiveShoppingMessage: shopping.live_shopping,
    pb.ProductChangeMessage: shopping.product_change,
    pb.LinkMicBattle: battle.battle,
    pb.LinkMicBattleFinish: battle.battle_finish,
    pb.LinkMicArmies: battle.armies,
}


class Decoded(NamedTuple):
    """An event, and how it was read."""

    event: Event
    outcome: Outcome
    """`typed` (payload struct), `generic` (dict by the schema's field names), `raw` (unknown
    method, or too large for a generic payload), `undecodable` (known method, unreadable bytes),
    `omitted` (beyond the limits of budget). See Event.payload for the last three."""


def decode_response(
    response: pb.Response, *, room_id: str, web_rid: str, now_ms: int
) -> list[Decoded]:
    """Decode all messages of a broadcast's Response, in order, within one budget.

    `now_ms` (Unix ms) is our clock: the time of events where upstream gives none, or nonsense.
    """
    budget = Budget()
    if _is_plausible(response.now):
        now_ms = response.now
    return [
        decode_message(message, room_id=room_id, web_rid=web_rid, now_ms=now_ms, budget=budget)
        for message in response.messages
    ]


def decode_message(
    message: pb.Message, *, room_id: str, web_rid: str, now_ms: int, budget: Budget
) -> Decoded:
    """Decode one message of a broadcast.

    `room_id` is the watched broadcast, `now_ms` (Unix ms) upstream's clock or ours: the event's
    time where the message has none.
    """
    method = message.method[:MAX_METHOD_CHARS]
    data = message.payload
    time_ms = now_ms
    payload: Any
    outcome: Outcome
    pb_type = METHODS.get(method)
    if not budget.admits(len(data)):
        payload, outcome = _omitted(data), "omitted"
    elif pb_type is None or (len(data) > MAX_GENERIC_BYTES and pb_type not in _MAPPERS):
        payload, outcome = _raw(data), "raw"
    elif (parsed := _parse(pb_type, data)) is None:
        payload, outcome = _raw(data), "undecodable"
    else:
        common = _common(parsed)
        # Some messages have 0 here.
        if _is_plausible(common.create_time):
            time_ms = common.create_time
        if mapper := _MAPPERS.get(pb_type):
            named_room = str(common.room_id) if common.room_id else common.room_id_str
            payload, outcome = mapper(parsed, common, named_room or room_id), "typed"
        else:
            payload = MessageToDict(parsed, preserving_proto_field_name=True)
            outcome = "generic"
    if outcome != "omitted" and not budget.charge(len(data), payload):
        payload, outcome = _omitted(data), "omitted"
    # The envelope's id: `common` isn't field 1 of every type, and recorded ones hold another id.
    msg_id = str(message.msg_id)
    return Decoded(Event(method, msg_id, room_id, web_rid, time_ms, payload), outcome)


def _is_plausible(time_ms: int) -> bool:
    """Tell whether upstream means a time; nonsense must not become a date that breaks a client."""
    return 0 < time_ms < _MAX_TIME_MS


def _parse(pb_type: type[Message], data: bytes) -> Any:
    try:
        return pb_type.FromString(data)
    except DecodeError:
        return None


def _common(parsed: Any) -> pb.Common:
    common: pb.Common = parsed.common
    # Field 2 here, while the wrapped gift brings its own: either may be left empty.
    if isinstance(parsed, pb.BindingGiftMessage) and not common.room_id:
        common = parsed.msg.common
    return common


def _raw(data: bytes) -> dict[str, object]:
    return {"payload_base64": b64encode(data).decode()}


def _omitted(data: bytes) -> dict[str, object]:
    return {"payload_base64": "", "omitted_bytes": len(data)}
