"""Deletes what is too old or too much, in steps of a few milliseconds; used by the writer.

The oldest events of all rooms go first: what is left of an epoch is always its end, so that a
position in front of that gets an exact gap.
"""

import json
import sqlite3
import sys
from collections.abc import Collection

from relay.config import StoreConfig
from relay.store.schema import transaction
from relay.store.times import AHEAD_MS, Clock, lower

STEP_EVENTS = 2000
"""Events deleted in one transaction, at most."""
STEP_PAGES = 200
"""Free pages that the file is shortened by in one go, at most."""
SPARE_PAGES = 1000
"""Free pages that are left to be used again."""
_DAY_MS = 86_400_000


class Retention:
    """What may be kept in one open file."""

    def __init__(
        self, connection: sqlite3.Connection, config: StoreConfig, clock: Clock | None = None
    ) -> None:
        self._connection = connection
        self._clock = clock or Clock()
        self._keep_ms = int(config.keep_days * _DAY_MS)
        self._max_bytes = config.max_bytes
        self._page_bytes = self._pragma("page_size")

    def used_bytes(self) -> int:
        """Give the size of what is stored."""
        return (self._pragma("page_count") - self._pragma("freelist_count")) * self._page_bytes

    def step(self, claimed: Collection[str]) -> bool:
        """Delete a little, if anything is too much; tell whether there may be more to delete.

        `claimed` are the epochs in use, which are not forgotten however long nothing comes.
        """
        connection = self._connection
        now_ms = self._clock.now_ms()
        oldest = connection.execute("SELECT at FROM events ORDER BY id LIMIT 1").fetchone()
        if oldest is not None and now_ms is not None:
            if self._lower(now_ms):
                return True
            if oldest[0] < now_ms - self._keep_ms:
                self._delete(now_ms - self._keep_ms, sys.maxsize)
                return True
        excess_bytes = self.used_bytes() - self._max_bytes
        if oldest is not None and excess_bytes > 0:
            self._delete(sys.maxsize, excess_bytes)
            return True
        if now_ms is not None and self._forget_books(now_ms - self._keep_ms):
            return True
        if now_ms is not None and self._forget_epochs(now_ms - self._keep_ms, claimed):
            return True
        return self._shorten()

    def _lower(self, now_ms: int) -> bool:
        """Correct one epoch of when the clock was ahead: it would be kept, and all behind it.

        Only where the newest event agrees with the clock; else that may be what is wrong.
        """
        connection, ahead_ms = self._connection, now_ms + AHEAD_MS
        found = connection.execute(
            "SELECT no, (SELECT id FROM events WHERE epoch = no ORDER BY offset DESC LIMIT 1)"
            " FROM epochs WHERE at > ?1"
            " AND (SELECT at FROM events ORDER BY id DESC LIMIT 1) <= ?1 LIMIT 1",
            (ahead_ms,),
        ).fetchone()
        if found is None:
            return False
        epoch, last_id = found
        # It came before what comes next, in whatever room.
        following = connection.execute(
            "SELECT at FROM events WHERE id > ? AND at <= ? ORDER BY id LIMIT 1",
            (last_id, ahead_ms),
        ).fetchone()
        with transaction(connection):
            lower(connection, epoch, now_ms if following is None else min(following[0], now_ms))
        return True

    def _delete(self, before_ms: int, max_bytes: int) -> None:
        """Delete the oldest events that came before a time, until this much of bodies is gone."""
        last_id = 0
        first_kept: dict[int, int] = {}
        gone_bytes = 0
        for id_, epoch, offset, at, size in self._connection.execute(
            "SELECT id, epoch, offset, at, length(body) FROM events ORDER BY id LIMIT ?",
            (STEP_EVENTS,),
        ):
            if at >= before_ms or gone_bytes >= max_bytes:
                break
            gone_bytes += size
            last_id = id_
            first_kept[epoch] = offset + 1
        with transaction(self._connection):
            self._connection.execute("DELETE FROM events WHERE id <= ?", (last_id,))
            for epoch, first in first_kept.items():
                values = {"epoch": epoch, "first": first}
                for sql in (
                    "UPDATE epochs SET first = max(first, :first) WHERE no = :epoch",
                    # Upstream's losses behind an event go with the event that follows them.
                    "DELETE FROM losses WHERE epoch = :epoch AND offset < :first - 1",
                    "DELETE FROM holes WHERE epoch = :epoch AND last < :first",
                ):
                    self._connection.execute(sql, values)

    def _forget_books(self, before_ms: int) -> bool:
        """Forget what rooms had counted so long ago: it names people, as events do."""
        return self._connection.execute("DELETE FROM books WHERE at < ?", (before_ms,)).rowcount > 0

    def _forget_epochs(self, before_ms: int, claimed: Collection[str]) -> bool:
        """Forget an epoch that has had no events for long, and its room if it was the last one.

        Until then, who comes with a position in it is told exactly what is missing.
        """
        found = self._connection.execute(
            "SELECT no, room FROM epochs WHERE at < ? AND name NOT IN (SELECT value FROM"
            " json_each(?)) AND NOT EXISTS (SELECT 1 FROM events WHERE epoch = epochs.no) LIMIT 1",
            (before_ms - self._keep_ms, json.dumps(sorted(claimed))),
        ).fetchone()
        if found is None:
            return False
        values = dict(zip(("epoch", "room"), found, strict=True))
        unused = "NOT EXISTS (SELECT 1 FROM epochs WHERE room = :room)"
        with transaction(self._connection):
            for sql in (
                "DELETE FROM epochs WHERE no = :epoch",
                "DELETE FROM books WHERE epoch = :epoch",
                "DELETE FROM losses WHERE epoch = :epoch",
                "DELETE FROM holes WHERE epoch = :epoch",
                f"DELETE FROM names WHERE room = :room AND {unused}",
                f"DELETE FROM rooms WHERE no = :room AND {unused}",
            ):
                self._connection.execute(sql, values)
        return True

    def _shorten(self) -> bool:
        """Give the file system some pages back, where many are free; tell whether it did."""
        free = self._pragma("freelist_count")
        if free <= max(SPARE_PAGES, self._pragma("page_count") // 10):
            return False
        self._connection.execute(f"PRAGMA incremental_vacuum({STEP_PAGES})").fetchall()
        return True

    def _pragma(self, name: str) -> int:
        (value,) = self._connection.execute(f"PRAGMA {name}").fetchone()
        return int(value)
