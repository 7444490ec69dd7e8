"""What each kind of sign server is asked and answers; used by sign_servers. No I/O.

Ours, lulajax (a whole push URL), TikHub and Evil0ctal's self-hosted service (one signature),
dy.nsapps.cn (one push signature), Euler (a whole URL), as their public clients know them.
"""

import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from relay.sim.identities import Identities
from relay.sim.room import SimRoom
from relay.sim.scenario import SignerShape, read_as
from relay.sim.sign import USER_AGENT, Signer, SignRequest

_PAGE_QUERY = {
    "app_name": "douyin_web",
    "version_code": "180800",
    "webcast_sdk_version": "1.0.15",
    "compress": "gzip",
    "device_platform": "web",
    "browser_name": "Mozilla",
    "browser_version": USER_AGENT.partition("/")[2],
    "host": "https://live.douyin.com",
    "aid": "6383",
    "live_id": "1",
    "did_rule": "3",
    "im_path": "/webcast/im/fetch/",
    "identity": "audience",
    "need_persist_msg_count": "15",
}
"""Of the push URLs that lulajax makes."""


class Pen:
    """Signs well, or wrong in one of two ways."""

    def __init__(self, signer: Signer, answer: str) -> None:
        """`answer` `wrong`: with another key; `wrong_agent`: for another user agent."""
        self._signer = Signer() if answer == "wrong" else signer
        self._elsewhere = " elsewhere" if answer == "wrong_agent" else ""

    def push(self, room_id: str, user_unique_id: str, agent: str) -> str:
        """Give a push signature. Raises ValueError."""
        if not room_id or not user_unique_id:
            raise ValueError("a room_id and a user_unique_id are wanted")
        query = {"room_id": room_id, "user_unique_id": user_unique_id}
        return self._signer.push_signature(query, agent + self._elsewhere)

    def url(self, request: SignRequest) -> str:
        """Give a signed URL. Raises ValueError."""
        agent = request.user_agent + self._elsewhere
        return self._signer.sign(msgspec.structs.replace(request, user_agent=agent)).signed_url

    def a_bogus(self, url: str, agent: str) -> str:
        """Give the signature of a call. Raises ValueError."""
        signed = self.url(SignRequest(kind="http", url=url, user_agent=agent))
        return dict(parse_qsl(urlsplit(signed).query))["a_bogus"]


class Question(NamedTuple):
    """What a server is asked, and whom it may ask."""

    asked: Mapping[str, Any]
    """The query, or the JSON of the body."""
    pen: Pen
    rooms: Mapping[str, SimRoom]
    identities: Identities
    push_url: str

    def text(self, key: str) -> str:
        """Give a value that is text; "" where there is none."""
        value = self.asked.get(key, "")
        return value if isinstance(value, str) else ""

    def room(self) -> SimRoom:
        """Find the room that is meant. Raises ValueError."""
        for room in self.rooms.values():
            anchor = room.anchor
            known = (room.web_rid, room.room_id, str(anchor.uid), anchor.sec_uid)
            keys = ("liveId", "roomId", "uid", "secUid")
            if any(self.text(key) == value for key, value in zip(keys, known, strict=True)):
                return room
        raise ValueError("no such room")


class Shape(NamedTuple):
    """One call of a sign server."""

    name: SignerShape
    method: str
    path: str
    kind: str
    """`ws`, `http`, `status`, which is no signature, or "": as the URL says."""
    answer: Callable[[Question], Any]
    """Gives JSON. Raises ConfigError or ValueError for what can't be signed."""


def _relay(question: Question) -> Any:
    wanted = read_as(SignRequest, dict(question.asked), "body")
    return {"signed_url": question.pen.url(wanted), "user_agent": wanted.user_agent}


