"""What the audience does, and what the room tells of itself."""

import pytest
from wire_samples import typed

from relay.webcast.pb import webcast_pb2 as pb


def test_likes_tell_this_messages_and_the_broadcasts() -> None:
    payload = typed("WebcastLikeMessage", pb.LikeMessage(count=2, total=123_456))
    assert (payload.content, payload.count, payload.total) == ("点赞", 2, 123_456)


@pytest.mark.parametrize(("tip", "via_share"), [(0, False), (6, True)])
def test_entering_by_a_shared_link_is_marked(tip: int, via_share: bool) -> None:
    message = pb.MemberMessage(action=1, member_count=4_321, user_enter_tip_type=tip)
    payload = typed("WebcastMemberMessage", message)
    assert (payload.content, payload.member_count) == ("来了", 4_321)
    assert payload.via_share == via_share


def test_the_entrance_effect_of_a_high_level_is_told() -> None:
    text = pb.Text(
        default_pattern="{0:user} 加入了直播间",
        pieces=[pb.TextPiece(type=1, user_value=pb.TextPieceUser(user=pb.User(nickname="甲")))],
    )
    effect = pb.MemberMessage.EffectConfig(text=text)
    message = pb.MemberMessage(action=1, enter_effect_config=effect)
    assert typed("WebcastMemberMessage", message).entrance_text == "甲 加入了直播间"


@pytest.mark.parametrize(
    ("action", "target", "content", "channel"),
    [
        (1, "1", "关注了主播", ""),
        (3, "1", "分享了直播间", "wechat"),
        (3, "112", "分享了直播间", "douyin"),
        (3, "101", "分享了直播间", ""),
    ],
)
def test_follows_and_shares_are_told_apart(
    action: int, target: str, content: str, channel: str
) -> None:
    message = pb.SocialMessage(action=action, share_target=target)
    payload = typed("WebcastSocialMessage", message)
    assert (payload.content, payload.share_channel) == (content, channel)
    assert payload.share_target == target


def test_what_upstream_describes_is_said_in_its_words() -> None:
    common = pb.Common(describe="甲 成为会员")
    assert typed("WebcastRoomMessage", pb.RoomMessage(common=common, content=" ")).content == (
        "甲 成为会员"
    )
    text = pb.Text(
        default_pattern="{0:user} 送给 {1} {2}个",
        pieces=[
            pb.TextPiece(user_value=pb.TextPieceUser(user=pb.User(nickname="甲"))),
            pb.TextPiece(string_value="乙"),
        ],
    )
    message = pb.NotifyMessage(common=pb.Common(display_text=text))
    assert typed("WebcastRoomNotifyMessage", message).content == "甲 送给 乙 个"


@pytest.mark.parametrize(
    ("action", "ended"), [(1, False), (2, False), (3, True), (4, True), (9, False)]
)
def test_only_three_and_four_end_a_broadcast(action: int, ended: bool) -> None:
    payload = typed("WebcastControlMessage", pb.ControlMessage(action=action))
    assert (payload.action, payload.ended) == (action, ended)
    assert payload.content


def test_viewer_numbers_are_told() -> None:
    message = pb.RoomUserSeqMessage(
        total=2, total_user=765, total_pv_for_anchor="765", online_user_for_anchor="2"
    )
    message.ranks.add(rank=1, score=300, user=pb.User(nickname="甲"))
    payload = typed("WebcastRoomUserSeqMessage", message)
    assert (payload.total, payload.total_user) == (2, 765)
    assert payload.content == "在线 2，累计 765"
    assert (payload.ranks[0].rank, payload.ranks[0].score) == (1, 300)
    assert payload.ranks[0].user.nickname == "甲"


def test_every_place_of_a_ranking_is_told() -> None:
    message = pb.RoomRankMessage()
    for name in "甲乙丙":
        message.ranks.add(user=pb.User(nickname=name))
        message.audience_ranks.add(user=pb.User(nickname=name), rank=2)
    payload = typed("WebcastRoomRankMessage", message)
    assert [(entry.rank, entry.user.nickname) for entry in payload.ranks] == [
        (1, "甲"), (2, "乙"), (3, "丙"),
    ]  # fmt: skip
    assert len(payload.audience_ranks) == 3


def test_shopping_tells_products_as_text_ids() -> None:
    message = pb.LiveShoppingMessage(promotion_id=2**60, updated_product_ids=[2**61])
    payload = typed("WebcastLiveShoppingMessage", message)
    assert (payload.promotion_id, payload.product_ids) == (str(2**60), (str(2**61),))
    assert payload.content == "商品更新"


def test_battles_tell_who_fights_and_keep_the_rest() -> None:
    message = pb.LinkMicBattle(battle_settings=b"\x08\x01", user_infos={2**60: b"\x08\x02"})
    payload = typed("WebcastLinkMicBattleMethod", message)
    assert payload.anchor_uids == (str(2**60),)
    assert payload.settings_base64 == "CAE="
    armies = pb.LinkMicArmies(user_armies_map={5: b"\x08\x01"})
    assert typed("WebcastLinkMicArmiesMethod", armies).armies_base64 == {"5": "CAE="}
    finish = pb.LinkMicBattleFinish(anchors=[pb.User(nickname="甲")], cut_short_prompt="对方认输")
    payload = typed("WebcastLinkMicBattleFinishMethod", finish)
    assert (payload.content, payload.anchors[0].nickname) == ("对方认输", "甲")
