"""Fills in what follows from the rest of a room, and makes it fit; called by info and feed."""

from collections.abc import Mapping
from typing import Any

from relay.errors import UpstreamError
from relay.webcast.rest.room import Room
from relay.webcast.rest.shape import Filling, integer_of, shape


def shape_room(
    raw: Mapping[str, Any], path: str, filling: Filling | None = None
) -> tuple[dict[str, Any], set[str]]:
    """Make upstream's room object a Room; returns it and the paths that are missing, see shape.

    Raises UpstreamError (`bad_body`) where it has no id.
    """
    room = dict(raw)
    room_id = id_in(room, "id")
    if not room_id:
        raise UpstreamError("bad_body", "upstream's room has no id")
    # The feed has the owner, but 0 here and no address; web/enter neither.
    if not id_in(room, "owner_user_id"):
        room["owner_user_id"] = id_in(object_of(room.get("owner")), "id") or None
    if not room.get("share_url"):
        room["share_url"] = f"https://webcast.amemv.com/douyin/webcast/reflow/{room_id}"
    return shape(room, Room, path, filling)


def id_in(value: Mapping[str, Any], key: str) -> int:
    """Return the id at `key`, exact where its `_str` twin is there; 0 where there is none."""
    number = integer_of(value.get(f"{key}_str")) or integer_of(value.get(key)) or 0
    return max(number, 0)


def object_of(value: object) -> dict[str, Any]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
