"""What goes wrong in giving out events costs only those whom it went wrong for."""

import asyncio
from collections.abc import Sequence

import pytest
from clocks import turns
from serving import make_event, make_status
from sinks import FakeSink, Lines

from relay.config import HubConfig
from relay.events import Event
from relay.hub import Entry, Filter, Hub, Position, Stream, Subscriber

ALL = Filter.of(None)
CHAT = Filter.of(frozenset(["WebcastChatMessage"]))
CLOSED = "3001 delivering failed"


class Unframed(Lines):
    def frame(self, entry: Entry) -> bytes:
        raise ZeroDivisionError


class Unwritable(FakeSink):
    """A client whose transport raises, and once more when it is to be closed."""

    def write(self, data: bytes | memoryview) -> None:
        raise ZeroDivisionError

    def begin_close(self, *_: object) -> None:
        self.closed_for = "raised"
        raise ZeroDivisionError


@pytest.fixture
def hub() -> Hub:
    return Hub(HubConfig())


def subscribe(
    hub: Hub,
    stream: Stream,
    lines: Lines,
    filter_: Filter = ALL,
    sink: FakeSink | None = None,
) -> tuple[FakeSink, Subscriber]:
    sink = sink or FakeSink()
    subscriber = hub.subscriber(sink, lines)
    hub.subscribe(subscriber, stream, filter_)
    return sink, subscriber


class Stumbling:
    """Books that can't take one event."""

    def __init__(self, over: Event) -> None:
        self._over = over

    def take(self, event: Event) -> Sequence[Event]:
        if event is self._over:
            raise ZeroDivisionError
        return [event]


async def test_an_event_that_cannot_be_entered_is_a_gap_and_costs_no_other(hub: Hub) -> None:
    stream = hub.open(make_status())
    events = [make_event(msg_id=str(number)) for number in range(1, 4)]
    stream.books = Stumbling(events[1])  # type: ignore[assignment]
    sink, _ = subscribe(hub, stream, Lines())
    with pytest.raises(ZeroDivisionError):
        hub.publish(stream, events)
    # The room's task begins anew where it was, and upstream repeats all of them.
    assert hub.publish(stream, events) == 1
    hub.flush()
    told = [(f.get("reason", "event"), f["offset"], f.get("msg_id")) for f in sink.frames]
    assert told == [("event", 1, "1"), ("corrupt_frame", 1, None), ("event", 2, "3")]


async def test_events_that_cannot_be_framed_cost_other_groups_and_rooms_nothing(hub: Hub) -> None:
    rooms = [hub.open(make_status(name)) for name in ("1", "2")]
    lines, unframed = Lines(), Unframed()
    before, _ = subscribe(hub, rooms[0], lines)
    failing, subscriber = subscribe(hub, rooms[0], unframed)
    behind, _ = subscribe(hub, rooms[0], lines, CHAT)
    elsewhere, _ = subscribe(hub, rooms[1], lines)
    for room in rooms:
        hub.publish(room, [make_event(), make_event()])
    await turns()
    assert before.offsets == behind.offsets == elsewhere.offsets == [1, 2]
    # It may resume: nothing was left out before it was hung up on.
    assert (failing.closed_for, failing.writes) == (CLOSED, [])
    assert subscriber.closed
    assert subscriber.subscriptions == {}
    assert not hub.is_behind(rooms[0])
    hub.publish(rooms[0], [make_event()])
    hub.flush()
    assert before.offsets == behind.offsets == [1, 2, 3]


async def test_a_client_that_cannot_be_written_to_costs_its_group_nothing(hub: Hub) -> None:
    stream, lines = hub.open(make_status()), Lines()
    first, _ = subscribe(hub, stream, lines)
    failing, subscriber = subscribe(hub, stream, lines, sink=Unwritable())
    last, _ = subscribe(hub, stream, lines)
    hub.publish(stream, [make_event()])
    await turns()
    assert first.offsets == last.offsets == [1]
    assert failing.closed_for == "raised"
    assert subscriber.closed


async def test_a_flowing_client_that_cannot_be_written_to_costs_its_group_nothing(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "relay.hub.sending.send_all",
        lambda descriptors, data: [(index, 0) for index in range(len(descriptors))],
    )
    stream, lines = hub.open(make_status()), Lines()
    sinks = [FakeSink(), Unwritable(), FakeSink()]
    for sink in sinks:
        sink.descriptor = 1_000_000
        subscribe(hub, stream, lines, sink=sink)
    hub.publish(stream, [make_event()])
    await turns()
    assert [sink.offsets for sink in sinks] == [[1], [], [1]]
    assert [sink.closed_for for sink in sinks] == [None, "raised", None]


async def test_a_room_closes_whatever_goes_wrong_with_what_was_pending(hub: Hub) -> None:
    stream = hub.open(make_status())
    failing, _ = subscribe(hub, stream, Unframed())
    other, _ = subscribe(hub, stream, Lines())
    hub.publish(stream, [make_event()])
    hub.close(stream, "removed")
    assert failing.closed_for == CLOSED
    assert other.offsets == [1]
    assert [reason for _, reason in other.ends] == ["removed"]


async def test_history_that_cannot_be_framed_hangs_up(hub: Hub) -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: failures.append(context["exception"])
    )
    stream = hub.open(make_status())
    hub.publish(stream, [make_event()])
    sink = FakeSink()
    subscriber = hub.subscriber(sink, Unframed())
    hub.subscribe(subscriber, stream, ALL, Position(stream.epoch, 0))
    await turns()
    assert sink.closed_for == CLOSED
    assert subscriber.subscriptions == {}
    assert [type(failure) for failure in failures] == [ZeroDivisionError]


async def test_a_flush_that_is_broken_off_goes_on_with_the_rooms_behind(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = [hub.open(make_status(name)) for name in ("1", "2")]
    lines = Lines()
    sinks = [subscribe(hub, room, lines)[0] for room in rooms]

    class BrokenOff(BaseException):
        pass

    def break_off(_: bytes | memoryview) -> None:
        raise BrokenOff

    monkeypatch.setattr(sinks[0], "write", break_off)
    for room in rooms:
        hub.publish(room, [make_event()])
    with pytest.raises(BrokenOff):
        hub.flush()
    assert sinks[1].offsets == []
    await turns()  # without another event, or flush
    assert sinks[1].offsets == [1]
