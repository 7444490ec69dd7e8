"""One connection to a broadcast, seen from the room: what came, and whether it is healthy.

Fed by a transport (upstream.broadcast.Receiver), judged by following. Connected is not receiving:
no bytes is the transport's to notice; heartbeats only and low-value messages only are told here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from relay.errors import FrameError
from relay.events import LOW_VALUE_METHODS, ControlPayload, Event
from relay.hub import RoomState
from relay.room.output import RoomOutput
from relay.room.retry import Policy
from relay.upstream.broadcast import Broadcast
from relay.webcast.decode import decode_response
from relay.webcast.pb.webcast_pb2 import Response
from relay.webcast.recording import Record

_RECENT_IDS = 512
"""Ids by which a repeated message is known; upstream repeats about 15."""


class Progress:
    """How far a broadcast has been received, over all its sessions."""

    def __init__(self) -> None:
        self.recent_ids: OrderedDict[str, None] = OrderedDict()
        self.heard_at: float | None = None
        """When the last message came, by the loop's clock."""


class Session:
    """What one connection brought. Times are the loop's clock."""

    def __init__(
        self,
        output: RoomOutput,
        broadcast: Broadcast,
        progress: Progress,
        policy: Policy,
        *,
        transport: str,
        confirmed: bool,
    ) -> None:
        self.opened_at: float | None = None
        self.message_at = 0.0
        """When the last message came, else when the connection opened."""
        self.value_at = 0.0
        """The same for messages that prove the stream healthy."""
        self.new_events = 0
        self.heard = False
        """Whether any message came over the open connection, new or not."""
        self.valued = False
        """Whether anything came that proves the stream healthy."""
        self.became_open = asyncio.Event()
        self.end_said = asyncio.Event()
        """Upstream said in the stream that the broadcast is over."""
        self._output = output
        self._broadcast = broadcast
        self._progress = progress
        self._policy = policy
        self._transport = transport
        self._confirmed = confirmed
        self._live = False
        self._may_lack = self._loss_is_possible()
        self._loop = asyncio.get_running_loop()

    def opened(self) -> None:
        """Upstream took us."""
        self.opened_at = self.message_at = self.value_at = self._loop.time()
        self.became_open.set()

    def received(self, response: Response, record: Record) -> None:
        """Publish the messages of a Response."""
        self._output.counters.frames["ok"] += 1
        if response.messages:
            self._publish(response, record.time_ms)
        # The socket's is about acknowledging what this connection was sent.
        polled = self._transport == "poll"
        self._output.note_position(response.internal_ext if polled else "")
        # Behind a gap before its messages.
        self._output.keep(record, self._broadcast)

    def unreadable(self, error: FrameError, record: Record | None, *, lost: bool) -> None:
        """Count a frame that can't be read; say so to subscribers where it is lost."""
        self._output.bad_frame(error.cause, str(error))
        if lost:
            self._output.gap("corrupt_frame")
        if record is not None:
            self._output.keep(record, self._broadcast)

    def lost(self, reason: str) -> None:
        """Say to subscribers that something is missing."""
        self._output.gap(reason)

    def ended(self) -> None:
        """Note that the broadcast is said to be over."""
        self.end_said.set()

    def healthy(self) -> bool:
        """Whether the connection did what it is for."""
        if self.new_events and self.opened_at is not None:
            return True
        return (
            self.opened_at is not None
            and self._loop.time() - self.opened_at >= self._policy.healthy_s
        )

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
        self.new_events += self._output.publish(events)

    def _notice(self, events: Sequence[Event]) -> None:
        """See what the messages prove, before they are published."""
        recent = self._progress.recent_ids
        known = [event.msg_id in recent for event in events]
        if self._may_lack:
            self._may_lack = False
            if not any(known):
                self._output.gap("upstream_reconnect")
        now = self._loop.time()
        self._progress.heard_at = self.message_at = now
        self.heard = self.heard or self.opened_at is not None
        valued = False
        for event, repeated in zip(events, known, strict=True):
            if repeated:
                # Repeated at each connect, in closed rooms too.
                continue
            if event.msg_id != "0":
                recent[event.msg_id] = None
            if event.method not in LOW_VALUE_METHODS:
                valued = True
            if isinstance(event.payload, ControlPayload) and event.payload.ended:
                self.end_said.set()
        while len(recent) > _RECENT_IDS:
            recent.popitem(last=False)
        if valued:
            self.valued = True
            self.value_at = now
        # While nobody has confirmed that the room is live, closed rooms' messages are no proof.
        if self.opened_at is not None and not self._live and (self._confirmed or self.valued):
            self._live = True
            self._output.enter(RoomState.LIVE, transport=self._transport)

    def _loss_is_possible(self) -> bool:
        """Whether upstream may have gone on without us since the last message we had.

        Not where its own position was carried over a short break: it continues from there.
        """
        heard_at = self._progress.heard_at
        if heard_at is None:
            return False
        if not self._broadcast.position.cursor:
            return True
        return asyncio.get_running_loop().time() - heard_at > self._policy.replay_covers_s
