import pytest
from clocks import turns
from serving import make_event, make_status
from sinks import FakeSink, Lines

from relay.config import HubConfig
from relay.hub import Filter, Hub, Position, RoomState
from relay.hub.replay import REPLAY_BYTES

ALL = Filter.of(None)


@pytest.fixture
def hub() -> Hub:
    return Hub(HubConfig(history_events=10))


@pytest.mark.parametrize(
    ("epoch", "offset", "begins"),
    [
        ("same", 0, (0, ("history", 1, 15), 16)),
        ("same", 14, (14, ("history", 15, 15), 16)),
        ("same", 15, (15, None, 16)),
        ("same", 20, (20, None, 21)),
        ("same", 25, (25, None, 26)),
        ("same", 26, (25, ("ahead", None, None), 26)),
        ("other", 20, (15, ("epoch", 1, 15), 16)),
        ("other", 0, (15, ("epoch", 1, 15), 16)),
    ],
)
async def test_since_gives_all_later_events_or_says_which_are_gone(
    hub: Hub, epoch: str, offset: int, begins: tuple[int, tuple[str, int, int] | None, int]
) -> None:
    position, gap, first = begins
    stream = hub.open(make_status())
    hub.publish(stream, [make_event() for _ in range(25)])
    sink = FakeSink()
    since = Position(stream.epoch if epoch == "same" else epoch, offset)
    subscription = hub.subscribe(hub.subscriber(sink, Lines()), stream, ALL, since)
    assert subscription.position == position
    assert sink.frames == [], "the caller has time to announce the subscription"
    await turns()
    hub.publish(stream, [make_event() for _ in range(2)])
    hub.flush()
    gaps = [frame for frame in sink.frames if "op" in frame]
    assert [(f["reason"], f["from"], f["to"]) for f in gaps] == ([gap] if gap else [])
    assert [f["since"] for f in gaps] == ([f"{since.epoch}:{since.offset}"] if gap else [])
    assert not gaps or sink.frames[0] == gaps[0]
    assert sink.offsets == list(range(first, 28))


@pytest.mark.parametrize("offset", [3, 15, 20])
async def test_new_events_that_push_out_history_before_it_was_read_are_counted_in(
    hub: Hub, offset: int
) -> None:
    stream = hub.open(make_status())
    hub.publish(stream, [make_event() for _ in range(25)])
    sink = FakeSink()
    hub.subscribe(hub.subscriber(sink, Lines()), stream, ALL, Position(stream.epoch, offset))
    hub.publish(stream, [make_event() for _ in range(12)])
    await turns()
    assert [(f["from"], f["to"]) for f in sink.frames if "op" in f] == [(offset + 1, 27)]
    assert sink.offsets == list(range(28, 38))


async def test_another_epoch_with_nothing_missing_in_this_one_names_no_range(hub: Hub) -> None:
    stream = hub.open(make_status())
    hub.publish(stream, [make_event() for _ in range(3)])
    sink = FakeSink()
    hub.subscribe(hub.subscriber(sink, Lines()), stream, ALL, Position("another", 9))
    await turns()
    assert (sink.frames[0]["reason"], sink.frames[0]["from"]) == ("epoch", None)
    assert sink.offsets == [1, 2, 3]


async def test_replay_keeps_to_the_filter_and_repeats_upstreams_gaps(hub: Hub) -> None:
    stream = hub.open(make_status())
    hub.publish(stream, [make_event(), make_event("WebcastGiftMessage")])
    hub.announce_gap(stream, "corrupt_frame")
    hub.publish(stream, [make_event(), make_event("WebcastGiftMessage")])
    sink = FakeSink()
    gifts = Filter.of(frozenset(["WebcastGiftMessage"]))
    hub.subscribe(hub.subscriber(sink, Lines()), stream, gifts, Position(stream.epoch, 0))
    await turns()
    assert [(f.get("op"), f["offset"]) for f in sink.frames] == [(None, 2), ("gap", 2), (None, 4)]


async def test_what_is_gone_is_no_gap_for_a_filter_that_would_not_have_let_it_pass(
    hub: Hub,
) -> None:
    stream = hub.open(make_status())
    gifts = Filter.of(frozenset(["WebcastGiftMessage"]))
    hub.publish(stream, [make_event("WebcastGiftMessage") for _ in range(2)])
    hub.publish(stream, [make_event() for _ in range(40)])
    hub.publish(stream, [make_event("WebcastGiftMessage")])
    for offset, gap in ((1, [(2, 2)]), (2, []), (20, [])):
        sink = FakeSink()
        subscriber = hub.subscriber(sink, Lines())
        hub.subscribe(subscriber, stream, gifts, Position(stream.epoch, offset))
        await turns()
        assert [(f["from"], f["to"]) for f in sink.frames if "op" in f] == gap
        assert sink.offsets == [43]
        subscriber.close()


