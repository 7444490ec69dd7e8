"""What the audience does; called by decode."""

from typing import Final

from relay.events.audience import (
    FansclubPayload,
    LikePayload,
    MemberPayload,
    ShareChannel,
    SocialPayload,
)
from relay.webcast.mapping.people import user_of
from relay.webcast.mapping.text import described, sentence
from relay.webcast.pb import webcast_pb2 as pb

_ENTERED = 1
_TIP_VIA_SHARE = 6
_FOLLOWED, _SHARED = 1, 3
# Numbers as in BarrageGrab; recordings have others too (101), so the list isn't complete.
_SHARE_CHANNELS: Final[dict[str, ShareChannel]] = {
    "1": "wechat",
    "2": "moments",
    "3": "weibo",
    "4": "qzone",
    "5": "qq",
    "112": "douyin",
}
_SOCIAL_SENTENCES: Final = {_FOLLOWED: "关注了主播", _SHARED: "分享了直播间"}
_FANSCLUB_SENTENCES: Final = {1: "粉丝团升级了", 2: "加入了粉丝团"}


def like(message: pb.LikeMessage, _common: pb.Common, room_id: str) -> LikePayload:
    """Map likes."""
    return LikePayload(
        room_id,
        "点赞",
        user_of(message.user) if message.HasField("user") else None,
        message.count,
        message.total,
    )


def member(message: pb.MemberMessage, _common: pb.Common, room_id: str) -> MemberPayload:
    """Map somebody entering."""
    action = message.action
    tip = message.user_enter_tip_type
    entrance = ""
    if message.HasField("enter_effect_config"):
        entrance = sentence(message.enter_effect_config.text)
    return MemberPayload(
        room_id,
        "来了" if action == _ENTERED else message.action_description or "来了",
        user_of(message.user) if message.HasField("user") else None,
        message.member_count,
        action,
        message.enter_type,
        tip,
        tip == _TIP_VIA_SHARE,
        message.is_top_user,
        message.top_user_no,
        message.is_set_to_admin,
        entrance,
    )


def social(message: pb.SocialMessage, common: pb.Common, room_id: str) -> SocialPayload:
    """Map a follow or a share."""
    action, target = message.action, message.share_target
    return SocialPayload(
        room_id,
        _SOCIAL_SENTENCES.get(action) or described(common) or "互动",
        user_of(message.user) if message.HasField("user") else None,
        action,
        message.share_type,
        target,
        # The target of a follow is a user id, which may look like a channel.
        _SHARE_CHANNELS.get(target, "") if action != _FOLLOWED else "",
        message.follow_count,
        message.share_total_count,
    )


def fansclub(message: pb.FansclubMessage, common: pb.Common, room_id: str) -> FansclubPayload:
    """Map joining the fans club, or rising in it."""
    action = message.action
    return FansclubPayload(
        room_id,
        message.content or described(common) or _FANSCLUB_SENTENCES.get(action, "粉丝团动态"),
        user_of(message.user) if message.HasField("user") else None,
        action,
        message.upgrade_privilege.content,
    )
