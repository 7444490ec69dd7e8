"""Upstream's feed as the answer of /feed, cut to any number of rooms; used by api."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.upstream.asking import Asking
from relay.upstream.breaker import ROOM_ANSWERS
from relay.upstream.calls import Calls
from relay.upstream.flights import Flights
from relay.upstream.lookups import Lookups
from relay.upstream.sharing import Shared
from relay.webcast.rest.answer import Answer
from relay.webcast.rest.completion import id_in
from relay.webcast.rest.documents import Shaped, encoded
from relay.webcast.rest.feed import Feed, feed_document, feed_room, feed_rooms

ENRICH_S = 8.0
"""How long a feed waits for its rooms' details."""
FEED_S = 5.0
"""How long a feed is kept."""


class _Parts(NamedTuple):
    """A feed that can be cut to any number of rooms."""

    rooms: list[msgspec.Raw]
    frame: dict[str, Any]
    """The document but for its rooms."""
    fetched_at_ms: int
    missing: tuple[str, ...]
    answers: dict[int, Answer]
    """Those cut so far, by their number of rooms: a megabyte is not copied for each asker."""


class Feeds:
    """Feeds, plain and enriched."""

    def __init__(
        self,
        calls: Calls,
        asking: Asking,
        lookups: Lookups,
        flights: Flights,
        *,
        hits: Counter[str],
    ) -> None:
        self._calls = calls
        self._asking = asking
        self._lookups = lookups
        self._feeds: Shared[_Parts] = Shared(
            "feed",
            FEED_S,
            flights,
            hits,
            size_bytes=lambda feed: sum(memoryview(room).nbytes for room in feed.rooms),
        )

    async def get(self, limit: int, *, enrich: bool) -> Answer:
        """Give at most `limit` rooms. Raises UpstreamError; see LiveApi.feed."""
        parts = await self._feeds.get(enrich, lambda: self._ask(enrich=enrich))
        rooms = parts.rooms[:limit]
        answer = parts.answers.get(len(rooms))
        if answer is None:
            document = encoded({**parts.frame, "data": rooms})
            answer = Answer(document, "feed", parts.fetched_at_ms, parts.missing)
            parts.answers[len(rooms)] = answer
        return answer

    async def _ask(self, *, enrich: bool) -> _Parts:
        try:
            feed = await self._asking.ask("feed", None, self._calls.feed, feed_rooms)
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
            room = feed_room(raw, feed.filling, details.get(_room_id(raw)))
            shaped.append(room._replace(document={}))
            rooms.append(encoded(room.document))
            # A megabyte of rooms must not hold up the others' frames.
            await asyncio.sleep(0)
        whole = feed_document(feed, shaped)
        return _Parts(rooms, whole.document, fetched_at_ms, whole.missing, {})

    async def _details_of(self, feed: Feed) -> dict[str, Shaped]:
        """Give what reflow/info says of a feed's rooms, as far as that can be had soon."""
        details: dict[str, Shaped] = {}

        async def ask(room_id: str) -> None:
            # Best effort: the room stays as the feed has it.
            with suppress(UpstreamError):
                described = (await self._lookups.broadcast(room_id)).described
                if described is not None:
                    answer = described.answer
                    details[room_id] = Shaped(msgspec.json.decode(answer.data), answer.missing)

        with suppress(TimeoutError):
            async with asyncio.timeout(ENRICH_S), asyncio.TaskGroup() as tasks:
                for raw in feed.rooms:
                    tasks.create_task(ask(_room_id(raw)), name=f"enrich:{_room_id(raw)}")
        return details


def _room_id(raw: Mapping[str, Any]) -> str:
    return str(id_in(raw, "id"))
