"""Payloads of gifts and of what they add up to."""

from relay.events.payload import Payload
from relay.events.people import User


class GiftPayload(Payload, frozen=True):
    """WebcastGiftMessage: a gift, or one step of a combo. `content`: "送出了 <name> x<count>".

    One logical gift is a group: (room_id, user.uid, gift_id, group_id). Its messages carry a
    running total that skips numbers (1, 2, 5, 8 …) and may come out of order; a closing message
    with `repeat_end` repeats the last total, or never comes. So never sum `count`: take the
    highest of a group.
    """

    gift_id: str
    """Decimal 64-bit id."""
    name: str
    """Gift's name in Chinese; may be empty."""
    count: int
    """Gifts in the group so far, whole sets multiplied out; at least 1."""
    diamond_each: int
    """Price of one, in diamonds (1 diamond = 0.1 CNY); 0 unknown or free."""
    diamond_total: int
    """diamond_each x count: value of the group so far, in diamonds."""
    repeat_count: int
    """Upstream's running total, mostly equal to count."""
    combo_count: int
    """Steps of the combo so far; each is a set of group_count gifts."""
    group_count: int
    """Gifts in one set (1, or a preset such as 66, 188, 520, 1314)."""
    total_count: int
    """Upstream's total, sets multiplied out; 0 where left out."""
    group_id: str
    """Number of the group, resembles Unix seconds; unique only together with room, user, gift."""
    combo: bool
    """The gift can be sent as a combo, so more messages of the group may follow."""
    repeat_end: bool
    """Closes a combo: adds nothing to the messages before it, though it has its own msg_id."""
    send_type: int
    """1 single, 4 combo, 0 burst."""
    gift_type: int
    """1 normal, 2 stream, 4 fans-club badge."""
    fan_ticket_count: int
    """Fan tickets (音浪) that this message brought; 0 where not told."""
    to_user: User | None
    """Who got it, when it was a guest rather than the anchor; else null."""
    to_uids: tuple[str, ...]
    """Ids of those who got it, when several did; at most 200."""
    image: str
    """URL of the gift's picture."""
    send_time_ms: int
    """When it was sent, Unix milliseconds; 0 unknown."""
    description: str
    """Upstream's own sentence, e.g. "某某:送给主播 1个小心心"; may be empty."""
    combo_id: str = ""
    """The relay's name of the combo that this belongs to: the same for all messages of one, another
    for every other combo of the room. A gift that can't be repeated is a combo of one message."""
    increment: int = 0
    """Gifts that this message adds to what was known of the combo; 0: nothing new. To be summed."""
    increment_diamonds: int = 0
    """Their value, in diamonds. To be summed."""
    total: int = 0
    """Gifts of the combo so far, as the relay counts them: it never falls, in whatever order
    messages come."""
    total_diamonds: int = 0
    """Their value, in diamonds."""
    total_cny: float = 0.0
    """The same in CNY (1 diamond = 0.1 CNY)."""


class BindingGiftPayload(GiftPayload, frozen=True):
    """WebcastBindingGiftMessage: wraps a gift; the fields are the wrapped gift's."""


class LightGiftPayload(Payload, frozen=True):
    """WebcastLightGiftMessage: a fan ticket or other small gift. Upstream names no sender.

    Nor a group: its messages can't be told from further gifts, so they are in no combo, and in no
    sum of gifts.
    """

    gift_id: str
    """Decimal 64-bit id; "" unknown."""
    name: str
    """Gift's name in Chinese; may be empty."""
    count: int
    """Gifts in the group so far; at least 1. As with gifts, a running total: do not sum it."""
    diamond_each: int
    """Price of one, in diamonds; 0 unknown or free."""
    diamond_total: int
    """diamond_each x count, in diamonds."""
    repeat_count: int
    """Upstream's running total."""
    combo_count: int
    """Steps of the combo so far."""
    group_count: int
    """Gifts in one set."""
    send_type: int
    """1 single, 4 combo, 0 burst."""
    to_uid: str
    """Who got it; "" for the anchor."""
    image: str
    """URL of the gift's picture."""


class FanTicketPayload(Payload, frozen=True):
    """WebcastUpdateFanTicketMessage: the room's sum of fan tickets (音浪)."""

    count: int
    """Fan tickets of this broadcast so far."""
    text: str
    """The same as shown, e.g. "1.2万"."""
    force_update: bool
    """Upstream asks its clients to show it even when it is lower than before."""


class LuckyBoxPayload(Payload, frozen=True):
    """WebcastLuckyBoxMessage: a lucky bag or red packet (福袋, 红包) was put up."""

    box_id: str
    """Decimal 64-bit id."""
    title: str
    """Its title; may be empty."""
    diamond_count: int
    """Diamonds in it."""
    box_type: int
    """Upstream's kind, meaning unknown."""
    business_type: int
    """Upstream's business kind, meaning unknown."""
    box_status: int
    """Upstream's state, meaning unknown."""
    send_time: int
    """When it was put up, as upstream gives it (a Unix time, unit not confirmed)."""
    delay_time: int
    """Wait until it opens, as upstream gives it (unit not confirmed)."""
    display_duration: int
    """How long it is shown, as upstream gives it (unit not confirmed)."""
    is_official: bool
    """Put up by the platform."""
    large: bool
    """Shown large."""
