import asyncio

import msgspec
import pytest
from clocks import Clock, turns
from serving import make_event, make_status
from sinks import FakeSink, Lines

from relay.config import HubConfig
from relay.hub import (
    Filter,
    Hub,
    NextCure,
    Position,
    RoomHealth,
    RoomState,
    Subscriber,
    TriedCure,
)
from relay.hub.batch import MAX_WRITE_BYTES

CHAT = Filter.of(frozenset(["WebcastChatMessage"]))
GIFT = Filter.of(frozenset(["WebcastGiftMessage"]))
ALL = Filter.of(None)


@pytest.fixture
def hub() -> Hub:
    return Hub(HubConfig())


def client(hub: Hub, encoding: Lines) -> tuple[FakeSink, Subscriber]:
    sink = FakeSink()
    return sink, hub.subscriber(sink, encoding)


async def test_a_batch_is_framed_once_and_written_once_to_each_client(hub: Hub) -> None:
    stream, lines = hub.open(make_status()), Lines()
    sinks = []
    for filter_ in [ALL] * 20 + [CHAT] * 20:
        sink, subscriber = client(hub, lines)
        hub.subscribe(subscriber, stream, filter_)
        sinks.append(sink)
    for number in range(10):
        hub.publish(stream, [make_event(), make_event("WebcastGiftMessage", n=number)])
    await turns()
    assert lines.framed == 20, "once per event, for both groups together"
    assert {len(sink.writes) for sink in sinks} == {1}
    assert [sink.offsets for sink in sinks[:20]] == [list(range(1, 21))] * 20
    assert [sink.offsets for sink in sinks[20:]] == [list(range(1, 21, 2))] * 20
    assert len({id(sink.writes[0]) for sink in sinks[:20]}) == 1, "the very same bytes"
    assert hub.counters.deliveries == 20 * 20 + 20 * 10


async def test_an_event_alone_is_sent_in_the_same_turn_of_the_loop(hub: Hub) -> None:
    stream = hub.open(make_status())
    sink, subscriber = client(hub, Lines())
    hub.subscribe(subscriber, stream, ALL)
    hub.publish(stream, [make_event()])
    assert sink.writes == []
    await asyncio.sleep(0)
    assert sink.offsets == [1]


async def test_under_load_events_wait_for_each_other(hub: Hub, clock: Clock) -> None:
    class Slow(Lines):
        def frame(self, entry: object) -> bytes:
            clock.now_s += 0.03
            return super().frame(entry)  # type: ignore[arg-type]

    stream = hub.open(make_status())
    sink, subscriber = client(hub, Slow())
    hub.subscribe(subscriber, stream, ALL)
    hub.publish(stream, [make_event()])
    await turns()
    # It took 30 ms of the processor's time, so it may take no more in the 120 ms that follow, of
    # which the next flush may come 100 ms too early.
    assert len(sink.writes) == 1
    hub.publish(stream, [make_event()])
    await clock.advance(0.01)
    hub.publish(stream, [make_event()])
    await clock.advance(0.0099)
    assert len(sink.writes) == 1
    await clock.advance(0.0002)
    assert len(sink.writes) == 2
    assert sink.offsets == [1, 2, 3]


async def test_no_event_waits_longer_than_the_longest_rest(hub: Hub, clock: Clock) -> None:
    class VerySlow(Lines):
        def frame(self, entry: object) -> bytes:
            clock.now_s += 10
            return super().frame(entry)  # type: ignore[arg-type]

    stream = hub.open(make_status())
    sink, subscriber = client(hub, VerySlow())
    hub.subscribe(subscriber, stream, ALL)
    hub.publish(stream, [make_event()])
    await turns()
    hub.publish(stream, [make_event()])
    await clock.advance(0.0501)
    assert sink.offsets == [1, 2]


async def test_a_newcomer_gets_nothing_that_was_published_before_it_came(hub: Hub) -> None:
    stream, lines = hub.open(make_status()), Lines()
    early, subscriber = client(hub, lines)
    hub.subscribe(subscriber, stream, ALL)
    hub.publish(stream, [make_event(), make_event()])
    late, subscriber = client(hub, lines)
    subscription = hub.subscribe(subscriber, stream, ALL)
    assert subscription.position == 2
    hub.publish(stream, [make_event()])
    await turns()
    assert early.offsets == [1, 2, 3]
    assert late.offsets == [3]
    hub.publish(stream, [make_event()])
    hub.flush()
    assert late.offsets == [3, 4]


async def test_changing_methods_loses_and_repeats_nothing_that_is_pending(hub: Hub) -> None:
    stream, lines = hub.open(make_status()), Lines()
    _, other = client(hub, lines)
    hub.subscribe(other, stream, GIFT)  # the group that is joined has pending events, too
    sink, subscriber = client(hub, lines)
    subscription = hub.subscribe(subscriber, stream, CHAT)
    hub.publish(stream, [make_event(), make_event("WebcastGiftMessage")])
    subscription.change(GIFT)
    hub.publish(stream, [make_event(), make_event("WebcastGiftMessage")])
    subscription.change(ALL)
    hub.publish(stream, [make_event(), make_event("WebcastGiftMessage")])
    subscription.end()
    hub.publish(stream, [make_event(), make_event("WebcastGiftMessage")])
    await turns()
    assert sink.offsets == [1, 4, 5, 6]


