"""Users and pictures; called by the other mappers."""

import re

from relay.events.people import MASKED_UID, Badge, FansClub, User
from relay.webcast.pb import webcast_pb2 as pb

MAX_BADGES = 20
# image_type of the badges that carry a level (seen in recordings).
_PAY_LEVEL_BADGE = 1
_FANS_CLUB_BADGE = 7
_LEVEL_IN_TEXT = re.compile("([0-9]{1,4})级")


def image_url(image: pb.Image) -> str:
    """Return the first URL, or "" when there is none that a page may load."""
    try:
        url = image.url_list[0]
    except IndexError:
        return ""
    # Overlays put it into pages as it is: no other scheme than the web's.
    return url if url.startswith(("https://", "http://")) else ""


def id_text(number: int) -> str:
    """Return a 64-bit id as text, "" for the zero that upstream leaves out."""
    return str(number) if number else ""


def user_of(user: pb.User) -> User:
    """Map a user that is known to be set."""
    # id_str is what upstream's own page keys by; some messages carry only one of the two.
    uid = user.id_str or id_text(user.id)
    short_id = id_text(user.short_id)
    badges = _badges(user)
    follow = user.follow_info
    attributes = user.user_attr
    return User(
        uid,
        user.nickname or user.desensitized_nickname,
        image_url(user.avatar_thumb) or image_url(user.avatar_medium),
        user.display_id or short_id,
        user.sec_uid,
        short_id,
        user.web_rid,
        user.gender,
        # Upstream often hides the number but not the picture of it.
        user.pay_grade.level or _badge_level(badges, _PAY_LEVEL_BADGE),
        _fans_club(user.fans_club.data, badges),
        attributes.is_admin,
        attributes.is_super_admin,
        user.is_anonymous,
        # mystery_man is 1 for every normal user, so it says nothing about masking.
        uid == MASKED_UID,
        follow.follower_count or _count(follow.follower_count_str),
        follow.following_count or _count(follow.following_count_str),
        badges,
    )


def _badges(user: pb.User) -> tuple[Badge, ...]:
    # Pieces of rich text carry the second list only.
    images = user.badge_image_list or user.badge_image_list_v2
    if not images:
        return ()
    badges = []
    for image in images[:MAX_BADGES]:
        content = image.content
        badges.append(
            Badge(image.image_type, content.level, content.alternative_text, image_url(image))
        )
    return tuple(badges)


def _badge_level(badges: tuple[Badge, ...], kind: int) -> int:
    for badge in badges:
        if badge.kind == kind:
            if badge.level:
                return badge.level
            if found := _LEVEL_IN_TEXT.search(badge.text[:100]):
                return int(found[1])
    return 0


def _fans_club(club: pb.User.FansClub.FansClubData, badges: tuple[Badge, ...]) -> FansClub | None:
    name, level, status = club.club_name, club.level, club.user_fans_club_status
    # Users without a club have the struct too, with an empty badge in it.
    if not (name or level or status):
        return None
    return FansClub(
        name, level or _badge_level(badges, _FANS_CLUB_BADGE), status, id_text(club.anchor_id)
    )


def _count(text: str) -> int:
    # Numbers as text are exact below ten thousand, then "1.2万": that is for showing only.
    return int(text) if text.isdecimal() and len(text) < 19 else 0
