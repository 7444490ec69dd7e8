"""Upstream's answers about one room as the document of /info; called by upstream/api.

reflow/info has nearly every key; web/enter and the room page make up for it with fewer.
"""

import math
from typing import Any

from relay.errors import UpstreamError
from relay.webcast.rest.codes import read_answer
from relay.webcast.rest.completion import id_in, object_of, shape_room
from relay.webcast.rest.documents import Extra, Shaped
from relay.webcast.rest.room import Room
from relay.webcast.rest.shape import integer_of, shape

_LIVE, _ENDED = 2, 4
_STATUS_BY_ROOM_STATUS = {0: _LIVE, 1: _LIVE, 2: _ENDED}
"""`data.room_status` of web/enter (1 is audio only) in the numbers of a room's own `status`."""
_VIEWERS_SO_FAR = 3
"""`display_type` of a room_view_stats that counts everybody who came; 1 counts who is there."""
_MAX_PAGE_DEPTH = 60
"""Of a page's state; what is deeper is left out. Rooms are about 12 levels deep."""


def info_from_reflow(body: bytes) -> Shaped:
    """Give what reflow/info answers as an InfoDocument; ended rooms too.

    Raises UpstreamError: `unknown_room` where it answers without a room, `bad_body`, or what its
    status_code says.
    """
    answer = read_answer(body, "reflow/info")
    data = answer.get("data")
    if not isinstance(data, dict):
        raise UpstreamError("bad_body", "reflow/info answers without data")
    room = data.get("room")
    if not room:
        raise UpstreamError("unknown_room", "reflow/info answers without a room")
    return _document(object_of(room), answer.get("extra"))


def info_from_enter(body: bytes) -> Shaped:
    """Give what web/enter answers as an InfoDocument.

    Raises UpstreamError: `unknown_room` for an account that has never been live, `bad_body`, or
    what its status_code says.
    """
    answer = read_answer(body, "web/enter")
    data = object_of(answer.get("data"))
    rooms = data.get("data")
    room = object_of(rooms[0]) if isinstance(rooms, list) and rooms else {}
    room = _completed(room, object_of(data.get("user")), data.get("enter_room_id"), "web/enter")
    if not integer_of(room.get("status")):
        code = integer_of(data.get("room_status"))
        room["status"] = None if code is None else _STATUS_BY_ROOM_STATUS.get(code)
    return _document(room, answer.get("extra"))


def info_from_page(state: object, now_ms: int) -> Shaped:
    """Give the `state` object of a room page as an InfoDocument; `now_ms` is Unix ms.

    Raises UpstreamError: `unknown_room` for an account that has never been live, `bad_body` where
    the state isn't about a room.
    """
    page = object_of(object_of(object_of(state).get("roomStore")).get("roomInfo"))
    found = object_of(_without_references(page))
    anchor = object_of(found.get("anchor"))
    if web_rid := found.get("web_rid"):
        anchor = {"web_rid": web_rid, **anchor}
    room = object_of(found.get("room"))
    room = _completed(room, anchor, found.get("roomId"), "the room page")
    return _document(room, {"now": now_ms})


def info_of_ended(room_id: str, web_rid: str, now_ms: int) -> Shaped:
    """Give an InfoDocument of a broadcast of which upstream says only that it is over.

    `room_id` or `web_rid` is "" where it isn't known; `now_ms` is Unix ms.
    """
    room: dict[str, Any] = {"status": _ENDED}
    if room_id:
        room["id_str"] = room_id
    if web_rid:
        room["owner"] = {"web_rid": web_rid}
    data, missing = shape(room, Room, "data")
    return Shaped(
        {"data": data, "extra": {"now": now_ms}, "status_code": 0}, tuple(sorted(missing))
    )


def _document(room: dict[str, Any], upstream_extra: object) -> Shaped:
    data, missing = shape_room(room, "data")
    extra, extra_missing = shape(upstream_extra, Extra, "extra")
    return Shaped(
        {"data": data, "extra": extra, "status_code": 0}, tuple(sorted(missing | extra_missing))
    )


def _completed(
    room: dict[str, Any], anchor: dict[str, Any], room_id: object, what: str
) -> dict[str, Any]:
    """Put what the web says beside or around a room where the mobile room object has it."""
    room = dict(room)
    if not id_in(room, "id"):
        if not (integer_of(room_id) or 0) > 0:
            if anchor.get("nickname"):
                raise UpstreamError("unknown_room", f"{what}: the account has no room")
            raise UpstreamError("bad_body", f"{what} says nothing of a room")
        room["id"], room["id_str"] = room_id, None
    owner = {**anchor, **object_of(room.get("owner"))}
    room["owner"] = owner
    if not integer_of(room.get("status")):
        room["status"] = room.get("status_str")
    stats = dict(object_of(room.get("stats")))
    if room.get("user_count") is None:
        # As text it is exact only while small: then "2000+" or "1.2万", which is no number.
        room["user_count"] = stats.get("user_count_str")
    if stats.get("total_user") is None:
        view = object_of(room.get("room_view_stats"))
        so_far = view.get("display_value") if view.get("display_type") == _VIEWERS_SO_FAR else None
        stats["total_user"] = stats.get("total_user_str") if so_far is None else so_far
    room["stats"] = stats
    return room


def _without_references(value: object, depth: int = 0) -> object:
    """Copy part of a page's state as plain JSON.

    Texts that begin with "$" refer to other rows of the page ("$$" is a "$"), and the standard
    library reads what JSON doesn't have: NaN, halves of characters.
    """
    if depth > _MAX_PAGE_DEPTH:
        return None
    if isinstance(value, str):
        if value.startswith("$"):
            value = value[1:] if value.startswith("$$") else None
        return value and value.encode(errors="replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return integer_of(value) if not isinstance(value, bool) else value
    if isinstance(value, list):
        return [_without_references(entry, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {
            str(key).encode(errors="replace").decode(): _without_references(entry, depth + 1)
            for key, entry in value.items()
        }
    return None
