"""Keeps a wrong clock from doing harm: to when events came, to what is deleted for its age.

Used by epochs and retention. Times are Unix milliseconds.
"""

import sqlite3
import time

import structlog

AHEAD_MS = 86_400_000
"""What came later than this from now on came while the clock was wrong."""
BELIEVED_S = 86_400.0
"""A clock that has jumped forward is believed when it has stayed there for so long."""

_log = structlog.get_logger(__name__)


def lower(connection: sqlite3.Connection, epoch: int, at_ms: int) -> None:
    """Let nothing in an epoch have come later than at `at_ms`. To be called in a transaction."""
    # The last ones, as times never fall within an epoch. The index is followed only as far.
    (before,) = connection.execute(
        "SELECT coalesce((SELECT offset FROM events INDEXED BY events_in_order"
        " WHERE epoch = ? AND at <= ? ORDER BY offset DESC LIMIT 1), 0)",
        (epoch, at_ms),
    ).fetchone()
    (latest,) = connection.execute(
        "SELECT max(time) FROM events INDEXED BY events_in_order WHERE epoch = ? AND offset > ?",
        (epoch, before),
    ).fetchone()
    connection.execute(
        "UPDATE events INDEXED BY events_in_order SET at = ? WHERE epoch = ? AND offset > ?",
        (at_ms, epoch, before),
    )
    connection.execute(
        "UPDATE epochs SET at = ?1, min_lag = min(min_lag, ?1 - coalesce(?2, ?1 - min_lag))"
        " WHERE no = ?3",
        (at_ms, latest, epoch),
    )


class Clock:
    """The time of day, as long as it can be believed."""

    def __init__(self) -> None:
        self._wall_ms = time.time_ns() // 1_000_000
        self._steady_s = time.monotonic()
        self._doubted_until_s = self._steady_s

    def now_ms(self) -> int | None:
        """Give the time; None: the clock has jumped forward, and may soon jump back.

        Everything would be too old at once, and gone when that turns out to be wrong.
        """
        wall_ms, steady_s = time.time_ns() // 1_000_000, time.monotonic()
        passed_ms = wall_ms - self._wall_ms
        if passed_ms - 1000 * (steady_s - self._steady_s) > AHEAD_MS:
            self._doubted_until_s = steady_s + BELIEVED_S
            _log.warning(
                "the clock has jumped forward: for a day, no events are deleted for their age",
                hours=passed_ms // 3_600_000,
            )
        self._wall_ms, self._steady_s = wall_ms, steady_s
        return None if steady_s < self._doubted_until_s else wall_ms
