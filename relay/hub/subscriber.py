"""One client as the hub sees it, and its subscriptions; made by the hub for server/."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from relay.config import HubConfig
from relay.errors import StoreError
from relay.events.stored import Page
from relay.hub.batch import Piece
from relay.hub.delivery import Encoding, HubCounters, count_events
from relay.hub.fanout import Fanout, Group
from relay.hub.filters import Filter
from relay.hub.history import Entry, Kind
from relay.hub.notices import room_body
from relay.hub.position import Position
from relay.hub.replay import Replay
from relay.hub.slow import Outlet, Writer
from relay.hub.stream import Stream


class Sink(Outlet, Protocol):
    """A client's connection; given by the server. None of these waits."""

    descriptor: int
    """Its socket, or -1.

    While the subscriber is neither paused nor closed, it may be written to directly. So the
    transport must say pause as soon as it holds anything unsent; and the subscriber has to be
    closed before the socket is, whose number may then be another's at once.
    """

    def moved(self, old: Stream, subscription: "Subscription") -> None:
        """Tell the client that its room turned out to be `subscription.stream`'s.

        Or, `old` being that same stream, that this goes on in another epoch than was said.
        """
        ...

    def ended(self, subscription: "Subscription", reason: str) -> None:
        """Tell the client that the room is no longer watched."""
        ...


class Subscriber(Writer):
    """A client: at most one subscription per stream, one connection for all of them."""

    sink: Sink

    def __init__(
        self, sink: Sink, encoding: Encoding, config: HubConfig, counters: HubCounters
    ) -> None:
        super().__init__(sink, config, counters)
        self.encoding = encoding
        """Of what others get, too. May be changed while there are no subscriptions."""
        self.own_encoding = encoding
        """Of what only this client gets, such as history: what it costs to encode isn't shared."""
        self.subscriptions: dict[Stream, Subscription] = {}
        self._reading: Subscription | None = None

    def pause(self) -> None:
        """Note that the transport has more unsent than it likes."""
        super().pause()
        for subscription in list(self.subscriptions.values()):
            if subscription.group is not None:
                subscription.group.place(subscription)

    def resume(self) -> None:
        """Note that the transport takes more again."""
        super().resume()
        for subscription in list(self.subscriptions.values()):
            subscription.resumed()

    def close(self) -> None:
        """Drop all subscriptions for good: the connection is ending. Safe to repeat."""
        super().close()
        for subscription in list(self.subscriptions.values()):
            subscription.drop()

    def begin_reading(self, subscription: "Subscription") -> bool:
        """Let a subscription have the archive read a page, unless another one does so already.

        So what is read for a client, and not written yet, is one page at most.
        """
        if self._reading is not None:
            return False
        self._reading = subscription
        return True

    def end_reading(self, subscription: "Subscription") -> None:
        """Give others their turn."""
        self._reading = None
        subscriptions = list(self.subscriptions.values())
        turn = subscriptions.index(subscription) + 1 if subscription in subscriptions else 0
        for waiting in subscriptions[turn:] + subscriptions[:turn]:
            waiting.go_on()

    def settle(self) -> bool:
        """Give the client what is pending for it; tell whether it has had everything until now.

        It has not while history is replayed to it, or events are being dropped for it.
        """
        subscriptions = list(self.subscriptions.values())
        for subscription in subscriptions:
            subscription.settle()
        behind = self.skipping or any(subscription.is_replaying for subscription in subscriptions)
        return self.closed or not behind


