"""A room's products as promotions/pop/v3/ and promotions/page/ list them; used by webapi."""

import json
from collections.abc import Sequence
from typing import Any

from relay.sim.goods import Product
from relay.sim.people import Person
from relay.sim.templates import template

PAGE_LIMIT = 100
"""Products on one page of promotions/page/, at most."""
_OFTEN_ABSENT = (
    "coupons",
    "event_param",
    "extra",
    "label_icon",
    "platform",
    "platform_icon",
    "platform_label",
    "promotion_source",
    "real_index",
)


def pop(goods: Sequence[Product], anchor: Person, room_id: str) -> dict[str, Any]:
    """Give all products at once."""
    return {
        "promotions": [
            _promotion(product, index, anchor, room_id) for index, product in enumerate(goods)
        ],
        "status_code": 0,
        "status_msg": "",
    }


def page(
    goods: Sequence[Product], anchor: Person, room_id: str, offset: int, limit: int
) -> dict[str, Any]:
    """Give at most `limit` products from `offset` on; next_offset "-1" is the end."""
    end = offset + min(limit, PAGE_LIMIT)
    answer = pop(goods[offset:end], anchor, room_id)
    return answer | {"next_offset": str(end) if end < len(goods) else "-1"}


def _promotion(product: Product, index: int, anchor: Person, room_id: str) -> dict[str, Any]:
    meta = json.dumps({"enter_from": "live", "live_room_id": room_id}, separators=(",", ":"))
    found = template("promotion") | {
        "promotion_id": str(product.promotion_id),
        "product_id": str(product.product_id),
        "title": product.title,
        "min_price": product.min_price,
        "max_price": product.max_price,
        "market_price": product.max_price * 2,
        "cover": f"https://p1.example.invalid/goods/{product.product_id}~tplv-resize:200:0.webp",
        "detail_url": (
            f"aweme://goods/seeding/?promotion_id={product.promotion_id}"
            f"&product_id={product.product_id}&target_uid={anchor.uid}&source_page=live"
            f"&sec_target_uid={anchor.sec_uid}&meta_param={meta}"
        ),
        "shop_id": product.shop_id,
        "stock_num": product.stock,
        "in_stock": product.stock > 0,
        "sale_num": product.sold,
        "label_icon": "https://example.invalid/label/explain.png",
        "platform_icon": "https://example.invalid/label/shop.png",
        "platform_label": "小店",
        "platform": 1,
        "real_index": index + 1,
    }
    if index % 2:
        # Upstream leaves these out more often than not.
        for name in _OFTEN_ABSENT:
            del found[name]
    return found
