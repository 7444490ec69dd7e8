"""What is kept beside a stream's events, and adds to them; called by stream, kept by room/books."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from relay.events import Event, StatsPayload
from relay.events.stored import Past


class Books(Protocol):
    """The books of one room: they see every new event before it is numbered."""

    def take(self, event: Event) -> Sequence[Event]:
        """Enter an event that is no duplicate; gives what the stream is to have of it, in order.

        That is the event, completed where the books know more, and the relay's own events that
        belong before or behind it. Those come here, too, where the books have them published.
        """
        ...

    def take_up(self, past: Past) -> None:
        """Go on where the archive left the room; before the first event."""
        ...

    def stats(self) -> StatsPayload:
        """Give all that was told of the room's numbers up to the stream's head, put together."""
        ...

    def series(self, step_s: int) -> list[msgspec.Raw]:
        """Give them step by step, each as JSON, oldest first; steps of 10 or 60 s."""
        ...
