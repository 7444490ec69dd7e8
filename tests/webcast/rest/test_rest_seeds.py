"""The example answers that clients were written for: every key is there, of the same type."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from key_paths import differences
from serving import make_payload

from relay.events import ChatPayload, Event, LikePayload, MemberPayload, Payload, User
from relay.webcast.rest.answer import RoomAlive
from relay.webcast.rest.audience import AudienceDocument, audience_from_ranklist
from relay.webcast.rest.chat import ChatDocument, item_of, message_of
from relay.webcast.rest.documents import FeedDocument, InfoDocument, encoded
from relay.webcast.rest.feed import feed_document, feed_room, feed_rooms
from relay.webcast.rest.info import info_from_enter, info_from_reflow
from relay.webcast.rest.promotions import PromotionsDocument, promotions_from_pop
from relay.webcast.rest.status import status_document

PERSON = User(
    uid="100000000000001",
    nickname="某甲",
    avatar="https://p.invalid/a.jpeg",
    unique_id="mou_jia",
    sec_uid="MS4wLjABAAAAinvented",
    short_id="400000001",
    web_rid="",
    gender=0,
    level=0,
    fans_club=None,
    is_admin=False,
    is_super_admin=False,
    is_anonymous=False,
    masked=False,
    follower_count=0,
    following_count=0,
    badges=(),
)


def data_of(seeds: Path, name: str) -> Any:
    return json.loads((seeds / f"{name}.json").read_bytes())["data"]


def as_upstream(data: Any) -> bytes:
    return json.dumps({"data": data, "extra": {"now": 1}, "status_code": 0}).encode()


def served(document: dict[str, Any]) -> Any:
    return json.loads(msgspec.json.encode(encoded(document)))


def assert_kept(seed: Any, ours: Any) -> None:
    """Everything of the seed stands in ours, with its value."""
    if isinstance(seed, dict):
        for key, value in seed.items():
            assert_kept(value, ours[key])
    elif isinstance(seed, list):
        for value, our_value in zip(seed, ours, strict=True):
            assert_kept(value, our_value)
    else:
        assert seed == ours


def test_info_of_the_seeds_room(seeds: Path) -> None:
    seed = data_of(seeds, "info")
    shaped = info_from_reflow(as_upstream({"room": seed["data"]}))
    ours = served(shaped.document)
    assert differences(seed, ours) == []
    assert_kept(seed["data"], ours["data"])
    assert shaped.missing == ("data.owner.own_room", "data.owner.web_rid")
    msgspec.convert(ours, InfoDocument)


def test_info_of_a_room_of_which_only_the_id_is_known(seeds: Path) -> None:
    shaped = info_from_reflow(as_upstream({"room": {"id": 7000000000000000001}}))
    assert differences(data_of(seeds, "info"), served(shaped.document)) == []
    assert "data.owner" in shaped.missing
    # What is below a missing path isn't named on its own.
    assert not [path for path in shaped.missing if path.startswith("data.owner.")]


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("web_enter_live_2026-04", ()),
        ("web_enter_2024-10_wrapped", ("data",)),
        ("enter-offline", ()),
    ],
)
def test_info_of_recorded_web_enter_answers(
    recorded: Path, seeds: Path, name: str, inside: tuple[str, ...]
) -> None:
    answer = json.loads((recorded / "rest" / f"{name}.json").read_bytes())
    for key in inside:
        answer = answer[key]
    shaped = info_from_enter(json.dumps(answer).encode())
    ours = served(shaped.document)
    assert differences(data_of(seeds, "info"), ours) == []
    msgspec.convert(ours, InfoDocument)
    room, user = answer["data"]["data"][0], answer["data"]["user"]
    assert (ours["data"]["id"], ours["data"]["id_str"]) == (int(room["id_str"]), room["id_str"])
    assert ours["data"]["owner_user_id"] == ours["data"]["owner"]["id"] == int(user["id_str"])
    assert ours["data"]["status"] == room["status"]
    assert ours["extra"] == answer["extra"]
    assert {"data.create_time", "data.start_time", "data.stream_id"} < set(shaped.missing)
    # Whatever else upstream says is passed on.
    for key in set(room) - {"owner", "stats", "stream_url", "cover", "short_touch_area_config"}:
        assert ours["data"][key] == room[key] or key == "owner_user_id_str"


@pytest.mark.parametrize("form", ["objects", "texts", "nested"])
def test_feed_of_the_seeds_room(seeds: Path, form: str) -> None:
    seed = data_of(seeds, "feed")
    room = seed["data"][0]
    forms: dict[str, Any] = {
        "objects": [{"type": 1, "rid": "1", "data": room}],
        "texts": [{"type": 1, "rid": "1", "data": json.dumps(room)}],
        "nested": {"data": [room]},
    }
    feed = feed_rooms(as_upstream(forms[form]))
    shaped = feed_document(feed, [feed_room(raw, feed.filling) for raw in feed.rooms])
    ours = served(shaped.document)
    assert differences(seed, ours) == []
    assert_kept(room, ours["data"][0])
    assert shaped.missing == (
        "data[].owner.web_rid",
        "data[].stream_url.live_core_sdk_data.push_data",
        "extra.has_more",
    )
    msgspec.convert(ours, FeedDocument)


def test_audience_of_the_seeds_ranking(seeds: Path) -> None:
    seed = data_of(seeds, "audience")
    shaped = audience_from_ranklist(as_upstream(seed["data"]))
    ours = served(shaped.document)
    assert differences(seed, ours) == []
    assert_kept(seed["data"], ours["data"])
    assert shaped.missing == ()
    msgspec.convert(ours, AudienceDocument)


def test_promotions_of_the_seeds_list(seeds: Path) -> None:
    seed = data_of(seeds, "promotions")
    shaped = promotions_from_pop(json.dumps(seed).encode())
    ours = served(shaped.document)
    assert differences(seed, ours) == []
    assert_kept(seed, ours)
    assert shaped.missing == ()
    msgspec.convert(ours, PromotionsDocument)


def test_status_of_rooms(seeds: Path) -> None:
    seed = data_of(seeds, "status")
    rooms = [
        RoomAlive("live" if room["alive"] else "ended", str(room["room_id"]))
        for room in seed["data"]
    ]
    ours = json.loads(msgspec.json.encode(status_document(rooms, seed["extra"]["now"])))
    assert differences(seed, ours) == []
    assert_kept(seed, ours)


def event(method: str, payload: Payload) -> Event:
    return Event(method, "7000000000000000009", payload.room_id, "", 1_630_827_777_298, payload)


@pytest.fixture
def events() -> list[Event]:
    said = {"room_id": "7000000000000000001", "user": PERSON}
    return [
        event("WebcastChatMessage", make_payload(ChatPayload, content="你好", **said)),
        event("WebcastMemberMessage", make_payload(MemberPayload, content="来了", **said)),
        event("WebcastLikeMessage", make_payload(LikePayload, content="点赞", **said)),
    ]


def test_chat_as_messages_of_2021(seeds: Path, events: list[Event]) -> None:
    messages = [message for one in events if (message := message_of(one, 1))]
    ours = json.loads(
        msgspec.json.encode(
            ChatDocument(
                messages=messages,
                cursor="a:3",
                fetch_interval=1000,
                now=1,
                internal_ext="",
                ignores=["WebcastRoomMessage"],
                gap=False,
                gap_reason="",
            )
        )
    )
    assert differences(data_of(seeds, "chat_v2021"), ours) == []


def test_chat_as_items_of_2020(seeds: Path, events: list[Event]) -> None:
    ours = json.loads(msgspec.json.encode([item_of(one) for one in events]))
    assert differences(data_of(seeds, "chat_v2020"), ours) == []
