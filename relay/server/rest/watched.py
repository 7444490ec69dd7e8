"""Holds a watched room for the time of one request; used by chat and partial."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from relay.errors import RoomRefusedError
from relay.hub import Hub, RoomState, Stream
from relay.server.access import Access
from relay.server.rest.errors import (
    FORBIDDEN_SCOPE,
    KIND_BY_CAUSE,
    ROOM_NOT_FOUND,
    ROOM_NOT_LIVE,
    ROOM_REFUSED,
    STOPPING,
    RestError,
)
from relay.server.rest.params import is_room_id
from relay.server.state import ServerState

_OFF_AIR = (RoomState.WAITING, RoomState.ENDED)
_MAYBE_REFUSED = (RoomState.BLOCKED, RoomState.RESOLVING)


class Held:
    """A room that one request holds."""

    def __init__(self, hub: Hub, stream: Stream) -> None:
        self._hub = hub
        self._stream = stream

    @property
    def stream(self) -> Stream:
        """The room's stream, or the one it was merged into; closed where `is_closed`."""
        self._stream = self._hub.present(self._stream) or self._stream
        return self._stream

    @property
    def is_closed(self) -> bool:
        """Whether the room is no longer watched."""
        return self._hub.present(self._stream) is None

    @property
    def is_known(self) -> bool:
        """Whether it is known what the room does, or why that isn't known."""
        status = self.stream.status
        return status.state is not RoomState.RESOLVING or status.reason != ""

    def check_live(self) -> None:
        """Raise RestError where the room doesn't exist, or isn't live."""
        status = self.stream.status
        if status.state is RoomState.ERROR and status.reason == "not_found":
            raise RestError(ROOM_NOT_FOUND, f"Douyin knows no room {status.name}")
        if status.state in _OFF_AIR:
            raise RestError(ROOM_NOT_LIVE, f"room {status.name} is {status.state}; ask again later")

    def check_reached(self) -> None:
        """Raise RestError where upstream refuses to say anything of the room."""
        status = self.stream.status
        kind = KIND_BY_CAUSE.get(status.reason)
        if status.state in _MAYBE_REFUSED and kind is not None:
            raise RestError(kind, f"room {status.name} is {status.state} ({status.reason})")


@asynccontextmanager
async def held(state: ServerState, access: Access, name: str) -> AsyncIterator[Held]:
    """Hold a room, and start it where that is allowed.

    Raises RestError, also where a room_id is that of no broadcast or one that is over, or
    RoomNameError.
    """
    if state.rooms.find(name) is None:
        if not access.may("watch"):
            raise RestError(
                FORBIDDEN_SCOPE,
                f"room {name} is not watched, and starting it needs a token with the scope watch",
            )
        if is_room_id(name) and state.config.watch.on_demand:
            await _check_broadcast(state, name)
    try:
        stream = state.rooms.acquire(name)
    except RoomRefusedError as error:
        raise RestError(STOPPING if state.stopping else ROOM_REFUSED, str(error)) from None
    try:
        yield Held(state.hub, stream)
    finally:
        # Streams that the hub has closed are not given back.
        present = state.hub.present(stream)
        if present is not None:
            state.rooms.release(present)


async def _check_broadcast(state: ServerState, room_id: str) -> None:
    """Raise RestError where a broadcast is known not to be live, before anything is started."""
    async with state.until_stop():
        (room,) = await state.live.alive([room_id])
    if room.state == "not_found":
        raise RestError(ROOM_NOT_FOUND, f"Douyin knows no room {room_id}")
    if room.state == "ended":
        raise RestError(ROOM_NOT_LIVE, f"the broadcast {room_id} is over")
