"""Whom a room is watched as: chooses the identity of each connection; asked by room."""

from collections.abc import Sequence

from relay.upstream.identity import Identity


class IdentityPool:
    """All identities there are."""

    def __init__(self, anonymous: Identity) -> None:
        self._anonymous = anonymous

    def choose(
        self, room: Sequence[str], *, login: str = "", avoid: Identity | None = None
    ) -> Identity:
        """Give an identity for a connection to a room, which is called by any of `room`.

        `login`: the one that the room's configuration names. `avoid` has brought nothing: another
        is given where there is one, else the same, made anew.
        """
        if avoid is self._anonymous:
            avoid.renew()
        return self._anonymous
