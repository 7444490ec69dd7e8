"""Reads a stream's history as the messages of /chat, each encoded once; used by polled and chat.

What is no longer in memory is read by past_messages.
"""

import time
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from relay.events import PAYLOAD_TYPES, Event, SimulatedEvent, resolve_methods
from relay.hub import Entry, Filter, Kind, Position, Stream
from relay.hub.stream import KeptFrame
from relay.webcast.rest.chat import item_of, message_of

Format = Literal["v2021", "v2020"]

SERVED = Filter.of(
    resolve_methods(
        ("chat", "emoji", "screen_chat", "privilege_chat", "gift", "like", "member", "social",
         "fansclub")
    )
)  # fmt: skip
"""What people write and do."""
IGNORES = sorted({method for method in PAYLOAD_TYPES if not SERVED.admits(method)})
"""Known methods that /chat leaves out."""
MAX_PAGE_BYTES = 1024 * 1024
"""What one answer holds of messages at most, or one message; the rest comes with the next."""
MAX_ENCODED_BYTES = 1024 * 1024
"""What is kept encoded of one stream; past it those go that were encoded first."""

_READ_ENTRIES = 500
_frames = msgspec.json.Decoder(KeptFrame)
_payloads = {method: msgspec.json.Decoder(PAYLOAD_TYPES[method]) for method in SERVED.methods}
_json = msgspec.json.Encoder()


class Gap(Struct):
    """What of a `gap` frame has to be known."""

    reason: str
    offset: int | None = None
    """None: it is no loss of upstream's."""


_gaps = msgspec.json.Decoder(Gap)


class Page(NamedTuple):
    """What one answer holds of a stream."""

    messages: list[bytes]
    """Encoded, in order."""
    cursor: Position
    """Where to go on."""
    gap: str
    """Why events before or among these are missing; "": none are."""
    is_full: bool
    """Whether more may follow at once."""


class Messages:
    """The messages of one stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._encoded: dict[tuple[Format, int], bytes] = {}
        self._encoded_bytes = 0

    def has_all_behind(self, position: Position) -> bool:
        """Tell whether what follows a position is in memory, or nowhere."""
        stream = self._stream
        if stream.archive is None:
            return True
        stream.history.expire(time.monotonic())
        is_here = position.epoch == stream.epoch
        return is_here and not stream.history.last_lost(position.offset, SERVED.admits)

    def newest(self, limit: int, form: Format) -> Page:
        """Give the newest `limit` messages; the cursor is behind all there is."""
        stream = self._stream
        stream.history.expire(time.monotonic())
        found: list[bytes] = []
        size = 0
        for entry in reversed(stream.history.events_kept()):
            message = self._message(entry, form)
            if message is None:
                continue
            size += len(message)
            if len(found) == limit or (found and size > MAX_PAGE_BYTES):
                break
            found.append(message)
        return Page(found[::-1], Position(stream.epoch, stream.head), "", False)

    def behind(self, position: Position, limit: int, form: Format) -> Page:
        """Give what follows a position, oldest first, at most `limit` messages.

        A loss of upstream's is told with the event behind it, so once only.
        """
        stream, history = self._stream, self._stream.history
        history.expire(time.monotonic())
        at, gap = position.offset, ""
        if position.epoch != stream.epoch:
            at, gap = history.gone, "epoch"
        elif position.offset > stream.head:
            at, gap = stream.head, "ahead"
        elif history.last_lost(at, SERVED.admits):
            gap = "history"
        at = max(at, history.gone)
        found: list[bytes] = []
        size = 0
        lost = ""  # upstream's loss, just before the next event
        sequence = max(history.after(at), history.first)
        while entries := history.read(sequence, _READ_ENTRIES, MAX_PAGE_BYTES):
            sequence += len(entries)
            for entry in entries:
                if entry.kind is Kind.GAP:
                    lost = read_gap(entry.body).reason
                    continue
                message = self._message(entry, form)
                if message is not None:
                    size += len(message)
                    if found and size > MAX_PAGE_BYTES:
                        return Page(found, Position(stream.epoch, at), gap, True)
                    found.append(message)
                elif SERVED.admits(entry.method):
                    lost = "undecodable"
                at, gap, lost = entry.offset, gap or lost, ""
                if len(found) == limit:
                    return Page(found, Position(stream.epoch, at), gap, True)
        return Page(found, Position(stream.epoch, at), gap, False)

    def _message(self, entry: Entry, form: Format) -> bytes | None:
        """Give an event as it is served; None where it isn't, or can't be read."""
        if not SERVED.admits(entry.method):
            return None
        key = (form, entry.offset)
        message = self._encoded.get(key)
        if message is not None:
            return message
        message = encode(entry.body, form)
        if message is not None:
            self._encoded[key] = message
            self._encoded_bytes += len(message)
        while self._encoded_bytes > MAX_ENCODED_BYTES:
            self._encoded_bytes -= len(self._encoded.pop(next(iter(self._encoded))))
        return message


def read_gap(body: bytes) -> Gap:
    """Read a `gap` frame of the hub's."""
    return _gaps.decode(body)


def encode(body: bytes, form: Format) -> bytes | None:
    """Give a served event's frame as it is served; None where it can't be read."""
    try:
        frame = _frames.decode(body)
        decoder = _payloads[frame.method]
    except (msgspec.DecodeError, KeyError):
        return None  # the store's file is broken
    try:
        payload = decoder.decode(frame.payload)
    except msgspec.ValidationError:
        payload = None  # upstream's bytes could not be read: it is not known who did what
    made = SimulatedEvent if frame.simulated else Event
    event = made(frame.method, frame.msg_id, frame.room_id, frame.web_rid, frame.time, payload)
    served = message_of(event, frame.offset) if form == "v2021" else item_of(event)
    return None if served is None else _json.encode(served)
