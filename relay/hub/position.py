"""Positions in a room's stream, written `<epoch>:<offset>`; used by the stream and the server."""

import re
import secrets
import time
from typing import NamedTuple, Self

from relay.errors import PositionError

_POSITION = re.compile(r"([0-9a-z]{1,32}):(0|[1-9][0-9]{0,14})")
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_DIGITS = 7
_RANDOM_DIGITS = 5


class Position(NamedTuple):
    """A place in a stream: just after the event with this offset; offset 0 is the beginning."""

    epoch: str
    offset: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `<epoch>:<offset>`. Raises PositionError."""
        match = _POSITION.fullmatch(text)
        if match is None:
            shown = text if len(text) <= 64 else text[:64] + "…"
            raise PositionError(
                f"{shown!r} is not a position; write <epoch>:<offset> as in the events you had,"
                " e.g. 1j3k5m7p9rtv:42"
            )
        return cls(match[1], int(match[2]))


def new_epoch() -> str:
    """Make the name of an epoch: Unix seconds, then random digits, so that none comes twice.

    Base 32, so names sort by age.
    """
    seconds = int(time.time())
    digits = [_DIGITS[seconds >> 5 * place & 31] for place in reversed(range(_TIME_DIGITS))]
    digits += [secrets.choice(_DIGITS) for _ in range(_RANDOM_DIGITS)]
    return "".join(digits)
