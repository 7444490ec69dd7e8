"""Method filters: what users may type, and what they are told when it is wrong."""

import pytest

from relay.errors import FilterError
from relay.events import PAYLOAD_TYPES, SHORT_NAMES, resolve_methods


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("chat", "WebcastChatMessage"),
        ("gift", "WebcastGiftMessage"),
        ("like", "WebcastLikeMessage"),
        ("member", "WebcastMemberMessage"),
        ("social", "WebcastSocialMessage"),
        ("fansclub", "WebcastFansclubMessage"),
        ("emoji", "WebcastEmojiChatMessage"),
        ("stats", "WebcastRoomStatsMessage"),
        ("control", "WebcastControlMessage"),
    ],
)
def test_short_names_stand_for_methods_in_any_case(name: str, method: str) -> None:
    assert resolve_methods([name]) == resolve_methods([f" {name.upper()} "]) == {method}


def test_short_and_long_names_mix_and_repeat() -> None:
    assert resolve_methods(["chat", "WebcastChatMessage", "WebcastGiftMessage"]) == {
        "WebcastChatMessage",
        "WebcastGiftMessage",
    }
    assert resolve_methods([]) == frozenset()


@pytest.mark.parametrize("method", ["WebcastBrandNewMessage", "LinkMicMethod", "WebcastX_1"])
def test_methods_that_the_relay_does_not_know_may_be_asked_for(method: str) -> None:
    assert resolve_methods([method]) == {method}


def test_both_spellings_of_a_method_are_meant() -> None:
    assert resolve_methods(["battle"]) == {"WebcastLinkMicBattleMethod", "WebcastLinkMicBattle"}


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("caht", "'chat'"),
        ("gifts", "'gift'"),
        ("webcastchatmessage", "'WebcastChatMessage'"),
        ("WebcastChatMessage!", "'WebcastChatMessage'"),
        ("ChatMesage", "'WebcastChatMessage'"),
    ],
)
def test_a_mistyped_name_is_refused_with_the_nearest(name: str, suggestion: str) -> None:
    with pytest.raises(FilterError, match="did you mean") as caught:
        resolve_methods(["gift", name])
    assert repr(name) in str(caught.value)
    assert suggestion in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", "*", "qqqq", "弹幕", "9Message", "Webcast" + "x" * 122])
def test_what_resembles_nothing_is_refused_with_what_is_allowed(name: str) -> None:
    with pytest.raises(FilterError, match="WebcastChatMessage") as caught:
        resolve_methods([name])
    assert "chat, " in str(caught.value)
    assert len(str(caught.value)) < 600


def test_every_typed_event_has_a_short_name() -> None:
    named = {method for methods in SHORT_NAMES.values() for method in methods}
    assert named == PAYLOAD_TYPES.keys()
    assert all(resolve_methods([name]) == set(SHORT_NAMES[name]) for name in SHORT_NAMES)
