"""Reads times as people write them, for bounds on an event's `time`; used by server and cli."""

import re
from datetime import datetime

from relay.errors import FilterError

_DIGITS = re.compile(r"[0-9]{1,16}")
_LEAST_MS = 100_000_000_000  # 1973; in seconds that is the year 5138


def read_time(text: str) -> int:
    """Give Unix milliseconds: of a number of them, or of an ISO 8601 date or time.

    A time without an offset is local to this machine. Raises FilterError.
    """
    stripped = text.strip()
    if _DIGITS.fullmatch(stripped):
        if int(stripped) >= _LEAST_MS:
            return int(stripped)
        raise FilterError(f"{stripped} is no time: Unix times are in milliseconds here")
    if "T" in stripped:
        stripped = stripped.replace(" ", "+")  # what a query makes of a plus sign
    try:
        return int(datetime.fromisoformat(stripped).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise FilterError(
            f"{text[:64]!r} is no time; write 2026-11-22T20:00, 2026-11-22T20:00:00+08:00 or Unix"
            " milliseconds"
        ) from None
