"""Recorded gifts add up to what is listed beside them."""

import base64
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gift_samples import combos, gift, gifts, giver

from relay.events import Event, GiftPayload
from relay.webcast.budget import Budget
from relay.webcast.decode import decode_message, decode_response
from relay.webcast.frames import read_frame
from relay.webcast.gifts import TIMEOUT_S, Ledger
from relay.webcast.pb import webcast_pb2 as pb

pytestmark = pytest.mark.recorded

ROOM = {"room_id": "7000000000000000001", "web_rid": "80000000001", "now_ms": 1_777_600_000_000}


def frames(recorded: Path) -> Iterator[bytes]:
    for file in sorted(recorded.glob("webcast/frames/*.bin")):
        yield file.read_bytes()
    for file in sorted(recorded.glob("webcast/sessions/*.jsonl")):
        for line in file.read_text().splitlines():
            frame = json.loads(line)
            if frame["dir"] == "in":
                yield base64.b64decode(frame["b64"])


def gifts_of(recorded: Path) -> list[Event]:
    """Every recorded gift, with the frames' own ids."""
    found = []
    for data in frames(recorded):
        response = read_frame(data).response
        for decoded in [] if response is None else decode_response(response, **ROOM):
            if isinstance(decoded.event.payload, GiftPayload):
                found.append(decoded.event)
    return found


def test_a_recorded_gift_is_worth_what_is_listed(recorded: Path) -> None:
    body = (recorded / "webcast/frames/gift_pushframe_2026-04-13.bin").read_bytes()
    listing: dict[str, Any] = json.loads(
        (recorded / "webcast/frames/gift_pushframe_2026-04-13.json").read_text()
    )
    listed = listing["response"]["messages"][0]["payload"]
    response = read_frame(body).response
    assert response is not None
    ledger = Ledger()
    event = decode_response(response, **ROOM)[0].event
    (told,) = ledger.take(event, 0.0)
    count = int(listed["combo_count"]) * int(listed["group_count"])
    value = count * int(listed["gift"]["diamond_count"])
    assert (told.payload.increment, told.payload.increment_diamonds) == (count, value)
    # The same again, as upstream repeats it to a new connection.
    assert ledger.take(event, 1.0)[0].payload.increment == 0
    (combo,) = combos(ledger.due(1.0 + TIMEOUT_S))
    assert (combo.count, combo.diamond_total) == (count, value)
    assert (combo.gift_id, combo.group_id) == (listed["gift_id"], listed["group_id"])


def test_a_recorded_payload_without_a_group_counts_alone(recorded: Path) -> None:
    file = recorded / "webcast/payloads/WebcastGiftMessage.bin"
    message = pb.Message(method="WebcastGiftMessage", msg_id=5, payload=file.read_bytes())
    event = decode_message(message, **ROOM, budget=Budget()).event
    ledger = Ledger()
    told = [*ledger.take(event, 0.0), *ledger.take(event, 0.5), *ledger.due(60.0)]
    assert [payload.increment for payload in gifts(told)] == [1, 0]
    assert [combo.count for combo in combos(told)] == [1]


def test_all_recorded_sessions_add_up_to_the_highest_count_of_each_group(recorded: Path) -> None:
    events = gifts_of(recorded)
    assert events
    true: dict[tuple[str, ...], int] = defaultdict(int)
    for event in events:
        payload = event.payload
        uid = payload.user.uid if payload.user else ""
        key = (payload.room_id, uid, payload.gift_id, payload.group_id or event.msg_id)
        true[key] = max(true[key], payload.count)
    ledger = Ledger()
    # In order, all again, and backwards: as connections that are cut bring them.
    told = [
        told
        for number, event in enumerate([*events, *events, *reversed(events)])
        for told in ledger.take(event, number * 0.001)
    ]
    told += ledger.due(60.0)
    assert sum(payload.increment for payload in gifts(told)) == sum(true.values())
    assert sorted(combo.count for combo in combos(told)) == sorted(true.values())


def test_single_gifts_that_come_again_seconds_later_count_once(recorded: Path) -> None:
    """With the seconds of a whole recorded broadcast.

    Its author left ids out: what somebody seems to give again within 5 s is the same gift told
    again.
    """
    lines = (recorded / "broadcast-2026-05-01.jsonl").read_text().splitlines()
    seen: dict[tuple[str, str], float] = {}
    groups: dict[tuple[str, str], int] = {}
    ledger = Ledger()
    told: list[Event] = []
    true: dict[tuple[str, str, int], int] = defaultdict(int)
    twins = 0
    for item in map(json.loads, lines):
        if item["kind"] != "gift":
            continue
        key, at_s = (item["user_id"], item["gift_name"]), float(item["t"])
        is_twin = key in seen and at_s - seen[key] <= 5
        if is_twin:
            twins += 1
            del seen[key]
        else:
            seen[key] = at_s
            groups[key] = 1_777_600_000 + int(item["t"])
        group = (*key, groups[key])
        true[group] = max(true[group], item["gift_count"])
        told += ledger.due(at_s)
        told += ledger.take(
            gift(
                item["gift_count"],
                group=str(groups[key]),
                user=giver(item["user_id"]),
                gift_id=item["gift_name"],
                each=item["diamond_total"] // item["gift_count"],
                end=is_twin,
                combo=False,
                time=item["t"] * 1000,
            ),
            at_s,
        )
    told += ledger.due(10_000.0)
    assert twins > 100
    assert sum(payload.increment for payload in gifts(told)) == sum(true.values())
    finished = combos(told)
    assert sum(combo.count for combo in finished) == sum(true.values())
    assert len({combo.combo_id for combo in finished}) == len(true)
