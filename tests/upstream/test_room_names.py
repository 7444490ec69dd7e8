"""What may be called a room, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import RoomNameError
from relay.upstream.names import NameKind, RoomName, parse_room_name

ROOM_ID = "7600000000000000001"
SEC_UID = "MS4wLjABAAAAmadeup-made_up-madeup_madeup-made"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("650000000001", NameKind.WEB_RID, "650000000001"),
        ("1", NameKind.WEB_RID, "1"),
        ("1234567890123456", NameKind.WEB_RID, "1234567890123456"),
        ("12345678901234567", NameKind.ROOM_ID, "12345678901234567"),
        (ROOM_ID, NameKind.ROOM_ID, ROOM_ID),
        ("yall1102", NameKind.HANDLE, "yall1102"),
        ("a.b-c_D", NameKind.HANDLE, "a.b-c_D"),
        ("https://live.douyin.com/650000000001", NameKind.WEB_RID, "650000000001"),
        ("http://live.douyin.com/650000000001/", NameKind.WEB_RID, "650000000001"),
        ("live.douyin.com/650000000001", NameKind.WEB_RID, "650000000001"),
        ("https://LIVE.douyin.com/yall1102?from=a/b&x=1#top", NameKind.HANDLE, "yall1102"),
        (
            f"https://webcast.amemv.com/douyin/webcast/reflow/{ROOM_ID}?sec_user_id=MS4w&a=b",
            NameKind.ROOM_ID,
            ROOM_ID,
        ),
        (f"https://webcast.amemv.com/webcast/reflow/{ROOM_ID}/", NameKind.ROOM_ID, ROOM_ID),
        (SEC_UID, NameKind.SEC_UID, SEC_UID),
        (f"https://www.douyin.com/user/{SEC_UID}?from_tab_name=live", NameKind.SEC_UID, SEC_UID),
        (f"https://www.douyin.com/user/?sec_uid={SEC_UID}", NameKind.SEC_UID, SEC_UID),
        (f"https://www.iesdouyin.com/share/user/1?sec_uid={SEC_UID}", NameKind.SEC_UID, SEC_UID),
        ("https://www.douyin.com/root/live/650000000001", NameKind.WEB_RID, "650000000001"),
        ("https://www.douyin.com/follow/live/yall1102?a=b", NameKind.HANDLE, "yall1102"),
        ("https://v.douyin.com/iabc123/", NameKind.SHORT_LINK, "v.douyin.com~iabc123"),
        ("v.douyin.com/A-b_9", NameKind.SHORT_LINK, "v.douyin.com~A-b_9"),
        (
            "7.94 复制打开抖音，看看【某人】正在直播！ https://v.douyin.com/iabc123/ F@H.Va :1pm",
            NameKind.SHORT_LINK,
            "v.douyin.com~iabc123",
        ),
        (" 650000000001", NameKind.WEB_RID, "650000000001"),
        ("650000000001\r\n", NameKind.WEB_RID, "650000000001"),
        *(
            (text, NameKind.SHORT_LINK, "v.douyin.com~iabc123")
            for text in (
                "【👨‍👩‍👧小红】正在直播 https://v.douyin.com/iabc123/ 复制",  # joined emoji
                "看\u200bhttps://v.douyin.com/iabc123/",
                "看直播\r\nhttps://v.douyin.com/iabc123/\r\n",
                "看\thttps://v.douyin.com/iabc123/",
                "来看 https://v.douyin.com/iabc123/, 好",
                "来看(https://v.douyin.com/iabc123/)",
                "(https://v.douyin.com/iabc123).",
                "来看 v.douyin.com/iabc123/ 快",
                "http://v.douyin.com/iabc123/ ",
            )
        ),
        (
            "看这里 https://example.org/x https://live.douyin.com/650000000001?a=b 快来",
            NameKind.WEB_RID,
            "650000000001",
        ),
    ],
)
def test_a_room_is_named_by_ids_and_addresses(text: str, kind: NameKind, value: str) -> None:
    assert parse_room_name(text) == RoomName(kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "65 00",
        "６５０００００００００１",  # full-width digits
        "٦٥٠",  # other digits
        "1" * 21,
        "a" * 65,
        ".",
        "..",
        "a\x00b",
        "a;b",
        "a%2Fb",
        "a?b",
        "a#b",
        "a,b",
        "抖音",
        "../webcast",
        "https://live.douyin.com/",
        "https://live.douyin.com",
        "https://live.douyin.com/..",
        "https://live.douyin.com/a/b",
        "https://live.douyin.com/a/b 来看",
        "https://v.douyin.com/a%2Fb/",
        "https://v.douyin.com:8443/iabc123/",
        "https://v.douyin.com.evil.example/iabc123/ 快来",
        "https://www.douyin.com/650000000001",
        "https://www.douyin.com/user/self",
        "v.douyin.com~../x",
        "https://live.douyin.com/650\t001",
        "https://live.douyin.com\\@evil.example/1",
        "https://live.douyin.com:8443/1",
        "https://user@live.douyin.com/1",
        "https://live.douyin.com.evil.example/650000000001",
        "https://evil.example/live.douyin.com/650000000001",
        "https://[::1/650000000001",
        "https://live.douyin.com:port/1",
        "ftp://live.douyin.com/650000000001",
        "javascript://live.douyin.com/650000000001",
        "https://webcast.amemv.com/douyin/webcast/reflow/abc",
        "https://live.douyin.com/６５０",
        "https://live.douyin.com/" + "1" * 600,
    ],
)
def test_what_is_no_name_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(RoomNameError, match="allowed are a web_rid") as refusal:
        parse_room_name(text)
    # It is safe to print and short, whatever came in.
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 800


@given(st.text(max_size=80))
def test_any_text_gives_a_safe_name_or_a_refusal(text: str) -> None:
    try:
        name = parse_room_name(text)
    except RoomNameError:
        return
    assert name.value.isascii()
    assert not set(name.value) & set("/?#%\\:@ ")
    assert name.value.strip(".")
    assert parse_room_name(name.value) == name
