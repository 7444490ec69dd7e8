"""The last ids of a stream, by which repeats are known; used by stream."""

from collections import deque

_SETS = 64


class RecentIds:
    """So many ids, exactly those that came last.

    In many small sets: a large one is rebuilt elsewhere in memory every few thousand ids, and
    leaves holes there that are not filled again, so that a relay would grow for hours.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_order: deque[str] = deque()
        self._sets: list[set[str]] = [set() for _ in range(_SETS)]

    def __contains__(self, id_: str) -> bool:
        """Tell whether it is among them."""
        return id_ in self._sets[hash(id_) % _SETS]

    def add(self, id_: str) -> bool:
        """Take one, for which the one that came first is forgotten; False: it is there already."""
        ids = self._sets[hash(id_) % _SETS]
        if id_ in ids:
            return False
        ids.add(id_)
        order = self._in_order
        order.append(id_)
        if len(order) > self._most:
            oldest = order.popleft()
            self._sets[hash(oldest) % _SETS].remove(oldest)
        return True
