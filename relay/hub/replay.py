"""What comes behind a position, read a piece at a time; used by subscriptions that begin with it.

First what only the archive has, over the epochs before the stream's own; then what memory holds.
"""

import asyncio
import time
from typing import Any, assert_never

from relay.events.stored import Hole, Loss, Page, Row
from relay.hub.filters import Filter
from relay.hub.history import Entry, Kind
from relay.hub.position import Position
from relay.hub.stream import Stream

REPLAY_BYTES = 256 * 1024
"""History is written in pieces of at most this much, one a turn of the event loop."""
REPLAY_ENTRIES = 2000
"""Entries looked at in one turn, whether they pass the filter or not."""


class Replay:
    """What one subscription still has to get of a stream's past, and from where on."""

    def __init__(self, stream: Stream, since: Position, known: frozenset[int]) -> None:
        self.epoch, self.at = since
        """Just behind the last event that is behind it."""
        self._stream = stream
        self._since = since
        self._known = known
        """Offsets in `epoch` of events that the client has had already, in another one."""
        self._sequence: int | None = None
        """Where it is in what memory holds; None: not there yet, or there no more."""
        self._reason = ""  # of a gap whatever memory holds
        self._lacks_all = False
        """Whether that gap begins with the stream, as nothing is known of the position."""
        self._just_restarted = False
        self._begun = False
        self._begin()

    @property
    def waits_for(self) -> Position | None:
        """The position that was asked for, while it is not settled where the stream goes on."""
        return None if self._begun else self._since

    @property
    def known_upto(self) -> int:
        """Offset in `epoch` before which this can't be gone on with by position alone.

        Up to there are events that the client has had already, in another epoch; 0: none are.
        """
        return max(self._known, default=0)

    def settle(self) -> None:
        """Go on after it is settled where the stream goes on."""
        self._begin()

    def is_done(self, filter_: Filter) -> bool:
        """Tell whether there is nothing left to be written."""
        if not self._begun:
            return self._since == (self._stream.epoch, self._stream.head)
        history = self._stream.history
        return (
            not self._reason
            and self.epoch == self._stream.epoch
            and self._find() == history.end
            and not history.last_lost(self.at, filter_.admits)
        )

    def wants_page(self, filter_: Filter) -> bool:
        """Tell whether what comes next is in the archive only."""
        if self._stream.archive is None or self._reason:
            return False
        if self.epoch != self._stream.epoch:
            return True
        return self._stream.history.last_lost(self.at, filter_.admits) > 0

    def ask_page(self, filter_: Filter) -> asyncio.Future[Page | None]:
        """Have the archive read what comes next, if `wants_page`."""
        archive = self._stream.archive
        if archive is None:
            raise ValueError("there is no archive")
        return archive.page(
            (self.epoch, self.at),
            self._stream.epoch,
            self._stream.history.gone,
            filter_.methods,
            all_but=filter_.all_but,
        )

    def take_page(self, page: Page | None) -> list[Entry]:
        """Give what the archive has read; None: the position leads nowhere."""
        if page is None:
            self._leave("store" if self.epoch == self._stream.epoch else "epoch")
            return []
        entries = []
        for item in page.items:
            match item:
                case Row():
                    self._just_restarted = False
                    if item.offset not in self._known:
                        entry = Entry(Kind.EVENT, item.offset, item.method, item.body, 0.0)
                        entries.append(entry)
                case Loss():
                    entries.append(Entry(Kind.GAP, item.offset, "", item.body, 0.0))
                case Hole():
                    # A relay that was killed again and again gave out nothing in between.
                    if item.reason != "restart" or not self._just_restarted:
                        entries.append(self._hole_entry(item))
                    self._just_restarted = item.reason == "restart"
                case _:
                    assert_never(item)
        if page.at[0] != self.epoch:
            self._known = page.known
        self.epoch, self.at = page.at
        self._sequence = None
        return entries

    def fail_page(self) -> None:
        """Go on without what the archive has, since it can't be read."""
        self._leave("store")

    def take_gap(self, filter_: Filter) -> bytes | None:
        """Give the gap, as JSON, that comes before what is kept; None: nothing is missing."""
        history = self._stream.history
        lost = history.last_lost(self._missing_behind, filter_.admits)
        gap = self._gap(lost) if self._reason or lost else None
        self.at = max(self.at, history.gone)
        return gap

    def take_entries(self, filter_: Filter) -> list[Entry]:
        """Give what passes of the next piece; perhaps nothing, though more is to come."""
        sequence = self._find()
        entries = self._stream.history.read(sequence, REPLAY_ENTRIES, REPLAY_BYTES)
        if entries:
            self._sequence = sequence + len(entries)
            self.at = entries[-1].offset
        return [
            entry
            for entry in entries
            if entry.kind is not Kind.EVENT
            or (filter_.admits(entry.method) and entry.offset not in self._known)
        ]

    def take_rest(self) -> bytes | None:
        """Give the gap, as JSON, that stands for all that is left; None: nothing is."""
        if not self._begun:
            return None
        head = self._stream.head
        if self.epoch != self._stream.epoch:
            self._leave("history")
        return self._gap(head) if self._reason or self.at < head else None

    @property
    def _missing_behind(self) -> int:
        """Offset behind which a gap would begin."""
        return 0 if self._lacks_all else self.at

    def _begin(self) -> None:
        if self._begun or not self._stream.settled:
            return
        self._begun = True
        history = self._stream.history
        history.expire(time.monotonic())
        if self.epoch == self._stream.epoch:
            if self.at > self._stream.head:
                self._reason, self.at = "ahead", self._stream.head
        elif self._stream.archive is None:
            self._leave("epoch")

    def _leave(self, reason: str) -> None:
        """Leave the past, for the given reason, to go on with what memory holds."""
        self._reason = reason
        if self.epoch != self._stream.epoch:
            self._lacks_all = True
            self.epoch, self.at = self._stream.epoch, self._stream.history.gone
            self._known = frozenset()
        self._sequence = None

    def _find(self) -> int:
        """Give the sequence number, in what memory holds, of what comes next."""
        history = self._stream.history
        if self._sequence is None:
            self._sequence = history.after(self.at)
        # New events may have pushed out what was to come.
        self._sequence = max(self._sequence, history.first)
        return self._sequence

    def _hole_entry(self, hole: Hole) -> Entry:
        since = f"{self._since.epoch}:{self._since.offset}"
        body = self._stream.gap_body(
            hole.reason, epoch=hole.epoch, first=hole.first, last=hole.last, since=since
        )
        return Entry(Kind.GAP, hole.last or hole.first or 0, "", body, 0.0)

    def _gap(self, last: int) -> bytes:
        """Say that nothing comes up to `last`, as far as it should have come."""
        reason, first = self._reason or "history", self._missing_behind + 1
        self._reason = ""
        known: dict[str, Any] = {"first": first, "last": last} if first <= last else {}
        since = f"{self._since.epoch}:{self._since.offset}"
        self._lacks_all = False
        return self._stream.gap_body(reason, since=since, **known)