async def test_a_loss_just_after_the_position_is_told(hub: Hub) -> None:
    stream = hub.open(make_status())
    hub.publish(stream, [make_event()])
    hub.announce_gap(stream, "upstream_reconnect")
    sink = FakeSink()
    hub.subscribe(hub.subscriber(sink, Lines()), stream, ALL, Position(stream.epoch, 1))
    await turns()
    assert [f["reason"] for f in sink.frames] == ["upstream_reconnect"]


async def test_long_history_comes_in_pieces_and_live_events_follow_without_a_seam() -> None:
    hub = Hub(HubConfig())
    stream = hub.open(make_status())
    hub.publish(stream, [make_event(content="好" * 10_000) for _ in range(100)])
    live, replayed = FakeSink(), FakeSink()
    hub.subscribe(hub.subscriber(live, Lines()), stream, ALL)
    hub.subscribe(hub.subscriber(replayed, Lines()), stream, ALL, Position(stream.epoch, 0))
    for _ in range(30):
        hub.publish(stream, [make_event()])
        await turns(1)
    hub.flush()
    await turns()
    assert replayed.offsets == list(range(1, 131))
    assert live.offsets == list(range(101, 131))
    assert max(map(len, replayed.writes)) <= REPLAY_BYTES + 1000
    assert len(replayed.writes) > 10


async def test_a_change_of_state_during_replay_is_told_at_its_end(hub: Hub) -> None:
    stream = hub.open(make_status())
    hub.publish(stream, [make_event()])
    sink = FakeSink()
    hub.subscribe(hub.subscriber(sink, Lines()), stream, ALL, Position(stream.epoch, 0))
    hub.set_status(stream, make_status(state=RoomState.ENDED))
    await turns()
    assert [frame.get("state") for frame in sink.frames] == [None, "ended"]


async def test_methods_that_change_during_replay_hold_behind_the_position(hub: Hub) -> None:
    stream = hub.open(make_status())
    chat = Filter.of(frozenset(["WebcastChatMessage"]))
    gifts = Filter.of(frozenset(["WebcastGiftMessage"]))
    hub.publish(stream, [make_event(), make_event("WebcastGiftMessage")])
    sink = FakeSink()
    since = Position(stream.epoch, 0)
    subscription = hub.subscribe(hub.subscriber(sink, Lines()), stream, chat, since)
    subscription.change(gifts)
    assert (subscription.position, sink.frames) == (0, [])
    await turns()
    assert sink.offsets == [2]


@pytest.mark.parametrize(("first", "changed"), [("Chat", "Gift"), ("Gift", "Chat")])
async def test_what_is_gone_is_a_gap_for_the_methods_that_hold_when_it_is_told(
    hub: Hub, first: str, changed: str
) -> None:
    stream = hub.open(make_status())
    filters = {kind: Filter.of(frozenset([f"Webcast{kind}Message"])) for kind in (first, changed)}
    hub.publish(stream, [make_event() for _ in range(5)])
    hub.publish(stream, [make_event("WebcastLikeMessage") for _ in range(10)])
    sink = FakeSink()
    since = Position(stream.epoch, 2)
    subscription = hub.subscribe(hub.subscriber(sink, Lines()), stream, filters[first], since)
    subscription.change(filters[changed])
    await turns()
    gaps = [(frame["from"], frame["to"]) for frame in sink.frames]
    assert gaps == ([(3, 5)] if changed == "Chat" else [])


async def test_unsubscribing_stops_a_replay_at_once(hub: Hub) -> None:
    stream = hub.open(make_status())
    hub.publish(stream, [make_event()])
    sink = FakeSink()
    subscription = hub.subscribe(
        hub.subscriber(sink, Lines()), stream, ALL, Position(stream.epoch, 0)
    )
    subscription.end()
    await turns()
    assert sink.frames == []


async def test_subscribing_twice_is_refused(hub: Hub) -> None:
    stream = hub.open(make_status())
    subscriber = hub.subscriber(FakeSink(), Lines())
    hub.subscribe(subscriber, stream, ALL)
    with pytest.raises(ValueError, match="already"):
        hub.subscribe(subscriber, stream, ALL)


async def test_a_client_that_is_gone_can_not_subscribe(hub: Hub) -> None:
    stream = hub.open(make_status())
    sink = FakeSink()
    subscriber = hub.subscriber(sink, Lines())
    subscriber.close()
    with pytest.raises(ValueError, match="ending"):
        hub.subscribe(subscriber, stream, ALL)
    hub.publish(stream, [make_event()])
    await turns()
    assert sink.writes == []
