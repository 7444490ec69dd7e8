"""Who gave most, of a whole broadcast and of the last minutes; used by statistics."""

from collections.abc import Iterable
from heapq import nlargest

import msgspec

from relay.events import Giver, User
from relay.webcast.gifts import cny_of

TOP = 10
"""Places of a ranking."""
MAX_GIVERS = 2_000
"""People whose sums are kept. Past it the half that gave least is forgotten: whoever of them gives
again begins at what they give then."""


Sum = tuple[User, int, int]
"""Who gave, how many gifts, and their diamonds."""


class _Sum:
    """What somebody gave."""

    __slots__ = ("diamonds", "gifts", "user")

    def __init__(self, user: User) -> None:
        self.user = user
        self.gifts = 0
        self.diamonds = 0


class Givers:
    """Sums of gifts by giver, and their ranking."""

    def __init__(self) -> None:
        self._sums: dict[str, _Sum] = {}
        self._top: list[_Sum] = []
        """The first ones, in no order."""
        self._sure = True
        """Whether they are: where sums only grow, nobody else gets there unseen."""

    def add(self, user: User, gifts: int, diamonds: int) -> None:
        """Count gifts of somebody, by uid."""
        each = self._sums.get(user.uid)
        if each is None:
            each = self._new(user)
        each.user = user
        each.gifts += gifts
        each.diamonds += diamonds
        if self._sure and each not in self._top:
            self._top.append(each)
            if len(self._top) > TOP:
                self._top.remove(min(reversed(self._top), key=_rank))

    def take_back(self, uid: str, gifts: int, diamonds: int) -> None:
        """Count gifts no more, where they are counted still."""
        each = self._sums.get(uid)
        if each is None:
            return
        self._sure = False
        each.gifts -= gifts
        each.diamonds -= diamonds
        if each.gifts <= 0:
            del self._sums[uid]

    def top(self) -> tuple[Giver, ...]:
        """Give the ranking, the first gave most; who gave it first stands before equals."""
        if not self._sure:
            self._top = nlargest(TOP, self._sums.values(), key=_rank)
            self._sure = True
        ranked = sorted(self._top, key=_rank, reverse=True)
        return tuple([_giver(each) for each in ranked])

    def state(self) -> list[Sum]:
        """Give all sums, in the order in which they came."""
        return [(_plain(each.user), each.gifts, each.diamonds) for each in self._sums.values()]

    @classmethod
    def restored(cls, state: Iterable[Sum]) -> "Givers":
        """Go on with what was kept."""
        self = cls()
        for user, gifts, diamonds in state:
            self.add(user, gifts, diamonds)
        return self

    def _new(self, user: User) -> _Sum:
        if len(self._sums) >= MAX_GIVERS:
            kept = nlargest(MAX_GIVERS // 2, self._sums.items(), key=lambda item: _rank(item[1]))
            # In the order in which they came, which is that among equals.
            uids = {uid for uid, _ in kept}
            self._sums = {uid: each for uid, each in self._sums.items() if uid in uids}
        each = self._sums[user.uid] = _Sum(user)
        return each


def _rank(each: _Sum) -> tuple[int, int]:
    return each.diamonds, each.gifts


def _giver(each: _Sum) -> Giver:
    return Giver(_plain(each.user), each.gifts, each.diamonds, cny_of(each.diamonds))


def _plain(user: User) -> User:
    # Ten people's badges, every second, would be most of what the relay sends.
    return msgspec.structs.replace(user, badges=()) if user.badges else user
