"""Whom a room is watched as: chooses the identity of each connection; asked by room."""

from collections.abc import Mapping, Sequence

from relay.upstream.identity import Identity
from relay.upstream.logins import LoginIdentity


class IdentityPool:
    """All identities there are: nobody in particular, and those who are logged in.

    Nothing here asks upstream anything.
    """

    def __init__(
        self,
        anonymous: Identity,
        logins: Sequence[LoginIdentity] = (),
        by_room: Mapping[str, str] | None = None,
    ) -> None:
        """`by_room`: the login that a room's configuration names, by what it is called there."""
        self.anonymous = anonymous
        """Nobody in particular."""
        self.logins = {login.name: login for login in logins}
        self._by_room = by_room or {}
        self._turn = 0

    def choose(self, room: Sequence[str], *, avoid: Sequence[Identity] = ()) -> Identity:
        """Give an identity for a connection to a room, which is called by any of `room`.

        A login, where the room may use one that works, since gifts are shown to few others: the
        room's own, or the shared ones in turn. What stands in `avoid` has brought nothing, or
        watches the room already: others come first, and nobody in particular at last, made anew.
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
        if self.anonymous in avoid:
            self.anonymous.renew()
        return self.anonymous

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
