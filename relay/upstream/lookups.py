"""Finds out what upstream says of a room, for the API: by its room_id, or by its page; used by api.

reflow/info describes a broadcast best, and unsigned. Where it refuses, what web/enter or the page
said when the room was looked for makes up for it.
"""

from collections import Counter

import msgspec

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.upstream.asking import Asking
from relay.upstream.calls import Calls
from relay.upstream.flights import Flights, renewed
from relay.upstream.names import NameKind, RoomName
from relay.upstream.reflow import ask_reflow
from relay.upstream.refusals import Refusals
from relay.upstream.resolve import Resolver
from relay.upstream.search import Search
from relay.upstream.sharing import Shared
from relay.upstream.status import Status, read_refusal
from relay.upstream.told import Described, Told, describe
from relay.upstream.web_rids import WebRids
from relay.webcast.rest.answer import Cart
from relay.webcast.rest.info import info_from_reflow

DESCRIBED_S = 15.0
"""How old a description may be where another answer is wanted, and which broadcast a room's is."""
STATUS_S = 30.0
"""How long it is believed that a room is live, or not."""
LAST_KNOWN_S = 90.0
"""The same where upstream can't be asked in time."""


class Lookups:
    """What is known of rooms, for some seconds."""

    def __init__(
        self,
        calls: Calls,
        asking: Asking,
        refusals: Refusals,
        flights: Flights,
        web_rids: WebRids,
        *,
        hits: Counter[str],
    ) -> None:
        self._calls = calls
        self._asking = asking
        self._refusals = refusals
        self._web_rids = web_rids
        self._broadcasts: Shared[Told] = Shared(
            "broadcast", LAST_KNOWN_S, flights, hits, size_bytes=lambda told: told.size_bytes
        )
        self._rooms: Shared[Told] = Shared(
            "room", LAST_KNOWN_S, flights, hits, size_bytes=lambda told: told.size_bytes
        )

    async def describe(self, name: RoomName, *, younger_than_s: float = DESCRIBED_S) -> Described:
        """Describe a room's present or last broadcast, or the one that a room_id names.

        Raises UpstreamError: `unknown_room`, `room_over` where it is not live and nothing tells
        of its last broadcast, or what keeps the answer from us.
        """
        if name.kind is NameKind.ROOM_ID:
            found = told = await self._told_of(name.value, younger_than_s)
        else:
            found = await self._find(name, DESCRIBED_S)
            found, told = await self._present(name, found, younger_than_s)
        described = told.described or found.described
        if described is None:
            raise _nothing_to_describe(told, found)
        return described

    async def status(self, name: RoomName) -> Told:
        """Tell of a room, or of the broadcast that a room_id names, whether it is live.

        Raises UpstreamError where that can't be found out.
        """
        if name.kind is NameKind.ROOM_ID:
            return await self._told_of(name.value, STATUS_S)
        found = await self._find(name, STATUS_S)
        if found.info.status is not Status.UNKNOWN:
            return found
        found, told = await self._present(name, found, STATUS_S)
        if told.info.status is Status.NOT_FOUND and found.info.room_id:
            # The room is there, whether its broadcast can be had or not.
            info = msgspec.structs.replace(found.info, cause="unknown_room", text=told.info.text)
            return found._replace(info=info)
        return told

    def last_status(self, name: RoomName) -> Told | None:
        """Give what was last said of whether it is live, however old; None: not known."""
        kept = self._kind_of(name).kept(name.value)
        if kept is None or (name.kind is not NameKind.ROOM_ID and self._is_past(name, kept)):
            return None
        return kept

    def age_s(self, name: RoomName) -> float:
        """Tell how old the `last_status` is; infinite where there is none."""
        return self._kind_of(name).age_s(name.value)

    async def cart(self, name: RoomName) -> Cart:
        """Tell of a room's shop. Raises UpstreamError.

        Of reflow/info's description only whether there is one: web/enter counts what is in it.
        """
        described = await self.describe(name)
        web_rid = described.info.web_rid
        if described.cart.total is not None or not described.cart.has_goods or not web_rid:
            return described.cart
        found = await self._room_of(described.info.room_id, web_rid)
        if found is None or found.described is None:
            return described.cart
        return found.described.cart

    async def broadcast(self, room_id: str, *, younger_than_s: float = DESCRIBED_S) -> Told:
        """Ask reflow/info. Raises UpstreamError where it says nothing of the broadcast."""
        return await self._broadcasts.get(
            room_id, lambda: self._reflow(room_id, ""), younger_than_s=younger_than_s
        )

    # Inside

    async def _find(self, name: RoomName, younger_than_s: float) -> Told:
        """Look a room up by its web_rid or handle. Raises UpstreamError.

        Where its status isn't known but its room_id is, that broadcast may be live.
        """
        found = await self._rooms.get(
            name.value, lambda: self._search(name), younger_than_s=younger_than_s
        )
        if self._is_past(name, found):
            self._rooms.forget(name.value)
            found = await self._rooms.get(name.value, lambda: self._search(name))
        return found

    def _is_past(self, name: RoomName, found: Told) -> bool:
        """Tell whether a room's broadcast has ended since the room was found."""
        room_id = found.info.room_id
        kept = self._broadcasts.kept(room_id)
        return (
            kept is not None
            and kept.info.status is Status.OFFLINE
            and found.info.status is not Status.OFFLINE
            and self._broadcasts.age_s(room_id) < self._rooms.age_s(name.value)
        )

    async def _present(
        self, name: RoomName, found: Told, younger_than_s: float
    ) -> tuple[Told, Told]:
        """Give a room, and what is told of its broadcast: its next one where `found`'s is over."""
        told = await self._broadcast_in(found, younger_than_s)
        if told.info.status is not Status.OFFLINE or found.info.status is Status.OFFLINE:
            return found, told
        again = await self._find(name, DESCRIBED_S)
        if again.info.room_id != found.info.room_id:
            told = await self._broadcast_in(again, younger_than_s)
        return again, told

    async def _broadcast_in(self, found: Told, younger_than_s: float) -> Told:
        """Ask for a room's broadcast; what the web told makes up for it. Raises UpstreamError."""
        if not found.info.room_id:
            return found
        try:
            return await self.broadcast(found.info.room_id, younger_than_s=younger_than_s)
        except UpstreamError:
            if found.described is None:
                raise
            return found

    async def _told_of(self, room_id: str, younger_than_s: float) -> Told:
        """Ask for a broadcast, by its room where reflow/info refuses. Raises UpstreamError."""
        try:
            return await self.broadcast(room_id, younger_than_s=younger_than_s)
        except UpstreamError:
            found = await self._room_of(room_id, self._web_rids.of(room_id))
            if found is None:
                raise
            return found

    async def _room_of(self, room_id: str, web_rid: str) -> Told | None:
        """Give the room as long as it is in this broadcast, and can be had."""
        if not web_rid:
            return None
        try:
            found = await self._find(RoomName(NameKind.WEB_RID, web_rid), DESCRIBED_S)
        except UpstreamError:
            return None
        return found if found.info.room_id == room_id else None

    async def _search(self, name: RoomName) -> Told:
        search = Search(self._calls, self._asking, self._of_anchor)
        info = await Resolver(search, self._refusals, self._web_rids).look(name)
        if info.status is Status.UNKNOWN and not info.room_id:
            raise search.failures.get(info.cause) or UpstreamError(info.cause, info.text)
        described, refusal = search.described, None
        if described is None or described.info.room_id != info.room_id:
            described = None
            missing = info.status is Status.NOT_FOUND
            refusal = search.failures.get("unknown_room" if missing else "room_over")
        return Told(info, described, refusal and renewed(refusal), search.source, now_ms())

    async def _of_anchor(self, room_id: str, sec_uid: str) -> Told:
        return await (self._reflow(room_id, sec_uid) if sec_uid else self.broadcast(room_id))

    async def _reflow(self, room_id: str, sec_uid: str) -> Told:
        try:
            shaped = await ask_reflow(
                self._calls,
                room_id,
                sec_uid,
                lambda call: self._asking.ask("reflow", sec_uid or room_id, call, info_from_reflow),
            )
        except UpstreamError as error:
            return Told(read_refusal(error), None, renewed(error), "reflow", now_ms())
        described = describe(shaped, "reflow")
        self._web_rids.note(described.info.room_id, described.info.web_rid)
        return Told(described.info, described, None, "reflow", now_ms())

    def _kind_of(self, name: RoomName) -> Shared[Told]:
        return self._broadcasts if name.kind is NameKind.ROOM_ID else self._rooms


def _nothing_to_describe(told: Told, found: Told) -> UpstreamError:
    refusal = told.refusal or found.refusal
    if refusal is not None:
        return renewed(refusal)
    if found.info.status is Status.NOT_FOUND:
        return UpstreamError("unknown_room", found.info.text)
    if found.info.status is Status.NO_ROOM:
        return UpstreamError("unknown_room", "this account has never been live")
    return UpstreamError(
        "room_over", "the room is not live, and upstream does not tell of its last broadcast"
    )
