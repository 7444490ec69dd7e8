"""Has a worker's hub repeat what the relay tells of its own; used by worker."""

import asyncio
from collections.abc import Callable
from functools import partial

from relay.events.stored import Page, Past
from relay.hub import Junction, RepeatingHub, entry_of
from relay.workers.asking import Asking
from relay.workers.messages import (
    Closed,
    Done,
    Forgotten,
    FromWorker,
    Kept,
    Look,
    Looked,
    Merged,
    Opened,
    Published,
    ReadPage,
    Settled,
    StatusSet,
)
from relay.workers.streams import Streams

FeedMessage = Opened | Kept | Settled | Published | StatusSet | Merged | Closed | Done | Look


class StoredElsewhere:
    """The relay's store, as a worker's streams read it; satisfies hub.Pages."""

    def __init__(self, asking: Asking) -> None:
        self.done: dict[str, int] = {}
        """By epoch: what the relay told last of what is stored."""
        self._asking = asking

    def done_upto(self, epoch: str) -> int:
        """Give the offset up to which events of an epoch in use don't wait any more."""
        return self.done.get(epoch, 0)

    def page(
        self,
        since: tuple[str, int],
        into: str,
        upto: int,
        methods: frozenset[str],
        *,
        all_but: bool,
    ) -> asyncio.Future[Page | None]:
        """Read on behind a position, to the epoch `into` and its offset `upto`."""
        return self._asking.read_page(
            partial(ReadPage, since=since, into=into, upto=upto, methods=methods, all_but=all_but)
        )


class Repeater:
    """Applies what comes, in order."""

    def __init__(
        self,
        hub: RepeatingHub,
        streams: Streams,
        stored: StoredElsewhere | None,
        send: Callable[[FromWorker], None],
    ) -> None:
        """`stored` None: the relay has no store."""
        self._hub = hub
        self._streams = streams
        self._stored = stored
        self._send = send

    def apply(self, message: FeedMessage) -> None:
        """Do as the relay's hub did."""
        hub, streams = self._hub, self._streams
        match message:
            case Published(number, entries):
                hub.repeat(streams[number], [entry_of(*entry) for entry in entries])
            case Opened(number, status, epoch, head, settled, gone, gone_of):
                stream = hub.open_at(
                    status,
                    self._stored,
                    epoch=epoch,
                    head=head,
                    settled=settled,
                    gone=gone,
                    gone_of=gone_of,
                )
                streams.add(number, stream)
            case Kept(number, entries):
                hub.keep(streams[number], [entry_of(*entry) for entry in entries])
            case StatusSet(number, status):
                hub.set_status(streams[number], status)
            case Settled(number, epoch, head, losses):
                past = Past(epoch, head, [], losses, b"")
                hub.repeat_settled(streams[number], past)
            case Merged(number, into, behind, known):
                junction = Junction([], behind, known)
                hub.repeat_merge(streams[number], streams[into], junction)
                self._forget(number)
            case Closed(number, reason):
                hub.close(streams[number], reason)
                self._forget(number)
            case Done(upto):
                if self._stored is not None:
                    for number, offset in upto.items():
                        self._stored.done[streams[number].epoch] = offset
            case Look(number):
                stream = streams[number]
                listens, is_behind = hub.is_listened_to(stream), hub.is_behind(stream)
                self._send(Looked(number, listens, is_behind))

    def _forget(self, number: int) -> None:
        if self._stored is not None:
            self._stored.done.pop(self._streams[number].epoch, None)
        self._streams.remove(number)
        self._send(Forgotten(number))
