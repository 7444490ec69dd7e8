"""Payloads as a contract: which there are, that every field is documented, how they travel."""

import ast
import inspect

import msgspec
import pytest

import relay.events
from relay.events import PAYLOAD_TYPES, Event, FansclubPayload, LikePayload, Payload, User

STRUCTS = [
    value
    for name in relay.events.__all__
    if inspect.isclass(value := getattr(relay.events, name)) and issubclass(value, msgspec.Struct)
]


@pytest.mark.parametrize(
    "method",
    [
        "ChatMessage",
        "GiftMessage",
        "LikeMessage",
        "MemberMessage",
        "SocialMessage",
        "FansclubMessage",
        "EmojiChatMessage",
        "RoomUserSeqMessage",
        "RoomStatsMessage",
        "RoomRankMessage",
        "ControlMessage",
        "RoomMessage",
        "ScreenChatMessage",
        "PrivilegeScreenChatMessage",
        "LightGiftMessage",
        "BindingGiftMessage",
        "LiveShoppingMessage",
        "ProductChangeMessage",
        "LuckyBoxMessage",
        "LinkMicBattleMethod",
        "LinkMicBattleFinishMethod",
        "LinkMicArmiesMethod",
        "UpdateFanTicketMessage",
        "RoomNotifyMessage",
        "InRoomBannerMessage",
    ],
)
def test_the_promised_methods_have_typed_payloads(method: str) -> None:
    payload_type = PAYLOAD_TYPES[f"Webcast{method}"]
    assert issubclass(payload_type, Payload)
    assert payload_type.__struct_fields__[:3] == ("room_id", "content", "user")


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_struct_and_field_is_documented(struct: type) -> None:
    tree = ast.parse(inspect.getsource(struct)).body[0]
    assert isinstance(tree, ast.ClassDef)
    assert ast.get_docstring(tree)
    for statement, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        if not isinstance(statement, ast.AnnAssign):
            continue
        assert isinstance(following, ast.Expr), ast.unparse(statement)
        assert isinstance(following.value, ast.Constant), ast.unparse(statement)
        assert isinstance(following.value.value, str), ast.unparse(statement)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_events_cant_be_changed_by_one_consumer_under_another(struct: type) -> None:
    assert struct.__struct_config__.frozen  # type: ignore[attr-defined]


def test_a_user_begins_as_the_seeds_show() -> None:
    assert User.__struct_fields__[:5] == ("uid", "nickname", "avatar", "unique_id", "sec_uid")


def test_an_event_travels_as_json_and_comes_back() -> None:
    payload = LikePayload("7001", "点赞", None, 2, 123_456)
    event = Event("WebcastLikeMessage", "9007199254740993", "7001", "80", 5, payload)
    data = msgspec.json.encode(event)
    assert data.decode() == (
        '{"method":"WebcastLikeMessage","msg_id":"9007199254740993","room_id":"7001",'
        '"web_rid":"80","time":5,"payload":{"room_id":"7001","content":"点赞","user":null,'
        '"count":2,"total":123456}}'
    )
    back = msgspec.json.decode(data, type=Event)
    assert msgspec.convert(back.payload, PAYLOAD_TYPES[back.method]) == payload


def test_a_payload_of_another_shape_is_not_taken_for_one() -> None:
    with pytest.raises(msgspec.ValidationError, match="action"):
        msgspec.convert({"room_id": "1", "content": "", "user": None}, FansclubPayload)
