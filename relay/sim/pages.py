"""The HTML pages; called by http. No I/O."""

import json
from typing import Any

from relay.sim.card import card_of
from relay.sim.room import SimRoom
from relay.sim.users import web_user
from relay.sim.web import web_room

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
    card = card_of(room, broadcast)
    state = {
        "roomStore": {
            "roomInfo": {
                "room": web_room(card),
                "roomId": broadcast.room_id,
                "web_rid": room.web_rid,
                "anchor": web_user(room.anchor),
                "qrcode_url": "",
                "enter_mode": int(broadcast.radio),
                "has_commerce_goods": broadcast.live and card.goods > 0,
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


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _html_safe(text: str) -> str:
    """Escape what could end the script, as the page's renderer does."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
