"""What leads to a room or to a ttwid from elsewhere than its page; used by server.

Short links, the page they share, user pages, the live status of many users, ttwid registration.
"""

import re
from html import escape
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from relay.sim import pages
from relay.sim.gate import Gate, now_ms
from relay.sim.refusals import coded, json_answer
from relay.sim.room import SimRoom

TTWID_S = 365 * 86_400
MAX_USERS = 50
"""Of one question for live status."""


class Links:
    """The handlers."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Give the routes; they come before the room page's, which matches any single name."""
        return [
            web.post("/ttwid/union/register/", self.register, name="register"),
            web.get("/{code:[iu]Sim[0-9]+}{slash:/?}", self.follow, name="short_link"),
            web.get("/douyin/webcast/reflow/{room_id}", self.shared, name="shared"),
            web.get("/user/{sec_uid:[^/]*}", self.user, name="user_page"),
            web.get(
                "/webcast/distribution/check_user_live_status/", self.statuses, name="live_status"
            ),
        ]

    async def register(self, request: web.Request) -> web.StreamResponse:
        """ttwid/union/register/: gives a ttwid to who says for which service."""
        room = self._gate.first
        try:
            asked = msgspec.json.decode(await request.read(), type=dict[str, object])
        except msgspec.DecodeError:
            asked = {}
        if not asked.get("aid") or not asked.get("service") or asked.get("union") is not True:
            return coded("bad_params", now_ms())

        def good() -> web.Response:
            response = json_answer({"message": "register success", "status_code": 0})
            response.set_cookie("ttwid", self._gate.identities.issue(), max_age=TTWID_S)
            return response

        return await self._gate.serve(request, room, "register", room.behaviours.register, good)

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """A short link: to the broadcast that was on when it was followed, or to its anchor."""
        code = request.match_info["code"]
        codes = {room.short_code: room for room in self._gate.rooms.values()}
        codes |= {room.user_code: room for room in self._gate.rooms.values()}
        room = codes.get(code)
        if room is None:
            return _html(pages.NOT_FOUND_PAGE, status=404)
        sec_uid = room.anchor.sec_uid
        if code == room.short_code:
            query = {"u_code": "sim", "sec_user_id": sec_uid, "utm_source": "copy"}
            path = f"/douyin/webcast/reflow/{room.room_id}"
        else:
            query, path = {"sec_uid": sec_uid, "u_code": "sim"}, "/user/"
        target = f"{request.url.origin()}{path}?{urlencode(query)}"

        def good() -> web.Response:
            response = _html(f'<a href="{escape(target)}">Found</a>.', status=302)
            response.headers["Location"] = target
            return response

        return await self._gate.serve(request, room, "short_link", room.behaviours.short_link, good)

    async def shared(self, request: web.Request) -> web.StreamResponse:
        """The page that a short link leads to, which names the room's own."""
        room = self._gate.by_room_id(request.match_info["room_id"])
        if room is None:
            return _html(pages.NOT_FOUND_PAGE, status=404)
        return _html(pages.shared_page(room))

    async def user(self, request: web.Request) -> web.StreamResponse:
        """`/user/<sec_uid>` or `/user/?sec_uid=`: an anchor's page."""
        sec_uid = request.match_info["sec_uid"] or request.query.get("sec_uid", "")
        room = self._anchored(sec_uid=sec_uid)
        if room is None:
            return _html(pages.NOT_FOUND_PAGE, status=404)
        return await self._gate.serve(
            request,
            room,
            "user_page",
            room.behaviours.user_page,
            lambda: _html(pages.user_page(room)),
        )

    async def statuses(self, request: web.Request) -> web.StreamResponse:
        """check_user_live_status: who of `user_ids` is live; who isn't is told to logins only."""
        room = self._gate.first
        asked = re.findall(r"[0-9]+", request.query.get("user_ids", ""))[:MAX_USERS]
        found = [(user_id, self._anchored(uid=user_id)) for user_id in asked]
        logged_in = self._gate.logged_in(request, room)
        told = [
            {
                "user_id": int(user_id),
                "user_id_str": user_id,
                "live_status": int(its.live),
                "room_id": int(its.room_id) if its.live else 0,
                "room_id_str": its.room_id if its.live else "0",
                "filter_reason": "",
                "msg": "",
                "ad_type": 0,
            }
            for user_id, its in found
            if its is not None and (its.live or logged_in)
        ]

        def good() -> web.Response:
            data = [{"scene_id": 254, "user_live": told}]
            return json_answer({"data": data, "extra": {"now": now_ms()}, "status_code": 0})

        return await self._gate.serve(
            request, room, "live_status", room.behaviours.live_status, good
        )

    def _anchored(self, *, sec_uid: str = "", uid: str = "") -> SimRoom | None:
        rooms = self._gate.rooms.values()
        known = (room for room in rooms if room.anchor.sec_uid == sec_uid)
        by_uid = (room for room in rooms if str(room.anchor.uid) == uid)
        return next(known, None) or next(by_uid, None)


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
