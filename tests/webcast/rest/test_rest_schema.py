"""The documents describe themselves: OpenAPI is generated from the structs."""

from typing import Any

import msgspec
import pytest

from relay.webcast.rest.audience import AudienceDocument
from relay.webcast.rest.chat import ChatDocument, ChatItem
from relay.webcast.rest.documents import FeedDocument, InfoDocument
from relay.webcast.rest.promotions import PromotionsDocument
from relay.webcast.rest.status import StatusDocument

DOCUMENTS = (
    InfoDocument,
    FeedDocument,
    AudienceDocument,
    PromotionsDocument,
    StatusDocument,
    ChatDocument,
    ChatItem,
)


@pytest.fixture(scope="module")
def components() -> dict[str, Any]:
    _, components = msgspec.json.schema_components(
        DOCUMENTS, ref_template="#/components/schemas/{name}"
    )
    return components


def test_every_object_says_what_it_is(components: dict[str, Any]) -> None:
    assert {document.__name__ for document in DOCUMENTS} <= set(components)
    assert [name for name, schema in components.items() if not schema.get("description")] == []
    # One word each: two structs of the same name would be told apart by their modules.
    assert [name for name in components if "." in name or "_" in name] == []


def test_every_key_is_always_there_but_the_details_of_chats(components: dict[str, Any]) -> None:
    optional = {
        f"{name}.{key}"
        for name, schema in components.items()
        for key in set(schema["properties"]) - set(schema["required"])
    }
    assert optional == {
        "MessagePayload.like",
        "MessagePayload.gift",
        "MessagePayload.social",
        "MessagePayload.member",
        "GiftDetail.to_user",
        "ChatItem.msg",
        "ChatItem.text",
        "ChatItem.tid",
        "ChatItem.simulated",
        "ChatMessage.simulated",
    }


def test_prices_and_ids_are_explained(components: dict[str, Any]) -> None:
    price = components["Promotion"]["properties"]["min_price"]
    assert price["type"] == "integer"
    assert "fen" in price["description"]
    assert "_str" in components["Owner"]["properties"]["id"]["description"]
    assert components["RoomStatus"]["properties"]["state"]["enum"] == [
        "ended", "live", "not_found", "unknown",
    ]  # fmt: skip


def test_every_64_bit_id_has_its_text(components: dict[str, Any]) -> None:
    explained = {"integer": "string", "array": "array"}
    without = [
        f"{name}.{key}"
        for name, schema in components.items()
        for key, kind in schema["properties"].items()
        if "64-bit" in kind.get("description", "") and kind["type"] in explained
        if schema["properties"].get(f"{key}_str", {}).get("type") != explained[kind["type"]]
    ]
    assert without == []
