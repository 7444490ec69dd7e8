"""Recorded traffic through the whole upstream side, from the handshake to a subscriber."""

import asyncio
import gzip
from random import Random

import pytest
from recorded_upstream import (
    WEB_RID,
    Batch,
    RecordedUpstream,
    first,
    push_frame,
    text,
    with_id,
)
from watching import watching

from relay.hub import RoomState

pytestmark = pytest.mark.recorded


async def test_every_recorded_message_arrives_once_in_order_and_is_acknowledged(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        for batch in batches:
            await upstream.send(batch)
        await upstream.acknowledged()
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        counters = manager.streams()[0].counters
        connection = await upstream.connected()

    assert len(batches) > 60
    assert listener.events == upstream.sent_names
    offsets = [f["offset"] for f in listener.frames if "op" not in f]
    assert offsets == list(range(1, len(offsets) + 1))
    # In the recorded frame whose header names another connection, the Response's own is echoed.
    assert connection.acks == connection.wanted_acks
    assert listener.gaps == []
    assert counters.messages["undecodable"] == 0
    assert counters.frames.keys() == {"ok"}


async def test_events_carry_the_room_and_its_broadcast(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))

    event = next(frame for frame in listener.frames if "op" not in frame)
    assert (event["web_rid"], event["room_id"]) == (WEB_RID, upstream.room_id)


