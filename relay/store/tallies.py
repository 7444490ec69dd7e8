"""Reads what counting goes on from when a room is taken up: its last numbers, gifts and people.

Used by epochs. All of it is bounded: rooms wait for it when the relay starts.
"""

import sqlite3

from relay.events.stored import Tallies
from relay.store.select import Span, Wanted, select_rows, sound

GIFTS = 1_000
"""Gifts and finished combos, together."""
TOLD = 90
"""RelayStats that are looked through for one that is full; that is at most every 61st."""
SINCE = 2_000
"""Events behind the last RelayStats. It comes every second, where the relay wasn't killed."""
PEOPLE = 5_000
LOOKED_THROUGH = 20_000
"""Events that are looked through for people."""
EPOCHS = 3
"""A room's last epochs, that are looked through for one that has numbers."""

_COMBINED = ("RelayGiftCombo", "WebcastBindingGiftMessage", "WebcastGiftMessage")
_OWN = "('RelayGiftCombo', 'RelayStats')"


def read_tallies(connection: sqlite3.Connection, room: int) -> Tallies | None:
    """Give what counting goes on from, None: there is nothing."""
    for no, name, last in connection.execute(
        "SELECT no, name, last FROM epochs WHERE room = ? ORDER BY no DESC LIMIT ?", (room, EPOCHS)
    ).fetchall():
        told, messages_at = _told(connection, no)
        gifts = select_rows(
            connection,
            Span(no, name, 0, last),
            Wanted(methods=frozenset(_COMBINED)),
            GIFTS,
            newest=True,
        )
        if told or gifts:
            told_at = told[-1][0] if told else last
            found = (
                [row.body for row in reversed(gifts)],
                [body for _, body in told],
                _since(connection, no, told_at),
                _messages(connection, no, messages_at, told_at),
                _people(connection, no, told_at),
            )
            return sound(found, Tallies)
    return None


def _told(connection: sqlite3.Connection, no: int) -> tuple[list[tuple[int, bytes]], int]:
    """Give offsets and frames of the last RelayStats, from a full one on.

    And the offset up to which they count messages.
    """
    found: list[tuple[int, bytes]] = []
    messages_at = 0
    for row in connection.execute(
        "SELECT offset, body FROM events INDEXED BY events_by_method"
        " WHERE epoch = ? AND method = 'RelayStats' ORDER BY offset DESC LIMIT ?",
        (no, TOLD),
    ):
        offset, body = sound(row, tuple[int, bytes])
        found.append((offset, body))
        # Where no other field says it, those of the last minutes do: told at the same time.
        if b'"messages":{' in body:
            messages_at = max(messages_at, offset)
        if b'"full":true' in body:
            return found[::-1], messages_at
    return [], 0


def _since(connection: sqlite3.Connection, no: int, offset: int) -> list[bytes]:
    rows = connection.execute(
        "SELECT body FROM events INDEXED BY events_in_order"
        f" WHERE epoch = ? AND offset > ? AND method NOT IN {_OWN} ORDER BY offset LIMIT ?",
        (no, offset, SINCE),
    )
    return [body for (body,) in rows]


def _messages(connection: sqlite3.Connection, no: int, after: int, upto: int) -> dict[str, int]:
    rows = connection.execute(
        "SELECT method, count(*) FROM events INDEXED BY events_in_order"
        f" WHERE epoch = ? AND offset > ? AND offset <= ? AND method NOT IN {_OWN}"
        " GROUP BY method",
        (no, after, upto),
    )
    return dict(rows.fetchall()) if after else {}


def _people(connection: sqlite3.Connection, no: int, upto: int) -> list[tuple[str, str]]:
    rows = connection.execute(
        "SELECT method, user FROM events INDEXED BY events_in_order"
        " WHERE epoch = ? AND offset > ? AND offset <= ? AND user IS NOT NULL"
        " ORDER BY offset DESC LIMIT ?",
        (no, upto - LOOKED_THROUGH, upto, PEOPLE),
    )
    return list(dict.fromkeys(rows.fetchall()))
