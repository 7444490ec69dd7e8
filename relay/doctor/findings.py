"""What a check found; made by checks, printed by cli."""

from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    """How a check went."""

    GOOD = "✓"
    BAD = "✗"
    SKIPPED = "–"
    """It does not apply, or what it needs is missing already."""


class Finding(NamedTuple):
    """One line of the report."""

    verdict: Verdict
    what: str
    """What was looked at, in a word or two."""
    found: str
    fix: str = ""
    """What to do, where something is wrong."""


def good(what: str, found: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Verdict.GOOD, what, found)


def bad(what: str, found: str, fix: str) -> Finding:
    """Say what is wrong, and what to do."""
    return Finding(Verdict.BAD, what, found, fix)


def skipped(what: str, why: str) -> Finding:
    """Say why something was not looked at."""
    return Finding(Verdict.SKIPPED, what, why)
