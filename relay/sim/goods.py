"""What a room sells; used by room, show and shop."""

import random

from msgspec import Struct

from relay.sim.phrases import GOODS_KINDS, GOODS_LOOKS

MAX_GOODS = 200
"""Products made per room; how many of them it shows is a behaviour."""


class Product(Struct, frozen=True):
    """One product that doesn't exist."""

    promotion_id: int
    product_id: int
    title: str
    min_price: int
    """In fen, as all prices."""
    max_price: int
    shop_id: int
    stock: int
    """0: sold out."""
    sold: int


def make_goods(rng: random.Random) -> tuple[Product, ...]:
    """Invent a room's products."""
    shop_id = rng.randint(1_000_000, 9_999_999)
    goods = []
    for number in range(MAX_GOODS):
        min_price = rng.randint(3, 400) * 100 - 1
        goods.append(
            Product(
                promotion_id=3_600_000_000_000_000_000 + rng.randrange(10**17),
                product_id=3_700_000_000_000_000_000 + rng.randrange(10**17),
                title=f"{rng.choice(GOODS_LOOKS)}{rng.choice(GOODS_KINDS)} {number + 1}号",
                min_price=min_price,
                max_price=min_price + rng.choice((0, 0, 1_000, 5_000)),
                shop_id=shop_id,
                stock=rng.choice((0, 3, 50, 900)),
                sold=rng.randrange(5_000),
            )
        )
    return tuple(goods)
