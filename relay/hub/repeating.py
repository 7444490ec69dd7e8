"""A hub that repeats what a hub in another process does, for clients of its own; used by workers.

What that one decides is told here: numbers of events, where streams go on, how they join. What is
a client's own is decided here: filters, resuming, slow clients.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from relay.events.stored import Past
from relay.hub.archive import Archive, Pages
from relay.hub.history import Entry, Kind
from relay.hub.hub import Hub
from relay.hub.merging import Junction
from relay.hub.status import RoomStatus
from relay.hub.stream import Stream

MAX_SHARED_METHODS = 1_000
"""Methods of which one copy is shared; with more than upstream has, they are collected anew."""

_methods: dict[str, str] = {}


class RepeatingHub(Hub):
    """A hub whose streams are fed by what a `Mirror` was told. Has no archive to write to."""

    def open_at(
        self,
        status: RoomStatus,
        pages: Pages | None,
        *,
        epoch: str,
        head: int,
        settled: bool,
        gone: int,
        gone_of: Mapping[str, int],
    ) -> Stream:
        """Open a stream as it stands elsewhere, but for what its history keeps.

        `pages` reads what memory has no more; `gone` and `gone_of` are those of its history.
        """
        # A stream that is only repeated never writes to its archive.
        stream = Stream(status, self._config, cast("Archive | None", pages))
        stream.epoch, stream.head, stream.settled = epoch, head, settled
        stream.history.begin_behind(gone, gone_of)
        self._add(stream)
        return stream

    def keep(self, stream: Stream, entries: Sequence[Entry]) -> None:
        """Take over what the history of a stream keeps elsewhere; a piece at a time, in order."""
        for entry in entries:
            stream.history.append(entry)

    def repeat(self, stream: Stream, entries: Sequence[Entry]) -> None:
        """Keep and give out new events and losses, numbered already."""
        for entry in entries:
            stream.history.append(entry)
            if entry.kind is Kind.EVENT:
                stream.head = entry.offset
        self._give(self._fanout(stream), entries)

    def repeat_settled(self, stream: Stream, past: Past) -> None:
        """Settle where a stream goes on; in its own epoch: it begins."""
        epoch = stream.epoch
        stream.take_up(past)
        self._tell_settled(stream, moved=stream.epoch != epoch)

    def repeat_merge(self, stream: Stream, into: Stream, junction: Junction) -> None:
        """Move the subscribers of a stream to another, which has adopted what that wants."""
        self._move(stream, into, junction)


def entry_of(offset: int, method: str | None, body: bytes, at_s: float) -> Entry:
    """Make an entry as it was elsewhere: an event, or without a method a loss."""
    if method is None:
        return Entry(Kind.GAP, offset, "", body, at_s)
    # Every event brings its own copy of a word that thousands share. Not interned: upstream chooses
    # these words, and some versions of Python keep those for ever.
    if len(_methods) >= MAX_SHARED_METHODS:
        _methods.clear()
    return Entry(Kind.EVENT, offset, _methods.setdefault(method, method), body, at_s)
