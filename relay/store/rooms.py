"""What rooms are called in the file, and which of two names are one room; used by epochs.

All of it is to be called in a transaction.
"""

import sqlite3

RECENT_IDS = 2000
"""Messages of before by which a room's stream knows what upstream repeats; that is about 15."""
RECENT_EPOCHS = 100
"""A room's last epochs with events, that are looked through for these: a relay that crashes again
and again leaves many with few."""


class Rooms:
    """The rooms in one open file, by their numbers."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, web_rid: str, names: tuple[str, ...]) -> int | None:
        """Find a room: by its web_rid, else by a name of one whose web_rid is not another."""
        if web_rid:
            row = self._connection.execute(
                "SELECT no FROM rooms WHERE web_rid = ?", (web_rid,)
            ).fetchone()
            if row is not None:
                return int(row[0])
        for name in names:
            row = self._connection.execute(
                "SELECT r.no, r.web_rid FROM names AS n JOIN rooms AS r ON r.no = n.room"
                " WHERE n.name = ?",
                (name,),
            ).fetchone()
            if row is not None and (not web_rid or row[1] is None):
                return int(row[0])
        return None

    def of_epoch(self, epoch: str) -> int | None:
        """Give the room of an epoch."""
        row = self._connection.execute(
            "SELECT room FROM epochs WHERE name = ?", (epoch,)
        ).fetchone()
        return None if row is None else int(row[0])

    def name(self, room: int, web_rid: str, names: tuple[str, ...]) -> None:
        """Note what a room is called; one that has a web_rid keeps it."""
        if web_rid:
            self._connection.execute(
                "UPDATE rooms SET web_rid = ? WHERE no = ? AND web_rid IS NULL", (web_rid, room)
            )
        self._connection.executemany(
            "INSERT OR REPLACE INTO names (name, room) VALUES (?, ?)",
            [(name, room) for name in names if name != web_rid],
        )

    def unite(self, room: int, into: int) -> None:
        """Make one room of two."""
        (web_rid,) = self._connection.execute(
            "SELECT web_rid FROM rooms WHERE no = ?", (room,)
        ).fetchone()
        self._connection.execute("UPDATE epochs SET room = ? WHERE room = ?", (into, room))
        self._connection.execute("UPDATE names SET room = ? WHERE room = ?", (into, room))
        self._connection.execute("DELETE FROM rooms WHERE no = ?", (room,))
        self.name(into, web_rid or "", ())

    def forget_unused(self, no: int) -> None:
        """Forget a room that never had an event: perhaps there is none of that name."""
        ((room, epochs),) = self._connection.execute(
            "SELECT room, count(*) FROM epochs"
            " WHERE room = (SELECT room FROM epochs WHERE no = ?) GROUP BY room",
            (no,),
        ).fetchall()
        lost = self._connection.execute("SELECT 1 FROM losses WHERE epoch = ?", (no,)).fetchone()
        if epochs == 1 and lost is None:
            for sql in (
                "DELETE FROM epochs WHERE room = ?",
                "DELETE FROM names WHERE room = ?",
                "DELETE FROM rooms WHERE no = ?",
            ):
                self._connection.execute(sql, (room,))

    def recent_ids(self, room: int) -> list[str]:
        """Give the msg_ids of a room's last events, oldest first."""
        found: list[str] = []
        for (no,) in self._connection.execute(
            "SELECT no FROM epochs WHERE room = ? AND last >= first ORDER BY no DESC LIMIT ?",
            (room, RECENT_EPOCHS),
        ).fetchall():
            rows = self._connection.execute(
                "SELECT msg_id FROM events WHERE epoch = ? ORDER BY offset DESC LIMIT ?",
                (no, RECENT_IDS - len(found)),
            )
            found += [msg_id for (msg_id,) in rows]
            if len(found) >= RECENT_IDS:
                break
        return found[::-1]
