"""Makes do with what a room's events tell where upstream refuses; used by audience, promotions."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.hub import RoomState, Snapshot, Stream
from relay.server.access import access_of
from relay.server.rest.errors import (
    ROOM_REFUSED,
    SIGNER_FAILED,
    SIGNER_UNAVAILABLE,
    SOURCE_UNSUPPORTED,
    UPSTREAM_BLOCKED,
    RestError,
)
from relay.server.rest.params import is_room_id
from relay.server.rest.polled import POLLED
from relay.server.rest.watched import held
from relay.server.state import STATE

_MADE_UP_FOR = (UPSTREAM_BLOCKED, SIGNER_UNAVAILABLE, SIGNER_FAILED, SOURCE_UNSUPPORTED)


async def events_instead(
    request: web.Request, name: str, error: UpstreamError, has_any: Callable[[Snapshot], bool]
) -> Snapshot:
    """Give what the events of a room tell, once `has_any` of it is there.

    Raises RestError: `error` where that can't be made up for, or the events tell nothing; or that
    the room doesn't exist, or isn't live.
    """
    state, access = request.app[STATE], access_of(request)
    refusal = RestError.of(error)
    stream = state.rooms.find(name)
    if not can_be_made_up_for(error) or (stream is None and not access.may("watch")):
        raise refusal
    first_s = state.first_s if stream is None else state.first_s - _live_for_s(stream)
    try:
        async with held(state, access, name) as room:
            loop = asyncio.get_running_loop()
            until_s = loop.time() + first_s
            while not tells(room.stream, name, has_any):
                room.check_live()
                if room.is_closed or loop.time() >= until_s:
                    raise refusal
                await request.app[POLLED].of(room.stream).turns.next(until_s, pending=False)
            room.check_live()
            return room.stream.snapshot
    except RestError as instead:
        # That the room can't be watched is no answer to what was asked.
        raise (refusal if instead.kind is ROOM_REFUSED else instead) from None


def _live_for_s(stream: Stream) -> float:
    """Tell for how long events have been coming; 0: they don't."""
    if stream.status.state is not RoomState.LIVE:
        return 0.0
    # The clock may have been set back meanwhile.
    return max(now_ms() - stream.status.since_ms, 0) / 1000


def can_be_made_up_for(error: UpstreamError) -> bool:
    """Tell whether upstream, or the signer, refuses rather than fails."""
    return RestError.of(error).kind in _MADE_UP_FOR


def tells(stream: Stream, name: str, has_any: Callable[[Snapshot], bool]) -> bool:
    """Tell whether there is something of the broadcast that was asked for."""
    snapshot = stream.snapshot
    wanted = name if is_room_id(name) else stream.status.room_id
    return snapshot.room_id == wanted and has_any(snapshot)
