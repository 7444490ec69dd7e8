"""Answers to one kind of question, shared by all who ask it; used by lookups and api."""

from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Set
from typing import Generic, TypeVar

from relay.errors import UpstreamError
from relay.upstream.breaker import BODY_CAUSES, ROOM_ANSWERS
from relay.upstream.cache import Cache
from relay.upstream.flights import Flights, renewed

MAX_ENTRIES = 500
MAX_BYTES = 64 * 1024 * 1024
"""Of the answers of one kind that are kept; past either bound the oldest are forgotten."""
_ERROR_BYTES = 2048
ODD_S = 5.0
"""How long it is kept that an answer was odd: one odd room must not use up everybody's calls."""

T = TypeVar("T")


class Shared(Generic[T]):
    """One kind of question. Each is asked once at a time, and its answer kept for a while.

    What upstream says of a room is kept also where it is a refusal, e.g. that there is none.
    """

    def __init__(
        self,
        kind: str,
        lifetime_s: float,
        flights: Flights,
        hits: Counter[str],
        *,
        size_bytes: Callable[[T], int],
        kept_causes: Set[str] = ROOM_ANSWERS,
    ) -> None:
        """`hits` is counted up, by kind, for every answer that was there already."""
        self._kind = kind
        self._flights = flights
        self._hits = hits
        self._size_bytes = size_bytes
        self._kept_causes = kept_causes
        self._cache: Cache[T | UpstreamError] = Cache(
            lifetime_s, max_entries=MAX_ENTRIES, max_bytes=MAX_BYTES
        )
        self._odd: Cache[UpstreamError] = Cache(
            ODD_S, max_entries=MAX_ENTRIES, max_bytes=MAX_ENTRIES * _ERROR_BYTES
        )

    async def get(
        self,
        key: Hashable,
        ask: Callable[[], Awaitable[T]],
        *,
        younger_than_s: float = float("inf"),
    ) -> T:
        """Give the answer that is kept, or have it asked for. Raises UpstreamError as `ask` does,
        or `busy`.
        """
        kept = self._cache.get(key, younger_than_s=younger_than_s)
        if kept is None:
            kept = self._odd.get(key, younger_than_s=younger_than_s)
        if kept is None:
            return await self._flights.join((self._kind, key), lambda: self._ask(key, ask))
        self._hits[self._kind] += 1
        if isinstance(kept, UpstreamError):
            raise renewed(kept)
        return kept

    def kept(self, key: Hashable) -> T | None:
        """Give the answer that is kept, however old; None where none is, or a refusal."""
        kept = self._cache.get(key)
        return None if isinstance(kept, UpstreamError) else kept

    def age_s(self, key: Hashable) -> float:
        """Tell how long the answer has been kept; infinite where it isn't."""
        return self._cache.age_s(key)

    def forget(self, key: Hashable) -> None:
        """Have it asked for anew."""
        self._cache.forget(key)

    async def _ask(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            answer = await ask()
        except UpstreamError as error:
            if error.cause in self._kept_causes:
                self._cache.put(key, renewed(error), _ERROR_BYTES)
            elif error.cause in BODY_CAUSES:
                self._odd.put(key, renewed(error), _ERROR_BYTES)
            raise
        self._cache.put(key, answer, self._size_bytes(answer))
        return answer
