"""Which rooms a client wants and how far it got in each, without I/O; used by stream."""

import itertools
import logging
from collections.abc import Iterable
from typing import Any

from relay.client.messages import (
    Gap,
    Item,
    Message,
    Refusal,
    RoomNotice,
    Subscribed,
    Unsubscribed,
)

_log = logging.getLogger(__name__)


class Room:
    """What is known of one room."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        """Id of our requests about it."""
        self.methods: list[str] | None = []
        """What we asked for; None: all."""
        self.position: str | None = None
        """What `since` takes to go on behind what was received."""
        self.ids: tuple[str, str, str] = ("", "", "")
        """Its epoch, web_rid and room_id, as last heard; each alone tells it from other rooms."""
        self.state: RoomNotice | None = None

    def request(self) -> dict[str, Any]:
        """Make the message that subscribes to it, from where we are."""
        message: dict[str, Any] = {"op": "subscribe", "id": self.number, "room_id": self.name}
        if self.methods is not None:
            message["method"] = self.methods
        if self.position is not None:
            message["since"] = self.position
        return message

    def want(self, methods: Iterable[str] | None) -> None:
        """Add methods to those wanted; None: all."""
        if methods is None:
            self.methods = None
        elif self.methods is not None:
            self.methods = [*dict.fromkeys([*self.methods, *methods])]


class Rooms:
    """The rooms that are wanted."""

    def __init__(self) -> None:
        self.gaps = 0
        """How often events could not be had."""
        self._by_name: dict[str, Room] = {}
        """By the names we gave; several names may lead to one room."""
        self._by_id: dict[str, Room] = {}
        self._numbers = itertools.count(1)

    def add(self, name: str) -> Room:
        """Give the room that we call `name`, a new one if there is none."""
        if name not in self._by_name:
            self._by_name[name] = Room(name, next(self._numbers))
        return self._by_name[name]

    def find(self, name: str) -> Room | None:
        """Give a room by the name we gave it or any of its ids."""
        return self._by_name.get(name) or self._by_id.get(name)

    def remove(self, room: Room) -> None:
        """Forget a room and all its names."""
        self._by_name = {name: kept for name, kept in self._by_name.items() if kept is not room}
        self._by_id = {id_: kept for id_, kept in self._by_id.items() if kept is not room}

    def requests(self) -> list[dict[str, Any]]:
        """Make the messages that subscribe a new connection to everything."""
        return [room.request() for room in dict.fromkeys(self._by_name.values())]

    def note(self, item: Item) -> Room | None:
        """Keep what is needed to go on after a loss; gives the room that it is about."""
        if isinstance(item, Refusal):
            for room in list(self._by_name.values()):
                if room.number == item.id and not any(room.ids):
                    self.remove(room)
            return None
        epoch = "" if isinstance(item, RoomNotice | Unsubscribed) else item.epoch
        ids = (epoch, item.web_rid, item.room_id)
        known = next((self._by_id[id_] for id_ in ids if id_ in self._by_id), None)
        if isinstance(item, Subscribed):
            known = self._same(self._by_name.get(item.room), known)
        if known is None:
            return None
        self._learn(known, *ids)
        match item:
            case Message():
                known.position = item.position
            case Subscribed():
                before = known.position or ""
                # Where the relay can't go on from the position it was given, a gap follows that
                # says so: lost with the connection, it has to be told again.
                is_answer = item.id is not None and item.id == known.number
                if not before or (before.partition(":")[0] != item.epoch and not is_answer):
                    known.position = f"{item.epoch}:{item.offset}"
            case RoomNotice():
                known.state = item
            case Gap():
                self.gaps += 1
                if item.last is not None:
                    known.position = f"{item.epoch}:{item.last}"
                _log.warning("room %s: events lost (%s)", known.name, item.reason)
            case Unsubscribed(method=[]):
                self.remove(known)
        return known

    def _same(self, named: Room | None, known: Room | None) -> Room | None:
        """Make one room of two that turned out to be the same by another name."""
        if named is None or known is None or named is known:
            return named or known
        known.want(named.methods)
        self.remove(named)
        self._by_name[named.name] = known
        return known

    def _learn(self, room: Room, *heard: str) -> None:
        epoch, web_rid, room_id = (new or old for new, old in zip(heard, room.ids, strict=True))
        if room.ids != (epoch, web_rid, room_id):
            for old in room.ids:
                self._by_id.pop(old, None)
            room.ids = epoch, web_rid, room_id
            self._by_id.update({new: room for new in room.ids if new})
