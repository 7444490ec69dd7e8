"""What the room page loads: its scripts, its frame, its picture; used by server."""

from functools import cache
from importlib import resources

from aiohttp import web

from relay.sim.gate import Gate
from relay.sim.hosts import Hosts
from relay.sim.pages import frame_page, page_config
from relay.sim.room import SimRoom
from relay.sim.sign import Signer

SCRIPTS = ("md5.js", "sdk.js", "wire.js", "feed.js", "room.js", "frame.js", "worker.js")
_PICTURE_BYTES = 16 * 1024
_PICTURE_S = 0.5
"""Between the pieces of a stream."""


class Assets:
    """The handlers."""

    def __init__(self, gate: Gate, signer: Signer, hosts: Hosts) -> None:
        self._gate = gate
        self._signer = signer
        self._hosts = hosts

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.get("/page/{script}", self.script, name="script"),
            web.get("/page/frame/{web_rid}", self.frame, name="frame"),
            web.get(r"/media/{room_id}.{kind:mp4|flv}", self.media, name="media"),
        ]

    async def script(self, request: web.Request) -> web.Response:
        """One of SCRIPTS."""
        name = request.match_info["script"]
        if name not in SCRIPTS:
            return web.Response(status=404)
        return web.Response(text=_script(name), content_type="text/javascript")

    async def frame(self, request: web.Request) -> web.Response:
        """The frame that holds the connection of a page whose mode is `iframe`."""
        room = self._gate.by_name(request.match_info["web_rid"])
        if room is None:
            return web.Response(status=404)
        page = frame_page(self.config(request, room))
        return web.Response(text=page, content_type="text/html")

    async def media(self, request: web.Request) -> web.StreamResponse:
        """The broadcast as a file, or as a stream that goes on; there is nothing to be seen."""
        piece = bytes(_PICTURE_BYTES)
        if request.match_info["kind"] == "mp4":
            return web.Response(body=piece, content_type="video/mp4")
        response = web.StreamResponse()
        response.content_type = "video/x-flv"
        await response.prepare(request)
        while not await self._gate.stopped(_PICTURE_S):
            await response.write(piece)
        return response

    def config(self, request: web.Request, room: SimRoom) -> dict[str, object]:
        """Give what the room's page is told of itself."""
        urls = self._hosts.push_urls(request)
        logged_in = self._gate.logged_in(request, room)
        return page_config(room, key=self._signer.key, push_urls=urls, logged_in=logged_in)


@cache
def _script(name: str) -> str:
    return resources.files("relay.sim").joinpath("page", name).read_text(encoding="utf-8")
