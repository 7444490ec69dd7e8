"""Which epochs a room has and how they follow each other; used by the writer, in transactions.

An epoch that this relay gives events out in is claimed. One that is neither claimed nor sealed was
left by a relay that was killed: what it gave out last may be missing, so its offsets are never
used again, and the room goes on in a new epoch that the old one leads to.
"""

import json
import sqlite3
import time
from collections.abc import Mapping
from typing import Any

from relay.events.stored import Past
from relay.store.backlog import Append, Begin, Claim, Keep, Link, Name, Seal, TakeUp
from relay.store.rooms import Rooms
from relay.store.select import sound
from relay.store.tallies import keep_books, read_tallies
from relay.store.times import AHEAD_MS, lower

Claims = Mapping[str, Claim]
"""The epochs in use, by name; never changed, only replaced."""


class _Epoch:
    """What is known of an epoch that events are added to."""

    def __init__(
        self, no: int, last: int, at: int, min_lag: int | None, max_lag: int | None
    ) -> None:
        self.no = no
        self.last = last
        self.at = at
        self.min_lag = min_lag
        self.max_lag = max_lag


class Epochs:
    """The epochs in one open file. After each transaction either `keep` or `forget`."""

    def __init__(self, connection: sqlite3.Connection, claims: Claims) -> None:
        """`claims` are those from before, where the file is opened again."""
        self._connection = connection
        self._rooms = Rooms(connection)
        self._kept = claims
        self._claims = dict(claims)
        self._open: dict[str, _Epoch] = {}
        self._changed: set[str] = set()
        self._rows: list[tuple[Any, ...]] = []

    def keep(self) -> Claims:
        """The transaction was committed; gives the epochs that are in use since."""
        self._kept = dict(self._claims)
        return self._kept

    def forget(self) -> None:
        """The transaction was rolled back."""
        self._claims = dict(self._kept)
        self._open.clear()
        self._changed.clear()
        self._rows.clear()

    def write_out(self) -> None:
        """Write what was only collected; needed before a commit."""
        self._connection.executemany(
            "INSERT INTO events (epoch, offset, at, time, method, user, msg_id, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            self._rows,
        )
        self._rows.clear()
        for name in self._changed:
            epoch = self._open[name]
            self._connection.execute(
                "UPDATE epochs SET last = ?, at = ?, min_lag = ?, max_lag = ? WHERE no = ?",
                (epoch.last, epoch.at, epoch.min_lag, epoch.max_lag, epoch.no),
            )
        self._changed.clear()

    def append(self, item: Append) -> int:
        """Add events; gives how many could not be: nobody ever said whose epoch this is."""
        epoch = self._find(item.epoch)
        if epoch is None:
            claim = self._claims.get(item.epoch)
            if claim is None:
                return item.events
            # The file was taken away, and made again.
            first = item.records[0].offset + (not item.records[0].method)
            epoch, _ = self._insert(item.epoch, claim.web_rid, claim.names, first=first)
        if epoch.at > item.at + AHEAD_MS:
            epoch = self._lower(item.epoch, item.at)
        epoch.at = at = max(epoch.at, item.at)
        for offset, time_ms, method, user, msg_id, body in item.records:
            if not method:
                self._connection.execute(
                    "INSERT INTO losses (epoch, offset, body) VALUES (?, ?, ?)",
                    (epoch.no, offset, body),
                )
                continue
            self._note_hole(epoch, offset - 1)
            epoch.last = offset
            lag = at - time_ms
            epoch.min_lag = lag if epoch.min_lag is None else min(epoch.min_lag, lag)
            epoch.max_lag = lag if epoch.max_lag is None else max(epoch.max_lag, lag)
            self._rows.append((epoch.no, offset, at, time_ms, method, user, msg_id, body))
        self._changed.add(item.epoch)
        return 0

    def take_up(self, item: TakeUp) -> Past | None:
        """Go on in the room's last epoch, or begin `item.epoch` behind it.

        None: it can't be told which room it is, or another stream is using it.
        """
        self.write_out()
        room = self._rooms.find(item.web_rid, item.names)
        if room is None:
            if not item.web_rid:
                return None
            self._begin(item.epoch, item.web_rid, item.names)
            return Past(item.epoch, 0, [], [], b"")
        if self._in_use(room, but=item.epoch):
            return None
        self._release(item.epoch)
        msg_ids = self._rooms.recent_ids(room)
        tallies = read_tallies(self._connection, room)
        left = self._connection.execute(
            "SELECT no, name, last, sealed FROM epochs WHERE room = ? AND next IS NULL"
            " ORDER BY no DESC LIMIT 1",
            (room,),
        ).fetchone()
        if left is None or not left[3]:
            if self._find(item.epoch) is None:  # else the last answer was not heard
                self._begin(item.epoch, item.web_rid, item.names)
            return Past(item.epoch, 0, msg_ids, [], b"", tallies)
        no, name, head, _ = left
        self.claim(Claim(name, item.epoch, item.web_rid, item.names))
        losses = self._connection.execute(
            "SELECT body FROM losses WHERE epoch = ? AND offset = ? ORDER BY no", (no, head)
        )
        row = self._connection.execute(
            "SELECT body FROM events WHERE epoch = ? AND offset = ?", (no, head)
        ).fetchone()
        last = row[0] if row else b""
        return sound((name, head, msg_ids, [body for (body,) in losses], last, tallies), Past)

    def claim(self, item: Claim) -> None:
        """Note that a stream goes on in an epoch."""
        self._claims[item.epoch] = item
        row = self._connection.execute(
            "UPDATE epochs SET sealed = 0 WHERE name = ? RETURNING room, last", (item.epoch,)
        ).fetchone()
        if row is not None:  # else the file was taken away, and made again
            room, head = row
            self._rooms.name(room, item.web_rid, item.names)
            self._lead(room, item.epoch, head)

    def restore(self, item: Claim) -> None:
        """Note that a stream was in an epoch when its relay was killed."""
        if self._find(item.epoch) is None:
            _, room = self._insert(item.epoch, item.web_rid, item.names, first=1)
            self._lead(room, item.epoch, 0)
        self._connection.execute("UPDATE epochs SET sealed = 0 WHERE name = ?", (item.epoch,))

    def begin(self, item: Begin) -> None:
        """Begin an epoch, whatever there was of its room."""
        self.write_out()
        self._release(item.epoch)
        if self._find(item.epoch) is None:
            self._begin(item.epoch, item.web_rid, item.names)

    def name(self, item: Name) -> None:
        """Note what the room of an epoch is called."""
        self.write_out()
        claim = self._claims.get(item.epoch)
        room = self._rooms.of_epoch(item.epoch)
        if claim is None or room is None:
            return
        (known,) = self._connection.execute(
            "SELECT web_rid FROM rooms WHERE no = ?", (room,)
        ).fetchone()
        if known is not None and item.web_rid not in ("", known):
            return  # a room has one web_rid, for ever
        self._claims[item.epoch] = claim._replace(web_rid=item.web_rid, names=item.names)
        named = self._rooms.find(item.web_rid, ()) if item.web_rid else None
        if named is not None and named != room:
            if self._in_use(named, but=item.epoch):
                return  # two streams of one room, which are about to be joined
            (first,) = self._connection.execute(
                "SELECT name FROM epochs WHERE room = ? ORDER BY no LIMIT 1", (room,)
            ).fetchone()
            self._lead(named, first, 0)
            self._rooms.unite(room, named)
            room = named
        self._rooms.name(room, item.web_rid, item.names)

    def link(self, item: Link) -> None:
        """End an epoch that goes on in another."""
        self.seal(Seal(item.epoch, item.head))
        room, there = self._rooms.of_epoch(item.epoch), self._rooms.of_epoch(item.into)
        if room is None or there is None:
            return
        self._connection.execute(
            "UPDATE epochs SET next = ?, next_offset = ?, next_reason = ?, next_known = ?"
            " WHERE name = ?",
            (
                item.into,
                item.offset,
                item.reason,
                json.dumps(sorted(item.known)) if item.known else None,
                item.epoch,
            ),
        )
        if room != there and not self._in_use(room, but=""):
            self._lead(room, item.into, item.offset)
            self._rooms.unite(room, there)

    def keep_books(self, item: Keep) -> None:
        """Keep what the room of an epoch in use has counted."""
        epoch = self._find(item.epoch) if item.epoch in self._claims else None
        if epoch is not None:
            keep_books(self._connection, epoch.no, item.offset, item.at, item.body)

    def seal(self, item: Seal) -> None:
        """Note that nothing more is given out in an epoch."""
        self.write_out()
        self._release(item.epoch)
        epoch = self._find(item.epoch)
        if epoch is None or self._claims.pop(item.epoch, None) is None:
            return
        self._note_hole(epoch, item.head)
        self._connection.execute(
            "UPDATE epochs SET sealed = 1, last = max(last, ?) WHERE no = ?", (item.head, epoch.no)
        )
        del self._open[item.epoch]
        if item.head == 0:
            self._rooms.forget_unused(epoch.no)

    def _find(self, name: str) -> _Epoch | None:
        epoch = self._open.get(name)
        if epoch is None:
            row = self._connection.execute(
                "SELECT no, last, at, min_lag, max_lag FROM epochs WHERE name = ?", (name,)
            ).fetchone()
            if row is None:
                return None
            epoch = self._open[name] = _Epoch(*row)
        return epoch

    def _lower(self, name: str, at_ms: int) -> _Epoch:
        """Correct an epoch's times, which are of when the clock was ahead."""
        self.write_out()
        lower(self._connection, self._open.pop(name).no, at_ms)
        epoch = self._find(name)
        if epoch is None:
            raise sqlite3.DatabaseError("an epoch is gone")
        return epoch

    def _note_hole(self, epoch: _Epoch, upto: int) -> None:
        """Remember what was given out but not stored."""
        if upto > epoch.last:
            self._connection.execute(
                "INSERT INTO holes (epoch, first, last) VALUES (?, ?, ?)",
                (epoch.no, epoch.last + 1, upto),
            )

    def _begin(self, name: str, web_rid: str, names: tuple[str, ...]) -> None:
        _, room = self._insert(name, web_rid, names, first=1)
        self._lead(room, name, 0)
        self._claims[name] = Claim(name, name, web_rid, names)

    def _insert(
        self, name: str, web_rid: str, names: tuple[str, ...], *, first: int
    ) -> tuple[_Epoch, int]:
        """Add an epoch to the file; gives it and its room."""
        room = self._rooms.find(web_rid, names)
        if room is not None and self._in_use(room, but=name):
            # By another stream. This one's room stays without a name until they are joined.
            room, web_rid, names = None, "", ()
        if room is None:
            room = self._add("INSERT INTO rooms DEFAULT VALUES")
        self._rooms.name(room, web_rid, names)
        at = time.time_ns() // 1_000_000
        no = self._add(
            "INSERT INTO epochs (name, room, first, last, sealed, at) VALUES (?, ?, ?, ?, 0, ?)",
            (name, room, first, first - 1, at),
        )
        epoch = self._open[name] = _Epoch(no, first - 1, at, None, None)
        return epoch, room

    def _add(self, sql: str, values: tuple[Any, ...] = ()) -> int:
        """Insert a row; gives its number."""
        return self._connection.execute(sql, values).lastrowid or 0

    def _lead(self, room: int, into: str, offset: int) -> None:
        """Let a room's epochs that lead nowhere lead to this one, but for those in use."""
        for (name,) in self._connection.execute(
            "SELECT name FROM epochs WHERE room = ? AND next IS NULL AND name != ?", (room, into)
        ).fetchall():
            if name not in self._claims:
                self._connection.execute(
                    "UPDATE epochs SET next = ?, next_offset = ?, next_reason = 'restart'"
                    " WHERE name = ?",
                    (into, offset, name),
                )

    def _release(self, owner: str) -> None:
        """Give back what a stream has claimed and makes no use of: the answer came too late."""
        for name, claim in list(self._claims.items()):
            if claim.owner == owner != name:
                self._connection.execute("UPDATE epochs SET sealed = 1 WHERE name = ?", (name,))
                del self._claims[name]

    def _in_use(self, room: int, *, but: str) -> bool:
        """Tell whether a stream other than that of `but` uses the room."""
        return any(
            self._rooms.of_epoch(name) == room
            for name, claim in self._claims.items()
            if but not in (name, claim.owner)
        )
