"""Counts how many different people did something, in bounded memory; used by statistics."""

from hashlib import blake2b
from typing import Annotated

from msgspec import Meta, Struct

EXACT = 10_000
"""Up to so many people the count is exact; at about 1 MB."""
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

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._cells: bytearray | None = None
        self._unset = _CELLS
        self._estimate = 0.0
        self.count = 0

    def state(self) -> DistinctState:
        """Give what it goes on from after a restart."""
        return DistinctState(
            self.count,
            list(self._known),
            None if self._cells is None else bytes(self._cells),
            self._unset,
            self._estimate,
        )

    @classmethod
    def restored(cls, state: DistinctState) -> "Distinct":
        """Go on with what was kept."""
        self = cls()
        self.count = state.count
        self._known = set(state.known)
        self._cells = None if state.cells is None else bytearray(state.cells)
        self._unset, self._estimate = state.unset, state.estimate
        return self

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
        if self._set(_hash(uid)) and self._unset:
            # Of the people who are new, this share finds its bit unset.
            self._estimate += _CELLS / (self._unset + 1)
            self.count = int(self._estimate)
        return self.count - before

    def _condense(self) -> None:
        self._cells = bytearray(_CELLS // 8)
        for uid in self._known:
            self._set(_hash(uid))
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


def _hash(uid: str) -> int:
    # Python's own differs from process to process: the map would mean nothing after a restart.
    return int.from_bytes(blake2b(uid.encode(), digest_size=4).digest())
