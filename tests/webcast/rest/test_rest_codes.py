"""Upstream's refusals in JSON, told apart."""

import json
from pathlib import Path

import pytest

from relay.errors import UpstreamError
from relay.upstream.failures import CAUSES
from relay.webcast.rest.codes import read_answer


def refusal_of(body: bytes) -> UpstreamError:
    with pytest.raises(UpstreamError) as refusal:
        read_answer(body, "reflow/info")
    assert refusal.value.cause in CAUSES
    return refusal.value


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (4001038, "unknown_room"),
        (30003, "room_over"),
        (20003, "login_wanted"),
        (10011, "bad_params"),
        (2483, "login_wanted"),
        (100111, "server_error"),
        (-1, "other_code"),
    ],
)
def test_codes(code: int, cause: str) -> None:
    answer = {"status_code": code, "data": {"message": "no", "prompts": "系统开小差了"}}
    error = refusal_of(json.dumps(answer).encode())
    assert (error.cause, error.upstream_code) == (cause, code)
    assert error.upstream_text == "系统开小差了"
    assert str(code) in str(error)
    assert "reflow/info" in str(error)


def test_words_may_be_elsewhere_and_are_bounded() -> None:
    answer = {"status_code": 5, "status_msg": "忙" * 1000, "data": None}
    assert refusal_of(json.dumps(answer).encode()).upstream_text == "忙" * 200
    assert refusal_of(b'{"status_code":5,"data":{"prompts":7}}').upstream_text == ""


@pytest.mark.recorded
def test_recorded_refusals(recorded: Path) -> None:
    unknown = refusal_of((recorded / "rest" / "enter-notfound.json").read_bytes())
    assert (unknown.cause, unknown.upstream_code) == ("unknown_room", 4001038)
    assert unknown.upstream_text
    login = refusal_of((recorded / "rest" / "user-me-no-cookie.json").read_bytes())
    assert (login.cause, login.upstream_code) == ("login_wanted", 20003)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"[]",
        b"{}",
        b"NaN",
        b"\xff\xfe",
        b'{"status_code":"0"}',
        b'{"status_code":true}',
        b'{"status_code":null}',
        b'{"status_code":0.0}',
        b'{"status_code":0,"data":"\\ud83d"}',
        b'{"status_code":0,"data":' + b"[" * 100_000,
        b'{"status_code":' + b"1" * 5000 + b"}",
        b'{"status_code":0,"data":{"room":',
    ],
)
def test_bodies_that_say_nothing(body: bytes) -> None:
    assert refusal_of(body).cause == "bad_body"
