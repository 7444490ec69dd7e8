"""One connection to a broadcast, seen from the room: what came, and whether it is healthy.

Fed by a transport (upstream.broadcast.Receiver), judged by watchdog. Connected is not receiving:
no bytes is the transport's to notice; heartbeats only and low-value messages only are told here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from relay.clock import now_ms
from relay.errors import FrameError
from relay.events import GIFT_METHODS, LOW_VALUE_METHODS, ControlPayload, Event
from relay.room.ending import Ending
from relay.room.health import ConnectionHealth
from relay.room.output import RoomOutput
from relay.room.retry import Policy
from relay.upstream.broadcast import Broadcast
from relay.webcast.decode import decode_response
from relay.webcast.pb.webcast_pb2 import Response
from relay.webcast.recording import Record

_RECENT_IDS = 512
"""Ids by which a repeated message is known; upstream repeats about 15."""


class Progress:
    """How far a broadcast has been received, by all its connections. Times are the loop's clock."""

    def __init__(self) -> None:
        self.recent_ids: OrderedDict[str, float] = OrderedDict()
        """When each came first."""
        self.heard_at: float | None = None
        """When the last message came."""
        self.valued_at = float("-inf")
        """When the last message came that proves the stream healthy."""
        self.serving: set[Session] = set()
        """Open connections that messages came over."""


class Outlet(Protocol):
    """Where messages go: the room's output, or what merges those of several connections."""

    def publish(self, events: Sequence[Event]) -> object:
        """Take over messages, in this order."""
        ...

    def gap(self, reason: str) -> None:
        """Note that messages may be missing here."""
        ...


