"""How the API asks upstream: in its turn, not where that keeps failing, and counted; used by
lookups, search and api.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar

from relay.errors import UpstreamError
from relay.upstream.breaker import Breakers, Endpoint
from relay.upstream.budget import Budget
from relay.upstream.refusals import Refusals

PATIENCE_S = 10.0
"""How long a call waits for its turn: there is somebody who waits for the answer."""
_SIGNED = ("audience", "promotions")
_ROOMS_OWN = ("page", "short_link")
"""What has an address for each room, so that a missing one is a missing room."""

T = TypeVar("T")
Read = TypeVar("Read")


class Asking:
    """The API's side of every call."""

    def __init__(self, budget: Budget, refusals: Refusals, breakers: Breakers) -> None:
        self._budget = budget
        self._refusals = refusals
        self.breakers = breakers
        self.calls: Counter[tuple[str, str]] = Counter()
        """Calls made, by endpoint and outcome: `ok`, or one of failures.CAUSES."""

    async def ask(
        self,
        endpoint: Endpoint,
        question: str | None,
        call: Callable[[], Awaitable[T]],
        read: Callable[[T], Read],
    ) -> Read:
        """Make a call and read its answer. Raises UpstreamError with its cause.

        `question`: the room that the call is about, in the endpoint's own words; None: no room.
        `busy`, or with `retry_after_s` the endpoint's last failure again: no call was made.
        """
        breaker = self.breakers.of(endpoint)
        breaker.check()
        await self._budget.wait(PATIENCE_S)
        with breaker.call(question):
            try:
                answer = read(await call())
            except UpstreamError as error:
                failure = error if endpoint in _ROOMS_OWN else _of_endpoint(error)
                self._note(endpoint, failure.cause)
                raise failure from None
            self._note(endpoint, "")
            return answer

    def _note(self, endpoint: Endpoint, cause: str) -> None:
        self.calls[endpoint, cause or "ok"] += 1
        # What signed calls are refused for is most likely the signature, not who we are.
        if endpoint not in _SIGNED:
            self._refusals.note(endpoint, cause)


def _of_endpoint(error: UpstreamError) -> UpstreamError:
    """Tell a missing endpoint from a missing room."""
    return UpstreamError("http_error", str(error)) if error.cause == "not_found" else error
