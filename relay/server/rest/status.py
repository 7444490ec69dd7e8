"""GET /douyin/liveroom/status: which of up to 50 rooms are live."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import msgspec
from aiohttp import web

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.hub import RoomState
from relay.server.rest.envelope import Meta, meta_since, success_response
from relay.server.rest.errors import KIND_BY_CAUSE, UPSTREAM_UNAVAILABLE, RestError
from relay.server.rest.params import Parameter, Rooms, is_room_id, read_query, room_names
from relay.server.state import STATE, ServerState
from relay.webcast.rest.answer import RoomAlive
from relay.webcast.rest.status import status_document

MAX_ROOMS = 50
PARAMETERS: Mapping[str, Parameter] = {
    "room_id": Rooms(
        "The rooms, by room_id or the digits of their web_rid, a comma between two.",
        "room_id",
        MAX_ROOMS,
    ),
    "web_rid": Rooms(
        "The rooms, by web_rid or the anchor's handle, a comma between two; instead of room_id.",
        "web_rid",
        MAX_ROOMS,
    ),
}

_NOTHING_KNOWN = UPSTREAM_UNAVAILABLE._replace(text="of no room it is known whether it is live")
_ALIVE: Mapping[tuple[RoomState, str], Literal["live", "ended"]] = MappingProxyType(
    {
        (RoomState.LIVE, ""): "live",
        (RoomState.ENDED, ""): "ended",
        # What upstream said `[watch] status_poll_s` ago at most.
        (RoomState.WAITING, "offline"): "ended",
        (RoomState.WAITING, "no_room"): "ended",
    }
)
"""States, with their reasons, in which it is known."""


async def status(request: web.Request) -> web.Response:
    """Tell of each room, in the order asked, whether it is live."""
    names = room_names(read_query(request, PARAMETERS))
    state = request.app[STATE]
    watched = {name: _watched(state, name) for name in names}
    others = [name for name, known in watched.items() if known is None]
    async with state.until_stop():
        asked = await state.live.alive(others) if others else []
    answers = dict(zip(others, asked, strict=True))
    rooms = [_named(name, watched[name] or answers[name]) for name in names]
    if all(room.state == "unknown" for room in rooms):
        raise _nothing_known(names[0], rooms[0])
    return success_response(status_document(rooms, now_ms()), _meta_of(request, rooms))


def _watched(state: ServerState, name: str) -> RoomAlive | None:
    """Tell what a watched room's state says for sure; None: upstream has to be asked."""
    stream = state.rooms.find(name)
    if stream is None or (is_room_id(name) and stream.status.room_id != name):
        return None
    alive = _ALIVE.get((stream.status.state, stream.status.reason))
    if alive is None:
        return None
    return RoomAlive(
        alive,
        stream.status.room_id,
        stream.status.web_rid,
        source="events",
        fetched_at_ms=now_ms(),
    )


def _meta_of(request: web.Request, rooms: Sequence[RoomAlive]) -> Meta:
    """Describe the oldest of what is told."""
    told = [(room.fetched_at_ms, room.source) for room in rooms if room.source is not None]
    fetched_at_ms, source = min(told)
    return meta_since(request, source, fetched_at_ms)


def _named(name: str, room: RoomAlive) -> RoomAlive:
    """Let clients find the room by what they asked for."""
    if is_room_id(name):
        return msgspec.structs.replace(room, room_id=name)
    return msgspec.structs.replace(room, web_rid=room.web_rid or name)


def _nothing_known(name: str, room: RoomAlive) -> RestError:
    """Make the error for rooms that are all unknown, by the first of them."""
    refusal = room.refusal or UpstreamError(room.cause, f"it is unknown ({room.cause})")
    kind = _NOTHING_KNOWN
    cause_kind = KIND_BY_CAUSE.get(room.cause, kind)
    # Other statuses say something of one room, and others may be known the next time.
    if cause_kind.status == kind.status:
        kind = kind._replace(type=cause_kind.type)
    return RestError.as_kind(kind, refusal, f"of {name}, {refusal}")
