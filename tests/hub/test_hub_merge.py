"""A room that was watched under two names: its clients go on in one stream."""

from collections.abc import Iterable

import pytest
from clocks import turns
from serving import make_event, make_status
from sinks import FakeSink, Lines

from relay.config import HubConfig
from relay.events import Event
from relay.hub import Filter, Hub, Position, Stream, Subscriber

ALL = Filter.of(None)
CHAT = Filter.of(frozenset(["WebcastChatMessage"]))
GIFT = Filter.of(frozenset(["WebcastGiftMessage"]))


class Twice:
    """A room with two streams, and a client of each."""

    def __init__(self, config: HubConfig | None = None) -> None:
        self.hub = Hub(config or HubConfig())
        self.old: Stream = self.hub.open(make_status("1"))
        self.into: Stream = self.hub.open(make_status("2"))
        self.mover, self.moving = self.client()
        self.hub.subscribe(self.moving, self.old, ALL)
        self.stayer, staying = self.client()
        self.hub.subscribe(staying, self.into, ALL)

    def client(self) -> tuple[FakeSink, Subscriber]:
        sink = FakeSink()
        return sink, self.hub.subscriber(sink, Lines())

    def publish(self, stream: Stream, ids: Iterable[int]) -> None:
        self.hub.publish(stream, [chat(number) for number in ids])

    async def merge(self) -> None:
        self.hub.merge(self.old, self.into)
        await turns()
        self.hub.flush()
        await turns()


def chat(number: int) -> Event:
    return make_event(msg_id=str(number))


def ids(sink: FakeSink) -> list[int]:
    return [int(frame["msg_id"]) for frame in sink.frames if "op" not in frame]


def gaps(sink: FakeSink) -> list[str]:
    return [frame["reason"] for frame in sink.frames if "op" in frame]


