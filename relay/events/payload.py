"""What every typed payload begins with.

Payloads and what they hold are made once, never changed, and can't hold themselves: the garbage
collector has nothing to find in them (`gc=False`), and subclasses inherit that.
"""

from msgspec import Struct

from relay.events.people import User


class Payload(Struct, frozen=True, gc=False):
    """The beginning of every typed payload."""

    room_id: str
    """The broadcast that upstream names; the watched one where it names none."""
    content: str
    """A sentence to show, in Chinese: what was written, or what happened."""
    user: User | None
    """Who did it; null where nobody in particular did."""
