"""What happened in the last minutes, by sliding buckets; used by statistics."""

from collections import Counter, deque
from collections.abc import Mapping

from msgspec import Struct

from relay.events import RecentStats, User
from relay.webcast.gifts import cny_of
from relay.webcast.givers import RecentGivers

BUCKET_MS = 2_000
MINUTE = 30
"""Buckets of the last 60 seconds, the one being filled included."""
RECENT = 150
"""Those of the last five minutes."""
MAX_BUCKET_GIVERS = 200
"""People of whom a bucket says what they gave: further ones are not in the ranking of the last five
minutes, for what they gave within it."""


class Bucket:
    """What happened within BUCKET_MS; or within longer, as a sum of several."""

    __slots__ = (
        "entries",
        "followers",
        "gift_diamonds",
        "gifts",
        "givers",
        "likes",
        "messages",
        "newcomers",
    )

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.likes = 0
        self.entries = 0
        self.newcomers = 0
        self.followers = 0
        self.gifts = 0
        self.gift_diamonds = 0
        self.givers: dict[str, tuple[User, int, int]] = {}
        """By uid who gave, how many gifts, and their diamonds."""

    def give(self, user: User, gifts: int, diamonds: int) -> None:
        """Note who gave; past MAX_BUCKET_GIVERS nobody else."""
        had = self.givers.get(user.uid)
        if had is not None:
            gifts, diamonds = had[1] + gifts, had[2] + diamonds
        elif len(self.givers) >= MAX_BUCKET_GIVERS:
            return
        self.givers[user.uid] = (user, gifts, diamonds)

    def add(self, other: "Bucket", times: int = 1) -> None:
        """Add up; with `times` -1: take off what was added. But for the givers."""
        messages = self.messages
        for method, count in other.messages.items():
            messages[method] += times * count
            if not messages[method]:
                del messages[method]
        self.likes += times * other.likes
        self.entries += times * other.entries
        self.newcomers += times * other.newcomers
        self.followers += times * other.followers
        self.gifts += times * other.gifts
        self.gift_diamonds += times * other.gift_diamonds


class BucketState(Struct, frozen=True, array_like=True):
    """A bucket as it is kept over restarts."""

    index: int
    messages: dict[str, int]
    likes: int
    entries: int
    newcomers: int
    followers: int
    gifts: int
    gift_diamonds: int
    givers: list[tuple[str, int, int]]
    """uid, how many gifts, and their diamonds."""


class WindowsState(Struct, frozen=True, array_like=True):
    """Windows as they are kept over restarts."""

    begin: int
    buckets: list[BucketState]
    """Oldest first; the last one is being filled."""
    users: list[User]
    """Who gave in these."""


class Windows:
    """The last minute and the last five."""

    def __init__(self) -> None:
        self.now = Bucket()
        """The one being filled. Its messages' number is what tells whether anything came."""
        self._index = 0
        self._begin = 0
        self._buckets: deque[tuple[int, Bucket]] = deque()
        """Those of the last five minutes in which anything happened, oldest first."""
        self._minute: deque[tuple[int, Bucket]] = deque()
        self._recent_sum = Bucket()
        self._minute_sum = Bucket()
        self._givers = RecentGivers()

    @property
    def are_empty(self) -> bool:
        """Whether nothing happened within the last five minutes."""
        return not self._buckets and not self.now.messages

    def roll(self, now_ms: int) -> tuple[int, Bucket] | None:
        """Go on to the bucket of this time; gives the one that is over, if it is, and its begin."""
        index = now_ms // BUCKET_MS
        if not self._index:
            self._index = self._begin = index
        if index < self._index - MINUTE:  # the clock was put back
            self._shift(index - self._index)
        if index <= self._index:
            return None
        over, at = self.now, self._index
        self._index = index
        if over.messages:
            self._buckets.append((at, over))
            self._minute.append((at, over))
            self._recent_sum.add(over)
            self._minute_sum.add(over)
            for user, gifts, diamonds in over.givers.values():
                self._givers.add(user, gifts, diamonds)
            self.now = Bucket()
        while self._minute and self._minute[0][0] <= index - MINUTE:
            self._minute_sum.add(self._minute.popleft()[1], -1)
        while self._buckets and self._buckets[0][0] <= index - RECENT:
            old = self._buckets.popleft()[1]
            self._recent_sum.add(old, -1)
            for user, gifts, diamonds in old.givers.values():
                self._givers.take_back(user.uid, gifts, diamonds)
        return at * BUCKET_MS, over

    def state(self) -> WindowsState:
        """Give what they go on from after a restart."""
        users = self._givers.users()
        users.update({uid: user for uid, (user, _, _) in self.now.givers.items()})
        buckets = [*self._buckets, (self._index, self.now)]
        kept = [bucket_state(index, bucket) for index, bucket in buckets]
        return WindowsState(self._begin, kept, list(users.values()))

    @classmethod
    def restored(cls, state: WindowsState) -> "Windows":
        """Go on with what was kept."""
        self = cls()
        users = {user.uid: user for user in state.users}
        for kept in state.buckets:
            self.roll(kept.index * BUCKET_MS)
            self.now = restored_bucket(kept, users)
        self._begin = state.begin
        return self

    def messages_per_min(self) -> dict[str, int]:
        """Give the messages of the last 60 seconds by method."""
        return dict(self._minute_sum.messages + self.now.messages)

    def recent(self) -> RecentStats:
        """Give what happened in the last five minutes."""
        both = Bucket()
        both.add(self._recent_sum)
        both.add(self.now)
        for user, gifts, diamonds in self.now.givers.values():
            self._givers.add(user, gifts, diamonds)
        top = self._givers.top()
        for user, gifts, diamonds in self.now.givers.values():
            self._givers.take_back(user.uid, gifts, diamonds)
        buckets = min(self._index - self._begin + 1, RECENT)
        return RecentStats(
            window_s=buckets * BUCKET_MS // 1000,
            messages=dict(both.messages),
            likes=both.likes,
            entries=both.entries,
            newcomers=both.newcomers,
            followers=both.followers,
            gifts=both.gifts,
            gift_diamonds=both.gift_diamonds,
            gift_cny=cny_of(both.gift_diamonds),
            top_givers=top,
        )

    def _shift(self, by: int) -> None:
        self._index += by
        self._begin += by
        self._buckets = deque((at + by, bucket) for at, bucket in self._buckets)
        self._minute = deque((at + by, bucket) for at, bucket in self._minute)


def bucket_state(index: int, bucket: Bucket) -> BucketState:
    """Give a bucket as it is kept."""
    givers = [(uid, gifts, diamonds) for uid, (_, gifts, diamonds) in bucket.givers.items()]
    return BucketState(
        index,
        dict(bucket.messages),
        bucket.likes,
        bucket.entries,
        bucket.newcomers,
        bucket.followers,
        bucket.gifts,
        bucket.gift_diamonds,
        givers,
    )


def restored_bucket(state: BucketState, users: Mapping[str, User]) -> Bucket:
    """Make a bucket of what was kept."""
    bucket = Bucket()
    bucket.messages = Counter(state.messages)
    bucket.likes = state.likes
    bucket.entries = state.entries
    bucket.newcomers = state.newcomers
    bucket.followers = state.followers
    bucket.gifts = state.gifts
    bucket.gift_diamonds = state.gift_diamonds
    for uid, gifts, diamonds in state.givers:
        if uid in users:
            bucket.givers[uid] = (users[uid], gifts, diamonds)
    return bucket
