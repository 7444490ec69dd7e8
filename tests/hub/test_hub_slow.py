import pytest
from clocks import Clock, turns
from serving import make_event, make_status
from sinks import FakeSink, Lines

from relay.config import HubConfig
from relay.hub import Filter, Hub, Position, RoomState, Stream, Subscriber
from relay.hub.slow import STALLED_S

ALL = Filter.of(None)


class Setting:
    """Two clients of one room: one that may be slow, and one that never is."""

    def __init__(self, config: HubConfig) -> None:
        self.hub = Hub(config)
        self.stream: Stream = self.hub.open(make_status())
        lines = Lines()
        self.slow = FakeSink()
        self.subscriber: Subscriber = self.hub.subscriber(self.slow, lines)
        self.hub.subscribe(self.subscriber, self.stream, ALL)
        self.other = FakeSink()
        self.hub.subscribe(self.hub.subscriber(self.other, lines), self.stream, ALL)

    def publish(self, count: int = 1, method: str = "WebcastChatMessage") -> None:
        self.hub.publish(self.stream, [make_event(method) for _ in range(count)])
        self.hub.flush()

    def stall(self) -> None:
        """Let the slow client stop reading, with something unsent."""
        self.slow.unsent = 100
        self.slow.keeps_unsent = True
        self.subscriber.pause()

    def catch_up(self) -> None:
        self.slow.unsent = 0
        self.slow.keeps_unsent = False
        self.subscriber.resume()


@pytest.fixture
async def setting() -> Setting:
    return Setting(HubConfig(slow_bytes=4096, slow_s=5))


async def test_too_much_unsent_closes(setting: Setting, clock: Clock) -> None:
    setting.stall()
    for _ in range(40):
        setting.publish()
    assert setting.slow.closed_for == "more than 4096 bytes unsent"
    assert setting.slow.unsent < 4096 + 1000, "what is written to it is bounded"
    assert setting.other.offsets == list(range(1, 41))
    assert setting.hub.counters.slow_closes == 1
    assert setting.subscriber.subscriptions == {}
    await clock.advance(100)  # no timer is left to close it once more
    assert setting.hub.counters.slow_closes == 1


async def test_lagging_too_long_closes(setting: Setting, clock: Clock) -> None:
    setting.stall()
    setting.publish()
    await clock.advance(4.9)
    assert setting.slow.closed_for is None
    await clock.advance(0.2)
    assert setting.slow.closed_for == "more than 5 s behind"
    setting.publish()
    assert setting.other.offsets == [1, 2]


async def test_a_client_that_lags_but_moves_on_is_left_alone(
    setting: Setting, clock: Clock
) -> None:
    setting.stall()
    for _ in range(20):
        setting.publish(3)
        await clock.advance(4)
        setting.slow.unsent = 300  # never all, but never anything old
    assert setting.slow.closed_for is None
    assert setting.slow.offsets == setting.other.offsets == list(range(1, 61))
    setting.subscriber.close()


async def test_resuming_ends_the_lag(setting: Setting, clock: Clock) -> None:
    for _ in range(3):
        setting.stall()
        setting.publish()
        await clock.advance(4)
        setting.catch_up()
    await clock.advance(10)
    assert setting.slow.closed_for is None
    assert setting.slow.offsets == [1, 2, 3]


async def test_skipping_says_exactly_what_was_skipped(setting: Setting, clock: Clock) -> None:
    setting.subscriber.slow = "skip"
    setting.publish(2)
    setting.stall()
    setting.publish(3)
    await clock.advance(6)  # too far behind: from here on it is skipped
    setting.publish(4)
    setting.publish(1)
    assert setting.slow.offsets == [1, 2, 3, 4, 5]
    setting.catch_up()
    setting.publish(2)
    assert setting.slow.frames[5] == {
        "op": "gap",
        "room_id": setting.stream.status.room_id,
        "web_rid": setting.stream.status.web_rid,
        "reason": "slow",
        "epoch": setting.stream.epoch,
        "from": 6,
        "to": 10,
        "since": None,
    }
    assert setting.slow.offsets == [1, 2, 3, 4, 5, 11, 12]
    assert setting.hub.counters.drops == 5
    assert setting.other.offsets == list(range(1, 13))


