"""What one broadcast adds up to; kept by statistics. No I/O, no clock.

Upstream's numbers are noisy: they come late, twice and out of order. What never falls is the
highest that was said; what goes up and down is the newest. People are told apart by uid, so where a
room hides its viewers nobody is counted as a person, nor ranked.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, Self

from msgspec import Struct

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
    User,
)
from relay.webcast.distinct import Distinct, DistinctState
from relay.webcast.gifts import cny_of
from relay.webcast.givers import Givers, GiversState
from relay.webcast.windows import Bucket

MAX_METHODS = 100
"""Methods counted by name; further ones are counted as `other`."""
_SEQ_MS = 30_000
"""How long upstream's main number of viewers is preferred to the one in the room's corner."""
_ENTERED = (0, 1)
_FOLLOWED, _SHARED = 1, 3
_JOINED = 2
_VIEWERS = 1

PEOPLE = ("newcomers", "followers", "fansclub_joins", "chatters", "givers")
"""What people are counted for."""
MOST = 10**10
"""Numbers of upstream's from here on are no numbers of viewers, likes or shares: ignored, as are
those below zero."""
_LEAP, _LEAP_TIMES = 1_000_000, 100
"""A total that rises by more than the one, and to more than so many times what it was, is believed
when the next one says so, too."""


class Total:
    """A number of upstream's that never falls."""

    __slots__ = ("_doubted", "value")

    def __init__(self, value: int = 0, doubted: int = 0) -> None:
        self.value = value
        self._doubted = doubted

    def state(self) -> tuple[int, int]:
        """Give what it goes on from after a restart: what to make it of."""
        return self.value, self._doubted

    def take(self, told: int) -> int:
        """Take over what was told, if it can be; gives by how much it rose."""
        before = self.value
        if not before < told < MOST:
            self._doubted = 0 if 0 < told < MOST else self._doubted
            return 0
        leaps = before and told - before > _LEAP and told > before * _LEAP_TIMES
        if leaps and not 0 < self._doubted <= 2 * told:
            self._doubted = told
            return 0
        self._doubted = 0
        self.value = told
        return told - before


class CountsState(Struct, frozen=True):
    """The numbers of a broadcast as they are kept over restarts."""

    room_id: str
    since_ms: int
    viewers: int | None
    viewers_peak: int
    viewers_total: tuple[int, int]
    seq_at: tuple[int, int]
    corner_at: tuple[int, int]
    likes: tuple[int, int]
    likes_told: bool
    entries: int
    shares: tuple[int, int]
    messages: dict[str, int]
    names: list[str]
    gifts: int
    gift_diamonds: int
    people: dict[str, DistinctState]
    givers: GiversState


class Counts:
    """The numbers of one broadcast."""

    def __init__(self, room_id: str, since_ms: int) -> None:
        self.room_id = room_id
        self.since_ms = since_ms
        self.viewers: int | None = None
        self.viewers_peak = 0
        self.viewers_total = Total()
        self.seq_at = (0, 0)
        """Of the newest number of viewers: its time, and the total it came with."""
        self.corner_at = (0, 0)
        """Of the newest one in the room's corner: its version, and its time."""
        self.likes = Total()
        self.likes_told = False
        """Whether upstream has said their total."""
        self.entries = 0
        self.shares = Total()
        self.messages: Counter[str] = Counter()
        """By method, without those of the bucket that is being filled."""
        self.names: set[str] = set()
        """Of methods that are counted by name."""
        self.gifts = 0
        self.gift_diamonds = 0
        known: dict[str, int] = {}
        self.people = {what: Distinct(known, 1 << place) for place, what in enumerate(PEOPLE)}
        self.givers = Givers()

    def state(self) -> CountsState:
        """Give what they go on from after a restart."""
        return CountsState(
            self.room_id,
            self.since_ms,
            self.viewers,
            self.viewers_peak,
            self.viewers_total.state(),
            self.seq_at,
            self.corner_at,
            self.likes.state(),
            self.likes_told,
            self.entries,
            self.shares.state(),
            dict(self.messages),
            list(self.names),
            self.gifts,
            self.gift_diamonds,
            {what: people.state() for what, people in self.people.items()},
            self.givers.state(),
        )

    @classmethod
    def restored(cls, state: CountsState) -> Self:
        """Go on with what was kept."""
        self = cls(state.room_id, state.since_ms)
        self.viewers, self.viewers_peak = state.viewers, state.viewers_peak
        self.viewers_total = Total(*state.viewers_total)
        self.seq_at, self.corner_at = state.seq_at, state.corner_at
        self.likes, self.likes_told = Total(*state.likes), state.likes_told
        self.entries, self.shares = state.entries, Total(*state.shares)
        self.messages = Counter(state.messages)
        self.names = set(state.names)
        self.gifts, self.gift_diamonds = state.gifts, state.gift_diamonds
        for what in self.people.keys() & state.people.keys():
            self.people[what].restore(state.people[what])
        self.givers = Givers.restored(state.givers)
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
            "viewers_total": self.viewers_total.value,
            "likes": self.likes.value,
            "entries": self.entries,
            "shares": self.shares.value,
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
            rise = self.likes.take(payload.total)
            if not self.likes_told:  # what came before it is not of now
                rise = min(rise, max(payload.count, 0))
            self.likes_told = self.likes.value > 0
        else:
            rise = self.likes.take(self.likes.value + payload.count) if payload.count > 0 else 0
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
            self.shares.take(total if 0 < total < MOST else self.shares.value + 1)

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
        total = payload.total_user if 0 < payload.total_user < MOST else 0
        is_late = event.time < self.seq_at[0] and total <= self.seq_at[1]
        is_empty = not payload.total and not total and self.viewers_total.value > 0
        if 0 <= payload.total < MOST and not is_late and not is_empty:
            self.seq_at = (event.time, total)
            self._view(payload.total)
        self.viewers_total.take(total)

    def _corner(self, payload: RoomStatsPayload, event: Event, _bucket: Bucket) -> None:
        if payload.display_type != _VIEWERS or payload.is_hidden or payload.incremental:
            return
        version = int(payload.display_version) if payload.display_version.isdecimal() else 0
        at = (version, event.time)
        if at >= self.corner_at and 0 <= payload.display_value < MOST:
            self.corner_at = at
            if event.time - self.seq_at[0] > _SEQ_MS:
                self._view(payload.display_value)

    def _view(self, viewers: int) -> None:
        self.viewers = viewers
        self.viewers_peak = max(self.viewers_peak, viewers)


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
