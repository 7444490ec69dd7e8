"""The room itself: numbers, state, notices; called by decode."""

from collections.abc import Sequence
from typing import Final

from relay.events.room import (
    Contributor,
    ControlPayload,
    InRoomBannerPayload,
    RoomNotifyPayload,
    RoomPayload,
    RoomRankPayload,
    RoomStatsPayload,
    RoomUserSeqPayload,
)
from relay.webcast.mapping.people import user_of
from relay.webcast.mapping.text import described, sentence
from relay.webcast.pb import webcast_pb2 as pb

MAX_RANKS = 200
# 1 and 2 are left alone: peers disagree which of them pauses and which resumes.
_CONTROL_SENTENCES: Final = {3: "直播已结束", 4: "直播已被中断"}


def room_user_seq(
    message: pb.RoomUserSeqMessage, _common: pb.Common, room_id: str
) -> RoomUserSeqPayload:
    """Map viewer numbers."""
    total, visits = message.total, message.total_pv_for_anchor
    total_user = message.total_user
    return RoomUserSeqPayload(
        room_id,
        f"在线 {total}，累计 {visits or total_user}",
        None,
        total,
        message.total_str,
        total_user,
        message.total_user_str,
        visits,
        message.online_user_for_anchor,
        message.popularity,
        message.pop_str,
        _contributors(message.ranks),
        _contributors(message.seats),
    )


def room_stats(message: pb.RoomStatsMessage, _common: pb.Common, room_id: str) -> RoomStatsPayload:
    """Map the number in the room's corner."""
    long = message.display_long
    return RoomStatsPayload(
        room_id,
        long or message.display_middle or message.display_short,
        None,
        message.display_short,
        message.display_middle,
        long,
        message.display_value,
        str(message.display_version),
        message.display_type,
        message.total,
        message.incremental,
        message.is_hidden,
    )


def room_rank(message: pb.RoomRankMessage, common: pb.Common, room_id: str) -> RoomRankPayload:
    """Map the top contributors."""
    ranks = tuple(
        [
            Contributor(
                place,
                user_of(entry.user) if entry.HasField("user") else None,
                0,
                entry.score_str,
                entry.profile_hidden,
            )
            for place, entry in enumerate(message.ranks[:MAX_RANKS], start=1)
        ]
    )
    # Repeated, as the front end has it; one public schema reads only the last of them.
    audience = _contributors(message.audience_ranks)
    return RoomRankPayload(
        room_id, described(common) or f"贡献榜前 {len(ranks)} 名", None, ranks, audience
    )


def control(message: pb.ControlMessage, common: pb.Common, room_id: str) -> ControlPayload:
    """Map a change of state."""
    action, tips, extra = message.action, message.tips, message.extra
    return ControlPayload(
        room_id,
        tips or described(common) or _CONTROL_SENTENCES.get(action, "直播状态变更"),
        None,
        action,
        action in _CONTROL_SENTENCES,
        tips,
        extra.reason_no,
        sentence(extra.violation_reason) or sentence(extra.title),
    )


def room(message: pb.RoomMessage, common: pb.Common, room_id: str) -> RoomPayload:
    """Map a notice of the system."""
    # The content may be one blank; what it is about stands in the envelope then.
    content = message.content.strip()
    description = described(common)
    return RoomPayload(
        room_id,
        content or description,
        None,
        message.roomMessageType,
        message.biz_scene,
        message.system_top_msg,
        description,
    )


def room_notify(message: pb.NotifyMessage, common: pb.Common, room_id: str) -> RoomNotifyPayload:
    """Map a banner that runs across rooms."""
    return RoomNotifyPayload(
        room_id,
        message.content or described(common),
        user_of(message.user) if message.HasField("user") else None,
        message.notify_type,
        message.notify_class,
        message.biz_scene,
        message.schema,
        message.extra.duration,
    )


def in_room_banner(
    message: pb.InRoomBannerMessage, common: pb.Common, room_id: str
) -> InRoomBannerPayload:
    """Map a web page beside the video."""
    return InRoomBannerPayload(
        room_id,
        described(common) or "横幅更新",
        None,
        message.extra,
        message.position,
        message.action_type,
        message.container_type,
        message.container_url or message.lynx_container_url,
        message.op_type,
    )


def _contributors(
    entries: Sequence[pb.RoomUserSeqMessage.Contributor | pb.Rank],
) -> tuple[Contributor, ...]:
    if not entries:
        return ()
    return tuple(
        [
            Contributor(
                entry.rank,
                user_of(entry.user) if entry.HasField("user") else None,
                entry.score,
                entry.exactly_score or entry.score_description,
                entry.is_hidden,
            )
            for entry in entries[:MAX_RANKS]
        ]
    )
