"""What of a room's past is asked for, and what is given; used by past and history."""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from relay.hub import Entry, Filter, Kind, Position


class Wanted(Struct, frozen=True):
    """Which events; each that is not None has to hold."""

    since: Position | None = None
    before: Position | None = None
    from_ms: int | None = None
    """An event's time at least."""
    to_ms: int | None = None
    """Less than this."""
    methods: frozenset[str] | None = None
    user: str | None = None
    """A uid."""

    def admits_time(self, time_ms: int) -> bool:
        """Tell whether an event of that time is wanted."""
        return (self.from_ms is None or time_ms >= self.from_ms) and (
            self.to_ms is None or time_ms < self.to_ms
        )

    def admits(self, entry: Entry) -> bool:
        """Tell whether an event is wanted, wherever it is; losses always are."""
        if entry.kind is not Kind.EVENT:
            return True
        if not Filter.of(self.methods).admits(entry.method):
            return False
        if self.user is None and self.from_ms is None and self.to_ms is None:
            return True
        known = _known.decode(entry.body)
        if not self.admits_time(known.time):
            return False
        return self.user is None or _uid_of(known.payload) == self.user


class Item(NamedTuple):
    """An event, or a gap in its place."""

    at: Position | None
    """The event's; None: it is a gap."""
    body: bytes
    """The frame as JSON."""


class Page(NamedTuple):
    """Some of the past, in the order that was asked for."""

    items: list[Item]
    at: Position | None
    """To go on behind, or before; None: there is nothing at all."""
    more: bool
    """Whether there may be more now."""


def count_events(items: list[Item]) -> int:
    """Tell how many are events, and not gaps."""
    return sum(item.at is not None for item in items)


def time_of(body: bytes) -> int:
    """Give an event's own time, Unix milliseconds."""
    return _known.decode(body).time


class _Known(Struct):
    """What of an event tells whether it is wanted."""

    time: int
    payload: msgspec.Raw


class _User(Struct):
    uid: str
    masked: bool


class _Payload(Struct):
    user: _User | None = None


_known = msgspec.json.Decoder(_Known)
_payloads = msgspec.json.Decoder(_Payload)


def _uid_of(payload: msgspec.Raw) -> str | None:
    """Give who did it; None: nobody, or nobody who is told apart from others."""
    try:
        user = _payloads.decode(payload).user
    except msgspec.ValidationError:  # not one of ours that has a user: upstream's own names
        return None
    return None if user is None or user.masked else user.uid
