"""What web/enter says; the recorded bodies and the forms that facts name."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import UpstreamError
from relay.upstream.failures import CAUSES
from relay.upstream.status import Status, read_enter

ROOM_ID = "7600000000000000001"


def enter(status_code: int = 0, **data: Any) -> bytes:
    return json.dumps({"status_code": status_code, "data": data, "extra": {"now": 1}}).encode()


@pytest.mark.recorded
def test_recorded_answers(recorded: Path) -> None:
    rest = recorded / "rest"
    live = read_enter((rest / "web_enter_live_2026-04.json").read_bytes())
    wrapped = json.loads((rest / "web_enter_2024-10_wrapped.json").read_bytes())
    older = read_enter(json.dumps(wrapped["data"]).encode())
    offline = read_enter((rest / "enter-offline.json").read_bytes())
    missing = read_enter((rest / "enter-notfound.json").read_bytes())

    assert [i.status for i in (live, older, offline, missing)] == [
        Status.ONLINE, Status.ONLINE, Status.OFFLINE, Status.NOT_FOUND,
    ]  # fmt: skip
    for info in (live, older, offline):
        assert len(info.room_id) == 19
        assert info.title
        assert info.anchor
        assert info.sec_uid
    with pytest.raises(UpstreamError) as refusal:
        read_enter((rest / "user-me-no-cookie.json").read_bytes())
    assert refusal.value.cause == "login_wanted"


@pytest.mark.parametrize(
    ("room", "room_status", "said"),
    [
        ({"id_str": ROOM_ID, "status": 2}, 0, Status.ONLINE),
        ({"id_str": ROOM_ID, "status": 3}, 0, Status.ONLINE),
        ({"id_str": ROOM_ID, "status": 1}, 0, Status.OFFLINE),
        ({"id_str": ROOM_ID, "status": 4}, 2, Status.OFFLINE),
        ({"id_str": ROOM_ID}, 0, Status.ONLINE),
        ({"id_str": ROOM_ID}, 1, Status.ONLINE),
        ({"id_str": ROOM_ID}, 2, Status.OFFLINE),
        ({"id_str": ROOM_ID, "status_str": "2"}, None, Status.ONLINE),
        ({"id_str": ROOM_ID, "status_str": "4"}, None, Status.OFFLINE),
        ({"id_str": ROOM_ID, "status_str": "²"}, None, Status.UNKNOWN),
        ({"id_str": ROOM_ID, "status": 77}, 9, Status.UNKNOWN),
        ({"id_str": "", "status": 2}, 0, Status.UNKNOWN),
    ],
)
def test_status_numbers_of_web_enter(room: object, room_status: int | None, said: Status) -> None:
    assert read_enter(enter(data=[room], room_status=room_status)).status is said


def test_an_account_that_was_never_live() -> None:
    assert read_enter(enter(data=[], room_status=2, user={"nickname": "某"})).status is (
        Status.NO_ROOM
    )
    assert read_enter(enter(data=[])).status is Status.UNKNOWN
    assert read_enter(enter(data=[], room_status=0)).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("room_status", "said"), [(0, Status.ONLINE), (2, Status.OFFLINE), (9, Status.UNKNOWN)]
)
def test_web_enter_may_give_the_broadcast_without_its_room(room_status: int, said: Status) -> None:
    info = read_enter(enter(enter_room_id=ROOM_ID, room_status=room_status))
    assert (info.status, info.room_id) == (said, ROOM_ID)


def test_codes_of_web_enter() -> None:
    over = read_enter(enter(30003, prompts="直播已结束"))
    assert over.status is Status.OFFLINE
    assert "直播已结束" in over.text
    for code, cause in ((10011, "bad_params"), (20003, "login_wanted"), (555, "other_code")):
        with pytest.raises(UpstreamError) as refusal:
            read_enter(enter(code))
        assert refusal.value.cause == cause


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"<!DOCTYPE html><html>", "captcha"),
        (b"  <html>", "captcha"),
        (b"not json", "bad_body"),
        (b"[]", "bad_body"),
        (b'{"status_code": "x"}', "bad_body"),
        (b'{"status_code": 0, "data": ' + b"[" * 200_000, "bad_body"),
        (b"\xff\xfe", "bad_body"),
    ],
)
def test_what_is_no_answer_is_told_apart(body: bytes, cause: str) -> None:
    with pytest.raises(UpstreamError) as refusal:
        read_enter(body)
    assert refusal.value.cause == cause


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["status_code", "data", "room", "id_str", "status", "room_status", "user", "owner"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_any_json_is_an_answer_or_a_known_refusal(document: object) -> None:
    cause, info = "", None
    try:
        info = read_enter(json.dumps(document).encode())
    except UpstreamError as error:
        cause = error.cause
    if info is None:
        assert cause in CAUSES
    else:
        assert info.room_id or info.status is not Status.ONLINE
        assert info.status is not Status.UNKNOWN or info.cause in CAUSES
