"""Events as they are kept, and what is missing between them; passed between hub and store."""

from typing import Literal, NamedTuple

from msgspec import Struct

HoleReason = Literal["history", "store", "restart", "merged", "ahead", "epoch"]
"""Why events can't be had; the words are those of `gap` frames.

`history`: no longer kept; `store`: the store could not take them at the time; `restart`: the relay
was killed, and what it gave out last was not stored; `merged`: the room went on in another stream
that can't be joined exactly; `ahead`: the position is beyond the end; `epoch`: the position is of
an epoch that the store doesn't know."""


class Record(NamedTuple):
    """What is to be stored of an event, or of upstream's own loss behind one."""

    offset: int
    """The event's; of a loss, that of the event before it."""
    time: int
    """The event's own, Unix milliseconds."""
    method: str
    """"": it is a loss."""
    user: str | None
    """uid, where somebody did it who is told apart from others."""
    msg_id: str
    body: bytes
    """The frame as JSON, as clients get it."""


class Row(NamedTuple):
    """A stored event."""

    epoch: str
    offset: int
    time: int
    """The event's own, Unix milliseconds."""
    method: str
    body: bytes
    """The whole frame as JSON, the very bytes that live clients got."""


class Loss(NamedTuple):
    """Upstream's own loss, just behind an event."""

    epoch: str
    offset: int
    """Of the last event before it; 0: before the first."""
    body: bytes
    """The `gap` frame as JSON, as live clients got it."""


class Hole(NamedTuple):
    """Events of a room that can't be had."""

    epoch: str
    first: int | None
    """First missing offset; None where unknown."""
    last: int | None
    """Last missing offset, inclusive; None where unknown."""
    reason: HoleReason


class Page(Struct, frozen=True):
    """What follows a position, in order."""

    items: list[Row | Hole | Loss]
    at: tuple[str, int]
    """Epoch and offset to read on behind; what is before it and not among `items` is of methods
    that were not asked for."""
    known: frozenset[int]
    """Offsets in the epoch of `at`, behind it, of events that came in an epoch before as well."""


BOOKS_VERSION = 3
"""Of what books are kept as. To be raised with what is kept, or what it means."""


class Tallies(NamedTuple):
    """What counting goes on from."""

    books: bytes
    """The room's books as they were kept last, see room/kept; b"" where they weren't."""
    since: list[tuple[int, bytes]]
    """Events behind these, and RelayGiftCombos: when each came, Unix ms, and its frame as JSON;
    oldest first."""


class Past(NamedTuple):
    """What a stream takes up."""

    epoch: str
    """To go on in; the stream's own where the one before can't be gone on with."""
    head: int
    """Offset of its last event."""
    msg_ids: list[str]
    """Of the room's last events, oldest first."""
    losses: list[bytes]
    """Upstream's own losses behind the last event, as `gap` frames."""
    last: bytes
    """The last event's frame as JSON; b"" where it isn't kept."""
    tallies: Tallies | None = None
    """What counting goes on from."""
