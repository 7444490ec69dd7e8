"""Reads upstream's frames and writes the two that we send; called by transports and simulator.

A binary WebSocket message is a PushFrame; its payload, once inflated, is a Response, which holds
the messages. An `im/fetch` answer is a bare Response. (Sources: Douyin's transport schema;
saermart PR#165 and xhynice for payloads that are not compressed or corrupt.)
"""

from dataclasses import dataclass

from google.protobuf.message import DecodeError

from relay.errors import FrameError
from relay.webcast.inflate import inflate
from relay.webcast.pb import webcast_pb2

FRAME_CAUSES: tuple[str, ...] = (
    "empty",  # no bytes at all
    "too_large",  # the frame or body exceeds Limits.max_frame_bytes
    "not_a_frame",  # not a PushFrame
    "truncated",  # gzip that ends too early
    "inflate",  # corrupt gzip, or a wrong checksum
    "trailing",  # bytes after the end of the gzip
    "inflated_too_large",  # inflates to more than Limits.max_inflated_bytes
    "nested",  # gzipped, or wrapped in PushFrames, more often than is plausible
    "not_a_response",  # the payload isn't a Response
    "too_many_messages",  # more than Limits.max_messages
)
"""Every cause a FrameError of this module can have."""

HEARTBEAT = b":\x02hb"
"""PushFrame{payload_type="hb"}: sent right after connecting, then every 10 s."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one frame may cost. Upstream's largest seen are a small part of these."""

    max_frame_bytes: int = 4 * 1024 * 1024
    """Of the frame or body as received."""
    max_inflated_bytes: int = 16 * 1024 * 1024
    """Of the payload after inflating."""
    max_messages: int = 5_000
    """In one Response."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame from upstream."""

    payload_type: str
    """`msg`, `hb` (answer to a heartbeat), `close` …; only `msg` has a response."""
    logid: int
    """To be echoed in the ack."""
    cursor: str
    """Header im-cursor; "" when absent."""
    internal_ext: str
    """Header im-internal_ext; "" when absent. In shared Responses it may be another
    connection's, so an ack takes the Response's own and this only as a fallback."""
    response: webcast_pb2.Response | None
    """None for every type but `msg`."""


def read_frame(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Frame:
    """Read one binary WebSocket message. Raises only FrameError, with one of FRAME_CAUSES."""
    push = _parse_push_frame(data, limits)
    cursor = internal_ext = ""
    for header in push.headers:
        if header.key == "im-cursor":
            cursor = header.value
        elif header.key == "im-internal_ext":
            internal_ext = header.value
    response = _read_payload(push.payload, limits) if push.payload_type == "msg" else None
    return Frame(push.payload_type, push.logid, cursor, internal_ext, response)


def read_response(body: bytes, limits: Limits = DEFAULT_LIMITS) -> webcast_pb2.Response:
    """Read an `im/fetch` body: a bare Response, gzipped or not.

    Raises only FrameError, with one of FRAME_CAUSES; `empty` is upstream's way of refusing.
    """
    _check_size(body, limits)
    return _read_payload(body, limits)


def ack_frame(logid: int, internal_ext: str) -> bytes:
    """Build the answer to a frame whose Response has `need_ack`: its logid and internal_ext."""
    return webcast_pb2.PushFrame(
        logid=logid, payload_type="ack", payload=internal_ext.encode()
    ).SerializeToString()


def _check_size(data: bytes, limits: Limits) -> None:
    if not data:
        raise FrameError("empty", "no bytes")
    if len(data) > limits.max_frame_bytes:
        raise FrameError(
            "too_large", f"{len(data)} bytes are more than the {limits.max_frame_bytes} allowed"
        )


def _parse_push_frame(data: bytes, limits: Limits) -> webcast_pb2.PushFrame:
    _check_size(data, limits)
    try:
        return webcast_pb2.PushFrame.FromString(data)
    except DecodeError as error:
        raise FrameError("not_a_frame", f"{len(data)} bytes are no PushFrame: {error}") from None


def _read_payload(payload: bytes, limits: Limits) -> webcast_pb2.Response:
    # The magic decides, not the header: frames come uncompressed with `compress_type: gzip`, and
    # gzipped without it. No Response begins with the magic: 1f is field 3 with an end-group mark.
    inflated = inflate(payload, limits.max_inflated_bytes)
    try:
        response = webcast_pb2.Response.FromString(inflated)
    except DecodeError as error:
        raise FrameError(
            "not_a_response", f"{len(inflated)} bytes of payload are no Response: {error}"
        ) from None
    if len(response.messages) > limits.max_messages:
        raise FrameError(
            "too_many_messages",
            f"{len(response.messages)} messages are more than the {limits.max_messages} allowed",
        )
    return response
