"""What the store answers, held against what was published."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lives import CHAT, GIFT, Life, copy_of, life
from serving import make_event

from relay.errors import NotStoredError, StoreError
from relay.events import MASKED_UID, Event
from relay.hub import Stream
from relay.store import Answer, Hole, Loss, Reader, Row, backlog

LIKE, MEMBER = "WebcastLikeMessage", "WebcastMemberMessage"
ROOM = "80000000001"


class User(msgspec.Struct):
    uid: str
    masked: bool = False


class Payload(msgspec.Struct):
    user: User | None
    content: str = "你好"


def event(method: str = CHAT, time: int = 1000, uid: str | None = None) -> Event:
    made = make_event(method)
    user = None if uid is None else User(uid, masked=uid == MASKED_UID)
    return Event(method, made.msg_id, made.room_id, made.web_rid, time, Payload(user))


class Kept:
    """What was published: (epoch, offset, event)."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int, Event]] = []

    def publish(self, alive: Life, stream: Stream, events: list[Event]) -> None:
        begin = stream.head
        alive.hub.publish(stream, events)
        for offset, one in enumerate(events, begin + 1):
            self.events.append((stream.epoch, offset, one))

    def expected(self, question: dict[str, Any]) -> list[tuple[str, int]]:
        """Answer a question by looking at everything."""
        places = [(epoch, offset) for epoch, offset, _ in self.events]
        since, before = question.get("since"), question.get("before")
        begin = places.index(since) + 1 if isinstance(since, tuple) else 0
        end = places.index(before) if isinstance(before, tuple) else len(places)
        methods, uid = question.get("methods"), question.get("user")
        return [
            (epoch, offset)
            for epoch, offset, one in self.events[begin:end]
            if (methods is None or one.method in methods)
            and (uid is None or (one.payload.user is not None and one.payload.user.uid == uid))
            and (not isinstance(since, int) or one.time >= since)
            and (not isinstance(before, int) or one.time < before)
        ]


