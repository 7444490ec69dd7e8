"""How clients hold rooms, in whichever process they are; used by subscriptions and session."""

from typing import Protocol

from relay.hub import Stream
from relay.server.rooms import Rooms


class Holds(Protocol):
    """The rooms, as the clients of one process hold them."""

    async def acquire(self, name: str, *, may_start: bool) -> Stream | None:
        """Hold a room for one client; starts watching it if need be, if `may_start`, else None.

        Raises as Rooms.acquire does. Where this is cancelled nothing is held.
        """
        ...

    async def find(self, name: str) -> Stream | None:
        """Give the stream of a watched room; None: not watched. Raises RoomNameError."""
        ...

    def release(self, stream: Stream) -> None:
        """Give up one hold. Not called for streams that the hub has closed."""
        ...

    async def catch_up(self) -> None:
        """Wait until the hub knows of all that has happened until now."""
        ...


class OwnHolds:
    """Holds in the process that watches the rooms. None of this waits."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self.release = rooms.release

    async def acquire(self, name: str, *, may_start: bool) -> Stream | None:
        """Hold a room for one client."""
        if not may_start and self._rooms.find(name) is None:
            return None
        return self._rooms.acquire(name)

    async def find(self, name: str) -> Stream | None:
        """Give the stream of a watched room."""
        return self._rooms.find(name)

    async def catch_up(self) -> None:
        """Do nothing: the hub is the one that it all happens in."""
