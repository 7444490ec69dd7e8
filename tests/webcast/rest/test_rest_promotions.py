"""Goods, by upstream's list and by the room's events."""

import json
from typing import Any

import msgspec
import pytest
from serving import make_payload

from relay.errors import UpstreamError
from relay.events import LiveShoppingPayload, ProductChangePayload
from relay.webcast.rest.promotions import (
    PromotionsDocument,
    promotions_from_events,
    promotions_from_pop,
)


def pop(promotions: Any, **more: Any) -> bytes:
    return json.dumps({"promotions": promotions, "status_code": 0, **more}).encode()


def test_a_product_of_today_as_the_seeds_had_it() -> None:
    shaped = promotions_from_pop(
        pop(
            [
                {
                    "promotion_id": 3_436_129_527_946_972_390,
                    "product_id": "3436129527946972391",
                    "title": "牛仔裤",
                    "min_price": 5990,
                    "max_price": 99_900,
                    "cover": {"url_list": ["https://p.invalid/c.webp"]},
                    "real_index": 7,
                    "shop_id": "9007199254740993",
                    "in_stock": 1,
                    "new": [1],
                },
                {"title": "袜子", "min_price": 100},
            ]
        )
    )
    document = msgspec.convert(shaped.document, PromotionsDocument)
    jeans, socks = document.promotions
    assert (jeans.promotion_id, jeans.product_id) == ("3436129527946972390", "3436129527946972391")
    assert (jeans.min_price, jeans.price, socks.price) == (5990, 99_900, 100)
    assert jeans.cover == "https://p.invalid/c.webp"
    assert (jeans.index, socks.index) == (7, 2)
    assert (jeans.shop_id, jeans.shop_id_str) == (9007199254740993, "9007199254740993")
    assert (jeans.in_stock, socks.in_stock) == (True, False)
    assert shaped.document["promotions"][0]["new"] == [1]
    assert (document.total, document.has_more, document.partial) == (2, False, False)
    assert (document.expire_time, document.min_refresh_gap, document.top_limit) == (
        300_000,
        10_000,
        100,
    )
    assert {"current_promotion_id", "promotions[].platform", "promotions[].extra"} <= set(
        shaped.missing
    )
    assert not {"promotions[].price", "promotions[].index", "entries"} & set(shaped.missing)


def test_a_list_inside_data() -> None:
    body = json.dumps({"status_code": 0, "data": {"promotions": [{"title": "袜子"}], "total": 9}})
    shaped = promotions_from_pop(body.encode())
    assert shaped.document["promotions"][0]["title"] == "袜子"
    assert shaped.document["total"] == 9


def test_no_goods() -> None:
    for nothing in (None, []):
        shaped = promotions_from_pop(pop(nothing))
        assert (shaped.document["promotions"], shaped.document["total"]) == ([], 0)


def test_a_list_that_is_too_long_is_cut() -> None:
    shaped = promotions_from_pop(pop([{"title": "袜子"}] * 201))
    assert (len(shaped.document["promotions"]), shaped.document["total"]) == (200, 201)
    assert "promotions[]" in shaped.missing


@pytest.mark.parametrize("body", [pop("x"), pop({}), b'{"status_code":0}'])
def test_an_answer_without_a_list(body: bytes) -> None:
    with pytest.raises(UpstreamError) as refusal:
        promotions_from_pop(body)
    assert refusal.value.cause == "bad_body"


def test_what_the_events_tell() -> None:
    shopping = make_payload(
        LiveShoppingPayload, promotion_id="3436129527946972391", promotions_num=30, sold_out=True
    )
    change = make_payload(ProductChangePayload, total=31)
    shaped = promotions_from_events(
        shopping, change, ["3436129527946972390", "3436129527946972391"]
    )
    document = msgspec.convert(shaped.document, PromotionsDocument)
    assert document.partial
    assert document.current_promotion_id == "3436129527946972391"
    assert [one.promotion_id for one in document.promotions] == [
        "3436129527946972390",
        "3436129527946972391",
    ]
    assert [one.index for one in document.promotions] == [1, 2]
    assert (document.total, document.has_more) == (31, False)
    assert {"promotions[].title", "promotions[].price", "promotions[].in_stock"} <= set(
        shaped.missing
    )


def test_events_that_tell_nothing_of_a_product() -> None:
    shaped = promotions_from_events(None, make_payload(ProductChangePayload, total=4), [])
    assert (shaped.document["promotions"], shaped.document["total"]) == ([], 4)
    assert "current_promotion_id" in shaped.missing
    assert promotions_from_events(None, None, ["5"]).document["total"] == 1
