"""What every typed payload begins with."""

from msgspec import Struct

from relay.events.people import User


class Payload(Struct, frozen=True):
    """The beginning of every typed payload."""

    room_id: str
    """The broadcast that upstream names; the watched one where it names none."""
    content: str
    """A sentence to show, in Chinese: what was written, or what happened."""
    user: User | None
    """Who did it; null where nobody in particular did."""
