"""Random lives of a relay's hub: clients of a hub that repeats it get what they would there."""

import asyncio
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from serving import make_event, make_status

from relay.config import HubConfig
from relay.hub import Entry, Filter, Hub, Position, RepeatingHub, Stream, Subscriber, Subscription
from relay.workers.feed import Feed
from relay.workers.messages import Synced, ToWorker, encode, worker_messages
from relay.workers.repeater import Repeater
from relay.workers.streams import Streams

CONFIG = HubConfig(history_events=12)
METHODS = ["WebcastChatMessage", "WebcastGiftMessage", ""]
ROOMS = 3
CLIENTS = 3

rooms, clients = st.integers(0, ROOMS - 1), st.integers(0, CLIENTS - 1)
filters = st.builds(Filter, st.frozensets(st.sampled_from(METHODS)), st.booleans())
# Few ids, so that some come twice, and rooms that are merged have some in common.
events = st.tuples(st.sampled_from(METHODS), st.integers(0, 40))
steps = st.one_of(
    st.tuples(st.just("publish"), rooms, st.lists(events, min_size=1, max_size=8)),
    st.tuples(st.just("publish"), rooms, st.lists(events, min_size=1, max_size=8)),
    st.tuples(st.just("lose"), rooms),
    st.tuples(st.just("name"), rooms, st.sampled_from(["", "点歌", "游戏"])),
    st.tuples(st.just("subscribe"), clients, rooms, filters, st.none() | st.integers(0, 30)),
    st.tuples(st.just("change"), clients, rooms, filters),
    st.tuples(st.just("unsubscribe"), clients, rooms),
    st.tuples(st.just("merge"), rooms, rooms),
    st.tuples(st.just("close"), rooms),
    st.tuples(st.just("turn"), st.integers(1, 3)),
    st.tuples(st.just("restart")),
)


class _Lines:
    def frame(self, entry: Entry) -> bytes:
        return entry.body + b"\n"


LINES = _Lines()


class Sink:
    """A client of either hub, and what it is told."""

    descriptor = -1

    def __init__(self, hub: Hub) -> None:
        self.told: list[bytes] = []
        self.subscriber: Subscriber = hub.subscriber(self, LINES)

    def write(self, data: bytes | memoryview) -> None:
        self.told += bytes(data).splitlines()

    def buffered(self) -> int:
        return 0

    def close_slow(self, reason: str) -> None:
        raise AssertionError(reason)

    def moved(self, old: Stream, subscription: Subscription) -> None:
        self.told.append(f"moved {subscription.epoch}:{subscription.position}".encode())

    def ended(self, subscription: Subscription, reason: str) -> None:
        self.told.append(f"ended {subscription.epoch} {reason}".encode())


class Wire:
    """A link without a process: what is told is done at once."""

    def __init__(self) -> None:
        self.hub = RepeatingHub(CONFIG)
        self.streams: dict[int, Stream] = {}
        self.repeated = Streams()
        self.channel = self
        self._repeater = Repeater(self.hub, self.repeated, None, lambda _: None)

    def send(self, message: ToWorker) -> None:
        self.send_encoded(encode(message))

    def send_encoded(self, data: bytes) -> None:
        message = worker_messages.decode(data[4:])
        if not isinstance(message, Synced):
            self._repeater.apply(message)  # type: ignore[arg-type]

    def send_pieces(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self.send_encoded(piece)

    def move_holds(self, stream: Stream, into: Stream) -> None:
        pass

    def drop_holds(self, stream: Stream) -> None:
        pass


class World:
    """A hub, one that repeats it, and the same clients at both."""

    def __init__(self) -> None:
        self.hub = Hub(CONFIG)
        self.feed = Feed(self.hub)
        self.rooms = [self.hub.open(make_status(str(room))) for room in range(ROOMS)]
        self.restart()

    def restart(self) -> None:
        """Begin anew with what repeats, and with the clients."""
        if hasattr(self, "wire"):
            self.feed.remove(self.wire)  # type: ignore[has-type]
            for here, _ in self.clients:  # type: ignore[has-type]
                here.subscriber.close()
        self.wire: Any = Wire()
        self.feed.add(self.wire)
        self.clients = [(Sink(self.hub), Sink(self.wire.hub)) for _ in range(CLIENTS)]

    def there(self, stream: Stream) -> Stream:
        found: Stream = self.wire.repeated[self.feed.number(stream)]
        return found

    def open_again(self, room: int) -> None:
        self.rooms[room] = self.hub.open(make_status(str(room)))

    def subscribe(self, client: int, room: int, filter_: Filter, since: int | None) -> None:
        here, there = self.clients[client]
        stream = self.rooms[room]
        if stream in here.subscriber.subscriptions:
            return
        position = None if since is None else Position(stream.epoch, since)
        self.hub.subscribe(here.subscriber, stream, filter_, position)
        self.wire.hub.subscribe(there.subscriber, self.there(stream), filter_, position)

    def subscriptions(self, client: int, room: int) -> list[Subscription]:
        """Give a client's subscription at both hubs, if it has one."""
        stream = self.rooms[room]
        pairs = zip(self.clients[client], (stream, self.there(stream)), strict=True)
        found = [sink.subscriber.subscriptions.get(each) for sink, each in pairs]
        assert (found[0] is None) is (found[1] is None)
        return [each for each in found if each is not None]

    async def settle(self) -> None:
        await turns(6)
        self.hub.flush()
        self.wire.hub.flush()
        await turns(2)

    def compare(self) -> None:
        for here, there in self.clients:
            assert by_room(here.told) == by_room(there.told)
        for stream in self.rooms:
            there = self.there(stream)
            assert (there.epoch, there.head, there.status) == (
                stream.epoch,
                stream.head,
                stream.status,
            )
            assert there.history.events_kept() == stream.history.events_kept()
            assert there.history.gone == stream.history.gone


def by_room(told: list[bytes]) -> dict[bytes, list[bytes]]:
    """Part what a client was told by room: between rooms there is no order."""
    parted: dict[bytes, list[bytes]] = {}
    for line in told:
        _, found, rest = line.partition(b'"web_rid":"')
        parted.setdefault(rest[:1] if found else b"", []).append(line)
    return parted


@settings(max_examples=150)
@given(st.lists(steps, min_size=10, max_size=80))
async def test_who_is_served_by_a_repeating_hub_misses_nothing(life: list[Any]) -> None:
    world = World()
    for step in life:
        match step:
            case "publish", room, made:
                batch = [make_event(method, msg_id=str(number + 1)) for method, number in made]
                world.hub.publish(world.rooms[room], batch)
            case "lose", room:
                world.hub.announce_gap(world.rooms[room], "corrupt_frame")
            case "name", room, title:
                world.hub.set_status(world.rooms[room], make_status(str(room), title=title))
            case "subscribe", client, room, filter_, since:
                world.subscribe(client, room, filter_, since)
            case "change", client, room, filter_:
                for subscription in world.subscriptions(client, room):
                    subscription.change(filter_)
            case "unsubscribe", client, room:
                for subscription in world.subscriptions(client, room):
                    subscription.end()
            case "merge", room, into if room != into:
                world.hub.merge(world.rooms[room], world.rooms[into])
                world.open_again(room)
            case "close", room:
                world.hub.close(world.rooms[room], "removed")
                world.open_again(room)
            case "turn", count:
                await turns(count)
            case ("restart",):
                await world.settle()
                world.compare()
                world.restart()
    await world.settle()
    world.compare()


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
