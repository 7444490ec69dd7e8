"""Remembers which ways upstream refused lately, and has it told who we are anew; shared by all
who ask.
"""

import time

from relay.upstream.failures import CAUSES, Failure
from relay.upstream.identity import Identity

_REFUSED_S = 300.0
"""How long a way that refused is asked only after the others."""
_RENEW_AFTER = 3
"""Refusals in a row after which a fresh identity is tried (douyinLive does so too)."""
_WITHOUT_COOKIES = ("reflow", "short_link")
"""Ways that are asked as nobody at all."""


class Refusals:
    """The refusals of all ways together: they come from one risk control."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._until: dict[str, float] = {}  # by the name of the way: a handful
        self._in_row = 0

    def is_recent(self, way: str) -> bool:
        """Tell whether a way refused in the last minutes, and not answered since."""
        return self._until.get(way, 0.0) > time.monotonic()

    def note(self, way: str, cause: str) -> None:
        """Take note of how asking went; "": upstream answered."""
        if cause and CAUSES[cause] is Failure.BLOCKED:
            self._until[way] = time.monotonic() + _REFUSED_S
            self._in_row += way not in _WITHOUT_COOKIES
            if self._in_row >= _RENEW_AFTER:
                self._in_row = 0
                self._identity.renew()
        elif not cause:
            self._until.pop(way, None)
            self._in_row = 0
