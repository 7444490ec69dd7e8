"""Upstream's gift list: what is taken from it, and what is not believed."""

import json
from pathlib import Path
from typing import Any

import pytest

from relay.errors import UpstreamError
from relay.webcast.rest.gifts import MAX_GIFTS, gifts_of_list

HEART: dict[str, Any] = {
    "id": 463,
    "name": "小心心",
    "diamond_count": 1,
    "combo": True,
    "type": 1,
    "image": {"url_list": ["https://p3-webcast.douyinpic.com/a.png"]},
}


def listed(*gifts: Any) -> bytes:
    return json.dumps({"status_code": 0, "data": {"gifts": gifts}}).encode()


@pytest.mark.recorded
def test_the_recorded_list_is_read_whole(recorded: Path) -> None:
    body = (recorded / "rest" / "gift_list_first80.json").read_bytes()
    wanted = json.loads(body)["data"]["gifts"]
    gifts = gifts_of_list(body)
    assert [(gift.id, gift.name, gift.diamonds, gift.combo, gift.type) for gift in gifts] == [
        (str(item["id"]), item["name"], item["diamond_count"], item["combo"], item["type"])
        for item in wanted
    ]
    assert [gift.image for gift in gifts] == [item["image"]["url_list"][0] for item in wanted]
    assert gifts[0].cny == gifts[0].diamonds / 10


def test_what_is_no_gift_costs_only_itself() -> None:
    odd = [None, "gift", {}, {"id": "x", "name": "甲"}, {"id": 5}, {"id": -5, "name": "乙"}]
    assert [gift.id for gift in gifts_of_list(listed(*odd, HEART))] == ["463"]


def test_each_gift_is_there_once_and_they_are_bounded() -> None:
    many = [{"id": number, "name": "甲"} for number in range(1, MAX_GIFTS + 10)]
    assert len(gifts_of_list(listed(*many))) == MAX_GIFTS
    assert len(gifts_of_list(listed(HEART, {**HEART, "name": "乙"}))) == 1


@pytest.mark.parametrize(
    ("fields", "diamonds", "image"),
    [
        ({"diamond_count": -3}, 0, HEART["image"]["url_list"][0]),
        ({"diamond_count": "12"}, 12, HEART["image"]["url_list"][0]),
        ({"image": {"url_list": ["javascript:alert(1)"]}}, 1, ""),
        ({"image": None, "icon": {"url_list": ["https://p11.douyinpic.com/b.png"]}}, 1,
         "https://p11.douyinpic.com/b.png"),
        ({"image": {"url_list": ["https://" + "a" * 2_000]}}, 1, ""),
    ],
)  # fmt: skip
def test_prices_and_pictures_are_made_sense_of(
    fields: dict[str, Any], diamonds: int, image: str
) -> None:
    (gift,) = gifts_of_list(listed({**HEART, **fields}))
    assert (gift.diamonds, gift.image) == (diamonds, image)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"status_code": 0}',
        b'{"status_code": 0, "data": {"gifts": {}}}',
        listed(),
        listed("no gift"),
    ],
)
def test_an_answer_without_gifts_is_an_error(body: bytes) -> None:
    with pytest.raises(UpstreamError) as raised:
        gifts_of_list(body)
    assert raised.value.cause == "bad_body"