class Subscription:
    """(room, methods) of one client; replaying history, live, or ended."""

    def __init__(
        self,
        subscriber: Subscriber,
        fanout: Fanout["Subscription"],
        filter_: Filter,
        replay: Replay | None,
    ) -> None:
        self.subscriber = subscriber
        self.filter = filter_
        self.skip = 0
        self.group: Group | None = None
        self.slot = -1
        self._fanout = fanout
        fanout.subscriptions[self] = None
        self._room = b""  # while it replays: what the client knows of the room
        self._missed: _Missed | None = None
        self._replay: Replay | None = None
        self._next_piece: asyncio.Handle | None = None
        self._page: asyncio.Future[Page | None] | None = None
        if replay is None or replay.is_done(filter_):
            fanout.join(self)
        else:
            self._room = room_body(self.stream.status)
            self._replay = replay
            self.go_on()

    @property
    def stream(self) -> Stream:
        """The room's stream."""
        return self._fanout.stream

    @property
    def position(self) -> int:
        """The offset that delivery goes on behind, in `epoch`."""
        return self.stream.head if self._replay is None else self._replay.at

    @property
    def epoch(self) -> str:
        """The epoch that delivery goes on in: the stream's own, or one before."""
        return self.stream.epoch if self._replay is None else self._replay.epoch

    @property
    def is_replaying(self) -> bool:
        """Whether there is history that it has not been given yet."""
        return self._replay is not None and self._replay.waits_for is None

    @property
    def waits_for(self) -> Position | None:
        """The position it begins with, while it is not settled where its stream goes on."""
        return None if self._replay is None else self._replay.waits_for

    @property
    def encoding(self) -> Encoding:
        """How the client takes frames."""
        return self.subscriber.encoding

    @property
    def descriptor(self) -> int:
        """The client's socket, see Sink."""
        return self.subscriber.sink.descriptor

    @property
    def write(self) -> Callable[[bytes | memoryview], None]:
        """Write to the client without a look."""
        return self.subscriber.sink.write

    @property
    def paused(self) -> bool:
        """Whether the client's transport holds something unsent."""
        return self.subscriber.paused

    def change(self, filter_: Filter) -> None:
        """Take other methods of what is behind `position`, be it history or still to come."""
        if self.group is None:
            self.filter = filter_
            if self._page is not None:  # it was asked for with other methods
                self._page.cancel()
            return
        self._fanout.settle(self)
        if self.group is not None:  # settling may have shown that the client is too slow
            # It is about to be told a position; nothing before that may be left to be told later.
            self._tell_missed()
            self._fanout.leave(self)
            self.filter = filter_
            self._fanout.join(self)

    def settled(self, *, moved: bool) -> None:
        """Go on after it is settled where the stream does; `moved`: in another epoch."""
        if self._replay is not None:
            self._replay.settle()
            self.go_on()
        elif moved:
            self.subscriber.sink.moved(self.stream, self)

    def settle(self) -> None:
        """Give the client what is pending now, ahead of the flush."""
        if self.group is not None:
            self._fanout.settle(self)

    def end(self) -> None:
        """Give the client what is live until now, and nothing more: it asked for that."""
        self.settle()
        if not self.subscriber.closed:
            self._tell_missed()
        self.drop()

    def cut_off(self) -> None:
        """Give the client what is live until now, and tell it of history that it won't get."""
        rest = None if self._replay is None else self._replay.take_rest()
        if rest is not None:
            self.write_notice(rest)
        self.end()

    def drop(self) -> None:
        """Give the client nothing more. Safe to repeat."""
        self._replay = None
        if self._next_piece is not None:
            self._next_piece.cancel()
            self._next_piece = None
        self._fanout.leave(self)
        self._fanout.subscriptions.pop(self, None)
        self.subscriber.subscriptions.pop(self.stream, None)
        if self._page is not None:
            self._page.cancel()

    def fail(self) -> None:
        """Have the client connect again: not all of what it was to get was written."""
        self.subscriber.fail()

    def deliver(self, piece: Piece) -> None:
        """Write what passed the filter, if the client can take it."""
        if self.subscriber.write_checked(piece.data):
            self.subscriber.counters.deliveries += piece.events
        elif self.subscriber.skipping:
            self.subscriber.counters.drops += piece.events
            if self._missed is None:
                self._missed = _Missed()
            self._missed.add(piece)

    def write_notice(self, body: bytes, kind: Kind = Kind.GAP) -> None:
        """Write a frame of the hub's own to this client only."""
        entry = Entry(kind, self.stream.head, "", body, time.monotonic())
        self.write(self.subscriber.own_encoding.frame(entry))

    def resumed(self) -> None:
        """Go on after the client has caught up: say what it missed, then write as before."""
        self._tell_missed()
        if self.group is not None:
            self.group.place(self)
        else:
            self.go_on()

    def _tell_missed(self) -> None:
        missed, self._missed = self._missed, None
        if missed is None:
            return
        if missed.first:
            gap = self.stream.gap_body("slow", first=missed.first, last=missed.last)
            self.write_notice(gap)
        if missed.upstream_gap:
            self.write_notice(missed.upstream_gap)
        if missed.room:
            self.write_notice(room_body(self.stream.status), Kind.ROOM)

    def go_on(self) -> None:
        """Replay what comes next, unless the client is paused, or that is under way."""
        replay = self._replay
        if replay is None or replay.waits_for is not None or self.paused:
            return
        if self._next_piece is not None or self._page is not None:
            return
        if not replay.wants_page(self.filter):
            self._next_piece = asyncio.get_running_loop().call_soon(self._write_piece)
        elif self.subscriber.begin_reading(self):
            self._page = replay.ask_page(self.filter)
            self._page.add_done_callback(self._write_page)

    def _write_page(self, future: asyncio.Future[Page | None]) -> None:
        """Write what the archive has read; it is read again where the client is paused by now."""
        self._page = None
        replay = self._replay
        page, failed = None, False
        if not future.cancelled():
            try:
                page = future.result()
            except StoreError:
                failed = True
        if replay is not None and not future.cancelled() and not self.paused:
            if failed:
                replay.fail_page()
            else:
                self._write_entries(replay.take_page(page))
        if self._replay is not None:
            self._end_piece(self._replay)
        self.subscriber.end_reading(self)

    def _write_piece(self) -> None:
        self._next_piece = None
        replay = self._replay
        if replay is None or self.paused:  # resumed() goes on
            return
        if replay.wants_page(self.filter):  # new events have pushed out what was to come
            self.go_on()
            return
        gap = replay.take_gap(self.filter)
        if gap is not None:
            self.write_notice(gap)
        self._write_entries(replay.take_entries(self.filter))
        self._end_piece(replay)

    def _write_entries(self, entries: Sequence[Entry]) -> None:
        if entries:
            try:
                self.write(b"".join(map(self.subscriber.own_encoding.frame, entries)))
            except Exception:
                # It would wait for ever for what comes next.
                self.subscriber.fail()
                raise
            self.subscriber.counters.deliveries += count_events(entries)

    def _end_piece(self, replay: Replay) -> None:
        if replay.is_done(self.filter):
            self._go_live()
        else:
            self.go_on()

    def _go_live(self) -> None:
        """Change from replaying to live, in the turn that reached the head."""
        self._replay = None
        self._fanout.join(self)
        room = room_body(self.stream.status)
        if room != self._room:  # changes of state are not part of history
            self.write_notice(room, Kind.ROOM)
        self._room = b""


class _Missed:
    """What a skipped client did not get; the last of each kind is enough to tell."""

    def __init__(self) -> None:
        self.first = 0
        self.last = 0
        self.upstream_gap = b""
        self.room = False

    def add(self, piece: Piece) -> None:
        if piece.events:
            self.first = self.first or piece.first
            self.last = piece.last
        self.upstream_gap = piece.gap or self.upstream_gap
        self.room = self.room or piece.has_room
