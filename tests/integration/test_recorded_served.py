"""Recorded traffic all the way: handshake, frames, hub, and a WebSocket client of a real relay."""

import asyncio
import json
from typing import Any

import pytest
from recorded_upstream import WEB_RID, Batch, RecordedUpstream
from serving import WORKERS
from websockets.asyncio.client import connect

from relay.app import running
from relay.config import Config, RoomConfig, ServerConfig
from relay.events import OWN_METHODS

pytestmark = pytest.mark.recorded


def upstreams(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what the relay makes itself."""
    return [event for event in events if event["method"] not in OWN_METHODS]


async def test_a_client_gets_every_recorded_message_over_cuts_and_corrupt_frames(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    events: list[dict[str, Any]] = []
    notices: list[dict[str, Any]] = []
    config = Config(
        server=ServerConfig(port=0, workers=WORKERS),
        rooms=[RoomConfig(room=WEB_RID)],
        upstream=upstream.config(),
    )
    async with (
        running(config) as server,
        connect(f"ws://127.0.0.1:{server.port}/ws?room_id={WEB_RID}&since=none:0") as client,
    ):
        for number, batch in enumerate(batches):
            await upstream.send(batch)
            if number in (10, 20, 30):
                await upstream.cut()
            if number % 10 == 5:
                await upstream.send_bytes(b"\x42\x03gz\xff" * 20)
        async with asyncio.timeout(60):
            while len(upstreams(events)) < len(upstream.sent):
                frame = json.loads(await client.recv())
                (notices if "op" in frame else events).append(frame)
        last = events[-1]
        since = f"{last['epoch']}:{last['offset'] - 20}"
        async with (
            asyncio.timeout(30),
            connect(
                f"ws://127.0.0.1:{server.port}/ws?room_id={upstream.room_id}&since={since}"
            ) as again,
        ):
            resumed: list[dict[str, Any]] = []
            while len(resumed) < 20:
                frame = json.loads(await again.recv())
                if "op" not in frame:
                    resumed.append(frame)

    assert [(e["method"], e["msg_id"]) for e in upstreams(events)] == upstream.sent_names
    assert [e["offset"] for e in events] == list(range(1, len(events) + 1))
    gaps = [notice["reason"] for notice in notices if notice["op"] == "gap"]
    assert gaps[0] == "epoch"
    assert set(gaps[1:]) == {"corrupt_frame"}
    assert resumed == events[-20:]
