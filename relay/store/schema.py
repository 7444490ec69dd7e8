"""The store's file: its tables, how it is opened, what is refused; used by writer and readers.

SQLite in WAL mode: one relay writes, any number of processes read meanwhile.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from relay.errors import StoreError

APPLICATION_ID = 0x64796C72
"""Marks the file as ours, in SQLite's own header field."""
PAGE_BYTES = 8192
CHECKPOINT_PAGES = 2000
"""The write-ahead log is worked into the file each time it has grown by this much."""
WAL_BYTES = 64 * 1024 * 1024
"""A write-ahead log that has grown larger, since somebody was reading, is cut back to this."""
_LEAST_BYTES = 512
"""Of any database that is not empty."""
BUSY_S = 2.0
"""How long a write waits for another process that has the file locked."""

_VERSION_1 = """
-- A room, once it is known by a web_rid; before, only by its names, if it has any.
CREATE TABLE rooms (no INTEGER PRIMARY KEY AUTOINCREMENT, web_rid TEXT UNIQUE);
CREATE TABLE names (name TEXT PRIMARY KEY, room INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX names_of_room ON names (room);
CREATE TABLE epochs (
  no INTEGER PRIMARY KEY AUTOINCREMENT,  -- a room's epochs follow each other in this order
  name TEXT NOT NULL UNIQUE,
  room INTEGER NOT NULL,
  first INTEGER NOT NULL,        -- events before this offset are no longer kept
  last INTEGER NOT NULL,         -- everything up to here is stored, in `holes`, or no longer kept
  sealed INTEGER NOT NULL,       -- 1: nothing was given out behind `last`; an epoch can go on
  at INTEGER NOT NULL,           -- when its last event came, or it began: Unix ms
  min_lag INTEGER,               -- of its events: the least and the greatest at - time
  max_lag INTEGER,
  next TEXT,                     -- the epoch that the stream went on in,
  next_offset INTEGER,           -- behind this offset,
  next_reason TEXT,              -- NULL: without loss
  next_known TEXT                -- JSON: offsets behind it of events that this epoch has, too
);
CREATE INDEX epochs_of_room ON epochs (room, no);
CREATE TABLE events (
  id INTEGER PRIMARY KEY,        -- in the order in which the relay got them, over all rooms
  epoch INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  at INTEGER NOT NULL,           -- when the relay got it, Unix ms; never falls within an epoch
  time INTEGER NOT NULL,         -- the event's own
  method TEXT NOT NULL,
  user TEXT,                     -- uid, where somebody did it who is told apart from others
  msg_id TEXT NOT NULL,
  body BLOB NOT NULL             -- the frame as JSON, in UTF-8
);
CREATE UNIQUE INDEX events_in_order ON events (epoch, offset);
CREATE INDEX events_by_method ON events (epoch, method, offset, time);
CREATE INDEX events_by_user ON events (epoch, user, offset) WHERE user IS NOT NULL;
-- Upstream's own losses, just after the event with `offset`.
CREATE TABLE losses (no INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, offset INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE INDEX losses_in_order ON losses (epoch, offset);
-- Events that could not be stored.
CREATE TABLE holes (epoch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (epoch, first)) WITHOUT ROWID;
"""

_VERSION_2 = """
-- What a room has counted, the last time that it was kept; see tallies.
CREATE TABLE books (
  epoch INTEGER PRIMARY KEY,
  offset INTEGER NOT NULL,       -- it counts the epoch's events up to here
  at INTEGER NOT NULL,           -- when it was kept: Unix ms
  version INTEGER NOT NULL,      -- of what is in `body`
  body BLOB NOT NULL             -- zlib
);
"""

STEPS = (_VERSION_1, _VERSION_2)
"""How a file of each version becomes one of the next; an empty file is version 0."""


