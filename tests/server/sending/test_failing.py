"""Clients who can't be given their events, whatever the reason."""

from collections.abc import Callable
from typing import Any

import pytest
import structlog
from serving import make_event, receive, relay_running
from websockets.exceptions import ConnectionClosed

from relay.hub import sending

Send = Callable[[Any, bytes], list[tuple[int, int]]]


async def test_they_are_closed_and_resume_without_a_hole(
    send_all: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_once(*_: object) -> list[tuple[int, int]]:
        monkeypatch.setattr(sending, "send_all", send_all)
        raise MemoryError

    async with relay_running() as relay:
        for room in ("1", "2"):
            relay.rooms.add(room)
        async with relay.connect("?room_id=1") as client, relay.connect("?room_id=2") as other:
            _, subscribed, _ = await receive(client, 3)
            await receive(other, 3)
            monkeypatch.setattr(sending, "send_all", fail_once)
            with structlog.testing.capture_logs() as logs:
                relay.publish("1", make_event())
                relay.publish("2", make_event())
                assert (await receive(other))[0]["offset"] == 1
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 3001
            assert [log["room"] for log in logs if log["log_level"] == "error"] == ["1"]
        position = f"{subscribed['epoch']}:{subscribed['offset']}"
        async with relay.connect(f"?room_id=1&since={position}") as client:
            assert (await receive(client, 4))[3]["offset"] == 1
