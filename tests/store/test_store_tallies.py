"""A room's numbers go on where they were, however the relay ended."""

import itertools
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from lives import Life, copy_of, life, until
from serving import make_payload, make_status

from relay.events import (
    Event,
    FansclubPayload,
    GiftComboPayload,
    GiftPayload,
    LikePayload,
    MemberPayload,
    SimulatedEvent,
    SocialPayload,
    StatsPayload,
    User,
)
from relay.hub import read_event
from relay.room import books, statistics
from relay.room.output import RoomOutput
from relay.webcast import gifts

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


def gives(uid: str, count: int, group: str = "1", *, ends: bool = False) -> Event:
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
        repeat_end=ends,
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


async def test_a_stop_before_anything_came_tells_numbers_of_the_room_by_its_name(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        await watched.comes(*FIRST)
        copy = copy_of(path, tmp_path / "copy.db")
    async with watching(copy) as watched:
        watched.output.finish()
        told = [(event.method, event.room_id, event.web_rid) for event in watched.events]
    assert told[-1] == ("RelayStats", ROOM_ID, "80000000001")
    assert {web_rid for _, _, web_rid in told} == {"80000000001"}


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


@pytest.mark.parametrize(
    "spoil",
    [
        "DELETE FROM books",
        "UPDATE books SET version = 0",
        "UPDATE books SET body = x'789c00'",
        "UPDATE books SET body = substr(body, 1, length(body) - 4)",
    ],
)
async def test_books_that_cannot_be_read_are_made_anew_of_events(
    tmp_path: Path, spoil: str
) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        await watched.comes(*FIRST)
        watched.output.finish()
        watched.life.hub.close(watched.stream, "removed")
    with sqlite3.connect(path) as connection:
        connection.execute(spoil)
    connection.close()
    async with watching(path) as watched:
        await watched.comes(likes(51), gives("1", 4))
        now = await watched.told()
        assert (now.likes, now.newcomers, now.gift_diamonds) == (51, 2, DIAMONDS + 1)


async def test_who_did_something_else_before_the_restart_is_not_counted_for_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    user = make_payload(User, uid="7")
    shares = make_payload(SocialPayload, user=user, action=3, share_channel="")
    upgrades = make_payload(FansclubPayload, user=user, action=1)
    simulated = enters("8")
    pretended = SimulatedEvent(
        "WebcastMemberMessage", "0", ROOM_ID, "80000000001", simulated.time, simulated.payload
    )
    async with watching(path) as watched:
        await watched.comes(
            message("WebcastSocialMessage", shares),
            message("WebcastFansclubMessage", upgrades),
            pretended,
        )
        copy = copy_of(path, tmp_path / "copy.db")
    async with watching(copy) as watched:
        now = watched.output.books.stats()
        assert (now.shares, now.followers, now.fansclub_joins, now.newcomers) == (1, 0, 0, 0)


async def test_people_of_the_broadcast_before_are_not_counted_in_the_present_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        await watched.comes(*FIRST)
        await watched.comes(likes(7, room_id=NEXT_ROOM_ID))
        copy = copy_of(path, tmp_path / "copy.db")
        watched.output.finish()
        watched.life.hub.close(watched.stream, "removed")
    for place in (path, copy):
        async with watching(place) as watched:
            now = watched.output.books.stats()
            assert (now.room_id, now.likes, now.newcomers, now.givers) == (NEXT_ROOM_ID, 7, 0, 0)


@pytest.mark.parametrize("seed", range(6))
async def test_however_often_it_ends_nothing_is_counted_twice_or_told_twice(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gifts in any order, over relays that are killed, or stopped, at any point."""
    monkeypatch.setattr(books, "KEEP_EVENTS", 7)
    monkeypatch.setattr(gifts, "SETTLE_S", 0.02)
    monkeypatch.setattr(gifts, "TIMEOUT_S", 600.0)
    rng = random.Random(seed)
    highest: dict[tuple[str, str], int] = {}
    path = tmp_path / "0.db"
    seen: set[str] = set()
    for life_no in range(1, 8):
        async with watching(path) as watched:
            for _ in range(rng.randrange(12)):
                uid, group = str(rng.randrange(100, 140)), str(rng.randrange(3))
                count = rng.randrange(1, 9)
                highest[uid, group] = max(highest.get((uid, group), 0), count)
                ends = rng.random() < 0.3
                await watched.comes(gives(uid, count, group, ends=ends), enters(uid))
                seen.add(uid)
                if rng.random() < 0.2:
                    await watched.told()
            if life_no == 7 or rng.random() < 0.3:
                watched.output.finish()
                watched.life.hub.close(watched.stream, "removed")
                await watched.life.store.written()
            copy = copy_of(path, tmp_path / f"{life_no}.db")
            if life_no < 7:
                watched.output.close()
        path = copy
    true = sum(highest.values())
    with closing(sqlite3.connect(path)) as connection:
        bodies = connection.execute("SELECT body FROM events ORDER BY id").fetchall()
    payloads = [event.payload for (body,) in bodies if (event := read_event(body)) is not None]
    assert sum(p.increment for p in payloads if isinstance(p, GiftPayload)) == true
    finished = [p for p in payloads if isinstance(p, GiftComboPayload)]
    assert sum(combo.count for combo in finished) == true
    # One for each, and one more for each that went on when it had been told.
    assert sum(not combo.continued for combo in finished) == len(highest)
    assert all(combo.count > 0 for combo in finished)
    async with watching(path) as watched:
        now = watched.output.books.stats()
        assert (now.gifts, now.gift_diamonds, now.newcomers) == (true, true, len(seen))
        ranking = Counter[str]()
        for (uid, _), count in highest.items():
            ranking[uid] += count
        assert [each.gifts for each in now.top_givers or ()] == [
            count for _, count in ranking.most_common(10)
        ]


async def test_many_open_combos_and_series_go_on(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        await watched.comes(*(gives(str(uid), 2) for uid in range(1_000, 2_900)))
        await watched.comes(
            *(enters(str(uid)) for uid in range(1, 5_101))
        )  # so many are kept at once
        await until(lambda: bool(watched.output.books.series(10)))
        await watched.life.store.written()
        copy = copy_of(path, tmp_path / "copy.db")
    async with watching(copy) as watched:
        await watched.comes(*(gives(str(uid), 3, ends=True) for uid in range(1_000, 2_900)))
        now = await watched.told()
        assert (now.gifts, now.givers, now.newcomers) == (3 * 1_900, 1_900, 5_100)


async def test_after_streams_of_one_room_were_joined(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with watching(path) as watched:
        hub = watched.life.hub
        named = hub.open(make_status("", room_id="", name="handle"))
        other = RoomOutput(hub, named)
        first, shared = enters("1"), gives("1", 3)
        other.publish([first, shared, gives("2", 5, ends=True)])
        await watched.comes(shared, enters("3"))
        await watched.life.store.written()
        hub.merge(named, watched.stream)
        other.close()
        await watched.comes(gives("2", 6, ends=True))
        before = watched.output.books.statistics.state().counts
        copy = copy_of(path, tmp_path / "copy.db")
        watched.output.finish()
        hub.close(watched.stream, "removed")
    for place in (path, copy):
        async with watching(place) as watched:
            now = watched.output.books.stats()
            assert now.gifts == before.gifts == 3 + 6
            assert (now.givers, now.newcomers) == (2, before.people["newcomers"].count)
            await watched.comes(gives("2", 6, ends=True), gives("1", 4, ends=True))
            assert (await watched.told()).gifts == 10
