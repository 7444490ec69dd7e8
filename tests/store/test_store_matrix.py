"""What a client gets that resumes: every case, with the store and without.

A relay's lives are written as steps: `publish n`, `lose n` (published, but not stored when the
relay is killed), `drop n` (the store had no room for them), `miss` (nor for a loss of upstream's),
`stop` and `kill`, after which the next life begins; `next` (another broadcast), `repeat n`
(upstream repeats the last ones at first), `expire n`, `late` (a stop, behind which it isn't known
which room it is before the client has asked). Positions and results name epochs A, B, C in their
order. Memory holds the last 5 events.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from lives import Client, Life, brief, copy_of, life
from serving import make_event, make_status

from relay.config import HubConfig, StoreConfig
from relay.events import Event
from relay.hub import Hub, Position, Stream
from relay.store import backlog, schema
from relay.store.retention import Retention

#  case, what happened before, position asked for, what comes
MATRIX = [
    ("empty, at its beginning", "", "A0", []),
    ("empty, beyond its end", "", "A7", ["ahead A"]),
    ("nothing missed", "publish 12", "A12", []),
    ("recent: memory has it", "publish 12", "A9", ["A10-12"]),
    ("just what memory has", "publish 12", "A7", ["A8-12"]),
    ("older than what memory has", "publish 12", "A6", ["A7-12"]),
    ("from the beginning", "publish 12", "A0", ["A1-12"]),
    ("several pages", "publish 2500", "A1", ["A2-2500"]),
    ("beyond the end", "publish 12", "A13", ["ahead A"]),
    ("an epoch that nobody knows", "publish 12", "?3", ["epoch A1-7", "A8-12"]),
    ("not stored, in the middle", "publish 6, drop 4, publish 6", "A2",
     ["A3-6", "store A7-10", "A11-16"]),
    ("upstream's loss that was not stored", "publish 6, miss, publish 9", "A2",
     ["A3-6", "lost corrupt_frame A6", "A7-15"]),
    ("upstream's loss that was not stored, nor were events", "publish 6, drop 2, miss, stop", "A2",
     ["A3-6", "store A7-8", "lost corrupt_frame A8"]),
    ("not stored, and still in memory", "publish 6, drop 4", "A6", ["A7-10"]),
    ("not stored, memory has the end of it", "publish 6, drop 9", "A5",
     ["A6-6", "store A7-10", "A11-15"]),
    ("no longer kept", "publish 12, expire 8, publish 6", "A2",
     ["history A3-8", "A9-12", "lost restart A12", "A13-18"]),
    ("no longer kept, behind the position", "publish 12, expire 8, publish 6", "A8",
     ["A9-12", "lost restart A12", "A13-18"]),
    ("nothing kept", "publish 12, expire 12, publish 6", "A2",
     ["history A3-12", "lost restart A12", "A13-18"]),
    ("restart, nothing since", "publish 12, stop", "A9", ["A10-12"]),
    ("restart", "publish 12, stop, publish 3", "A9", ["A10-12", "lost restart A12", "A13-15"]),
    ("restart, another broadcast", "publish 12, stop, next, publish 3", "A9", ["A10-15"]),
    ("restart, another broadcast is left and gone on with",
     "publish 3, stop, next, publish 3, stop, publish 3", "A1",
     ["A2-6", "lost restart A6", "A7-9"]),
    ("restart, what upstream repeats is recognised", "publish 12, stop, repeat 4, publish 3", "A9",
     ["A10-12", "lost restart A12", "A13-15"]),
    ("restart, at the seam", "publish 12, stop, publish 3", "A12", ["lost restart A12", "A13-15"]),
    ("restart, long ago", "publish 12, stop, publish 9", "A9",
     ["A10-12", "lost restart A12", "A13-21"]),
    ("restart behind what was not stored", "publish 6, drop 4, stop, publish 2", "A2",
     ["A3-6", "store A7-10", "lost restart A10", "A11-12"]),
    ("restart, beyond the end", "publish 12, stop", "A13", ["ahead A"]),
    ("before it is known where it goes on", "publish 12, late", "A3", ["A4-12"]),
    ("before it is known where it goes on, nothing missed", "publish 12, late", "A12", []),
    ("before it is known where it goes on, beyond the end", "publish 12, late", "A13",
     ["ahead A"]),
    ("before it is known where it goes on, unknown epoch", "publish 12, late", "?3",
     ["epoch A1-12"]),
    ("two restarts, nothing in between", "publish 12, stop, stop, publish 3", "A9",
     ["A10-12", "lost restart A12", "A13-15"]),
    ("two restarts", "publish 3, stop, publish 3, stop, publish 3", "A1",
     ["A2-3", "lost restart A3", "A4-6", "lost restart A6", "A7-9"]),
    ("killed", "publish 12, kill, publish 3", "A9", ["A10-12", "restart A13-?", "B1-3"]),
    ("killed, nothing since", "publish 12, kill", "A9", ["A10-12", "restart A13-?"]),
    ("killed, the last events were not stored", "publish 12, lose 4, kill, publish 3", "A9",
     ["A10-12", "restart A13-?", "B1-3"]),
    ("killed, the client had what was not stored", "publish 12, lose 4, kill, publish 3", "A14",
     ["restart A15-?", "B1-3"]),
    ("killed, what upstream repeats is recognised", "publish 12, kill, repeat 4, publish 3", "A9",
     ["A10-12", "restart A13-?", "B1-3"]),
    ("killed before anything was stored", "lose 4, kill, publish 3", "A2",
     ["restart A3-?", "B1-3"]),
    ("killed again and again, nothing in between", "publish 3, kill, kill, kill, publish 2", "A1",
     ["A2-3", "restart A4-?", "D1-2"]),
    ("killed twice", "publish 3, kill, publish 3, kill, publish 3", "A1",
     ["A2-3", "restart A4-?", "B1-3", "restart B4-?", "C1-3"]),
    ("killed twice, from the one in between", "publish 3, kill, publish 3, kill, publish 3", "B2",
     ["B3-3", "restart B4-?", "C1-3"]),
    ("killed, then restarted", "publish 3, kill, publish 3, stop, publish 3", "A1",
     ["A2-3", "restart A4-?", "B1-3", "lost restart B3", "B4-6"]),
    ("restarted, then killed", "publish 3, stop, publish 3, kill, publish 3", "A1",
     ["A2-3", "lost restart A3", "A4-6", "restart A7-?", "B1-3"]),
    ("killed, no longer kept", "publish 12, kill, publish 12, expire 15, publish 2", "A2",
     ["history A3-12", "restart A13-?", "history B1-3", "B4-12", "lost restart B12", "B13-14"]),
    ("the new epoch, from its beginning", "publish 12, kill, publish 9", "B0", ["B1-9"]),
    ("the new epoch, beyond its end", "publish 12, kill, publish 9", "B10", ["ahead B"]),
]  # fmt: skip

WITHOUT_STORE = [
    ("empty, at its beginning", "", "A0", []),
    ("nothing missed", "publish 12", "A12", []),
    ("recent", "publish 12", "A9", ["A10-12"]),
    ("older than what memory has", "publish 12", "A3", ["history A4-7", "A8-12"]),
    ("beyond the end", "publish 12", "A13", ["ahead A"]),
    ("restart, long ago", "publish 12, stop, publish 12", "A9", ["epoch B1-7", "B8-12"]),
    ("restart", "publish 12, stop, publish 3", "A9", ["epoch B", "B1-3"]),
]


class History:
    """Plays the steps; at the end there is a running relay."""

    def __init__(
        self, folder: Path, lives: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.epochs: list[str] = []
        self._folder = folder
        self._lives = lives
        self._monkeypatch = monkeypatch
        self._path = folder / "store.db"
        self._number = 0
        self._published: list[Event] = []
        self._left: Path | None = None
        self._broadcast = 1
        self._is_late = False

    async def begin(self) -> None:
        self.life: Life = await self._lives.enter_async_context(life(self._path))
        self.stream: Stream = await self.life.watch()
        if self.stream.epoch not in self.epochs:
            self.epochs.append(self.stream.epoch)

    async def play(self, steps: str) -> None:
        await self.begin()
        for step in filter(None, steps.split(", ")):
            name, _, count = step.partition(" ")
            await getattr(self, name)(int(count or 0))

    async def publish(self, count: int) -> None:
        events = [self._event() for _ in range(count)]
        self._published += events
        self.life.hub.publish(self.stream, events[:-1])
        await self.life.store.written()
        self.life.hub.publish(self.stream, events[-1:])
        await self.life.store.written()

    def _event(self) -> Event:
        return msgspec.structs.replace(make_event(), room_id=f"700{self._broadcast}")

    async def next(self, _: int) -> None:
        self._broadcast += 1

    async def late(self, _: int) -> None:
        await self._lives.aclose()
        self.life = await self._lives.enter_async_context(life(self._path))
        self.stream = await self.life.watch("", name="xiaoming", room_id="")
        assert not self.stream.settled
        self._is_late = True

    async def settle(self) -> None:
        """Learn which room it is, if that isn't known."""
        if self._is_late:
            status = msgspec.structs.replace(self.stream.status, web_rid="80000000001")
            self.life.hub.set_status(self.stream, status)
            await self.life.hub.take_up(self.stream)

    async def drop(self, count: int) -> None:
        with self._monkeypatch.context() as patch:
            patch.setattr(backlog, "MAX_EVENTS", 0)
            for _ in range(count):
                self.life.hub.publish(self.stream, [make_event()])

    async def miss(self, _: int) -> None:
        with self._monkeypatch.context() as patch:
            patch.setattr(backlog, "MAX_EVENTS", 0)
            self.life.hub.announce_gap(self.stream, "corrupt_frame")

    async def lose(self, count: int) -> None:
        self._number += 1
        self._left = copy_of(self._path, self._folder / f"{self._number}.db")
        self.life.hub.publish(self.stream, [make_event() for _ in range(count)])

    async def repeat(self, count: int) -> None:
        assert self.life.hub.publish(self.stream, self._published[-count:]) == 0

    async def stop(self, _: int) -> None:
        await self._lives.aclose()
        await self.begin()

    async def kill(self, _: int) -> None:
        self._number += 1
        left = self._left or copy_of(self._path, self._folder / f"{self._number}.db")
        self._left = None
        await self._lives.aclose()
        self._path = left
        await self.begin()

    async def expire(self, count: int) -> None:
        await self._lives.aclose()
        connection = schema.open_to_write(self._path)
        (last,) = connection.execute(
            "SELECT max(id) FROM (SELECT id FROM events ORDER BY id LIMIT ?)", (count,)
        ).fetchone()
        connection.execute("UPDATE events SET at = 1 WHERE id <= ?", (last,))
        Retention(connection, StoreConfig()).step([])
        connection.close()
        await self.begin()

    def position(self, text: str) -> Position:
        index = ord(text[0]) - ord("A")
        epoch = "1j3k5m7p9rtv" if text[0] == "?" else self.epochs[index]
        return Position(epoch, int(text[1:]))


