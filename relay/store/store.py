"""The store as the relay uses it: takes events without ever waiting, answers without ever blocking.

Made by app; what the hub needs of it is hub/archive.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import structlog

from relay.config import StoreConfig
from relay.errors import StoreError
from relay.events.stored import HoleReason, Page, Past, Record
from relay.logs import Throttle
from relay.store.answers import Answer, Position, StoredRoom
from relay.store.backlog import (
    Append,
    Backlog,
    Begin,
    Keep,
    Link,
    Name,
    Seal,
    TakeUp,
)
from relay.store.reader import Reader
from relay.store.resume import read_page
from relay.store.select import Wanted
from relay.store.writer import Writer

READERS = 2
"""Threads that read. What they are asked for is bounded by who asks: a page for each client."""
STOP_S = 5.0
"""How long a stop waits for what is not written yet."""
MAX_BOOKS = 500
"""Of beginnings, ends and books: with more of them waiting, further books are not kept."""
QUEUED_S = 1.0
"""How long reading on waits for what is queued, where that may be what comes next."""

_BROKEN = (sqlite3.Error, ValueError, TypeError, LookupError, OverflowError)
"""What reading a broken file raises: SQLite looks at hardly anything that it gives."""

_Result = TypeVar("_Result")

_log = structlog.get_logger(__name__)


class Store:
    """Events on disk, between `__aenter__` and `__aexit__`. Satisfies hub.Archive."""

    def __init__(self, config: StoreConfig) -> None:
        self.refused = 0
        """Events that found the backlog full."""
        self._path = Path(config.path)
        self._backlog = Backlog()
        self._writer = Writer(config, self._backlog)
        self._thread = threading.Thread(target=self._writer.run, name="store-writer", daemon=True)
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._reading: set[Future[Any]] = set()
        self._local = threading.local()
        self._readers: list[Reader] = []
        self._heads: dict[str, int] = {}
        """By epoch in use: the offset that was given out last."""
        self._refused_upto: dict[str, int] = {}
        self._losses: dict[str, Record] = {}
        """By epoch in use: upstream's last loss that there was no room for, to be stored later."""
        self._full = False
        self._throttle = Throttle(60.0)

    async def __aenter__(self) -> Self:
        """Open the file. Raises StoreError where it can't be used.

        Where the disk is full or can't be written just now, nothing is raised: it is tried again.
        """
        await asyncio.to_thread(self._writer.open)
        self._thread.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Write what waits, and end every epoch properly, so that it can be gone on with."""
        for epoch in list(self._heads):
            self.seal(epoch)
        self._backlog.stop()
        await asyncio.to_thread(self._thread.join, STOP_S)
        if self._thread.is_alive() or self._backlog.events:
            _log.warning(
                "the store could not be written to the end",
                events=self._backlog.events,
                error=self._writer.trouble or "the disk is too slow",
            )
        self._pool.shutdown(wait=False, cancel_futures=True)
        for reader in list(self._readers):
            reader.connection.interrupt()
        await asyncio.to_thread(wait, list(self._reading), STOP_S)
        if not self._reading:  # else they are in use
            for reader in self._readers:
                reader.close()

    # What it is doing

    @property
    def trouble(self) -> str:
        """Why events can't be stored just now; "" while they can."""
        if self._writer.trouble:
            return self._writer.trouble
        return "the disk is too slow" if self._full and self._backlog.is_half_full else ""

    @property
    def stored(self) -> int:
        """Events stored so far."""
        return self._writer.counters.stored

    @property
    def lost(self) -> int:
        """Events that could not be stored."""
        return self.refused + self._writer.counters.spoilt

    @property
    def failures(self) -> int:
        """Times that writing failed."""
        return self._writer.counters.failures

    @property
    def waiting(self) -> int:
        """Events that wait to be written."""
        return self._backlog.events

    @property
    def is_reordering(self) -> bool:
        """Whether how epochs follow each other is on its way to the file."""
        return self._backlog.others > 0

    @property
    def used_bytes(self) -> int:
        """Size of what is stored."""
        return self._writer.counters.used_bytes

    # What the hub gives it; none of this waits

    def take_up(
        self, epoch: str, web_rid: str, names: Sequence[str]
    ) -> "asyncio.Future[Past | None]":
        """Ask where a room's stream was left; `epoch` is what it goes on in if that can't be told.

        None: it is unknown which room this is, another stream is using it, or the file can't be
        written; then the stream has to `begin`.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Past | None] = loop.create_future()

        def resolve(past: Past | None) -> None:
            if future.done():
                return  # nobody waits any more; what was taken up goes back with `epoch`'s seal
            self._heads.pop(epoch, None)
            if past is not None:
                self._heads[past.epoch] = past.head
            future.set_result(past)

        def answer(past: Past | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(resolve, past)

        self._heads[epoch] = 0
        item = TakeUp(epoch, web_rid, tuple(names), answer)
        if self._writer.trouble or not self._backlog.put(item):
            resolve(None)
        return future

    def begin(self, epoch: str, web_rid: str, names: Sequence[str]) -> None:
        """Begin an epoch of a stream's own; the room's earlier ones lead to it."""
        self._heads[epoch] = 0
        self._backlog.put(Begin(epoch, web_rid, tuple(names)))

    def name(self, epoch: str, web_rid: str, names: Sequence[str]) -> None:
        """Note what the room of an epoch in use is called."""
        self._backlog.put(Name(epoch, web_rid, tuple(names)))

    def append(self, epoch: str, records: Sequence[Record]) -> None:
        """Store events of an epoch in use, in order; what finds no room is missing there."""
        head = self._heads[epoch] = records[-1].offset
        loss = self._losses.pop(epoch, None)
        if loss is not None:
            records = [loss, *records]
        if self._queue(epoch, records):
            self._full = self._full and self._backlog.is_half_full
            return
        for record in records:
            if not record.method:
                self._losses[epoch] = record
        self._full = True
        self._refused_upto[epoch] = head
        self.refused += sum(record.method != "" for record in records)
        held = self._throttle.admit()
        if held is not None:
            _log.warning(
                "events are not stored: too many wait to be written",
                error=self.trouble,
                lost=self.lost,
                held_back=held,
            )

    def keep_books(self, epoch: str, offset: int, books: bytes) -> None:
        """Keep what the room of an epoch in use has counted up to an offset."""
        # They come again, and what waits is bounded.
        if not self.trouble and self._backlog.others < MAX_BOOKS:
            at = time.time_ns() // 1_000_000
            self._backlog.put(Keep(epoch, offset, at, books))

    def link(
        self, epoch: str, into: str, offset: int, reason: HoleReason | None, known: frozenset[int]
    ) -> None:
        """End an epoch whose stream goes on in the epoch `into`, behind `offset`.

        `reason` says why something may be missing in between, None that nothing is. `known` are
        offsets behind that of events that the first one had, too.
        """
        self._end(epoch)
        self._backlog.put(Link(epoch, self._heads.pop(epoch, 0), into, offset, reason, known))

    def seal(self, epoch: str) -> None:
        """End an epoch that nothing more is given out in; it may be taken up again."""
        self._end(epoch)
        self._backlog.put(Seal(epoch, self._heads.pop(epoch, 0)))

    def done_upto(self, epoch: str) -> int:
        """Give the offset up to which events of an epoch in use don't wait any more.

        They are stored, or never will be.
        """
        return max(self._writer.done_upto.get(epoch, 0), self._refused_upto.get(epoch, 0))

    # What is asked of it

    def page(
        self,
        since: Position,
        into: str,
        upto: int,
        methods: frozenset[str],
        *,
        all_but: bool,
    ) -> asyncio.Future[Page | None]:
        """Read on behind a position, to the epoch `into` and its offset `upto`.

        None: the position is of no epoch that leads there. The future raises StoreError where the
        file can't be read.
        """
        wanted = Wanted(None if all_but and not methods else methods, all_but)

        def read(reader: Reader) -> Page | None:
            # Where there was no room for some events, those before may wait to be written still.
            if self._writer.done_upto.get(into, 0) < upto and not self._writer.trouble:
                self._backlog.wait_written(QUEUED_S)
            # How epochs follow each other may be on its way to the file, and be there by the time
            # that it was not found.
            is_reordering = self.is_reordering
            page = read_page(reader.connection, since, into, upto, wanted)
            if page is None and is_reordering and self._backlog.wait_written(QUEUED_S):
                page = read_page(reader.connection, since, into, upto, wanted)
            return page

        return self._in_thread(read)

    async def query(self, room: str, **question: Any) -> Answer:
        """Answer a question about a room; see Reader.query. What is queued is not included.

        Raises NotStoredError and StoreError.
        """
        return await self._in_thread(lambda reader: reader.query(room, **question))

    async def rooms(self) -> list[StoredRoom]:
        """Give all rooms that events are stored of, the one with the newest last.

        Raises StoreError.
        """
        return await self._in_thread(Reader.rooms)

    async def written(self) -> None:
        """Wait until all that was given before is written, or has failed to be for a while."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def resolve() -> None:
            if not future.done():
                future.set_result(None)

        def call() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(resolve)

        self._backlog.call_written(call)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_S):
                    await future
        finally:
            self._backlog.forget_call(call)

    def _queue(self, epoch: str, records: Sequence[Record], *, must: bool = False) -> bool:
        size = events = 0
        for record in records:
            size += len(record.body)
            events += record.method != ""
        at = time.time_ns() // 1_000_000
        return self._backlog.append(Append(epoch, at, records, events, size), must=must)

    def _end(self, epoch: str) -> None:
        self._refused_upto.pop(epoch, None)
        loss = self._losses.pop(epoch, None)
        if loss is not None:
            self._queue(epoch, [loss], must=True)

    def _in_thread(self, ask: Callable[[Reader], _Result]) -> asyncio.Future[_Result]:
        reading = self._pool.submit(self._read, ask)
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)
        return asyncio.wrap_future(reading)

    def _read(self, ask: Callable[[Reader], _Result]) -> _Result:
        """Ask with this thread's own reader."""
        local = self._local
        opened = self._writer.opened
        reader: Reader | None = getattr(local, "reader", None)
        if reader is not None and local.opened != opened:
            self._drop(reader)
            reader = None
        try:
            if reader is None and self._writer.trouble:
                # One that is opened where nothing can be written keeps others in this process
                # from writing for as long as it is open.
                with closing(Reader(self._path)) as passing:
                    return ask(passing)
            if reader is None:
                reader = Reader(self._path)
                self._readers.append(reader)
                local.reader, local.opened = reader, opened
            return ask(reader)
        except _BROKEN as error:
            if reader is not None:
                self._drop(reader)
            raise StoreError(f"{self._path} can't be read: {error}") from None

    def _drop(self, reader: Reader) -> None:
        self._local.reader = None
        self._readers.remove(reader)
        reader.close()
