"""Gifts as upstream's catalogue has them; made by upstream, used by books and server."""

from msgspec import Struct


class ListedGift(Struct, frozen=True, gc=False):
    """One gift of the catalogue."""

    id: str
    """Decimal 64-bit id."""
    name: str
    """Its name in Chinese."""
    diamonds: int
    """Price of one, in diamonds; 0 free."""
    cny: float
    """The same in CNY (1 diamond = 0.1 CNY)."""
    image: str
    """URL of its picture; may be empty."""
    combo: bool
    """It can be sent as a combo."""
    type: int
    """1 normal, 2 stream, 4 fans-club badge; others unknown."""


class GiftList(Struct, frozen=True):
    """The catalogue, as upstream last gave it."""

    gifts: tuple[ListedGift, ...]
    """In upstream's order."""
    fetched_at_ms: int
    """When that was, Unix milliseconds."""
