"""Files: made, gone on with after a crash, refused where they are something else."""

import os
import resource
from pathlib import Path

import pytest

from relay.errors import RecordingError
from relay.recording import Recording, RecordingWriter
from relay.webcast.recording import Record, RecordKind, Room, pack, text_record

ROOM = text_record(RecordKind.ROOM, 2_000, Room("80000000001", "7600000000000000001"))


def frame(time_ms: int, body: bytes = b"frame") -> Record:
    return Record(RecordKind.FRAME, time_ms, body)


def write(path: Path, *records: Record, time_ms: int = 1_000, **header: bool) -> None:
    writer = RecordingWriter(path, time_ms=time_ms, **header)
    writer.write(records)
    writer.close()


def read(path: Path) -> list[Record]:
    return [record for _, record in Recording(path).records()]


def test_a_recording_is_private_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    write(path, ROOM, frame(2_500), frame(3_000))
    assert path.stat().st_mode & 0o777 == 0o600
    header, *rest = read(path)
    assert header.kind == RecordKind.HEADER
    assert rest == [ROOM, frame(2_500), frame(3_000)]
    overview = Recording(path).look_over()
    assert overview.first == overview.last == Room("80000000001", "7600000000000000001")
    assert (overview.begin_ms, overview.length_s, overview.frames) == (1_000, 2.0, 2)
    assert overview.damage == ""


def test_a_second_run_goes_on_behind_the_first(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    write(path, ROOM, frame(3_000))
    first = path.read_bytes()
    write(path, ROOM, frame(9_000), time_ms=8_000)
    assert path.read_bytes().startswith(first)
    kinds = [record.kind for record in read(path)]
    assert kinds == [RecordKind.HEADER, RecordKind.ROOM, RecordKind.FRAME] * 2


def test_recordings_that_are_joined_by_cat_are_one(tmp_path: Path) -> None:
    one, two = tmp_path / "1.webcast", tmp_path / "2.webcast"
    write(one, ROOM, frame(3_000))
    write(two, ROOM, frame(9_000))
    both = tmp_path / "both.webcast"
    both.write_bytes(one.read_bytes() + two.read_bytes())
    assert Recording(both).look_over().frames == 2


def test_after_a_crash_at_any_byte_a_run_goes_on_and_loses_nothing_readable(
    tmp_path: Path,
) -> None:
    whole = tmp_path / "whole.webcast"
    write(whole, ROOM, frame(3_000, os.urandom(40)), frame(3_001, b"second"))
    data = whole.read_bytes()
    path = tmp_path / "cut.webcast"
    for cut in range(1, len(data)):
        path.write_bytes(data[:cut])
        try:
            before = read(path)
            Recording(path).examine()
        except RecordingError:
            assert cut < len(pack(read(whole)[:1]))  # not even a header
            continue
        write(path, frame(9_000, b"after"), time_ms=8_000)
        after = read(path)
        assert after[: len(before)] == before
        assert after[-1] == frame(9_000, b"after")
        assert Recording(path).look_over().damage == ""


def test_a_torn_recording_says_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    write(path, ROOM, frame(3_000), frame(3_001, os.urandom(100)))
    path.write_bytes(path.read_bytes()[:-50])
    overview = Recording(path).look_over()
    assert "ends in the middle" in overview.damage
    assert overview.frames == 1


def test_silence_plays_as_a_minute_at_most_and_no_clock_runs_backwards(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    write(path, ROOM, frame(10_000_000), frame(9_000_000), frame(9_001_000))
    times = [at_s for at_s, _ in Recording(path).records()]
    assert times == [0.0, 1.0, 61.0, 61.0, 62.0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"# a text file\n" * 10, "is no recording"),
        (b"\x1f\x8b", "is no recording"),
        (pack([ROOM]), "doesn't begin with a header"),
    ],
)
def test_a_file_that_is_something_else_is_left_alone(
    content: bytes, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=why):
        RecordingWriter(path, time_ms=1)
    assert path.read_bytes() == content


def test_an_empty_file_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    path.touch()
    write(path, ROOM)
    assert [record.kind for record in read(path)] == [RecordKind.HEADER, RecordKind.ROOM]
    with pytest.raises(RecordingError, match="nothing has been recorded"):
        Recording(path).look_over()


@pytest.mark.parametrize("state", ["scrubbed", "unfinished"])
def test_scrubbed_recordings_are_not_gone_on_with_nor_mixed(state: str, tmp_path: Path) -> None:
    scrubbed, plain = tmp_path / "s.webcast", tmp_path / "p.webcast"
    write(scrubbed, ROOM, **{state: True})
    write(plain, ROOM)
    for again in (True, False):
        with pytest.raises(RecordingError, match="nobody has the key"):
            RecordingWriter(scrubbed, time_ms=1, unfinished=again)
    with pytest.raises(RecordingError, match="not scrubbed"):
        RecordingWriter(plain, time_ms=1, **{state: True})


def test_two_recorders_do_not_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    first = RecordingWriter(path, time_ms=1)
    try:
        with pytest.raises(RecordingError, match="recorded to already"):
            RecordingWriter(path, time_ms=1)
    finally:
        first.close()
    RecordingWriter(path, time_ms=1).close()


@pytest.mark.parametrize("name", ["nowhere/show.webcast", "."])
def test_a_place_that_cannot_be_written_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="can't be written: "):
        RecordingWriter(tmp_path / name, time_ms=1)


def test_a_full_disk_leaves_whole_members_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    writer = RecordingWriter(path, time_ms=1_000)
    writer.write([ROOM, frame(3_000)])
    size = path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, hard))
    try:
        with pytest.raises(RecordingError, match="can't be written"):
            writer.write([frame(4_000, os.urandom(10_000))])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        writer.close()
    assert path.stat().st_size == size
    assert Recording(path).look_over().damage == ""


def test_rewriting_replaces_the_file_at_once_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"

    def fails(_record: Record) -> Record:
        raise RecordingError("no")

    writer = RecordingWriter(path, time_ms=1_000, unfinished=True)
    writer.write([ROOM, frame(3_000)])
    before = path.read_bytes()
    with pytest.raises(RecordingError):
        writer.rewrite(fails)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    header = Recording(path).look_over().header
    assert (header.scrubbed, header.unfinished) == (False, True)

    other = tmp_path / "other.webcast"
    writer = RecordingWriter(other, time_ms=1_000, unfinished=True)
    writer.write([ROOM, frame(3_000)])
    writer.rewrite(lambda record: record._replace(time_ms=record.time_ms + 1))
    first, room, last = read(other)
    assert (first.time_ms, room.time_ms, last.time_ms) == (1_000, 2_001, 3_001)
    header = Recording(other).look_over().header
    assert (header.scrubbed, header.unfinished) == (True, False)
