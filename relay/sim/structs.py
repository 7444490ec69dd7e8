"""Builds the structs that messages share: users, gifts, pictures; used by messages."""

from msgspec import Struct

from relay.sim.people import Person
from relay.sim.phrases import Gift
from relay.webcast.pb import webcast_pb2 as pb

APP_ID = 1128
"""common.app_id of the Douyin app."""


class GiftStep(Struct, frozen=True):
    """One message of a gift: single gifts have one, combos several."""

    gift: Gift
    count: int
    """combo_count: how many groups so far."""
    group_count: int
    """How many gifts make a group (presets 10, 66, 188 …)."""
    group_id: int
    repeat_end: bool
    """The combo's closing message, whose count equals the last one's."""


def build_user(person: Person) -> pb.User:
    """Build upstream's User."""
    built = pb.User(
        id=person.uid,
        id_str=str(person.uid),
        short_id=person.uid % 10**9,
        nickname=person.nickname,
        gender=person.gender,
        avatar_thumb=pb.Image(url_list=[person.avatar], uri=f"100x100/{person.uid}"),
        follow_info=pb.User.FollowInfo(
            follower_count=person.follower_count, follower_count_str=str(person.follower_count)
        ),
        pay_grade=pb.User.PayGrade(level=person.wealth_level),
        user_attr=pb.User.UserAttr(is_admin=person.is_admin),
        display_id=person.display_id,
        sec_uid=person.sec_uid,
        webcast_uid=person.sec_uid,
        city=person.city,
        mystery_man=2 if person.masked else 1,
        desensitized_nickname=f"{person.nickname[0]}***",
    )
    if person.wealth_level:
        built.badge_image_list.append(
            pb.Image(
                url_list=[f"https://example.invalid/badge/{person.wealth_level}.png"],
                image_type=1,
                content=pb.Image.Content(
                    level=person.wealth_level,
                    alternative_text=f"荣誉等级{person.wealth_level}级勋章",
                ),
            )
        )
    if person.fans_level:
        built.fans_club.data.club_name = "小窝"
        built.fans_club.data.level = person.fans_level
        built.fans_club.data.user_fans_club_status = 1
    return built


def describe_gift(gift: Gift) -> pb.GiftMessage:
    """Build the part of a GiftMessage that is the same for all gifts of a kind."""
    return pb.GiftMessage(
        gift_id=gift.gift_id,
        gift=pb.GiftStruct(
            image=image(f"gift/{gift.gift_id}.png"),
            icon=image(f"gift/{gift.gift_id}.png"),
            describe=f"送出{gift.name}",
            id=gift.gift_id,
            combo=gift.combo,
            type=gift.kind,
            diamond_count=gift.diamonds,
            name=gift.name,
            duration=3200,
            for_fansclub=gift.kind == 4,
            app_id=APP_ID,
        ),
        tray_display_text=pb.Text(
            key="sim_tray",
            default_pattern="送{0}",
            pieces=[pb.TextPiece(type=1, string_value=gift.name)],
        ),
    )


def image(path: str) -> pb.Image:
    """Build an Image whose address answers nothing."""
    return pb.Image(url_list=[f"https://example.invalid/{path}"], uri=f"sim/{path}")


def short_number(number: int) -> str:
    """Write a count as the app does: 9999, 1.2万."""
    return str(number) if number < 10_000 else f"{number / 10_000:.1f}万"
