"""Upstream's gift list as the relay's catalogue; called by upstream/gifts."""

from relay.errors import UpstreamError
from relay.events.listed import ListedGift
from relay.webcast.rest.codes import read_answer
from relay.webcast.rest.completion import object_of
from relay.webcast.rest.shape import integer_of

MAX_GIFTS = 5_000
"""Of one answer; upstream lists some hundreds."""
_MAX_NAME_CHARS = 200
_MAX_URL_CHARS = 1_000
_MAX_DIAMONDS = 10_000_000


def gifts_of_list(body: bytes) -> tuple[ListedGift, ...]:
    """Read an answer of webcast/gift/list, in upstream's order, each gift once.

    Raises UpstreamError: `bad_body` where there is no list, or no gift in it that can be read, or
    what its status_code says.
    """
    items = object_of(read_answer(body, "webcast/gift/list").get("data")).get("gifts")
    if not isinstance(items, list):
        raise UpstreamError("bad_body", "webcast/gift/list answers without a list")
    gifts: dict[str, ListedGift] = {}
    for item in items[:MAX_GIFTS]:
        gift = _gift_of(object_of(item))
        if gift is not None:
            gifts.setdefault(gift.id, gift)
    if not gifts:
        raise UpstreamError("bad_body", "webcast/gift/list answers without a gift")
    return tuple(gifts.values())


def _gift_of(item: dict[str, object]) -> ListedGift | None:
    gift_id = integer_of(item.get("id")) or 0
    name = item.get("name")
    if gift_id <= 0 or not isinstance(name, str):
        return None
    diamonds = min(max(integer_of(item.get("diamond_count")) or 0, 0), _MAX_DIAMONDS)
    return ListedGift(
        str(gift_id),
        name[:_MAX_NAME_CHARS],
        diamonds,
        diamonds / 10,
        _picture_of(item.get("image")) or _picture_of(item.get("icon")),
        item.get("combo") is True,
        integer_of(item.get("type")) or 0,
    )


def _picture_of(image: object) -> str:
    urls = object_of(image).get("url_list")
    for url in urls if isinstance(urls, list) else ():
        # Overlays put it into pages as it is: no other scheme than the web's.
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            return url if len(url) <= _MAX_URL_CHARS else ""
    return ""
