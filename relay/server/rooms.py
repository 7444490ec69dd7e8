"""What the server wants of whoever watches rooms; implemented by room/, called by ws and http."""

from typing import Protocol

from relay.hub import Stream


class Rooms(Protocol):
    """The rooms that are watched, by name: web_rid, handle, page URL or room_id."""

    def acquire(self, name: str) -> Stream:
        """Hold a room for one client; starts watching it if that is allowed.

        Raises RoomNameError for what can't name a room, RoomRefusedError if it isn't watched and
        may not be started.
        """
        ...

    def release(self, stream: Stream) -> None:
        """Give up one hold. Not called for streams that the hub has closed."""
        ...

    def find(self, name: str) -> Stream | None:
        """Give the stream of a watched room; None: not watched. Raises RoomNameError."""
        ...

    def add(self, name: str) -> Stream:
        """Watch a room until it is removed. Raises as `acquire` does."""
        ...

    def remove(self, name: str) -> bool:
        """Stop watching a room; False: it was not watched. Raises RoomNameError."""
        ...

    def streams(self) -> list[Stream]:
        """Give the streams of all watched rooms."""
        ...
