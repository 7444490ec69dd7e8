"""Keeps answers for a few seconds, within bounds; used by sharing."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class _Entry(NamedTuple, Generic[T]):
    value: T
    since: float
    size_bytes: int


class Cache(Generic[T]):
    """Values of one lifetime; past either bound the oldest are forgotten."""

    def __init__(
        self,
        lifetime_s: float,
        *,
        max_entries: int,
        max_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lifetime_s = lifetime_s
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._clock = clock
        self._entries: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, *, younger_than_s: float = float("inf")) -> T | None:
        """Give the value of `key`, if it is still good, and young enough for the caller."""
        self._trim()
        entry = self._entries.get(key)
        if entry is None or self._clock() - entry.since >= younger_than_s:
            return None
        return entry.value

    def age_s(self, key: Hashable) -> float:
        """Tell how long a value has been kept; infinite where it isn't."""
        self._trim()
        entry = self._entries.get(key)
        return float("inf") if entry is None else self._clock() - entry.since

    def forget(self, key: Hashable) -> None:
        """Keep the value of `key` no longer."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size_bytes

    def put(self, key: Hashable, value: T, size_bytes: int) -> None:
        """Keep a value; `size_bytes` is about what it takes."""
        self.forget(key)
        self._entries[key] = _Entry(value, self._clock(), size_bytes)
        self._bytes += size_bytes
        self._trim()

    def _trim(self) -> None:
        # In the order they were put in, which is that of their ends.
        now = self._clock()
        while self._entries:
            key, entry = next(iter(self._entries.items()))
            if (
                now - entry.since < self._lifetime_s
                and len(self._entries) <= self._max_entries
                and self._bytes <= self._max_bytes
            ):
                return
            del self._entries[key]
            self._bytes -= entry.size_bytes
