"""Finds out what upstream says of a room, for the API: by its room_id, or by its page; used by api.

reflow/info describes a broadcast best, and unsigned. Where it refuses, what web/enter or the page
said when the room was looked for makes up for it.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from relay.errors import UpstreamError
from relay.upstream.asking import Asking, Endpoint
from relay.upstream.breaker import ROOM_ANSWERS
from relay.upstream.cache import Cache
from relay.upstream.calls import Calls
from relay.upstream.flights import Flights
from relay.upstream.names import NameKind, RoomName
from relay.upstream.page import Page
from relay.upstream.refusals import Refusals
from relay.upstream.resolve import Resolver
from relay.upstream.sharing import Shared
from relay.upstream.status import RoomInfo, Status, read_enter, read_room
from relay.webcast.rest.answer import Answer, Cart, Source
from relay.webcast.rest.completion import object_of
from relay.webcast.rest.documents import Shaped, encoded
from relay.webcast.rest.info import info_from_enter, info_from_page, info_from_reflow
from relay.webcast.rest.shape import integer_of

STATUS_S = 15.0
"""How long it is believed that a room is live, or not."""
_WEB_RID_S = 3600.0
_MAX_WEB_RIDS = 5000
"""How long, and how many, broadcasts are remembered to be of a room: that never changes."""
_FOUND_BYTES = 2048

T = TypeVar("T")


class Described(NamedTuple):
    """A broadcast as an answer describes it."""

    answer: Answer
    """The document of /info."""
    info: RoomInfo
    anchor_id: str
    """The anchor's uid; "" where the answer didn't say."""
    cart: Cart


class Found(NamedTuple):
    """A room that was looked for by its page."""

    info: RoomInfo
    described: Described | None
    """By what the web said; None where that doesn't describe a broadcast."""
    refusal: UpstreamError | None
    """Why not, where upstream gave a reason."""


class Lookups:
    """What is known of rooms, for some seconds."""

    def __init__(
        self,
        calls: Calls,
        asking: Asking,
        refusals: Refusals,
        flights: Flights,
        hits: Counter[str],
    ) -> None:
        self._calls = calls
        self._asking = asking
        self._refusals = refusals
        self._broadcasts: Shared[Described] = Shared(
            "broadcast", STATUS_S, flights, hits, size_bytes=_size_of
        )
        self._rooms: Shared[Found] = Shared(
            "room",
            STATUS_S,
            flights,
            hits,
            size_bytes=lambda found: _FOUND_BYTES + _size_of(found.described),
        )
        self._web_rids: Cache[str] = Cache(_WEB_RID_S, max_entries=_MAX_WEB_RIDS, max_bytes=1 << 20)

    async def describe(self, name: RoomName, *, younger_than_s: float = STATUS_S) -> Described:
        """Describe a room's present or last broadcast, or the one that a room_id names.

        Raises UpstreamError: `unknown_room`, `room_over` where it is not live and nothing tells
        of its last broadcast, or what keeps the answer from us.
        """
        if name.kind is NameKind.ROOM_ID:
            return await self._describe_broadcast(name.value, younger_than_s)
        found = await self.find(name)
        room_id = found.info.room_id
        if not room_id:
            raise _nothing_to_describe(found)
        try:
            return await self.broadcast(room_id, younger_than_s=younger_than_s)
        except UpstreamError:
            if found.described is None:
                raise
            return found.described

    async def cart(self, name: RoomName) -> Cart:
        """Tell of a room's shop. Raises UpstreamError.

        Of reflow/info's description only whether there is one: web/enter counts what is in it.
        """
        described = await self.describe(name)
        web_rid = described.info.web_rid
        if described.cart.total is not None or not described.cart.has_goods or not web_rid:
            return described.cart
        try:
            found = await self.find(RoomName(NameKind.WEB_RID, web_rid))
        except UpstreamError:
            return described.cart
        if found.described is None or found.info.room_id != described.info.room_id:
            return described.cart
        return found.described.cart

    async def find(self, name: RoomName) -> Found:
        """Look a room up by its web_rid or handle. Raises UpstreamError.

        Where its status isn't known but its room_id is, that broadcast may be live.
        """
        return await self._rooms.get(name.value, lambda: self._find(name))

    async def broadcast(
        self, room_id: str, sec_uid: str = "", *, younger_than_s: float = STATUS_S
    ) -> Described:
        """Ask reflow/info. Raises UpstreamError."""
        return await self._broadcasts.get(
            (room_id, sec_uid),
            lambda: self._reflow(room_id, sec_uid),
            younger_than_s=younger_than_s,
        )

    async def _describe_broadcast(self, room_id: str, younger_than_s: float) -> Described:
        try:
            return await self.broadcast(room_id, younger_than_s=younger_than_s)
        except UpstreamError as error:
            web_rid = self._web_rids.get(room_id)
            if web_rid is None or error.cause in ROOM_ANSWERS:
                raise
            try:
                found = await self.find(RoomName(NameKind.WEB_RID, web_rid))
            except UpstreamError:
                raise error from None
            if found.described is None or found.info.room_id != room_id:
                raise
            return found.described

    async def _find(self, name: RoomName) -> Found:
        ways = _ApiWays(self, self._calls, self._asking)
        info = await Resolver(ways, self._refusals).look(name)
        if info.status is Status.NOT_FOUND:
            raise ways.failures.get("unknown_room") or UpstreamError("unknown_room", info.text)
        if info.status is Status.UNKNOWN and not info.room_id:
            raise ways.failures.get(info.cause) or UpstreamError(info.cause, info.text)
        described = ways.described
        if described is not None and described.info.room_id == info.room_id:
            self._remember(described)
            return Found(info, described, None)
        return Found(info, None, ways.failures.get("room_over"))

    async def _reflow(self, room_id: str, sec_uid: str) -> Described:
        try:
            shaped = await self._asking.ask(
                "reflow", lambda: self._calls.reflow(room_id, sec_uid), info_from_reflow
            )
        except UpstreamError as error:
            if error.cause != "bad_params":
                raise
            shaped = await self._reflow_again(room_id, error)
        described = _described(shaped, "reflow")
        self._remember(described)
        return described

    async def _reflow_again(self, room_id: str, refused: UpstreamError) -> Shaped:
        """After "params error", find out whether the fault is the room_id's or ours."""
        try:
            return await self._asking.ask(
                "reflow", lambda: self._calls.bare_reflow(room_id), info_from_reflow
            )
        except UpstreamError as error:
            if error.cause == "unknown_room":
                raise
            if error.cause != "bad_params":
                raise refused from None
        raise UpstreamError(
            "unknown_room",
            f"upstream takes no such room_id: {refused}",
            upstream_code=refused.upstream_code,
            upstream_text=refused.upstream_text,
        )

    def _remember(self, described: Described) -> None:
        info = described.info
        if info.web_rid:
            self._web_rids.put(info.room_id, info.web_rid, 100)


