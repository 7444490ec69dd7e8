"""Douyin's answers for the REST endpoints: cached, shared and paced; made by client.

Satisfies server.rest.live.Live.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any, NamedTuple

import msgspec

from relay.errors import UpstreamError
from relay.upstream.asking import Asking, Endpoint
from relay.upstream.breaker import ROOM_ANSWERS, Breaker
from relay.upstream.budget import Budget
from relay.upstream.calls import Calls
from relay.upstream.flights import Flights
from relay.upstream.lookups import Described, Lookups, now_ms
from relay.upstream.names import NameKind, RoomName, parse_room_name
from relay.upstream.refusals import Refusals
from relay.upstream.sharing import Shared
from relay.upstream.signer import Signer
from relay.upstream.status import RoomInfo, Status
from relay.webcast.rest.answer import Answer, Cart, RoomAlive, Source
from relay.webcast.rest.audience import audience_from_ranklist
from relay.webcast.rest.completion import id_in
from relay.webcast.rest.documents import Shaped, encoded
from relay.webcast.rest.feed import Feed, feed_document, feed_room, feed_rooms
from relay.webcast.rest.info import info_of_ended
from relay.webcast.rest.promotions import promotions_from_pop

ANSWER_S = 20.0
"""How long one asker waits: for a turn, and for as many calls as the answer takes."""
ALIVE_S = 10.0
"""How long is waited for many rooms' status; what isn't known by then is `unknown`."""
ENRICH_S = 8.0
"""How long a feed waits for its rooms' details."""
INFO_S = 5.0
FEED_S = 5.0
LISTS_S = 10.0
"""How long answers are kept: for audience and promotions as often as the page asks."""


class _FeedParts(NamedTuple):
    """A feed that can be cut to any number of rooms."""

    rooms: list[msgspec.Raw]
    frame: dict[str, Any]
    """The document but for its rooms."""
    fetched_at_ms: int
    missing: tuple[str, ...]
    answers: dict[int, Answer]
    """Those cut so far, by their number of rooms: a megabyte is not copied for each asker."""


