"""The hub: gives the events of every room to its subscribers; fed by room/, used by server/.

All on one event loop and none of it waits: a subscription is atomic with respect to publishing.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from functools import partial

from relay.config import HubConfig
from relay.events import Event, SimulatedEvent
from relay.events.stored import HoleReason, Past
from relay.hub import merging
from relay.hub.archive import Archive
from relay.hub.delivery import Encoding, HubCounters
from relay.hub.fanout import Fanout
from relay.hub.filters import Filter
from relay.hub.history import Entry, Kind
from relay.hub.mirror import Mirror
from relay.hub.notices import room_body
from relay.hub.pace import Pace
from relay.hub.position import Position
from relay.hub.replay import Replay
from relay.hub.status import RoomStatus
from relay.hub.stream import Stream
from relay.hub.subscriber import Sink, Subscriber, Subscription

TAKE_UP_S = 10.0
"""How long a room that has something to give out waits to hear where the archive left it."""


class Hub:
    """Streams and their subscribers. Unknown or closed streams are a ValueError everywhere."""

    def __init__(self, config: HubConfig, archive: Archive | None = None) -> None:
        """`archive` keeps what memory doesn't, and lets streams go on after a restart."""
        self.counters = HubCounters()
        self.mirror: Mirror | None = None
        """Who repeats all this in other processes."""
        self._config = config
        self.archive = archive
        self._fanouts: dict[Stream, Fanout[Subscription]] = {}
        self._asked: dict[Stream, asyncio.Future[Past | None]] = {}
        """Streams of which the archive is to tell where they go on."""
        self._unflushed: dict[Fanout[Subscription], None] = {}
        self._unflushed_since_s = 0.0
        """Since when something waits, by the loop's clock."""
        self._flush_handle: asyncio.Handle | None = None
        self._pace = Pace()

    def open(self, status: RoomStatus, alias: str = "") -> Stream:
        """Begin the stream of a room that is now watched; `alias` is a further name of it."""
        stream = Stream(status, self._config, self.archive, alias)
        self._add(stream)
        if self.mirror is not None:
            self.mirror.opened(stream)
        return stream

    def ask_past(self, stream: Stream) -> None:
        """Ask the archive where it left a stream's room, if the stream has had no events yet.

        It goes on there as soon as the answer comes. Does nothing while it isn't known for sure
        which room it is: then it is to be called again. The first event settles that the stream
        begins an epoch of its own, so `take_up` has to be awaited before that.
        """
        archive = self.archive
        if archive is None or stream.settled or stream in self._asked:
            return
        web_rid, room_id = stream.status.web_rid, stream.status.room_id
        if not web_rid and not room_id:
            return
        # A room_id is one room's for ever; a handle may have become another's.
        names = stream.names if web_rid else [room_id]
        self._asked[stream] = future = archive.take_up(stream.epoch, web_rid, names)
        future.add_done_callback(partial(self._take_up, stream, web_rid))

    async def take_up(self, stream: Stream) -> None:
        """Ask as `ask_past` does, and wait for the answer; for a while at most."""
        self.ask_past(stream)
        try:
            async with asyncio.timeout(TAKE_UP_S):
                while (future := self._asked.get(stream)) is not None:
                    await asyncio.wait([future])
        except TimeoutError:
            if not stream.settled and stream in self._fanouts:
                # What is taken up for it all the same is given back as it begins.
                self._settle(stream, None)

    def streams(self) -> list[Stream]:
        """Give all open streams, oldest first."""
        return list(self._fanouts)

    def present(self, stream: Stream) -> Stream | None:
        """Give the open stream of a room: `stream`, the one it was merged into, or None."""
        found: Stream | None = stream
        while found is not None and found not in self._fanouts:
            found = found.successor
        return found

    def publish(self, stream: Stream, events: Sequence[Event]) -> int:
        """Number, keep and give out events, in this order; returns how many were new.

        An event whose msg_id came before is dropped and counted, see `stream.DEDUP_IDS`. Where one
        makes this raise, a gap says that it is lost, with those behind it in `events`; those before
        it are given out. It is not taken again.
        """
        fanout = self._fanout(stream)
        if not stream.settled:
            self._settle(stream, None)
        first = events[0] if events else None
        # A simulated event says nothing of what upstream did meanwhile.
        if first and not isinstance(first, SimulatedEvent) and stream.goes_on(first.room_id):
            self._give(fanout, [stream.append_gap("restart")])
        history = stream.history
        begin = history.end
        try:
            entries: Sequence[Entry] = stream.extend(events)
        except BaseException:
            stream.append_gap("corrupt_frame")
            sequence = max(begin, history.first)
            self._give(fanout, history.read(sequence, history.end - sequence, sys.maxsize))
            raise
        self._give(fanout, entries)
        return len(entries)

    def set_status(self, stream: Stream, status: RoomStatus) -> None:
        """Change a room's status; subscribers get a `room` frame if they would see a change."""
        fanout = self._fanout(stream)
        body = room_body(status)
        changed = body != room_body(stream.status)
        ids = (stream.status.web_rid, stream.status.room_id)
        stream.status = status
        renamed = ids != (status.web_rid, status.room_id)
        if renamed and stream.settled and self.archive is not None:
            self.archive.name(stream.epoch, status.web_rid, stream.names)
        if self.mirror is not None:
            self.mirror.status_set(stream)
        if changed:
            self._give(fanout, [Entry(Kind.ROOM, stream.head, "", body, time.monotonic())])

    def announce_gap(self, stream: Stream, reason: str) -> None:
        """Say that upstream's messages were lost at this point, e.g. `corrupt_frame`.

        Subscribers get a `gap` frame in order with events; it is kept with them for replays.
        """
        fanout = self._fanout(stream)
        if not stream.settled:
            self._settle(stream, None)
        self._give(fanout, [stream.append_gap(reason)])

    def merge(self, stream: Stream, into: Stream) -> None:
        """Close a stream whose room turned out to be that of `into`; move its subscribers there.

        They go on behind the last event that both streams have: without a hole, and without what
        they have had. Where there is none they go on at the head, behind a `merged` gap unless
        they can't have had anything. The same gap is for who had subscribed to both rooms, but to
        fewer methods of `into`; to them events may have come twice, once in each stream.
        """
        if stream is into:
            raise ValueError("a stream can't be merged into itself")
        self._fanout(stream)
        fanout = self._fanout(into)
        if stream.head and not into.settled:
            self._settle(into, None)
        junction = merging.join(stream, into)
        self._give(fanout, junction.adopted)
        self._lead(stream, into, junction)
        if self.mirror is not None:
            self.mirror.merged(stream, into, junction)
        self._move(stream, into, junction)

    def close(self, stream: Stream, reason: str) -> None:
        """End the stream of a room that is no longer watched; subscribers are told `reason`."""
        for subscription in self._take_out(stream):
            subscription.subscriber.sink.ended(subscription, reason)
        if self.mirror is not None:
            self.mirror.closed(stream, reason)
        if self.archive is not None:
            self.archive.seal(stream.epoch)

    def subscriber(self, sink: Sink, encoding: Encoding) -> Subscriber:
        """Make a client known; it has no subscription yet."""
        return Subscriber(sink, encoding, self._config, self.counters)

    def subscribe(
        self,
        subscriber: Subscriber,
        stream: Stream,
        filter_: Filter,
        since: Position | None = None,
    ) -> Subscription:
        """Subscribe to a stream that `subscriber`, not closed, has no subscription to.

        Nothing is written before this returns: the caller has time to announce it. Then come,
        with `since`, a gap if there is one and what history holds; then live events.
        """
        replay = None if since is None else Replay(stream, since, frozenset())
        return self._subscribe(subscriber, stream, filter_, replay)

    def is_taken(self, stream: Stream) -> bool:
        """Tell whether somebody listens, and all have been sent what came until now.

        For who feeds the hub with more than there is time for: a recording that plays at once.
        """
        return self.is_listened_to(stream) and not self.is_behind(stream)

    def is_listened_to(self, stream: Stream) -> bool:
        """Tell whether anybody is subscribed."""
        return bool(self._fanout(stream).subscriptions)

    def is_behind(self, stream: Stream) -> bool:
        """Tell whether somebody who listens has not been sent what came until now."""
        fanout = self._fanout(stream)
        return bool(fanout.pending) or any(s.paused or s.is_replaying for s in fanout.subscriptions)

    @property
    def unflushed_s(self) -> float:
        """How long something has waited to be given out; 0: nothing waits."""
        if not self._unflushed:
            return 0.0
        return asyncio.get_running_loop().time() - self._unflushed_since_s

    def flush(self) -> None:
        """Give out what is pending now."""
        if self._flush_handle is not None:
            self._flush_handle.cancel()
            self._flush_handle = None
        # Not by the clock: what others do on this machine meanwhile is no reason to rest.
        begin_s = time.thread_time()
        waiting, self._unflushed = iter(self._unflushed), {}
        try:
            for fanout in waiting:
                fanout.flush()
        finally:
            took_s = time.thread_time() - begin_s
            self._pace.flushed(asyncio.get_running_loop().time(), took_s)
            if rest := dict.fromkeys(waiting):  # it was broken off
                self._unflushed = rest | self._unflushed
                self._arm()

    def _add(self, stream: Stream) -> None:
        self._fanouts[stream] = Fanout(stream, self.counters)

    def _fanout(self, stream: Stream) -> Fanout[Subscription]:
        fanout = self._fanouts.get(stream)
        if fanout is None:
            raise ValueError(f"the stream of room {stream.status.name!r} is closed")
        return fanout

    def _take_up(self, stream: Stream, asked_by: str, future: asyncio.Future[Past | None]) -> None:
        """Settle what the archive has answered; `asked_by` is the web_rid that it was asked by."""
        del self._asked[stream]
        if stream.settled or stream not in self._fanouts:
            return  # what was taken up for it is given back when it begins, or is sealed
        past = future.result()
        if past is not None or asked_by:
            self._settle(stream, past)
        elif stream.status.web_rid:  # it is known by now
            self.ask_past(stream)

    def _settle(self, stream: Stream, past: Past | None) -> None:
        """Settle where a stream goes on, None: nowhere; and tell who is subscribed already."""
        epoch = stream.epoch
        if past is None:
            stream.begin()
        else:
            stream.take_up(past)
        if self.mirror is not None:
            self.mirror.settled(stream, past)
        self._tell_settled(stream, moved=stream.epoch != epoch)

    def _tell_settled(self, stream: Stream, *, moved: bool) -> None:
        """Tell who is subscribed already that it is settled; `moved`: in another epoch."""
        for subscription in list(self._fanout(stream).subscriptions):
            subscription.settled(moved=moved)
        stream.notify()

    def _move(self, stream: Stream, into: Stream, junction: merging.Junction) -> None:
        """Close a stream and have its subscribers go on in the other one."""
        stream.successor = into
        # Who waits to hear where the first one goes on hears it of the other one.
        waiting = {
            subscription: subscription.waits_for
            for subscription in self._fanout(stream).subscriptions
            if subscription.waits_for is not None
        }
        subscriptions = self._take_out(stream)
        for subscription in subscriptions:
            subscriber = subscription.subscriber
            if subscriber.closed:  # too slow to be given the last events
                continue
            there = subscriber.subscriptions.get(into)
            if there is None:
                replay = None
                if subscription in waiting:
                    replay = Replay(into, waiting[subscription], frozenset())
                elif junction.behind is not None:
                    position = Position(into.epoch, junction.behind)
                    replay = Replay(into, position, junction.known)
                there = self._subscribe(subscriber, into, subscription.filter, replay)
                has_hole = replay is None
            else:
                both = there.filter.adding(subscription.filter)
                has_hole = both != there.filter
                there.change(both)
            subscriber.sink.moved(stream, there)
            if has_hole and stream.head and not subscriber.closed:
                since = f"{stream.epoch}:{stream.head}"
                there.write_notice(into.gap_body("merged", since=since))

    def _lead(self, stream: Stream, into: Stream, junction: merging.Junction) -> None:
        """Have the archive lead from a stream that was merged to the other one."""
        if self.archive is None:
            return
        if not stream.settled:
            self.archive.seal(stream.epoch)
            return
        behind = into.head if junction.behind is None else junction.behind
        reason: HoleReason | None = "merged" if junction.behind is None else None
        known = frozenset(offset for offset in junction.known if offset > behind)
        self.archive.link(stream.epoch, into.epoch, behind, reason, known)

    def _subscribe(
        self, subscriber: Subscriber, stream: Stream, filter_: Filter, replay: Replay | None
    ) -> Subscription:
        if subscriber.closed:
            raise ValueError("the client's connection is ending")
        if stream in subscriber.subscriptions:
            raise ValueError("subscribed already; change the subscription")
        subscription = Subscription(subscriber, self._fanout(stream), filter_, replay)
        subscriber.subscriptions[stream] = subscription
        return subscription

    def _give(self, fanout: Fanout[Subscription], entries: Sequence[Entry]) -> None:
        if not entries:
            return
        fanout.stream.notify()
        if self.archive is not None:
            fanout.stream.save()
        if self.mirror is not None and entries[0].kind is not Kind.ROOM:
            self.mirror.published(fanout.stream, entries)
        if not fanout.add(entries):
            return
        if not self._unflushed:
            self._unflushed_since_s = asyncio.get_running_loop().time()
        self._unflushed[fanout] = None
        self._arm()

    def _arm(self) -> None:
        """Have what is pending given out, as soon as it may be."""
        if self._flush_handle is None:
            loop = asyncio.get_running_loop()
            if loop.time() >= self._pace.next_s:
                self._flush_handle = loop.call_soon(self.flush)
            else:
                self._flush_handle = loop.call_at(self._pace.next_s, self.flush)

    def _take_out(self, stream: Stream) -> list[Subscription]:
        """Close a stream and end its subscriptions; gives them."""
        fanout = self._fanout(stream)
        del self._fanouts[stream]
        self._unflushed.pop(fanout, None)
        subscriptions = list(fanout.subscriptions)
        for subscription in subscriptions:
            subscription.cut_off()
        stream.notify()
        return subscriptions
