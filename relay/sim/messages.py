"""Builds the protobuf payloads of a broadcast's messages; called by show."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.message import Message

from relay.sim.goods import Product
from relay.sim.people import Person
from relay.sim.phrases import Gift
from relay.sim.structs import APP_ID, GiftStep, build_user, describe_gift, image, short_number
from relay.webcast.pb import webcast_pb2 as pb

# Fields that none of the messages has: User's own high numbers, read in a message that lacks them.
UNKNOWN_FIELDS = pb.User(
    host_info=b"from a later schema", age_range=3, watch_duration_month=7
).SerializeToString()


class MessageWriter:
    """Writes the payloads of one broadcast."""

    def __init__(self, room_id: int, anchor: Person) -> None:
        self._room_id = room_id
        self._anchor_uid = anchor.uid
        # A message of a type with only its user set, serialized: protobuf merges what is
        # concatenated, and people speak many times.
        self._said_by: dict[tuple[type[Message], Person], bytes] = {}
        self._users: dict[Person, pb.User] = {}
        self._gifts: dict[Gift, bytes] = {}
        self.unknown_fields = False

    def chat(
        self, msg_id: int, now_ms: int, person: Person, text: str, *, lucky_bag: bool = False
    ) -> bytes:
        """Build a chat line; lucky-bag password chats have chat_by 9."""
        message = pb.ChatMessage(
            common=self._common("WebcastChatMessage", msg_id, now_ms),
            content=text,
            event_time=now_ms // 1000,
            individual_chat_priority=50,
            chat_by=9 if lucky_bag else 0,
            public_area_common=pb.PublicAreaCommon(individual_priority=50, im_action=1),
        )
        return self._whole(message, person)

    def mention(self, msg_id: int, now_ms: int, person: Person, other: Person) -> bytes:
        """Build a chat that is only an @mention: `content` is empty, the pieces have it."""
        message = pb.ChatMessage(
            common=self._common("WebcastChatMessage", msg_id, now_ms),
            event_time=now_ms // 1000,
            rtf_content_v2=pb.Text(
                default_pattern="{0:user}",
                pieces=[pb.TextPiece(type=11, user_value=pb.TextPieceUser(user=self._user(other)))],
            ),
        )
        return self._whole(message, person)

    def gift(self, msg_id: int, now_ms: int, person: Person, step: GiftStep) -> bytes:
        """Build one message of a gift."""
        gift = step.gift
        total = step.count * step.group_count
        message = pb.GiftMessage(
            common=self._common(
                "WebcastGiftMessage",
                msg_id,
                now_ms,
                describe=f"{person.nickname}:送给主播 {total}个{gift.name}",
                priority_score=31000,
            ),
            group_count=step.group_count,
            repeat_count=step.count,
            combo_count=step.count,
            total_count=total,
            repeat_end=int(step.repeat_end),
            group_id=step.group_id,
            send_type=4 if gift.combo else 1,
            send_time=now_ms,
            fan_ticket_count=total * gift.diamonds * 10,
            to_user_ids=[self._anchor_uid],
        )
        known = self._gifts.get(gift)
        if known is None:
            known = self._gifts[gift] = describe_gift(gift).SerializeToString()
        return self._whole(message, person) + known

    def like(self, msg_id: int, now_ms: int, person: Person, count: int, total: int) -> bytes:
        """Build a like: `count` taps now, `total` in this broadcast."""
        message = pb.LikeMessage(
            common=self._common("WebcastLikeMessage", msg_id, now_ms, anchor_fold_type=1),
            count=count,
            total=total,
            display_control_info=pb.DisplayControlInfo(show_text=True, show_icons=True),
        )
        return self._whole(message, person)

    def member(self, msg_id: int, now_ms: int, person: Person, online: int) -> bytes:
        """Build somebody's entrance; `online` is how many are there now."""
        message = pb.MemberMessage(
            common=self._common("WebcastMemberMessage", msg_id, now_ms, priority_score=42000),
            member_count=online,
            action=1,
            user_id=person.uid,
            buried_point={"enter_tip_type": "0", "msg_show_type": "enterroom_normal"},
        )
        return self._whole(message, person)

    def follow(self, msg_id: int, now_ms: int, person: Person, followers: int) -> bytes:
        """Build a follow; `followers` is the anchor's new count."""
        message = pb.SocialMessage(
            common=self._common("WebcastSocialMessage", msg_id, now_ms, priority_score=41000),
            action=1,
            share_target=str(self._anchor_uid),
            follow_count=followers,
        )
        return self._whole(message, person)

    def share(self, msg_id: int, now_ms: int, person: Person, target: str, total: int) -> bytes:
        """Build a share; `target` is "1" WeChat, "2" Moments, "112" Douyin friends …"""
        message = pb.SocialMessage(
            common=self._common("WebcastSocialMessage", msg_id, now_ms, priority_score=41000),
            action=3,
            share_target=target,
            share_total_count=total,
        )
        return self._whole(message, person)

    def fansclub(self, msg_id: int, now_ms: int, person: Person, *, join: bool) -> bytes:
        """Build a fans club message: somebody joins (2) or goes up a level (1)."""
        what = "加入了粉丝团" if join else f"粉丝团升到了{person.fans_level + 1}级"
        message = pb.FansclubMessage(
            common=self._common("WebcastFansclubMessage", msg_id, now_ms),
            action=2 if join else 1,
            content=f"恭喜 {person.nickname} {what}",
        )
        return self._whole(message, person)

    def emoji(self, msg_id: int, now_ms: int, person: Person, emoji_id: int) -> bytes:
        """Build a big-emoji chat."""
        message = pb.EmojiChatMessage(
            common=self._common("WebcastEmojiChatMessage", msg_id, now_ms, priority_score=31000),
            emoji_id=emoji_id,
            default_content="[表情]",
            emoji_content=pb.Text(
                default_pattern="{0:image}",
                pieces=[
                    pb.TextPiece(
                        type=15,
                        image_value=pb.TextPieceImage(image=image(f"emoji/{emoji_id}.webp")),
                    )
                ],
            ),
        )
        return self._whole(message, person)

    def screen_chat(self, msg_id: int, now_ms: int, person: Person, text: str) -> bytes:
        """Build a paid chat that flies over the picture."""
        message = pb.ScreenChatMessage(
            common=self._common("WebcastScreenChatMessage", msg_id, now_ms, priority_score=31000),
            screen_chat_type=1,
            content=text,
            event_time=now_ms // 1000,
        )
        return self._whole(message, person)

    def user_seq(
        self, msg_id: int, now_ms: int, online: int, total: int, ranks: Sequence[tuple[Person, int]]
    ) -> bytes:
        """Build the viewer numbers: online now, total so far, top contributors with scores."""
        message = pb.RoomUserSeqMessage(
            common=self._common("WebcastRoomUserSeqMessage", msg_id, now_ms),
            total=online,
            total_user=total,
            total_str=short_number(online),
            total_user_str=short_number(total),
            online_user_for_anchor=str(online),
            total_pv_for_anchor=short_number(total * 3),
            ranks=[
                pb.RoomUserSeqMessage.Contributor(user=self._user(person), score=score, rank=place)
                for place, (person, score) in enumerate(ranks, 1)
            ],
        )
        return self._whole(message)

    def stats(self, msg_id: int, now_ms: int, online: int) -> bytes:
        """Build the line under the title: how many watch."""
        text = short_number(online)
        message = pb.RoomStatsMessage(
            common=self._common("WebcastRoomStatsMessage", msg_id, now_ms),
            display_short=text,
            display_middle=text,
            display_long=f"{text}在线观众",
            display_value=online,
            display_version=now_ms // 1000,
            total=online,
            display_type=1,
        )
        return self._whole(message)

    def rank(self, msg_id: int, now_ms: int, ranks: Sequence[tuple[Person, int]]) -> bytes:
        """Build the contribution rank."""
        message = pb.RoomRankMessage(
            common=self._common("WebcastRoomRankMessage", msg_id, now_ms),
            ranks=[
                pb.RoomRankMessage.RoomRank(user=self._user(person), score_str=str(score))
                for person, score in ranks
            ],
        )
        return self._whole(message)

    def shopping(
        self, msg_id: int, now_ms: int, number: int, product: Product, goods: int
    ) -> bytes:
        """Build the news that a product, the `number`th of `goods`, is explained now."""
        message = pb.LiveShoppingMessage(
            common=self._common("WebcastLiveShoppingMessage", msg_id, now_ms),
            msg_type=1,
            promotion_id=product.promotion_id,
            target_uid=[self._anchor_uid],
            updated_product_ids=[product.product_id],
            update_type=1,
            sold_out=product.stock == 0,
            update_timestamp=now_ms,
            button_label="去看看",
            promotions_num=goods,
            update_toast=f"主播正在讲解{number}号商品",
        )
        return self._whole(message)

    def product_change(self, msg_id: int, now_ms: int, goods: int) -> bytes:
        """Build the news that the list of products changed; `goods` are in it now."""
        message = pb.ProductChangeMessage(
            common=self._common("WebcastProductChangeMessage", msg_id, now_ms),
            update_timestamp=now_ms,
            update_toast="商品列表有更新",
            total=goods,
        )
        return self._whole(message)

    def notice(self, msg_id: int, now_ms: int, text: str) -> bytes:
        """Build a system notice."""
        message = pb.RoomMessage(
            common=self._common("WebcastRoomMessage", msg_id, now_ms),
            content=text,
            biz_scene="sim_notice",
        )
        return self._whole(message)

    def control(self, msg_id: int, now_ms: int, action: int, tips: str) -> bytes:
        """Build a change of the broadcast: action 3 = it is over."""
        message = pb.ControlMessage(
            common=self._common("WebcastControlMessage", msg_id, now_ms, describe=tips),
            action=action,
            tips=tips,
        )
        return self._whole(message)

    def unknown(self, noise: bytes) -> bytes:
        """Build the payload of a method that nobody knows: well-formed protobuf, odd fields."""
        return pb.User(host_info=noise, user_open_id="sim").SerializeToString()

    def _common(self, method: str, msg_id: int, now_ms: int, **more: Any) -> pb.Common:
        return pb.Common(
            method=method,
            msg_id=msg_id,
            room_id=self._room_id,
            create_time=now_ms,
            is_show_msg=True,
            app_id=APP_ID,
            **more,
        )

    def _user(self, person: Person) -> pb.User:
        known = self._users.get(person)
        if known is None:
            known = self._users[person] = build_user(person)
        return known

    def _whole(self, message: Message, person: Person | None = None) -> bytes:
        payload = message.SerializeToString()
        if person is not None:
            key = type(message), person
            known = self._said_by.get(key)
            if known is None:
                known = self._said_by[key] = key[0](user=self._user(person)).SerializeToString()
            payload += known
        return payload + UNKNOWN_FIELDS if self.unknown_fields else payload
