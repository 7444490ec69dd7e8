"""The room as web/enter and the room page give it; used by http, pages and webapi."""

from collections.abc import Iterable
from typing import Any

import msgspec

from relay.sim.card import RoomCard
from relay.sim.mobile import view_stats
from relay.sim.streams import web_stream
from relay.sim.templates import template
from relay.sim.users import web_image, web_user

_SHARED = (
    "AnchorABMap",
    "basis",
    "ecom_data",
    "fansclub_msg_style",
    "follow_msg_style",
    "game_data",
    "gift_msg_style",
    "linker_detail",
    "others",
    "paid_live_data",
    "pico_info",
    "preview_expose",
    "req_user",
    "room_auth",
    "scene_type_info",
    "share_msg_style",
    "short_touch_area_config",
    "toolbar_data",
)
"""What a live room has as the mobile app's room object does."""
_ENTERED = (
    "basis",
    "others",
    "pico_info",
    "req_user",
    "room_auth",
    "room_cart",
    "scene_type_info",
    "short_touch_area_config",
    "toolbar_data",
)
"""What only the room that is entered has."""


def web_enter(card: RoomCard, similar: msgspec.Raw, now_ms: int) -> dict[str, Any]:
    """Give web/enter's answer for a room that is live or was; `similar` is similar_rooms'."""
    # data.room_status: 0 live, 1 live without pictures, 2 over.
    status = 2 if not card.live else int(card.radio)
    data: dict[str, Any] = {
        "data": [web_room(card)],
        "enter_room_id": card.room_id_str,
        "user": web_user(card.anchor),
        "qrcode_url": "",
        "enter_mode": int(card.radio),
        "room_status": status,
        "partition_road_map": {},
        "similar_rooms": [],
        "shark_decision_conf": "",
        "auth_cert_info": "",
    }
    if card.live:
        sub_partition = {"partition": {"id_str": "9001", "type": 1, "title": "手艺"}}
        data |= {
            "extra": {
                "digg_color": "0",
                "is_official_channel": False,
                "pay_scores": "0",
                "signature": "",
                "vr_type": 0,
            },
            "partition_road_map": {
                "partition": {"id_str": "9", "type": 4, "title": "生活"},
                "sub_partition": sub_partition,
            },
            "similar_rooms": similar,
            "login_lead": {"is_login": False, "level": 0, "items": {}},
            "web_stream_url": {
                "flv_pull_url": {},
                "default_resolution": "",
                "hls_pull_url_map": {},
                "hls_pull_url": "",
                "stream_orientation": 0,
                "pull_datas": {},
            },
        }
    return {"data": data, "extra": {"now": now_ms}, "status_code": 0}


def similar_rooms(cards: Iterable[RoomCard]) -> msgspec.Raw:
    """Give the rooms that web/enter recommends beside the one that is entered."""
    return msgspec.Raw(
        msgspec.json.encode(
            [
                {
                    "room": _similar_room(card),
                    "tag_name": "",
                    "uniq_id": card.web_rid,
                    "web_rid": card.web_rid,
                    "is_recommend": 1,
                    "title_type": 0,
                    "cover_type": 0,
                }
                for card in cards
            ]
        )
    )


def _similar_room(card: RoomCard) -> dict[str, Any]:
    room = {name: value for name, value in web_room(card).items() if name not in _ENTERED}
    owner = {
        name: value for name, value in room["owner"].items() if name not in ("subscribe", "web_rid")
    }
    return room | {"admin_user_ids": [], "admin_user_ids_str": [], "owner": owner}


def web_room(card: RoomCard) -> dict[str, Any]:
    """Give the room object; what only live ones have is left out."""
    found: dict[str, Any] = {
        "id_str": card.room_id_str,
        "status": 2 if card.live else 4,
        "status_str": "2" if card.live else "4",
        "title": card.title,
        "user_count_str": str(card.online),
        "mosaic_status": 0,
        "mosaic_status_str": "",
        "admin_user_ids": [],
        "admin_user_ids_str": [],
        "live_room_mode": 1,
        "has_commerce_goods": card.live and card.goods > 0,
        "linker_map": {},
        "AnchorABMap": {},
        "like_count": card.likes if card.live else 0,
        "owner_user_id_str": str(card.anchor.uid) if card.live else "",
    }
    if card.live:
        base = template("room")
        found |= {name: base[name] for name in _SHARED}
        found |= {
            "cover": web_image(f"cover/{card.web_rid}.jpeg"),
            "stream_url": web_stream(card.room_id, card.started_s),
            "owner": {
                **web_user(card.anchor),
                "web_rid": card.web_rid,
                "subscribe": template("user")["subscribe"],
            },
            "admin_user_ids": [person.uid for person, _ in card.fans],
            "admin_user_ids_str": [str(person.uid) for person, _ in card.fans],
            "room_cart": {
                **base["room_cart"],
                "contain_cart": card.goods > 0,
                "total": card.goods,
                "show_cart": int(card.goods > 0),
            },
            "admin_user_open_ids": [],
            "admin_user_open_ids_str": [],
            "owner_open_id_str": "",
            "stats": {
                "total_user_desp": "",
                "like_count": 0,
                "total_user_str": str(card.total_users),
                "user_count_str": str(card.online),
            },
            "room_view_stats": view_stats(card),
        }
    return found
