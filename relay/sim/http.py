"""Douyin's endpoints: home, room page, web/enter, reflow/info, im/fetch, push; used by server."""

import asyncio
import secrets
import time

from aiohttp import web

from relay.sim import pages
from relay.sim.broadcast import (
    Broadcast,
    Resume,
    compress,
    one_in,
    without_gifts,
)
from relay.sim.handshake import handshake_fault, refuse, replay_count
from relay.sim.ledger import Ledger
from relay.sim.push import PushConnection
from relay.sim.room import SimRoom
from relay.sim.scenario import Scenario
from relay.sim.show import Sent
from relay.sim.sign import Signer

MAX_FETCH_MESSAGES = 500
"""Messages in one im/fetch answer, about: it ends where a batch ends."""
_TTWID_S = 365 * 86_400
_JSON_REFUSALS = {
    "over": (30003, {"message": "room has finished", "prompts": "直播已结束"}),
    "unavailable": (4001038, {"prompts": "该内容暂时无法查看"}),
    "bad_params": (10011, {"message": "Request params error", "prompts": "参数错误"}),
    "login": (20003, {"message": "User doesn't login", "prompts": "请登录后进入直播间"}),
}


class Douyin:
    """The endpoints that Douyin's hosts have, over the simulator's rooms."""

    def __init__(
        self,
        rooms: dict[str, SimRoom],
        scenario: Scenario,
        ledger: Ledger,
        signer: Signer,
    ) -> None:
        self._rooms = rooms
        self._scenario = scenario
        self._ledger = ledger
        self._signer = signer

    def routes(self) -> list[web.RouteDef]:
        """Give the routes; the room page comes last, since it matches any single name."""
        return [
            web.get("/", self.home),
            web.get("/webcast/room/web/enter/", self.enter),
            web.get("/webcast/room/reflow/info/", self.reflow),
            web.get("/webcast/im/fetch/", self.fetch),
            web.get("/webcast/im/push/v2/", self.push),
            web.get("/{name}", self.page),
        ]

    async def home(self, _request: web.Request) -> web.Response:
        """`/`: sets the ttwid cookie."""
        room = next(iter(self._rooms.values()))
        refused = await self._answer(room, "home", room.behaviours.home)
        return refused or _with_ttwid(_html(pages.HOME_PAGE))

    async def page(self, request: web.Request) -> web.Response:
        """`/<web_rid>` or `/<handle>`: the room page with its state inside."""
        room = self._find(request.match_info["name"])
        if room is None:
            return _html(pages.NOT_FOUND_PAGE, status=404)
        answer = room.behaviours.page
        if answer == "ok" and room.behaviours.ac_nonce and not request.cookies.get("__ac_nonce"):
            response = _html("")
            response.set_cookie("__ac_nonce", f"0{secrets.token_hex(10)}", max_age=1800)
            room.ledger.requests["page nonce"] += 1
            return response
        if answer in ("captcha", "empty"):
            await self._answer(room, "page", answer)
            return _html(pages.CAPTCHA_PAGE if answer == "captcha" else pages.SHELL_PAGE)
        refused = await self._answer(room, "page", answer)
        if refused is not None:
            return refused
        response = _html(pages.room_page(room))
        return response if request.cookies.get("ttwid") else _with_ttwid(response)

    async def enter(self, request: web.Request) -> web.Response:
        """web/enter: empty body without ttwid, as Douyin refuses."""
        name = request.query.get("web_rid", "")
        room = self._find(name)
        if not request.cookies.get("ttwid"):
            if room is not None:
                room.ledger.requests["enter no ttwid"] += 1
            return web.Response()
        if room is None:
            code, data = _JSON_REFUSALS["unavailable" if name else "bad_params"]
            return web.json_response(pages.refusal(code, _now_ms(), **data))
        answer = room.behaviours.enter
        if answer in _JSON_REFUSALS:
            await self._answer(room, "enter", "ok", shown=answer)
            code, data = _JSON_REFUSALS[answer]
            return web.json_response(pages.refusal(code, _now_ms(), **data))
        refused = await self._answer(room, "enter", answer)
        return refused or web.json_response(pages.web_enter(room, _now_ms()))

    async def reflow(self, request: web.Request) -> web.Response:
        """reflow/info: by room_id, past ones too, or room_id=2 and sec_user_id; without cookies."""
        room_id = request.query.get("room_id", "")
        if room_id == "2":
            sec_uid = request.query.get("sec_user_id", "")
            room = next((r for r in self._rooms.values() if r.anchor.sec_uid == sec_uid), None)
            room_id = room.room_id if room is not None else ""
        else:
            room = self._of_room_id(room_id)
        info = pages.reflow_info(room, room_id, _now_ms()) if room is not None else None
        if room is None or info is None:
            code, data = _JSON_REFUSALS["bad_params"]
            return web.json_response(pages.refusal(code, _now_ms(), **data))
        refused = await self._answer(room, "reflow", room.behaviours.reflow)
        return refused or web.json_response(info)

    async def fetch(self, request: web.Request) -> web.Response:
        """im/fetch: what came after the pair given, as a bare Response."""
        query = request.query
        room = self._of_room_id(query.get("room_id", ""))
        broadcast = room.find(query["room_id"]) if room is not None else None
        if room is None or broadcast is None:
            return web.Response()
        if not request.cookies.get("ttwid"):
            room.ledger.requests["fetch no ttwid"] += 1
            return web.Response()
        room.ledger.fetch_ms.append(_now_ms())
        refused = await self._answer(room, "fetch", room.behaviours.fetch)
        if refused is not None:
            return refused
        number, resume = broadcast.locate(query.get("cursor", ""), query.get("internal_ext", ""))
        room.ledger.requests[f"fetch {resume.value}"] += 1
        if resume in (Resume.CONTINUED, Resume.EXPIRED):
            messages, number = _fetched(broadcast, number)
        else:
            count = min(replay_count(query), room.behaviours.replay)
            messages = broadcast.persisted(number, count) if broadcast.live else []
        if room.behaviours.gifts_need_login and not request.cookies.get("sessionid"):
            messages = without_gifts(messages)
        now_ms = _now_ms()
        cursor, internal_ext = broadcast.pair(number, now_ms, broadcast.started_ms)
        response = broadcast.response(messages, cursor, internal_ext, now_ms, need_ack=False)
        response.fetch_interval = self._scenario.timing.fetch_interval_ms
        response.push_server = response.push_server_v2 = f"ws://{request.host}"
        response.live_cursor = cursor
        response.history_no_more = True
        room.ledger.fetched += 1
        body = response.SerializeToString()
        if one_in(room.behaviours.corrupt_every, room.ledger.fetched):
            body = b"\xff" + body[::-1]
        headers = {"Content-Type": "application/x-protobuf"}
        if room.behaviours.fetch_gzip:
            body = compress(body)
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, headers=headers)

    async def push(self, request: web.Request) -> web.StreamResponse:
        """Upgrade to the push WebSocket, or refuse as Douyin does."""
        query = request.query
        room_id = query.get("room_id", "")
        fault = handshake_fault(query, request.headers, request.cookies)
        room = self._of_room_id(room_id)
        broadcast = room.find(room_id) if room is not None else None
        if not fault and (room is None or broadcast is None):
            fault = "no such room_id"
        if not fault and self._scenario.require_signature:
            agent = request.headers["User-Agent"]
            given = query.get("signature", "")
            if not self._signer.valid(given, room_id, query["user_unique_id"], agent):
                fault = "signature wrong or missing"
        if fault or room is None or broadcast is None:
            return refuse(self._ledger, room_id, fault)
        answer = room.behaviours.push
        if answer == "blocked":
            await self._answer(room, "push", "ok", shown="blocked")
            return refuse(self._ledger, room_id, "blocked by the scenario")
        if answer == "reset":
            await self._answer(room, "push", "ok", shown="reset")
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        refused = await self._answer(room, "push", answer)
        if refused is not None:
            return refused
        connection = PushConnection(request, room, broadcast, self._ledger, self._scenario.timing)
        return await connection.serve()

    def _find(self, name: str) -> SimRoom | None:
        """Find a room by web_rid or handle."""
        by_handle = (room for room in self._rooms.values() if room.handle == name)
        return self._rooms.get(name) or next(by_handle, None)

    def _of_room_id(self, room_id: str) -> SimRoom | None:
        return next((room for room in self._rooms.values() if room.find(room_id)), None)

    async def _answer(
        self, room: SimRoom, endpoint: str, answer: str, *, shown: str = ""
    ) -> web.Response | None:
        """Wait the room's latency, count, and give the refusal that `answer` names, if any."""
        room.ledger.requests[f"{endpoint} {shown or answer}"] += 1
        if room.behaviours.latency_ms:
            await asyncio.sleep(room.behaviours.latency_ms / 1000)
        if answer == "ok":
            return None
        if answer == "empty":
            return web.Response()
        if answer == "captcha":
            return web.Response(headers={"bdturing-verify": '{"code":"10000","type":"verify"}'})
        return web.Response(status=int(answer), reason=None if answer != "444" else "No Response")


def _fetched(broadcast: Broadcast, number: int) -> tuple[list[Sent], int]:
    """Give the messages after batch `number`, and up to which batch they reach."""
    messages: list[Sent] = []
    while len(messages) < MAX_FETCH_MESSAGES:
        batch = broadcast.after(number)
        if batch is None:
            break
        messages += batch.messages
        number = batch.number
    return messages, number


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")


def _with_ttwid(response: web.Response) -> web.Response:
    response.set_cookie("ttwid", f"1%7C{secrets.token_urlsafe(32)}", max_age=_TTWID_S)
    return response


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
