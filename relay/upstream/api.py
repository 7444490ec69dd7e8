"""Douyin's answers for the REST endpoints: cached, shared and paced; made by client.

Satisfies server.rest.live.Live.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Literal

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.events.listed import GiftList
from relay.upstream.asking import Asking
from relay.upstream.breaker import ROOM_ANSWERS, Breaker, Breakers, Endpoint
from relay.upstream.budget import Budget
from relay.upstream.calls import Calls
from relay.upstream.feeds import Feeds
from relay.upstream.flights import Flights
from relay.upstream.gifts import GiftCatalogue
from relay.upstream.lookups import Lookups
from relay.upstream.names import NameKind, RoomName, parse_room_name
from relay.upstream.refusals import Refusals
from relay.upstream.sharing import Shared
from relay.upstream.signers.chain import Chain
from relay.upstream.status import Status
from relay.upstream.told import Described, Told
from relay.upstream.web_rids import WebRids
from relay.webcast.rest.answer import Answer, Cart, RoomAlive, Source
from relay.webcast.rest.audience import audience_from_ranklist
from relay.webcast.rest.documents import Shaped, encoded
from relay.webcast.rest.info import info_of_ended
from relay.webcast.rest.promotions import promotions_from_pop

ANSWER_S = 20.0
"""How long one asker waits: for a turn, and for as many calls as the answer takes."""
ALIVE_S = 10.0
"""How long is waited for many rooms' status; what isn't known by then is `unknown`."""
INFO_S = 5.0
LISTS_S = 10.0
"""How long answers are kept: for audience and promotions as often as the page asks."""
_STATES: Mapping[Status, Literal["live", "ended", "not_found"]] = MappingProxyType(
    {
        Status.ONLINE: "live",
        Status.OFFLINE: "ended",
        Status.NO_ROOM: "ended",
        Status.NOT_FOUND: "not_found",
    }
)


class LiveApi:
    """What upstream answers about rooms. All names are parsed by parse_room_name."""

    def __init__(
        self,
        calls: Calls,
        signers: Chain,
        budget: Budget,
        refusals: Refusals,
        breakers: Breakers,
        *,
        web_rids: WebRids,
    ) -> None:
        """`breakers` are those of all who ask, `web_rids` is fed by all who find rooms."""
        self._calls = calls
        self._signers = signers
        self._asking = Asking(budget, refusals, breakers)
        self._flights = Flights()
        self.hits: Counter[str] = Counter()
        """Answers that were there already, by kind: `broadcast`, `room`, `audience`, …"""
        self._lookups = Lookups(
            calls, self._asking, refusals, self._flights, web_rids, hits=self.hits
        )
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
        self.catalogue = GiftCatalogue(calls, self._asking, self._flights)
        """What gifts are called and cost."""
        self._feeds = Feeds(calls, self._asking, self._lookups, self._flights, hits=self.hits)

    @property
    def calls(self) -> Mapping[tuple[str, str], int]:
        """Calls made, by endpoint and outcome: `ok`, or one of failures.CAUSES."""
        return self._asking.calls

    @property
    def signatures(self) -> Mapping[tuple[str, str], int]:
        """Signatures asked for, those of push URLs too, by signer and outcome: `ok`, `failed`."""
        return self._signers.calls

    @property
    def left_alone(self) -> Mapping[str, bool]:
        """Whether an endpoint kept failing, and has not answered since."""
        return {
            endpoint: breaker.state != "closed"
            for endpoint, breaker in self._asking.breakers.by_endpoint.items()
        }

    @property
    def breakers(self) -> Mapping[Endpoint, Breaker]:
        """The breaker of each endpoint, with its `state`."""
        return self._asking.breakers.by_endpoint

    async def close(self) -> None:
        """Cancel what is under way."""
        await self.catalogue.close()
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
            ended = info_of_ended(*_ids(parsed), now_ms())
            return _answer(ended, "reflow" if by_id else "web_enter")

    async def alive(self, names: Sequence[str]) -> list[RoomAlive]:
        """Tell of each room, in this order, whether it is live. Raises only RoomNameError.

        A room_id is asked for as the broadcast that it is, whatever its room does now.
        """
        parsed = [parse_room_name(name) for name in names]
        # Turns are few: to the unknown first, then to those that are known the longest. Else the
        # first ones would be asked about again and again, and the last ones never.
        in_turn = sorted(dict.fromkeys(parsed), key=self._lookups.age_s, reverse=True)
        async with asyncio.TaskGroup() as tasks:
            asked = {
                name: tasks.create_task(self._alive(name), name=f"alive:{name.value}")
                for name in in_turn
            }
        return [asked[name].result() for name in parsed]

    async def audience(self, name: str) -> Answer:
        """Rank the contributors of a broadcast. Raises RoomNameError, UpstreamError.

        `room_over` for a broadcast that has ended; `signer_missing`, `signer`.
        """
        parsed = parse_room_name(name)
        self._signers.require()
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
        self._signers.require()
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
            return await self._feeds.get(limit, enrich=enrich)

    async def gifts(self) -> GiftList:
        """Give upstream's gift catalogue. Raises UpstreamError where there has never been one."""
        async with _in_time():
            return await self.catalogue.get()

    # Inside

    async def _alive(self, name: RoomName) -> RoomAlive:
        try:
            async with asyncio.timeout(ALIVE_S):
                told = await self._lookups.status(name)
        except TimeoutError:
            refusal = UpstreamError("timeout", f"no answer came within {ALIVE_S:.0f} s")
            return self._last_alive(name, refusal)
        except UpstreamError as error:
            return self._last_alive(name, error)
        return _alive_of(name, told)

    def _last_alive(self, name: RoomName, refusal: UpstreamError) -> RoomAlive:
        """Tell what was last known of a room whose turn doesn't come in time."""
        is_late = refusal.cause in ("timeout", "busy")
        last = self._lookups.last_status(name) if is_late else None
        if last is not None:
            return _alive_of(name, last)
        return RoomAlive("unknown", *_ids(name), refusal.cause, refusal=refusal)

    async def _ask_audience(self, room: Described) -> Answer:
        info = room.info
        shaped = await self._asking.ask(
            "audience",
            info.room_id,
            lambda: self._calls.audience(info.room_id, room.anchor_id, info.sec_uid, info.web_rid),
            audience_from_ranklist,
        )
        return _answer(shaped, "ranklist")

    async def _ask_goods(self, room: Described) -> Answer:
        info = room.info
        try:
            shaped = await self._asking.ask(
                "promotions",
                info.room_id,
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


def _alive_of(name: RoomName, told: Told) -> RoomAlive:
    info = told.info
    room_id, web_rid = _ids(name)
    room_id, web_rid = info.room_id or room_id, info.web_rid or web_rid
    if info.status is Status.UNKNOWN:
        refusal = told.refusal or UpstreamError(info.cause, info.text)
        return RoomAlive("unknown", room_id, web_rid, info.cause, refusal=refusal)
    state = _STATES[info.status]
    return RoomAlive(state, room_id, web_rid, "", told.source, told.fetched_at_ms)


def _ids(name: RoomName) -> tuple[str, str]:
    """Give the room_id and the web_rid that a name says, "" where it doesn't."""
    return (
        name.value if name.kind is NameKind.ROOM_ID else "",
        name.value if name.kind is NameKind.WEB_RID else "",
    )


def _answer(shaped: Shaped, source: Source) -> Answer:
    return Answer(encoded(shaped.document), source, now_ms(), shaped.missing)


def _size_of(answer: Answer) -> int:
    return memoryview(answer.data).nbytes