async def test_skipping_a_filtered_subscription_names_only_its_own_events(
    setting: Setting, clock: Clock
) -> None:
    setting.subscriber.slow = "skip"
    subscription = setting.subscriber.subscriptions[setting.stream]
    subscription.change(Filter.of(frozenset(["WebcastGiftMessage"])))
    setting.stall()
    await clock.advance(6)
    setting.publish(2)
    setting.publish(2, "WebcastGiftMessage")
    setting.publish(2)
    setting.catch_up()
    assert [(f["from"], f["to"]) for f in setting.slow.frames] == [(3, 4)]
    setting.stall()
    await clock.advance(6)
    setting.publish(5)
    setting.catch_up()
    assert len(setting.slow.frames) == 1, "nothing of its own was skipped, so there is no gap"


async def test_skipped_upstream_gaps_and_states_are_told_later(
    setting: Setting, clock: Clock
) -> None:
    setting.subscriber.slow = "skip"
    setting.stall()
    await clock.advance(6)
    setting.publish()
    setting.hub.announce_gap(setting.stream, "corrupt_frame")
    setting.hub.set_status(setting.stream, make_status(state=RoomState.ENDED))
    setting.hub.flush()
    setting.catch_up()
    assert [(f["op"], f.get("reason")) for f in setting.slow.frames] == [
        ("gap", "slow"), ("gap", "corrupt_frame"), ("room", ""),
    ]  # fmt: skip
    assert setting.slow.frames[2]["state"] == "ended"


async def test_a_skipped_client_that_takes_nothing_is_closed_in_the_end(
    setting: Setting, clock: Clock
) -> None:
    setting.subscriber.slow = "skip"
    setting.stall()
    setting.slow.unsent = 2000
    await clock.advance(5)
    await clock.advance(STALLED_S - 1)
    setting.slow.unsent = 1900  # it took something
    await clock.advance(2)
    assert setting.slow.closed_for is None
    await clock.advance(STALLED_S)
    assert setting.slow.closed_for == "took nothing for 60 s"


async def test_ending_a_subscription_that_was_skipped_tells_what_was(
    setting: Setting, clock: Clock
) -> None:
    setting.subscriber.slow = "skip"
    setting.stall()
    await clock.advance(6)
    setting.publish(3)
    setting.subscriber.subscriptions[setting.stream].end()
    assert [(f["from"], f["to"]) for f in setting.slow.frames] == [(1, 3)]
    setting.subscriber.close()


async def test_changing_what_is_skipped_tells_first_what_was_missed(
    setting: Setting, clock: Clock
) -> None:
    setting.subscriber.slow = "skip"
    setting.stall()
    await clock.advance(6)
    setting.publish(3)
    subscription = setting.subscriber.subscriptions[setting.stream]
    subscription.change(Filter.of(frozenset(["WebcastChatMessage", "WebcastGiftMessage"])))
    # Whoever is cut now, and resumes behind the position, knows all that is missing.
    assert subscription.position == 3
    assert [(f["from"], f["to"]) for f in setting.slow.frames] == [(1, 3)]
    setting.publish(2)
    setting.catch_up()
    assert [(f["from"], f["to"]) for f in setting.slow.frames] == [(1, 3), (4, 5)]


async def test_replay_stops_while_the_client_is_paused(clock: Clock) -> None:
    hub = Hub(HubConfig(history_events=10, slow_s=5))
    stream = hub.open(make_status())
    hub.publish(stream, [make_event() for _ in range(6)])
    sink = FakeSink()
    subscriber = hub.subscriber(sink, Lines())
    subscriber.slow = "skip"
    hub.subscribe(subscriber, stream, ALL, Position(stream.epoch, 2))
    subscriber.pause()
    await turns()
    assert sink.frames == []
    hub.publish(stream, [make_event() for _ in range(8)])  # 1 to 4 are gone now
    await turns()
    subscriber.resume()
    await turns()
    assert sink.frames[0]["reason"] == "history"
    assert (sink.frames[0]["from"], sink.frames[0]["to"]) == (3, 4)
    assert sink.offsets == list(range(5, 15))
    hub.publish(stream, [make_event()])
    hub.flush()
    assert sink.offsets[-1] == 15
    assert len(sink.frames) == 12
