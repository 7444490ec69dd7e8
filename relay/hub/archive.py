"""What the hub needs of a store: where streams go on, what is no longer in memory; used all over.

Nothing here waits: what is given is queued, what is asked for comes in a future.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from relay.events.stored import HoleReason, Page, Past, Record


class Pages(Protocol):
    """What reading takes of an archive."""

    def done_upto(self, epoch: str) -> int:
        """Give the offset up to which events of an epoch in use don't wait any more.

        They are kept, or never will be.
        """
        ...

    def page(
        self,
        since: tuple[str, int],
        into: str,
        upto: int,
        methods: frozenset[str],
        *,
        all_but: bool,
    ) -> asyncio.Future[Page | None]:
        """Read on behind a position, to the epoch `into` and its offset `upto`.

        None: the position is of no epoch that leads there. The future raises StoreError where
        nothing can be read.
        """
        ...


class Archive(Pages, Protocol):
    """Keeps the events of streams, by epoch, and the order in which a room's epochs follow."""

    def take_up(
        self, epoch: str, web_rid: str, names: Sequence[str]
    ) -> asyncio.Future[Past | None]:
        """Ask where a room's stream was left; `epoch` is what it goes on in if that can't be told.

        None: it is unknown which room this is, another stream is using it, or nothing can be
        stored just now; then the stream has to `begin`.
        """
        ...

    def begin(self, epoch: str, web_rid: str, names: Sequence[str]) -> None:
        """Begin an epoch of a stream's own; the room's earlier ones lead to it."""
        ...

    def name(self, epoch: str, web_rid: str, names: Sequence[str]) -> None:
        """Note what the room of an epoch in use is called."""
        ...

    def append(self, epoch: str, records: Sequence[Record]) -> None:
        """Keep events of an epoch in use, at least one, in order."""
        ...

    def keep_books(self, epoch: str, offset: int, books: bytes) -> None:
        """Keep what the room of an epoch in use has counted up to an offset."""
        ...

    def link(
        self, epoch: str, into: str, offset: int, reason: HoleReason | None, known: frozenset[int]
    ) -> None:
        """End an epoch whose stream goes on in the epoch `into`, behind `offset`.

        `reason` says why something may be missing in between, None that nothing is. `known` are
        offsets behind that of events that the first one had, too.
        """
        ...

    def seal(self, epoch: str) -> None:
        """End an epoch that nothing more is given out in; it may be taken up again."""
        ...
