"""Payloads of what the audience does: like, enter, follow, share, join the fans club."""

from typing import Literal

from relay.events.payload import Payload

ShareChannel = Literal["", "wechat", "moments", "weibo", "qzone", "qq", "douyin"]


class LikePayload(Payload, frozen=True):
    """WebcastLikeMessage: likes. `content` is "点赞". Upstream samples them in large rooms."""

    count: int
    """Likes in this message."""
    total: int
    """Likes of the whole broadcast so far."""


class MemberPayload(Payload, frozen=True):
    """WebcastMemberMessage: somebody entered. `content` is "来了"."""

    member_count: int
    """Size of the room when they entered."""
    action: int
    """1 = entered; others are upstream's, described by `content`."""
    enter_type: int
    """Upstream's way of entering, meaning unknown."""
    enter_tip_type: int
    """0 normal, 6 by a shared link."""
    via_share: bool
    """Came by a shared link (enter_tip_type 6)."""
    is_top_user: bool
    """Is one of the room's top contributors."""
    top_user_no: int
    """Place among them; 0 for none."""
    is_set_to_admin: bool
    """Was made an admin."""
    entrance_text: str
    """Text of the effect that a high level brings at entering; "" without effect."""


class SocialPayload(Payload, frozen=True):
    """WebcastSocialMessage: a follow or a share."""

    action: int
    """1 followed the anchor, 3 shared the room; others unconfirmed."""
    share_type: int
    """Upstream's kind of share, meaning unknown."""
    share_target: str
    """For a follow the anchor's id; for a share the channel's number."""
    share_channel: ShareChannel
    """Where it was shared to; "" when not a share, or to a channel that is not known."""
    follow_count: int
    """Followers of the anchor after a follow; 0 where not told."""
    share_total_count: int
    """Shares of this broadcast so far; 0 where not told."""


class FansclubPayload(Payload, frozen=True):
    """WebcastFansclubMessage: joined the fans club (粉丝团), or rose in it."""

    action: int
    """1 rose a level, 2 joined; 6 is sent too, meaning unknown."""
    privilege: str
    """Privilege that came with the new level; may be empty."""