async def test_a_room_frame_says_what_is_wrong_and_comes_when_that_changes(hub: Hub) -> None:
    stream = hub.open(make_status())
    sink, subscriber = client(hub, Lines())
    hub.subscribe(subscriber, stream, CHAT)
    ill = RoomHealth(
        ok=False,
        cause="silent",
        text="nothing was heard",
        stall="no_bytes",
        since_ms=7,
        tried=(TriedCure("reconnect", 8, "silent"), TriedCure("reconnect", 9, "cut")),
        next=NextCure("host", 10),
        hint="a hint",
    )
    hub.set_status(stream, msgspec.structs.replace(stream.status, health=ill))
    # What only people look at, who ask for it, is no news.
    other = msgspec.structs.replace(ill, text="nothing at all was heard", hint="")
    hub.set_status(stream, msgspec.structs.replace(stream.status, health=other))
    hub.set_status(stream, msgspec.structs.replace(stream.status, health=RoomHealth()))
    await turns()
    assert [frame["health"] for frame in sink.frames] == [
        {
            "ok": False,
            "cause": "silent",
            "stall": "no_bytes",
            "since_ms": 7,
            "tried": ["reconnect"],
            "next": {"cure": "host", "at_ms": 10},
        },
        {"ok": True},
    ]


async def test_gaps_and_states_come_in_order_with_events(hub: Hub) -> None:
    stream = hub.open(make_status())
    sink, subscriber = client(hub, Lines())
    hub.subscribe(subscriber, stream, CHAT)
    hub.publish(stream, [make_event()])
    hub.announce_gap(stream, "corrupt_frame")
    hub.publish(stream, [make_event()])
    hub.set_status(stream, make_status(state=RoomState.ENDED))
    hub.publish(stream, [make_event()])
    await turns()
    assert [frame.get("op", "event") for frame in sink.frames] == [
        "event", "gap", "event", "room", "event",
    ]  # fmt: skip
    assert sink.frames[1] == {
        "op": "gap",
        "room_id": stream.status.room_id,
        "web_rid": stream.status.web_rid,
        "reason": "corrupt_frame",
        "epoch": stream.epoch,
        "from": None,
        "to": None,
        "since": None,
        "offset": 1,
    }
    assert sink.frames[3] == {
        "op": "room",
        "room_id": stream.status.room_id,
        "web_rid": stream.status.web_rid,
        "state": "ended",
        "reason": "",
        "title": "点歌",
        "anchor": "主播",
        "time": stream.status.since_ms,
        "health": {"ok": True},
    }


async def test_a_state_that_looks_the_same_is_not_sent(hub: Hub) -> None:
    stream = hub.open(make_status())
    sink, subscriber = client(hub, Lines())
    hub.subscribe(subscriber, stream, ALL)
    hub.set_status(stream, make_status())
    hub.set_status(stream, make_status(transport="poll"))
    await turns()
    assert sink.frames == []
    assert stream.status.transport == "poll"


async def test_a_huge_batch_is_written_in_pieces(hub: Hub) -> None:
    stream = hub.open(make_status())
    sink, subscriber = client(hub, Lines())
    hub.subscribe(subscriber, stream, ALL)
    hub.publish(stream, [make_event(content="好" * 20_000) for _ in range(20)])
    await turns()
    assert sink.offsets == list(range(1, 21))
    assert max(map(len, sink.writes)) <= MAX_WRITE_BYTES
    assert len(sink.writes) <= 6


async def test_closing_a_room_gives_its_last_events_and_says_why(hub: Hub) -> None:
    stream = hub.open(make_status())
    sink, subscriber = client(hub, Lines())
    subscription = hub.subscribe(subscriber, stream, ALL)
    hub.publish(stream, [make_event()])
    hub.close(stream, "removed")
    assert sink.offsets == [1]
    assert sink.ends == [(subscription, "removed")]
    assert (hub.streams(), hub.present(stream), subscriber.subscriptions) == ([], None, {})
    with pytest.raises(ValueError, match="closed"):
        hub.publish(stream, [make_event()])
    await turns()


async def test_closing_a_room_tells_of_history_that_was_not_replayed(hub: Hub) -> None:
    stream = hub.open(make_status())
    hub.publish(stream, [make_event() for _ in range(5)])
    sink, subscriber = client(hub, Lines())
    hub.subscribe(subscriber, stream, ALL, Position(stream.epoch, 2))
    hub.close(stream, "removed")
    assert [(f["reason"], f["from"], f["to"]) for f in sink.frames] == [("history", 3, 5)]
    await turns()
    assert len(sink.frames) == 1


async def test_nobody_listens_and_nothing_is_queued(hub: Hub) -> None:
    stream, lines = hub.open(make_status()), Lines()
    hub.publish(stream, [make_event()])
    sink, subscriber = client(hub, lines)
    hub.subscribe(subscriber, stream, ALL)
    subscriber.close()
    hub.publish(stream, [make_event()])
    await turns()
    assert (sink.writes, lines.framed) == ([], 0)
