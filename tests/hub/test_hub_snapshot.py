"""What is remembered of a broadcast's audience and shop, and who is told of news."""

from typing import Any

import pytest
from serving import make_event, make_payload, make_status

from relay.config import HubConfig
from relay.events import (
    Event,
    LiveShoppingPayload,
    Payload,
    ProductChangePayload,
    RoomRankPayload,
    RoomUserSeqPayload,
)
from relay.hub import Hub, RoomState, Snapshot
from relay.hub.snapshot import MAX_PROMOTIONS


def event_of(payload: Payload, room_id: str = "7000000000000000001", msg_id: str = "0") -> Event:
    return Event("WebcastAny", msg_id, room_id, "80000000001", 0, payload)


def seq(total_user: int, total: int = 0) -> RoomUserSeqPayload:
    return make_payload(RoomUserSeqPayload, total_user=total_user, total=total)


def offered(promotion_id: str) -> LiveShoppingPayload:
    return make_payload(LiveShoppingPayload, promotion_id=promotion_id)


def test_the_latest_numbers_are_kept_also_where_they_come_out_of_order() -> None:
    snapshot = Snapshot()
    assert (snapshot.seq, snapshot.audience_at_ms) == (None, 0)
    snapshot.take(event_of(seq(10, total=5)))
    snapshot.take(event_of(seq(12, total=4)))
    snapshot.take(event_of(seq(11, total=9)))
    assert snapshot.seq is not None
    assert (snapshot.seq.total_user, snapshot.seq.total) == (12, 4)
    assert snapshot.audience_at_ms > 1_600_000_000_000
    assert snapshot.shop_at_ms == 0


def test_promotions_are_remembered_once_each_the_latest_last_and_bounded() -> None:
    snapshot = Snapshot()
    for promotion_id in ("31", "32", "", "31"):
        snapshot.take(event_of(offered(promotion_id)))
    assert list(snapshot.promotion_ids) == ["32", "31"]
    for number in range(1000, 1000 + MAX_PROMOTIONS):
        snapshot.take(event_of(offered(str(number))))
    assert next(iter(snapshot.promotion_ids)) == "1000"
    assert len(snapshot.promotion_ids) == MAX_PROMOTIONS


@pytest.mark.parametrize("kind", [RoomRankPayload, ProductChangePayload, LiveShoppingPayload])
def test_another_broadcast_begins_anew(kind: Any) -> None:
    snapshot = Snapshot()
    snapshot.take(event_of(seq(10)))
    snapshot.take(event_of(make_payload(kind)))
    snapshot.take(event_of(offered("31")))
    snapshot.take(make_event())
    assert (snapshot.seq is not None, list(snapshot.promotion_ids)) == (True, ["31"])
    snapshot.take(event_of(make_payload(kind), room_id="7000000000000000002"))
    assert (snapshot.room_id, snapshot.seq) == ("7000000000000000002", None)
    assert not snapshot.promotion_ids


async def test_duplicates_say_nothing_new_and_listeners_hear_of_the_rest() -> None:
    hub = Hub(HubConfig())
    stream, other = hub.open(make_status()), hub.open(make_status("2"))
    heard = []
    stream.listeners.add(lambda: heard.append(stream.head))
    hub.publish(stream, [event_of(seq(10), msg_id="5"), make_event(msg_id="6")])
    hub.publish(stream, [event_of(seq(99), msg_id="5")])
    assert stream.snapshot.seq is not None
    assert (stream.snapshot.seq.total_user, heard) == (10, [2])
    hub.announce_gap(stream, "corrupt_frame")
    hub.set_status(stream, make_status(state=RoomState.ENDED))
    hub.publish(other, [make_event()])
    assert heard == [2, 2, 2]
    hub.close(stream, "removed")
    assert heard == [2, 2, 2, 2]
