"""Makes the people of a recording unrecognisable, a record at a time; called by room/recorder.

Only what is known to be harmless is kept (see fields): all that the schema doesn't have is left
out, and so are messages of unknown methods and frames that can't be read. What is left out is
counted.
"""

from collections import Counter

from google.protobuf.message import DecodeError, Message
from msgspec.structs import replace

from relay.errors import FrameError
from relay.recording.messages import MessageScrubber
from relay.recording.pseudonyms import Pseudonyms
from relay.webcast.budget import MAX_PAYLOAD_BYTES
from relay.webcast.frames import DEFAULT_LIMITS, read_frame, read_response
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb
from relay.webcast.recording import Record, RecordKind, Room, read_text, text_record


class Scrubber:
    """Renames the people of one recording; the key for that goes with this object."""

    def __init__(self) -> None:
        self.dropped_messages: Counter[str] = Counter()
        """By method, which is upstream's word; those in frames that were `too large` once they
        were rewritten; `unreadable` for whole frames."""
        self._names = Pseudonyms()
        self._messages = MessageScrubber(self._names)

    @property
    def dropped_fields(self) -> Counter[str]:
        """What was left out of messages, by the field's full name."""
        return self._messages.dropped

    @property
    def forgotten_names(self) -> int:
        """Names that were too many to be looked for in texts."""
        return self._names.forgotten

    def scrub(self, record: Record) -> Record | None:
        """Rewrite a record; None where nothing of it may be kept."""
        match record.kind:
            case RecordKind.FRAME | RecordKind.BODY:
                response = self._read(record)
                if response is None:
                    return None
                kept = pb.Response(
                    messages=[new for old in response.messages if (new := self._message(old))],
                    now=response.now,
                )
                return self._with_response(record, kept) if kept.ListFields() else None
            case RecordKind.ROOM:
                return self._room(record)
            case RecordKind.HEADER | RecordKind.GAP | RecordKind.END:
                return record
        return None

    def look_again(self, record: Record) -> Record | None:
        """Replace names in a rewritten record that have been met only after it; as `scrub`."""
        if record.kind == RecordKind.ROOM:
            room = read_text(record, Room)
            return _with_text(record, replace(room, title=self._names.in_text(room.title)))
        if record.kind not in (RecordKind.FRAME, RecordKind.BODY):
            return record
        response = self._read(record)
        if response is None:
            return None
        for message in response.messages:
            parsed = METHODS[message.method].FromString(message.payload)
            self._messages.look_again(parsed)
            message.payload = parsed.SerializeToString()
        return self._with_response(record, response)

    def _read(self, record: Record) -> pb.Response | None:
        try:
            if record.kind == RecordKind.FRAME:
                return read_frame(record.body).response
            return read_response(record.body)
        except FrameError:
            self.dropped_messages["unreadable"] += 1
            return None

    def _message(self, message: pb.Message) -> pb.Message | None:
        parsed = _parse(message)
        if parsed is None:
            self.dropped_messages[message.method[:100]] += 1
            return None
        self._messages.scrub(parsed)
        return pb.Message(
            method=message.method,
            msg_id=self._names.thing_number(message.msg_id),
            msg_type=message.msg_type,
            payload=parsed.SerializeToString(),
        )

    def _with_response(self, record: Record, response: pb.Response) -> Record | None:
        body = response.SerializeToString()
        if record.kind == RecordKind.FRAME:
            frame = pb.PushFrame(payload_encoding="pb", payload_type="msg", payload=body)
            body = frame.SerializeToString()
        # It was compressed, perhaps, and names may have become longer.
        if len(body) > DEFAULT_LIMITS.max_frame_bytes:
            self.dropped_messages["too large"] += len(response.messages)
            return None
        return Record(record.kind, record.time_ms, body)

    def _room(self, record: Record) -> Record:
        room = read_text(record, Room)
        names = self._names
        # The anchor's name first: the title may have it.
        anchor = names.nickname(room.anchor)
        return _with_text(
            record,
            Room(
                web_rid=names.web_rid(room.web_rid),
                room_id=names.room_id(room.room_id),
                title=names.in_text(room.title),
                anchor=anchor,
                transport=room.transport,
            ),
        )


def _parse(message: pb.Message) -> Message | None:
    kind = METHODS.get(message.method)
    if kind is None or len(message.payload) > MAX_PAYLOAD_BYTES:
        return None
    try:
        return kind.FromString(message.payload)
    except DecodeError:
        return None


def _with_text(record: Record, room: Room) -> Record:
    return text_record(RecordKind.ROOM, record.time_ms, room)
