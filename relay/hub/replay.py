"""History behind a position, read a piece at a time; used by subscriptions that begin with it."""

import time

from relay.hub.filters import Filter
from relay.hub.history import Entry, Kind
from relay.hub.position import Position
from relay.hub.stream import Stream

REPLAY_BYTES = 256 * 1024
"""History is written in pieces of at most this much, one a turn of the event loop."""
REPLAY_ENTRIES = 2000
"""Entries looked at in one turn, whether they pass the filter or not."""


class Replay:
    """What one subscription still has to get of a stream's history, and from where on."""

    def __init__(self, stream: Stream, since: Position, known: frozenset[int]) -> None:
        self._stream = stream
        self._since = since
        self._known = known
        """Offsets that the client has had already, as events of another stream."""
        self._reason = ""  # of a gap whatever history holds
        history = stream.history
        history.expire(time.monotonic())
        self.at = since.offset
        """Offset of the last event that is behind it."""
        if since.epoch != stream.epoch:
            self._reason, self.at = "epoch", history.gone
        elif since.offset > stream.head:
            self._reason, self.at = "ahead", stream.head
        self._sequence = history.after(self.at)

    def is_done(self, filter_: Filter) -> bool:
        """Tell whether there is nothing left to be written."""
        history = self._stream.history
        return (
            not self._reason
            and self._sequence == history.end
            and not history.last_lost(self.at, filter_.admits)
        )

    def take_gap(self, filter_: Filter) -> bytes | None:
        """Give the gap, as JSON, that comes before what is kept; None: nothing is missing."""
        history = self._stream.history
        # New events may have pushed out what was to come.
        self._sequence = max(self._sequence, history.first)
        lost = history.last_lost(self._missing_behind, filter_.admits)
        gap = self._gap(lost) if self._reason or lost else None
        self.at = max(self.at, history.gone)
        return gap

    def take_entries(self, filter_: Filter) -> list[Entry]:
        """Give what passes of the next piece; perhaps nothing, though more is to come."""
        entries = self._stream.history.read(self._sequence, REPLAY_ENTRIES, REPLAY_BYTES)
        if entries:
            self._sequence += len(entries)
            self.at = entries[-1].offset
        return [
            entry
            for entry in entries
            if entry.kind is not Kind.EVENT
            or (filter_.admits(entry.method) and entry.offset not in self._known)
        ]

    def take_rest(self) -> bytes | None:
        """Give the gap, as JSON, that stands for all that is left; None: nothing is."""
        head = self._stream.head
        return self._gap(head) if self._reason or self.at < head else None

    @property
    def _missing_behind(self) -> int:
        """Offset behind which a gap would begin: with another epoch's position, all is new."""
        return 0 if self._reason == "epoch" else self.at

    def _gap(self, last: int) -> bytes:
        """Say that nothing comes up to `last`, as far as it should have come."""
        reason, first = self._reason or "history", self._missing_behind + 1
        self._reason = ""
        known = {"first": first, "last": last} if first <= last else {}
        since = f"{self._since.epoch}:{self._since.offset}"
        return self._stream.gap_body(reason, since=since, **known)
