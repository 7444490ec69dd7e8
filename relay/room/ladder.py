"""Which transport a connection uses; `auto` goes to the next while one fails. Used by line."""

from collections.abc import Collection
from typing import Literal

from relay.room.retry import Policy
from relay.upstream.client import Transport
from relay.upstream.failures import Failure

NEVER = float("inf")
_AUTO: tuple[Transport, ...] = ("socket", "browser", "poll")
"""The best first."""


class Ladder:
    """The choice for one connection. Times are the loop's clock."""

    def __init__(
        self,
        configured: Literal["auto"] | Transport,
        available: Collection[Transport],
        policy: Policy,
    ) -> None:
        """`available`: those that there are."""
        self._policy = policy
        self._steps: tuple[Transport, ...] = (
            tuple(step for step in _AUTO if step in available)
            if configured == "auto"
            else (configured,)
        )
        self._falls = 0
        """From the best one, since it worked."""
        self._came_from: Transport | None = None
        """What worked before the best one was tried again."""
        self.transport: Transport = self._steps[0]
        """What to use now."""
        self.stands_in_for: Failure | None = None
        """How the best transport failed, while another one is used."""
        self.climb_at = NEVER
        """When to try the best one again."""

    @property
    def size(self) -> int:
        """How many there are to choose from."""
        return len(self._steps)

    @property
    def is_trying(self) -> bool:
        """Whether the best one is merely tried, and there is another that worked."""
        return self._came_from is not None

    def worked(self) -> None:
        """Note that the present transport does what it is for."""
        self._came_from = None
        if self.transport == self._steps[0]:
            self._falls = 0

    def step(self, failure: Failure, now: float) -> None:
        """Go to the next transport, or back to the one that worked; behind the last is the best."""
        if self._came_from is not None:
            following: Transport = self._came_from
            self._came_from = None
        else:
            at = self._steps.index(self.transport) + 1
            following = self._steps[at % len(self._steps)]
        if following == self._steps[0]:
            self.stands_in_for = None
            self.climb_at = NEVER
        elif self.stands_in_for is None:
            self.stands_in_for = failure
            self.climb_at = now + self._policy.spread_s(self._policy.climb.longest_s(self._falls))
            self._falls += 1
        self.transport = following

    def climb(self) -> None:
        """Try the best one again, from where the present one has come to."""
        self._came_from = self.transport
        self.transport = self._steps[0]
        self.stands_in_for = None
        self.climb_at = NEVER
