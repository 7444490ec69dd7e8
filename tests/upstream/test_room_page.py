"""What the room page says, in the forms that it comes in."""

import json
from typing import Any

import pytest

from relay.errors import UpstreamError
from relay.upstream.page import read_page
from relay.upstream.status import RoomInfo, Status

ROOM_ID = "7600000000000000001"


def room_info(status: int = 2, **changes: Any) -> dict[str, Any]:
    info = {
        "room": {"id_str": ROOM_ID, "status": status, "title": '直播间 "一"'},
        "roomId": ROOM_ID,
        "web_rid": "650000000001",
        "anchor": {"id_str": "1", "sec_uid": "MS4wLjABxyz", "nickname": "主播"},
    }
    return info | changes


def row(info: object) -> str:
    state = {"state": {"appStore": {}, "roomStore": {"roomInfo": info}}}
    return "c:" + json.dumps(["$", "$L13", None, state], ensure_ascii=False, separators=(",", ":"))


def push(text: str) -> str:
    quoted = json.dumps([1, text], ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f'<script nonce="x">self.__pace_f.push({quoted})</script>'


def page(*texts: str) -> str:
    return "<!DOCTYPE html><html><body>" + "".join(map(push, texts)) + "</body></html>"


def test_the_state_of_a_live_room_is_read() -> None:
    html = page('0:["$","html"]\n', row(room_info()) + "\n")
    assert read_page(html).info == RoomInfo(
        Status.ONLINE,
        web_rid="650000000001",
        room_id=ROOM_ID,
        title='直播间 "一"',
        anchor="主播",
        sec_uid="MS4wLjABxyz",
    )


def test_a_row_may_be_spread_over_pushes() -> None:
    whole = row(room_info())
    assert read_page(page(whole[:100], whole[100:300], whole[300:])).info.status is Status.ONLINE


def test_another_state_before_it_is_passed_over() -> None:
    other = 'a:["$","$L1",null,{"state":{"homeStore":{}}}]\nb:{"state":[1,2\n'
    assert read_page(page(other, row(room_info()))).info.status is Status.ONLINE


@pytest.mark.parametrize(
    ("status", "said"),
    [(1, Status.OFFLINE), (2, Status.ONLINE), (3, Status.ONLINE), (4, Status.OFFLINE)],
)
def test_status_numbers(status: int, said: Status) -> None:
    assert read_page(page(row(room_info(status)))).info.status is said


def test_a_text_with_half_an_emoji_can_still_be_written_as_utf_8() -> None:
    info = read_page(
        page(row(room_info(anchor={"nickname": "主播XX"})).replace("XX", "\\ud83d"))
    ).info
    assert info.anchor == "主播?"


def test_an_anchor_without_a_room_has_never_been_live() -> None:
    assert read_page(page(row(room_info(room={}, roomId="")))).info.status is Status.NO_ROOM


def test_a_status_that_is_not_said_stays_unknown() -> None:
    info = read_page(page(row(room_info(room="$1f")))).info
    # A reference to another row can't be read as a room.
    assert (info.status, info.room_id) == (Status.UNKNOWN, ROOM_ID)
    info = read_page(page(row(room_info(room={"id_str": ROOM_ID})))).info
    assert (info.status, info.room_id) == (Status.UNKNOWN, ROOM_ID)
    info = read_page(page(row(room_info(room={"id_str": "0", "status": 2}, roomId="0")))).info
    assert info.status is Status.UNKNOWN


def test_of_a_new_layout_the_room_id_is_still_taken() -> None:
    html = page('x:{"brandNew":{"roomId":"' + ROOM_ID + '"}}')
    info = read_page(html).info
    assert (info.status, info.room_id, info.cause) == (Status.UNKNOWN, ROOM_ID, "bad_body")


@pytest.mark.parametrize(
    ("html", "cause"),
    [
        ("<html><title>验证码中间页</title></html>", "captcha"),
        ("<html><script>window.byted_acrawler.init()</script></html>", "challenge"),
        ("<html>something else</html>", "bad_body"),
        ("", "bad_body"),
        (page(row("nothing")), "bad_body"),
    ],
)
def test_pages_without_a_state_are_told_apart(html: str, cause: str) -> None:
    with pytest.raises(UpstreamError) as refusal:
        read_page(html)
    assert refusal.value.cause == cause


@pytest.mark.parametrize(
    "html",
    [
        "self.__pace_f.push(" * 100_000,
        'self.__pace_f.push([1,"' + "[" * 500_000,
        page('{"state":' * 50_000),
        page('{"state":' + "[" * 500_000),
        page('{"state":' + '{"roomStore":' * 100_000),
        'roomId":"' * 200_000,
        "roomId\\\\" * 200_000,
    ],
)
def test_a_hostile_page_is_read_in_linear_time(html: str) -> None:
    # Quadratic reading of these would take minutes, which no test is given.
    with pytest.raises(UpstreamError):
        read_page(html)
