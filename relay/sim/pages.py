"""What the HTML pages and JSON endpoints say about a room; called by http. No I/O."""

import json
from typing import Any

from relay.sim.people import Person
from relay.sim.room import SimRoom

CAPTCHA_PAGE = (
    "<!DOCTYPE html><html><head><title>验证码中间页</title></head>"
    '<body><div id="captcha_container"></div></body></html>'
)
SHELL_PAGE = (
    "<!DOCTYPE html><html><head><title>抖音直播</title></head>"
    '<body><div id="root"></div></body></html>'
)
NOT_FOUND_PAGE = "<!DOCTYPE html><html><head><title>404</title></head><body></body></html>"
HOME_PAGE = SHELL_PAGE


def room_page(room: SimRoom) -> str:
    """Give the server-rendered page: the state as JSON text inside JSON text inside a script."""
    broadcast = room.current
    state = {
        "roomStore": {
            "roomInfo": {
                "room": web_room(room),
                "roomId": broadcast.room_id,
                "web_rid": room.web_rid,
                "anchor": web_user(room.anchor),
                "qrcode_url": "",
                "enter_mode": int(broadcast.radio),
                "has_commerce_goods": False,
            },
            "isLoading": False,
        },
        "linkmicStore": {"linkmicList": []},
        "userStore": {
            "odin": {
                "user_id": room.user_unique_id,
                "user_type": 12,
                "user_is_auth": 0,
                "user_unique_id": room.user_unique_id,
            },
            "info": {},
        },
    }
    chunks = [
        '0:["$","html",null,{"lang":"zh"}]\n',
        f"c:{_compact(['$', '$L10', None, {'state': state}])}\n",
    ]
    scripts = "".join(
        f'<script nonce="sim">self.__pace_f.push({_html_safe(_compact([1, chunk]))})</script>'
        for chunk in chunks
    )
    return (
        "<!DOCTYPE html><html><head><title>抖音直播</title></head><body>"
        f"<script>(self.__pace_f=self.__pace_f||[]).push([0])</script>{scripts}</body></html>"
    )


def web_enter(room: SimRoom, now_ms: int) -> dict[str, Any]:
    """Give web/enter's answer for a room that is live or was."""
    broadcast = room.current
    # data.room_status: 0 live, 1 live without pictures, 2 over.
    status = 2 if not broadcast.live else int(broadcast.radio)
    data: dict[str, Any] = {
        "data": [web_room(room)],
        "enter_room_id": broadcast.room_id,
        "user": web_user(room.anchor),
        "qrcode_url": "",
        "enter_mode": int(broadcast.radio),
        "room_status": status,
        "partition_road_map": {},
        "similar_rooms": [],
        "shark_decision_conf": "",
        "auth_cert_info": "",
    }
    if broadcast.live:
        data["extra"] = {"digg_color": "0", "pay_scores": "0", "signature": "", "vr_type": 0}
    return {"data": data, "extra": {"now": now_ms}, "status_code": 0}


def refusal(status_code: int, now_ms: int, **data: str) -> dict[str, Any]:
    """Give the JSON that all webcast calls refuse with."""
    return {"data": data, "extra": {"now": now_ms}, "status_code": status_code}


def reflow_info(room: SimRoom, room_id: str, now_ms: int) -> dict[str, Any] | None:
    """Give reflow/info's answer for one of a room's broadcasts; ended ones answer as well."""
    broadcast = room.find(room_id)
    if broadcast is None:
        return None
    show, anchor = broadcast.show, room.anchor
    return {
        "data": {
            "room": {
                "id": int(broadcast.room_id),
                "id_str": broadcast.room_id,
                "status": 2 if broadcast.live else 4,
                "owner_user_id": anchor.uid,
                "title": broadcast.title,
                "user_count": show.online if broadcast.live else 0,
                "create_time": broadcast.started_ms // 1000,
                "start_time": broadcast.started_ms // 1000,
                "finish_time": broadcast.ended_ms // 1000,
                "like_count": show.likes,
                "live_type_audio": broadcast.radio,
                "live_type_normal": not broadcast.radio,
                "cover": _image(f"cover/{room.web_rid}.jpeg"),
                "has_commerce_goods": False,
                "stats": {
                    "total_user": show.total_users,
                    "total_user_str": str(show.total_users),
                    "user_count_str": str(show.online),
                    "like_count": show.likes,
                },
                "owner": {
                    "id": anchor.uid,
                    "id_str": str(anchor.uid),
                    "short_id": anchor.uid % 10**9,
                    "sec_uid": anchor.sec_uid,
                    "display_id": room.handle,
                    "nickname": anchor.nickname,
                    "gender": anchor.gender,
                    "avatar_thumb": _image(f"avatar/{anchor.uid}.jpeg"),
                    "web_rid": room.web_rid,
                },
            },
            "user": {"id": 0, "id_str": "0", "nickname": "", "sec_uid": ""},
        },
        "extra": {"now": now_ms},
        "status_code": 0,
    }


def web_room(room: SimRoom) -> dict[str, Any]:
    """Give the room object of web/enter and the page; what only live ones have is left out."""
    broadcast = room.current
    show = broadcast.show
    online = show.online if broadcast.live else 0
    found: dict[str, Any] = {
        "id_str": broadcast.room_id,
        "status": 2 if broadcast.live else 4,
        "status_str": "2" if broadcast.live else "4",
        "title": broadcast.title,
        "user_count_str": str(online),
        "mosaic_status": 0,
        "mosaic_status_str": "",
        "admin_user_ids": [],
        "admin_user_ids_str": [],
        "live_room_mode": 1,
        "has_commerce_goods": False,
        "linker_map": {},
        "AnchorABMap": {},
        "like_count": show.likes if broadcast.live else 0,
        "owner_user_id_str": str(room.anchor.uid) if broadcast.live else "",
    }
    if broadcast.live:
        found |= {
            "cover": _image(f"cover/{room.web_rid}.jpeg"),
            "stream_url": {"flv_pull_url": {}, "default_resolution": "HD1"},
            "owner": {**web_user(room.anchor), "web_rid": room.web_rid},
            "room_auth": {"Chat": True, "Danmaku": False, "Gift": True, "Digg": True},
            "stats": {
                "total_user_desp": "",
                "like_count": 0,
                "total_user_str": str(show.total_users),
                "user_count_str": str(online),
            },
            "room_view_stats": {
                "is_hidden": False,
                "display_short": str(online),
                "display_middle": str(online),
                "display_long": f"{online}在线观众",
                "display_value": online,
                "display_version": broadcast.started_ms // 1000,
                "incremental": False,
                "display_type": 1,
            },
        }
    return found


def web_user(person: Person) -> dict[str, Any]:
    """Give an anchor as the web endpoints do."""
    return {
        "id_str": str(person.uid),
        "sec_uid": person.sec_uid,
        "nickname": person.nickname,
        "avatar_thumb": _image(f"avatar/{person.uid}.jpeg"),
        "follow_info": {"follow_status": 0, "follow_status_str": "0"},
        "foreign_user": 0,
        "open_id_str": "",
    }


def _image(path: str) -> dict[str, Any]:
    return {"url_list": [f"https://example.invalid/{path}"]}


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _html_safe(text: str) -> str:
    """Escape what could end the script, as the page's renderer does."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
