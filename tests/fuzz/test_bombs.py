"""Small bytes that stand for large ones: refused before they are large."""

import gzip
import tracemalloc
import zlib

import pytest

from relay.errors import FrameError
from relay.server.messages import RequestError, read_message
from relay.webcast.frames import DEFAULT_LIMITS, read_frame, read_response
from relay.webcast.pb import webcast_pb2 as pb


def bomb(mebibytes: int) -> bytes:
    """The beginning of a gzip of zeros, as long as one looks at no more than it holds."""
    member = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = member.compress(bytes(1 << 20)) + member.flush(zlib.Z_FULL_FLUSH)
    piece = member.compress(bytes(1 << 20)) + member.flush(zlib.Z_FULL_FLUSH)
    return head + piece * (mebibytes - 1)


def framed(payload: bytes) -> bytes:
    return pb.PushFrame(logid=1, payload_type="msg", payload=payload).SerializeToString()


def refused(data: bytes) -> tuple[str, int]:
    """Give why a frame is refused, and the bytes held at most meanwhile."""
    tracemalloc.start()
    try:
        with pytest.raises(FrameError) as caught:
            read_frame(data)
        return caught.value.cause, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_gzip_bomb_is_not_inflated() -> None:
    data = framed(bomb(1024))
    cause, peak_bytes = refused(data)
    assert cause == "inflated_too_large"
    assert peak_bytes < 2 * DEFAULT_LIMITS.max_inflated_bytes + len(data)
    with pytest.raises(FrameError, match="inflates to more than"):
        read_response(bomb(64))


def test_bombs_in_bombs_and_frames_in_frames() -> None:
    assert refused(framed(gzip.compress(bomb(64))))[0] == "inflated_too_large"
    assert refused(framed(gzip.compress(gzip.compress(gzip.compress(b"x")))))[0] == "nested"
    wrapped = framed(b"")
    for _ in range(50):
        wrapped = framed(wrapped)
    assert refused(wrapped)[0] in ("nested", "not_a_response")


def test_many_messages_in_few_bytes() -> None:
    empty = pb.Response(messages=[pb.Message()] * (DEFAULT_LIMITS.max_messages + 1))
    assert refused(framed(gzip.compress(empty.SerializeToString())))[0] == "too_many_messages"
    headers = b"\x2a\x00" * 500_000
    assert refused(headers)[0] in ("too_many_fields", "not_a_frame", "unknown_type")


@pytest.mark.parametrize("text", ["[" * 16_000, '{"op":' * 2_500, '{"id":' + "[" * 15_000])
def test_nesting_bombs_of_clients(text: str) -> None:
    with pytest.raises(RequestError):
        read_message(text)
