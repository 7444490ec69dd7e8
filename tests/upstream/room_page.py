"""A room's page of our own making, with a push socket and im/fetch behind it; for real browsers."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

from relay.webcast.pb import webcast_pb2 as pb

ROOM_ID = "7600000000000000001"
WEB_RID = "650000000001"
VISITOR_ID = "7311111111111111111"

QUERY = f"room_id={ROOM_ID}&user_unique_id={VISITOR_ID}"
SOCKET = f"""
function push(from) {{
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(
    `${{scheme}}://${{location.host}}/webcast/im/push/v2/?{QUERY}&from=${{from}}`);
}}
"""
POLL = f"""
async function poll() {{
  for (;;) {{
    await (await fetch("/webcast/im/fetch/?{QUERY}")).arrayBuffer();
    await new Promise((go) => setTimeout(go, 20));
  }}
}}
"""


def html(script: str, body: str = "") -> str:
    return f"<!DOCTYPE html><title>直播</title><body>{body}<script>{script}</script></body>"


def response(*ids: int, cursor: str = "") -> pb.Response:
    messages = [pb.Message(method="WebcastChatMessage", msg_id=msg_id) for msg_id in ids]
    return pb.Response(messages=messages, cursor=cursor, internal_ext="ext" if cursor else "")


def frame(answer: pb.Response) -> bytes:
    payload = gzip.compress(answer.SerializeToString())
    return pb.PushFrame(logid=1, payload_type="msg", payload=payload).SerializeToString()


class RoomPage:
    """What is served, and what was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.files: dict[str, str] = {f"/{WEB_RID}": html(SOCKET + "push('page')")}
        """Pages and scripts by path."""
        self.status = 200
        """Of pages."""
        self.bodies: list[bytes] = []
        """What im/fetch answers with, one after another; then with an empty Response."""
        self.fetch_headers: dict[str, str] = {}
        self.refuse_push = 0
        """Status that handshakes are answered with; 0: they succeed."""
        self.requests: list[web.Request] = []
        self.sockets: dict[str, web.WebSocketResponse] = {}
        """Open ones, by `from`."""
        self.next_id = 0
        self._changed = asyncio.Event()

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    async def until(
        self, from_: str, *, after: web.WebSocketResponse | None = None
    ) -> web.WebSocketResponse:
        """Wait for a push socket, another one than that before."""
        async with asyncio.timeout(30):
            while self.sockets.get(from_) in (None, after):
                self._changed.clear()
                await self._changed.wait()
        return self.sockets[from_]

    async def until_any(self) -> None:
        async with asyncio.timeout(30):
            while not self.sockets:
                self._changed.clear()
                await self._changed.wait()

    async def until_none(self) -> None:
        async with asyncio.timeout(30):
            while self.sockets:
                self._changed.clear()
                await self._changed.wait()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if request.path == "/webcast/im/push/v2/":
            return await self._push(request)
        if request.path == "/webcast/im/fetch/":
            body = self.bodies.pop(0) if self.bodies else pb.Response(now=1).SerializeToString()
            return web.Response(
                body=body, content_type="application/protobuffer", headers=self.fetch_headers
            )
        text = self.files.get(request.path)
        if text is None:
            return web.Response(status=404)
        kind = "text/javascript" if request.path.endswith(".js") else "text/html"
        return web.Response(text=text, content_type=kind, status=self.status)

    async def _push(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_push:
            return web.Response(
                status=self.refuse_push, headers={"Handshake-Msg": "DEVICE_BLOCKED"}
            )
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        name = request.query["from"]
        self.sockets[name] = socket
        self._changed.set()
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
        if self.sockets.get(name) is socket:
            del self.sockets[name]
        self._changed.set()
        return socket


@asynccontextmanager
async def room_page() -> AsyncIterator[RoomPage]:
    page = RoomPage()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    page.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield page
    finally:
        await runner.cleanup()
