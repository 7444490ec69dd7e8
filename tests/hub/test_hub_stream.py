import json
import tracemalloc

import msgspec
from serving import make_event, make_status

from relay.config import HubConfig
from relay.events import EncodedEvent
from relay.hub import Stream
from relay.hub.stream import DEDUP_IDS, MAX_COUNTED_METHODS


def new_stream() -> Stream:
    return Stream(make_status(), HubConfig())


def test_the_frame_of_an_event_is_the_contract() -> None:
    stream = new_stream()
    (entry,) = stream.extend([make_event(msg_id="7004", content="你好")])
    assert list(json.loads(entry.body).items()) == [
        ("method", "WebcastChatMessage"),
        ("msg_id", "7004"),
        ("room_id", "7000000000000000001"),
        ("web_rid", "80000000001"),
        ("epoch", stream.epoch),
        ("offset", 1),
        ("time", 1_630_827_777_298),
        ("payload", {"content": "你好"}),
    ]


def test_a_payload_that_is_json_already_is_given_out_as_it_is() -> None:
    event = make_event(msg_id="7004", content="你好")
    encoded = EncodedEvent(**msgspec.structs.asdict(event), encoded=b'{"content":"\\u4f60\\u597d"}')
    first, second = new_stream(), new_stream()
    second.epoch = first.epoch
    (plain,), (entry,) = first.extend([event]), second.extend([encoded])
    assert json.loads(entry.body) == json.loads(plain.body)
    assert entry.body.endswith(b'"payload":{"content":"\\u4f60\\u597d"}}')


def test_offsets_have_no_holes_where_duplicates_were() -> None:
    stream = new_stream()
    ids = ["5", "6", "5", "7", "6", "8"]
    entries = stream.extend([make_event(msg_id=msg_id) for msg_id in ids])
    assert [entry.offset for entry in entries] == [1, 2, 3, 4]
    assert (stream.head, stream.counters.duplicates) == (4, 2)
    assert stream.counters.events["WebcastChatMessage"] == 4


def test_an_event_without_an_id_is_never_a_duplicate() -> None:
    stream = new_stream()
    assert len(stream.extend([make_event(msg_id="0")] * 3)) == 3
    assert len(stream.extend([make_event().__class__("WebcastA", "", "1", "2", 3, {})] * 2)) == 2
    assert stream.head == 5


def test_duplicates_are_recognised_within_the_window_and_memory_is_bounded() -> None:
    stream = new_stream()
    for msg_id in range(1, 3 * DEDUP_IDS + 1):
        stream.extend([make_event(msg_id=str(msg_id))])
    assert not stream.extend([make_event(msg_id=str(2 * DEDUP_IDS + 1))])
    assert stream.extend([make_event(msg_id=str(2 * DEDUP_IDS))]), "forgotten"
    assert stream.extend([make_event(msg_id="1")]), "forgotten long ago"


def test_history_takes_hardly_more_memory_than_what_is_in_it() -> None:
    stream = new_stream()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for length in range(1_000):
            stream.extend([make_event(content="a" * (1_000 + length))])
        took = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert stream.history.events == 1_000
    assert took < 1.2 * stream.history.bytes


def test_methods_that_upstream_makes_up_do_not_grow_the_counters() -> None:
    stream = new_stream()
    for number in range(MAX_COUNTED_METHODS + 50):
        stream.extend([make_event(f"WebcastMadeUp{number}")])
    assert len(stream.counters.events) == MAX_COUNTED_METHODS + 1
    assert stream.counters.events["other"] == 50