class LiveApi:
    """What upstream answers about rooms. All names are parsed by parse_room_name."""

    def __init__(
        self, calls: Calls, signer: Signer, budget: Budget, refusals: Refusals, random: Random
    ) -> None:
        self._calls = calls
        self._signer = signer
        self._asking = Asking(budget, refusals, random)
        self._flights = Flights()
        self.hits: Counter[str] = Counter()
        """Answers that were there already, by kind: `broadcast`, `room`, `audience`, …"""
        self._lookups = Lookups(calls, self._asking, refusals, self._flights, self.hits)
        self._audiences: Shared[Answer] = Shared(
            "audience", LISTS_S, self._flights, self.hits, size_bytes=_size_of
        )
        self._promotions: Shared[Answer] = Shared(
            "promotions",
            LISTS_S,
            self._flights,
            self.hits,
            size_bytes=_size_of,
            # Rooms without goods have no better answer, however often they are asked.
            kept_causes=ROOM_ANSWERS | {"empty_body"},
        )
        self._feeds: Shared[_FeedParts] = Shared(
            "feed",
            FEED_S,
            self._flights,
            self.hits,
            size_bytes=lambda feed: sum(memoryview(room).nbytes for room in feed.rooms),
        )

    @property
    def calls(self) -> Mapping[tuple[str, str], int]:
        """Calls made, by endpoint and outcome: `ok`, or one of failures.CAUSES."""
        return self._asking.calls

    @property
    def left_alone(self) -> Mapping[str, bool]:
        """Whether an endpoint kept failing, and has not answered since."""
        return {
            endpoint: breaker.state != "closed"
            for endpoint, breaker in self._asking.breakers.items()
        }

    @property
    def breakers(self) -> Mapping[Endpoint, Breaker]:
        """The breaker of each endpoint, with its `state`."""
        return self._asking.breakers

    async def close(self) -> None:
        """Cancel what is under way."""
        await self._flights.close()

    async def info(self, name: str) -> Answer:
        """Describe a room; ended ones too. Raises RoomNameError, UpstreamError."""
        parsed = parse_room_name(name)
        by_id = parsed.kind is NameKind.ROOM_ID
        try:
            async with _in_time():
                return (await self._lookups.describe(parsed, younger_than_s=INFO_S)).answer
        except UpstreamError as error:
            if error.cause != "room_over":
                raise
            ids = (parsed.value, "") if by_id else ("", parsed.value)
            return _answer(info_of_ended(*ids, now_ms()), "reflow" if by_id else "web_enter")

    async def alive(self, names: Sequence[str]) -> list[RoomAlive]:
        """Tell of each room, in this order, whether it is live. Raises only RoomNameError.

        A room_id is asked for as the broadcast that it is, whatever its room does now.
        """
        parsed = [parse_room_name(name) for name in names]
        async with asyncio.TaskGroup() as tasks:
            asked = [
                tasks.create_task(self._alive(name), name=f"alive:{name.value}") for name in parsed
            ]
        return [task.result() for task in asked]

    async def audience(self, name: str) -> Answer:
        """Rank the contributors of a broadcast. Raises RoomNameError, UpstreamError.

        `room_over` for a broadcast that has ended; `signer_missing`, `signer`.
        """
        parsed = parse_room_name(name)
        self._signer.require()
        async with _in_time():
            room = await self._lookups.describe(parsed)
            if room.info.status is Status.OFFLINE:
                raise UpstreamError("room_over", "the broadcast is over, or has not begun")
            return await self._audiences.get(room.info.room_id, lambda: self._ask_audience(room))

    async def promotions(self, name: str) -> Answer:
        """List the goods of a broadcast. Raises RoomNameError, UpstreamError.

        `empty_body` also where a room has no goods: upstream's answer to both is the same.
        `signer_missing`, `signer`.
        """
        parsed = parse_room_name(name)
        self._signer.require()
        async with _in_time():
            room = await self._lookups.describe(parsed)
            return await self._promotions.get(room.info.room_id, lambda: self._ask_goods(room))

    async def cart(self, name: str) -> Cart:
        """Tell of a room's shop what its description does. Raises RoomNameError, UpstreamError."""
        parsed = parse_room_name(name)
        async with _in_time():
            return await self._lookups.cart(parsed)

    async def feed(self, limit: int, *, enrich: bool) -> Answer:
        """Recommend at most `limit` live rooms. Raises UpstreamError.

        `enrich`: each room's details are asked for, too, as far as the budget and time allow.
        """
        async with _in_time():
            parts = await self._feeds.get(enrich, lambda: self._ask_feed(enrich=enrich))
        rooms = parts.rooms[:limit]
        answer = parts.answers.get(len(rooms))
        if answer is None:
            document = encoded({**parts.frame, "data": rooms})
            answer = Answer(document, "feed", parts.fetched_at_ms, parts.missing)
            parts.answers[len(rooms)] = answer
        return answer

    # Inside

    async def _alive(self, name: RoomName) -> RoomAlive:
        room_id = name.value if name.kind is NameKind.ROOM_ID else ""
        web_rid = name.value if name.kind is NameKind.WEB_RID else ""
        found: RoomInfo | None = None
        try:
            async with asyncio.timeout(ALIVE_S):
                if not room_id:
                    found = (await self._lookups.find(name)).info
                    room_id, web_rid = found.room_id, found.web_rid or web_rid
                if found is None or found.status is Status.UNKNOWN:
                    found = (await self._lookups.broadcast(room_id)).info
        except TimeoutError:
            return RoomAlive("unknown", room_id, web_rid, "timeout")
        except UpstreamError as error:
            if error.cause == "room_over":
                return RoomAlive("ended", room_id, web_rid)
            # A room that was found is there, whether its broadcast can be had or not.
            if error.cause == "unknown_room" and found is None:
                return RoomAlive("not_found", room_id, web_rid)
            return RoomAlive("unknown", room_id, web_rid, error.cause)
        return _alive_of(found)

    async def _ask_audience(self, room: Described) -> Answer:
        info = room.info
        shaped = await self._asking.ask(
            "audience",
            lambda: self._calls.audience(info.room_id, room.anchor_id, info.sec_uid, info.web_rid),
            audience_from_ranklist,
        )
        return _answer(shaped, "ranklist")

    async def _ask_goods(self, room: Described) -> Answer:
        info = room.info
        try:
            shaped = await self._asking.ask(
                "promotions",
                lambda: self._calls.promotions(info.room_id, room.anchor_id, info.web_rid),
                promotions_from_pop,
            )
        except UpstreamError as error:
            if error.cause != "empty_body":
                raise
            raise UpstreamError(
                "empty_body",
                "upstream answers with nothing: it refuses us, or the room shows no goods",
            ) from None
        return _answer(shaped, "pop")

    async def _ask_feed(self, *, enrich: bool) -> _FeedParts:
        try:
            feed = await self._asking.ask("feed", self._calls.feed, feed_rooms)
        except UpstreamError as error:
            if error.cause not in ROOM_ANSWERS:
                raise
            # There is no room that this could be about.
            raise UpstreamError(
                "other_code",
                str(error),
                upstream_code=error.upstream_code,
                upstream_text=error.upstream_text,
            ) from None
        fetched_at_ms = now_ms()
        details = await self._details_of(feed) if enrich else {}
        shaped, rooms = [], []
        for raw in feed.rooms:
            room = feed_room(raw, details.get(_room_id(raw)))
            shaped.append(room._replace(document={}))
            rooms.append(encoded(room.document))
            # A megabyte of rooms must not hold up the others' frames.
            await asyncio.sleep(0)
        whole = feed_document(feed, shaped)
        return _FeedParts(rooms, whole.document, fetched_at_ms, whole.missing, {})

    async def _details_of(self, feed: Feed) -> dict[str, Shaped]:
        """Give what reflow/info says of a feed's rooms, as far as that can be had soon."""
        details: dict[str, Shaped] = {}

        async def ask(room_id: str) -> None:
            # Best effort: the room stays as the feed has it.
            with suppress(UpstreamError):
                answer = (await self._lookups.broadcast(room_id)).answer
                details[room_id] = Shaped(msgspec.json.decode(answer.data), answer.missing)

        with suppress(TimeoutError):
            async with asyncio.timeout(ENRICH_S), asyncio.TaskGroup() as tasks:
                for raw in feed.rooms:
                    tasks.create_task(ask(_room_id(raw)), name=f"enrich:{_room_id(raw)}")
        return details


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Raise UpstreamError `timeout` where an asker has waited long enough; the calls go on."""
    try:
        async with asyncio.timeout(ANSWER_S):
            yield
    except TimeoutError:
        raise UpstreamError(
            "timeout",
            f"the answer takes longer than {ANSWER_S:.0f} s; ask again, it is still waited for",
            retry_after_s=1.0,
        ) from None


def _alive_of(info: RoomInfo) -> RoomAlive:
    if info.status is Status.ONLINE:
        return RoomAlive("live", info.room_id, info.web_rid)
    if info.status is Status.UNKNOWN:
        return RoomAlive("unknown", info.room_id, info.web_rid, info.cause)
    return RoomAlive("ended", info.room_id, info.web_rid)


def _room_id(raw: Mapping[str, Any]) -> str:
    return str(id_in(raw, "id"))


def _answer(shaped: Shaped, source: Source) -> Answer:
    return Answer(encoded(shaped.document), source, now_ms(), shaped.missing)


def _size_of(answer: Answer) -> int:
    return memoryview(answer.data).nbytes
