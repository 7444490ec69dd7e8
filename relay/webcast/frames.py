"""Reads upstream's frames and writes the two that we send; called by upstream.

A binary WebSocket message is a PushFrame; its payload, once inflated, is a Response, which holds
the messages. An `im/fetch` answer is a bare Response. (Sources: Douyin's transport schema;
saermart PR#165 and xhynice for payloads that come uncompressed or corrupt.)
"""

from dataclasses import dataclass

from google.protobuf.message import DecodeError
from msgspec import Struct

from relay.errors import FrameError
from relay.webcast.inflate import inflate
from relay.webcast.pb import webcast_pb2
from relay.webcast.wire import HARMLESS_BYTES, check_fields

FRAME_CAUSES: tuple[str, ...] = (
    "empty",  # no bytes at all, in the frame or in the payload of a msg frame
    "too_large",  # the frame or body exceeds Limits.max_frame_bytes
    "not_a_frame",  # not a PushFrame
    "unknown_type",  # a PushFrame of no known payload_type: damaged, or new upstream
    "truncated",  # gzip that ends too early
    "inflate",  # corrupt gzip, or a wrong checksum
    "trailing",  # bytes after the end of the gzip
    "inflated_too_large",  # inflates to more than Limits.max_inflated_bytes
    "nested",  # gzipped, or wrapped in PushFrames, more often than is plausible
    "not_a_response",  # the payload, inflated or plain, isn't a Response
    "too_many_messages",  # more than Limits.max_messages
    "too_many_fields",  # hundreds of headers or the like
)
"""Every cause a FrameError of this module can have."""

HEARTBEAT = b":\x02hb"
"""PushFrame{payload_type="hb"}: sent right after connecting, then every 10 s."""


_PAYLOAD_TYPES = frozenset({"msg", "hb", "ack", "close"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one frame may cost. The largest recorded frames stay under a tenth of each."""

    max_frame_bytes: int = 4 * 1024 * 1024
    """Of the frame or body as received."""
    max_inflated_bytes: int = 5 * 1024 * 1024
    """Of the payload after inflating. Parsing hostile envelopes takes 15 ms for each MiB."""
    max_messages: int = 5_000
    """In one Response. What each may hold is decode's to say."""


DEFAULT_LIMITS = Limits()


class Frame(Struct, frozen=True):
    """One frame from upstream."""

    push: webcast_pb2.PushFrame
    payload_type: str
    """`msg`, `hb` (answer to a heartbeat), `close` or `ack`; only `msg` has a response."""
    response: webcast_pb2.Response | None
    """None for every type but `msg`."""

    @property
    def logid(self) -> int:
        """To be echoed in the ack."""
        return self.push.logid

    @property
    def cursor(self) -> str:
        """Header im-cursor; "" when absent."""
        return self._header("im-cursor")

    @property
    def internal_ext(self) -> str:
        """Header im-internal_ext; "" when absent.

        In shared Responses it may be another connection's, so an ack takes the Response's own and
        this only as a fallback.
        """
        return self._header("im-internal_ext")

    def _header(self, key: str) -> str:
        value = ""
        for header in self.push.headers:
            if header.key == key:
                value = header.value
        return value


def read_frame(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Frame:
    """Read one binary WebSocket message. Raises only FrameError, with one of FRAME_CAUSES."""
    _check_size(data, limits)
    push = _parse_push_frame(data)
    payload_type = push.payload_type
    if payload_type not in _PAYLOAD_TYPES:
        # Only now is it worth knowing why.
        check_fields(data, cause="not_a_frame", max_messages=0)
        raise FrameError("unknown_type", f"payload_type {payload_type[:32]!r}")
    response = None
    if payload_type == "msg":
        response = _read_payload(push.payload, limits, may_be_frame=True)
    return Frame(push, payload_type, response)


def read_response(body: bytes, limits: Limits = DEFAULT_LIMITS) -> webcast_pb2.Response:
    """Read an `im/fetch` body: a bare Response, gzipped or not.

    Raises only FrameError, with one of FRAME_CAUSES; `empty` is upstream's way of refusing.
    """
    _check_size(body, limits)
    return _read_payload(body, limits, may_be_frame=False)


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


def _parse_push_frame(data: bytes) -> webcast_pb2.PushFrame:
    if len(data) > HARMLESS_BYTES:
        check_fields(data, cause="not_a_frame", max_messages=0)
    try:
        return webcast_pb2.PushFrame.FromString(data)
    except DecodeError as error:
        check_fields(data, cause="not_a_frame", max_messages=0)
        raise FrameError("not_a_frame", f"{len(data)} bytes are no PushFrame: {error}") from None


def _read_payload(payload: bytes, limits: Limits, *, may_be_frame: bool) -> webcast_pb2.Response:
    # The magic decides, not the compress_type header: uncompressed payloads come with `gzip` in
    # it, and gzipped ones without. A Response can't begin with the magic (1f is an unused wire
    # type).
    inflated = inflate(payload, limits.max_inflated_bytes)
    if not inflated:
        raise FrameError("empty", "a msg frame without payload")
    try:
        return _parse_response(inflated, limits)
    except FrameError as error:
        # What a PushFrame looks like when taken for a Response; a gateway may wrap one in another.
        if error.cause != "not_a_response" or not (inner := _inner_frame(inflated)):
            raise
    if not may_be_frame:
        raise FrameError("nested", "a PushFrame where only a Response can be")
    return _read_payload(inner.payload, limits, may_be_frame=False)


def _parse_response(data: bytes, limits: Limits) -> webcast_pb2.Response:
    if len(data) > HARMLESS_BYTES:
        check_fields(data, cause="not_a_response", max_messages=limits.max_messages)
    try:
        response = webcast_pb2.Response.FromString(data)
    except DecodeError as error:
        check_fields(data, cause="not_a_response", max_messages=limits.max_messages)
        raise FrameError(
            "not_a_response", f"{len(data)} bytes of payload are no Response: {error}"
        ) from None
    if not 0 < len(response.messages) <= limits.max_messages:
        check_fields(data, cause="not_a_response", max_messages=limits.max_messages)
        # Bytes that only happen to be protobuf parse too; they set no field of ours.
        if not response.ListFields():
            raise FrameError("not_a_response", f"{len(data)} bytes of payload hold nothing known")
    return response


def _inner_frame(data: bytes) -> webcast_pb2.PushFrame | None:
    try:
        inner = _parse_push_frame(data)
    except FrameError:
        return None
    return inner if inner.payload_type == "msg" else None
