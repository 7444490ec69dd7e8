"""Frames: what is read, what is refused and by which cause, whatever the bytes."""

import gzip
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_samples import chat_response, gzipped, push_frame

from relay.errors import FrameError
from relay.webcast import inflate
from relay.webcast.frames import (
    FRAME_CAUSES,
    HEARTBEAT,
    Limits,
    ack_frame,
    read_frame,
    read_response,
)
from relay.webcast.pb import webcast_pb2 as pb

RESPONSE = chat_response("一", "二", "三")
PLAIN = RESPONSE.SerializeToString()
GZIPPED = gzipped(RESPONSE)
OUTCOMES = {"read", *FRAME_CAUSES}


@pytest.fixture(scope="module", autouse=True, params=["zlib", "zlib_ng.zlib_ng"])
def library(request: pytest.FixtureRequest) -> Iterator[None]:
    """What inflates: the standard library, or what the extra `fast` brings."""
    module = pytest.importorskip(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inflate, "fastest", module)
        yield


def refusal(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(FrameError) as caught:
        read_frame(data, limits or Limits())
    assert caught.value.cause in FRAME_CAUSES
    assert str(caught.value)
    return caught.value.cause


def outcome(data: bytes, read: Callable[[bytes], object]) -> str:
    try:
        read(data)
    except FrameError as error:
        return error.cause
    return "read"


def test_a_frame_gives_its_type_logid_headers_and_response() -> None:
    frame = read_frame(push_frame(GZIPPED))
    assert (frame.payload_type, frame.logid) == ("msg", 2**64 - 1)
    assert (frame.cursor, frame.internal_ext) == ("header-cursor", "header-ext")
    assert frame.response == RESPONSE


@pytest.mark.parametrize("payload", [GZIPPED, PLAIN, gzip.compress(GZIPPED, mtime=0)])
@pytest.mark.parametrize("compress_type", ["gzip", "none", ""])
def test_the_payload_is_read_whatever_its_header_says(payload: bytes, compress_type: str) -> None:
    assert read_frame(push_frame(payload, compress_type=compress_type)).response == RESPONSE


def test_a_frame_without_headers_is_read() -> None:
    frame = read_frame(push_frame(GZIPPED, headers=[]))
    assert (frame.cursor, frame.internal_ext, frame.response) == ("", "", RESPONSE)


@pytest.mark.parametrize("payload_type", ["hb", "close", "ack"])
def test_other_types_have_no_response(payload_type: str) -> None:
    frame = read_frame(push_frame(b"not a response", payload_type=payload_type))
    assert (frame.payload_type, frame.response) == (payload_type, None)


def test_our_heartbeat_reads_as_one() -> None:
    assert read_frame(HEARTBEAT).payload_type == "hb"


def test_an_ack_repeats_logid_and_internal_ext() -> None:
    ack = pb.PushFrame.FromString(ack_frame(2**64 - 1, "internal_src:推送"))
    assert (ack.payload_type, ack.logid) == ("ack", 2**64 - 1)
    assert ack.payload.decode() == "internal_src:推送"


def test_zero_padding_after_the_gzip_is_ignored() -> None:
    assert read_frame(push_frame(GZIPPED + bytes(20))).response == RESPONSE


def test_a_frame_in_a_frame_is_read_once() -> None:
    inner = push_frame(GZIPPED)
    assert read_frame(push_frame(inner)).response == RESPONSE
    assert read_frame(push_frame(gzip.compress(inner))).response == RESPONSE
    assert refusal(push_frame(push_frame(inner))) == "nested"


def test_gzip_in_gzip_in_gzip_is_refused() -> None:
    assert refusal(push_frame(gzip.compress(gzip.compress(GZIPPED)))) == "nested"


def corrupt_checksum() -> bytes:
    return GZIPPED[:-8] + bytes([GZIPPED[-8] ^ 1]) + GZIPPED[-7:]


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "empty"),
        (push_frame(b""), "empty"),
        (push_frame(gzip.compress(b"")), "empty"),
        (b"\xff" * 40, "not_a_frame"),
        (b"<html>blocked</html>", "not_a_frame"),
        (push_frame(GZIPPED)[:-3], "not_a_frame"),
        (PLAIN, "not_a_frame"),
        (push_frame(GZIPPED, payload_type=""), "unknown_type"),
        (push_frame(GZIPPED, payload_type="mrg"), "unknown_type"),
        (push_frame(GZIPPED[:-9]), "truncated"),
        (push_frame(GZIPPED[:5]), "truncated"),
        (push_frame(corrupt_checksum()), "inflate"),
        (push_frame(GZIPPED[:12] + b"\xff" * 9 + GZIPPED[21:]), "inflate"),
        (push_frame(GZIPPED + b"more"), "trailing"),
        (push_frame(GZIPPED + GZIPPED), "trailing"),
        (push_frame(PLAIN[:-1]), "not_a_response"),
        (push_frame(b"service unavailable"), "not_a_response"),
        (push_frame(gzip.compress(b"service unavailable")), "not_a_response"),
        # Protobuf, but nothing of a Response in it.
        (push_frame(b"\xa8\x46\x01"), "not_a_response"),
        # Too many headers to be upstream's.
        (b"\x2a\x00" * 1_001, "too_many_fields"),
        (push_frame(b"\x2a\x00" * 1_001), "too_many_fields"),
    ],
)
def test_what_cant_be_read_is_refused_by_cause(data: bytes, cause: str) -> None:
    assert refusal(data) == cause


