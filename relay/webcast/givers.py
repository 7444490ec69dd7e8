"""Who gave most, of a whole broadcast and of the last minutes; used by statistics."""

from collections.abc import Iterable, Mapping
from heapq import nlargest

import msgspec
from msgspec import Struct

from relay.events import Giver, User
from relay.webcast.gifts import cny_of

TOP = 10
"""Places of a ranking."""
MAX_GIVERS = 2_000
"""People whose sums are kept. Past it the half that gave least is forgotten: whoever of them gives
again begins at what they give then."""


Sum = tuple[int, int]
"""Diamonds, and how many gifts they were: what people are ranked by."""


class GiversState(Struct, frozen=True, array_like=True):
    """Sums as they are kept over restarts."""

    sums: list[tuple[str, int, int]]
    """uid, diamonds, and how many gifts; in the order in which they came."""
    top: list[User]
    """The first ones of the ranking; equals in the order in which they got there."""


class Givers:
    """Sums of gifts by giver, and their ranking. Sums only grow.

    So nobody gets to the top but by giving, and what others look like isn't kept.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Sum] = {}
        self._top: dict[str, User] = {}
        """The first ones, equals in the order in which they got there."""

    def add(self, user: User, gifts: int, diamonds: int) -> None:
        """Count gifts of somebody, by uid."""
        uid = user.uid
        if uid not in self._sums and len(self._sums) >= MAX_GIVERS:
            # Those at the top stay: equals of theirs may have come before them.
            self._sums = _most(self._sums, self._top)
        _add(self._sums, uid, gifts, diamonds)
        self._top[uid] = _plain(user)
        if len(self._top) > TOP:
            del self._top[min(reversed(self._top), key=self._sums.__getitem__)]

    def top(self) -> tuple[Giver, ...]:
        """Give the ranking, the first gave most; who gave it first stands before equals."""
        ranked = sorted(self._top, key=self._sums.__getitem__, reverse=True)
        return tuple([_giver(self._top[uid], self._sums[uid]) for uid in ranked])

    def state(self) -> GiversState:
        """Give what they go on from after a restart."""
        sums = [(uid, *each) for uid, each in self._sums.items()]
        return GiversState(sums, list(self._top.values()))

    @classmethod
    def restored(cls, state: GiversState) -> "Givers":
        """Go on with what was kept."""
        self = cls()
        self._sums = {uid: (diamonds, gifts) for uid, diamonds, gifts in state.sums}
        self._top = {user.uid: user for user in state.top if user.uid in self._sums}
        return self


class RecentGivers:
    """The same of those who gave just now: sums are taken back when they are too long ago.

    They are as many as their windows have, who bound them: whoever was forgotten here would have
    taken back what isn't counted.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Sum] = {}
        self._users: dict[str, User] = {}
        """As they were last."""

    def add(self, user: User, gifts: int, diamonds: int) -> None:
        """Count gifts of somebody, by uid."""
        _add(self._sums, user.uid, gifts, diamonds)
        self._users[user.uid] = user

    def take_back(self, uid: str, gifts: int, diamonds: int) -> None:
        """Count gifts no more, where they are counted still."""
        each = self._sums.get(uid)
        if each is None:
            return
        if each[1] <= gifts:
            del self._sums[uid], self._users[uid]
        else:
            self._sums[uid] = (each[0] - diamonds, each[1] - gifts)

    def top(self) -> tuple[Giver, ...]:
        """Give the ranking, the first gave most; who gave it first stands before equals."""
        ranked = nlargest(TOP, self._sums, key=self._sums.__getitem__)
        return tuple([_giver(_plain(self._users[uid]), self._sums[uid]) for uid in ranked])

    def users(self) -> dict[str, User]:
        """Give who is counted, by uid, in the order in which they came."""
        return {uid: _plain(self._users[uid]) for uid in self._sums}


def _add(sums: dict[str, Sum], uid: str, gifts: int, diamonds: int) -> None:
    had = sums.get(uid, (0, 0))
    sums[uid] = (had[0] + diamonds, had[1] + gifts)


def _most(sums: Mapping[str, Sum], top: Iterable[str]) -> dict[str, Sum]:
    """Give the half that gave most, and the `top`, in the order in which they came.

    That is the order among equals.
    """
    kept = {*nlargest(MAX_GIVERS // 2, sums, key=sums.__getitem__), *top}
    return {uid: each for uid, each in sums.items() if uid in kept}


def _giver(user: User, each: Sum) -> Giver:
    diamonds, gifts = each
    return Giver(user, gifts, diamonds, cny_of(diamonds))


def _plain(user: User) -> User:
    # Ten people's badges, every second, would be most of what the relay sends.
    return msgspec.structs.replace(user, badges=()) if user.badges else user
