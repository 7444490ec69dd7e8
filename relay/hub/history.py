"""The recent entries of one stream, kept in memory within bounds; used by the stream and replays.

Bounds: number of events, bytes and age, as in `[hub] history_*`. The oldest go first.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from enum import Enum
from operator import attrgetter

from msgspec import Struct

from relay.config import HubConfig

MAX_METHODS = 200
"""Methods whose last lost event is remembered by name; of further ones it is remembered jointly."""

_offset_of = attrgetter("offset")


class Kind(Enum):
    """What an entry is."""

    EVENT = "event"
    GAP = "gap"
    """Upstream's own loss, just after the event with the entry's offset."""
    ROOM = "room"
    """A change of the room's state; sent to subscribers, not kept."""


class Entry(Struct, frozen=True, gc=False):
    """Something that subscribers are told, encoded once."""

    kind: Kind
    offset: int
    """An event's own offset; else that of the last event before."""
    method: str
    """"" for what is not an event."""
    body: bytes
    """The whole frame as JSON."""
    at_s: float
    """When it was published, monotonic seconds."""


_NOTHING = Entry(Kind.GAP, 0, "", b"", 0.0)
"""Stands where an entry was let go of."""


class History:
    """A ring of entries, read by sequence numbers that count events and gaps alike."""

    def __init__(self, config: HubConfig) -> None:
        self._max_events = config.history_events
        self._max_bytes = config.history_bytes
        self._max_age_s = config.history_s
        self._entries: list[Entry] = []
        self._dropped = 0  # slots at the front of the list that are empty already
        self._begin = 0  # sequence number of the list's first slot
        self.events = 0
        """Events kept."""
        self.bytes = 0
        """Sum of the kept bodies."""
        self.gone = 0
        """Offset of the last event that is no longer kept; 0: all are."""
        self._gone_of: dict[str, int] = {}  # the same by method, "" for those beyond the limit

    @property
    def first(self) -> int:
        """Sequence number of the oldest kept entry."""
        return self._begin + self._dropped

    @property
    def end(self) -> int:
        """Sequence number that the next entry will get."""
        return self._begin + len(self._entries)

    def append(self, entry: Entry) -> None:
        """Keep an entry and let go of what is beyond the bounds.

        Of several losses at one place and for one reason the first is kept, so that gaps
        can't crowd out events.
        """
        if entry.kind is Kind.GAP:
            if self._entries and self._entries[-1].body == entry.body:
                return
        else:
            self.events += 1
        self._entries.append(entry)
        self.bytes += len(entry.body)
        while self.events > self._max_events or self.bytes > self._max_bytes:
            self._drop_oldest()
        self.expire(entry.at_s)

    def expire(self, now_s: float) -> None:
        """Let go of what is older than `history_s`."""
        oldest_s = now_s - self._max_age_s
        while self._dropped < len(self._entries):
            if self._entries[self._dropped].at_s >= oldest_s:
                return
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        entry = self._entries[self._dropped]
        self._entries[self._dropped] = _NOTHING
        self._dropped += 1
        self.bytes -= len(entry.body)
        if entry.kind is Kind.EVENT:
            self.events -= 1
            self.gone = entry.offset
            known = entry.method in self._gone_of or len(self._gone_of) < MAX_METHODS
            self._gone_of[entry.method if known else ""] = entry.offset
        # Shifting the list now and then costs less than a look-up in the middle of a deque.
        if self._dropped > 64 and self._dropped * 2 > len(self._entries):
            del self._entries[: self._dropped]
            self._begin += self._dropped
            self._dropped = 0

    def last_lost(self, offset: int, admits: Callable[[str], bool]) -> int:
        """Give the offset of the last event behind `offset` that is no longer kept; 0: none.

        Only methods that `admits` lets pass count.
        """
        if offset >= self.gone:
            return 0
        passing = (at for method, at in self._gone_of.items() if not method or admits(method))
        lost = max(passing, default=0)
        return lost if lost > offset else 0

    def after(self, offset: int) -> int:
        """Give the sequence number of the first kept entry behind the event with `offset`."""
        index = bisect_left(self._entries, offset, lo=self._dropped, key=_offset_of)
        if index < len(self._entries):
            entry = self._entries[index]
            if entry.kind is Kind.EVENT and entry.offset == offset:
                index += 1
        return self._begin + index

    def events_kept(self) -> list[Entry]:
        """Give all kept events, oldest first."""
        kept = self._entries[self._dropped :]
        return [entry for entry in kept if entry.kind is Kind.EVENT]

    def read(self, sequence: int, max_entries: int, max_bytes: int) -> Sequence[Entry]:
        """Give entries from `sequence` (>= first) on: at least one, if there is one."""
        index = sequence - self._begin
        found: list[Entry] = []
        total = 0
        for entry in self._entries[index : index + max_entries]:
            total += len(entry.body)
            if found and total > max_bytes:
                break
            found.append(entry)
        return found
