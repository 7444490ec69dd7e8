"""The store's file while it is open for writing, with what keeps it; used by the writer."""

from pathlib import Path

from relay.config import StoreConfig
from relay.store.backlog import Begin, Claim, Keep, Link, Name, Seal
from relay.store.epochs import Claims, Epochs
from relay.store.retention import Retention
from relay.store.schema import BUSY_S, WAL_BYTES, open_to_write
from relay.store.times import Clock

LOG_WAIT_MS = 200
"""How long cutting back the log waits for those who read."""


class OpenFile:
    """The file and what keeps it, from opening it to the next trouble."""

    def __init__(self, path: Path, config: StoreConfig, claims: Claims, clock: Clock) -> None:
        """Raises StoreError where it can't be used; sqlite3.Error or OSError where it may be later.

        `claims` are the epochs in use, where it was open before.
        """
        self.connection = open_to_write(path)
        try:
            self.inode = path.stat().st_ino
            self.epochs = Epochs(self.connection, claims)
            self.retention = Retention(self.connection, config, clock)
        except BaseException:
            self.connection.close()
            raise
        place = path.resolve()
        self._log = place.with_name(f"{place.name}-wal")

    def apply(self, item: Begin | Claim | Name | Link | Seal | Keep) -> None:
        """Write what is no event, and asks for nothing. To be called in a transaction."""
        match item:
            case Begin():
                self.epochs.begin(item)
            case Claim():
                self.epochs.claim(item)
            case Name():
                self.epochs.name(item)
            case Link():
                self.epochs.link(item)
            case Seal():
                self.epochs.seal(item)
            case Keep():
                self.epochs.keep_books(item)

    def used_bytes(self) -> int:
        """Give the size of what is stored, and of the log that is yet to be worked into it.

        Retention has no part in the log: deleting makes it larger.
        """
        return self.retention.used_bytes() + self._log_bytes()

    def bound_log(self) -> None:
        """Cut back the log where it has grown too large, as somebody was reading all the time."""
        if self._log_bytes() <= WAL_BYTES:
            return
        # It waits for those who read, but not for long: events come.
        self.connection.execute(f"PRAGMA busy_timeout = {LOG_WAIT_MS}")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.connection.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_S)}")

    def _log_bytes(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0