def places(answer: Answer) -> list[tuple[str, int]]:
    return [(row.epoch, row.offset) for row in answer.rows]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_question(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    path, kept = tmp_path / "0.db", Kept()
    now = 1_000_000
    for number in range(1, 4):
        async with life(path) as alive:
            stream = await alive.watch()
            for _ in range(20):
                now += rng.randint(0, 300)
                kept.publish(alive, stream, [
                    event(
                        rng.choice([CHAT, CHAT, GIFT, LIKE, MEMBER]),
                        # Upstream repeats what is older, now and then; and its clock is its own.
                        now + rng.choice([0, 0, 0, -50, -5000, 400]),
                        rng.choice([None, "7", "8", "9"]),
                    )
                    for _ in range(rng.randint(1, 15))
                ])  # fmt: skip
            await alive.store.written()
            if number == 2:
                path = copy_of(path, tmp_path / "killed.db")
    with Reader(path) as reader:
        for _ in range(150):
            question: dict[str, Any] = {}
            for bound in ("since", "before"):
                kind = rng.choice(["position", "time", None])
                if kind == "position":
                    question[bound] = rng.choice(kept.events)[:2]
                elif kind == "time":
                    question[bound] = rng.randint(995_000, now + 1000)
            if rng.random() < 0.5:
                question["methods"] = frozenset(rng.sample([CHAT, GIFT, LIKE, "WebcastNone"], 2))
            if rng.random() < 0.3:
                question["user"] = rng.choice(["7", "8", "10"])
            expected = kept.expected(question)
            limit = rng.choice([1, 10, 100, 10_000])
            answer = reader.query(ROOM, **question, limit=limit)
            assert places(answer) == expected[:limit]
            assert answer.more == (len(expected) > limit)
            answer = reader.query(ROOM, **question, limit=limit, newest=True)
            assert places(answer) == expected[-limit:]
            assert answer.more == (len(expected) > limit)
            pages = list(reader.pages(ROOM, **question, page_rows=limit + 5))
            assert [place for page in pages for place in places(page)] == expected
            holes = [hole for page in pages for hole in page.holes]
            assert len(holes) == len(set(holes)), "nothing is told twice"


async def test_the_body_is_what_live_clients_got(tmp_path: Path) -> None:
    async with life(tmp_path / "store.db") as alive:
        stream = await alive.watch()
        alive.hub.publish(stream, [event(uid="7")])
        (entry,) = stream.history.events_kept()
        await alive.store.written()
        (row,) = (await alive.store.query(ROOM)).rows
        assert row == Row(stream.epoch, 1, 1000, CHAT, entry.body)


async def test_masked_viewers_are_nobody(tmp_path: Path) -> None:
    async with life(tmp_path / "store.db") as alive:
        stream = await alive.watch()
        alive.hub.publish(stream, [event(uid=uid) for uid in (MASKED_UID, "0", "", "7")])
        await alive.store.written()
        for uid, found in ((MASKED_UID, []), ("0", []), ("", []), ("7", [4])):
            answer = await alive.store.query(ROOM, user=uid)
            assert [row.offset for row in answer.rows] == found


async def test_what_is_missing_is_told_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with life(tmp_path / "store.db") as alive:
        stream = await alive.watch()
        alive.hub.publish(stream, [event() for _ in range(3)])
        alive.hub.announce_gap(stream, "corrupt_frame")
        with monkeypatch.context() as patch:
            patch.setattr(backlog, "MAX_EVENTS", 0)
            alive.hub.publish(stream, [event() for _ in range(2)])
        alive.hub.publish(stream, [event(GIFT) for _ in range(3)])
        await alive.store.written()
        epoch = stream.epoch
        answer = await alive.store.query(ROOM)
        assert [row.offset for row in answer.rows] == [1, 2, 3, 6, 7, 8]
        loss, hole = answer.holes
        assert isinstance(loss, Loss)
        assert (loss.epoch, loss.offset) == (epoch, 3)
        assert b'"reason":"corrupt_frame"' in loss.body
        assert hole == Hole(epoch, 4, 5, "store")
        assert (answer.at, answer.more) == ((epoch, 8), False)
        # Whatever their methods were.
        answer = await alive.store.query(ROOM, methods=frozenset([GIFT]), since=(epoch, 4))
        assert answer.holes == [Hole(epoch, 5, 5, "store")]
        assert (await alive.store.query(ROOM, since=(epoch, 5))).holes == []
        # Each page has its own.
        first = await alive.store.query(ROOM, limit=3)
        assert (first.holes, first.at) == ([], (epoch, 3))
        second = await alive.store.query(ROOM, since=first.at)
        assert second.holes == [loss, hole]


async def test_a_position_of_another_room_counts_for_nothing_and_is_told(tmp_path: Path) -> None:
    async with life(tmp_path / "store.db") as alive:
        stream, other = await alive.watch(), await alive.watch("80000000002")
        await alive.publish(stream, 3)
        await alive.publish(other, 3)
        answer = await alive.store.query(ROOM, since=(other.epoch, 2))
        assert answer.holes == [Hole(other.epoch, None, None, "epoch")]
        assert len(answer.rows) == 3
        assert (await alive.store.query(ROOM, before=(other.epoch, 2))).rows == []


async def test_rooms_are_found_by_all_their_names(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        stream = alive.hub.open(
            msgspec.structs.replace((await alive.watch()).status, web_rid="", room_id=""),
            alias="xiaoming",
        )
        await alive.hub.take_up(stream)
        assert not stream.settled, "nothing is known of it yet"
        alive.hub.publish(stream, [event()])
        status = msgspec.structs.replace(stream.status, web_rid="80000000005", room_id="7001")
        alive.hub.set_status(stream, status)
        alive.hub.set_status(stream, msgspec.structs.replace(status, room_id="7002"))
        await alive.store.written()
        for name in ("80000000005", "xiaoming", "7001", "7002"):
            assert len((await alive.store.query(name)).rows) == 1
        with pytest.raises(NotStoredError, match="80000000006"):
            await alive.store.query("80000000006")
        (room,) = await alive.store.rooms()
        assert room.web_rid == "80000000005"
        assert sorted(room.names) == ["7001", "7002", "xiaoming"]
        assert room.first_at == room.last_at > 1_700_000_000_000


async def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        await alive.publish(await alive.watch(), 3)
    with pytest.raises(StoreError, match="no such file"):
        Reader(tmp_path / "other.db")
    async with life(path) as alive:
        damage(path)
        with pytest.raises(StoreError, match="can't be read"):
            await alive.store.query(ROOM)


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        size = path.stat().st_size
        file.seek(8192)
        file.write(b"\xff" * (size - 8192))
