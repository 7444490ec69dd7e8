"""One room's stream: numbers events, drops duplicates, keeps history; made and fed by the hub."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from relay.clock import now_ms
from relay.config import HubConfig
from relay.events import (
    MASKED_UID,
    OWN_METHODS,
    PAYLOAD_TYPES,
    EncodedEvent,
    Event,
    SimulatedEvent,
)
from relay.events.stored import Past, Record
from relay.hub.archive import Archive
from relay.hub.books import Books
from relay.hub.history import Entry, History, Kind
from relay.hub.notices import Gap
from relay.hub.position import new_epoch
from relay.hub.recent import RecentIds
from relay.hub.snapshot import Snapshot
from relay.hub.status import RoomCounters, RoomStatus

DEDUP_IDS = 4_000
"""A message is recognised as a duplicate among this many last ones of its room. Upstream repeats
about 15 messages at each connect."""

_NO_IDS = ("", "0")
"""Upstream gave none."""

MAX_COUNTED_METHODS = 200
"""Methods counted by name in a room; further ones are counted as `other`."""

_EVENT = Kind.EVENT
_encode_into = msgspec.json.Encoder().encode_into
_written = bytearray()
"""What was encoded last."""


class EventFrame(Struct, gc=False, omit_defaults=True):
    """An event as clients get it; the order of the fields is part of the contract."""

    method: str
    msg_id: str
    room_id: str
    web_rid: str
    epoch: str
    offset: int
    time: int
    payload: object
    simulated: bool = False
    """Made by request, see SimulatedEvent; left out of all others."""


class KeptFrame(EventFrame):
    """An event read back from history, its payload left as it is."""

    payload: msgspec.Raw


class _KeptUser(Struct):
    """What of an event's user is needed to find it by."""

    uid: str
    masked: bool


class _KeptPayload(Struct):
    user: _KeptUser | None = None


_kept_frames = msgspec.json.Decoder(KeptFrame)
_kept_payloads = msgspec.json.Decoder(_KeptPayload)


