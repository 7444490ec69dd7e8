"""The broadcast that a transport receives, and how far it has come; shared by room and transports.

The room makes one for each broadcast and hands it from transport to transport.
"""

from dataclasses import dataclass, field
from typing import Protocol

from relay.errors import FrameError
from relay.upstream.identity import Identity
from relay.webcast.pb.webcast_pb2 import Response
from relay.webcast.recording import Record

MAX_POSITION_CHARS = 4096
"""Of a cursor or internal_ext; recorded ones have up to 400. Longer ones are not taken over."""


@dataclass(slots=True)
class UpstreamPosition:
    """Upstream's own position in the broadcast: the pair of the last Response.

    Sent with the next request or connect, it continues the stream.
    """

    cursor: str = ""
    internal_ext: str = ""

    def advance(self, cursor: str, internal_ext: str) -> None:
        """Take over the pair of a Response, where it has one."""
        if cursor and len(cursor) <= MAX_POSITION_CHARS >= len(internal_ext):
            self.cursor, self.internal_ext = cursor, internal_ext


@dataclass(slots=True)
class Broadcast:
    """One broadcast of a room, as one of the room's connections receives it.

    What is done about a connection that fails is written here: transports do as it says.
    """

    room_id: str
    web_rid: str
    """"" while not known."""
    visitor_id: str
    """The `user_unique_id` that we have towards this broadcast."""
    identity: Identity
    """Whose cookies go along."""
    number: int = 0
    """Of the connection, from 0; each begins with another push host."""
    signed_by: str = ""
    """Name of the signer that the last handshake's signature is from; "": unsigned."""
    refused_signers: set[str] = field(default_factory=set)
    """Names of those whose signatures upstream refused of late; the others are asked first."""
    host_turn: int = 0
    """How many push hosts have been given up; raised where another may do."""
    push_hosts: int = 1
    """How many there are to choose from, with the one that upstream names."""
    position: UpstreamPosition = field(default_factory=UpstreamPosition)
    next_fetch_at: float = 0.0
    """When im/fetch may be asked again, by the loop's clock, whichever transport asks."""


class Receiver(Protocol):
    """What a transport tells its room. None of it waits, none of it raises."""

    def opened(self) -> None:
        """Upstream took us: the handshake, or the first fetch, succeeded."""

    def heard(self) -> None:
        """Something came that holds no Response, such as the answer to a heartbeat."""

    def received(self, response: Response, record: Record) -> None:
        """A Response came, perhaps without messages; `record`: as what, and when."""

    def unreadable(self, error: FrameError, record: Record | None, *, lost: bool) -> None:
        """Bytes came that can't be read; `lost`: upstream will not send them again.

        `record` is None for those that upstream is asked for again.
        """

    def lost(self, reason: str) -> None:
        """Messages are missing here for another reason: the recording says so."""

    def ended(self) -> None:
        """The broadcast is over: the recording says so."""