@pytest.fixture
async def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[History]:
    async with AsyncExitStack() as lives:
        yield History(tmp_path, lives, monkeypatch)


@pytest.mark.parametrize(
    ("steps", "since", "comes"), [row[1:] for row in MATRIX], ids=[row[0] for row in MATRIX]
)
async def test_with_store(history: History, steps: str, since: str, comes: list[str]) -> None:
    await history.play(steps)
    hub, stream = history.life.hub, history.stream
    client = Client(hub)
    subscription = client.follow(stream, history.position(since))
    assert client.frames == [], "the server has time to announce the subscription"
    if not (comes and comes[0].startswith("ahead")):
        assert Position(subscription.epoch, subscription.position) == history.position(since)
    await history.settle()
    await client.is_live(stream)
    assert brief(client.frames, history.epochs) == comes
    # And on, without a seam.
    head = stream.head
    hub.publish(stream, [make_event() for _ in range(2)])
    hub.flush()
    assert client.got[-2:] == [(stream.epoch, head + 1), (stream.epoch, head + 2)]
    assert len(client.frames) == len({str(frame) for frame in client.frames}), "nothing twice"


@pytest.mark.parametrize(
    ("steps", "since", "comes"),
    [row[1:] for row in WITHOUT_STORE],
    ids=[row[0] for row in WITHOUT_STORE],
)
async def test_without_store(steps: str, since: str, comes: list[str]) -> None:
    epochs: list[str] = []

    def begin() -> tuple[Hub, Stream]:
        hub = Hub(HubConfig(history_events=5))
        stream = hub.open(make_status())
        epochs.append(stream.epoch)
        return hub, stream

    hub, stream = begin()
    for step in filter(None, steps.split(", ")):
        name, _, count = step.partition(" ")
        if name == "stop":
            hub, stream = begin()
        else:
            hub.publish(stream, [make_event() for _ in range(int(count))])
    client = Client(hub)
    client.follow(stream, Position(epochs[0], int(since[1:])))
    await client.is_live(stream)
    assert brief(client.frames, epochs) == comes
