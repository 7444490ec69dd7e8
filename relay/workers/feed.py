"""Tells workers what the hub does, each message encoded once for all of them; used by the pool."""

import sys
from collections.abc import Iterator, Sequence

from relay.events.stored import Past
from relay.hub import Entry, Hub, Junction, Kind, Stream
from relay.workers.link import Link
from relay.workers.messages import (
    Closed,
    Done,
    Kept,
    Merged,
    Opened,
    Published,
    Settled,
    StatusSet,
    Synced,
    ToWorker,
    WireEntry,
    encode,
)

PIECE_BYTES = 256 * 1024
"""About as much of a history goes into one message."""


class Feed:
    """What the hub tells its mirror, for all workers that have asked; satisfies hub.Mirror."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._links: list[Link] = []
        self._numbers: dict[Stream, int] = {}
        self._next = 1
        self._done: dict[Stream, int] = {}
        """By stream: what workers were told last of what is stored."""
        for stream in hub.streams():
            self._number(stream)
        hub.mirror = self

    def number(self, stream: Stream) -> int:
        """Give the number of an open stream."""
        return self._numbers[stream]

    def add(self, link: Link) -> None:
        """Tell a worker of everything: how it stands, and from now on what happens."""
        done = {}
        for stream, number in self._numbers.items():
            link.streams[number] = stream
            link.send(_opened(number, stream))
            link.channel.send_pieces(_pieces(number, stream))
            if stream.archive is not None:
                done[number] = stream.archive.done_upto(stream.epoch)
        link.send(Done(done))
        link.send(Synced())
        self._links.append(link)

    def remove(self, link: Link) -> None:
        """Tell a worker nothing more. Safe to repeat."""
        if link in self._links:
            self._links.remove(link)

    def tell_done(self) -> None:
        """Tell what has been stored since this was called last."""
        upto = {}
        for stream, number in self._numbers.items():
            if stream.archive is not None and stream.settled:
                done = stream.archive.done_upto(stream.epoch)
                if self._done.get(stream) != done:
                    self._done[stream] = upto[number] = done
        if upto:
            self._tell(Done(upto))

    # hub.Mirror

    def opened(self, stream: Stream) -> None:
        """Number a stream and tell of it."""
        number = self._number(stream)
        for link in self._links:
            link.streams[number] = stream
        self._tell(_opened(number, stream))

    def settled(self, stream: Stream, past: Past | None) -> None:
        """Tell where a stream goes on."""
        losses = [] if past is None else past.losses
        self._tell(Settled(self._numbers[stream], stream.epoch, stream.head, losses))

    def published(self, stream: Stream, entries: Sequence[Entry]) -> None:
        """Tell of new entries."""
        if self._links:
            self._tell(Published(self._numbers[stream], [_wire(entry) for entry in entries]))

    def status_set(self, stream: Stream) -> None:
        """Tell of a status."""
        self._tell(StatusSet(self._numbers[stream], stream.status))

    def merged(self, stream: Stream, into: Stream, junction: Junction) -> None:
        """Tell that a stream goes on in another."""
        number = self._forget(stream)
        for link in self._links:
            link.move_holds(stream, into)
        self._tell(Merged(number, self._numbers[into], junction.behind, junction.known))

    def closed(self, stream: Stream, reason: str) -> None:
        """Tell that a stream has ended."""
        number = self._forget(stream)
        for link in self._links:
            link.drop_holds(stream)
        self._tell(Closed(number, reason))

    # Inside

    def _number(self, stream: Stream) -> int:
        number = self._numbers[stream] = self._next
        self._next += 1
        return number

    def _forget(self, stream: Stream) -> int:
        self._done.pop(stream, None)
        return self._numbers.pop(stream)

    def _tell(self, message: ToWorker) -> None:
        if not self._links:
            return
        data = encode(message)
        for link in self._links:
            link.send_encoded(data)


def _opened(number: int, stream: Stream) -> Opened:
    return Opened(
        number,
        stream.status,
        stream.epoch,
        stream.head,
        stream.settled,
        stream.history.gone,
        dict(stream.history.gone_of),
    )


def _pieces(number: int, stream: Stream) -> Iterator[bytes]:
    """Write what a history keeps now, a piece at a time; it may let go of it meanwhile."""
    history = stream.history
    kept = history.read(history.first, history.end - history.first, sys.maxsize)

    def write() -> Iterator[bytes]:
        piece: list[WireEntry] = []
        size = 0
        for entry in kept:
            piece.append(_wire(entry))
            size += len(entry.body)
            if size >= PIECE_BYTES:
                yield encode(Kept(number, piece))
                piece, size = [], 0
        if piece:
            yield encode(Kept(number, piece))

    return write()


def _wire(entry: Entry) -> WireEntry:
    method = entry.method if entry.kind is Kind.EVENT else None
    return entry.offset, method, entry.body, entry.at_s