async def test_twenty_cuts_with_replays_lose_and_repeat_nothing(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    cuts = set(Random(1).sample(range(len(batches)), 20))
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        for number, batch in enumerate(batches):
            await upstream.send(batch)
            if number in cuts:
                await upstream.cut()
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        counters = manager.streams()[0].counters

    assert listener.events == upstream.sent_names
    assert counters.reconnects == {"cut": 20}
    assert counters.duplicates > 0
    # Each time upstream repeated what we had: nothing can be lost, and nothing is said to be.
    assert listener.gaps == []


async def test_a_reconnect_takes_up_the_position_where_it_was(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        for batch in batches[:5]:
            await upstream.send(batch)
        await upstream.acknowledged()
        before = await upstream.connected()
        await upstream.cut()
        after = await upstream.connected()
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    assert (after.query["cursor"], after.query["internal_ext"]) == before.sent_pair
    assert after.query["user_unique_id"] == before.query["user_unique_id"]


async def test_a_hundred_corrupt_frames_cost_only_themselves(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    random = Random(2)
    good = push_frame(1, text(1, b""))
    payload = first(good, 8, b"")
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        for number in range(100):
            if number % 2:
                await upstream.send(batches[number // 2])
            broken = bytearray(good)
            at = good.index(payload) + random.randrange(10, len(payload))
            kind = number % 4
            if kind == 0:
                broken[at] ^= 0xFF
            elif kind == 1:
                del broken[at:]
            elif kind == 2:
                broken = bytearray(random.randbytes(300))
            else:
                broken = bytearray(push_frame(1, b"")[:-1])
            await upstream.send_bytes(bytes(broken))
        last = batches[50]
        await upstream.send(last)
        await listener.until(lambda: listener.events[-1:] == upstream.sent_names[-1:])
        counters = manager.streams()[0].counters

    assert listener.events == upstream.sent_names
    assert len(upstream.connections) == 1
    assert sum(n for cause, n in counters.frames.items() if cause != "ok") == 100
    # Whatever was in them is gone, and that is said where it happened.
    assert counters.upstream_gaps == 100
    assert set(listener.gaps) == {"corrupt_frame"}


async def test_messages_without_an_id_are_all_delivered(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    message = with_id(batches[0].messages[0].raw, 0)
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        for _ in range(5):
            await upstream.send(Batch((message,)))
        await listener.until(lambda: len(listener.events) >= 5)

    assert listener.events == [(message.method, "0")] * 5


async def test_an_uncompressed_frame_is_read(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    batch = batches[0]
    assert batch.frame is not None
    packed = first(batch.frame, 8, b"")
    plain = text(7, "msg") + text(8, gzip.decompress(packed))
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send_bytes(plain)
        await listener.until(lambda: bool(listener.events))

    assert listener.events == [(m.method, m.msg_id) for m in batch.messages]


async def test_heartbeats_are_sent_from_the_start_and_regularly(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID):
        connection = await upstream.connected()
        # Unasked, on a connection that is open and has brought nothing yet.
        await upstream.until(lambda: connection.heartbeats >= 1)
        for batch in batches[:10]:
            await upstream.send(batch)
        # And again and again, whatever comes.
        await upstream.until(lambda: connection.heartbeats >= 4)


async def test_the_handshake_looks_like_the_pages(upstream: RecordedUpstream) -> None:
    async with watching(upstream.config(), WEB_RID):
        connection = await upstream.connected()

    headers, query = connection.headers, connection.query
    assert headers["Origin"] == "https://live.douyin.com"
    assert headers["Referer"] == f"https://live.douyin.com/{WEB_RID}"
    assert headers["Cookie"] == "ttwid=1%7Crecorded%7C1770000000%7Cabc"
    assert headers["User-Agent"] == f"Mozilla/{query['browser_version']}"
    assert "Sec-WebSocket-Extensions" not in headers
    assert query["room_id"] == upstream.room_id
    assert 7_300_000_000_000_000_000 <= int(query["user_unique_id"]) < 8_000_000_000_000_000_000
    # The first position comes from im/fetch; no signature is made up.
    assert query["cursor"].startswith("t-")
    assert "signature" not in query


async def test_a_refused_first_position_does_not_hold_the_socket_up(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    upstream.serve_fetch = False
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))
        connection = await upstream.connected()

    assert upstream.requests["fetch"] == 1
    assert "cursor" not in connection.query


async def test_polling_brings_every_message_once(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(transport="poll"), WEB_RID) as (_, listener):
        for batch in batches:
            upstream.sent.extend(batch.messages)
            await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    assert listener.events == upstream.sent_names
    assert upstream.requests["handshake"] == 0
    # The first asks for the beginning, each later one goes on from the answer before.
    assert upstream.polls[0]["cursor"] == ""
    assert all(poll["cursor"] for poll in upstream.polls[1:])


async def test_auto_polls_while_the_handshake_is_refused_and_climbs_back(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    upstream.block_handshakes = True
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        for batch in batches[:10]:
            upstream.sent.extend(batch.messages)
            await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        assert manager.streams()[0].status.transport == "poll"
        refused = upstream.requests["handshake"]
        # It asks again while it polls, and goes on polling.
        await upstream.until(lambda: upstream.requests["handshake"] > refused)
        upstream.sent.extend(batches[10].messages)
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        upstream.block_handshakes = False
        for batch in batches[11:30]:
            await upstream.send(batch)
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        assert manager.streams()[0].status.transport == "socket"
        counters = manager.streams()[0].counters

    assert listener.events == upstream.sent_names
    assert listener.gaps == []
    assert counters.reconnects["device_blocked"] >= 2
    assert RoomState.BLOCKED.value not in listener.states


async def test_a_room_whose_state_is_refused_everywhere_is_received_by_its_room_id(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    upstream.status = upstream.reflow = "empty"
    async with watching(upstream.config(), upstream.room_id) as (_, listener):
        await upstream.connected()
        assert RoomState.LIVE.value not in listener.states
        for batch in batches[:10]:
            await upstream.send(batch)
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    assert listener.events == upstream.sent_names
    # Live was said only once messages proved it.
    assert listener.states == ["connecting", "live"]


async def test_stopping_at_any_moment_leaves_nothing(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    for steps in range(12):
        async with watching(upstream.config(), WEB_RID):
            for _ in range(steps * 3):
                await asyncio.sleep(0)
