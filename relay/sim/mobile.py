"""The whole room object of the mobile app, as reflow/info and the feed give it; used by webapi."""

from decimal import Decimal
from typing import Any

from relay.sim.card import RoomCard
from relay.sim.streams import mobile_stream
from relay.sim.structs import short_number
from relay.sim.templates import json_image, template
from relay.sim.users import mobile_user

_REFLOW = "https://webcast.amemv.com/douyin/webcast/reflow"


def reflow_info(card: RoomCard, now_ms: int, *, logged_in: bool) -> dict[str, Any]:
    """Give reflow/info's answer; ended broadcasts have one as well."""
    return {
        "data": {
            "room": mobile_room(card, logged_in=logged_in),
            "user": {"id": 0, "id_str": "0", "nickname": "", "sec_uid": ""},
        },
        "extra": {"now": now_ms},
        "status_code": 0,
    }


def mobile_room(card: RoomCard, *, logged_in: bool) -> dict[str, Any]:
    """Give the room object; who isn't logged in is told less of its anchor."""
    base = template("room")
    anchor = card.anchor
    share = f"【{anchor.nickname}】正在直播，复制链接打开抖音来看看"
    stream = mobile_stream(card.room_id, card.started_s)
    return {
        **base,
        "id": card.room_id,
        "id_str": card.room_id_str,
        "status": 2 if card.live else 4,
        "title": card.title,
        "owner_user_id": anchor.uid,
        "owner": _owner(card, logged_in=logged_in),
        "user_count": card.online,
        "create_time": card.started_s,
        "start_time": card.started_s,
        # While it is live, upstream gives the time when it began.
        "finish_time": card.ended_s or card.started_s,
        "like_count": card.likes,
        "live_id": 1,
        "live_type_audio": card.radio,
        "live_type_normal": not card.radio,
        "admin_user_ids": [person.uid for person, _ in card.fans],
        "anchor_share_text": share,
        "user_share_text": share,
        "share_url": f"{_REFLOW}/{card.room_id}",
        "cover": json_image(f"cover/{card.web_rid}"),
        "feed_room_label": json_image("label/live.png"),
        "guide_button": json_image("button/together.png"),
        "has_commerce_goods": card.goods > 0,
        "living_room_attrs": {
            **base["living_room_attrs"],
            "room_id": card.room_id,
            "room_id_str": card.room_id_str,
        },
        "room_cart": {
            **base["room_cart"],
            "contain_cart": card.goods > 0,
            "total": card.goods,
            "show_cart": int(card.goods > 0),
        },
        "room_view_stats": view_stats(card),
        "stats": {
            **base["stats"],
            "id": card.room_id,
            "id_str": card.room_id_str,
            "total_user": card.total_users,
            "total_user_str": str(card.total_users),
            "user_count_str": str(card.online),
            "follow_count": card.total_users // 90,
            "gift_uv_count": card.total_users // 400,
            "user_count_composition": {
                "city": 0,
                "my_follow": 0.04,
                "other": 0.35,
                "video_detail": 0.61,
            },
        },
        "stream_id": stream["id"],
        "stream_id_str": stream["id_str"],
        "stream_url": stream,
        "top_fans": [
            {"fan_ticket": tickets, "user": mobile_user(person, logged_in=logged_in)}
            for person, tickets in card.fans
        ],
        "video_feed_tag": "直播中",
    }


def feed_room(card: RoomCard, *, logged_in: bool) -> dict[str, Any]:
    """Give a room as the feed does: live, but not saying so; some numbers are left out."""
    room = mobile_room(card, logged_in=logged_in)
    rounded = [js_rounded(card.room_id)]
    return room | {
        "status": 0,
        "owner_user_id": 0,
        "create_time": 0,
        "start_time": 0,
        "share_url": "",
        "owner": room["owner"] | {"own_room": room["owner"]["own_room"] | {"room_ids": rounded}},
        "stats": room["stats"] | {"total_user": 0},
    }


def view_stats(card: RoomCard) -> dict[str, Any]:
    """Give the line under the title: how many watch now."""
    text = short_number(card.online)
    return {
        "is_hidden": False,
        "display_short": text,
        "display_middle": text,
        "display_long": f"{text}在线观众",
        "display_value": card.online,
        "display_version": card.started_s,
        "incremental": False,
        "display_type": 1,
        "display_short_anchor": text,
        "display_middle_anchor": text,
        "display_long_anchor": f"{text}在线观众",
    }


def js_rounded(number: int) -> int:
    """Write a number as JavaScript does, which knows 53 bits and fills up with zeros."""
    return int(Decimal(repr(float(number))))


def _owner(card: RoomCard, *, logged_in: bool) -> dict[str, Any]:
    owner = mobile_user(card.anchor, display_id=card.handle, logged_in=logged_in)
    # Gone since the app draws these itself.
    for name in ("new_im_icon_with_level", "new_live_icon"):
        del owner["pay_grade"][name]
    rooms = [card.room_id] if card.live else []
    return owner | {
        "web_rid": card.web_rid,
        "own_room": {"room_ids": rooms, "room_ids_str": [str(room_id) for room_id in rooms]},
        "with_commerce_permission": card.goods > 0,
        "with_fusion_shop_entry": card.goods > 0,
    }
