"""Random lives of clients: each gets exactly what it subscribed to, in order, once; or a gap."""

import asyncio
from dataclasses import dataclass, field

from clocks import turns
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import make_event, make_status
from sinks import FakeSink, Lines

from relay.config import HubConfig
from relay.hub import Filter, Hub, Position, Stream, Subscriber

METHODS = ["WebcastChatMessage", "WebcastGiftMessage", "WebcastLikeMessage"]
ROOMS = 2
CLIENTS = 4

filters = st.builds(Filter, st.frozensets(st.sampled_from(METHODS)), st.booleans())
clients = st.integers(0, CLIENTS - 1)
rooms = st.integers(0, ROOMS - 1)
steps = st.one_of(
    st.tuples(
        st.just("publish"), rooms, st.lists(st.sampled_from(METHODS), min_size=1, max_size=8)
    ),
    st.tuples(
        st.just("publish"), rooms, st.lists(st.sampled_from(METHODS), min_size=1, max_size=8)
    ),
    st.tuples(st.just("turn"), st.integers(1, 3)),
    st.tuples(st.just("settle")),
    st.tuples(st.just("subscribe"), clients, rooms, filters, st.none() | st.integers(0, 30)),
    st.tuples(st.just("change"), clients, rooms, filters),
    st.tuples(st.just("unsubscribe"), clients, rooms),
    st.tuples(st.just("pause"), clients, st.booleans()),
    st.tuples(st.just("resume"), clients),
)


@dataclass
class Wanted:
    """What one subscription has to bring: offsets, in order, each as an event or in a gap."""

    epoch: str
    offsets: list[int] = field(default_factory=list)
    may_skip: bool = False
    """Whether gaps are allowed: it asked for history, or its client was slow."""


class World:
    def __init__(self) -> None:
        self.hub = Hub(HubConfig(history_events=12, slow_bytes=1024))
        self.streams: list[Stream] = [self.hub.open(make_status(str(n))) for n in range(ROOMS)]
        self.methods: list[list[str]] = [[] for _ in range(ROOMS)]
        lines = Lines()
        self.sinks = [FakeSink() for _ in range(CLIENTS)]
        self.subscribers: list[Subscriber] = []
        for sink in self.sinks:
            subscriber = self.hub.subscriber(sink, lines)
            subscriber.slow = "skip"
            self.subscribers.append(subscriber)
        self.wanted: dict[tuple[int, int], list[Wanted]] = {
            (client, room): [] for client in range(CLIENTS) for room in range(ROOMS)
        }
        # Where in the sink's frames a subscription begins and ends.
        self.begins: dict[tuple[int, int], list[int]] = {key: [] for key in self.wanted}
        self.ends: dict[tuple[int, int], list[int]] = {key: [] for key in self.wanted}

    async def settle(self) -> None:
        """Let replays end and everything be given out."""
        await turns(8)
        self.hub.flush()
        await turns(2)

    def subscription(self, client: int, room: int):  # type: ignore[no-untyped-def]
        return self.subscribers[client].subscriptions.get(self.streams[room])

    def publish(self, room: int, methods: list[str]) -> None:
        self.hub.publish(self.streams[room], [make_event(method) for method in methods])
        for method in methods:
            self.methods[room].append(method)
            for client in range(CLIENTS):
                subscription = self.subscription(client, room)
                if subscription is not None and subscription.filter.admits(method):
                    self.wanted[client, room][-1].offsets.append(len(self.methods[room]))

    def subscribe(self, client: int, room: int, filter_: Filter, since: int | None) -> None:
        if self.subscription(client, room) is not None:
            return
        stream = self.streams[room]
        wanted = Wanted(stream.epoch, may_skip=self.subscribers[client].paused)
        position = None
        if since is not None:
            position = Position(stream.epoch, min(since, stream.head))
            wanted.may_skip = True
            later = enumerate(self.methods[room][position.offset :], position.offset + 1)
            wanted.offsets = [offset for offset, method in later if filter_.admits(method)]
        self.hub.subscribe(self.subscribers[client], stream, filter_, position)
        self.wanted[client, room].append(wanted)
        self.begins[client, room].append(len(self.sinks[client].frames))

    def change(self, client: int, room: int, filter_: Filter) -> None:
        subscription = self.subscription(client, room)
        if subscription is None:
            return
        # The new methods hold behind the position, history that is still to come included.
        position = subscription.position
        wanted = self.wanted[client, room][-1]
        later = enumerate(self.methods[room][position:], position + 1)
        wanted.offsets = [offset for offset in wanted.offsets if offset <= position]
        wanted.offsets += [offset for offset, method in later if filter_.admits(method)]
        subscription.change(filter_)

    def unsubscribe(self, client: int, room: int) -> None:
        subscription = self.subscription(client, room)
        if subscription is None:
            return
        if subscription.group is None:  # history that was not written yet is not owed any more
            self.wanted[client, room].pop()
            self.begins[client, room].pop()
            subscription.end()
            return
        subscription.end()
        self.ends[client, room].append(len(self.sinks[client].frames))

    def pause(self, client: int, full: bool) -> None:
        subscriber, sink = self.subscribers[client], self.sinks[client]
        if subscriber.paused:
            return
        sink.unsent = 2000 if full else 10
        subscriber.pause()
        for room in range(ROOMS):
            if self.subscription(client, room) is not None:
                self.wanted[client, room][-1].may_skip = True

    def resume(self, client: int) -> None:
        if self.subscribers[client].paused:
            self.subscribers[client].resume()

    def check(self) -> None:
        for (client, room), subscriptions in self.wanted.items():
            frames = self.sinks[client].frames
            ends = [*self.ends[client, room], len(frames)]
            for number, wanted in enumerate(subscriptions):
                begin = self.begins[client, room][number]
                mine = [f for f in frames[begin : ends[number]] if f["epoch"] == wanted.epoch]
                self.check_one(wanted, mine)

    def check_one(self, wanted: Wanted, frames: list[dict]) -> None:  # type: ignore[type-arg]
        got = [frame["offset"] for frame in frames if "op" not in frame]
        missing: set[int] = set()
        reached = 0
        for frame in frames:
            first, last = (frame["from"], frame["to"]) if "op" in frame else (frame["offset"],) * 2
            assert reached < first <= last, "in order, once, and gaps do not overlap events"
            reached = last
            if "op" in frame:
                missing.update(range(first, last + 1))
        assert wanted.may_skip or not missing
        assert [offset for offset in wanted.offsets if offset not in missing] == got


async def live(plan: list[tuple]) -> None:  # type: ignore[type-arg]
    world = World()
    for action, *arguments in plan:
        if action == "turn":
            await turns(*arguments)
        else:
            done = getattr(world, action)(*arguments)
            if done is not None:
                await done
    for client in range(CLIENTS):
        world.resume(client)
    await world.settle()
    world.check()
    for subscriber in world.subscribers:
        subscriber.close()
    world.hub.flush()


@settings(max_examples=200)
@given(st.lists(steps, min_size=15, max_size=120))
def test_every_client_gets_exactly_what_it_subscribed_to(plan: list[tuple]) -> None:  # type: ignore[type-arg]
    asyncio.run(live(plan))
