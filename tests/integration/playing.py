"""Helps tests record rooms and play what was recorded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from watching import QUICK, Listener

from relay.config import Config, HubConfig, UpstreamConfig, WatchConfig
from relay.hub import Hub
from relay.recording import Overview, Recording
from relay.room import REPLAYING, Policy, Recorder, RoomManager
from relay.room.source import Source
from relay.upstream.client import Upstream
from relay.upstream.transports.replay import Replay

CONFIG = Config(
    watch=WatchConfig(status_poll_s=0.02, linger_s=0.02),
    hub=HubConfig(history_events=100_000, history_bytes=1 << 30),
)


@asynccontextmanager
async def _rooms(
    upstream: Source, room: str, policy: Policy, tape: Recorder | None, config: Config = CONFIG
) -> AsyncIterator[tuple[Hub, Listener]]:
    hub = Hub(config.hub)
    manager = RoomManager(hub, config, upstream, policy, tape=tape)
    listener = Listener(hub)
    running = asyncio.create_task(manager.run(), name="manager")
    try:
        listener.listen(manager.add(room))
        yield hub, listener
    finally:
        running.cancel()
        await asyncio.wait([running])
        # What was recorded last is heard, too.
        hub.flush()
        listener.stop()
        if not running.cancelled():
            running.result()


@asynccontextmanager
async def recording(
    upstream: UpstreamConfig, room: str, path: Path, *, scrub: bool = False, policy: Policy = QUICK
) -> AsyncIterator[tuple[Recorder, Listener]]:
    """Record a room; the listener hears what comes of it."""
    tape = Recorder(path, scrub=scrub)
    config = msgspec.structs.replace(CONFIG, upstream=upstream)
    writing = asyncio.create_task(tape.run(), name="recorder")
    try:
        async with (
            Upstream(upstream, policy.timings) as opened,
            _rooms(opened, room, policy, tape, config) as (_, listener),
        ):
            yield tape, listener
    finally:
        tape.stop()
        await asyncio.wait([writing])
        try:
            writing.result()
            await tape.finish()
        finally:
            tape.close()


@asynccontextmanager
async def playing(
    path: Path, *, speed: float | None = 1000.0, from_s: float = 0.0, loop: bool = False
) -> AsyncIterator[tuple[Overview, Listener]]:
    """Play a recording."""
    recording = Recording(path)
    overview = recording.look_over()
    replay = Replay(recording, overview, speed=speed, from_s=from_s, loop=loop)
    room = overview.first.web_rid or overview.first.room_id
    async with replay, _rooms(replay, room, REPLAYING, None) as (hub, listener):
        replay.is_taken = lambda: all(map(hub.is_taken, hub.streams()))
        yield overview, listener
