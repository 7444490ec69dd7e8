"""Gifts: numbers, prices, combos, receivers."""

from typing import Any

import pytest
from wire_samples import decode, envelope, typed

from relay.events import GiftPayload
from relay.webcast.pb import webcast_pb2 as pb


def gift(**fields: Any) -> GiftPayload:
    payload = typed("WebcastGiftMessage", pb.GiftMessage(**fields))
    assert isinstance(payload, GiftPayload)
    return payload


HEART = pb.GiftStruct(id=463, name="小心心", diamond_count=2, combo=True, type=1)


def test_a_gift_tells_its_price_and_number() -> None:
    payload = gift(gift_id=463, gift=HEART, combo_count=5, group_count=1, repeat_count=5)
    assert payload.content == "送出了 小心心 x5"
    assert (payload.gift_id, payload.name, payload.count) == ("463", "小心心", 5)
    assert (payload.diamond_each, payload.diamond_total) == (2, 10)
    assert (payload.combo, payload.repeat_end, payload.gift_type) == (True, False, 1)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"combo_count": 3, "group_count": 66, "total_count": 198, "repeat_count": 198}, 198),
        ({"combo_count": 3, "group_count": 66}, 198),
        ({"combo_count": 3}, 3),
        ({"repeat_count": 7}, 7),
        ({}, 1),
    ],
)
def test_sets_of_gifts_are_multiplied_out(fields: dict[str, int], count: int) -> None:
    assert gift(gift=HEART, **fields).count == count


def test_the_twin_that_closes_a_combo_is_marked() -> None:
    steps = [gift(gift=HEART, combo_count=n, group_count=1, group_id=9) for n in (1, 2, 5, 8)]
    twin = gift(gift=HEART, combo_count=8, group_count=1, group_id=9, repeat_end=1)
    assert twin.repeat_end
    assert not any(step.repeat_end for step in steps)
    # As documented: the highest of a group is its number of gifts, twin or no twin.
    assert max(p.count for p in [*steps, twin]) == max(p.count for p in steps) == 8


def test_a_gift_to_a_guest_names_the_guest() -> None:
    assert gift(gift=HEART).to_user is None
    payload = gift(gift=HEART, to_user=pb.User(id=5, nickname="嘉宾"), to_user_ids=[2**60, 6])
    assert payload.to_user is not None
    assert payload.to_user.nickname == "嘉宾"
    assert payload.to_uids == (str(2**60), "6")


def test_a_gift_of_unknown_kind_is_still_told() -> None:
    payload = gift(gift_id=2**60, send_time=1_700_000_000_123)
    assert (payload.gift_id, payload.content) == (str(2**60), "送出了 礼物 x1")
    assert payload.send_time_ms == 1_700_000_000_123


def test_a_binding_gift_is_the_gift_that_it_wraps() -> None:
    inner = pb.GiftMessage(common=pb.Common(room_id=5), gift=HEART, gift_id=463, combo_count=2)
    # Its common is field 2, and may be left out for the inner one.
    message = pb.BindingGiftMessage(msg=inner, common=pb.Common(room_id=6, create_time=17))
    decoded = decode(envelope(message, "WebcastBindingGiftMessage"))
    assert decoded.event.time == 17
    assert decoded.event.payload.room_id == "6"
    assert decoded.event.payload.content == "送出了 小心心 x2"
    bare = typed("WebcastBindingGiftMessage", pb.BindingGiftMessage(msg=inner))
    assert (bare.room_id, bare.gift_id) == ("5", "463")


def test_a_light_gift_has_no_sender_of_its_own() -> None:
    message = pb.LightGiftMessage(gift_struct=HEART, combo_count=2, group_count=3, to_user_id=8)
    payload = typed("WebcastLightGiftMessage", message)
    assert (payload.user, payload.to_uid, payload.count) == (None, "8", 6)
    assert payload.content == "送出了 小心心 x6"
    assert payload.diamond_total == 12