class Lock:
    """That one relay at a time writes the file; the system frees it however the relay ends.

    What has to outlive the relay, should it be killed before that is in the store's file, is noted
    in it: there is no waiting for the disk in that.
    """

    def __init__(self, path: Path) -> None:
        """Raises StoreError where another relay has it, OSError where it can't be had now."""
        # Not the file itself: closing any descriptor of that would free SQLite's own locks on it.
        # One place, by whatever links the file is named.
        path = path.resolve()
        place = path.with_name(path.name + "-lock")
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_APPEND
        try:
            self._descriptor = os.open(place, flags, 0o600)
        except PermissionError as error:
            raise StoreError(f"store.path: {place} can't be made: {error.strerror}") from None
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.free()
            raise StoreError(
                f"store.path: {path} is in use by another relay; stop that one, or name another"
                " file"
            ) from None

    def note(self, text: str) -> None:
        """Note a line. Raises OSError."""
        os.write(self._descriptor, f"{text}\n".encode())

    def noted(self) -> list[str]:
        """Give what was noted, by this relay or by one that was killed. Raises OSError."""
        size = os.fstat(self._descriptor).st_size
        return os.pread(self._descriptor, size, 0).decode(errors="replace").split("\n")[:-1]

    def clear(self) -> None:
        """Forget what was noted: it is in the file for good. Raises OSError."""
        os.ftruncate(self._descriptor, 0)

    def free(self) -> None:
        """Let others have it."""
        os.close(self._descriptor)


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open the file, make it where there is none, and bring it to the present version.

    Raises StoreError where it can't be used as it is; sqlite3.Error or OSError where it may be
    later: disk full, read-only, locked.
    """
    check_place(path)
    if not path.exists():
        # Viewers' names are for the relay's own user. SQLite's further files get the same mode.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        version = _check(connection, path)
        if version == 0:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing by this; what must outlive the machine's end is said so.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
        for step in range(version, len(STEPS)):
            connection.executescript(
                f"BEGIN IMMEDIATE; {STEPS[step]} PRAGMA application_id = {APPLICATION_ID};"
                f" PRAGMA user_version = {step + 1}; COMMIT;"
            )
        with transaction(connection):  # whether it can be written at all
            pass
    except BaseException:
        connection.close()
        raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open the file for reading, also while a relay writes it.

    Raises StoreError where it can't be used.
    """
    check_place(path)
    if not path.is_file():
        raise StoreError(f"{path}: no such file")
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            version = _check(connection, path)
            if version != len(STEPS):
                raise StoreError(
                    f"{path} is of version {version}, this relay reads {len(STEPS)}; run"
                    " `relay serve` with it once, which brings it up to date"
                )
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path} can't be read: {error}") from None
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write what the block writes at once, or nothing of it. Raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # what went wrong may have rolled it back already
            connection.execute("ROLLBACK")
        raise


def examine(path: Path) -> None:
    """See whether a relay could use the file, without changing anything.

    Raises StoreError. What may pass by itself, such as a full disk, is not looked for.
    """
    check_place(path)
    if path.exists():
        try:
            with closing(
                sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            ) as connection:
                _check(connection, path)
        except sqlite3.OperationalError as error:
            raise StoreError(f"store.path: {path} can't be opened: {error}") from None


def check_place(path: Path) -> None:
    """Refuse places where no file of ours can be. Raises StoreError."""
    if not path.parent.is_dir():
        raise StoreError(f"store.path: {path.parent} is no folder; make it, or name another")
    if not path.exists():
        return
    if not path.is_file():
        raise StoreError(f"store.path: {path} is no file; name one")
    # SQLite takes what is this short for empty, and would write over it. It is not opened to look:
    # closing it would free the locks that this process may have on it.
    if 0 < path.stat().st_size < _LEAST_BYTES:
        raise _no_database(path)


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """Give the version of the file; 0: it is empty. Raises StoreError where it isn't ours."""
    try:
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        raise _no_database(path) from None
    if tables and mark != APPLICATION_ID:
        raise StoreError(f"store.path: {path} is another program's database; name another file")
    if version > len(STEPS):
        raise StoreError(
            f"store.path: {path} was written by a newer relay (version {version}, this one knows"
            f" {len(STEPS)}); update this one, or name another file"
        )
    return int(version) if tables else 0


def _no_database(path: Path) -> StoreError:
    return StoreError(f"store.path: {path} is not a database; move it away, or name another file")
