"""Typed events: what a decoded upstream message is to the rest of the relay.

Leaves: imported by everything, import nothing of relay but its errors.
"""

from relay.events.audience import FansclubPayload, LikePayload, MemberPayload, SocialPayload
from relay.events.base import EncodedEvent, Event, SimulatedEvent
from relay.events.battle import (
    LinkMicArmiesPayload,
    LinkMicBattleFinishPayload,
    LinkMicBattlePayload,
)
from relay.events.chat import (
    ChatPayload,
    EmojiChatPayload,
    PrivilegeScreenChatPayload,
    ScreenChatPayload,
)
from relay.events.gift import (
    BindingGiftPayload,
    FanTicketPayload,
    GiftPayload,
    LightGiftPayload,
    LuckyBoxPayload,
)
from relay.events.methods import (
    GIFT_METHODS,
    LOW_VALUE_METHODS,
    OWN_METHODS,
    SHORT_NAMES,
    resolve_methods,
)
from relay.events.payload import Payload
from relay.events.payloads import PAYLOAD_TYPES
from relay.events.people import MASKED_UID, Badge, FansClub, User
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
from relay.events.shopping import LiveShoppingPayload, ProductChangePayload
from relay.events.tallies import GiftComboPayload, Giver, RecentStats, StatsPayload
from relay.events.text import Piece, PieceType

__all__ = [
    "GIFT_METHODS",
    "LOW_VALUE_METHODS",
    "MASKED_UID",
    "OWN_METHODS",
    "PAYLOAD_TYPES",
    "SHORT_NAMES",
    "Badge",
    "BindingGiftPayload",
    "ChatPayload",
    "Contributor",
    "ControlPayload",
    "EmojiChatPayload",
    "EncodedEvent",
    "Event",
    "FanTicketPayload",
    "FansClub",
    "FansclubPayload",
    "GiftComboPayload",
    "GiftPayload",
    "Giver",
    "InRoomBannerPayload",
    "LightGiftPayload",
    "LikePayload",
    "LinkMicArmiesPayload",
    "LinkMicBattleFinishPayload",
    "LinkMicBattlePayload",
    "LiveShoppingPayload",
    "LuckyBoxPayload",
    "MemberPayload",
    "Payload",
    "Piece",
    "PieceType",
    "PrivilegeScreenChatPayload",
    "ProductChangePayload",
    "RecentStats",
    "RoomNotifyPayload",
    "RoomPayload",
    "RoomRankPayload",
    "RoomStatsPayload",
    "RoomUserSeqPayload",
    "ScreenChatPayload",
    "SimulatedEvent",
    "SocialPayload",
    "StatsPayload",
    "User",
    "resolve_methods",
]
