"""Which payload struct a method has; for decoding events on the client's side and for tests."""

from collections.abc import Mapping
from types import MappingProxyType

from relay.events import audience, battle, chat, gift, room, shopping, tallies
from relay.events.methods import SHORT_NAMES
from relay.events.payload import Payload

_BY_SHORT_NAME: Mapping[str, type[Payload]] = {
    "chat": chat.ChatPayload,
    "emoji": chat.EmojiChatPayload,
    "screen_chat": chat.ScreenChatPayload,
    "privilege_chat": chat.PrivilegeScreenChatPayload,
    "like": audience.LikePayload,
    "member": audience.MemberPayload,
    "social": audience.SocialPayload,
    "fansclub": audience.FansclubPayload,
    "gift": gift.GiftPayload,
    "light_gift": gift.LightGiftPayload,
    "binding_gift": gift.BindingGiftPayload,
    "fan_ticket": gift.FanTicketPayload,
    "lucky_box": gift.LuckyBoxPayload,
    "seq": room.RoomUserSeqPayload,
    "stats": room.RoomStatsPayload,
    "rank": room.RoomRankPayload,
    "control": room.ControlPayload,
    "room": room.RoomPayload,
    "notify": room.RoomNotifyPayload,
    "banner": room.InRoomBannerPayload,
    "shopping": shopping.LiveShoppingPayload,
    "product": shopping.ProductChangePayload,
    "battle": battle.LinkMicBattlePayload,
    "battle_finish": battle.LinkMicBattleFinishPayload,
    "armies": battle.LinkMicArmiesPayload,
    "gift_combo": tallies.GiftComboPayload,
    "relay_stats": tallies.StatsPayload,
}

PAYLOAD_TYPES: Mapping[str, type[Payload]] = MappingProxyType(
    {
        method: payload_type
        for short, payload_type in _BY_SHORT_NAME.items()
        for method in SHORT_NAMES[short]
    }
)
"""Method → struct of its payload; all other methods have generic or raw payloads (dicts)."""
