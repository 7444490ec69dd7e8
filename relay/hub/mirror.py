"""What a hub tells of all that it does, for hubs of other processes to repeat; used by workers."""

from collections.abc import Sequence
from typing import Protocol

from relay.events.stored import Past
from relay.hub.history import Entry
from relay.hub.merging import Junction
from relay.hub.stream import Stream


class Mirror(Protocol):
    """Is told of everything, in order, as it happens. None of these waits."""

    def opened(self, stream: Stream) -> None:
        """Take note of a new stream."""
        ...

    def settled(self, stream: Stream, past: Past | None) -> None:
        """Take note that it is settled where a stream goes on; None: it begins."""
        ...

    def published(self, stream: Stream, entries: Sequence[Entry]) -> None:
        """Take note of new entries; those that tell of a room's state aren't among them."""
        ...

    def status_set(self, stream: Stream) -> None:
        """Take note that a stream's status is another one."""
        ...

    def merged(self, stream: Stream, into: Stream, junction: Junction) -> None:
        """Take note that a stream goes on in another; what that has adopted was told before."""
        ...

    def closed(self, stream: Stream, reason: str) -> None:
        """Take note that a room is no longer watched."""
        ...
