"""What the web page asks for around a broadcast: feed, lists, rank, shop; used by server."""

import random
import re
from collections.abc import Callable

from aiohttp import web

from relay.sim.behaviours import HttpAnswer
from relay.sim.card import RoomCard, card_of
from relay.sim.catalogue import gift_list
from relay.sim.feed import choose, feed, partition
from relay.sim.gate import Gate, now_ms
from relay.sim.ranklist import MAX_RANKS, ranklist
from relay.sim.refusals import coded, json_answer
from relay.sim.room import SimRoom
from relay.sim.scenario import Scenario
from relay.sim.shop import page, pop
from relay.sim.sign import Signer
from relay.sim.users import web_user


class WebApi:
    """The handlers."""

    def __init__(
        self, gate: Gate, scenario: Scenario, signer: Signer, passersby: dict[str, RoomCard]
    ) -> None:
        self._gate = gate
        self._scenario = scenario
        self._signer = signer
        self._passersby = passersby
        self._rng = random.Random(f"{scenario.seed}/feed")

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.get("/webcast/feed/", self.feed, name="feed"),
            web.get("/webcast/web/partition/detail/room/v2/", self.partition, name="partition"),
            web.get("/webcast/ranklist/audience/", self.ranklist, name="ranklist"),
            web.get("/live/promotions/pop/v3/", self.pop, name="promotions"),
            web.post("/live/promotions/page/", self.page, name="promotions_page"),
            web.get("/webcast/gift/list/", self.gifts, name="gift_list"),
            web.get("/webcast/user/me/", self.me, name="user_me"),
        ]

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """webcast/feed/: 20 live rooms, another set each time; nothing without ttwid."""
        room = self._gate.first
        refused = self._gate.distrust(request, room, "feed")
        if refused is not None:
            return refused

        def good() -> web.Response:
            cards = choose(self._rng, self._live(), list(self._passersby.values()))
            logged_in = self._gate.logged_in(request, room)
            return json_answer(feed(cards, room.behaviours, now_ms(), logged_in=logged_in))

        return await self._gate.serve(request, room, "feed", room.behaviours.feed, good)

    async def partition(self, request: web.Request) -> web.StreamResponse:
        """partition/detail/room/v2/: every live room, page by page; without cookies."""
        room = self._gate.first

        def good() -> web.Response:
            cards = [*self._live(), *self._passersby.values()]
            offset = _count(request.query.get("offset"), 0)
            count = _count(request.query.get("count"), 15)
            return json_answer(partition(cards, offset, count, now_ms()))

        return await self._gate.serve(request, room, "partition", room.behaviours.partition, good)

    async def ranklist(self, request: web.Request) -> web.StreamResponse:
        """ranklist/audience/: wants ttwid, a_bogus and the anchor's two ids."""
        query = request.query
        room = self._gate.by_room_id(query.get("room_id", ""))
        broadcast = room.find(query["room_id"]) if room is not None else None
        if room is None or broadcast is None:
            return coded("bad_params", now_ms())
        refused = self._distrust(request, room, "ranklist")
        if refused is not None:
            return refused
        anchor = room.anchor
        ids = query.get("anchor_id"), query.get("sec_anchor_id")
        answer: HttpAnswer = room.behaviours.ranklist
        if answer == "ok" and ids != (str(anchor.uid), anchor.sec_uid):
            answer = "bad_params"
        elif answer == "ok" and not broadcast.live:
            answer = "over"

        def good() -> web.Response:
            masked = room.behaviours.masked_users
            ranks = broadcast.show.audience(MAX_RANKS, masked=masked)
            online = broadcast.show.online
            logged_in = self._gate.logged_in(request, room)
            return json_answer(ranklist(ranks, online, now_ms(), logged_in=logged_in))

        return await self._gate.serve(request, room, "ranklist", answer, good)

    async def pop(self, request: web.Request) -> web.StreamResponse:
        """promotions/pop/v3/: wants ttwid, a_bogus and the anchor's id; no goods: an empty body."""
        query = request.query
        room = self._gate.by_room_id(query.get("room_id", ""))
        if room is None:
            return coded("bad_params", now_ms())
        room_id = query["room_id"]

        def good() -> web.Response:
            goods = room.on_sale(room_id)
            return json_answer(pop(goods, room.anchor, room_id)) if goods else web.Response()

        return await self._sell(request, room, query.get("author_id"), good)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """promotions/page/: the same, page by page; a form is posted."""
        form = await request.post()
        room_id = str(form.get("room_id", ""))
        room = self._gate.by_room_id(room_id)
        if room is None:
            return coded("bad_params", now_ms())
        offset, limit = _count(form.get("offset"), 0), _count(form.get("limit"), 20)

        def good() -> web.Response:
            goods = room.on_sale(room_id)
            return json_answer(page(goods, room.anchor, room_id, offset, limit))

        return await self._sell(request, room, form.get("author_id"), good)

    async def gifts(self, request: web.Request) -> web.StreamResponse:
        """gift/list/: every gift, without cookies."""
        room = self._gate.first
        return await self._gate.serve(
            request,
            room,
            "gift_list",
            room.behaviours.gift_list,
            lambda: json_answer(gift_list(now_ms())),
        )

    async def me(self, request: web.Request) -> web.StreamResponse:
        """user/me/: who asks, if logged in."""
        room = self._gate.first
        answer: HttpAnswer = room.behaviours.user_me
        if answer == "ok" and not self._gate.logged_in(request, room):
            answer = "login"

        def good() -> web.Response:
            user = web_user(next(iter(self._passersby.values())).anchor)
            return json_answer({"data": user, "extra": {"now": now_ms()}, "status_code": 0})

        return await self._gate.serve(request, room, "user_me", answer, good)

    async def _sell(
        self,
        request: web.Request,
        room: SimRoom,
        author_id: object,
        good: Callable[[], web.Response],
    ) -> web.StreamResponse:
        refused = self._distrust(request, room, "promotions")
        if refused is not None:
            return refused
        answer: HttpAnswer = room.behaviours.promotions
        if answer == "ok" and author_id != str(room.anchor.uid):
            answer = "bad_params"
        return await self._gate.serve(request, room, "promotions", answer, good)

    def _live(self) -> list[RoomCard]:
        """Describe the simulated rooms that are live."""
        rooms = self._gate.rooms.values()
        return [card_of(room, room.current) for room in rooms if room.live]

    def _distrust(self, request: web.Request, room: SimRoom, endpoint: str) -> web.Response | None:
        """Refuse a guarded call that lacks what Douyin wants of it; counts where it does."""
        refused = self._gate.distrust(request, room, endpoint)
        if refused is not None:
            return refused
        agent = request.headers.get("User-Agent", "")
        if self._scenario.require_signature and not self._signer.valid_call(
            request.path, list(request.query.items()), agent
        ):
            room.ledger.requests[f"{endpoint} unsigned"] += 1
            return web.Response()
        return None


def _count(text: object, default: int) -> int:
    """Read a number of rooms or products."""
    return int(text) if isinstance(text, str) and re.fullmatch(r"[0-9]{1,6}", text) else default
