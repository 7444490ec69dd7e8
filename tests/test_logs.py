"""What log lines look like, and what they never show."""

import json
import logging
import time
from collections.abc import Iterator

import pytest
import structlog

from relay.logs import LogFormat, Throttle, configure_logs


@pytest.fixture(autouse=True)
def undo_configuration() -> Iterator[None]:
    """Give the root logger back to pytest."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _fail() -> None:
    password_of_the_caller = "hunter2"
    raise ValueError(len(password_of_the_caller))


def test_json_lines_are_one_object_each(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")
    structlog.get_logger("relay").info("房间 live", room="80000000001", token="s3cret")
    logging.getLogger("somebody.else").warning("careful: %s", "it breaks")
    try:
        _fail()
    except ValueError:
        structlog.get_logger("relay").exception("crashed")
        logging.getLogger("somebody.else").exception("crashed too")
    out, err = capsys.readouterr()
    assert out == ""
    ours, theirs, crash, other = (json.loads(line) for line in err.splitlines())
    assert ours["event"] == "房间 live"
    assert (ours["room"], ours["token"], ours["level"]) == ("80000000001", "***", "info")
    assert theirs["event"] == "careful: it breaks"
    assert theirs["level"] == "warning"
    for line in (crash, other):
        assert "ValueError: 7" in line["exception"]


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_tokens_in_texts_of_others_are_masked(
    fmt: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("info", fmt)
    requests = [
        'GET "/ws?room_id=1&token=s3cret" HTTP/1.1',
        "GET /ws?token=s3cret&room_id=1",
        "b'Authorization: Bearer s3cret\\r\\n'",
        "what rly_s3cret-_s3cret is",
    ]
    for request in requests:
        structlog.get_logger("relay").warning("refused", detail=request)
        logging.getLogger("somebody.else").warning("can't read %s", request)
        try:
            raise ValueError(request)
        except ValueError:
            logging.getLogger("somebody.else").exception("crashed")
    text = capsys.readouterr().err
    assert "s3cret" not in text
    assert text.count("***") >= 3 * len(requests)
    if fmt == "json":
        lines = [json.loads(line) for line in text.splitlines()]
        assert lines[0]["detail"] == 'GET "/ws?room_id=1&token=***" HTTP/1.1'
        assert lines[3]["detail"] == "GET /ws?token=***&room_id=1"


def test_console_tracebacks_show_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "console")
    try:
        _fail()
    except ValueError:
        structlog.get_logger("relay").exception("crashed", room="80000000001")
    text = capsys.readouterr().err
    assert "ValueError: 7" in text
    assert "room=80000000001" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_levels(fmt: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning", fmt)
    structlog.get_logger("relay").info("not this")
    logging.getLogger("somebody.else").info("nor this")
    structlog.get_logger("relay").warning("this")
    configure_logs("debug", fmt)
    structlog.get_logger("relay").debug("this too")
    logging.getLogger("somebody.else").info("libraries stay quiet")
    text = capsys.readouterr().err
    assert "this" in text
    assert "this too" in text
    assert "not this" not in text
    assert "nor this" not in text
    assert "quiet" not in text


def test_a_throttle_lets_one_line_through_and_counts_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    throttle = Throttle(interval_s=10)
    assert throttle.admit() == 0
    assert [throttle.admit() for _ in range(3)] == [None, None, None]
    now = 110.0
    assert throttle.admit() == 3
    assert throttle.admit() is None
    now = 120.0
    assert throttle.admit() == 1
