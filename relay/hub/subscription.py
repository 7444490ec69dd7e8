"""One client's subscription to one room: replay of history, then live; made by the hub.

It is in one of three states: replaying (`replay` set), live (`group` set), or ended.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from relay.hub.fanout import Encoding, Fanout, Group, count_events
from relay.hub.filters import Filter
from relay.hub.history import Entry, Kind
from relay.hub.notices import Gap, gap_body, room_body
from relay.hub.position import Position
from relay.hub.stream import Stream

if TYPE_CHECKING:
    from relay.hub.subscriber import Subscriber

REPLAY_BYTES = 256 * 1024
"""History is written in pieces of at most this much, one a turn of the event loop."""
REPLAY_ENTRIES = 2000
"""Entries looked at in one turn, whether they pass the filter or not."""


class Subscription:
    """(room, methods) of one client."""

    def __init__(
        self, subscriber: "Subscriber", fanout: Fanout, filter_: Filter, since: Position | None
    ) -> None:
        self.subscriber = subscriber
        self.filter = filter_
        self.skip = 0
        """How many of the pending entries it must not get, since they came before it."""
        self.group: Group | None = None
        """Where it is while live."""
        self._fanout = fanout
        fanout.subscriptions[self] = None
        self._room = room_body(self.stream.status)  # what the client knows of the room
        self._missed = _Missed()
        self._replay: _Replay | None = None
        replay = None if since is None else _Replay(self, since)
        if replay is None or replay.has_nothing:
            fanout.join(self)
        else:
            self._replay = replay
            replay.go_on()

    @property
    def stream(self) -> Stream:
        """The room's stream."""
        return self._fanout.stream

    @property
    def position(self) -> int:
        """The offset that delivery goes on behind."""
        return self.stream.head if self._replay is None else self._replay.at

    @property
    def encoding(self) -> Encoding:
        """How the client takes frames."""
        return self.subscriber.encoding

    @property
    def write(self) -> Callable[[bytes], None]:
        """Write to the client without a look."""
        return self.subscriber.sink.write

    @property
    def paused(self) -> bool:
        """Whether the client has more unsent than it should."""
        return self.subscriber.paused

    def change(self, filter_: Filter) -> None:
        """Take other methods from now on; what came before is judged by the old filter."""
        if self.group is None:
            self.filter = filter_
            return
        self._fanout.settle(self)
        if self.group is not None:  # settling may have shown that the client is too slow
            self._fanout.leave(self)
            self.filter = filter_
            self._fanout.join(self)

    def end(self) -> None:
        """Give the client what is live until now, and nothing more: it asked for that."""
        if self.group is not None:
            self._fanout.settle(self)
        if not self.subscriber.closed:
            self._tell_missed()
        self.drop()

    def cut_off(self) -> None:
        """Give the client what is live until now, and tell it of history that it won't get."""
        if self._replay is not None:
            self._replay.cut_off()
        self.end()

    def drop(self) -> None:
        """Give the client nothing more. Safe to repeat."""
        if self._replay is not None:
            self._replay.stop()
            self._replay = None
        self._fanout.leave(self)
        self._fanout.subscriptions.pop(self, None)
        self.subscriber.subscriptions.pop(self.stream, None)

    def deliver(self, entries: Sequence[Entry], data: bytes) -> None:
        """Write entries that passed the filter, `data` being their frames, if the client can."""
        if self.subscriber.write_checked(data):
            self.subscriber.counters.deliveries += count_events(entries)
        elif self.subscriber.skipping:
            self.subscriber.counters.drops += count_events(entries)
            self._missed.add(entries)

    def write_notice(self, body: bytes, kind: Kind = Kind.GAP) -> None:
        """Write a frame of the hub's own to this client only."""
        entry = Entry(kind, self.stream.head, "", body, time.monotonic())
        self.write(self.encoding.frame(entry))

    def write_gap(self, reason: str, **details: Any) -> None:
        """Tell this client of events that it does not get; `details` are those of Gap."""
        status = self.stream.status
        gap = Gap(
            room_id=status.room_id,
            web_rid=status.web_rid,
            reason=reason,
            epoch=self.stream.epoch,
            **details,
        )
        self.write_notice(gap_body(gap))

    def resumed(self) -> None:
        """Go on after the client has caught up: say what it missed, then write as before."""
        self._tell_missed()
        if self.group is not None:
            self.group.place(self)
        elif self._replay is not None:
            self._replay.go_on()

    def _tell_missed(self) -> None:
        missed, self._missed = self._missed, _Missed()
        if missed.first:
            self.write_gap("slow", first=missed.first, last=missed.last)
        if missed.upstream_gap:
            self.write_notice(missed.upstream_gap)
        if missed.room:
            self.write_notice(room_body(self.stream.status), Kind.ROOM)

    def went_live(self) -> None:
        """Change from replaying to live; called at the head, in the turn that reached it."""
        self._replay = None
        self._fanout.join(self)
        room = room_body(self.stream.status)
        if room != self._room:  # changes of state are not part of history
            self.write_notice(room, Kind.ROOM)


