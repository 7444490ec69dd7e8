"""What is known of a room from before: kept by manager, outlives the room's fetcher."""

from random import Random

from relay.room.session import Progress
from relay.upstream.broadcast import Broadcast, UpstreamPosition
from relay.upstream.identity import Identity, new_visitor_id


class Memory:
    """That a room exists, and the broadcast that its fetcher entered last.

    That broadcast may be entered again: after a crash, or where upstream said wrongly that it was
    over. It is taken up where it was then, and what is lost nevertheless is noticed.
    """

    def __init__(self) -> None:
        self._broadcast: Broadcast | None = None
        self._progress = Progress()
        self._known_to_exist = False

    @property
    def seen(self) -> bool:
        """Whether the room is known to exist: upstream said so, or messages came from it."""
        return self._known_to_exist or self._progress.heard_at is not None

    def note_seen(self) -> None:
        """Note that upstream said so."""
        self._known_to_exist = True

    def enter(
        self, room_id: str, web_rid: str, identity: Identity, random: Random
    ) -> tuple[Broadcast, Progress]:
        """Give the broadcast as it was left, or a new one that is watched as `identity`."""
        if self._broadcast is None or self._broadcast.room_id != room_id:
            self._known_to_exist = self.seen
            self._broadcast = Broadcast(room_id, web_rid, new_visitor_id(random), identity)
            self._progress = Progress()
        self._broadcast.web_rid = self._broadcast.web_rid or web_rid
        return self._broadcast, self._progress

    def leave_position(self) -> None:
        """Have the broadcast entered with a fresh position."""
        if self._broadcast is not None:
            self._broadcast.position = UpstreamPosition()
