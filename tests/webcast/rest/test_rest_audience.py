"""Contributors, by upstream's list and by the room's events."""

import json
from typing import Any

import msgspec
import pytest
from serving import make_payload

from relay.errors import UpstreamError
from relay.events import Contributor, FansClub, RoomRankPayload, RoomUserSeqPayload, User
from relay.webcast.rest.audience import (
    AudienceDocument,
    audience_from_events,
    audience_from_ranklist,
)

KNOWN = {
    "id_str": "9007199254740993",
    "nickname": "某甲",
    "sec_uid": "MS4wLjABAAAAinvented",
    "display_id": "mou_jia",
    "mystery_man": 1,
}


def ranklist(ranks: Any, **data: Any) -> bytes:
    answer = {"data": {"ranks": ranks, **data}, "extra": {"now": 5}, "status_code": 0}
    return json.dumps(answer).encode()


def user(uid: str, name: str) -> User:
    return User(
        uid=uid,
        nickname=name,
        avatar="https://p.invalid/a.jpeg",
        unique_id="handle",
        sec_uid="MS4wLjABAAAAinvented",
        short_id="400000001",
        web_rid="",
        gender=1,
        level=20,
        fans_club=FansClub("真爱", 3, 1, "100000000000001"),
        is_admin=False,
        is_super_admin=False,
        is_anonymous=False,
        masked=False,
        follower_count=7,
        following_count=0,
        badges=(),
    )


def test_what_the_web_no_longer_sends_is_filled_in() -> None:
    shaped = audience_from_ranklist(
        ranklist([{"rank": 1, "score": 99, "user": KNOWN}], total=321, currency=None)
    )
    data = shaped.document["data"]
    assert (data["currency"], data["music_wave"]) == ("音浪", "音浪")
    assert (data["has_once_live"], data["seats"], data["rules_url"]) == (True, [], "")
    assert (data["total"], data["partial"]) == (321, False)
    assert data["ranks"][0]["user"]["id"] == 9007199254740993
    assert {"data.has_more", "data.self_info", "data.ranks[].user.pay_grade"} <= set(shaped.missing)
    assert not {"data.currency", "data.seats", "data.partial"} & set(shaped.missing)


@pytest.mark.parametrize(
    ("changes", "masked"),
    [
        ({}, False),
        ({"id_str": "111111", "id": 111111}, True),
        ({"sec_uid": "111111"}, True),
        ({"display_id": "111111"}, True),
        ({"mystery_man": 2}, True),
        ({"id_str": "0"}, True),
    ],
)
def test_masked_people_are_marked(changes: dict[str, Any], masked: bool) -> None:
    shaped = audience_from_ranklist(ranklist([{"rank": 1, "user": {**KNOWN, **changes}}]))
    assert shaped.document["data"]["ranks"][0]["user"]["masked"] is masked
    assert "data.ranks[].user.masked" not in shaped.missing


def test_a_contributor_who_is_not_named_is_masked() -> None:
    shaped = audience_from_ranklist(ranklist([{"rank": 1, "user": None}]))
    assert shaped.document["data"]["ranks"][0]["user"]["masked"] is True
    assert "data.ranks[].user" in shaped.missing


@pytest.mark.parametrize("ranks", [None, {}, "x"])
def test_an_answer_without_a_ranking(ranks: Any) -> None:
    with pytest.raises(UpstreamError) as refusal:
        audience_from_ranklist(ranklist(ranks))
    assert refusal.value.cause == "bad_body"


def test_the_ranking_of_the_events() -> None:
    viewers = make_payload(
        RoomUserSeqPayload,
        total=1234,
        ranks=(
            Contributor(1, user("9007199254740993", "某甲"), 99, "99", False),
            Contributor(0, None, 0, "1.2万", True),
        ),
    )
    shaped = audience_from_events(viewers, None, 5)
    document = msgspec.convert(shaped.document, AudienceDocument)
    first, second = document.data.ranks
    assert document.data.partial
    assert (document.data.total, document.extra.now) == (1234, 5)
    assert (first.rank, first.score, second.rank, second.score) == (1, 99, 2, 0)
    assert (first.user.id, first.user.id_str) == (9007199254740993, "9007199254740993")
    assert (first.user.short_id, first.user.display_id) == (400000001, "handle")
    assert first.user.avatar_thumb.url_list == ["https://p.invalid/a.jpeg"]
    assert (first.user.pay_grade.level, first.user.follow_info.follower_count) == (20, 7)
    assert first.user.fans_club.data.club_name == "真爱"
    assert (first.user.masked, second.user.masked) == (False, True)
    assert {
        "data.ranks[].gap_description",
        "data.ranks[].score",
        "data.ranks[].user",
        "data.self_info",
    } <= set(shaped.missing)


def test_the_ranking_without_scores_is_the_second_choice() -> None:
    ranking = make_payload(
        RoomRankPayload, ranks=(Contributor(1, user("7", "某乙"), 0, "88", False),)
    )
    only = audience_from_events(None, ranking, 5)
    assert only.document["data"]["ranks"][0]["score"] == 88
    assert "data.total" in only.missing
    viewers = make_payload(RoomUserSeqPayload, total=3)
    both = audience_from_events(viewers, ranking, 5)
    assert both.document["data"]["ranks"][0]["user"]["nickname"] == "某乙"
    assert both.document["data"]["total"] == 3
