"""Turns the messages of a Response into events; called by room/session.

Never raises: what can't be read becomes a raw event, so that a bad message costs only itself.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any, Literal

from google.protobuf.message import DecodeError, Message
from msgspec import Struct

from relay.events import EncodedEvent, Payload
from relay.webcast.budget import MAX_GENERIC_BYTES, Budget, encode_payload
from relay.webcast.generic import generic
from relay.webcast.mapping import audience, battle, chat, gift, room, shopping
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb

Outcome = Literal["typed", "generic", "raw", "undecodable", "omitted"]

MAX_METHOD_CHARS = 128
"""A longer method is cut: it is no method, and would go into every log line and metric."""

_END_OF_TIME_MS = 100_000_000_000_000
"""In the year 5138. Nonsense must not become a date that breaks a client."""

_Mapper = Callable[[Any, pb.Common, str], Payload]
"""Of (message, its common, room id)."""
# All other types have generic payloads.
_MAPPERS: dict[type[Message], _Mapper] = {
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

_READERS: dict[str, tuple[str, Callable[[bytes], Any], _Mapper | None]] = {
    method: (method, pb_type.FromString, _MAPPERS.get(pb_type))
    for method, pb_type in METHODS.items()
}
"""Method → the same (every message brings its own copy, and events are kept), what parses its
payload, and what maps it."""


class Decoded(Struct, frozen=True, gc=False):
    """An event, and how it was read; unpacks as these two."""

    event: EncodedEvent
    outcome: Outcome
    """`typed` (payload struct), `generic` (dict by the schema's field names), `raw` (unknown
    method, or too large for a generic payload), `undecodable` (known method, unreadable bytes),
    `omitted` (beyond the limits of budget). See Event.payload for the last three."""

    def __iter__(self) -> Iterator[Any]:
        return iter((self.event, self.outcome))


def decode_response(
    response: pb.Response, *, room_id: str, web_rid: str, now_ms: int
) -> list[Decoded]:
    """Decode all messages of a broadcast's Response, in order, within one budget.

    `now_ms` (Unix ms) is our clock: the time of events where upstream gives none, or nonsense.
    """
    budget = Budget()
    upstream_ms = response.now
    if 0 < upstream_ms < _END_OF_TIME_MS:
        now_ms = upstream_ms
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
    size = len(data)
    time_ms = now_ms
    payload: Any
    outcome: Outcome
    encoded = None
    if budget.admits(size):
        reader = _READERS.get(method)
        if reader is None or (reader[2] is None and size > MAX_GENERIC_BYTES):
            payload, outcome = _raw(data), "raw"
        else:
            method, parse, mapper = reader
            try:
                parsed = parse(data)
            except DecodeError:
                payload, outcome = _raw(data), "undecodable"
            else:
                common = parsed.common
                named_id = common.room_id
                # Field 2 here, while the wrapped gift brings its own: either may be left empty.
                if mapper is gift.binding_gift and not named_id:
                    common = parsed.msg.common
                    named_id = common.room_id
                # Some messages have 0 here.
                created_ms = common.create_time
                if 0 < created_ms < _END_OF_TIME_MS:
                    time_ms = created_ms
                if mapper is None:
                    payload, outcome = generic(parsed), "generic"
                else:
                    named_room = str(named_id) if named_id else common.room_id_str
                    payload, outcome = mapper(parsed, common, named_room or room_id), "typed"
        encoded = budget.charge(size, payload)
    if encoded is None:
        payload, outcome = _omitted(data), "omitted"
        encoded = encode_payload(payload)
    # The envelope's id: `common` isn't field 1 of every type, and recorded ones hold another id.
    msg_id = str(message.msg_id)
    return Decoded(
        EncodedEvent(method, msg_id, room_id, web_rid, time_ms, payload, encoded), outcome
    )


def _raw(data: bytes) -> dict[str, object]:
    return {"payload_base64": b64encode(data).decode()}


def _omitted(data: bytes) -> dict[str, object]:
    return {"payload_base64": "", "omitted_bytes": len(data)}
