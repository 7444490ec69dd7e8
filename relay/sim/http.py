"""Douyin's endpoints that show a room and let one in; used by server.

Home, room page, web/enter, reflow/info. The others are in upgrade, fetch and webapi.
"""

import itertools
import secrets

from aiohttp import web

from relay.sim import pages
from relay.sim.assets import Assets
from relay.sim.behaviours import HttpAnswer
from relay.sim.card import RoomCard, card_of
from relay.sim.gate import Gate, now_ms
from relay.sim.links import TTWID_S
from relay.sim.mobile import reflow_info
from relay.sim.refusals import coded, json_answer, no_data
from relay.sim.web import similar_rooms, web_enter

_SIMILAR = 12
"""Rooms that web/enter recommends beside the one asked for."""
_BARE = {"type_id", "live_id", "room_id", "app_id"}
_PAGES: dict[HttpAnswer, str] = {
    "captcha": pages.CAPTCHA_PAGE,
    "empty": pages.SHELL_PAGE,
    "login": pages.LOGIN_PAGE,
}
"""How the room page refuses otherwise than the other endpoints do."""


class Douyin:
    """The handlers."""

    def __init__(self, gate: Gate, assets: Assets, passersby: dict[str, RoomCard]) -> None:
        self._gate = gate
        self._assets = assets
        self._passersby = passersby
        self._similar = similar_rooms(itertools.islice(passersby.values(), _SIMILAR))

    def routes(self) -> list[web.RouteDef]:
        """Give the routes; the room page comes last, since it matches any single name."""
        return [
            web.get("/", self.home, name="home"),
            web.get("/webcast/room/web/enter/", self.enter, name="enter"),
            web.get("/webcast/room/reflow/info/", self.reflow, name="reflow"),
            web.get("/{name}", self.page, name="page"),
        ]

    async def home(self, request: web.Request) -> web.StreamResponse:
        """`/`: sets the ttwid cookie."""
        room = self._gate.first
        return await self._gate.serve(
            request,
            room,
            "home",
            room.behaviours.home,
            lambda: self._with_ttwid(_html(pages.home_page(self._assets.config(request, room)))),
        )

    async def page(self, request: web.Request) -> web.StreamResponse:
        """`/<web_rid>` or `/<handle>`: the room page with its state inside."""
        room = self._gate.by_name(request.match_info["name"])
        if room is None:
            return _html(pages.NOT_FOUND_PAGE, status=404)
        answer = room.behaviours.page
        if answer == "ok" and room.behaviours.ac_nonce and not request.cookies.get("__ac_nonce"):
            response = _html(pages.CHALLENGE_PAGE)
            response.set_cookie("__ac_nonce", f"0{secrets.token_hex(10)}", max_age=1800)
            room.ledger.requests["page nonce"] += 1
            return response
        if answer == "ok" and self._gate.wants_captcha(request, room):
            answer = "captcha"
        if answer in _PAGES:
            await self._gate.pause(room, "page", answer)
            return _html(_PAGES[answer])

        def good() -> web.Response:
            logged_in = self._gate.logged_in(request, room)
            config = self._assets.config(request, room)
            response = _html(pages.room_page(room, config, logged_in=logged_in))
            known = self._gate.identities.has_ttwid(request.cookies, room.behaviours)
            return response if known else self._with_ttwid(response)

        return await self._gate.serve(request, room, "page", answer, good)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """web/enter: empty body without ttwid, as Douyin refuses."""
        name = request.query.get("web_rid", "")
        room = self._gate.by_name(name)
        refused = self._gate.distrust(request, room or self._gate.first, "enter")
        if refused is not None:
            return refused
        if room is None:
            return coded("unavailable" if name else "bad_params", now_ms())

        def good() -> web.Response:
            card = card_of(room, room.current)
            return json_answer(web_enter(card, self._similar, now_ms()))

        return await self._gate.serve(request, room, "enter", room.behaviours.enter, good)

    async def reflow(self, request: web.Request) -> web.StreamResponse:
        """reflow/info: by room_id, past ones too, or room_id=2 and sec_user_id; without cookies."""
        room_id = request.query.get("room_id", "")
        rooms = self._gate.rooms.values()
        if room_id == "2":
            sec_uid = request.query.get("sec_user_id", "")
            room = next((room for room in rooms if room.anchor.sec_uid == sec_uid), None)
            room_id = room.room_id if room is not None else ""
        else:
            room = self._gate.by_room_id(room_id)
        broadcast = room.find(room_id) if room is not None else None
        card: RoomCard | None
        answer: HttpAnswer = "ok"
        if room is not None and broadcast is not None:
            answer, card = room.behaviours.reflow, card_of(room, broadcast)
            if answer == "ok" and room.behaviours.fussy_reflow and set(request.query) - _BARE:
                answer = "bad_params"
        elif room_id in self._passersby:
            room, card = self._gate.first, self._passersby[room_id]
        else:
            room, card = self._gate.first, None
            answer = room.behaviours.reflow_unknown

        def good() -> web.Response:
            if card is None:
                return no_data(now_ms())
            logged_in = self._gate.logged_in(request, room)
            return json_answer(reflow_info(card, now_ms(), logged_in=logged_in))

        return await self._gate.serve(request, room, "reflow", answer, good)

    def _with_ttwid(self, response: web.Response) -> web.Response:
        response.set_cookie("ttwid", self._gate.identities.issue(), max_age=TTWID_S)
        return response


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
