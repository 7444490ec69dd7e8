"""The format: what is written is read, a file that is cut is read up to there, lies are refused."""

import gzip
import struct
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import RecordingError
from relay.webcast.recording import (
    FORMAT,
    MAX_BODY_BYTES,
    MAX_TEXT_BYTES,
    MAX_TIME_MS,
    VERSION,
    Gap,
    Header,
    Record,
    RecordDecoder,
    RecordKind,
    Room,
    check_header,
    pack,
    read_text,
    text_record,
)

HEADER = text_record(RecordKind.HEADER, 1_000, Header(FORMAT, VERSION))
ROOM = text_record(RecordKind.ROOM, 1_001, Room("80000000001", "7600000000000000001", "点歌"))
FRAMES = [Record(RecordKind.FRAME, 1_002 + n, bytes([n]) * (n * 40)) for n in range(5)]
GAP = text_record(RecordKind.GAP, 1_010, Gap("corrupt_frame"))
BODY = Record(RecordKind.BODY, 1_011, b"body")
END = text_record(RecordKind.END, 1_012)
MEMBERS = [[HEADER], [ROOM, *FRAMES[:2]], [*FRAMES[2:], GAP], [BODY, END]]
RECORDS = [record for member in MEMBERS for record in member]


def read(data: bytes, piece: int = 1 << 16) -> tuple[list[Record], RecordDecoder]:
    decoder = RecordDecoder()
    pieces = (data[at : at + piece] for at in range(0, len(data), piece))
    return [record for part in pieces for record in decoder.feed(part)], decoder


def head(kind: int, time_ms: int, size: int) -> bytes:
    return struct.pack(">BQI", kind, time_ms, size)


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_what_is_written_is_read_however_the_bytes_are_cut(piece: int) -> None:
    data = b"".join(map(pack, MEMBERS))
    records, decoder = read(data, piece)
    assert records == RECORDS
    assert (decoder.sound_bytes, decoder.damage, decoder.is_torn) == (len(data), "", False)


def test_any_gzip_tool_reads_the_layout_that_the_readme_tells() -> None:
    plain = gzip.decompress(b"".join(map(pack, MEMBERS)))
    at, found = 0, []
    while at < len(plain):
        kind, time_ms, size = struct.unpack_from(">BQI", plain, at)
        found.append(Record(kind, time_ms, plain[at + 13 : at + 13 + size]))
        at += 13 + size
    assert found == RECORDS


def test_a_file_cut_at_any_byte_gives_what_came_before() -> None:
    data = b"".join(map(pack, MEMBERS))
    ends = [0]
    for member in MEMBERS:
        ends.append(ends[-1] + len(pack(member)))
    counts = []
    for cut in range(len(data) + 1):
        records, decoder = read(data[:cut])
        assert records == RECORDS[: len(records)]
        assert decoder.damage == ""
        whole = max(n for n, end in enumerate(ends) if end <= cut)
        # All of the whole members, and of the last one what had been written.
        assert decoder.sound_bytes == ends[whole]
        assert decoder.is_torn == (cut not in ends)
        assert len(records) >= sum(map(len, MEMBERS[:whole]))
        counts.append(len(records))
    assert counts == sorted(counts)
    assert counts[-1] == len(RECORDS)


@pytest.mark.parametrize(
    "tail",
    [b"\0" * 100, b"no gzip", gzip.compress(head(3, 1, 9) + b"short"), b"\x1f\x8b\x08\xff" * 9],
    ids=["zeros", "text", "a record without its end", "broken gzip"],
)
def test_nonsense_behind_good_members_costs_only_itself(tail: bytes) -> None:
    good = pack([HEADER, ROOM])
    records, decoder = read(good + tail)
    assert records == [HEADER, ROOM]
    assert decoder.damage
    assert decoder.sound_bytes == len(good)


@pytest.mark.parametrize(
    "lie",
    [
        head(RecordKind.FRAME, 1, MAX_BODY_BYTES + 1),
        head(99, 1, 0xFFFFFFFF),
        head(RecordKind.ROOM, 1, MAX_TEXT_BYTES + 1),
        head(RecordKind.FRAME, MAX_TIME_MS + 1, 0),
    ],
)
def test_records_that_cannot_be_are_not_waited_for(lie: bytes) -> None:
    decoder = RecordDecoder()
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = bomb.compress(lie + bytes(64 << 20)) + bomb.flush()
    assert list(decoder.feed(data)) == []
    assert decoder.damage
    assert len(decoder._plain) <= MAX_BODY_BYTES


def test_kinds_of_later_versions_are_given_to_be_skipped() -> None:
    later = Record(200, 5, b"\xff" * 100_000)
    assert read(pack([HEADER, later]))[0] == [HEADER, later]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (ROOM, "doesn't begin with a header"),
        (text_record(RecordKind.HEADER, 1, Header("other", VERSION)), "'other'"),
        (text_record(RecordKind.HEADER, 1, Header(FORMAT, VERSION + 1)), "version 2"),
        (Record(RecordKind.HEADER, 1, b"[" * 60_000), "can't be read"),
        (Record(RecordKind.HEADER, 1, b'{"format":"\xff"}'), "can't be read"),
        (Record(RecordKind.HEADER, 1, b"{}"), "can't be read"),
    ],
)
def test_a_header_that_we_cannot_go_on_from_is_refused(record: Record, why: str) -> None:
    with pytest.raises(RecordingError, match=why):
        check_header(record)


def test_unknown_keys_are_for_later_versions() -> None:
    record = Record(RecordKind.ROOM, 1, b'{"room_id":"7","colour":{"deep":[1]}}')
    assert read_text(record, Room) == Room(room_id="7")


def _bytes() -> Iterator[st.SearchStrategy[bytes]]:
    yield st.binary(max_size=300)
    yield st.binary(max_size=300).map(gzip.compress)
    yield st.binary(max_size=60).map(lambda tail: pack(RECORDS)[:-9] + tail)


@given(st.one_of(*_bytes()), st.integers(1, 64))
def test_no_bytes_make_reading_fail(data: bytes, piece: int) -> None:
    records, decoder = read(data, piece)
    assert decoder.sound_bytes <= len(data)
    assert all(len(record.body) <= MAX_BODY_BYTES for record in records)
