"""A store with events in it, written as a relay writes it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from relay.config import StoreConfig
from relay.events.stored import Record
from relay.store import Store

ROOM = "80000000001"
BROADCAST = "7000000000000000001"
EPOCH = "1ng57k750ym1"
START_MS = 1_700_000_000_000


def frame(offset: int, method: str = "WebcastChatMessage", **changes: Any) -> dict[str, Any]:
    """Make an event's frame; each is a second later than the one before."""
    payload = changes.pop("payload", None) or {
        "room_id": BROADCAST,
        "content": f"第{offset}条",
        "user": {"uid": f"1000000000{offset % 3}", "nickname": "小明"},
    }
    return {
        "method": method,
        "msg_id": str(7_100_000_000_000_000_000 + offset),
        "room_id": BROADCAST,
        "web_rid": ROOM,
        "epoch": EPOCH,
        "offset": offset,
        "time": START_MS + 1000 * offset,
        "payload": payload,
        **changes,
    }


def record(event: dict[str, Any]) -> Record:
    user = event["payload"].get("user") or {}
    return Record(
        event["offset"],
        event["time"],
        event["method"],
        user.get("uid"),
        event["msg_id"],
        msgspec.json.encode(event),
    )


@asynccontextmanager
async def storing(
    path: Path, events: Sequence[dict[str, Any]] = (), room: str = ROOM, epoch: str = EPOCH
) -> AsyncIterator[Store]:
    """Open a store and put events of one room's epoch into it."""
    async with Store(StoreConfig(path=str(path))) as store:
        if events:
            store.begin(epoch, room, [BROADCAST])
            store.append(epoch, [record(event) for event in events])
            await store.written()
        yield store
