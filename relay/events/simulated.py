"""Makes events that nobody caused, to set up a scene with; called by server/simulate.

The people in them are made up: their ids have fewer digits than upstream's.
"""

import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal
from zlib import crc32

from msgspec import Meta, Struct

from relay.events.audience import FansclubPayload, LikePayload, MemberPayload, SocialPayload
from relay.events.base import SimulatedEvent
from relay.events.chat import ChatPayload
from relay.events.gift import GiftPayload
from relay.events.methods import SHORT_NAMES
from relay.events.payload import Payload
from relay.events.people import User

_MAX_CHARS = 500
_Text = Annotated[str, Meta(max_length=_MAX_CHARS)]
_Url = Annotated[str, Meta(max_length=2_000)]
_Number = Annotated[int, Meta(ge=1, le=1_000_000)]
_UIDS = 10_000_000


class SimulatedGift(Struct, frozen=True, forbid_unknown_fields=True):
    """The gift of a simulated event."""

    name: _Text = "小心心"
    count: _Number = 1
    """How many are given at once."""
    diamonds: Annotated[int, Meta(ge=0, le=10_000_000)] = 1
    """Price of one."""
    image: _Url = ""
    """URL of its picture."""


class Simulation(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to happen, for show."""

    kind: Literal["chat", "gift", "follow", "like", "member", "share", "fansclub"]
    nickname: _Text = "测试观众"
    """Who does it."""
    avatar: _Url = ""
    """URL of their picture."""
    content: _Text = "这是一条测试弹幕 🎉"
    """Of a chat: what they write."""
    gift: SimulatedGift = SimulatedGift()
    count: _Number = 1
    """Of likes: how many."""


def simulate(wanted: Simulation, *, room_id: str, web_rid: str, now_ms: int) -> SimulatedEvent:
    """Make an event of a room; `room_id` is "" where there is no broadcast."""
    method, make = KINDS[wanted.kind]
    return SimulatedEvent(
        method=SHORT_NAMES[method][0],
        # Never a duplicate, nor an id that upstream may give.
        msg_id="0",
        room_id=room_id,
        web_rid=web_rid,
        time=now_ms,
        payload=make(wanted, room_id, _user_of(wanted), now_ms),
    )


def _user_of(wanted: Simulation) -> User:
    # The same name is the same person.
    uid = str(crc32(wanted.nickname.encode("utf-8", "replace")) % _UIDS + _UIDS)
    return User(
        uid=uid,
        nickname=wanted.nickname,
        avatar=wanted.avatar,
        unique_id=uid,
        sec_uid="",
        short_id=uid,
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


def _chat(wanted: Simulation, room_id: str, user: User, now_ms: int) -> Payload:
    return ChatPayload(
        room_id=room_id,
        content=wanted.content,
        user=user,
        pieces=(),
        event_time_s=now_ms // 1000,
        chat_by=0,
        is_lucky_bag=False,
        chat_tags=(),
        mention_uids=(),
        reply_to_msg_id="",
    )


def _gift(wanted: Simulation, room_id: str, user: User, now_ms: int) -> Payload:
    gift = wanted.gift
    return GiftPayload(
        room_id=room_id,
        content=f"送出了 {gift.name} x{gift.count}",
        user=user,
        gift_id=str(crc32(gift.name.encode("utf-8", "replace")) % _UIDS + _UIDS),
        name=gift.name,
        count=gift.count,
        diamond_each=gift.diamonds,
        diamond_total=gift.diamonds * gift.count,
        repeat_count=gift.count,
        combo_count=gift.count,
        group_count=1,
        total_count=gift.count,
        group_id=str(secrets.randbelow(10**15)),
        combo=True,
        repeat_end=True,
        send_type=4,
        gift_type=1,
        fan_ticket_count=0,
        to_user=None,
        to_uids=(),
        image=gift.image,
        send_time_ms=now_ms,
        description="",
    )


def _like(wanted: Simulation, room_id: str, user: User, _now_ms: int) -> Payload:
    return LikePayload(room_id=room_id, content="点赞", user=user, count=wanted.count, total=0)


def _member(_wanted: Simulation, room_id: str, user: User, _now_ms: int) -> Payload:
    return MemberPayload(
        room_id=room_id,
        content="来了",
        user=user,
        member_count=0,
        action=1,
        enter_type=0,
        enter_tip_type=0,
        via_share=False,
        is_top_user=False,
        top_user_no=0,
        is_set_to_admin=False,
        entrance_text="",
    )


def _follow(_wanted: Simulation, room_id: str, user: User, _now_ms: int) -> Payload:
    return _social(room_id, user, "关注了主播", action=1)


def _share(_wanted: Simulation, room_id: str, user: User, _now_ms: int) -> Payload:
    return _social(room_id, user, "分享了直播间", action=3)


def _social(room_id: str, user: User, content: str, *, action: int) -> Payload:
    return SocialPayload(
        room_id=room_id,
        content=content,
        user=user,
        action=action,
        share_type=0,
        share_target="",
        share_channel="",
        follow_count=0,
        share_total_count=0,
    )


def _fansclub(_wanted: Simulation, room_id: str, user: User, _now_ms: int) -> Payload:
    return FansclubPayload(
        room_id=room_id, content="加入了粉丝团", user=user, action=2, privilege=""
    )


KINDS: Mapping[str, tuple[str, Callable[[Simulation, str, User, int], Payload]]] = MappingProxyType(
    {
        "chat": ("chat", _chat),
        "gift": ("gift", _gift),
        "follow": ("social", _follow),
        "like": ("like", _like),
        "member": ("member", _member),
        "share": ("social", _share),
        "fansclub": ("fansclub", _fansclub),
    }
)
"""Kind → short name of its method, and what makes its payload."""
