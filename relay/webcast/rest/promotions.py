"""What /promotions serves: the goods of a broadcast, by upstream's list or by its events."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from relay.events import LiveShoppingPayload, ProductChangePayload
from relay.webcast.rest.documents import Shaped
from relay.webcast.rest.fields import Fen, Id, IdText, Partial, UnixS


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
    """Give what promotions/pop/v3 answers as a PromotionsDocument. Raises UpstreamError."""
    raise NotImplementedError


def promotions_from_events(
    shopping: LiveShoppingPayload | None,
    change: ProductChangePayload | None,
    promotion_ids: Sequence[str],
) -> Shaped:
    """Give what a room's events tell as a PromotionsDocument, marked `partial`.

    `shopping` and `change` are the last ones, `promotion_ids` those that were shown so far.
    """
    raise NotImplementedError
