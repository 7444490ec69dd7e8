"""Whom a room is watched as: chooses the identity of each connection; asked by room."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from weakref import WeakSet

from relay.upstream.identity import Identity
from relay.upstream.logins import LoginIdentity

_MAX_VISITORS = 8
"""Anonymous identities that rooms may be given. One that is dropped stays with those who have
it."""
_FRESH_S = 60.0
"""A further one is made at most this often, however many rooms are refused."""
_MAX_ROOMS = 1024
"""Whose anonymous identity is remembered; those asked for last."""


class IdentityPool:
    """All identities there are: nobody in particular, and those who are logged in.

    Rooms share an anonymous identity until it is given up for one of them: that room gets another,
    and nothing changes for the others. Nothing here asks upstream anything.
    """

    def __init__(
        self,
        anonymous: Identity,
        logins: Sequence[LoginIdentity] = (),
        by_room: Mapping[str, str] | None = None,
        *,
        make: Callable[[], Identity] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`by_room`: the login that a room's configuration names, by what it is called there.

        `make`: makes a further anonymous identity; None: there is one only.
        """
        self.anonymous = anonymous
        """Nobody in particular."""
        self._visitors = [anonymous]
        """The same and others; those given up last come last."""
        self._visitor_of: OrderedDict[str, Identity] = OrderedDict()
        self._made: WeakSet[Identity] = WeakSet([anonymous])
        self._make = make
        self._clock = clock
        self._make_at = float("-inf")
        self.logins = {login.name: login for login in logins}
        self._by_room = by_room or {}
        self._turn = 0

    def choose(self, room: Sequence[str], *, avoid: Sequence[Identity] = ()) -> Identity:
        """Give an identity for a connection to a room, which is called by any of `room`.

        A login, where the room may use one that works, since gifts are shown to few others: the
        room's own, or the shared ones in turn. What stands in `avoid` has brought nothing, or
        watches the room already: others come first, and nobody in particular at last.
        """
        allowed = self._allowed(room)
        if len(allowed) > 1:
            self._turn += 1
            turn = self._turn % len(allowed)
            allowed = allowed[turn:] + allowed[:turn]
        # The same login twice in one room is thrown out of it.
        for login in allowed:
            if login.is_usable and login not in avoid:
                return login
        return self.visitor(next(iter(room), ""), avoid)

    def has_other(self, room: Sequence[str], avoid: Sequence[Identity]) -> bool:
        """Tell whether `choose` would give one that is not in `avoid`."""
        if any(login.is_usable and login not in avoid for login in self._allowed(room)):
            return True
        return any(visitor not in avoid for visitor in self._visitors) or self._may_make

    def visitor(self, room: str, avoid: Sequence[Identity] = ()) -> Identity:
        """Give a room's anonymous identity: another than before where that one is in `avoid`."""
        visitor = self._visitor_of.pop(room, self._visitors[0])
        if visitor in avoid:
            if visitor in self._visitors:
                self._visitors.remove(visitor)
                self._visitors.append(visitor)
            visitor = self._other_visitor(avoid) or visitor
        self._visitor_of[room] = visitor
        if len(self._visitor_of) > _MAX_ROOMS:
            self._visitor_of.popitem(last=False)
        return visitor

    async def close(self) -> None:
        """End what identities have running."""
        for identity in [*self._made, *self.logins.values()]:
            await identity.close()

    @property
    def _may_make(self) -> bool:
        return self._make is not None and self._clock() >= self._make_at

    def _other_visitor(self, avoid: Sequence[Identity]) -> Identity | None:
        for visitor in self._visitors:
            if visitor not in avoid:
                return visitor
        if self._make is None or not self._may_make:
            return None
        self._make_at = self._clock() + _FRESH_S
        made = self._make()
        self._made.add(made)
        self._visitors = [made, *self._visitors[: _MAX_VISITORS - 1]]
        return made

    def lacking(self, room: Sequence[str]) -> LoginIdentity | None:
        """Give a login that a room would have, were it not expired; None where it has another."""
        allowed = self._allowed(room)
        if any(not login.has_expired for login in allowed):
            return None
        return allowed[0] if allowed else None

    def _allowed(self, room: Sequence[str]) -> list[LoginIdentity]:
        own = next((self._by_room[name] for name in room if name in self._by_room), None)
        if own is not None:
            return [self.logins[own]]
        return [login for login in self.logins.values() if login.is_shared]


class Asker(Identity):
    """Whom lookups come as: an anonymous identity, and another one where that is refused."""

    def __init__(self, pool: IdentityPool) -> None:
        super().__init__("anonymous")
        self._pool = pool

    @property
    def _visitor(self) -> Identity:
        return self._pool.visitor("")

    async def cookies(self) -> dict[str, str]:
        """Give the cookies for a request."""
        return await self._visitor.cookies()

    async def page_cookies(self) -> dict[str, str]:
        """Give the cookies for a page."""
        return await self._visitor.page_cookies()

    def absorb(self, cookies: Mapping[str, str]) -> bool:
        """Take over what an answer sets; tell whether a nonce was among it."""
        return self._visitor.absorb(cookies)

    def renew(self) -> None:
        """Come as another from now on, where there is one."""
        self._pool.visitor("", [self._visitor])
