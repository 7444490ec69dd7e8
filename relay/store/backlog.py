"""What waits to be written, from the event loop to the writer's thread; used by store and writer.

Bounded: events that do not fit are refused, at once. Everything else is rare, and never refused
before there is more of it than any honest use makes.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from relay.events.stored import HoleReason, Past, Record

MAX_EVENTS = 50_000
MAX_BYTES = 64 * 1024 * 1024
"""Bodies that wait, at most. They are those of the rooms' rings, and so not counted twice."""
MAX_OTHERS = 20_000
"""Beginnings, ends and names of epochs that wait, at most."""


class Begin(NamedTuple):
    """A stream begins an epoch of its own."""

    epoch: str
    web_rid: str
    names: tuple[str, ...]


class TakeUp(NamedTuple):
    """A stream asks where its room was left; `epoch` is its own, if nothing can be gone on with."""

    epoch: str
    web_rid: str
    names: tuple[str, ...]
    answer: Callable[[Past | None], None]
    """Called in the writer's thread, before what it says is in the file for good."""


class Claim(NamedTuple):
    """A stream goes on in an epoch, which is not in the file for good yet."""

    epoch: str
    owner: str
    """The epoch that the stream would have had of its own."""
    web_rid: str
    names: tuple[str, ...]


class Name(NamedTuple):
    """More is known of the room that an epoch belongs to."""

    epoch: str
    web_rid: str
    names: tuple[str, ...]


class Append(NamedTuple):
    """Events of one epoch, numbered without holes."""

    epoch: str
    at: int
    """When the relay got them, Unix milliseconds."""
    records: Sequence[Record]
    """At least one."""
    events: int
    """How many of them are events."""
    size: int
    """Bytes of their bodies."""


class Link(NamedTuple):
    """An epoch ends, since its stream goes on in another one."""

    epoch: str
    head: int
    into: str
    offset: int
    reason: HoleReason | None
    """None: without loss."""
    known: frozenset[int]
    """Offsets behind that of events that the first epoch has, too."""


class Seal(NamedTuple):
    """Nothing more is given out in an epoch; it may be gone on with."""

    epoch: str
    head: int


class Keep(NamedTuple):
    """What the room of an epoch has counted."""

    epoch: str
    offset: int
    """Up to this event."""
    at: int
    """When, Unix milliseconds."""
    body: bytes


Item = Begin | TakeUp | Claim | Name | Append | Link | Seal | Keep


class Backlog:
    """A queue with one side in the event loop, the other in the writer's thread."""

    def __init__(self) -> None:
        self.work = threading.Event()
        """There is something to write."""
        self.urgent = threading.Event()
        """Somebody waits for it."""
        self.stopping = threading.Event()
        """Nothing more comes."""
        self._items: deque[Item] = deque()
        # Each counter has one side that changes it: what waits is the difference.
        self._events_in = self._events_out = 0
        self._bytes_in = self._bytes_out = 0
        self._others_in = self._others_out = 0
        self._written = threading.Condition()
        self._waiters: dict[Callable[[], None], tuple[int, int]] = {}
        """Whom to call when so many events and others are written."""

    @property
    def events(self) -> int:
        """Events that wait, those being written included."""
        return self._events_in - self._events_out

    @property
    def is_half_full(self) -> bool:
        """Whether so much waits that something seems to hold the writer up."""
        waiting_bytes = self._bytes_in - self._bytes_out
        return self.events > MAX_EVENTS // 2 or waiting_bytes > MAX_BYTES // 2

    @property
    def others(self) -> int:
        """Whatever else waits."""
        return self._others_in - self._others_out

    def append(self, item: Append, *, must: bool = False) -> bool:
        """Queue events; False: there is no room for them.

        `must`: room or not. For what comes once in an epoch, as its end does.
        """
        waiting_bytes = self._bytes_in - self._bytes_out
        is_full = (
            self.events + len(item.records) > MAX_EVENTS or waiting_bytes + item.size > MAX_BYTES
        )
        if is_full and not must:
            return False
        self._events_in += len(item.records)
        self._bytes_in += item.size
        self._items.append(item)
        if not self.work.is_set():
            self.work.set()
        return True

    def put(self, item: Begin | TakeUp | Name | Link | Seal | Keep) -> bool:
        """Queue anything else; False: there is no room for it."""
        if self.others >= MAX_OTHERS:
            return False
        self._others_in += 1
        self._items.append(item)
        self.work.set()
        if isinstance(item, TakeUp):
            self.urgent.set()
        return True

    def stop(self) -> None:
        """Say that nothing more comes."""
        self.stopping.set()
        self.urgent.set()
        self.work.set()

    def take(self, max_events: int) -> list[Item]:
        """Give the oldest items, with about this many events; `done` says when they're written."""
        taken: list[Item] = []
        count = 0
        while self._items and count < max_events:
            item = self._items.popleft()
            taken.append(item)
            count += len(item.records) if isinstance(item, Append) else 1
        return taken

    def done(self, items: Sequence[Item]) -> None:
        """Note that items are written, or given up."""
        for item in items:
            if isinstance(item, Append):
                self._events_out += len(item.records)
                self._bytes_out += item.size
            else:
                self._others_out += 1
        with self._written:
            self._written.notify_all()
            for call, upto in list(self._waiters.items()):
                if self._is_written(upto):
                    del self._waiters[call]
                    call()

    def call_written(self, call: Callable[[], None]) -> None:
        """Have `call` called once what was queued before is written: at once, or by the writer.

        Until then, or until it is forgotten, it is kept.
        """
        with self._written:
            upto = self._hurry()
            if self._is_written(upto):
                call()
            else:
                self._waiters[call] = upto

    def forget_call(self, call: Callable[[], None]) -> None:
        """Call it no more. Safe to repeat."""
        with self._written:
            self._waiters.pop(call, None)

    def wait_written(self, timeout_s: float) -> bool:
        """Wait until what was queued before is written; called in threads that may wait."""
        with self._written:
            upto = self._hurry()
            return self._written.wait_for(lambda: self._is_written(upto), timeout_s)

    def _hurry(self) -> tuple[int, int]:
        """Have the writer write at once; gives how many events and others that is in all."""
        self.work.set()
        self.urgent.set()
        return self._events_in, self._others_in

    def _is_written(self, upto: tuple[int, int]) -> bool:
        return self._events_out >= upto[0] and self._others_out >= upto[1]