def test_a_frame_may_be_as_large_as_the_limit_and_no_larger() -> None:
    data = push_frame(GZIPPED)
    assert read_frame(data, Limits(max_frame_bytes=len(data))).response == RESPONSE
    assert refusal(data, Limits(max_frame_bytes=len(data) - 1)) == "too_large"


def test_a_payload_may_inflate_to_the_limit_and_no_further() -> None:
    data = push_frame(GZIPPED)
    assert read_frame(data, Limits(max_inflated_bytes=len(PLAIN))).response == RESPONSE
    assert refusal(data, Limits(max_inflated_bytes=len(PLAIN) - 1)) == "inflated_too_large"


def test_a_gzip_bomb_costs_no_more_than_the_limit() -> None:
    assert refusal(push_frame(gzip.compress(bytes(64 * 1024 * 1024)))) == "inflated_too_large"


def test_a_response_may_hold_as_many_messages_as_the_limit_and_no_more() -> None:
    data = push_frame(GZIPPED)
    assert read_frame(data, Limits(max_messages=3)).response == RESPONSE
    assert refusal(data, Limits(max_messages=2)) == "too_many_messages"


def test_millions_of_empty_messages_are_refused_before_they_are_built() -> None:
    bomb = push_frame(gzip.compress(b"\x0a\x00" * 2_500_000))
    assert refusal(bomb) == "too_many_messages"


@pytest.mark.parametrize("fields", [1_000, 100_000])
def test_fields_without_end_are_refused_in_small_frames_and_in_large_ones(fields: int) -> None:
    message = b"\x0a\x00"
    assert refusal(push_frame(message * (5 * fields + 1))) == "too_many_messages"
    assert refusal(push_frame(b"\x2a\x00" * (fields + 1))) == "too_many_fields"
    assert refusal(b"\x2a\x00" * (fields + 1)) == "too_many_fields"


def test_a_huge_message_is_not_the_frames_fault() -> None:
    response = chat_response("一", "x" * 3_000_000, "三")
    assert read_frame(push_frame(gzipped(response))).response == response


@pytest.mark.parametrize("body", [PLAIN, GZIPPED])
def test_a_polled_body_is_a_bare_response(body: bytes) -> None:
    assert read_response(body) == RESPONSE


@pytest.mark.parametrize(
    ("body", "cause"),
    [(b"", "empty"), (b"{}", "not_a_response"), (push_frame(GZIPPED), "nested")],
)
def test_what_is_no_polled_body_is_refused_by_cause(body: bytes, cause: str) -> None:
    with pytest.raises(FrameError) as caught:
        read_response(body)
    assert caught.value.cause == cause


@given(st.binary(max_size=400))
def test_random_bytes_give_a_frame_or_a_frame_error(data: bytes) -> None:
    assert outcome(data, read_frame) in OUTCOMES
    assert outcome(data, read_response) in OUTCOMES


@settings(max_examples=300)
@given(st.data())
def test_damaged_frames_give_a_frame_or_a_frame_error(data: st.DataObject) -> None:
    whole = push_frame(
        data.draw(st.sampled_from([GZIPPED, PLAIN, gzip.compress(GZIPPED, mtime=0)]))
    )
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(1, len(damaged))) :]
    assert outcome(bytes(damaged), read_frame) in OUTCOMES
