"""Payloads of the shop in a room. Orders are never told on the web channel."""

from relay.events.payload import Payload


class LiveShoppingPayload(Payload, frozen=True):
    """WebcastLiveShoppingMessage: a product was put up, taken down or explained."""

    message_type: int
    """Upstream's msg_type, meaning unknown."""
    update_type: int
    """Upstream's kind of update, meaning unknown."""
    promotion_id: str
    """The product it is about; "" for none."""
    product_ids: tuple[str, ...]
    """Products that changed, at most 200."""
    promotions_num: int
    """Products in the shop; 0 where not told."""
    sold_out: bool
    """The product is sold out."""
    button_label: str
    """Text of the button; may be empty."""
    notice: str
    """Upstream's notice; may be empty."""
    update_time: int
    """When, as upstream gives it (a Unix time, unit not confirmed); 0 unknown."""
    product_base64: str
    """Upstream's product details, protobuf of unknown structure in base64; may be empty."""


class ProductChangePayload(Payload, frozen=True):
    """WebcastProductChangeMessage: the list of products changed."""

    total: int
    """Products in the shop."""
    update_time: int
    """When, as upstream gives it (a Unix time, unit not confirmed); 0 unknown."""
    toast: str
    """Upstream's sentence for its viewers; may be empty."""
    products_base64: tuple[str, ...]
    """Changed products, each protobuf of unknown structure in base64; at most 200."""
    categories_base64: tuple[str, ...]
    """Changed categories, each protobuf of unknown structure in base64; at most 200."""
