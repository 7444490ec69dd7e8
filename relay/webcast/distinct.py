"""Counts how many different people did something, in bounded memory; used by statistics."""

from collections.abc import Iterable

EXACT = 10_000
"""Up to so many people the count is exact; at about 1 MB."""
_CELLS = 1 << 20
"""Bits by which more of them are told apart: 128 KiB."""


class Distinct:
    """A count of people, by what identifies them.

    Exact up to EXACT; beyond, an estimate that is off by less than 1 % up to some five million
    people (each new bit of a map that is found unset counts for as many people as share it by
    then). It never falls.
    """

    def __init__(self, count: int = 0, known: Iterable[str] = ()) -> None:
        """`count` people came before; `known` are those of them whose names are known still."""
        self._known = set(known)
        self._before = max(count - len(self._known), 0)
        self._cells: bytearray | None = None
        self._unset = _CELLS
        self._estimate = 0.0
        self.count = self._before + len(self._known)

    def add(self, uid: str) -> int:
        """Count somebody; gives by how many the count rose: 0 for who had come before."""
        if self._cells is None:
            if uid in self._known:
                return 0
            self._known.add(uid)
            self.count += 1
            if len(self._known) > EXACT:
                self._condense()
            return 1
        before = self.count
        if self._set(hash(uid)) and self._unset:
            # Of the people who are new, this share finds its bit unset.
            self._estimate += _CELLS / (self._unset + 1)
            self.count = int(self._estimate)
        return self.count - before

    def _condense(self) -> None:
        self._cells = bytearray(_CELLS // 8)
        for uid in self._known:
            self._set(hash(uid))
        self._known.clear()
        self._estimate = float(self.count)

    def _set(self, number: int) -> bool:
        """Set a number's bit; tells whether it was unset."""
        assert self._cells is not None  # noqa: S101
        place, bit = (number >> 3) % (_CELLS // 8), 1 << (number & 7)
        if self._cells[place] & bit:
            return False
        self._cells[place] |= bit
        self._unset -= 1
        return True
