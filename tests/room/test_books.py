"""A room's books: what the stream gets of a gift, and when combos are told."""

import asyncio
import json
from typing import Any

import msgspec
import uvloop
from serving import make_event, make_payload, make_status

from relay.config import HubConfig
from relay.events import Event, GiftPayload, SimulatedEvent
from relay.hub import Entry, Hub, RoomState, Stream
from relay.room.books import Books
from relay.room.output import RoomOutput

FIRST, SECOND = "7000000000000000001", "7000000000000000002"


def gift(
    count: int,
    msg_id: str,
    *,
    room_id: str = FIRST,
    kind: type[Event] = Event,
    group_id: str = "1777600000",
) -> Event:
    texts = dict.fromkeys(("content", "name", "image", "description"), "")
    numbers = ("repeat_count", "combo_count", "group_count", "total_count", "send_time_ms")
    payload = GiftPayload(
        room_id=room_id,
        user=None,
        gift_id="463",
        count=count,
        diamond_each=2,
        diamond_total=2 * count,
        group_id=group_id,
        combo=True,
        repeat_end=False,
        send_type=4,
        gift_type=1,
        fan_ticket_count=0,
        to_user=None,
        to_uids=(),
        **dict.fromkeys(numbers, 0),
        **texts,
    )
    return kind("WebcastGiftMessage", msg_id, room_id, "80000000001", 1_000, payload)


class Room:
    """A room of a hub, and what has come of it."""

    def __init__(self, hub: Hub) -> None:
        self.stream: Stream = hub.open(make_status())
        self.output = RoomOutput(hub, self.stream)

    def told(self, method: str) -> list[dict[str, Any]]:
        frames = [json.loads(entry.body) for entry in self.entries]
        return [frame for frame in frames if frame.get("method") == method]

    @property
    def entries(self) -> list[Entry]:
        return list(self.stream.history.events_kept())

    @property
    def increments(self) -> list[int]:
        return [frame["payload"]["increment"] for frame in self.told("WebcastGiftMessage")]

    @property
    def combos(self) -> list[tuple[str, int, str]]:
        return [
            (frame["room_id"], frame["payload"]["count"], frame["payload"]["closed_by"])
            for frame in self.told("RelayGiftCombo")
        ]


async def test_a_gift_that_was_had_is_not_counted_again() -> None:
    room = Room(Hub(HubConfig()))
    room.output.publish([gift(1, "1"), gift(5, "2"), gift(5, "2"), gift(3, "3")])
    assert room.increments == [1, 4, 0]
    room.output.close()


async def test_the_end_of_the_broadcast_is_told_behind_its_combos() -> None:
    room = Room(Hub(HubConfig()))
    room.output.publish([gift(5, "1")])
    room.output.enter(RoomState.ENDED)
    assert room.combos == [(FIRST, 5, "broadcast")]
    assert room.stream.status.state is RoomState.ENDED
    room.output.close()


async def test_combos_of_a_broadcast_come_before_what_comes_of_the_next() -> None:
    room = Room(Hub(HubConfig()))
    other = msgspec.structs.replace(make_event(msg_id="2"), room_id=SECOND)
    room.output.publish([gift(5, "1"), other])
    methods = [entry.method for entry in room.entries if entry.method != "RelayStats"]
    assert methods == ["WebcastGiftMessage", "RelayGiftCombo", "WebcastChatMessage"]
    assert room.combos == [(FIRST, 5, "broadcast")]
    room.output.close()


async def test_a_simulated_event_ends_no_broadcast() -> None:
    room = Room(Hub(HubConfig()))
    made = gift(3, "2", room_id=SECOND, kind=SimulatedEvent)
    room.output.publish([gift(5, "1"), made])
    assert room.combos == []
    room.output.finish()
    assert room.combos == [(FIRST, 5, "stop"), (SECOND, 3, "stop")]
    assert [frame.get("simulated") for frame in room.told("RelayGiftCombo")] == [None, True]


async def test_who_is_given_up_says_what_is_open_and_then_nothing_more() -> None:
    room = Room(Hub(HubConfig()))
    room.output.publish([gift(5, "1")])
    room.output.finish()
    room.output.finish()
    room.output.close()
    room.output.publish([gift(9, "2")])
    assert room.combos == [(FIRST, 5, "stop")]
    assert room.increments == [5]


async def test_the_relays_own_events_are_no_sign_of_life() -> None:
    room = Room(Hub(HubConfig()))
    room.output.publish([gift(5, "1")])
    room.stream.counters.last_event_ms = 7
    room.output.enter(RoomState.ENDED)
    assert room.combos
    assert room.stream.counters.last_event_ms == 7
    room.output.close()


async def test_a_merged_streams_gifts_are_counted_anew_and_its_own_events_left_out() -> None:
    hub = Hub(HubConfig())
    one, into = Room(hub), Room(hub)
    into.output.publish([gift(1, "1"), gift(4, "2")])
    one.output.publish([gift(4, "2"), gift(9, "3")])
    one.output.enter(RoomState.ENDED)
    assert one.combos == [(FIRST, 9, "broadcast")]
    one.output.close()
    hub.merge(one.stream, into.stream)
    assert into.increments == [1, 3, 5]
    assert into.combos == []
    into.output.finish()
    assert into.combos == [(FIRST, 9, "stop")]


def test_gifts_keep_coming_while_a_combo_is_overdue() -> None:
    """A busy loop is behind with its timers; uvloop's say less of themselves when due at once."""
    now_s = 0.0

    async def publish_gifts() -> int:
        nonlocal now_s
        books = Books(lambda _: None, clock=lambda: now_s)
        taken = 0
        for number in range(4):
            taken += len(books.take(gift(1, str(number), group_id=str(number))))
            now_s += 60
        books.close()
        return taken

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(publish_gifts()) >= 4


async def test_late_messages_of_the_broadcast_before_end_no_combo() -> None:
    published: list[Event] = []
    books = Books(published.extend)
    taken = list(books.take(msgspec.structs.replace(make_event(content="早"), room_id="before")))
    for number in range(1, 4):
        gift = make_payload(
            GiftPayload, gift_id="5", group_id="7", count=number, combo=True, send_type=4
        )
        given = msgspec.structs.replace(make_event("WebcastGiftMessage"), payload=gift)
        taken += books.take(given)
        late = msgspec.structs.replace(make_event(content="晚"), room_id="before")
        taken += books.take(late)
    books.finish()
    combos = [event for event in taken + published if event.method == "RelayGiftCombo"]
    assert [combo.payload.count for combo in combos] == [3]
