"""A handful of answers over loopback, switched by tests; for what needs no recordings."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from relay.config import SignerConfig, UpstreamConfig

ROOM_ID = "7600000000000000001"
WEB_RID = "650000000001"
SEC_UID = "MS4wLjABxyz"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse] | web.StreamResponse]


def json_answer(document: object) -> Answer:
    return lambda _request: web.json_response(document)


def status_answer(status: int) -> Answer:
    return lambda _request: web.Response(status=status)


def empty(_request: web.Request) -> web.StreamResponse:
    return web.Response()


def enter(status: int = 2, room_id: str = ROOM_ID, code: int = 0) -> Answer:
    room = {"id_str": room_id, "status": status, "title": "一"}
    user = {"nickname": "主播", "sec_uid": SEC_UID}
    return json_answer({"status_code": code, "data": {"data": [room], "user": user}})


def reflow(status: int = 2, room_id: str = ROOM_ID, **owner: str) -> Answer:
    room = {"id_str": room_id, "status": status, "owner": owner}
    return json_answer({"status_code": 0, "data": {"room": room}})


def signs(request: web.Request) -> Awaitable[web.StreamResponse]:
    """Sign as a sign server does."""

    async def answer() -> web.StreamResponse:
        asked = await request.json()
        return web.json_response({"signed_url": asked["url"] + "&a_bogus=made%2Bup"})

    return answer()


def page_html(status: int = 2) -> str:
    room = {"id_str": ROOM_ID, "status": status, "title": "一"}
    info = {"room": room, "roomId": ROOM_ID, "web_rid": WEB_RID, "anchor": {"nickname": "主播"}}
    row = "c:" + json.dumps({"state": {"roomStore": {"roomInfo": info}}}, separators=(",", ":"))
    pushed = json.dumps([1, row])
    return f"<html><script>self.__pace_f.push({pushed})</script></html>"


def page(status: int = 2) -> Answer:
    return lambda _request: web.Response(text=page_html(status), content_type="text/html")


def home(ttwid: str = "1%7Cfirst") -> Answer:
    def answer(_request: web.Request) -> web.StreamResponse:
        response = web.Response(text="<html></html>", content_type="text/html")
        response.set_cookie("ttwid", ttwid)
        return response

    return answer


class FakeDouyin:
    """Everything is refused with an empty body until a test says otherwise."""

    def __init__(self) -> None:
        self.home: Answer = home()
        self.enter: Answer = empty
        self.page: Answer = empty
        self.reflow: Answer = empty
        self.feed: Answer = empty
        self.audience: Answer = empty
        self.promotions: Answer = empty
        self.signer: Answer = empty
        self.register: Answer = empty
        self.me: Answer = empty
        self.requests: list[web.Request] = []
        self.bodies: list[Any] = []
        self.url = ""

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def config(self, **changes: Any) -> UpstreamConfig:
        changes = {"calls_per_s": 10_000, **changes}
        changes = {"register_url": f"{self.url}/register", **changes}
        return UpstreamConfig(live_url=self.url, webcast_url=self.url, **changes)

    def signs(self) -> list[SignerConfig]:
        """What makes a relay ask `signer` here."""
        return [SignerConfig(kind="http", url=f"{self.url}/sign")]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if request.method == "POST":
            self.bodies.append(await request.json())
        answers = {
            "/": self.home,
            "/webcast/room/web/enter/": self.enter,
            "/webcast/room/reflow/info/": self.reflow,
            "/webcast/feed/": self.feed,
            "/webcast/ranklist/audience/": self.audience,
            "/live/promotions/pop/v3/": self.promotions,
            "/sign": self.signer,
            "/register": self.register,
            "/webcast/user/me/": self.me,
        }
        found = answers.get(request.path, self.page)(request)
        return found if isinstance(found, web.StreamResponse) else await found


@asynccontextmanager
async def fake_douyin() -> AsyncIterator[FakeDouyin]:
    fake = FakeDouyin()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()
