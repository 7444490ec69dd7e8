"""What /audience serves: the contributors of a broadcast, by upstream's list or by its events."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from relay.errors import UpstreamError
from relay.events import (
    MASKED_UID,
    Contributor,
    RoomRankPayload,
    RoomUserSeqPayload,
    User,
)
from relay.webcast.rest.codes import read_answer
from relay.webcast.rest.documents import Extra, Shaped
from relay.webcast.rest.fields import Partial
from relay.webcast.rest.people import RankedPerson
from relay.webcast.rest.shape import integer_of, shape


class Place(Struct):
    """A place in the ranking."""

    delta: int
    first_gift: bool
    gap_description: Annotated[str, Meta(description="Distance to the next place, as shown.")]
    rank: Annotated[int, Meta(description="1 is the first; 0 for none.")]
    score: Annotated[int, Meta(description="Contribution; 0 where not told.")]


class Contribution(Place):
    """A contributor in their place."""

    user: RankedPerson


class Audience(Struct):
    """The ranking by contribution: those at its top, not everybody who watches."""

    currency: str
    has_more: bool
    has_once_live: bool
    music_wave: str
    ranks: list[Contribution]
    rules_url: str
    seats: list[Any]
    self_info: Annotated[Place, Meta(description="The caller's own place; none for the relay.")]
    total: int
    partial: Partial


class AudienceDocument(Struct):
    """The contributors of a broadcast."""

    data: Audience
    extra: Extra
    status_code: Annotated[int, Meta(description="Always 0.")]


def audience_from_ranklist(body: bytes) -> Shaped:
    """Give what ranklist/audience answers as an AudienceDocument.

    Raises UpstreamError: `bad_body` where there is no ranking, or what its status_code says.
    """
    answer = read_answer(body, "ranklist/audience")
    data = answer.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("ranks"), list):
        raise UpstreamError("bad_body", "ranklist/audience answers without ranks")
    return _document(data, answer.get("extra"), partial=False)


def audience_from_events(
    viewers: RoomUserSeqPayload | None, ranking: RoomRankPayload | None, now_ms: int
) -> Shaped:
    """Give what a room's last events tell as an AudienceDocument, marked `partial`.

    The ranking with scores (`viewers.ranks`) is taken before the one without. `now_ms`: Unix ms.
    """
    contributors = viewers.ranks if viewers else ()
    if not contributors and ranking:
        contributors = ranking.ranks or ranking.audience_ranks
    data: dict[str, Any] = {
        "has_more": False,
        "ranks": [_rank_of(place, one) for place, one in enumerate(contributors, 1)],
    }
    if viewers:
        data["total"] = viewers.total
    return _document(data, {"now": now_ms}, partial=True)


def _document(data: dict[str, Any], upstream_extra: object, *, partial: bool) -> Shaped:
    # What upstream no longer sends, as the seeds have it; it holds for every room.
    constants = {
        "currency": "音浪",
        "music_wave": "音浪",
        "has_once_live": True,
        "seats": [],
        "rules_url": "",
    }
    given = {key: value for key, value in data.items() if value is not None}
    audience, missing = shape({**constants, **given, "partial": partial}, Audience, "data")
    missing.discard("data.ranks[].user.masked")
    for contribution in audience["ranks"]:
        contribution["user"]["masked"] = _masked(contribution["user"])
    extra, extra_missing = shape(upstream_extra, Extra, "extra")
    return Shaped(
        {"data": audience, "extra": extra, "status_code": 0},
        tuple(sorted(missing | extra_missing)),
    )


def _masked(user: dict[str, Any]) -> bool:
    # mystery_man is 1 for normal people.
    mystery = integer_of(user.get("mystery_man")) or 0
    ids = (user["id_str"], user["sec_uid"], user["display_id"])
    return mystery > 1 or MASKED_UID in ids or not user["id"]


def _rank_of(place: int, contributor: Contributor) -> dict[str, Any]:
    score = contributor.score or integer_of(contributor.score_text)
    user = contributor.user
    return {
        "rank": contributor.rank or place,
        "score": score,
        "user": _person_of(user) if user else None,
    }


def _person_of(user: User) -> dict[str, Any]:
    club = user.fans_club
    return {
        "id_str": user.uid,
        "nickname": user.nickname,
        "display_id": user.unique_id,
        "sec_uid": user.sec_uid,
        "short_id_str": user.short_id,
        "gender": user.gender,
        "avatar_thumb": {"url_list": [user.avatar]} if user.avatar else None,
        "pay_grade": {"level": user.level} if user.level else None,
        "follow_info": {
            "follower_count": user.follower_count or None,
            "following_count": user.following_count or None,
        },
        "fans_club": {
            "data": {
                "anchor_id_str": club.anchor_uid,
                "club_name": club.name,
                "level": club.level,
                "user_fans_club_status": club.status,
            }
        }
        if club
        else None,
    }
