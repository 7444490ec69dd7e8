"""Which transport a room uses next; `auto` polls while the socket is refused. Used by following."""

from typing import Literal

from relay.room.retry import Policy
from relay.upstream.client import Transport
from relay.upstream.failures import Failure

NEVER = float("inf")
_BARREN_SOCKETS = 2
"""Sockets in a row that were open and brought nothing."""


class Ladder:
    """The choice for one broadcast. Times are the loop's clock."""

    def __init__(self, configured: Literal["auto"] | Transport, policy: Policy) -> None:
        self._auto = configured == "auto"
        self._policy = policy
        self._refusals = 0
        self._barren = 0
        self._fell_for: Failure | None = None
        self.transport: Transport = "socket" if configured == "auto" else configured
        """What to use now."""
        self.climb_at = NEVER
        """When to leave polling for another try with the socket."""

    def worked(self) -> None:
        """The present transport did what it is for."""
        if self.transport == "socket":
            self._refusals = self._barren = 0

    def failed(self, failure: Failure, *, opened: bool, now: float) -> bool:
        """Choose after a failure; True: the other transport is tried without a wait.

        A socket that is open and starved counts like one that is refused (there are rooms whose
        messages come by im/fetch only), and so does one that is taken and dropped twice.
        """
        if not self._auto:
            return False
        if self.transport == "socket":
            self._barren += 1
            if opened and failure is not Failure.STALLED and self._barren < _BARREN_SOCKETS:
                return False
            self.transport = "poll"
            wait_s = self._policy.spread_s(self._policy.climb.longest_s(self._refusals))
            self.climb_at = now + wait_s
            self._refusals += 1
            self._fell_for = failure
            return True
        if not opened:
            # Neither works; whichever comes back first.
            self.climb()
        return False

    def charged(self, failure: Failure, *, opened: bool) -> Failure:
        """Give the kind of failure that decides how long to wait.

        Polling that did not even begin was only a try to make up for the socket's failure.
        """
        return failure if opened or self._fell_for is None else self._fell_for

    def climb(self) -> None:
        """Try the socket again, from where polling has come to."""
        self.transport = "socket"
        self._fell_for = None
        self.climb_at = NEVER