class Session:
    """What one connection brought. Times are the loop's clock."""

    def __init__(
        self,
        output: RoomOutput,
        outlet: Outlet,
        broadcast: Broadcast,
        progress: Progress,
        policy: Policy,
        *,
        ending: Ending,
        health: ConnectionHealth,
        transport: str,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._began_at = self._loop.time()
        self.opened_at: float | None = None
        self.heard_at = 0.0
        """When anything came last, else when the connection opened."""
        self.message_at = 0.0
        """When the last message came, else when the connection opened."""
        self.value_at = 0.0
        """The same for messages that prove the stream healthy."""
        self.new_events = 0
        """Messages that were not known before the connection."""
        self.served = False
        """Whether any message came over the open connection, new or not."""
        self.became_open = asyncio.Event()
        self._output = output
        self._outlet = outlet
        self._broadcast = broadcast
        self._progress = progress
        self._policy = policy
        self._ending = ending
        self._health = health
        self._transport = transport
        self._live = False
        self._may_lack = self._loss_is_possible()

    def opened(self) -> None:
        """Upstream took us."""
        self.opened_at = self.heard_at = self._loop.time()
        self.message_at = self.value_at = self.opened_at
        self._health.opened()
        self.became_open.set()

    def heard(self) -> None:
        """Note that upstream is there."""
        self.heard_at = self._loop.time()
        self._health.now.last_frame_ms = now_ms()

    def received(self, response: Response, record: Record) -> None:
        """Publish the messages of a Response."""
        self._output.counters.frames["ok"] += 1
        self.heard_at = self._loop.time()
        self._health.now.last_frame_ms = record.time_ms
        if response.messages:
            self._health.now.last_message_ms = record.time_ms
            self._publish(response, record.time_ms)
        # The socket's is about acknowledging what this connection was sent. Of several connections
        # it is the first that polls where others don't.
        if not self._broadcast.number:
            polled = self._transport == "poll"
            self._output.note_position(response.internal_ext if polled else "")
        # Behind a gap before its messages.
        self._output.keep(record, self._broadcast)

    def unreadable(self, error: FrameError, record: Record | None, *, lost: bool) -> None:
        """Count a frame that can't be read; say so to subscribers where it is lost."""
        self.heard_at = self._loop.time()
        self._output.bad_frame(error.cause, str(error))
        if lost:
            self._outlet.gap("corrupt_frame")
        if record is not None:
            self._output.keep(record, self._broadcast)

    def lost(self, reason: str) -> None:
        """Say to subscribers that something is missing."""
        self._outlet.gap(reason)

    def ended(self) -> None:
        """Note that the broadcast is said to be over."""
        self._ending.say()

    def closed(self) -> None:
        """Note that the connection has ended."""
        self._progress.serving.discard(self)

    def stood(self, *, stalled: bool) -> bool:
        """Whether the connection did what it is for, and for long enough to count.

        `stalled`: it ended since nothing of use came any more.
        """
        if self.opened_at is None:
            return False
        if stalled:
            return self.goes_on and self.value_at - self.opened_at >= self._policy.stands_s
        enough_s = self._policy.stands_s if self.new_events else self._policy.healthy_s
        return self._loop.time() - self.opened_at >= enough_s

    @property
    def goes_on(self) -> bool:
        """Whether the broadcast goes on for sure: more came than what upstream repeats at first."""
        return (
            self.opened_at is not None
            and self.value_at > self.opened_at + self._policy.repeated_within_s
        )

    def _publish(self, response: Response, now_ms: int) -> None:
        events = []
        messages = self._output.counters.messages
        omitted = 0
        for decoded in decode_response(
            response,
            room_id=self._broadcast.room_id,
            web_rid=self._broadcast.web_rid,
            now_ms=now_ms,
        ):
            messages[decoded.outcome] += 1
            omitted += decoded.outcome == "omitted"
            events.append(decoded.event)
        if omitted:
            self._output.omitted(omitted)
        self._notice(events)
        self._outlet.publish(events)

    def _notice(self, events: Sequence[Event]) -> None:
        """See what the messages prove, before they are published."""
        recent = self._progress.recent_ids
        first_at = [recent.get(event.msg_id) for event in events]
        if self._may_lack:
            self._may_lack = False
            if not any(at is not None for at in first_at):
                self._outlet.gap("upstream_reconnect")
        now = self._loop.time()
        self._progress.heard_at = self.message_at = now
        if self.opened_at is not None:
            self.served = True
            self._progress.serving.add(self)
        gifts = 0
        valued = False
        for event, at in zip(events, first_at, strict=True):
            if at is None and event.msg_id != "0":
                recent[event.msg_id] = now
                if len(recent) > _RECENT_IDS:
                    recent.popitem(last=False)
            elif at is not None and at <= self._began_at:
                # Repeated at each connect, in closed rooms too.
                continue
            self.new_events += 1
            valued = valued or event.method not in LOW_VALUE_METHODS
            gifts += event.method in GIFT_METHODS
            if isinstance(event.payload, ControlPayload) and event.payload.ended:
                self._ending.say()
        if gifts:
            self._broadcast.identity.gifts_seen(gifts)
        if valued and self.opened_at is not None:
            self._note_value(now)
        # While nobody has confirmed that the room is live, closed rooms' messages are no proof.
        if self.opened_at is not None and not self._live and (self._ending.confirmed or valued):
            self._live = True
            self._health.live()

    def _note_value(self, now: float) -> None:
        self.value_at = self._progress.valued_at = now
        self._health.now.last_valued_ms = now_ms()
        if self.goes_on:
            self._ending.trust()
        self._health.well(goes_on=self.goes_on)

    def _loss_is_possible(self) -> bool:
        """Whether upstream may have gone on without us since the last message we had.

        Not where another connection goes on, nor where upstream's own position was carried over a
        short break: it continues from there.
        """
        heard_at = self._progress.heard_at
        if heard_at is None:
            return False
        now = self._loop.time()
        stalled_at = now - self._policy.heartbeats_only_s
        if any(other.message_at > stalled_at for other in self._progress.serving):
            return False
        return not self._broadcast.position.cursor or now - heard_at > self._policy.replay_covers_s
