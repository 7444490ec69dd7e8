"""Watches over one open connection that goes on by itself: says when it is given up; run by line.

Only messages of value prove a stream healthy. Those that closed rooms send too prove nothing, and
heartbeats less.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from relay.room.ending import Ending
from relay.room.ladder import NEVER
from relay.room.retry import Policy
from relay.room.session import Progress, Session
from relay.upstream.failures import SessionEnd

_CURE_SHARE = 3
"""After a stall, messages of value are awaited so many times less long: there is more to try."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection may bring nothing, in seconds."""

    message_s: float
    """No message at all."""
    value_s: float
    """No message of value."""
    has_choice: bool
    """Whether there is another transport that brings messages of value: no question is needed."""

    @classmethod
    def of(cls, policy: Policy, *, rounds: int, stalled: bool, has_choice: bool) -> "Patience":
        """Give it for a connection that was tried after others.

        `rounds` of cures have not helped; `stalled`: it is a cure for a stall itself.
        """
        shown_s = min(policy.cure_shows_s, policy.heartbeats_only_s)
        if has_choice:
            return cls(shown_s, shown_s, has_choice)
        message_s = shown_s if stalled else policy.heartbeats_only_s
        value_s = policy.low_value.longest_s(rounds)
        if stalled:
            value_s = max(shown_s, value_s / _CURE_SHARE)
        return cls(message_s, value_s, has_choice)


class Watchdog:
    """The deadlines of one connection. Times are the loop's clock."""

    def __init__(
        self,
        session: Session,
        ending: Ending,
        progress: Progress,
        policy: Policy,
        patience: Patience,
        *,
        better_at: float,
        rests: Callable[[float], None],
    ) -> None:
        """`better_at`: when another transport is tried, or another identity.

        `rests` is told how long nothing is to be done here.
        """
        self._session = session
        self._ending = ending
        self._progress = progress
        self._policy = policy
        self._patience = patience
        self._better_at = better_at
        self._rests = rests

    async def watch(self) -> SessionEnd | None:
        """Return when the connection is to be ended; None: for a better one."""
        session = self._session
        await session.became_open.wait()
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        # The end may have come while there was no connection.
        doubt_at = asked_at + self._policy.doubt_s
        while True:
            starved_at = session.message_at + self._patience.message_s
            quiet_at = max(session.value_at, asked_at) + self._patience.value_s
            wait_s = min(self._better_at, starved_at, quiet_at, doubt_at) - loop.time()
            self._rests(wait_s)
            await asyncio.sleep(wait_s)
            now = loop.time()
            if now >= self._better_at:
                return None
            if now >= session.message_at + self._patience.message_s:
                if session.heard_at + self._patience.message_s <= now:
                    return SessionEnd("silent", "the connection is open, and nothing is heard")
                return SessionEnd("heartbeats_only", "the connection is open, no message comes")
            if now >= doubt_at:
                doubt_at = NEVER
                if not session.goes_on and not self._others_go_on():
                    self._ending.doubt()
            if now >= max(session.value_at, asked_at) + self._patience.value_s:
                # Where others bring messages of value, there is nothing to ask.
                knows = self._patience.has_choice or self._others_go_on()
                if knows or await self._ending.is_over() is False:
                    return SessionEnd("low_value_only", "only what closed rooms send too comes")
                asked_at = loop.time()

    def _others_go_on(self) -> bool:
        """Whether another connection brought messages of value that this one should have had."""
        since = max(self._session.value_at, self._session.opened_at or 0.0)
        return self._progress.valued_at > since + self._policy.repeated_within_s
