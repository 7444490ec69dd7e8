"""Douyin's endpoints that show a room and let one in; used by server.

Home, room page, web/enter, reflow/info, push. The others are in fetch and webapi.
"""

import itertools
import secrets

from aiohttp import web

from relay.sim import pages
from relay.sim.behaviours import HttpAnswer
from relay.sim.card import RoomCard, card_of
from relay.sim.gate import Gate, now_ms
from relay.sim.handshake import handshake_fault, refuse
from relay.sim.mobile import reflow_info
from relay.sim.push import PushConnection
from relay.sim.refusals import coded, json_answer, no_data
from relay.sim.scenario import Scenario
from relay.sim.sign import Signer
from relay.sim.web import similar_rooms, web_enter

_TTWID_S = 365 * 86_400
_SIMILAR = 12
"""Rooms that web/enter recommends beside the one asked for."""
_BARE = {"type_id", "live_id", "room_id", "app_id"}


class Douyin:
    """The handlers."""

    def __init__(
        self, gate: Gate, scenario: Scenario, signer: Signer, passersby: dict[str, RoomCard]
    ) -> None:
        self._gate = gate
        self._scenario = scenario
        self._signer = signer
        self._passersby = passersby
        self._similar = similar_rooms(itertools.islice(passersby.values(), _SIMILAR))

    def routes(self) -> list[web.RouteDef]:
        """Give the routes; the room page comes last, since it matches any single name."""
        return [
            web.get("/", self.home, name="home"),
            web.get("/webcast/room/web/enter/", self.enter, name="enter"),
            web.get("/webcast/room/reflow/info/", self.reflow, name="reflow"),
            web.get("/webcast/im/push/v2/", self.push, name="push"),
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
            lambda: _with_ttwid(_html(pages.HOME_PAGE)),
        )

    async def page(self, request: web.Request) -> web.StreamResponse:
        """`/<web_rid>` or `/<handle>`: the room page with its state inside."""
        room = self._gate.by_name(request.match_info["name"])
        if room is None:
            return _html(pages.NOT_FOUND_PAGE, status=404)
        answer = room.behaviours.page
        if answer == "ok" and room.behaviours.ac_nonce and not request.cookies.get("__ac_nonce"):
            response = _html("")
            response.set_cookie("__ac_nonce", f"0{secrets.token_hex(10)}", max_age=1800)
            room.ledger.requests["page nonce"] += 1
            return response
        if answer in ("captcha", "empty"):
            await self._gate.pause(room, "page", answer)
            return _html(pages.CAPTCHA_PAGE if answer == "captcha" else pages.SHELL_PAGE)

        def good() -> web.Response:
            response = _html(pages.room_page(room))
            return response if request.cookies.get("ttwid") else _with_ttwid(response)

        return await self._gate.serve(request, room, "page", answer, good)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """web/enter: empty body without ttwid, as Douyin refuses."""
        name = request.query.get("web_rid", "")
        room = self._gate.by_name(name)
        if not request.cookies.get("ttwid"):
            if room is not None:
                room.ledger.requests["enter no ttwid"] += 1
            return web.Response()
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
        logged_in = bool(request.cookies.get("sessionid"))
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
            return json_answer(reflow_info(card, now_ms(), logged_in=logged_in))

        return await self._gate.serve(request, room, "reflow", answer, good)

    async def push(self, request: web.Request) -> web.StreamResponse:
        """Upgrade to the push WebSocket, or refuse as Douyin does."""
        query = request.query
        room_id = query.get("room_id", "")
        fault = handshake_fault(query, request.headers, request.cookies)
        room = self._gate.by_room_id(room_id)
        broadcast = room.find(room_id) if room is not None else None
        if not fault and (room is None or broadcast is None):
            fault = "no such room_id"
        if not fault and self._scenario.require_signature:
            agent = request.headers["User-Agent"]
            given = query.get("signature", "")
            if not self._signer.valid(given, room_id, query["user_unique_id"], agent):
                fault = "signature wrong or missing"
        ledger = self._gate.ledger
        if fault or room is None or broadcast is None:
            return refuse(ledger, room_id, fault)
        answer = room.behaviours.push
        if answer == "blocked":
            await self._gate.pause(room, "push", answer)
            return refuse(ledger, room_id, "blocked by the scenario")
        if answer != "ok":
            return await self._gate.serve(request, room, "push", answer, web.Response)
        await self._gate.pause(room, "push", answer)
        connection = PushConnection(request, room, broadcast, ledger, self._scenario.timing)
        return await connection.serve()


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")


def _with_ttwid(response: web.Response) -> web.Response:
    response.set_cookie("ttwid", f"1%7C{secrets.token_urlsafe(32)}", max_age=_TTWID_S)
    return response
