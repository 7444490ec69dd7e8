"""The HTML pages; called by http and assets. No I/O."""

import json
from collections.abc import Mapping, Sequence
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
CHALLENGE_PAGE = (
    "<!DOCTYPE html><html><head><title></title></head><body><script>"
    'document.cookie="__ac_signature=sim; path=/";location.reload()</script></body></html>'
)
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>登录 - 抖音</title></head>"
    '<body><div id="login-page">请登录后进入直播间</div></body></html>'
)
_FEED_SCRIPTS = ("md5.js", "sdk.js", "wire.js", "feed.js")


def page_config(
    room: SimRoom, *, key: str, push_urls: Sequence[str], logged_in: bool
) -> dict[str, object]:
    """Give what the page's scripts are told: `key` signs. Its first words are read by sdk.js."""
    behaviours, timing, mode = room.behaviours, room.timing, room.behaviours.page_mode
    return {
        "sdk": behaviours.page_sdk,
        "sdkGoodFor": behaviours.sdk_good_for,
        "key": key,
        "webRid": room.web_rid,
        "roomId": room.room_id,
        "userUniqueId": room.user_unique_id,
        "live": room.live,
        "pushUrls": push_urls,
        "mode": mode,
        "transport": mode if mode in ("poll", "both") else "socket",
        "heartbeatMs": timing.page_heartbeat_s * 1000,
        "retryMs": timing.page_retry_s * 1000,
        "popup": behaviours.page_popup and not logged_in,
        "popupHolds": behaviours.page_popup_holds,
        "reloadAfterMs": behaviours.page_reload_after_s * 1000,
        "crashAfterMs": behaviours.page_crash_after_s * 1000,
        "idleMs": behaviours.page_idle_s * 1000,
    }


def home_page(config: Mapping[str, object]) -> str:
    """Give the page at `/`, whose SDK signs as a room's does."""
    scripts = _scripts(config, ("sdk.js",))
    return (
        "<!DOCTYPE html><html><head><title>抖音直播</title></head>"
        f'<body><div id="root"></div>{scripts}</body></html>'
    )


def frame_page(config: Mapping[str, object]) -> str:
    """Give the frame that holds a page's connection."""
    scripts = _scripts(config, (*_FEED_SCRIPTS, "frame.js"))
    return f"<!DOCTYPE html><html><head></head><body>{scripts}</body></html>"


def room_page(room: SimRoom, config: Mapping[str, object], *, logged_in: bool) -> str:
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
        f"c:{_compact(['$', '$L10', None, {'state': state, **_header(logged_in)}])}\n",
    ]
    scripts = "".join(
        f'<script nonce="sim">self.__pace_f.push({_html_safe(_compact([1, chunk]))})</script>'
        for chunk in chunks
    )
    media = f"/media/{broadcast.room_id}.mp4"
    picture = f'<video muted autoplay playsinline src="{media}"></video>' if broadcast.live else ""
    return (
        "<!DOCTYPE html><html><head><title>抖音直播</title></head><body>"
        f"<script>(self.__pace_f=self.__pace_f||[]).push([0])</script>{scripts}{picture}"
        f"{_scripts(config, (*_FEED_SCRIPTS, 'room.js'))}</body></html>"
    )


def shared_page(room: SimRoom) -> str:
    """Give the page that a short link leads to."""
    state = _html_safe(_compact({"webRid": room.web_rid, "roomId": room.room_id}))
    return (
        "<!DOCTYPE html><html><head><title>抖音直播</title></head>"
        f"<body><script>self.shared={state}</script></body></html>"
    )


def user_page(room: SimRoom) -> str:
    """Give the anchor's page, which says whether a broadcast is on."""
    user: dict[str, Any] = {
        "uid": str(room.anchor.uid),
        "secUid": room.anchor.sec_uid,
        "nickname": room.anchor.nickname,
        "uniqueId": room.handle,
        "roomIdStr": room.room_id if room.live else "",
        "roomData": {},
    }
    if room.live:
        owner = {"web_rid": room.web_rid}
        user["roomData"] = {"status": 2, "id_str": room.room_id, "owner": owner}
    row = f"c:{_compact(['$', '$L10', None, {'user': {'user': user}}])}\n"
    mark = "<span>直播中</span>" if room.live else ""
    return (
        f"<!DOCTYPE html><html><head><title>{room.anchor.nickname}的抖音</title></head><body>{mark}"
        f"<script>self.__pace_f.push({_html_safe(_compact([1, row]))})</script></body></html>"
    )


def _header(logged_in: bool) -> dict[str, object]:
    """Give what the page's head shows of who is looking."""
    info = {"uid": "70000000001", "nickname": "本人"} if logged_in else {}
    return {"defaultHeaderUserInfo": {"isLogin": logged_in, "info": info}}


def _scripts(config: Mapping[str, object], names: Sequence[str]) -> str:
    own = f"<script>self.simConfig={_html_safe(_compact(config))}</script>"
    return own + "".join(f'<script src="/page/{name}"></script>' for name in names)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _html_safe(text: str) -> str:
    """Escape what could end the script, as the page's renderer does."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
