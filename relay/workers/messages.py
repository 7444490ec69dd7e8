"""What the relay and its workers tell each other: MessagePack, behind a length of four bytes.

Both ends are of one version and one user, so shapes are checked, but nothing is defended against.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from relay.config import Config
from relay.events.stored import Hole, Loss, Page, Row
from relay.hub import RoomStatus
from relay.server.totals import Totals

WireEntry = tuple[int, str | None, bytes, float]
"""Offset, method (None: a loss), body and time of an entry of a hub's history."""


class ToWorker(Struct, array_like=True):
    """Base of what a worker is told, in order."""


class Setup(ToWorker, tag=0):
    """The first message: what to serve, and how."""

    version: str
    """Of the relay: what comes after this is read by the same one only."""
    config: Config
    """As far as workers need it, with the port that was found where it said 0."""
    number: int
    """Which worker it is, for logs."""
    has_archive: bool
    """Whether there is more of the past than what is in memory."""


class Opened(ToWorker, tag=1):
    """A stream as it stands; what its history keeps comes as `Kept`."""

    stream: int
    status: RoomStatus
    epoch: str
    head: int
    settled: bool
    gone: int
    gone_of: dict[str, int]


class Kept(ToWorker, tag=2):
    """A piece of what a stream's history keeps."""

    stream: int
    entries: list[WireEntry]


class Synced(ToWorker, tag=3):
    """All streams have been told of: clients may come."""


class Settled(ToWorker, tag=4):
    """It is settled where a stream goes on: in `epoch` behind `head`, with losses behind that."""

    stream: int
    epoch: str
    """The stream's own: it begins."""
    head: int
    losses: list[bytes]


class Published(ToWorker, tag=5):
    """New events and losses of a stream."""

    stream: int
    entries: list[WireEntry]


class StatusSet(ToWorker, tag=6):
    """A stream's status is another one."""

    stream: int
    status: RoomStatus


class Merged(ToWorker, tag=7):
    """A stream goes on in another; see merging.Junction."""

    stream: int
    into: int
    behind: int | None
    known: frozenset[int]


class Closed(ToWorker, tag=8):
    """A room is no longer watched."""

    stream: int
    reason: str


class Done(ToWorker, tag=9):
    """By stream: the offset up to which its events don't wait to be stored any more."""

    upto: dict[int, int]


class Reconfigured(ToWorker, tag=19):
    """What to serve by from now on."""

    config: Config
    """As `Setup` has it."""


class Held(ToWorker, tag=10):
    """The answer to `Acquire` and `Find`: the room's stream. None: it is not watched."""

    request: int
    stream: int | None


class Refused(ToWorker, tag=11):
    """The answer to `Acquire` and `Find` where a room can't be, or may not be started."""

    request: int
    cause: Literal["name", "refused"]
    text: str


class Entered(ToWorker, tag=12):
    """The answer to `Enter`."""

    request: int
    is_full: bool
    """As many clients are there as may; the client has not entered."""
    wait_s: float | None
    """When its token may be used again; the client has entered, to be told."""


class PageRead(ToWorker, tag=13):
    """The answer to `ReadPage`."""

    request: int
    items: list[tuple[Row | None, Hole | None, Loss | None]]
    at: tuple[str, int] | None
    """None: the position leads nowhere."""
    known: frozenset[int]


class PageFailed(ToWorker, tag=14):
    """The answer to `ReadPage` where the store can't be read."""

    request: int
    text: str


class Told(ToWorker, tag=15):
    """The answer to `CatchUp`, behind all that there was when it was asked."""

    request: int


class Look(ToWorker, tag=16):
    """Asks for `Looked`."""

    stream: int


class Count(ToWorker, tag=18):
    """Asks for a `Beat`."""


class Stop(ToWorker, tag=17):
    """The last message: give clients what is theirs, close them, and end."""

    deadline_s: float


WorkerMessage = (
    Setup
    | Opened
    | Kept
    | Synced
    | Settled
    | Published
    | StatusSet
    | Merged
    | Closed
    | Done
    | Held
    | Refused
    | Entered
    | PageRead
    | PageFailed
    | Told
    | Look
    | Count
    | Stop
    | Reconfigured
)


class FromWorker(Struct, array_like=True):
    """Base of what a worker says, in order."""


class Ready(FromWorker, tag=0):
    """It has started and wants to know of all streams."""


class Serving(FromWorker, tag=1):
    """It accepts clients."""


class Beat(FromWorker, tag=2):
    """It is alive; with what it has counted so far."""

    totals: Totals


class Acquire(FromWorker, tag=3):
    """Hold a room for a client, and start it if need be and `may_start`."""

    request: int
    name: str
    may_start: bool


class Find(FromWorker, tag=4):
    """Ask which stream a room has."""

    request: int
    name: str


class Release(FromWorker, tag=5):
    """Give up one hold."""

    stream: int


class Forgotten(FromWorker, tag=6):
    """Nothing more comes about a stream that was closed or merged."""

    stream: int


class Enter(FromWorker, tag=7):
    """Count a client in, and a request of its token; "": it has none to be counted."""

    request: int
    token: str


class Left(FromWorker, tag=8):
    """A client that entered has gone."""


class ReadPage(FromWorker, tag=9):
    """Ask for stored events; see Archive.page."""

    request: int
    since: tuple[str, int]
    into: str
    upto: int
    methods: frozenset[str]
    all_but: bool


class CatchUp(FromWorker, tag=10):
    """Ask for `Told`."""

    request: int


class Looked(FromWorker, tag=11):
    """Whether clients listen to a stream, and whether one of them has not been sent all."""

    stream: int
    listens: bool
    is_behind: bool


RelayMessage = (
    Ready
    | Serving
    | Beat
    | Acquire
    | Find
    | Release
    | Forgotten
    | Enter
    | Left
    | ReadPage
    | CatchUp
    | Looked
)

_encoder = msgspec.msgpack.Encoder()
worker_messages: msgspec.msgpack.Decoder[WorkerMessage] = msgspec.msgpack.Decoder(WorkerMessage)
relay_messages: msgspec.msgpack.Decoder[RelayMessage] = msgspec.msgpack.Decoder(RelayMessage)


def encode(message: ToWorker | FromWorker) -> bytes:
    """Write a message as it goes over the pair."""
    body = _encoder.encode(message)
    return len(body).to_bytes(4, "big") + body


def page_read(request: int, page: Page | None) -> PageRead:
    """Answer with a page."""
    if page is None:
        return PageRead(request, [], None, frozenset())
    items = [
        (
            item if isinstance(item, Row) else None,
            item if isinstance(item, Hole) else None,
            item if isinstance(item, Loss) else None,
        )
        for item in page.items
    ]
    return PageRead(request, items, page.at, page.known)


def page_of(answer: PageRead) -> Page | None:
    """Give the page of an answer."""
    if answer.at is None:
        return None
    items = [item for item in (row or hole or loss for row, hole, loss in answer.items) if item]
    return Page(items, answer.at, answer.known)
