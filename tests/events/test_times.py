"""Times as people write them."""

import time

import pytest

from relay.errors import FilterError
from relay.events.times import read_time


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1700000000000", 1_700_000_000_000),
        (" 1700000000000 ", 1_700_000_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000),
        ("2023-11-15T06:13:20+08:00", 1_700_000_000_000),
        ("2023-11-15T06:13:20 08:00", 1_700_000_000_000),
        ("2023-11-14 22:13:20.250+00:00", 1_700_000_000_250),
    ],
)
def test_times_are_read(text: str, ms: int) -> None:
    assert read_time(text) == ms


def test_without_an_offset_a_time_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert read_time("2023-11-15T06:13:20") == 1_700_000_000_000
        assert read_time("2023-11-15 06:13:20") == 1_700_000_000_000
        assert read_time("2023-11-15") == 1_699_977_600_000
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "text",
    ["", "now", "1700000000", "-1700000000000", "１７００００００００", "9" * 17, "2023-13-01",
     "2023-11-15T25:00", "0001-01-01", "1e12", "nan"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(FilterError, match="is no time"):
        read_time(text)


def test_seconds_are_not_taken_for_milliseconds() -> None:
    with pytest.raises(FilterError, match="in milliseconds"):
        read_time("1700000000")