@pytest.mark.parametrize(
    ("old", "into", "later", "mover", "stayer"),
    [
        # The other stream is ahead, level, behind, just beginning.
        ([1, 2, 3], [1, 2, 3, 4, 5], [], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([3], [1, 2, 3], [], [3], [1, 2, 3]),
        ([1, 2, 3, 4, 5], [1, 2, 3], [4, 5], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([1, 2], [], [1, 2], [1, 2], [1, 2]),
        # Upstream gives each of two viewers messages that the other does not get.
        ([1, 2, 4, 6], [1, 3, 4, 5], [6], [1, 2, 4, 6, 5], [1, 3, 4, 5, 6]),
        # Upstream gives them to two viewers in different orders.
        ([1, 3, 2], [1, 2, 3, 4], [], [1, 3, 2, 4], [1, 2, 3, 4]),
        ([3, 4, 5], [1, 3, 5, 4, 6], [], [3, 4, 5, 6], [1, 3, 5, 4, 6]),
        ([1, 3, 2], [1, 2, 4, 3], [], [1, 3, 2, 4], [1, 2, 4, 3]),
        # There was nothing in the first one.
        ([], [1, 2, 3], [], [], [1, 2, 3]),
    ],
)
async def test_clients_go_on_without_a_hole_and_without_a_repeat(
    old: list[int], into: list[int], later: list[int], mover: list[int], stayer: list[int]
) -> None:
    twice = Twice()
    twice.publish(twice.old, old)
    twice.publish(twice.into, into)
    await twice.merge()
    # Where the other stream was behind, upstream brings there what clients of the first had.
    twice.publish(twice.into, [*later, 7, 8])
    twice.hub.flush()
    assert ids(twice.mover) == [*mover, 7, 8]
    assert ids(twice.stayer) == [*stayer, 7, 8]
    assert gaps(twice.mover) == gaps(twice.stayer) == []
    offsets = [f["offset"] for f in twice.stayer.frames]
    assert offsets == list(range(1, len(offsets) + 1)), "no hole in the stream that goes on"
    assert {f["epoch"] for f in twice.stayer.frames} == {twice.into.epoch}


async def test_what_is_taken_over_is_numbered_in_the_stream_that_goes_on() -> None:
    twice = Twice()
    twice.publish(twice.old, [1])
    twice.hub.publish(twice.old, [make_event(msg_id="2", content="你好", level=1.50, n=2**53 + 1)])
    twice.publish(twice.into, [1])
    (_, event) = twice.old.kept_frames()
    await twice.merge()
    taken = twice.stayer.frames[-1]
    assert (taken["epoch"], taken["offset"], taken["msg_id"]) == (twice.into.epoch, 2, "2")
    assert taken["payload"] == {"content": "你好", "level": 1.5, "n": 2**53 + 1}
    assert taken["time"] == event.time
    sink, subscriber = twice.client()
    twice.hub.subscribe(subscriber, twice.into, ALL, Position(twice.into.epoch, 0))
    await turns()
    assert ids(sink) == [1, 2]


async def test_where_to_go_on_is_told_before_anything_is_written() -> None:
    twice = Twice()
    twice.publish(twice.old, [1, 2])
    twice.publish(twice.into, [1, 2, 3])
    twice.hub.merge(twice.old, twice.into)
    ((old, there),) = twice.mover.moves
    assert (old, there.stream, there.position) == (twice.old, twice.into, 2)
    assert ids(twice.mover) == [1, 2]
    assert twice.hub.streams() == [twice.into]
    assert twice.hub.present(twice.old) is twice.into
    await turns()
    assert ids(twice.mover) == [1, 2, 3]


async def test_what_clients_have_had_is_behind_the_position_they_are_told() -> None:
    twice = Twice()
    twice.publish(twice.old, [1, 3, 2])
    twice.publish(twice.into, [1, 2, 3])
    twice.hub.merge(twice.old, twice.into)
    ((_, there),) = twice.mover.moves
    assert there.position == 3


@pytest.mark.parametrize("kept", [10, 2])
async def test_where_nothing_is_common_any_more_there_is_a_gap(kept: int) -> None:
    twice = Twice(HubConfig(history_events=kept))
    twice.publish(twice.old, [1, 2])
    twice.publish(twice.into, [2, 3, 4] if kept == 2 else [3, 4])
    await twice.merge()
    twice.publish(twice.into, [5])
    twice.hub.flush()
    assert ids(twice.mover) == [1, 2, 5]
    assert twice.mover.frames[2] == {
        "op": "gap",
        "room_id": twice.into.status.room_id,
        "web_rid": twice.into.status.web_rid,
        "reason": "merged",
        "epoch": twice.into.epoch,
        "from": None,
        "to": None,
        "since": f"{twice.old.epoch}:2",
    }
    assert gaps(twice.stayer) == []


async def test_events_without_an_id_are_nothing_in_common() -> None:
    twice = Twice()
    twice.publish(twice.old, [0, 0])
    twice.publish(twice.into, [0])
    await twice.merge()
    assert gaps(twice.mover) == ["merged"]


@pytest.mark.parametrize(
    ("before", "hears"), [(GIFT, ["merged"]), (CHAT, []), (ALL, [])], ids=["gift", "chat", "all"]
)
async def test_who_had_both_keeps_all_methods(before: Filter, hears: list[str]) -> None:
    twice = Twice()
    sink, subscriber = twice.client()
    twice.hub.subscribe(subscriber, twice.old, CHAT)
    there = twice.hub.subscribe(subscriber, twice.into, before)
    twice.publish(twice.old, [1])
    twice.publish(twice.into, [1, 2])
    await twice.merge()
    assert there.filter == before.adding(CHAT)
    assert subscriber.subscriptions == {twice.into: there}
    assert gaps(sink) == hears
    assert [stream for stream, _ in sink.moves] == [twice.old]
    begin = len(sink.frames)
    twice.hub.publish(twice.into, [make_event(), make_event("WebcastGiftMessage")])
    twice.hub.flush()
    assert len(sink.frames) - begin == 2 - (before == CHAT)


async def test_history_that_was_still_to_come_is_a_gap() -> None:
    twice = Twice()
    twice.publish(twice.old, [1, 2, 3])
    twice.publish(twice.into, [1, 2, 3, 4])
    sink, subscriber = twice.client()
    twice.hub.subscribe(subscriber, twice.old, ALL, Position(twice.old.epoch, 1))
    await twice.merge()
    assert [(f["reason"], f["from"], f["to"]) for f in sink.frames[:1]] == [("history", 2, 3)]
    assert ids(sink) == [4]
