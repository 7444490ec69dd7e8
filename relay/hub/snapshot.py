"""What a broadcast's events last said of its audience and its shop; kept by stream for server/rest.

Bounds: the latest event of each kind, and MAX_PROMOTIONS ids.
"""

from relay.clock import now_ms
from relay.events import (
    Event,
    LiveShoppingPayload,
    ProductChangePayload,
    RoomRankPayload,
    RoomUserSeqPayload,
)

MAX_PROMOTIONS = 200
"""Ids of promotions remembered of one broadcast; past it those go that came up longest ago."""

_TAKEN = frozenset({RoomUserSeqPayload, RoomRankPayload, LiveShoppingPayload, ProductChangePayload})


class Snapshot:
    """The latest events of one broadcast; begins anew with the next one. Times are Unix ms."""

    def __init__(self) -> None:
        self._begin("")

    def _begin(self, room_id: str) -> None:
        self.room_id = room_id
        """The broadcast; "" before the first event."""
        self.seq: RoomUserSeqPayload | None = None
        self.rank: RoomRankPayload | None = None
        self.audience_at_ms = 0
        """When one of these two last came; 0: never."""
        self.shopping: LiveShoppingPayload | None = None
        self.products: ProductChangePayload | None = None
        self.promotion_ids: dict[str, None] = {}
        """Promotions that came up, the latest last."""
        self.shop_at_ms = 0
        """When one of these last came; 0: never."""

    def take(self, event: Event) -> None:
        """Remember what matters of an event."""
        if event.room_id != self.room_id:
            self._begin(event.room_id)
        payload = event.payload
        # Most events end here: a look at the type costs less than asking what it may be.
        if type(payload) not in _TAKEN:
            return
        match payload:
            case RoomUserSeqPayload() as seq:
                # They come out of order, and the total never falls: a lower one is older.
                if self.seq is None or seq.total_user >= self.seq.total_user:
                    self.seq = seq
                    self.audience_at_ms = now_ms()
            case RoomRankPayload() as rank:
                self.rank = rank
                self.audience_at_ms = now_ms()
            case LiveShoppingPayload() as shopping:
                self.shopping = shopping
                self.shop_at_ms = now_ms()
                self._remember(shopping.promotion_id)
            case ProductChangePayload() as products:
                self.products = products
                self.shop_at_ms = now_ms()
            case _:
                pass

    def _remember(self, promotion_id: str) -> None:
        if not promotion_id:
            return
        self.promotion_ids.pop(promotion_id, None)
        self.promotion_ids[promotion_id] = None
        if len(self.promotion_ids) > MAX_PROMOTIONS:
            del self.promotion_ids[next(iter(self.promotion_ids))]
