"""What /promotions serves: the goods of a broadcast, by upstream's list or by its events."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from relay.errors import UpstreamError
from relay.events import LiveShoppingPayload, ProductChangePayload
from relay.webcast.rest.codes import read_answer
from relay.webcast.rest.completion import object_of
from relay.webcast.rest.documents import Shaped
from relay.webcast.rest.fields import Fen, Id, IdText, Partial, UnixS
from relay.webcast.rest.shape import MAX_ITEMS, integer_of, shape


class PromotionExtra(Struct):
    """More of a product."""

    coupon_min_price: Annotated[str, Meta(description="In fen, as text.")]
    start_time: Annotated[str, Meta(description="Unix seconds as text.")]


class Promotion(Struct):
    """A product on sale."""

    app_type: int
    app_url: str
    apply_coupon: int
    button_label: str
    campaign: bool
    can_explain: bool
    can_seckill: bool
    cos_fee: Fen
    cos_ratio: int
    coupons: list[Any]
    cover: Annotated[str, Meta(description="Address of the picture.")]
    detail_url: str
    elastic_title: str
    event_param: dict[str, Any]
    extra: PromotionExtra
    flash_icon: str
    flash_type: int
    in_stock: bool
    index: Annotated[int, Meta(description="Number in the list, from 1.")]
    item_type: int
    label_icon: str
    min_price: Fen
    next_page: str
    order_url: str
    platform: int
    platform_icon: str
    platform_label: str
    price: Fen
    product_id: str
    promotion_id: str
    promotion_source: list[Any]
    sale_num: int
    shop_id: Id
    shop_id_str: IdText
    short_half_url: str
    short_title: str
    skip_style: int
    status: int
    stock_num: int
    title: str


class Entry(Struct):
    """A button of the shop."""

    icon: str
    title: str
    type: int
    url: str


class PromotionsDocument(Struct):
    """The goods of a broadcast. Unlike the other documents it isn't nested once more."""

    current_promotion_id: Annotated[
        str, Meta(description='What is explained now; "" for none or unknown.')
    ]
    entries: list[Entry]
    expire_time: Annotated[int, Meta(description="Milliseconds that the list can be kept.")]
    flash_total: int
    has_more: bool
    min_refresh_gap: Annotated[int, Meta(description="Milliseconds between requests, at least.")]
    next_page_id: str
    promotions: list[Promotion]
    room_type: int
    show_begin_time: UnixS
    show_duration: int
    status_code: Annotated[int, Meta(description="Always 0.")]
    status_msg: str
    top_limit: int
    total: Annotated[int, Meta(description="Products in the shop.")]
    partial: Partial


def promotions_from_pop(body: bytes) -> Shaped:
    """Give what promotions/pop/v3 answers as a PromotionsDocument.

    Raises UpstreamError: `bad_body` where there is no list, or what its status_code says.
    """
    answer = read_answer(body, "promotions/pop")
    data = answer if "promotions" in answer else object_of(answer.get("data"))
    items = data.get("promotions", ...)
    if items is None:
        items = []
    if not isinstance(items, list):
        raise UpstreamError("bad_body", "promotions/pop answers without promotions")
    given = {key: value for key, value in data.items() if value is not None}
    document = {
        "has_more": False,
        "next_page_id": "",
        "total": len(items),
        **given,
        "promotions": [_completed(item, at) for at, item in enumerate(items[:MAX_ITEMS], 1)],
    }
    # Cut here already, so that no more are looked at; shape can't see it any more.
    cut = {"promotions[]"} if len(items) > MAX_ITEMS else set()
    return _document(document, cut, partial=False)


def promotions_from_events(
    shopping: LiveShoppingPayload | None,
    change: ProductChangePayload | None,
    promotion_ids: Sequence[str],
    in_cart: int = 0,
) -> Shaped:
    """Give what a room's events tell as a PromotionsDocument, marked `partial`.

    `shopping` and `change` are the last ones, `promotion_ids` those that were shown so far;
    `in_cart` is how many goods the room's description counts, where no event does.
    """
    promotions: list[dict[str, Any]] = []
    for at, promotion_id in enumerate(promotion_ids, 1):
        promotion: dict[str, Any] = {"promotion_id": promotion_id, "index": at}
        if shopping and promotion_id == shopping.promotion_id:
            promotion["in_stock"] = not shopping.sold_out
        promotions.append(promotion)
    total = (change.total if change else 0) or (shopping.promotions_num if shopping else 0)
    total = total or in_cart
    document = {
        "current_promotion_id": shopping.promotion_id if shopping else None,
        "has_more": False,  # there are no more pages, whatever the total
        "next_page_id": "",
        "promotions": promotions,
        "total": total or len(promotions),
    }
    return _document(document, set(), partial=True)


def _document(document: dict[str, Any], cut: set[str], *, partial: bool) -> Shaped:
    # What upstream doesn't send, as the seeds have it: how its app treats every list.
    constants = {
        "entries": [],
        "expire_time": 300_000,
        "min_refresh_gap": 10_000,
        "top_limit": 100,
        "room_type": 0,
        "show_begin_time": 0,
        "show_duration": 0,
        "status_msg": "",
    }
    complete = {**constants, **document, "partial": partial, "status_code": 0}
    shaped, missing = shape(complete, PromotionsDocument, "")
    return Shaped(shaped, tuple(sorted(missing | cut)))


def _completed(item: object, number: int) -> dict[str, Any]:
    """Put what pop/v3 names otherwise where the seeds have it."""
    promotion = dict(object_of(item))
    if not promotion:
        return promotion
    for key in ("max_price", "market_price", "min_price"):
        if promotion.get("price") is None:
            promotion["price"] = promotion.get(key)
    cover = object_of(promotion.get("cover")).get("url_list")
    if isinstance(cover, list) and cover:
        promotion["cover"] = cover[0]
    promotion["index"] = (
        integer_of(promotion.get("index")) or integer_of(promotion.get("real_index")) or number
    )
    return promotion
