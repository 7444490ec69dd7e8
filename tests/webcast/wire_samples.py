"""Made-up upstream bytes: messages filled at random by their descriptor, frames around them.

And what they decode to.
"""

import gzip
import random
import struct
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from relay.events import PAYLOAD_TYPES
from relay.webcast.budget import Budget
from relay.webcast.decode import Decoded, decode_message, decode_response
from relay.webcast.pb import webcast_pb2 as pb

_TEXTS = (
    "",
    "来了",
    "你好，主播🌹",
    "plain",
    "0",
    "12",
    "{0:user} 送给 {1}",
    "https://x.invalid/a.png",
)
_INTEGERS = {
    FieldDescriptor.TYPE_INT32: (0, 1, 2, 9, -1, 2**31 - 1, -(2**31)),
    FieldDescriptor.TYPE_INT64: (0, 1, 3, -1, 111111, 2**53 + 1, 2**63 - 1, -(2**63)),
    FieldDescriptor.TYPE_UINT64: (0, 1, 2**53 + 1, 2**64 - 1),
}


def scalar(field: FieldDescriptor, rng: random.Random) -> Any:
    """A value of a field that isn't a message."""
    if field.type == FieldDescriptor.TYPE_STRING:
        return rng.choice(_TEXTS)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return rng.choice((b"", b"\x08\x01", b"\xff\xfe"))
    if field.type == FieldDescriptor.TYPE_BOOL:
        return rng.random() < 0.5
    if field.type == FieldDescriptor.TYPE_FLOAT:
        return struct.unpack("f", struct.pack("f", rng.uniform(-9, 9)))[0]
    return rng.choice(_INTEGERS[field.type])


def fill(message: Any, rng: random.Random, depth: int = 4) -> None:
    """Set about `depth` in 6 of the fields, submessages likewise with one less."""
    descriptor: Descriptor = message.DESCRIPTOR
    for field in descriptor.fields:
        if rng.random() <= depth / 6:
            fill_field(message, field, rng, depth)


def fill_field(message: Any, field: FieldDescriptor, rng: random.Random, depth: int = 1) -> None:
    """Set one field, submessages as `fill` does with one less."""
    target = getattr(message, field.name)
    if field.message_type and field.message_type.GetOptions().map_entry:
        _fill_map(target, field.message_type, rng, depth)
    elif field.is_repeated:
        for _ in range(rng.randint(1, 2)):
            if field.message_type:
                fill(target.add(), rng, depth - 1)
            else:
                target.append(scalar(field, rng))
    elif field.message_type:
        target.SetInParent()
        fill(target, rng, depth - 1)
    else:
        setattr(message, field.name, scalar(field, rng))


def _fill_map(target: Any, entry: Descriptor, rng: random.Random, depth: int) -> None:
    key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
    for _ in range(2):
        if value.message_type:
            fill(target[scalar(key, rng)], rng, depth - 1)
        else:
            target[scalar(key, rng)] = scalar(value, rng)


def random_message(pb_type: type[Message], seed: int) -> Any:
    message = pb_type()
    fill(message, random.Random(f"{pb_type.DESCRIPTOR.name}-{seed}"))
    return message


def envelope(payload: Message, method: str, msg_id: int = 7) -> pb.Message:
    return pb.Message(method=method, payload=payload.SerializeToString(), msg_id=msg_id)


def chat_response(*texts: str) -> pb.Response:
    messages = [
        envelope(pb.ChatMessage(content=text), "WebcastChatMessage", number)
        for number, text in enumerate(texts, start=1)
    ]
    return pb.Response(messages=messages, cursor="c", internal_ext="e", now=5, need_ack=True)


def push_frame(payload: bytes, *, compress_type: str = "gzip", **fields: Any) -> bytes:
    headers = [
        pb.PushFrame.Header(key="compress_type", value=compress_type),
        pb.PushFrame.Header(key="im-cursor", value="header-cursor"),
        pb.PushFrame.Header(key="im-internal_ext", value="header-ext"),
    ]
    fields = {"logid": 2**64 - 1, "payload_type": "msg", "headers": headers} | fields
    return pb.PushFrame(payload=payload, **fields).SerializeToString()


def gzipped(response: pb.Response) -> bytes:
    return gzip.compress(response.SerializeToString(), mtime=0)


def decode(message: pb.Message) -> Decoded:
    """Decode for room 80, broadcast 7001, upstream's clock at 1.7e12."""
    return decode_message(
        message, room_id="7001", web_rid="80", now_ms=1_700_000_000_000, budget=Budget()
    )


def decode_all(response: pb.Response) -> list[Decoded]:
    """The same for the messages of a Response, with our own clock at that time."""
    return decode_response(response, room_id="7001", web_rid="80", now_ms=1_700_000_000_000)


def typed(method: str, message: Any) -> Any:
    """The typed payload that a message decodes to."""
    decoded = decode(envelope(message, method))
    assert decoded.outcome == "typed"
    assert type(decoded.event.payload) is PAYLOAD_TYPES[method]
    return decoded.event.payload


def user(**fields: Any) -> Any:
    """A user as consumers see it, from upstream's fields."""
    return typed("WebcastLikeMessage", pb.LikeMessage(user=pb.User(**fields))).user


def chat(**fields: Any) -> Any:
    """A chat's payload, from upstream's fields."""
    return typed("WebcastChatMessage", pb.ChatMessage(**fields))


def image(url: str) -> pb.Image:
    return pb.Image(url_list=[url])
