"""The thread that writes the file: in batches, and again where that fails; run by Store.

Whatever goes wrong is kept here: the event loop only ever sees a backlog that is full.
"""

import sqlite3
import time
from pathlib import Path

import structlog
from msgspec import Struct

from relay.config import StoreConfig
from relay.errors import StoreError
from relay.events.stored import Past
from relay.logs import Throttle
from relay.store.backlog import Append, Backlog, Begin, Item, Link, Name, Seal, TakeUp
from relay.store.epochs import Claims, Epochs
from relay.store.retention import Retention
from relay.store.schema import Lock, check_place, open_to_write, transaction

BATCH_S = 0.2
"""How long events wait for others to be written with."""
BATCH_EVENTS = 2000
"""Events in one transaction, about."""
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
    """Size of what is stored, as last looked."""


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
        self._file: _OpenFile | None = None
        self._claims: Claims = {}
        self._taken: list[Item] = []
        self._retry_s = FIRST_RETRY_S
        self._tend_at = 0.0
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

    def _open(self) -> "_OpenFile":
        check_place(self._path)
        self._lock = self._lock or Lock(self._path)
        self._file = file = _OpenFile(self._path, self._config, self._claims)
        self.counters.used_bytes = file.retention.used_bytes()
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

    def _write(self, file: "_OpenFile") -> None:
        self._taken = self._taken or self._backlog.take(BATCH_EVENTS)
        try:
            self._commit(file, self._taken)
        except _BAD_DATA:
            _log.exception("events can't be stored as they are; trying one by one")
            while self._taken:
                try:
                    self._commit(file, self._taken[:1])
                except _BAD_DATA:
                    self._give_up(self._taken[:1])

    def _commit(self, file: "_OpenFile", items: list[Item]) -> None:
        """Write items in one transaction, and take them out of those that were taken."""
        if not items:
            return
        answers: list[tuple[TakeUp, Past | None]] = []
        events = unknown = 0
        epochs = file.epochs
        # Who goes on in an epoch gives out its next offsets: that must be known even after the
        # machine lost power. Of events alone, it may lose the last moments.
        durable = any(isinstance(item, TakeUp) for item in items)
        file.connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        try:
            with transaction(file.connection):
                for item in items:
                    match item:
                        case Append():
                            events += item.events
                            unknown += epochs.append(item)
                        case TakeUp():
                            answers.append((item, epochs.take_up(item)))
                        case Begin():
                            epochs.begin(item)
                        case Name():
                            epochs.name(item)
                        case Link():
                            epochs.link(item)
                        case Seal():
                            epochs.seal(item)
                epochs.write_out()
        except BaseException:
            epochs.forget()
            raise
        self._claims = epochs.keep()
        self.counters.stored += events - unknown
        self.counters.spoilt += unknown
        for take_up, past in answers:
            take_up.answer(past)
        self._done(items)

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
        self._taken = [item for item in self._taken if item not in items]

    def _tend(self, file: "_OpenFile") -> None:
        """Delete a little of what is too much, and see whether the file is still in its place."""
        begin_s = time.monotonic()
        if begin_s < self._tend_at:
            return
        if self._path.stat().st_ino != file.inode:
            raise FileNotFoundError(f"{self._path} was replaced")
        more = file.retention.step(self._claims)
        self.counters.used_bytes = file.retention.used_bytes()
        end_s = time.monotonic()
        # Where there is much to delete, at most half of the time goes into that.
        self._tend_at = end_s + (end_s - begin_s if more else TEND_S)

    def _fail(self, error: Exception) -> None:
        """Keep what was taken, for later; but let nobody wait for an answer."""
        self._close()
        self._give_up([item for item in self._taken if isinstance(item, TakeUp)])
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


class _OpenFile:
    """The file and what keeps it, from opening it to the next trouble."""

    def __init__(self, path: Path, config: StoreConfig, claims: Claims) -> None:
        self.connection = open_to_write(path)
        try:
            self.inode = path.stat().st_ino
            self.epochs = Epochs(self.connection, claims)
            self.retention = Retention(self.connection, config)
        except BaseException:
            self.connection.close()
            raise
