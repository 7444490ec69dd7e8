"""Counts how many different people did something, in bounded memory; used by statistics."""

from hashlib import blake2b
from typing import Annotated

from msgspec import Meta, Struct

EXACT = 10_000
"""Up to so many people the count is exact; at about 1 MB, which counts of the same people share."""
_CELLS = 1 << 20
"""Bits by which more of them are told apart: 128 KiB."""


class DistinctState(Struct, frozen=True, array_like=True):
    """A count as it is kept over restarts."""

    count: int
    known: list[str]
    cells: Annotated[bytes, Meta(min_length=_CELLS // 8, max_length=_CELLS // 8)] | None
    """None as long as it is exact."""
    unset: int
    estimate: float


class Distinct:
    """A count of people, by what identifies them.

    Exact up to EXACT; beyond, an estimate that is off by less than 1 % up to some five million
    people (each new bit of a map that is found unset counts for as many people as share it by
    then). It never falls.
    """

    def __init__(self, known: dict[str, int], bit: int) -> None:
        """`known` may be shared by counts of different things, each with its `bit`.

        Most who do one thing do another, too: they are there once.
        """
        self._known = known
        """By what identifies them, the bits of those counts that are exact and have them."""
        self._bit = bit
        self._cells: bytearray | None = None
        self._unset = _CELLS
        self._estimate = 0.0
        self.count = 0

    def state(self) -> DistinctState:
        """Give what it goes on from after a restart."""
        return DistinctState(
            self.count,
            [uid for uid, counts in self._known.items() if counts & self._bit],
            None if self._cells is None else bytes(self._cells),
            self._unset,
            self._estimate,
        )

    def restore(self, state: DistinctState) -> None:
        """Go on with what was kept, before anybody is counted."""
        self.count = state.count
        for uid in state.known:
            self._known[uid] = self._known.get(uid, 0) | self._bit
        self._cells = None if state.cells is None else bytearray(state.cells)
        self._unset, self._estimate = state.unset, state.estimate

    def add(self, uid: str) -> int:
        """Count somebody; gives by how many the count rose: 0 for who had come before."""
        if self._cells is None:
            counts = self._known.get(uid, 0)
            if counts & self._bit:
                return 0
            self._known[uid] = counts | self._bit
            self.count += 1
            if self.count > EXACT:
                self._condense()
            return 1
        before = self.count
        if self._set(_hash(uid)) and self._unset:
            # Of the people who are new, this share finds its bit unset.
            self._estimate += _CELLS / (self._unset + 1)
            self.count = int(self._estimate)
        return self.count - before

    def _condense(self) -> None:
        self._cells = bytearray(_CELLS // 8)
        for uid, counts in list(self._known.items()):
            if not counts & self._bit:
                continue
            self._set(_hash(uid))
            if counts == self._bit:
                del self._known[uid]
            else:
                self._known[uid] = counts & ~self._bit
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


def _hash(uid: str) -> int:
    # Python's own differs from process to process: the map would mean nothing after a restart.
    return int.from_bytes(blake2b(uid.encode(), digest_size=4).digest())