class _ApiWays:
    """The ways of one search, which keeps what they say beyond what a search wants."""

    def __init__(self, lookups: Lookups, calls: Calls, asking: Asking) -> None:
        self._lookups = lookups
        self._calls = calls
        self._asking = asking
        self.described: Described | None = None
        self.failures: dict[str, UpstreamError] = {}
        """By cause: with upstream's code and words, which a RoomInfo has no place for."""

    async def enter(self, path: str) -> RoomInfo:
        """Ask web/enter for a web_rid or handle."""

        def read(body: bytes) -> RoomInfo:
            info = read_enter(body)
            self._keep(lambda: info_from_enter(body), "web_enter")
            return info

        return await self._ask("enter", lambda: self._calls.enter(path), read)

    async def page(self, path: str) -> RoomInfo:
        """Read the page of a web_rid or handle."""

        def read(page: Page) -> RoomInfo:
            if page.state is not None:
                self._keep(lambda: info_from_page(page.state, now_ms()), "html")
            return page.info

        return await self._ask("page", lambda: self._calls.page(path), read)

    async def reflow(self, room_id: str, sec_uid: str = "") -> RoomInfo:
        """Ask reflow/info for a broadcast."""
        return (await self._lookups.broadcast(room_id, sec_uid)).info

    async def _ask(
        self, endpoint: Endpoint, call: Callable[[], Awaitable[T]], read: Callable[[T], RoomInfo]
    ) -> RoomInfo:
        try:
            return await self._asking.ask(endpoint, call, read)
        except UpstreamError as error:
            self.failures[error.cause] = error
            raise

    def _keep(self, shape: Callable[[], Shaped], source: Source) -> None:
        try:
            self.described = _described(shape(), source)
        except UpstreamError as error:
            # The search goes on with what it could read itself.
            self.failures[error.cause] = error


def _described(shaped: Shaped, source: Source) -> Described:
    room = shaped.document["data"]
    answer = Answer(encoded(shaped.document), source, now_ms(), shaped.missing)
    anchor_id = room["owner"]["id_str"]
    return Described(
        answer, read_room(room), "" if anchor_id == "0" else anchor_id, _cart_of(shaped, answer)
    )


def _cart_of(shaped: Shaped, answer: Answer) -> Cart:
    room = shaped.document["data"]
    is_told = "data.has_commerce_goods" not in shaped.missing
    has_goods = room["has_commerce_goods"] if is_told else None
    # Not of the seeds' room: passed through as upstream has it, where it does. A recorded room
    # that has goods counts 0 of them, which can't be.
    total = integer_of(object_of(room.get("room_cart")).get("total")) or None
    if has_goods is False:
        total = 0
    return Cart(answer.source, answer.fetched_at_ms, has_goods, total)


def _size_of(described: Described | None) -> int:
    return 0 if described is None else memoryview(described.answer.data).nbytes


def _nothing_to_describe(found: Found) -> UpstreamError:
    if found.info.status is Status.NO_ROOM:
        return UpstreamError("unknown_room", "this account has never been live")
    return found.refusal or UpstreamError(
        "room_over", "the room is not live, and upstream does not tell of its last broadcast"
    )


def now_ms() -> int:
    """Give the time, Unix ms."""
    return time.time_ns() // 1_000_000
