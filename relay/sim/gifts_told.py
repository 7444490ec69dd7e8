"""What the gifts that a room has sent add up to, for tests to compare with; kept by ledger.

Bounds: MAX_COMBOS, the oldest are forgotten; MAX_BROADCASTS. The sums stay.
"""

from collections import OrderedDict
from typing import NamedTuple

from msgspec import Struct

MAX_COMBOS = 20_000
"""Combos of a room whose counts are remembered."""
MAX_BROADCASTS = 20
"""Broadcasts of a room whose sums are remembered."""


class GiftTold(NamedTuple):
    """What one message says of a gift."""

    sec_uid: str
    """Who gave it."""
    gift_id: int
    group_id: int
    """0: it has none, and no other message is about it."""
    total: int
    """Gifts in the group so far."""
    diamonds: int
    """Price of one."""


class GiftTotals(Struct):
    """The true sums of a broadcast, as told so far; what nobody could read is not among them."""

    combos: int = 0
    """Logical gifts: combos, and single gifts."""
    gifts: int = 0
    diamonds: int = 0


class GiftsTold:
    """The true sums of a room's gifts."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str, int, int], int] = OrderedDict()
        self._totals: OrderedDict[str, GiftTotals] = OrderedDict()

    def totals(self, room_id: str) -> GiftTotals:
        """Give the sums of a broadcast."""
        return self._totals.get(room_id, GiftTotals())

    def combos(self, room_id: str) -> dict[tuple[str, str, str], int]:
        """Give how many gifts each group of a broadcast has: by sec_uid, gift_id and group_id."""
        return {
            (sec_uid, str(gift_id), str(group_id)): count
            for (of, sec_uid, gift_id, group_id), count in self._counts.items()
            if of == room_id and group_id > 0
        }

    def take(self, room_id: str, msg_id: int, told: GiftTold) -> None:
        """Count what is sent of a gift, again or not."""
        totals = self._totals.get(room_id)
        if totals is None:
            totals = self._totals[room_id] = GiftTotals()
            if len(self._totals) > MAX_BROADCASTS:
                self._totals.popitem(last=False)
        # What is of no group is told apart by its msg_id, which is never that of a group.
        key = (room_id, told.sec_uid, told.gift_id, told.group_id or -msg_id)
        before = self._counts.get(key, 0)
        self._counts[key] = max(before, told.total)
        if len(self._counts) > MAX_COMBOS:
            self._counts.popitem(last=False)
        if told.total > before:
            totals.combos += not before
            totals.gifts += told.total - before
            totals.diamonds += (told.total - before) * told.diamonds
