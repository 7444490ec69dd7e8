"""The parameters that the web page sends, in its order; used by calls, fetch and the
socket.

Sources: saermart, biliLive-tools PR#403, xhynice. Upstream refuses or starves requests that lack
some of them, or whose browser_version is not that of the User-Agent.
"""

import json
from hashlib import md5
from random import Random
from string import ascii_letters, digits
from urllib.parse import quote, urlencode

from relay.upstream.http import USER_AGENT, Params
from relay.upstream.identity import new_visitor_id

ORIGIN = "https://live.douyin.com"
"""What the page names as its origin, whatever host we reach it under."""
PUSH_PATH = "/webcast/im/push/v2/"
FETCH_PATH = "/webcast/im/fetch/"
ENTER_PATH = "/webcast/room/web/enter/"
REFLOW_PATH = "/webcast/room/reflow/info/"
FEED_PATH = "/webcast/feed/"
GIFTS_PATH = "/webcast/gift/list/"
AUDIENCE_PATH = "/webcast/ranklist/audience/"
PROMOTIONS_PATH = "/live/promotions/pop/v3/"
PERSISTED_MESSAGES = 15
"""How many recent messages upstream repeats at each connect."""

_VERSION_CODE = "180800"
_SDK_VERSION = "1.0.15"
_MS_TOKEN_CHARS = 107
_SCREEN: Params = (("screen_width", "1920"), ("screen_height", "1080"))
_BROWSER: Params = (
    ("browser_language", "zh-CN"),
    ("browser_platform", "Win32"),
    ("browser_name", "Mozilla"),
    ("browser_version", USER_AGENT.removeprefix("Mozilla/")),
)
_ONLINE: Params = (("browser_online", "true"), ("tz_name", "Asia/Shanghai"))


def referer(web_rid: str) -> str:
    """Give the address of the page that a browser would be on."""
    return f"{ORIGIN}/{web_rid}"


def push_query(room_id: str, visitor_id: str, cursor: str, internal_ext: str) -> str:
    """Build the query of the push WebSocket, unsigned. Cursor and internal_ext: both or none."""
    position = [("cursor", cursor), ("internal_ext", internal_ext)] if cursor else []
    return urlencode(
        [
            ("app_name", "douyin_web"),
            ("version_code", _VERSION_CODE),
            ("webcast_sdk_version", _SDK_VERSION),
            ("update_version_code", _SDK_VERSION),
            ("compress", "gzip"),
            ("device_platform", "web"),
            ("cookie_enabled", "true"),
            *_SCREEN,
            *_BROWSER,
            *_ONLINE,
            *position,
            ("host", ORIGIN),
            ("aid", "6383"),
            ("live_id", "1"),
            ("did_rule", "3"),
            ("endpoint", "live_pc"),
            ("support_wrds", "1"),
            ("user_unique_id", visitor_id),
            ("im_path", FETCH_PATH),
            ("identity", "audience"),
            ("need_persist_msg_count", str(PERSISTED_MESSAGES)),
            ("insert_task_id", ""),
            ("live_reason", ""),
            ("room_id", room_id),
            ("heartbeatDuration", "0"),
        ],
        quote_via=quote,
    )


def push_stub(room_id: str, visitor_id: str) -> str:
    """Build the X-MS-STUB that a push signature is made of: an MD5 over a fixed list."""
    stub = (
        f"live_id=1,aid=6383,version_code={_VERSION_CODE},webcast_sdk_version={_SDK_VERSION},"
        f"room_id={room_id},sub_room_id=,sub_channel_id=,did_rule=3,user_unique_id={visitor_id},"
        "device_platform=web,device_type=,ac=,identity=audience"
    )
    return md5(stub.encode(), usedforsecurity=False).hexdigest()


def fetch_params(
    room_id: str, visitor_id: str, cursor: str, internal_ext: str, last_rtt_ms: int
) -> Params:
    """Build the parameters of im/fetch; cursor and internal_ext are empty at first."""
    return (
        ("resp_content_type", "protobuf"),
        ("did_rule", "3"),
        ("device_id", ""),
        ("app_name", "douyin_web"),
        ("endpoint", "live_pc"),
        ("support_wrds", "1"),
        ("user_unique_id", visitor_id),
        ("identity", "audience"),
        ("need_persist_msg_count", str(PERSISTED_MESSAGES)),
        ("insert_task_id", ""),
        ("live_reason", ""),
        ("room_id", room_id),
        ("version_code", _VERSION_CODE),
        ("last_rtt", str(last_rtt_ms)),
        ("live_id", "1"),
        ("aid", "6383"),
        ("fetch_rule", "1"),
        ("cursor", cursor),
        ("internal_ext", internal_ext),
        ("device_platform", "web"),
        ("cookie_enabled", "true"),
        *_SCREEN,
        *_BROWSER,
        *_ONLINE,
    )


