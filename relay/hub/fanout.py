"""Gives the new entries of one stream to its subscribers, a group at a time; used by the hub.

A group is all subscriptions with the same filter and encoding: entries are filtered and joined
once for it, framed once per encoding, and each client gets one write per batch.

Most clients are written to past their transports: the same bytes to all their sockets, in one
call. Nothing may be written so while a transport holds something unsent, which it would overtake.
So transports are told to say pause as soon as they hold anything at all (write limit 0); whoever
is paused is written to through the transport, until it says resume.
"""

from array import array
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

import structlog

from relay.hub import sending
from relay.hub.batch import Batch, Piece
from relay.hub.delivery import Encoding, HubCounters
from relay.hub.filters import Filter
from relay.hub.history import Entry
from relay.hub.stream import Stream
from relay.logs import Throttle

_log = structlog.get_logger(__name__)


class Member(Protocol):
    """What a subscription is to the fan-out."""

    filter: Filter
    skip: int
    """How many of the pending entries it must not get, since they came before it."""
    group: "Group | None"
    """Where it is while live."""
    slot: int
    """Its place among its group's flowing members; -1: it is none."""

    @property
    def encoding(self) -> Encoding:
        """How the client takes frames."""
        ...

    @property
    def descriptor(self) -> int:
        """The client's socket, see Sink."""
        ...

    @property
    def write(self) -> Callable[[bytes | memoryview], None]:
        """Write to the client without a look."""
        ...

    @property
    def paused(self) -> bool:
        """Whether the client's transport holds something unsent."""
        ...

    def deliver(self, piece: Piece) -> None:
        """Write what passed the filter, if the client can take it."""
        ...

    def fail(self) -> None:
        """Have the client connect again and resume: not all of what it was to get was written."""
        ...


AnyMember = TypeVar("AnyMember", bound=Member)


class Group:
    """The live members with one filter and encoding."""

    def __init__(self) -> None:
        self.flowing: list[Member] = []
        """Members whose sockets everything is written to without a look, in no order."""
        self.descriptors = array("i")
        """Their sockets."""
        self.held: dict[Member, None] = {}
        """Members that are paused, or that must not get all of what is pending, or that have no
        socket to be written to directly."""

    def place(self, member: Member) -> None:
        """Put a member where it belongs now."""
        if member.paused or member.skip or member.descriptor < 0:
            self._stop_flowing(member)
            self.held[member] = None
        elif member.slot < 0:
            self.held.pop(member, None)
            member.slot = len(self.flowing)
            self.flowing.append(member)
            self.descriptors.append(member.descriptor)

    def remove(self, member: Member) -> None:
        """Forget a member."""
        self._stop_flowing(member)
        self.held.pop(member, None)

    def _stop_flowing(self, member: Member) -> None:
        if member.slot < 0:
            return
        last, descriptor = self.flowing.pop(), self.descriptors.pop()
        if last is not member:
            last.slot = member.slot
            self.flowing[last.slot], self.descriptors[last.slot] = last, descriptor
        member.slot = -1


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
        self._failures = Throttle()

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
        group.remove(member)
        member.group = None
        if not group.flowing and not group.held:
            del self.groups[member.filter, member.encoding]
            if not self.groups:
                self.pending.clear()

    def settle(self, member: Member) -> None:
        """Give a member what is pending for it now, ahead of the flush."""
        try:
            pieces = Batch(self.pending[member.skip :]).pieces(member.filter, member.encoding)
            member.skip = len(self.pending)
            if member.group is not None:
                member.group.place(member)
            for piece in pieces:
                member.deliver(piece)
        except Exception:  # noqa: BLE001  _fail logs it
            self._fail([member])

    def flush(self) -> None:
        """Give everybody what is pending."""
        pending, self.pending = self.pending, []
        batch = Batch(pending)
        for (filter_, encoding), group in list(self.groups.items()):
            try:
                for piece in batch.pieces(filter_, encoding):
                    # First those who are held: a member that becomes so has had its piece.
                    if group.held:
                        self._deliver(group, piece)
                    self._send(group, piece)
            except Exception:  # noqa: BLE001  _fail logs it
                # The boundary: what goes wrong for one group, or for one client below, is not to
                # cost others their events. Who got what of it is unknown.
                self._fail([*group.flowing, *group.held])
            for member in [member for member in group.held if member.skip]:
                member.skip = 0
                group.place(member)

    def _send(self, group: Group, piece: Piece) -> None:
        """Write to the members that flow."""
        self._counters.deliveries += len(group.flowing) * piece.events
        short = sending.send_all(group.descriptors, piece.data)
        if not short:
            return
        rest = memoryview(piece.data)
        # What is written to a transport may pause its member, and so move others.
        for member, sent in [(group.flowing[index], sent) for index, sent in short]:
            try:
                member.write(rest[sent:])
            except Exception:  # noqa: BLE001  _fail logs it
                self._fail([member])

    def _deliver(self, group: Group, piece: Piece) -> None:
        """Write to the members that are held."""
        for member in list(group.held):
            own = piece.behind(member.skip) if member.skip else piece
            if own is None:
                continue
            try:
                member.deliver(own)
            except Exception:  # noqa: BLE001  _fail logs it
                self._fail([member])

    def _fail(self, members: Sequence[Member]) -> None:
        """Log what has just gone wrong, and let go of the members that it went wrong for."""
        self._log_failure("events could not be given out", len(members))
        for member in members:
            try:
                member.fail()
            except Exception:  # noqa: BLE001  _fail logs it
                self._log_failure("a client could not be told to connect again", 1)

    def _log_failure(self, what: str, clients: int) -> None:
        held = self._failures.admit()
        if held is not None:
            name = self.stream.status.name
            _log.exception(what, room=name, clients=clients, held_back=held)