class _Missed:
    """What a skipped client did not get; the last of each kind is enough to tell."""

    def __init__(self) -> None:
        self.first = 0
        self.last = 0
        self.upstream_gap = b""
        self.room = False

    def add(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.kind is Kind.EVENT:
                self.first = self.first or entry.offset
                self.last = entry.offset
            elif entry.kind is Kind.GAP:
                self.upstream_gap = entry.body
            else:
                self.room = True


class _Replay:
    """Writes history to one client, a piece at a time, while the client takes it."""

    def __init__(self, subscription: Subscription, since: Position) -> None:
        self._subscription = subscription
        self._handle: asyncio.Handle | None = None
        self._since = since
        self._reason = ""  # of a gap that is not written yet
        stream, history = subscription.stream, subscription.stream.history
        history.expire(time.monotonic())
        self.at = since.offset
        """Offset of the last event that is behind it."""
        if since.epoch != stream.epoch:
            self._reason, self.at = "epoch", history.gone
        elif since.offset > stream.head:
            self._reason, self.at = "ahead", stream.head
        elif history.last_lost(since.offset, subscription.filter.admits):
            self._reason = "history"
        self._sequence = history.after(self.at)

    @property
    def has_nothing(self) -> bool:
        """Whether the client can go live at once."""
        return not self._reason and self._sequence == self._subscription.stream.history.end

    def go_on(self) -> None:
        """Write the next piece in the loop's next turn, unless the client is paused."""
        if self._handle is None and not self._subscription.paused:
            self._handle = asyncio.get_running_loop().call_soon(self._write_piece)

    def stop(self) -> None:
        """Write nothing more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def cut_off(self) -> None:
        """Stop and tell the client what it does not get."""
        self.stop()
        head = self._subscription.stream.head
        if self._reason or self.at < head:
            self._write_gap(head)

    def _write_piece(self) -> None:
        self._handle = None
        subscription = self._subscription
        if subscription.paused:  # resumed() goes on
            return
        history = subscription.stream.history
        # New events may have pushed out what was to come.
        self._sequence = max(self._sequence, history.first)
        lost = history.last_lost(self._missing_behind, subscription.filter.admits)
        if self._reason or lost:
            self._write_gap(lost)
        self.at = max(self.at, history.gone)
        entries = history.read(self._sequence, REPLAY_ENTRIES, REPLAY_BYTES)
        if entries:
            self._sequence += len(entries)
            self.at = entries[-1].offset
            admits = subscription.filter.admits
            chosen = [e for e in entries if e.kind is not Kind.EVENT or admits(e.method)]
            if chosen:
                subscription.write(b"".join(map(subscription.encoding.frame, chosen)))
            subscription.subscriber.counters.deliveries += count_events(chosen)
        if self._sequence == history.end:
            subscription.went_live()
        else:
            self.go_on()

    @property
    def _missing_behind(self) -> int:
        """Offset behind which a gap would begin: with another epoch's position, all is new."""
        return 0 if self._reason == "epoch" else self.at

    def _write_gap(self, last: int) -> None:
        """Tell the client that it gets nothing up to `last`, as far as it should have."""
        reason = self._reason or "history"
        first = self._missing_behind + 1
        known = {"first": first, "last": last} if first <= last else {}
        since = f"{self._since.epoch}:{self._since.offset}"
        self._subscription.write_gap(reason, since=since, **known)
        self._reason = ""
