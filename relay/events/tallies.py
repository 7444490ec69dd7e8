"""Payloads of the relay's own events: what it counts of what upstream sends."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from relay.events.payload import Payload
from relay.events.people import User


class GiftComboPayload(Payload, frozen=True):
    """RelayGiftCombo: a combo is over. One for each, so `count` and `diamond_total` may be summed.

    `content`: "送出了 <name> x<count>"; `user` is who gave.
    """

    combo_id: str
    """That of the combo's gift messages, see GiftPayload."""
    gift_id: str
    """Decimal 64-bit id."""
    name: str
    """Gift's name in Chinese; may be empty."""
    count: int
    """Gifts in the combo."""
    diamond_each: int
    """Price of one, in diamonds; 0 unknown or free."""
    diamond_total: int
    """Value of all, in diamonds."""
    cny_total: float
    """The same in CNY (1 diamond = 0.1 CNY)."""
    group_id: str
    """Upstream's number of the group, see GiftPayload."""
    image: str
    """URL of the gift's picture."""
    to_user: User | None
    """Who got it, when it was a guest rather than the anchor; else null."""
    to_uids: tuple[str, ...]
    """Ids of those who got it, when several did; at most 200."""
    first_ms: int
    """Time of its first message, Unix milliseconds."""
    last_ms: int
    """Time of its last one."""
    closed_by: Literal["end", "timeout", "broadcast", "stop"]
    """What ended it: upstream's own closing message, that nothing came any more, the end of the
    broadcast, or that the relay stopped watching."""
    continued: bool
    """It had been closed for want of messages, and went on: this counts only what came since."""


class Giver(Struct, frozen=True, gc=False):
    """Somebody in the ranking of those who gave most."""

    user: User
    """As last seen; without badges."""
    gifts: int
    """How many."""
    diamonds: int
    """Their value."""
    cny: float
    """The same in CNY."""


class RecentStats(Struct, frozen=True, gc=False):
    """The same numbers for the last minutes only."""

    window_s: int
    """How many seconds these are: 300, less where the broadcast is younger, or the relay."""
    messages: dict[str, int]
    """Messages by method."""
    likes: int
    """Likes given."""
    entries: int
    """Times that somebody entered."""
    newcomers: int
    """People who entered for the first time in this broadcast."""
    followers: int
    """People who followed the anchor."""
    gifts: int
    """Gifts given."""
    gift_diamonds: int
    """Their value, in diamonds."""
    gift_cny: float
    """The same in CNY."""
    top_givers: tuple[Giver, ...]
    """Who gave most, at most 10, the first gave most."""


class StatsPayload(Payload, frozen=True):
    """RelayStats: what the relay counts of the broadcast; `content` is "", `user` null.

    With `full` every field is there; else those that have changed since the last one. So put each
    over what you have: fields that are objects come whole. Numbers come once a second, `top_givers`
    every 3 s, `messages`, `messages_per_min` and `recent` every 5 s; all at most, and where they
    have changed.

    People are told apart by uid: where a room hides its viewers nobody is counted as a person, nor
    ranked. Up to 10,000 they are counted exactly, beyond with an error below 1 %. Sums are kept of
    2,000 givers; beyond, those who gave least are forgotten and begin anew.
    """

    full: bool
    """Whether it is the whole state."""
    time_ms: int
    """When it was so, Unix milliseconds."""
    since_ms: int | UnsetType = UNSET
    """When counting began, Unix milliseconds: the broadcast's beginning, or later where the relay
    came later; 0: nothing has come yet."""
    viewers: int | UnsetType | None = UNSET
    """Who watch now, as upstream says; null until it has said."""
    viewers_peak: int | UnsetType = UNSET
    """Most of them so far, as far as the relay saw."""
    viewers_total: int | UnsetType = UNSET
    """Who have watched so far; never falls."""
    likes: int | UnsetType = UNSET
    """Likes of the broadcast, as upstream counts them; never falls."""
    entries: int | UnsetType = UNSET
    """Times that somebody was seen to enter."""
    newcomers: int | UnsetType = UNSET
    """People who were seen to enter for the first time."""
    followers: int | UnsetType = UNSET
    """People who followed the anchor during the broadcast."""
    shares: int | UnsetType = UNSET
    """Times that somebody shared it."""
    fansclub_joins: int | UnsetType = UNSET
    """People who joined the fans club."""
    chatters: int | UnsetType = UNSET
    """People who wrote something."""
    messages: dict[str, int] | UnsetType = UNSET
    """Messages by method; of more than 100 methods the further ones as `other`."""
    messages_per_min: dict[str, int] | UnsetType = UNSET
    """The same in the last 60 seconds."""
    gifts: int | UnsetType = UNSET
    """Gifts given."""
    gift_diamonds: int | UnsetType = UNSET
    """Their value, in diamonds."""
    gift_cny: float | UnsetType = UNSET
    """The same in CNY (1 diamond = 0.1 CNY)."""
    givers: int | UnsetType = UNSET
    """People who gave something."""
    top_givers: tuple[Giver, ...] | UnsetType = UNSET
    """Who gave most, at most 10, the first gave most."""
    recent: RecentStats | UnsetType = UNSET
    """The last five minutes."""
