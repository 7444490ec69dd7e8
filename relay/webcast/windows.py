"""What happened in the last minutes, by sliding buckets, and step by step; used by statistics."""

import zlib
from collections import Counter, deque
from collections.abc import Container, Mapping

import msgspec
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
STEPS = {10: 360, 60: 1_440}
"""Seconds of a step of the series, and how many steps are kept: an hour, and a day."""
BLOCK_STEPS = 20
"""So many of them are compressed together."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[msgspec.Raw]).decode


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
        # Whoever is not in the ranking's sums any more does not come back by these buckets.
        users = self._givers.users()
        users.update({uid: user for uid, (user, _, _) in self.now.givers.items()})
        buckets = [*self._buckets, (self._index, self.now)]
        kept = [_bucket_state(index, bucket, users) for index, bucket in buckets]
        return WindowsState(self._begin, kept, list(users.values()))

    @classmethod
    def restored(cls, state: WindowsState) -> "Windows":
        """Go on with what was kept."""
        self = cls()
        users = {user.uid: user for user in state.users}
        for kept in state.buckets:
            self.roll(kept.index * BUCKET_MS)
            self.now = _bucket(kept, users)
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


def _bucket_state(index: int, bucket: Bucket, users: Container[str]) -> BucketState:
    givers = [
        (uid, gifts, diamonds)
        for uid, (_, gifts, diamonds) in bucket.givers.items()
        if uid in users
    ]
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


def _bucket(state: BucketState, users: Mapping[str, User]) -> Bucket:
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


class Point(Struct):
    """What happened in one step of the series."""

    time_ms: int
    """When it began, Unix milliseconds."""
    viewers: int | None
    """The last known in it."""
    likes: int
    gift_diamonds: int
    messages: dict[str, int]
    """By method."""


class StepsState(Struct, frozen=True, array_like=True):
    """Steps that are over as they are kept over restarts."""

    blocks: list[bytes]
    """Compressed."""
    last: list[bytes]


class SeriesState(Struct, frozen=True, array_like=True):
    """A series as it is kept over restarts, by seconds of a step."""

    steps: dict[int, StepsState]
    sums: dict[int, tuple[int, BucketState]]
    """When the step that is not over began, and what happened in it."""
    viewers: int | None


class Series:
    """The same step by step, for hours."""

    def __init__(self) -> None:
        self._steps = {step_s: _Steps(most) for step_s, most in STEPS.items()}
        self._sums = {step_s: (0, Bucket()) for step_s in STEPS}
        self._viewers: int | None = None

    def add(self, begin_ms: int, bucket: Bucket, viewers: int | None) -> None:
        """Count a bucket that is over, though nothing may have happened in it."""
        for step_s, (at_ms, together) in self._sums.items():
            step_ms = begin_ms - begin_ms % (step_s * 1000)
            if at_ms != step_ms:
                if at_ms:
                    self._steps[step_s].append(self._point(at_ms, together))
                self._sums[step_s] = (step_ms, Bucket())
            self._sums[step_s][1].add(bucket)
        self._viewers = viewers

    def state(self) -> SeriesState:
        """Give what it goes on from after a restart."""
        return SeriesState(
            {step_s: steps.state() for step_s, steps in self._steps.items()},
            {
                step_s: (at_ms, _bucket_state(0, together, ()))
                for step_s, (at_ms, together) in self._sums.items()
            },
            self._viewers,
        )

    @classmethod
    def restored(cls, state: SeriesState) -> "Series":
        """Go on with what was kept."""
        self = cls()
        for step_s in STEPS.keys() & state.steps.keys() & state.sums.keys():
            self._steps[step_s].restore(state.steps[step_s])
            at_ms, together = state.sums[step_s]
            self._sums[step_s] = (at_ms, _bucket(together, {}))
        self._viewers = state.viewers
        return self

    def points(self, step_s: int) -> list[msgspec.Raw]:
        """Give the steps, each a Point as JSON, oldest first; the last one may not be over."""
        at_ms, together = self._sums[step_s]
        points = self._steps[step_s].all()
        if at_ms:
            points.append(msgspec.Raw(self._point(at_ms, together)))
        return points

    def _point(self, at_ms: int, together: Bucket) -> bytes:
        return _encode(
            Point(
                at_ms,
                self._viewers,
                together.likes,
                together.gift_diamonds,
                dict(together.messages),
            )
        )


class _Steps:
    """Steps that are over, as JSON; all but the last of them compressed, to a tenth."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._blocks: deque[bytes] = deque()
        """BLOCK_STEPS each."""
        self._last: list[bytes] = []

    def append(self, point: bytes) -> None:
        self._last.append(point)
        if len(self._last) == BLOCK_STEPS:
            self._blocks.append(zlib.compress(b"[%b]" % b",".join(self._last)))
            self._last.clear()
        while (len(self._blocks) - 1) * BLOCK_STEPS + len(self._last) >= self._most:
            self._blocks.popleft()

    def all(self) -> list[msgspec.Raw]:
        points = [point for block in self._blocks for point in _decode(zlib.decompress(block))]
        points.extend(map(msgspec.Raw, self._last))
        return points[-self._most :]

    def state(self) -> StepsState:
        return StepsState(list(self._blocks), list(self._last))

    def restore(self, state: StepsState) -> None:
        self._blocks.extend(state.blocks)
        self._last.extend(state.last)
