"""One room's stream: numbers events, drops duplicates, keeps history; made and fed by the hub."""

import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from relay.clock import now_ms
from relay.config import HubConfig
from relay.events import Event
from relay.hub.history import Entry, History, Kind
from relay.hub.notices import Gap
from relay.hub.position import new_epoch
from relay.hub.snapshot import Snapshot
from relay.hub.status import RoomCounters, RoomStatus

DEDUP_IDS = 10_000
"""A message is recognised as a duplicate among at least this many last ones of its room, at most
twice as many. Upstream repeats about 15 messages at each connect."""

MAX_COUNTED_METHODS = 200
"""Methods counted by name in a room; further ones are counted as `other`."""

_json = msgspec.json.Encoder()


class EventFrame(Struct):
    """An event as clients get it; the order of the fields is part of the contract."""

    method: str
    msg_id: str
    room_id: str
    web_rid: str
    epoch: str
    offset: int
    time: int
    payload: object


class KeptFrame(EventFrame):
    """An event read back from history, its payload left as it is."""

    payload: msgspec.Raw


_kept_frames = msgspec.json.Decoder(KeptFrame)


class Stream:
    """The numbered events of one room, over all its broadcasts. Identity is equality.

    Read by all; changed by the hub only (but for `counters`, see there).
    """

    def __init__(self, status: RoomStatus, config: HubConfig) -> None:
        self.epoch = new_epoch()
        """Within it, offsets count 1, 2, 3 … without holes."""
        self.head = 0
        """Offset of the last event; 0: none yet."""
        self.status = status
        self.counters = RoomCounters()
        self.history = History(config)
        self.snapshot = Snapshot()
        self.listeners: set[Callable[[], None]] = set()
        """Called whenever an entry is published, and when the stream is closed; they must not
        wait, nor publish. Whoever adds one takes it out again."""
        self.successor: Stream | None = None
        """The stream that this one was merged into."""
        # Two generations of ids: the window is bounded without keeping an order.
        self._ids: set[str] = set()
        self._older_ids: set[str] = set()

    def append(self, event: Event) -> Entry | None:
        """Number, encode and keep an event; None where it is a duplicate."""
        if self._is_duplicate(event.msg_id):
            self.counters.duplicates += 1
            return None
        self.snapshot.take(event)
        return self._keep(
            EventFrame(
                method=event.method,
                msg_id=event.msg_id,
                room_id=event.room_id,
                web_rid=event.web_rid,
                epoch=self.epoch,
                offset=self.head + 1,
                time=event.time,
                payload=event.payload,
            )
        )

    def adopt(self, frame: KeptFrame) -> Entry | None:
        """Number and keep an event of another stream; None where it came here, too."""
        if self._is_duplicate(frame.msg_id):
            return None
        return self._keep(msgspec.structs.replace(frame, epoch=self.epoch, offset=self.head + 1))

    def notify(self) -> None:
        """Call the listeners; the hub does when it has published, or closed the stream."""
        for listener in list(self.listeners):
            listener()

    def had(self, msg_id: str) -> bool:
        """Tell whether an event came, as far back as duplicates are recognised."""
        return msg_id in self._ids or msg_id in self._older_ids

    def kept_frames(self) -> list[KeptFrame]:
        """Read back the events that history holds."""
        return [_kept_frames.decode(entry.body) for entry in self.history.events_kept()]

    def gap_body(self, reason: str, **details: Any) -> bytes:
        """Write a gap in this stream as JSON; `details` are those of Gap."""
        status = self.status
        gap = Gap(
            room_id=status.room_id,
            web_rid=status.web_rid,
            reason=reason,
            epoch=self.epoch,
            **details,
        )
        return _json.encode(gap)

    def append_gap(self, reason: str) -> Entry:
        """Note that upstream lost messages after the last event."""
        body = self.gap_body(reason, offset=self.head)
        entry = Entry(Kind.GAP, self.head, "", body, time.monotonic())
        self.history.append(entry)
        self.counters.upstream_gaps += 1
        return entry

    def _keep(self, frame: EventFrame) -> Entry:
        body = _json.encode(frame)
        entry = Entry(Kind.EVENT, frame.offset, frame.method, body, time.monotonic())
        self.head = frame.offset
        self.history.append(entry)
        self._count_event(frame.method)
        return entry

    def _is_duplicate(self, msg_id: str) -> bool:
        if msg_id in ("", "0"):  # upstream gave none
            return False
        if self.had(msg_id):
            return True
        if len(self._ids) >= DEDUP_IDS:
            self._older_ids, self._ids = self._ids, set()
        self._ids.add(msg_id)
        return False

    def _count_event(self, method: str) -> None:
        events = self.counters.events
        if method not in events and len(events) >= MAX_COUNTED_METHODS:
            method = "other"
        events[method] += 1
        self.counters.last_event_ms = now_ms()
