"""What one broadcast adds up to; kept by statistics. No I/O, no clock.

Upstream's numbers are noisy: they come late, twice and out of order. What never falls is the
highest that was said; what goes up and down is the newest. People are told apart by uid, so where a
room hides its viewers nobody is counted as a person, nor ranked.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Self

from relay.events import (
    MASKED_UID,
    BindingGiftPayload,
    ChatPayload,
    EmojiChatPayload,
    Event,
    FansclubPayload,
    GiftPayload,
    LikePayload,
    MemberPayload,
    PrivilegeScreenChatPayload,
    RoomStatsPayload,
    RoomUserSeqPayload,
    ScreenChatPayload,
    SocialPayload,
    StatsPayload,
    User,
)
from relay.webcast.distinct import Distinct
from relay.webcast.gifts import cny_of
from relay.webcast.givers import Givers
from relay.webcast.windows import Bucket

MAX_METHODS = 100
"""Methods counted by name; further ones are counted as `other`."""
_SEQ_MS = 30_000
"""How long upstream's main number of viewers is preferred to the one in the room's corner."""
_ENTERED = (0, 1)
_FOLLOWED, _SHARED = 1, 3
_JOINED = 2
_VIEWERS = 1

PEOPLE = MappingProxyType(
    {
        "newcomers": ("WebcastMemberMessage",),
        "followers": ("WebcastSocialMessage",),
        "fansclub_joins": ("WebcastFansclubMessage",),
        "chatters": (
            "WebcastChatMessage",
            "WebcastEmojiChatMessage",
            "WebcastScreenChatMessage",
            "WebcastPrivilegeScreenChatMessage",
        ),
        "givers": ("WebcastGiftMessage", "WebcastBindingGiftMessage"),
    }
)
"""What people are counted for, and by which messages."""


class Counts:
    """The numbers of one broadcast."""

    def __init__(self, room_id: str, since_ms: int) -> None:
        self.room_id = room_id
        self.since_ms = since_ms
        self.viewers: int | None = None
        self.viewers_peak = 0
        self.viewers_total = 0
        self.seq_at = (0, 0)
        """Of the newest number of viewers: the total it came with, and its time."""
        self.corner_at = (0, 0)
        """Of the newest one in the room's corner: its version, and its time."""
        self.likes = 0
        self.likes_told = False
        """Whether upstream has said their total."""
        self.entries = 0
        self.shares = 0
        self.messages: Counter[str] = Counter()
        """By method, without those of the bucket that is being filled."""
        self.names: set[str] = set()
        """Of methods that are counted by name."""
        self.gifts = 0
        self.gift_diamonds = 0
        self.people = {what: Distinct() for what in PEOPLE}
        self.givers = Givers()

    @classmethod
    def restored(
        cls,
        told: StatsPayload,
        messages: Mapping[str, int],
        people: Iterable[tuple[str, str]],
        given: Iterable[tuple[User | None, int, int]],
    ) -> Self:
        """Go on with what was told; see Statistics.restore."""
        self = cls(told.room_id, _number(told.since_ms))
        self.viewers = told.viewers if isinstance(told.viewers, int) else None
        self.viewers_peak = _number(told.viewers_peak)
        self.viewers_total = _number(told.viewers_total)
        self.seq_at = (self.viewers_total, 0)
        self.likes = _number(told.likes)
        self.likes_told = self.likes > 0
        self.entries = _number(told.entries)
        self.shares = _number(told.shares)
        self.gifts = _number(told.gifts)
        self.gift_diamonds = _number(told.gift_diamonds)
        self.messages = Counter(told.messages or {})
        self.messages.update(messages)
        self.names = set(self.messages)
        for user, gifts, diamonds in given:
            if user is not None and _is_known(user) and gifts > 0:
                self.givers.add(user, gifts, diamonds)
        if told.top_givers:
            self.givers.restore(told.top_givers)
        seen: dict[str, set[str]] = {what: set() for what in PEOPLE}
        for method, uid in people:
            if what := _PERSON_OF.get(method):
                seen[what].add(uid)
        for what, uids in seen.items():
            self.people[what] = Distinct(_number(getattr(told, what)), uids)
        return self

    def take(self, event: Event, bucket: Bucket) -> None:
        """Count an event, in the bucket of its time, too."""
        method = event.method
        if method not in self.names:
            if len(self.names) < MAX_METHODS:
                self.names.add(method)
            else:
                method = "other"
        bucket.messages[method] += 1
        payload = event.payload
        count = _COUNTED.get(type(payload))
        if count is not None:
            count(self, payload, event, bucket)

    def values(self) -> dict[str, Any]:
        """Give the numbers, but for messages by method, by their names in StatsPayload."""
        return {
            "since_ms": self.since_ms,
            "viewers": self.viewers,
            "viewers_peak": self.viewers_peak,
            "viewers_total": self.viewers_total,
            "likes": self.likes,
            "entries": self.entries,
            "shares": self.shares,
            "gifts": self.gifts,
            "gift_diamonds": self.gift_diamonds,
            "gift_cny": cny_of(self.gift_diamonds),
            "top_givers": self.givers.top(),
            **{what: people.count for what, people in self.people.items()},
        }

    # Inside

    def _person(self, what: str, user: User | None) -> int:
        """Count who did it; gives by how many the count rose."""
        if user is None or not _is_known(user):
            return 0
        return self.people[what].add(user.uid)

    def _like(self, payload: LikePayload, _event: Event, bucket: Bucket) -> None:
        if payload.total:
            rise = max(payload.total - self.likes, 0)
            self.likes += rise
            if not self.likes_told:  # what came before it is not of now
                rise = min(rise, payload.count)
            self.likes_told = True
        else:
            rise = max(payload.count, 0)
            self.likes += rise
        bucket.likes += rise

    def _member(self, payload: MemberPayload, _event: Event, bucket: Bucket) -> None:
        if payload.action in _ENTERED:
            self.entries += 1
            bucket.entries += 1
            bucket.newcomers += self._person("newcomers", payload.user)

    def _social(self, payload: SocialPayload, _event: Event, bucket: Bucket) -> None:
        if payload.action == _FOLLOWED:
            bucket.followers += self._person("followers", payload.user)
        elif payload.action == _SHARED:
            total = payload.share_total_count
            self.shares = max(self.shares, total) if total else self.shares + 1

    def _fansclub(self, payload: FansclubPayload, _event: Event, _bucket: Bucket) -> None:
        if payload.action == _JOINED:
            self._person("fansclub_joins", payload.user)

    def _chat(self, payload: ChatPayload, _event: Event, _bucket: Bucket) -> None:
        self._person("chatters", payload.user)

    def _gift(self, payload: GiftPayload, _event: Event, bucket: Bucket) -> None:
        gifts, diamonds = payload.increment, payload.increment_diamonds
        if gifts <= 0 and diamonds <= 0:
            return
        self.gifts += gifts
        self.gift_diamonds += diamonds
        bucket.gifts += gifts
        bucket.gift_diamonds += diamonds
        user = payload.user
        if user is not None and _is_known(user):
            self.people["givers"].add(user.uid)
            self.givers.add(user, gifts, diamonds)
            bucket.give(user, gifts, diamonds)

    def _seq(self, payload: RoomUserSeqPayload, event: Event, _bucket: Bucket) -> None:
        at = (payload.total_user, event.time)
        if at >= self.seq_at:
            self.seq_at = at
            self._view(payload.total)
        self.viewers_total = max(self.viewers_total, payload.total_user)

    def _corner(self, payload: RoomStatsPayload, event: Event, _bucket: Bucket) -> None:
        if payload.display_type != _VIEWERS or payload.is_hidden or payload.incremental:
            return
        version = int(payload.display_version) if payload.display_version.isdecimal() else 0
        at = (version, event.time)
        if at >= self.corner_at:
            self.corner_at = at
            if event.time - self.seq_at[1] > _SEQ_MS:
                self._view(payload.display_value)

    def _view(self, viewers: int) -> None:
        self.viewers = viewers
        self.viewers_peak = max(self.viewers_peak, viewers)


_PERSON_OF = {method: what for what, methods in PEOPLE.items() for method in methods}

_COUNTED: dict[type, Callable[[Counts, Any, Event, Bucket], None]] = {
    LikePayload: Counts._like,
    MemberPayload: Counts._member,
    SocialPayload: Counts._social,
    FansclubPayload: Counts._fansclub,
    ChatPayload: Counts._chat,
    EmojiChatPayload: Counts._chat,
    ScreenChatPayload: Counts._chat,
    PrivilegeScreenChatPayload: Counts._chat,
    GiftPayload: Counts._gift,
    BindingGiftPayload: Counts._gift,
    RoomUserSeqPayload: Counts._seq,
    RoomStatsPayload: Counts._corner,
}


def _is_known(user: User) -> bool:
    """Tell whether somebody is told apart from others."""
    return not user.masked and user.uid not in ("", "0", MASKED_UID)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
