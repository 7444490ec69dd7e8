"""A room's numbers go on where they were, however the relay ended."""

import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lives import Life, copy_of, life, until
from serving import make_payload, make_status

from relay.events import (
    Event,
    GiftPayload,
    LikePayload,
    MemberPayload,
    StatsPayload,
    User,
)
from relay.hub import read_event
from relay.room import statistics
from relay.room.output import RoomOutput

ROOM_ID, NEXT_ROOM_ID = "7000000000000000001", "7000000000000000002"
_ids = itertools.count(1)


def message(method: str, payload: Any, room_id: str = ROOM_ID) -> Event:
    return Event(method, str(next(_ids)), room_id, "80000000001", 1_777_600_000_000, payload)


def enters(uid: str) -> Event:
    user = make_payload(User, uid=uid)
    payload = make_payload(MemberPayload, user=user, action=1)
    return message("WebcastMemberMessage", payload)


def likes(total: int, room_id: str = ROOM_ID) -> Event:
    payload = make_payload(LikePayload, user=None, count=1, total=total)
    return message("WebcastLikeMessage", payload, room_id)


def gives(uid: str, count: int, group: str = "1") -> Event:
    """Give what is `count` diamonds by now."""
    payload = make_payload(
        GiftPayload,
        user=make_payload(User, uid=uid),
        to_user=None,
        gift_id="463",
        group_id=group,
        count=count,
        diamond_each=1,
        combo=True,
    )
    return message("WebcastGiftMessage", payload)


class Watched:
    """A room whose events are counted."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.stream = life.hub.open(make_status(room_id=ROOM_ID))
        self.output = RoomOutput(life.hub, self.stream)
        self._came_at = 0

    async def comes(self, *events: Event) -> None:
        self.output.publish(events)
        self._came_at = self.stream.head
        await self.life.store.written()

    @property
    def events(self) -> list[Event]:
        bodies = [entry.body for entry in self.stream.history.events_kept()]
        return [event for body in bodies if (event := read_event(body)) is not None]

    async def told(self) -> StatsPayload:
        """Wait until all that came was told, and is stored."""
        await until(lambda: self.stream.head > self._came_at)
        await self.life.store.written()
        return self.output.books.stats()


@asynccontextmanager
async def watching(path: Path) -> AsyncIterator[Watched]:
    async with life(path, ring=1000) as alive:
        watched = Watched(alive)
        await watched.output.take_up()
        try:
            yield watched
        finally:
            watched.output.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "TELL_S", 0.01)


FIRST = (
    enters("1"),
    enters("2"),
    likes(50),
    gives("1", 3),
    *(gives(str(uid), uid, group=str(uid)) for uid in range(10, 30)),
)
DIAMONDS = 3 + sum(range(10, 30))


async def test_after_a_stop(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        await watched.comes(*FIRST)
        watched.output.finish()
        before = watched.output.books.stats()
        watched.life.hub.close(watched.stream, "removed")
    async with watching(path) as watched:
        assert watched.stream.head > len(FIRST)
        after = watched.output.books.stats()
        assert (after.since_ms, after.likes, after.newcomers) == (before.since_ms, 50, 2)
        assert (after.gift_diamonds, after.givers) == (DIAMONDS, 21)
        assert after.messages == before.messages
        assert after.top_givers == before.top_givers
        await watched.comes(enters("2"), enters("3"), gives("1", 5), gives("10", 100, group="x"))
        now = await watched.told()
        assert (now.full, now.newcomers, now.entries) == (True, 3, 4)
        assert now.gift_diamonds == DIAMONDS + 2 + 100
        assert now.messages == {
            "WebcastMemberMessage": 4,
            "WebcastLikeMessage": 1,
            "WebcastGiftMessage": 23,
        }
        # The first one had not been among the ten who were told.
        assert [(g.user.uid, g.diamonds) for g in now.top_givers or ()][:2] == [
            ("10", 110),
            ("29", 29),
        ]
        increments = [
            (e.payload.total, e.payload.increment)
            for e in watched.events
            if isinstance(e.payload, GiftPayload)
        ]
        assert increments == [(5, 2), (100, 100)]


async def test_after_being_killed_before_all_was_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        await watched.comes(*FIRST[:4])
        await watched.told()
        watched.output.books.statistics.close()  # what comes now is not told any more
        await watched.comes(*FIRST[4:], enters("2"), likes(60))
        copy = copy_of(path, tmp_path / "copy.db")
    async with watching(copy) as watched:
        await watched.comes(enters("2"), enters("4"))
        now = await watched.told()
        assert (now.likes, now.newcomers, now.entries) == (60, 3, 5)
        assert (now.gift_diamonds, now.givers) == (DIAMONDS, 21)
        assert now.messages == {
            "WebcastMemberMessage": 5,
            "WebcastLikeMessage": 2,
            "WebcastGiftMessage": 21,
        }


async def test_another_broadcast_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        await watched.comes(*FIRST)
        await watched.told()
        watched.life.hub.close(watched.stream, "removed")
    async with watching(path) as watched:
        await watched.comes(likes(7, room_id=NEXT_ROOM_ID))
        now = await watched.told()
        assert (now.room_id, now.likes, now.newcomers, now.gifts) == (NEXT_ROOM_ID, 7, 0, 0)
        assert now.messages == {"WebcastLikeMessage": 1}


async def test_numbers_that_cannot_be_read_are_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        await watched.comes(*FIRST)
        await watched.told()
        watched.life.hub.close(watched.stream, "removed")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET body = x'7b' WHERE method = 'RelayStats'")
    connection.close()
    async with watching(path) as watched:
        await watched.comes(likes(51))
        now = await watched.told()
        assert (now.likes, now.newcomers) == (51, 0)
