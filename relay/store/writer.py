"""The thread that writes the file: in batches, and again where that fails; run by Store.

Whatever goes wrong is kept here: the event loop only ever sees a backlog that is full.
"""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from relay.config import StoreConfig
from relay.errors import StoreError
from relay.logs import Throttle
from relay.store.backlog import Append, Backlog, Begin, Claim, Item, Link, Seal, TakeUp
from relay.store.epochs import Claims, Epochs
from relay.store.opened import OpenFile
from relay.store.schema import Lock, check_place, transaction
from relay.store.times import Clock

BATCH_S = 0.2
"""How long events wait for others to be written with."""
BATCH_EVENTS = 2000
"""Events in one transaction, about."""
GATHER_S = 0.05
"""How long a commit that the disk has to confirm waits for others who ask for one."""
FIRST_RETRY_S = 0.25
LAST_RETRY_S = 10.0
"""How long to wait after the first failure, and at most after many."""
TEND_S = 2.0
"""How often to look for what is to be deleted, and whether the file is still there."""

_BAD_DATA = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    UnicodeError,
    OverflowError,
)
"""What a single bad event raises, and would raise again."""
_TROUBLE = (sqlite3.Error, OSError, StoreError)
"""What may pass: the disk is full, read-only or gone, another program has the file locked."""

_json = msgspec.json.Encoder()
_notes = msgspec.json.Decoder(Claim)

_log = structlog.get_logger(__name__)


class StoreCounters(Struct):
    """What has been counted of writing. Only ever grows, but for `used_bytes`."""

    stored: int = 0
    """Events written."""
    spoilt: int = 0
    """Events that could not be written, whatever the disk's state."""
    failures: int = 0
    """Times that writing failed."""
    used_bytes: int = 0
    """Size of what is stored and of the log, as last looked."""


