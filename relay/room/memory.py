"""What is known of a room from before: kept by manager, outlives the room's fetcher."""

from collections.abc import Sequence
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
        self._broadcasts: list[Broadcast] = []
        """The broadcast, as each connection has it."""
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
        self, room_id: str, web_rid: str, identities: Sequence[Identity], random: Random
    ) -> tuple[list[Broadcast], Progress]:
        """Give the broadcast as it was left, or a new one.

        There is one for each connection, in the beginning received as one of `identities`.
        """
        if not self._broadcasts or self._broadcasts[0].room_id != room_id:
            self._known_to_exist = self.seen
            self._broadcasts = [
                Broadcast(room_id, web_rid, new_visitor_id(random), identity, number=number)
                for number, identity in enumerate(identities)
            ]
            self._progress = Progress()
        # Those of connections that crashed.
        self._progress.serving.clear()
        self.note_web_rid(web_rid)
        return self._broadcasts, self._progress

    def note_web_rid(self, web_rid: str) -> None:
        """Take over the room's web_rid, where it was not known."""
        for broadcast in self._broadcasts:
            broadcast.web_rid = broadcast.web_rid or web_rid

    def leave_position(self) -> None:
        """Have the broadcast entered with a fresh position."""
        for broadcast in self._broadcasts:
            broadcast.position = UpstreamPosition()
