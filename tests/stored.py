"""A server under test with a store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from serving import WORKERS, FakeLive, FakeRooms, Relay

from relay.config import Config, HubConfig, ServerConfig, StoreConfig
from relay.hub import Hub
from relay.store import Store
from relay.workers import new_server

ROOM = "1"


@asynccontextmanager
async def storing(
    path: Path, *rooms: str, events: int = 20, workers: int = WORKERS
) -> AsyncIterator[Relay]:
    """A relay with a store, that watches ROOM or these, and keeps so many events in memory."""
    config = Config(
        hub=HubConfig(history_events=events),
        server=ServerConfig(port=0, workers=workers),
        store=StoreConfig(path=str(path)),
    )
    async with Store(config.store) as store:
        hub = Hub(config.hub, store)
        watched = FakeRooms(hub)
        live = FakeLive()
        relay = Relay(hub, watched, live, new_server(config, hub, watched, live, store))
        await relay.server.start()
        try:
            for room in rooms or (ROOM,):
                await hub.take_up(watched.add(room))
            yield relay
        finally:
            for stream in watched.streams():
                hub.close(stream, "removed")
            await relay.server.stop(5)
