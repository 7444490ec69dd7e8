"""Whom one connection comes as, and whom it does without for a while; used by line."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from relay.clock import now_ms
from relay.room.ladder import NEVER
from relay.room.retry import Policy
from relay.upstream.broadcast import Broadcast
from relay.upstream.failures import Failure, SessionEnd
from relay.upstream.identities import IdentityPool
from relay.upstream.identity import Identity, new_visitor_id

_ABOUT_IDENTITY = frozenset({"login_wanted", "login_popup", "login_expired"})
"""Refusals that speak of who we are. Others may be the address's or the signer's fault: a login
that all rooms share does not rest for them."""
_MAX_LEFT = 16
"""Identities that are known not to help, the last ones: fresh ones come as long as a trouble lasts.
"""


class Guise:
    """The identity of one connection, written to its broadcast."""

    def __init__(
        self,
        broadcast: Broadcast,
        beside: Sequence[Broadcast],
        identities: IdentityPool,
        names: Sequence[str],
        *,
        policy: Policy,
        log: Any,
    ) -> None:
        """`beside`: those of all of the room's connections. `names`: what the room is called."""
        self._broadcast = broadcast
        self._beside = beside
        self._identities = identities
        self._names = names
        self._policy = policy
        self._log = log
        self._left: list[Identity] = []
        """Those that did not help in this trouble."""
        self._rests_until: dict[Identity, float] = {}
        """Logins that this room threw out; by the loop's clock."""
        self._thrown_out: Counter[Identity] = Counter()
        """How often, since they last stood."""

    @property
    def login_at(self) -> float:
        """When a login expires that is used, or one has rested; by the loop's clock."""
        identity = self._broadcast.identity
        if identity.is_login:
            until_ms = identity.login_valid_until_ms
            if until_ms is None:
                return NEVER
            return asyncio.get_running_loop().time() + max(0, until_ms - now_ms()) / 1000
        return min(self._rests_until.values(), default=NEVER)

    @property
    def has_other(self) -> bool:
        """Whether there is somebody else to come as now."""
        avoid = [*self._left, self._broadcast.identity, *self._others()]
        return self._identities.has_other(self._names, avoid)

    def stood(self) -> None:
        """Note that the present one works: a trouble is over."""
        self._broadcast.identity.well()
        self._left.clear()
        self._thrown_out.pop(self._broadcast.identity, None)

    def change(self, end: SessionEnd, *, all_signers_tried: bool) -> None:
        """Come as somebody else, after a connection ended so."""
        identity = self._broadcast.identity
        if end.cause in _ABOUT_IDENTITY or (end.cause == "device_blocked" and all_signers_tried):
            identity.blocked(end.cause)
        elif identity.is_login and end.failure is Failure.CUT:
            self._let_rest(identity, end)
        if identity not in self._left:
            # Past that they are no longer to be had, or may be tried again.
            self._left = [*self._left, identity][-_MAX_LEFT:]
        self._become(self._identities.choose(self._names, avoid=[*self._left, *self._others()]))

    def prefer_login(self) -> Identity | None:
        """Come as a login where one may be used again, and as none that has expired since.

        Gives a login that it should be, and that has expired.
        """
        identity = self._broadcast.identity
        if not identity.is_login or not identity.is_usable:
            others = self._others()
            left = [each for each in self._left if each.is_login]
            chosen = self._identities.choose(self._names, avoid=[*left, *others])
            if chosen is not identity:
                self._become(chosen)
        return self._identities.lacking(self._names)

    def _become(self, identity: Identity) -> None:
        self._broadcast.identity = identity
        self._broadcast.visitor_id = new_visitor_id(self._policy.random)

    def _others(self) -> list[Identity]:
        """Give the logins that the room has besides, and those that rest here.

        The same login twice in one room is thrown out of it.
        """
        now = asyncio.get_running_loop().time()
        rested = [login for login, until in self._rests_until.items() if until <= now]
        for login in rested:
            del self._rests_until[login]
        self._left = [identity for identity in self._left if identity not in rested]
        return list(self._rests_until) + [
            other.identity
            for other in self._beside
            if other is not self._broadcast and other.identity.is_login
        ]

    def _let_rest(self, login: Identity, end: SessionEnd) -> None:
        rest_s = self._policy.login_rest.longest_s(self._thrown_out[login])
        self._thrown_out[login] += 1
        self._rests_until[login] = asyncio.get_running_loop().time() + rest_s
        self._log.warning(
            "a login is thrown out of the room again and again; it rests here",
            login=login.name,
            cause=end.cause,
            text=end.text,
            for_s=rest_s,
        )