class Stream:
    """The numbered events of one room, over all its broadcasts. Identity is equality.

    Read by all; changed by the hub only (but for `counters`, see there, `books` and
    `internal_ext`).
    """

    def __init__(
        self,
        status: RoomStatus,
        config: HubConfig,
        archive: Archive | None = None,
        alias: str = "",
    ) -> None:
        """`alias` is a further name of the room, besides those in its status."""
        self.archive = archive
        self.settled = archive is None
        """Whether `epoch` and `head` are for good: else the stream may yet turn out to go on
        where the archive left its room, before its first event."""
        self.epoch = new_epoch()
        """Within it, offsets count 1, 2, 3 … without holes."""
        self.head = 0
        """Offset of the last event; 0: none yet."""
        self.status = status
        self.counters = RoomCounters()
        self.history = History(config, None if archive is None else self._done_upto)
        self.snapshot = Snapshot()
        self.books: Books | None = None
        """What completes events, and adds the relay's own. Set by the room, before the first."""
        self.internal_ext = ""
        """Upstream's own position, as im/fetch gave it last; "" where that was not the source. Set
        by the room."""
        self.listeners: set[Callable[[], None]] = set()
        """Called whenever an entry is published, when it is settled where the stream goes on, and
        when it is closed; they must not wait, nor publish. Whoever adds one takes it out again."""
        self.successor: Stream | None = None
        """The stream that this one was merged into."""
        self._ids = RecentIds(DEDUP_IDS)
        self._alias = alias
        self._unsaved: list[Record] = []
        self._left_in: str | None = None
        """The broadcast of the last event before it was taken up, "" if that isn't known; None:
        events have come since."""

    @property
    def names(self) -> list[str]:
        """What the room is called besides its web_rid."""
        status = self.status
        return [name for name in (self._alias, status.room_id) if name not in ("", status.web_rid)]

    def begin(self) -> None:
        """Settle that the stream begins an epoch of its own."""
        if self.archive is not None:
            self.archive.begin(self.epoch, self.status.web_rid, self.names)
        self.settled = True

    def take_up(self, past: Past) -> None:
        """Settle that the stream goes on where the archive left its room."""
        self.settled = True
        for msg_id in past.msg_ids:
            self._is_new(msg_id)
        if self.books is not None:
            self.books.take_up(past)
        if past.epoch == self.epoch:
            return  # what was lost is told to who comes from the epoch before
        self.epoch = past.epoch
        self.head = past.head
        self.history.begin_behind(past.head)
        for body in past.losses:
            self.history.append(Entry(Kind.GAP, past.head, "", body, time.monotonic()))
        if past.head:
            self._left_in = _room_id_of(past.last)

    def goes_on(self, room_id: str) -> bool:
        """Tell, once, whether the next event is the first one since the broadcast was left.

        Upstream went on meanwhile, and repeats only some kinds of messages. Of another broadcast
        than the last event's, nobody was in the middle.
        """
        left_in, self._left_in = self._left_in, None
        return left_in is not None and ("" in (left_in, room_id) or left_in == room_id)

    def save(self) -> None:
        """Hand what is new to the archive."""
        if self._unsaved and self.archive is not None:
            self.archive.append(self.epoch, self._unsaved)
            self._unsaved = []

    def extend(self, events: Iterable[Event]) -> list[Entry]:
        """Number, encode and keep events; gives the new ones, duplicates are dropped.

        The relay's own events that come of them are among what it gives.
        """
        at_s = time.monotonic()
        books = self.books
        entries: list[Entry] = []
        for event in events:
            msg_id = event.msg_id
            if not self._is_new(msg_id):
                self.counters.duplicates += 1
                continue
            if books is None:
                entries.append(self._enter(event, at_s))
            else:
                entries.extend([self._enter(each, at_s) for each in books.take(event)])
        if entries and event.method not in OWN_METHODS and type(event) is not SimulatedEvent:
            self.counters.last_event_ms = now_ms()
        return entries

    def adopt(self, frame: KeptFrame) -> list[Entry]:
        """Number and keep an event of another stream; gives nothing where it came here, too.

        The relay's own events that come of it are among what it gives.
        """
        if not self._is_new(frame.msg_id):
            return []
        self.counters.last_event_ms = now_ms()
        event = event_of(frame)
        events = [event] if self.books is None else self.books.take(event)
        at_s = time.monotonic()
        return [self._enter(each, at_s) for each in events]

    def notify(self) -> None:
        """Call the listeners; the hub does when it has published, settled or closed the stream."""
        for listener in list(self.listeners):
            listener()

    def had(self, msg_id: str) -> bool:
        """Tell whether an event came, as far back as duplicates are recognised."""
        return msg_id in self._ids

    def kept_frames(self) -> list[KeptFrame]:
        """Read back the events that history holds."""
        return [_kept_frames.decode(entry.body) for entry in self.history.events_kept()]

    def gap_body(self, reason: str, *, epoch: str | None = None, **details: Any) -> bytes:
        """Write a gap in this stream as JSON; `details` are those of Gap.

        `epoch` is one before the stream's own.
        """
        status = self.status
        gap = Gap(
            room_id=status.room_id,
            web_rid=status.web_rid,
            reason=reason,
            epoch=self.epoch if epoch is None else epoch,
            **details,
        )
        return _body(gap)

    def append_gap(self, reason: str) -> Entry:
        """Note that upstream lost messages after the last event."""
        body = self.gap_body(reason, offset=self.head)
        entry = Entry(Kind.GAP, self.head, "", body, time.monotonic())
        self.history.append(entry)
        if self.archive is not None:
            self._unsaved.append(Record(self.head, now_ms(), "", None, "", body))
        self.counters.upstream_gaps += 1
        return entry

    def _enter(self, event: Event, at_s: float) -> Entry:
        simulated = isinstance(event, SimulatedEvent)
        if not simulated:  # nobody did it: it counts nowhere
            self.snapshot.take(event)
        method, offset, payload = event.method, self.head + 1, event.payload
        frame = EventFrame(
            method,
            event.msg_id,
            event.room_id,
            event.web_rid,
            self.epoch,
            offset,
            event.time,
            msgspec.Raw(event.encoded) if isinstance(event, EncodedEvent) else payload,
            simulated,
        )
        body = _body(frame)
        entry = Entry(_EVENT, offset, method, body, at_s)
        self.head = offset
        self.history.append(entry)
        if self.archive is not None:
            user = _uid_of(payload)
            self._unsaved.append(Record(offset, frame.time, method, user, frame.msg_id, body))
        if simulated:
            return entry
        events = self.counters.events
        if method not in events and len(events) >= MAX_COUNTED_METHODS:
            method = "other"
        events[method] += 1
        return entry

    def _is_new(self, msg_id: str) -> bool:
        """Remember a message; False: it came before."""
        return msg_id in _NO_IDS or self._ids.add(msg_id)

    def _done_upto(self) -> int:
        return 0 if self.archive is None else self.archive.done_upto(self.epoch)


def event_of(frame: KeptFrame) -> Event:
    """Make an event of its frame again; its payload stays JSON where it is none of our types."""
    payload: object = frame.payload
    payload_type = PAYLOAD_TYPES.get(frame.method)
    if payload_type is not None:
        with suppress(msgspec.ValidationError):  # upstream's bytes could not be read
            payload = msgspec.json.decode(frame.payload, type=payload_type)
    made = SimulatedEvent if frame.simulated else Event
    return made(frame.method, frame.msg_id, frame.room_id, frame.web_rid, frame.time, payload)


def read_event(body: bytes) -> Event | None:
    """Read an event that was stored as its frame; None where that can't be read."""
    try:
        return event_of(_kept_frames.decode(body))
    except msgspec.MsgspecError:  # the file is broken, or of another version
        return None


def _body(frame: Gap | EventFrame) -> bytes:
    """Write a frame as JSON, into no more memory than it takes: it is kept.

    The bytes that msgspec's `encode` gives have up to half as much again behind them.
    """
    _encode_into(frame, _written)
    return bytes(_written)


def _room_id_of(body: bytes) -> str:
    """Give the broadcast of an event's frame; "" where that can't be told."""
    try:
        return _kept_frames.decode(body).room_id
    except msgspec.MsgspecError:  # it isn't kept, or the file is broken
        return ""


def _uid_of(payload: object) -> str | None:
    """Give who did it; None: nobody, or nobody who is told apart from others."""
    if isinstance(payload, msgspec.Raw):
        try:
            payload = _kept_payloads.decode(payload)
        except msgspec.ValidationError:  # not one of ours that has a user
            return None
    user = getattr(payload, "user", None)
    if user is None or user.masked or user.uid in ("", "0", MASKED_UID):
        return None
    uid: str = user.uid
    return uid
