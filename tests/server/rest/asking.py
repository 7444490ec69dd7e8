"""Asks the REST endpoints over real sockets, and checks what every answer has."""

import json
from typing import Any

import aiohttp
from serving import Relay, make_event, make_payload

from relay.events import (
    ChatPayload,
    Event,
    GiftPayload,
    LikePayload,
    Payload,
    RoomStatsPayload,
    User,
)

BASE = "/douyin/liveroom"
CHAT, LIKE, GIFT, STATS = (
    f"Webcast{name}Message" for name in ("Chat", "Like", "Gift", "RoomStats")
)
SOMEBODY = make_payload(User, uid="9007199254740993", nickname="小明 🌺", sec_uid="MS4wLjABAAAA")


class Reply:
    """An answer in the envelope."""

    def __init__(self, status: int, headers: Any, text: str) -> None:
        self.status = status
        self.headers = headers
        self.text = text
        self.body: dict[str, Any] = json.loads(text)

    @property
    def data(self) -> Any:
        assert self.status == 200, self.text
        return self.body["data"]

    @property
    def error(self) -> tuple[int, str]:
        """(HTTP status, error.type)."""
        return self.status, self.body["error"]["type"]


class Rest:
    """A client of the endpoints."""

    def __init__(self, relay: Relay, http: aiohttp.ClientSession) -> None:
        self.relay = relay
        self.http = http

    async def get(self, endpoint: str, query: str = "", **parameters: object) -> Reply:
        """Ask; `query` is sent as it is."""
        texts = [query] if query else []
        texts += [f"{name}={value}" for name, value in parameters.items()]
        return await self.ask("GET", f"{BASE}/{endpoint}?{'&'.join(texts)}")

    async def ask(self, method: str, path: str, **options: Any) -> Reply:
        from yarl import URL

        url = URL(self.relay.url + path, encoded=True)
        async with self.http.request(method, url, **options) as answer:
            reply = Reply(answer.status, answer.headers, await answer.text())
        check_envelope(reply)
        return reply

    async def chat(self, room: str = "1", **parameters: object) -> dict[str, Any]:
        """Give the data of /chat."""
        data: dict[str, Any] = (await self.get("chat", room_id=room, **parameters)).data
        return data


def check_envelope(reply: Reply) -> None:
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    body = reply.body
    assert body["code"] == reply.status or reply.status == 200
    assert body["request_id"]
    if body["code"] == 200:
        assert list(body) == ["code", "msg", "data", "meta", "request_id"]
        assert body["msg"] == "success"
        assert "Retry-After" not in reply.headers
        return
    assert list(body) == ["code", "msg", "data", "error", "request_id"]
    assert body["data"] is None
    assert "Traceback" not in reply.text
    error = body["error"]
    assert list(error) == ["type", "upstream_status_code", "upstream_message", "retry_after"]
    retry_after = reply.headers.get("Retry-After")
    assert retry_after == (None if error["retry_after"] is None else str(error["retry_after"]))


def said(content: str = "你好", **fields: Any) -> Event:
    """Somebody wrote something."""
    return event_of(CHAT, ChatPayload, content=content, **fields)


def liked(**fields: Any) -> Event:
    """Somebody likes."""
    return event_of(LIKE, LikePayload, **{"content": "点赞", **fields})


def gave(**fields: Any) -> Event:
    """Somebody gives."""
    return event_of(GIFT, GiftPayload, **fields)


def counted(**fields: Any) -> Event:
    """Numbers, that nobody did."""
    return event_of(STATS, RoomStatsPayload, **fields)


def event_of(method: str, kind: type[Payload], *, msg_id: str = "", **fields: Any) -> Event:
    user = None if kind is RoomStatsPayload else SOMEBODY
    payload = make_payload(kind, **{"room_id": "7000000000000000001", "user": user, **fields})
    event = make_event(method, msg_id)
    return Event(event.method, event.msg_id, event.room_id, event.web_rid, event.time, payload)