class Writer:
    """Owns the file for writing. `run` is the thread; others may read the attributes."""

    def __init__(self, config: StoreConfig, backlog: Backlog) -> None:
        self.counters = StoreCounters()
        self.trouble = ""
        """Why nothing can be written at present; "" while it can."""
        self.opened = 0
        """How often the file was opened: readers of an older one have to open it again."""
        self.done_upto: dict[str, int] = {}
        """By epoch in use: the offset up to which nothing waits to be written any more."""
        self._path = Path(config.path)
        self._config = config
        self._backlog = backlog
        self._lock: Lock | None = None
        self._file: OpenFile | None = None
        self._claims: Claims = {}
        self._taken: list[Item] = []
        self._retry_s = FIRST_RETRY_S
        self._tend_at = 0.0
        self._clock = Clock()
        self._throttle = Throttle(60.0)

    def open(self) -> None:
        """Open the file for the first time. Raises StoreError where it can't be used at all."""
        try:
            self._open()
        except StoreError:
            self._close()
            self._free()
            raise
        except _TROUBLE as error:
            self._fail(error)

    def run(self) -> None:
        """Write until the backlog is stopped, and is empty or can't be written."""
        ending = False
        while not ending:
            self._wait()
            ending = self._backlog.stopping.is_set()
            try:
                file = self._file or self._open()
                self._write(file)
                if not ending:
                    self._tend(file)
            except _TROUBLE as error:
                self._fail(error)
            except Exception as error:  # noqa: BLE001
                # The boundary of the thread: the batch may be what it crashes at, so it goes.
                _log.exception("the store's writer crashed")
                self._give_up(self._taken)
                self._taken = []
                self._fail(error)
            else:
                self._recover()
                ending = ending and not (self._backlog.events or self._backlog.others)
        self._close()
        self._free()

    def _wait(self) -> None:
        """Sleep until there is something to do: a batch, a retry, or tending."""
        backlog = self._backlog
        if self.trouble:
            backlog.stopping.wait(self._retry_s)
        elif backlog.events < BATCH_EVENTS and not backlog.stopping.is_set():
            due_s = max(self._tend_at - time.monotonic(), 0.0)
            if backlog.work.wait(due_s):
                # Events wait for others; who waits for an answer does not.
                backlog.urgent.wait(BATCH_S)
        backlog.work.clear()
        backlog.urgent.clear()

    def _open(self) -> OpenFile:
        check_place(self._path)
        self._lock = self._lock or Lock(self._path)
        self._file = file = OpenFile(self._path, self._config, self._claims, self._clock)
        if not self.opened:
            with transaction(file.connection):
                for line in self._lock.noted():
                    with suppress(msgspec.MsgspecError):  # cut off by a full disk
                        file.epochs.restore(_notes.decode(line))
        self.counters.used_bytes = file.used_bytes()
        self.opened += 1
        return file

    def _close(self) -> None:
        if self._file is not None:
            self._file.connection.close()
            self._file = None

    def _free(self) -> None:
        if self._lock is not None:
            self._lock.free()
            self._lock = None

    def _write(self, file: OpenFile) -> None:
        self._taken = self._taken or self._backlog.take(BATCH_EVENTS)
        try:
            self._commit(file)
        except _BAD_DATA:
            _log.exception("events can't be stored as they are; trying one by one")
            taken, self._taken = self._taken, []
            while taken:
                self._taken = taken[:1]
                try:
                    self._commit(file)
                except _BAD_DATA:
                    self._give_up(self._taken)
                except BaseException:
                    self._taken += taken[1:]
                    raise
                taken = taken[1:]

    def _commit(self, file: OpenFile) -> None:
        """Write what was taken in one transaction."""
        taken = self._taken
        if not taken:
            return
        # Who goes on in an epoch gives out its next offsets: that must be known even after the
        # machine lost power. Of events alone, it may lose the last moments.
        durable = any(isinstance(item, TakeUp | Claim) for item in taken)
        file.connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        events = unknown = applied = 0
        until_s = time.monotonic() + BATCH_S
        try:
            with transaction(file.connection):
                while True:
                    asked = False
                    for index in range(applied, len(taken)):
                        match taken[index]:
                            case Append() as item:
                                events += item.events
                                unknown += file.epochs.append(item)
                            case TakeUp() as item:
                                taken[index] = self._answer(file.epochs, item)
                                asked = True
                            case item:
                                file.apply(item)
                    applied = len(taken)
                    # Other rooms that start now would have to wait until the disk has this.
                    if not asked or time.monotonic() > until_s:
                        break
                    if not self._backlog.urgent.wait(GATHER_S):
                        break
                    self._backlog.urgent.clear()
                    taken += self._backlog.take(BATCH_EVENTS)
                file.epochs.write_out()
        except BaseException:
            file.epochs.forget()
            raise
        self._claims = file.epochs.keep()
        if durable and self._lock is not None:
            self._lock.clear()
        self.counters.stored += events - unknown
        self.counters.spoilt += unknown
        self._done(taken)
        self._taken = []

    def _answer(self, epochs: Epochs, item: TakeUp) -> Item:
        """Answer where a room was left, ahead of the commit; gives what is left to be written.

        No room waits for a slow disk: so that no offset is given out twice, should the relay be
        killed before, it is enough to note what it is in now.
        """
        past = epochs.take_up(item)
        if past is None:
            item.answer(None)
            return item
        claim = Claim(past.epoch, item.epoch, item.web_rid, item.names)
        if self._lock is not None:
            self._lock.note(_json.encode(claim).decode())
        item.answer(past)
        if past.epoch == item.epoch:
            return Begin(item.epoch, item.web_rid, item.names)
        return claim

    def _give_up(self, items: list[Item]) -> None:
        """Let go of items that can't be written."""
        for item in items:
            if isinstance(item, Append):
                self.counters.spoilt += item.events
            elif isinstance(item, TakeUp):
                item.answer(None)
        self._done(items)

    def _done(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, Append):
                self.done_upto[item.epoch] = item.records[-1].offset
            elif isinstance(item, Link | Seal):
                self.done_upto.pop(item.epoch, None)
        self._backlog.done(items)

    def _tend(self, file: OpenFile) -> None:
        """Delete a little of what is too much, and see whether the file is still in its place."""
        begin_s = time.monotonic()
        if begin_s < self._tend_at:
            return
        if self._path.stat().st_ino != file.inode:
            raise FileNotFoundError(f"{self._path} was replaced")
        more = file.retention.step(self._claims)
        if more:
            file.epochs.forget()  # it may have changed them
        if not self._backlog.events:
            file.bound_log()
        self.counters.used_bytes = file.used_bytes()
        end_s = time.monotonic()
        # Where there is much to delete, at most half of the time goes into that.
        self._tend_at = end_s + (end_s - begin_s if more else TEND_S)

    def _fail(self, error: Exception) -> None:
        """Keep what was taken, for later; but let nobody wait for an answer."""
        self._close()
        self._give_up([item for item in self._taken if isinstance(item, TakeUp)])
        self._taken = [item for item in self._taken if not isinstance(item, TakeUp)]
        first = not self.trouble
        self.counters.failures += 1
        self.trouble = str(error) or type(error).__name__
        self._retry_s = FIRST_RETRY_S if first else min(2 * self._retry_s, LAST_RETRY_S)
        held = self._throttle.admit()
        if held is not None:
            _log.warning(
                "the store can't be written; it is tried again",
                path=str(self._path),
                error=self.trouble,
                waiting=self._backlog.events,
                held_back=held,
            )

    def _recover(self) -> None:
        if self.trouble:
            self.trouble = ""
            _log.info("the store is written again", path=str(self._path))
