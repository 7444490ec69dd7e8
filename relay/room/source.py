"""What a room needs of upstream; satisfied by upstream/client and by a recording that is played.

Used by manager and fetcher.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from relay.events.listed import ListedGift
from relay.upstream.broadcast import Broadcast, Receiver
from relay.upstream.client import Transport
from relay.upstream.failures import SessionEnd
from relay.upstream.identities import IdentityPool
from relay.upstream.names import RoomName
from relay.upstream.status import RoomInfo


class Runs(Protocol):
    """A transport of upstream/transports."""

    async def run(self, broadcast: Broadcast, receiver: Receiver) -> SessionEnd:
        """Receive until the session ends."""
        ...


class Looks(Protocol):
    """Finds rooms. Never raises for what upstream does."""

    async def look(self, name: RoomName, known: RoomInfo) -> RoomInfo:
        """Ask about a room; `known` is what an earlier answer said of it."""
        ...

    async def look_broadcast(self, room_id: str) -> RoomInfo:
        """Ask whether one broadcast still runs."""
        ...


class Source(Protocol):
    """Upstream, for rooms."""

    @property
    def resolver(self) -> Looks:
        """Says which room a name is, and whether it is live."""
        ...

    @property
    def identities(self) -> IdentityPool:
        """Whom rooms are watched as."""
        ...

    @property
    def signer_names(self) -> Sequence[str]:
        """Names of the signers, in the order in which they are asked."""
        ...

    @property
    def transport(self) -> Literal["auto"] | Transport:
        """Which transport to use."""
        ...

    def listed(self, gift_id: str) -> ListedGift | None:
        """Find a gift in upstream's catalogue; None: it isn't there, or not yet known."""
        ...

    def transports(self) -> Mapping[Transport, Runs]:
        """Make the transports of one connection."""
        ...
