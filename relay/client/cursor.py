"""A named cursor: how far a client is in its rooms, kept in a file over restarts; used by stream.

Positions are written once a caller has asked for the next item, and so is through with the last
one: what was taken but not finished comes again, nothing is left out.
"""

import asyncio
import fcntl
import os
import re
import time
from pathlib import Path
from urllib.parse import quote

import msgspec
from msgspec import Struct

from relay.client.rooms import Room
from relay.errors import CursorError

SAVE_S = 0.2
"""How long a position waits to be written with those that follow; a stop writes what waits."""
MAX_ROOMS = 1000
"""Rooms in one cursor; those that moved longest ago are forgotten."""

_NAME = re.compile(r"[\w-][\w.-]{0,63}")
_MAX_FILE_BYTES = 1024 * 1024
_MAX_NAME_BYTES = 240  # most file systems take names of 255


class _Place(Struct):
    """How far we are in one room."""

    room: str
    """As we named it."""
    web_rid: str
    room_id: str
    position: str
    time: int
    """When it was reached, Unix ms."""


class _File(Struct):
    relay: str
    name: str
    rooms: list[_Place]


class Cursor:
    """One cursor, held for as long as it is open."""

    def __init__(self, name: str, relay: str) -> None:
        """Open the cursor `name` of the relay at the address `relay`. Raises CursorError."""
        if not _NAME.fullmatch(name):
            raise CursorError(
                f"a cursor can't be named {name[:80]!r}; take up to 64 letters, digits, - _ ."
            )
        self._name, self._relay = name, relay
        file = f"{name}@{quote(relay, safe='')}.json"
        if len(file.encode()) > _MAX_NAME_BYTES:
            raise CursorError(f"cursor {name!r}: the name is too long for a file's")
        self._path = _folder() / file
        self._lock: int | None = None
        self._places: dict[str, _Place] = {}
        self._unsaved = False
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[None] | None = None
        self._error: OSError | None = None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read()
        except BlockingIOError:
            self._unlock()
            raise CursorError(f"cursor {name!r} is in use by another process") from None
        except OSError as error:
            self._unlock()
            raise self._failure(error) from None
        except CursorError:
            self._unlock()
            raise

    def position(self, room: str) -> str | None:
        """Give how far we were in a room, by any name; None: we never were there."""
        last = room.partition("?")[0].rstrip("/").rpartition("/")[2]  # of a page's address
        for place in self._places.values():
            if {room, last} & {place.room, place.web_rid, place.room_id}:
                return place.position
        return None

    def reached(self, room: Room) -> None:
        """Note that everything up to the room's position is done; it is written soon.

        Raises CursorError where writing has failed.
        """
        if self._error is not None:
            raise self._failure(self._error)
        place = self._places.get(room.name)
        if room.position is None or (place is not None and place.position == room.position):
            return
        self._put(room, room.position)
        self._unsaved = True
        self._write_soon()

    async def close(self) -> None:
        """Write what was reached, and let go of the cursor. Raises CursorError."""
        if self._timer is not None:
            self._timer.cancel()
        try:
            if self._writing is not None:
                await asyncio.wait([self._writing])
            if self._unsaved:
                self._write(self._encoded())
        except OSError as error:
            raise self._failure(error) from None
        finally:
            self._unlock()

    def _put(self, room: Room, position: str) -> None:
        _, web_rid, room_id = room.ids
        if room.name not in self._places:
            for place in list(self._places.values()):  # the same room by another name
                if web_rid and place.web_rid == web_rid:
                    del self._places[place.room]
        self._places.pop(room.name, None)  # to be the last one, which is forgotten last
        now_ms = time.time_ns() // 1_000_000
        self._places[room.name] = _Place(room.name, web_rid, room_id, position, now_ms)
        if len(self._places) > MAX_ROOMS:
            del self._places[next(iter(self._places))]

    def _write_soon(self) -> None:
        if self._unsaved and self._timer is None and self._writing is None:
            self._timer = asyncio.get_running_loop().call_later(SAVE_S, self._begin_write)

    def _begin_write(self) -> None:
        """Write in a thread, as a disk may take its time."""
        self._timer, self._unsaved = None, False
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(None, self._write, self._encoded())
        self._writing.add_done_callback(self._written)

    def _written(self, writing: asyncio.Future[None]) -> None:
        self._writing = None
        error = writing.exception()
        if isinstance(error, OSError):
            self._error, self._unsaved = error, True
        else:
            self._write_soon()

    def _encoded(self) -> bytes:
        content = _File(self._relay, self._name, list(self._places.values()))
        return msgspec.json.encode(content)

    def _write(self, data: bytes) -> None:
        """Replace the file in one step, so that it is whole whatever happens."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def _read(self) -> None:
        try:
            with self._path.open("rb") as file:
                content = msgspec.json.decode(file.read(_MAX_FILE_BYTES + 1), type=_File)
        except FileNotFoundError:
            return
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise CursorError(
                f"cursor {self._name!r}: {self._path} can't be read ({error}); remove it to begin"
                " anew with what comes"
            ) from None
        self._places = {place.room: place for place in content.rooms}

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _failure(self, error: OSError) -> CursorError:
        return CursorError(
            f"cursor {self._name!r} can't be kept in {self._path}: {error.strerror or error}"
        )


def _folder() -> Path:
    """Find the folder of all cursors. Raises CursorError."""
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not base.is_absolute():  # the standard wants it ignored then
        try:
            base = Path.home() / ".local" / "state"
        except RuntimeError:
            raise CursorError("there is no home folder for cursors; set XDG_STATE_HOME") from None
    return base / "douyin-live-relay" / "cursors"
