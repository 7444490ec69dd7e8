"""Names of methods: the short ones that users type, and what methods prove; used by all.

A method is upstream's own message name, e.g. `WebcastChatMessage`.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from relay.errors import FilterError

SHORT_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # What people write and do.
        "chat": ("WebcastChatMessage",),
        "emoji": ("WebcastEmojiChatMessage",),
        "screen_chat": ("WebcastScreenChatMessage",),
        "privilege_chat": ("WebcastPrivilegeScreenChatMessage",),
        "like": ("WebcastLikeMessage",),
        "member": ("WebcastMemberMessage",),
        "social": ("WebcastSocialMessage",),
        "fansclub": ("WebcastFansclubMessage",),
        # Gifts and what they add up to.
        "gift": ("WebcastGiftMessage",),
        "light_gift": ("WebcastLightGiftMessage",),
        "binding_gift": ("WebcastBindingGiftMessage",),
        "fan_ticket": ("WebcastUpdateFanTicketMessage",),
        "lucky_box": ("WebcastLuckyBoxMessage",),
        # The room: numbers, state, notices.
        "seq": ("WebcastRoomUserSeqMessage",),
        "stats": ("WebcastRoomStatsMessage",),
        "rank": ("WebcastRoomRankMessage",),
        "control": ("WebcastControlMessage",),
        "room": ("WebcastRoomMessage",),
        "notify": ("WebcastRoomNotifyMessage", "WebcastNotifyMessage"),
        "banner": ("WebcastInRoomBannerMessage",),
        # Shopping.
        "shopping": ("WebcastLiveShoppingMessage",),
        "product": ("WebcastProductChangeMessage",),
        # Battles between anchors; upstream uses both spellings.
        "battle": ("WebcastLinkMicBattleMethod", "WebcastLinkMicBattle"),
        "battle_finish": ("WebcastLinkMicBattleFinishMethod", "WebcastLinkMicBattleFinish"),
        "armies": ("WebcastLinkMicArmiesMethod", "WebcastLinkMicArmies"),
        # The relay's own.
        "gift_combo": ("RelayGiftCombo",),
        "relay_stats": ("RelayStats",),
    }
)
"""A short name for every event with a typed payload."""

LOW_VALUE_METHODS: frozenset[str] = frozenset(
    {
        "WebcastRanklistHourEntranceMessage",
        "WebcastRoomDataSyncMessage",
        "WebcastChatLikeMessage",
        "WebcastResidentGuestMessage",
        "WebcastLowPcuGuideMessage",
        "WebcastCommonDotMessage",
        "WebcastGiftUpdateMessage",
        "WebcastInRoomBannerMessage",
        "WebcastNotifyEffectMessage",
        "WebcastHotRoomMessage",
        "WebcastRoomRankMessage",
        "WebcastRoomStatsMessage",
    }
)
"""Methods that also flow in closed and stalled rooms (seen by xhynice): they prove nothing."""

GIFT_METHODS: frozenset[str] = frozenset(
    long for short in ("gift", "light_gift", "binding_gift") for long in SHORT_NAMES[short]
)
"""Methods that upstream keeps from most who aren't logged in."""

OWN_METHODS: frozenset[str] = frozenset({"RelayGiftCombo", "RelayStats"})
"""Methods of events that the relay makes itself, of what upstream sent."""

# All of upstream's methods begin with Webcast, but for one (LinkMicMethod). Asking for one or the
# other keeps a mistyped short name from passing as a method that never comes.
_METHOD = re.compile(r"(?=[A-Za-z0-9_]{1,128}$)(Webcast[A-Za-z0-9_]+|[A-Z]\w*(Message|Method))")


def resolve_methods(names: Iterable[str]) -> frozenset[str]:
    """Turn short names (any case) and upstream's own names into a set of methods.

    Raises FilterError for the first name that is neither, saying which and what may be meant.
    """
    methods: set[str] = set()
    for name in names:
        stripped = name.strip()
        if short := SHORT_NAMES.get(stripped.lower()):
            methods.update(short)
        elif stripped in OWN_METHODS or _METHOD.fullmatch(stripped):
            methods.add(stripped)
        else:
            raise FilterError(_refusal(stripped))
    return frozenset(methods)


def _refusal(name: str) -> str:
    # A client's text goes back into a message to that client: keep it short.
    shown = repr(name if len(name) <= 64 else name[:64] + "…")
    by_lower = {long.lower(): long for longs in SHORT_NAMES.values() for long in longs}
    candidates = [*SHORT_NAMES, *by_lower]
    near = get_close_matches(name[:128].lower(), candidates, n=1)
    if near:
        return f"no method {shown}; did you mean {by_lower.get(near[0], near[0])!r}?"
    return (
        f"no method {shown}; allowed are upstream's own names such as 'WebcastChatMessage' "
        f"and the short names {', '.join(SHORT_NAMES)}"
    )
