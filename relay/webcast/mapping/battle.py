"""Battles between anchors; called by decode."""

from base64 import b64encode
from itertools import islice

from relay.events.battle import (
    LinkMicArmiesPayload,
    LinkMicBattleFinishPayload,
    LinkMicBattlePayload,
)
from relay.webcast.mapping.people import user_of
from relay.webcast.mapping.shopping import base64_texts
from relay.webcast.mapping.text import described
from relay.webcast.pb import webcast_pb2 as pb

MAX_ANCHORS = 200


def battle(message: pb.LinkMicBattle, common: pb.Common, room_id: str) -> LinkMicBattlePayload:
    """Map the setting-up of a battle."""
    return LinkMicBattlePayload(
        room_id,
        described(common) or "主播 PK",
        None,
        tuple([str(uid) for uid in islice(message.user_infos, MAX_ANCHORS)]),
        message.battle_type,
        message.skin_type,
        message.relative_score,
        b64encode(message.battle_settings).decode(),
        b64encode(message.battle_mode).decode(),
        b64encode(message.battle_task).decode(),
    )


def battle_finish(
    message: pb.LinkMicBattleFinish, common: pb.Common, room_id: str
) -> LinkMicBattleFinishPayload:
    """Map the end of a battle."""
    cut_short = message.cut_short_prompt or message.cut_short_toast
    return LinkMicBattleFinishPayload(
        room_id,
        cut_short or described(common) or "主播 PK 结束",
        None,
        tuple([str(uid) for uid in islice(message.user_infos, MAX_ANCHORS)]),
        tuple([user_of(anchor) for anchor in message.anchors[:MAX_ANCHORS]]),
        message.end_reason,
        cut_short,
        message.cut_short_win,
        b64encode(message.battle_settings).decode(),
        base64_texts(message.battle_scores[:MAX_ANCHORS]),
        base64_texts(message.battle_armies[:MAX_ANCHORS]),
    )


def armies(message: pb.LinkMicArmies, common: pb.Common, room_id: str) -> LinkMicArmiesPayload:
    """Map the contributors to each side."""
    sides = {
        str(uid): b64encode(army).decode()
        for uid, army in islice(message.user_armies_map.items(), MAX_ANCHORS)
    }
    return LinkMicArmiesPayload(
        room_id,
        message.top_show_text or described(common) or "主播 PK 贡献更新",
        None,
        tuple(sides),
        sides,
        message.top_show_text,
        b64encode(message.rank_list_v2).decode(),
    )
