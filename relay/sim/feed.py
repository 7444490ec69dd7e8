"""Recommended rooms as webcast/feed/ and the partition lists give them; used by webapi."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec

from relay.sim.behaviours import Behaviours
from relay.sim.card import RoomCard
from relay.sim.mobile import feed_room
from relay.sim.web import web_room

FEED_ROOMS = 20
"""Rooms in one answer of webcast/feed/, whatever is asked for."""
_OWN_ROOMS = 10
"""How many of them are simulated ones, at most."""
_PAGE_ROOMS = 50
"""Rooms on one page of a partition, at most."""


def choose(
    rng: random.Random, own: Sequence[RoomCard], passersby: Sequence[RoomCard]
) -> list[RoomCard]:
    """Choose the rooms of one answer: another set, in another order, each time."""
    chosen = rng.sample(own, min(len(own), _OWN_ROOMS))
    chosen += rng.sample(passersby, FEED_ROOMS - len(chosen))
    rng.shuffle(chosen)
    return chosen


def feed(
    cards: Sequence[RoomCard], behaviours: Behaviours, now_ms: int, *, logged_in: bool
) -> dict[str, Any]:
    """Give webcast/feed/'s answer with these rooms, about 1 MB."""
    rooms = [feed_room(card, logged_in=logged_in) for card in cards]
    data: Any
    if behaviours.feed_form == "nested":
        data = {"data": rooms}
    elif behaviours.feed_form == "strings":
        texts = [msgspec.json.encode(room).decode() for room in rooms]
        data = [_item(card, text) for card, text in zip(cards, texts, strict=True)]
    else:
        data = [_item(card, room) for card, room in zip(cards, rooms, strict=True)]
    extra = {"now": now_ms, "has_more": True, "offset": 0, "total": len(rooms)}
    return {"data": data, "extra": extra, "status_code": 0}


def partition(cards: Sequence[RoomCard], offset: int, count: int, now_ms: int) -> dict[str, Any]:
    """Give one page of a partition; a page without rooms is behind the last one."""
    page = cards[offset : offset + min(count, _PAGE_ROOMS)]
    return {
        "data": {
            "count": len(page),
            "offset": offset + len(page),
            "data": [
                {"web_rid": card.web_rid, "room": web_room(card), "tag_name": "聊天"}
                for card in page
            ],
        },
        "extra": {"now": now_ms},
        "status_code": 0,
    }


def _item(card: RoomCard, room: Any) -> dict[str, Any]:
    return {"type": 1, "rid": card.room_id_str, "data": room}