def _lulajax(question: Question) -> Any:
    room = question.room()
    user_id = str(7_400_000_000_000_000_000 + secrets.randbelow(10**17))
    query = _PAGE_QUERY | {"room_id": room.room_id, "user_unique_id": user_id}
    query["signature"] = question.pen.push(room.room_id, user_id, USER_AGENT)
    cookie = question.text("cookie") or f"ttwid={question.identities.issue()}"
    return {
        "roomId": room.room_id,
        "title": room.current.title,
        "wssUrl": f"{question.push_url}/webcast/im/push/v2/?{urlencode(query)}",
        "headers": {"User-Agent": USER_AGENT, "Cookie": cookie},
        "heartbeat": {"intervalMs": 10_000, "payloadHex": "3a026862"},
    }


def _lulajax_status(question: Question) -> Any:
    room = question.room()
    return {
        "uid": str(room.anchor.uid),
        "secUid": room.anchor.sec_uid,
        "nickname": room.anchor.nickname,
        "live": room.live,
        "roomId": room.room_id if room.live else "",
    }


def _tikhub_push(question: Question) -> Any:
    ids = question.text("room_id"), question.text("user_unique_id")
    return _tikhub({"X-Bogus": question.pen.push(*ids, question.text("user_agent"))})


def _tikhub_call(question: Question) -> Any:
    agent = question.text("user_agent")
    return _tikhub({"a_bogus": question.pen.a_bogus(question.text("url"), agent)})


def _tikhub(data: dict[str, str]) -> Any:
    return {"code": 200, "message": "Request successful.", "message_zh": "请求成功。", "data": data}


def _nsapps(question: Question) -> Any:
    ids = question.text("roomId"), question.text("uniqueId")
    return {"data": {"signature": question.pen.push(*ids, USER_AGENT)}}


def _evil0ctal(question: Question) -> Any:
    url, agent = question.text("url"), question.text("user_agent")
    a_bogus = question.pen.a_bogus(url, agent)
    data = {"url": f"{url}&{urlencode({'a_bogus': a_bogus})}", "a_bogus": a_bogus}
    return {"code": 200, "router": _EVIL0CTAL, "data": {**data, "user_agent": agent}}


def _euler(question: Question) -> Any:
    url, agent = question.text("url"), question.text("userAgent") or USER_AGENT
    query = dict(parse_qsl(urlsplit(url).query))
    wanted = SignRequest(
        kind="ws" if url.startswith("ws") else "http",
        url=url,
        room_id=query.get("room_id", ""),
        user_unique_id=query.get("user_unique_id", ""),
        user_agent=agent,
    )
    response = {
        "signedUrl": question.pen.url(wanted),
        "userAgent": agent,
        "browserName": "Mozilla",
        "browserVersion": agent.partition("/")[2],
        "tokens": {},
        "requestHeaders": {},
        "cookies": "",
    }
    return {"code": 200, "message": "", "response": response}


_TIKHUB = "/api/v1/douyin/web/generate_"
_EVIL0CTAL = "/api/douyin/web/generate_a_bogus"
PREFIXES: Mapping[SignerShape, str] = MappingProxyType(
    {
        "relay": "/_sim/sign",
        "lulajax": "/_sign/lulajax",
        "tikhub": "/_sign/tikhub",
        "nsapps": "/_sign/nsapps",
        "evil0ctal": "/_sign/evil0ctal",
        "euler": "/_sign/euler",
    }
)
"""Where each server is: what a relay is given as its URL."""
SHAPES = (
    Shape("relay", "POST", "", "", _relay),
    Shape("lulajax", "POST", "/sign", "ws", _lulajax),
    Shape("lulajax", "GET", "/sign", "ws", _lulajax),
    Shape("lulajax", "GET", "/status", "status", _lulajax_status),
    Shape("tikhub", "GET", f"{_TIKHUB}wss_xb_signature", "ws", _tikhub_push),
    Shape("tikhub", "POST", f"{_TIKHUB}a_bogus", "http", _tikhub_call),
    Shape("nsapps", "POST", "/signature", "ws", _nsapps),
    Shape("evil0ctal", "GET", _EVIL0CTAL, "http", _evil0ctal),
    Shape("euler", "POST", "/webcast/sign_url", "", _euler),
)
