"""The recent entries of one stream, kept in memory within bounds; used by the stream and replays.

Bounds: number of events, bytes and age, as in `[hub] history_*`. The oldest go first; but what
waits to be stored stays for as long, which the store bounds.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from math import inf
from operator import attrgetter
from types import MappingProxyType

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


_EVENT, _GAP = Kind.EVENT, Kind.GAP  # looking a member up takes as long as all else here

_NOTHING = Entry(_GAP, 0, "", b"", 0.0)
"""Stands where an entry was let go of."""


def _nothing_waits() -> float:
    return inf


class History:
    """A ring of entries, read by sequence numbers that count events and gaps alike."""

    def __init__(self, config: HubConfig, done_upto: Callable[[], int] | None = None) -> None:
        """`done_upto` gives the offset up to which events don't wait to be stored any more."""
        self._done_upto: Callable[[], float] = done_upto or _nothing_waits
        self._free_upto: float = 0  # what it gave last
        self._max_events = config.history_events
        self._max_bytes = config.history_bytes
        self._max_age_s = config.history_s
        self._entries: list[Entry] = []
        self._dropped = 0  # slots at the front of the list that are empty already
        self._begin = 0  # sequence number of the list's first slot
        self._expires_s = -inf  # until then nothing does
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
        if entry.kind is _GAP:
            if self._entries and self._entries[-1].body == entry.body:
                return
        else:
            self.events += 1
        self._entries.append(entry)
        self.bytes += len(entry.body)
        while self.events > self._max_events or self.bytes > self._max_bytes:
            if not self._drop_oldest(inf):
                break
        if entry.at_s > self._expires_s:
            self.expire(entry.at_s)

    def begin_behind(self, offset: int, gone_of: Mapping[str, int] | None = None) -> None:
        """Begin, while there is nothing yet, behind events that were never here.

        `gone_of` is what another history has under that name; None: it is unknown.
        """
        self.gone = self._free_upto = offset
        self._gone_of = {"": offset} if gone_of is None else dict(gone_of)

    @property
    def gone_of(self) -> Mapping[str, int]:
        """Offset of the last event that is no longer kept, by method; "": may be of any."""
        return MappingProxyType(self._gone_of)

    def expire(self, now_s: float) -> None:
        """Let go of what is older than `history_s`."""
        oldest_s = now_s - self._max_age_s
        self._expires_s = now_s + self._max_age_s
        while self._dropped < len(self._entries):
            at_s = self._entries[self._dropped].at_s
            if at_s >= oldest_s:
                self._expires_s = at_s + self._max_age_s
                return
            if not self._drop_oldest(oldest_s):
                self._expires_s = -inf
                return

    def _drop_oldest(self, before_s: float) -> bool:
        """Let go of the oldest event, and of losses before it; False: it has to stay.

        Losses go only when the event behind them goes: so who comes from before them, and is told
        of what is gone, has them in that.
        """
        entries = self._entries
        index = first = self._dropped
        entry = entries[index]
        while entry.kind is _GAP:
            index += 1
            if index == len(entries):  # nothing but losses; only their size is a reason
                if before_s < inf:
                    return False
                self._drop_losses(index)
                break
            entry = entries[index]
        else:
            offset, method = entry.offset, entry.method
            if entry.at_s >= before_s or (offset > self._free_upto and not self._is_free(offset)):
                return False
            gone_of = self._gone_of
            if method not in gone_of and len(gone_of) >= MAX_METHODS:
                method = ""
            gone_of[method] = self.gone = offset
            self.events -= 1
            self.bytes -= len(entry.body)
            entries[index] = _NOTHING
            if index > first:
                self._drop_losses(index)
            index += 1
        # Shifting the list now and then costs less than a look-up in the middle of a deque.
        if index > 64 and index * 2 > len(entries):
            del entries[:index]
            self._begin += index
            index = 0
        self._dropped = index
        return True

    def _is_free(self, offset: int) -> bool:
        """Tell whether an event does not wait to be stored any more."""
        self._free_upto = self._done_upto()
        return offset <= self._free_upto

    def _drop_losses(self, end: int) -> None:
        """Let go of the losses in the slots up to `end`."""
        for index in range(self._dropped, end):
            entry = self._entries[index]
            self._entries[index] = _NOTHING
            self.bytes -= len(entry.body)
            # Whatever upstream lost there, it may have been of any method.
            self._gone_of[""] = entry.offset + 1

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
            if entry.kind is _EVENT and entry.offset == offset:
                index += 1
        return self._begin + index

    def events_kept(self) -> list[Entry]:
        """Give all kept events, oldest first."""
        kept = self._entries[self._dropped :]
        return [entry for entry in kept if entry.kind is _EVENT]

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