def enter_params(web_rid: str) -> Params:
    """Build the parameters of web/enter. Its a_bogus is left out; clean addresses pass without."""
    return (
        ("aid", "6383"),
        ("app_name", "douyin_web"),
        ("live_id", "1"),
        ("device_platform", "web"),
        ("language", "zh-CN"),
        ("enter_from", "web_live"),
        ("cookie_enabled", "true"),
        *_SCREEN,
        *_BROWSER,
        ("web_rid", web_rid),
        ("room_id_str", ""),
        ("enter_source", ""),
        ("is_need_double_stream", "false"),
        ("insert_task_id", ""),
        ("live_reason", ""),
    )


def reflow_params(room_id: str, sec_uid: str) -> Params:
    """Build the parameters of reflow/info. room_id "2" with a sec_uid: the current broadcast."""
    return (
        ("type_id", "0"),
        ("live_id", "1"),
        ("room_id", room_id),
        ("sec_user_id", sec_uid),
        ("version_code", "99.99.99"),
        ("app_id", "6383"),
        ("verifyFp", ""),
    )


def bare_reflow_params(room_id: str) -> Params:
    """Build those of reflow/info that no public client leaves out."""
    return (
        ("type_id", "0"),
        ("live_id", "1"),
        ("room_id", room_id),
        ("app_id", "6383"),
    )


def feed_params() -> Params:
    """Build the parameters of webcast/feed. (Recordings of pure_live.)"""
    return (
        ("aid", "6383"),
        ("app_name", "douyin_web"),
        ("need_map", "1"),
        ("is_draw", "1"),
        ("inner_from_drawer", "0"),
        ("enter_source", "source_key=web_homepage_hot_web_live_card"),
    )


def gifts_params() -> Params:
    """Build the parameters of webcast/gift/list."""
    return (
        ("aid", "6383"),
        ("app_name", "douyin_web"),
        ("live_id", "1"),
        ("device_platform", "web"),
        ("language", "zh-CN"),
    )


def audience_params(room_id: str, anchor_id: str, sec_uid: str, random: Random) -> Params:
    """Build the parameters of ranklist/audience, but for its a_bogus. (Source: cv-cat.)"""
    return (
        ("aid", "6383"),
        ("app_name", "douyin_web"),
        ("live_id", "1"),
        ("device_platform", "web"),
        ("language", "zh-CN"),
        ("enter_from", "web_live"),
        ("cookie_enabled", "true"),
        *_SCREEN,
        *_BROWSER,
        ("webcast_sdk_version", "2450"),
        ("room_id", room_id),
        ("anchor_id", anchor_id),
        ("sec_anchor_id", sec_uid),
        ("ignoreToast", "true"),
        ("rank_type", "30"),
        ("update_scene", "rank_message"),
        ("msToken", _ms_token(random)),
    )


def promotions_params(room_id: str, anchor_id: str, random: Random) -> Params:
    """Build the parameters of promotions/pop/v3, but for its a_bogus. (Source: cv-cat's ports.)

    Its uifid belongs to a cookie that only a browser gets; a signer may add both.
    """
    entrance = {
        "room_id": room_id,
        "anchor_id": anchor_id,
        "carrier_type": "live_popup_card",
        "ecom_scene_id": "1001",
    }
    return (
        ("device_platform", "webapp"),
        ("aid", "6383"),
        ("channel", "channel_pc_web"),
        ("room_id", room_id),
        ("author_id", anchor_id),
        ("live_scene_id", "0"),
        ("entrance_info", json.dumps(entrance, separators=(",", ":"))),
        ("update_version_code", "170400"),
        ("version_code", "320100"),
        ("version_name", "32.1.0"),
        ("cookie_enabled", "true"),
        *_SCREEN,
        *_BROWSER,
        ("browser_online", "true"),
        ("support_dash", "0"),
        ("round_trip_time", "50"),
        ("webid", new_visitor_id(random)),
        ("msToken", _ms_token(random)),
    )


def _ms_token(random: Random) -> str:
    """Make up a msToken: upstream takes any of the right length."""
    return "".join(random.choices(ascii_letters + digits, k=_MS_TOKEN_CHARS))
