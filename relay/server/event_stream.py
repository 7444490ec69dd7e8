"""The format of `GET /events`, server-sent events: entries and messages as lines; used by sse.

Every event carries as its `id` what `since` and `Last-Event-ID` take to go on behind it.
"""

import msgspec
from msgspec import Struct, field

from relay.errors import CloseCode
from relay.hub import Entry, Kind, Position, Stream
from relay.server.messages import ServerMessage, Subscribed, encode_message

_EPOCH = b'"epoch":"'
_NAMES = {"error": "problem"}
"""Events that are named otherwise than their `op`: browsers report lost connections as `error`."""


class Close(Struct, tag_field="op", tag="close"):
    """The last frame of a stream that the relay ends."""

    code: CloseCode
    reason: str


class _Envelope(Struct):
    """What is read of a gap, or of an event whose epoch is new to us."""

    epoch: str = ""
    web_rid: str = ""
    last: int | None = field(name="to", default=None)


_close_json = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(_Envelope)


class EventStream:
    """The encoding of clients with one room; keeps nothing, so that all of them share groups."""

    def __init__(self, *, chunked: bool) -> None:
        self._chunked = chunked

    def frame(self, entry: Entry) -> bytes:
        """Give an entry's lines; events have no name, so that `onmessage` gets them."""
        match entry.kind:
            case Kind.EVENT:
                id_ = self.id_behind(_epoch_of(entry.body), entry.offset, entry.body)
                return self.wrap(b"%bdata: %b\n\n" % (id_, entry.body))
            case Kind.GAP:
                gap = _envelopes.decode(entry.body)
                id_ = b""
                if gap.last is not None:
                    id_ = self.id_behind(gap.epoch.encode(), gap.last, entry.body)
                return self.named("gap", entry.body, id_)
            case Kind.ROOM:
                return self.named("room", entry.body)

    def message(self, message: ServerMessage) -> bytes:
        """Give a message's lines."""
        id_ = b""
        if isinstance(message, Subscribed):
            id_ = self.id_behind(message.epoch.encode(), message.offset, b"")
        op = str(type(message).__struct_config__.tag)
        return self.named(_NAMES.get(op, op), encode_message(message), id_)

    def close(self, code: CloseCode, reason: str, retry_ms: int | None) -> bytes:
        """Give the lines that end a stream; `retry_ms` is when a browser shall ask again."""
        retry = b"" if retry_ms is None else b"retry: %d\n" % retry_ms
        return self.named("close", _close_json.encode(Close(code, reason)), retry)

    def named(self, name: str, body: bytes, fields: bytes = b"") -> bytes:
        """Give the lines of an event with a name; `fields` are whole lines before it."""
        return self.wrap(b"%bevent: %b\ndata: %b\n\n" % (fields, name.encode(), body))

    def wrap(self, lines: bytes) -> bytes:
        """Give lines as they are written: a chunk of their own where HTTP wants chunks.

        That way whole batches can be shared, and a stream that is cut differs from one that ends.
        """
        return b"%x\r\n%b\r\n" % (len(lines), lines) if self._chunked else lines

    def id_behind(self, epoch: bytes, offset: int, _body: bytes) -> bytes:
        """Give the line with the position behind an event; "" where it can't be told."""
        return b"id: %b:%d\n" % (epoch, offset)

    def moved(self, old: Stream, new: Stream) -> None:
        """Note that a room's stream has become another one."""


class SeveralRooms(EventStream):
    """The encoding of one client with several rooms: an id tells how far it is in each of them.

    It holds one position a room, in the order in which the request names them, commas between.
    """

    def __init__(self, *, chunked: bool) -> None:
        super().__init__(chunked=chunked)
        self._streams: list[Stream] = []
        self._positions: list[bytes] = []
        self._places: dict[bytes, list[int]] = {}
        """Which rooms an epoch stands for; more than one where a room was named twice."""

    def begin(self, streams: list[Stream], since: list[Position]) -> None:
        """Take the rooms' streams, and the positions asked for, in the order of the request."""
        self._streams = streams
        self._positions = [f"{epoch}:{offset}".encode() for epoch, offset in since] or [
            b"" for _ in streams
        ]
        # The store may have epochs that are none of these streams' any more.
        present = {stream.epoch for stream in streams}
        for place, (epoch, _) in enumerate(since):
            if epoch not in present:
                self._places.setdefault(epoch.encode(), []).append(place)

    def id_behind(self, epoch: bytes, offset: int, body: bytes) -> bytes:
        """Move on in one room, and give the line with the positions in all."""
        places = self._places.get(epoch)
        if places is None:
            places = self._places[epoch] = self._find(epoch, body)
        for place in places:
            self._positions[place] = b"%b:%d" % (epoch, offset)
        # Until every room has told where it begins there is no id yet.
        return b"id: %b\n" % b",".join(self._positions) if all(self._positions) else b""

    def moved(self, old: Stream, new: Stream) -> None:
        """Note that a room's stream has become another one."""
        self._streams = [new if stream is old else stream for stream in self._streams]
        self._places.clear()

    def _find(self, epoch: bytes, body: bytes) -> list[int]:
        """Find rooms by the epoch of their stream, or by web_rid: history may be of older ones."""
        name = epoch.decode()
        found = [i for i, stream in enumerate(self._streams) if stream.epoch == name]
        if not found and body and (web_rid := _envelopes.decode(body).web_rid):
            found = [i for i, s in enumerate(self._streams) if s.status.web_rid == web_rid]
        return found


def _epoch_of(body: bytes) -> bytes:
    # Inside a JSON text the quotes would be escaped, and the envelope comes before the payload.
    start = body.index(_EPOCH) + len(_EPOCH)
    return body[start : body.index(b'"', start)]
