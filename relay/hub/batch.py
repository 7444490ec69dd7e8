"""What one flush gives to groups: chosen, framed and joined once for all that take the same."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from relay.hub.delivery import Encoding
from relay.hub.filters import Filter
from relay.hub.history import Entry, Kind

MAX_WRITE_BYTES = 256 * 1024
"""A batch with more is cut, so that a client that stops reading in the middle is noticed."""


class Piece(Struct, frozen=True, gc=False):
    """A part of a batch that is written at once; what is of interest of it is found out once."""

    indexes: Sequence[int]
    """Where in the batch its entries are."""
    entries: Sequence[Entry]
    frames: Sequence[bytes]
    data: bytes
    """The frames, joined."""
    events: int
    """How many of the entries are events."""
    first: int
    """Offset of the first event; 0: there is none."""
    last: int
    """Offset of the last event."""
    gap: bytes
    """Body of the last gap, if there is one."""
    has_room: bool
    """Whether it tells of the room's state."""

    def behind(self, skip: int) -> "Piece | None":
        """Give what is left of it without the first `skip` entries of the batch."""
        at = next((at for at, index in enumerate(self.indexes) if index >= skip), None)
        if at is None:
            return None
        return _join(self.indexes[at:], self.entries[at:], self.frames[at:])


class Batch:
    """Entries of one stream, in order."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._methods = frozenset([e.method for e in entries if e.kind is Kind.EVENT])
        self._frames: dict[Encoding, list[bytes | None]] = {}
        self._pieces: dict[tuple[Encoding, frozenset[str]], list[Piece]] = {}

    def pieces(self, filter_: Filter, encoding: Encoding) -> list[Piece]:
        """Give what passes a filter, in pieces of at most MAX_WRITE_BYTES, or one frame."""
        # Filters that differ often admit the same of one batch.
        admitted = filter_.among(self._methods)
        pieces = self._pieces.get((encoding, admitted))
        if pieces is None:
            pieces = list(self._cut(admitted, encoding))
            self._pieces[encoding, admitted] = pieces
        return pieces

    def _cut(self, methods: frozenset[str], encoding: Encoding) -> Iterator[Piece]:
        framed = self._frames.setdefault(encoding, [None] * len(self._entries))
        indexes: list[int] = []
        entries: list[Entry] = []
        frames: list[bytes] = []
        size = 0
        for index, entry in enumerate(self._entries):
            if entry.kind is Kind.EVENT and entry.method not in methods:
                continue
            frame = framed[index]
            if frame is None:
                frame = framed[index] = encoding.frame(entry)
            if frames and size + len(frame) > MAX_WRITE_BYTES:
                yield _join(indexes, entries, frames)
                indexes, entries, frames, size = [], [], [], 0
            indexes.append(index)
            entries.append(entry)
            frames.append(frame)
            size += len(frame)
        if frames:
            yield _join(indexes, entries, frames)


def _join(indexes: Sequence[int], entries: Sequence[Entry], frames: Sequence[bytes]) -> Piece:
    offsets = [entry.offset for entry in entries if entry.kind is Kind.EVENT]
    gaps = [entry.body for entry in entries if entry.kind is Kind.GAP]
    return Piece(
        indexes,
        entries,
        frames,
        b"".join(frames),
        events=len(offsets),
        first=offsets[0] if offsets else 0,
        last=offsets[-1] if offsets else 0,
        gap=gaps[-1] if gaps else b"",
        has_room=len(offsets) + len(gaps) < len(entries),
    )
