"""Upstream's gift catalogue: asked for when a gift lacks its price or somebody wants it, and kept;
made by api, used by the books of rooms and by server.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.events.listed import GiftList, ListedGift
from relay.upstream.asking import Asking
from relay.upstream.calls import Calls
from relay.upstream.flights import Flights
from relay.webcast.rest.gifts import gifts_of_list

FRESH_S = 6 * 3600.0
"""How long a catalogue is taken as it is: prices hardly change, and gifts come by the week."""
RETRY_S = 60.0
"""How long rooms do without, after it could not be had."""


class GiftCatalogue:
    """What gifts are called and cost."""

    def __init__(
        self,
        calls: Calls,
        asking: Asking,
        flights: Flights,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = calls
        self._asking = asking
        self._flights = flights
        self._clock = clock
        self._list = GiftList((), 0)
        self._by_id: dict[str, ListedGift] = {}
        self._stale_at = 0.0
        self._again_at = 0.0
        self._refreshing: asyncio.Task[None] | None = None

    def find(self, gift_id: str) -> ListedGift | None:
        """Give a gift, if it is known by now; has the catalogue asked for where it is missing."""
        now = self._clock()
        if now >= self._stale_at and now >= self._again_at and self._refreshing is None:
            self._again_at = now + RETRY_S
            self._refreshing = asyncio.create_task(self._refresh(), name="gifts")
        return self._by_id.get(gift_id)

    async def get(self) -> GiftList:
        """Give all; where a fresh one can't be had, the last one. Raises UpstreamError."""
        if self._clock() < self._stale_at:
            return self._list
        try:
            return await self._flights.join("gifts", self._ask)
        except UpstreamError:
            if self._by_id:
                return self._list
            raise

    async def close(self) -> None:
        """Ask no more."""
        self._again_at = float("inf")
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait([self._refreshing])

    async def _refresh(self) -> None:
        try:
            with suppress(UpstreamError):
                await self.get()
        finally:
            self._refreshing = None

    async def _ask(self) -> GiftList:
        gifts = await self._asking.ask("gifts", None, self._calls.gifts, gifts_of_list)
        self._list = GiftList(gifts, now_ms())
        self._by_id = {gift.id: gift for gift in gifts}
        self._stale_at = self._clock() + FRESH_S
        return self._list
