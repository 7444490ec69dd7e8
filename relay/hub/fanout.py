"""Gives the new entries of one stream to its subscribers, a group at a time; used by the hub.

A group is all subscriptions with the same filter and encoding: entries are filtered and joined
once for it, framed once per encoding, and each client gets one write per batch.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from relay.hub.delivery import Encoding, HubCounters, count_events
from relay.hub.filters import Filter
from relay.hub.history import Entry, Kind
from relay.hub.stream import Stream

MAX_WRITE_BYTES = 256 * 1024
"""A batch with more is cut, so that a client that stops reading in the middle is noticed."""


class Member(Protocol):
    """What a subscription is to the fan-out."""

    filter: Filter
    skip: int
    """How many of the pending entries it must not get, since they came before it."""
    group: "Group | None"
    """Where it is while live."""

    @property
    def encoding(self) -> Encoding:
        """How the client takes frames."""
        ...

    @property
    def write(self) -> Callable[[bytes], None]:
        """Write to the client without a look."""
        ...

    @property
    def paused(self) -> bool:
        """Whether the client has more unsent than it should."""
        ...

    def deliver(self, entries: Sequence[Entry], data: bytes) -> None:
        """Write entries that passed the filter, `data` being their frames, if the client can."""
        ...


AnyMember = TypeVar("AnyMember", bound=Member)


class Group:
    """The live members with one filter and encoding."""

    def __init__(self) -> None:
        self.flowing: dict[Member, Callable[[bytes], None]] = {}
        """Members that everything is written to without a look."""
        self.held: dict[Member, None] = {}
        """Members that are paused, or that must not get all of what is pending."""

    def place(self, member: Member) -> None:
        """Put a member where it belongs now."""
        if member.paused or member.skip:
            self.flowing.pop(member, None)
            self.held[member] = None
        else:
            self.held.pop(member, None)
            self.flowing[member] = member.write


class Fanout(Generic[AnyMember]):
    """The subscribers of one stream and what they have not been given yet.

    `pending` is bounded by time: the hub flushes within 50 ms of the first entry.
    """

    def __init__(self, stream: Stream, counters: HubCounters) -> None:
        self.stream = stream
        self.pending: list[Entry] = []
        self.groups: dict[tuple[Filter, Encoding], Group] = {}
        """The live subscriptions."""
        self.subscriptions: dict[AnyMember, None] = {}
        """All subscriptions, those that still replay history included."""
        self._counters = counters

    def add(self, entries: Sequence[Entry]) -> bool:
        """Queue entries for the next flush; tell whether anybody is live to get them."""
        if not self.groups:
            return False
        self.pending.extend(entries)
        return True

    def join(self, member: Member) -> None:
        """Make a member live: it gets every entry added from now on."""
        group = self.groups.setdefault((member.filter, member.encoding), Group())
        member.skip = len(self.pending)
        member.group = group
        group.place(member)

    def leave(self, member: Member) -> None:
        """Stop giving entries to a member; what is pending for it is forgotten."""
        group = member.group
        if group is None:
            return
        group.flowing.pop(member, None)
        group.held.pop(member, None)
        member.group = None
        if not group.flowing and not group.held:
            del self.groups[member.filter, member.encoding]
            if not self.groups:
                self.pending.clear()

    def settle(self, member: Member) -> None:
        """Give a member what is pending for it now, ahead of the flush."""
        entries = [e for e in self.pending[member.skip :] if _admits(member.filter, e)]
        member.skip = len(self.pending)
        if member.group is not None:
            member.group.place(member)
        if entries:
            member.deliver(entries, b"".join(map(member.encoding.frame, entries)))

    def flush(self) -> None:
        """Give everybody what is pending."""
        pending, self.pending = self.pending, []
        framed: dict[Encoding, list[bytes]] = {}
        for (filter_, encoding), group in list(self.groups.items()):
            frames = framed.get(encoding)
            if frames is None:
                frames = framed[encoding] = [encoding.frame(entry) for entry in pending]
            chosen = [i for i, entry in enumerate(pending) if _admits(filter_, entry)]
            for indexes in _cut(chosen, frames):
                self._write(group, [pending[i] for i in indexes], [frames[i] for i in indexes])
                self._write_newcomers(group, indexes, pending, frames)
            for member in list(group.held):
                member.skip = 0
                group.place(member)

    def _write(self, group: Group, entries: list[Entry], frames: list[bytes]) -> None:
        # Writing may pause a member there and then, and so move it: iterate over copies.
        writes = list(group.flowing.values())
        held = [member for member in group.held if not member.skip]
        data = b"".join(frames)
        for write in writes:
            write(data)
        self._counters.deliveries += len(writes) * count_events(entries)
        for member in held:
            member.deliver(entries, data)

    def _write_newcomers(
        self, group: Group, indexes: list[int], pending: list[Entry], frames: list[bytes]
    ) -> None:
        for member in [member for member in group.held if member.skip]:
            own = [i for i in indexes if i >= member.skip]
            if own:
                entries = [pending[i] for i in own]
                member.deliver(entries, b"".join([frames[i] for i in own]))


def _admits(filter_: Filter, entry: Entry) -> bool:
    return entry.kind is not Kind.EVENT or filter_.admits(entry.method)


def _cut(chosen: list[int], frames: list[bytes]) -> Iterator[list[int]]:
    """Cut a batch into pieces of at most MAX_WRITE_BYTES, or one frame."""
    piece: list[int] = []
    size = 0
    for index in chosen:
        if piece and size + len(frames[index]) > MAX_WRITE_BYTES:
            yield piece
            piece, size = [], 0
        piece.append(index)
        size += len(frames[index])
    if piece:
        yield piece
