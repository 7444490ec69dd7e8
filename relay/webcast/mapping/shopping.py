"""The shop in a room; called by decode."""

from base64 import b64encode
from collections.abc import Iterable

from relay.events.shopping import LiveShoppingPayload, ProductChangePayload
from relay.webcast.mapping.people import id_text
from relay.webcast.mapping.text import described
from relay.webcast.pb import webcast_pb2 as pb

MAX_PRODUCTS = 200
_CHANGED = "商品更新"


def live_shopping(
    message: pb.LiveShoppingMessage, common: pb.Common, room_id: str
) -> LiveShoppingPayload:
    """Map a product put up, taken down or explained."""
    notice = message.ecom_notice
    return LiveShoppingPayload(
        room_id,
        message.update_toast or notice or described(common) or _CHANGED,
        None,
        message.msg_type,
        message.update_type,
        id_text(message.promotion_id),
        tuple([str(product) for product in message.updated_product_ids[:MAX_PRODUCTS]]),
        message.promotions_num,
        message.sold_out,
        message.button_label,
        notice,
        message.update_timestamp,
        b64encode(message.updated_product_info).decode(),
    )


def product_change(
    message: pb.ProductChangeMessage, common: pb.Common, room_id: str
) -> ProductChangePayload:
    """Map a change of the list of products."""
    toast = message.update_toast
    return ProductChangePayload(
        room_id,
        toast or described(common) or _CHANGED,
        None,
        message.total,
        message.update_timestamp,
        toast,
        base64_texts(message.update_product_info[:MAX_PRODUCTS]),
        base64_texts(message.update_category_info[:MAX_PRODUCTS]),
    )


def base64_texts(values: Iterable[bytes]) -> tuple[str, ...]:
    """Encode structs whose inside is not known."""
    return tuple([b64encode(value).decode() for value in values])
