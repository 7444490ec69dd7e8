"""Upstream's feed as the document of /feed; called by upstream/api, room by room.

A feed is about 1 MB: the caller may let others run between the rooms.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from relay.errors import UpstreamError
from relay.webcast.rest.codes import read_answer
from relay.webcast.rest.completion import id_in, object_of, shape_room
from relay.webcast.rest.documents import FeedExtra, Shaped
from relay.webcast.rest.shape import Filling, integer_of, shape

MAX_ROOMS = 100
"""Of one feed; upstream sends 20, and 60 when asked for more."""
_PATH = "data[]"
_LIVE = 2
_MAX_MERGED_DEPTH = 20
"""What is deeper is taken from the feed's room alone. Rooms are about 12 levels deep."""


class Feed(NamedTuple):
    """A feed as upstream gave it."""

    rooms: list[dict[str, Any]]
    """Room objects as they came, each with an id; at most MAX_ROOMS."""
    extra: object
    skipped: int
    """Items that hold no room that can be read, or are past the limit."""
    filling: Filling
    """What is left for all its rooms together."""


def feed_rooms(body: bytes) -> Feed:
    """Find the rooms of a feed in any of its three forms.

    Since August 2026 `data` is a list whose items hold a room object, or a JSON string of one,
    under `data`; before, rooms were the items of `data.data`. (Recordings of pure_live.) Raises
    UpstreamError: `bad_body` where there is no list, or no item of it can be read, or what its
    status_code says.
    """
    answer = read_answer(body, "webcast/feed")
    data = answer.get("data")
    items = data.get("data") if isinstance(data, dict) else data
    if not isinstance(items, list):
        raise UpstreamError("bad_body", "webcast/feed answers without a list")
    rooms = [room for item in items[:MAX_ROOMS] if (room := _room_in(item)) is not None]
    if items and not rooms:
        raise UpstreamError("bad_body", "webcast/feed answers without a room that can be read")
    return Feed(rooms, answer.get("extra"), len(items) - len(rooms), Filling())


def feed_room(raw: Mapping[str, Any], filling: Filling, details: Shaped | None = None) -> Shaped:
    """Give one room of a feed as a Room of the FeedDocument; takes about 0.2 ms.

    `filling` is the feed's. Upstream's feed has the status 0 for rooms that are live. `details`,
    what info_from_reflow gives for the same room, makes up for what the feed leaves out or has
    zeros for, and knows better whether the room is still live. Raises UpstreamError (`bad_body`)
    for a room without an id.
    """
    live = {**raw, "status": integer_of(raw.get("status")) or _LIVE}
    room, missing = shape_room(live, _PATH, filling)
    if details is not None and filling.keys > 0:
        better = details.document["data"]
        status = better["status"] or room["status"]
        room = {**_merged(room, better, filling), "status": status}
        missing = _missing_in_both(missing, {_feed_path(path) for path in details.missing})
    return Shaped(room, tuple(sorted(missing)))


def feed_document(feed: Feed, rooms: Sequence[Shaped]) -> Shaped:
    """Put a FeedDocument together of what feed_room gave."""
    extra, missing = shape(feed.extra, FeedExtra, "extra")
    for room in rooms:
        missing.update(room.missing)
    if feed.skipped:
        missing.add(_PATH)
    document = {"data": [room.document for room in rooms], "extra": extra, "status_code": 0}
    return Shaped(document, tuple(sorted(missing)))


def _room_in(item: object) -> dict[str, Any] | None:
    found = object_of(item)
    inner = found.get("data")
    if isinstance(inner, str):
        try:
            inner = msgspec.json.decode(inner)
        except (msgspec.DecodeError, RecursionError):
            return None
    room = inner if isinstance(inner, dict) else found
    return room if id_in(room, "id") else None


def _merged(
    room: dict[str, Any], better: dict[str, Any], filling: Filling, depth: int = 0
) -> dict[str, Any]:
    """Fill in from `better` where `room` has nothing or a neutral value."""
    merged = {**better, **room}
    for key, filler in better.items():
        value = room.get(key)
        if not value:
            merged[key] = filler
            filling.keys -= _keys_in(filler)
        elif isinstance(value, dict) and isinstance(filler, dict) and depth < _MAX_MERGED_DEPTH:
            merged[key] = _merged(value, filler, filling, depth + 1)
    return merged


def _keys_in(value: object, depth: int = 0) -> int:
    """Count what is filled in with `value`."""
    if depth > _MAX_MERGED_DEPTH:
        return 1
    if isinstance(value, dict):
        return 1 + sum(_keys_in(inner, depth + 1) for inner in value.values())
    if isinstance(value, list):
        return 1 + sum(_keys_in(inner, depth + 1) for inner in value)
    return 1


def _feed_path(info_path: str) -> str:
    return info_path.replace("data", _PATH, 1) if info_path.startswith("data") else info_path


def _missing_in_both(one: set[str], other: set[str]) -> set[str]:
    return {path for path in one if _covered(path, other)} | {
        path for path in other if _covered(path, one)
    }


def _covered(path: str, missing: set[str]) -> bool:
    """Tell whether `path`, or what it is part of, is missing."""
    parts = path.split(".")
    return any(".".join(parts[:end]) in missing for end in range(1, len(parts) + 1))
