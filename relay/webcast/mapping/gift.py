"""Gifts and what they add up to; called by decode."""

from typing import TypeVar

from relay.events.gift import (
    BindingGiftPayload,
    FanTicketPayload,
    GiftPayload,
    LightGiftPayload,
    LuckyBoxPayload,
)
from relay.webcast.mapping.people import id_text, image_url, user_of
from relay.webcast.mapping.text import described
from relay.webcast.pb import webcast_pb2 as pb

MAX_RECEIVERS = 200
_Gift = TypeVar("_Gift", bound=GiftPayload)


def gift(message: pb.GiftMessage, common: pb.Common, room_id: str) -> GiftPayload:
    """Map a gift."""
    return _gift(GiftPayload, message, common, room_id)


def binding_gift(
    message: pb.BindingGiftMessage, common: pb.Common, room_id: str
) -> BindingGiftPayload:
    """Map the gift that the message wraps."""
    return _gift(BindingGiftPayload, message.msg, common, room_id)


def light_gift(message: pb.LightGiftMessage, common: pb.Common, room_id: str) -> LightGiftPayload:
    """Map a small gift."""
    kind = message.gift_struct
    name, each = kind.name, kind.diamond_count
    combo_count, group_count = message.combo_count, message.group_count
    count = message.count or combo_count * (group_count or 1) or message.repeat_count or 1
    return LightGiftPayload(
        room_id,
        f"送出了 {name or '礼物'} x{count}",
        # The message has no sender of its own; now and then the envelope names one.
        user_of(common.user) if common.HasField("user") else None,
        id_text(kind.id),
        name,
        count,
        each,
        each * count,
        message.repeat_count,
        combo_count,
        group_count,
        message.send_type,
        id_text(message.to_user_id),
        image_url(kind.image) or image_url(kind.icon),
    )


def fan_ticket(
    message: pb.UpdateFanTicketMessage, _common: pb.Common, room_id: str
) -> FanTicketPayload:
    """Map the room's sum of fan tickets."""
    count = message.room_fan_ticket_count
    text = message.room_fan_ticket_count_text
    return FanTicketPayload(
        room_id, f"本场音浪 {text or count}", None, count, text, message.force_update
    )


def lucky_box(message: pb.LuckyBoxMessage, common: pb.Common, room_id: str) -> LuckyBoxPayload:
    """Map a lucky bag or red packet."""
    title = message.title
    return LuckyBoxPayload(
        room_id,
        title or described(common) or "发出了福袋",
        user_of(message.user) if message.HasField("user") else None,
        message.box_id_str or id_text(message.box_id),
        title,
        message.diamond_count,
        message.box_type,
        message.business_type,
        message.box_status,
        message.send_time,
        message.delay_time,
        message.display_duration,
        message.is_official,
        message.large,
    )


def _gift(
    payload_type: type[_Gift], message: pb.GiftMessage, common: pb.Common, room_id: str
) -> _Gift:
    kind = message.gift
    name, each = kind.name, kind.diamond_count
    receivers = message.to_user_ids
    repeat_count, combo_count = message.repeat_count, message.combo_count
    group_count, total_count = message.group_count, message.total_count
    # Upstream leaves total_count out of some messages; a combo counts sets of group_count gifts.
    count = total_count or combo_count * (group_count or 1) or repeat_count or 1
    return payload_type(
        room_id,
        f"送出了 {name or '礼物'} x{count}",
        user_of(message.user) if message.HasField("user") else None,
        id_text(message.gift_id or kind.id),
        name,
        count,
        each,
        each * count,
        repeat_count,
        combo_count,
        group_count,
        total_count,
        id_text(message.group_id),
        kind.combo,
        # The twin that closes a combo repeats the last count under a new msg_id: consumers that
        # sum would count it twice (dycast#12, saermart#109).
        message.repeat_end == 1,
        message.send_type,
        kind.type,
        message.fan_ticket_count,
        user_of(message.to_user) if message.HasField("to_user") else None,
        tuple([str(uid) for uid in receivers[:MAX_RECEIVERS]]) if receivers else (),
        image_url(kind.image) or image_url(kind.icon),
        message.send_time,
        common.describe,
    )
