"""Filters: which methods a subscription takes; used by subscriptions and the server."""

from functools import lru_cache
from typing import NamedTuple, Self


class Filter(NamedTuple):
    """A set of methods, or all methods but a set. Equal filters share a group."""

    methods: frozenset[str] = frozenset()
    all_but: bool = True
    """Whether `methods` are those left out; then an empty set means every method."""

    @classmethod
    @lru_cache(maxsize=256)  # many clients ask for the same, and need not hold one each
    def of(cls, methods: frozenset[str] | None) -> Self:
        """Take `methods` only; None: every method."""
        return cls() if methods is None else cls(methods, False)

    def admits(self, method: str) -> bool:
        """Tell whether events of `method` pass."""
        return (method in self.methods) is not self.all_but

    def among(self, methods: frozenset[str]) -> frozenset[str]:
        """Give those of `methods` whose events pass."""
        return methods - self.methods if self.all_but else methods & self.methods

    def adding(self, other: "Filter") -> "Filter":
        """Give the filter that admits what this one or `other` admits."""
        if self.all_but and other.all_but:
            return Filter(self.methods & other.methods, True)
        if self.all_but:
            return Filter(self.methods - other.methods, True)
        if other.all_but:
            return Filter(other.methods - self.methods, True)
        return Filter(self.methods | other.methods, False)

    def without(self, methods: frozenset[str]) -> "Filter":
        """Give the filter that admits what this one does, except `methods`."""
        if self.all_but:
            return Filter(self.methods | methods, True)
        return Filter(self.methods - methods, False)

    @property
    def admits_none(self) -> bool:
        """Whether nothing passes at all."""
        return not self.all_but and not self.methods
