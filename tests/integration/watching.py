"""Helps tests watch rooms: a policy that waits milliseconds, a subscriber that remembers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import groupby
from random import Random
from typing import Any

from relay.config import (
    BrowserConfig,
    Config,
    HubConfig,
    LoginConfig,
    RoomConfig,
    SignerConfig,
    UpstreamConfig,
    WatchConfig,
)
from relay.events import OWN_METHODS
from relay.hub import Entry, Filter, Hub, RoomState, Stream, Subscription
from relay.room import Policy, RoomManager
from relay.room.retry import BackOff
from relay.upstream.client import Timings, Upstream
from relay.upstream.failures import Failure
from relay.upstream.fetch import PollTimings
from relay.upstream.transports.socket import SocketTimings

SOON = BackOff(0.005, 0.02)
QUICK = Policy(
    back_off=dict.fromkeys(Failure, SOON),
    not_found=SOON,
    crash=SOON,
    next_cure_s=0.005,
    connects_per_s=10_000,
    stagger_s=0.01,
    climb=BackOff(0.05, 0.05),
    confirm=SOON,
    stands_s=0.0,
    doubt_s=30.0,
    timings=Timings(
        SocketTimings(heartbeat_s=0.2, first_position_s=5.0),
        PollTimings(default_s=0.01, min_s=0.01),
    ),
    random=Random(7),
)
"""Nothing is waited for long; stalls are only seen by tests that ask for them."""


def quick(**changes: Any) -> Policy:
    return replace(QUICK, **changes)


class _JsonEncoding:
    def frame(self, entry: Entry) -> bytes:
        return entry.body + b"\n"


class Listener:
    """A client of the hub that keeps every frame that it is given."""

    def __init__(self, hub: Hub) -> None:
        self.frames: list[dict[str, Any]] = []
        self.lines: list[bytes] = []
        """The same as they were written."""
        self.ended_with: list[str] = []
        self.moved_to: list[Stream] = []
        self._hub = hub
        self._changed = asyncio.Event()
        self._subscriber = hub.subscriber(self, _JsonEncoding())

    def listen(self, stream: Stream) -> None:
        self._hub.subscribe(self._subscriber, stream, Filter())

    def stop(self) -> None:
        self._subscriber.close()

    @property
    def events(self) -> list[tuple[str, str]]:
        """(method, msg_id) of all of upstream's events."""
        return [(f["method"], f["msg_id"]) for f in self.upstreams]

    @property
    def upstreams(self) -> list[dict[str, Any]]:
        """The events that upstream sent, without those that the relay makes itself."""
        return [f for f in self.frames if "op" not in f and f["method"] not in OWN_METHODS]

    @property
    def states(self) -> list[str]:
        """Each state once, however often its texts changed."""
        states = [f["state"] for f in self.frames if f.get("op") == "room"]
        return [state for state, _ in groupby(states)]

    @property
    def gaps(self) -> list[str]:
        return [f["reason"] for f in self.frames if f.get("op") == "gap"]

    @property
    def health(self) -> list[dict[str, Any]]:
        """What room frames said of the rooms' health, each once."""
        said = [f["health"] for f in self.frames if f.get("op") == "room"]
        return [health for health, _ in groupby(said)]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def until_state(self, state: RoomState) -> None:
        await self.until(lambda: self.states[-1:] == [state.value])

    # hub.Sink

    descriptor = -1

    def write(self, data: bytes) -> None:
        lines = data.splitlines()
        self.lines += lines
        self.frames += map(json.loads, lines)
        self._changed.set()

    def buffered(self) -> int:
        return 0

    def close_slow(self, reason: str) -> None:
        raise AssertionError(reason)

    def moved(self, old: Stream, subscription: Subscription) -> None:
        self.moved_to.append(subscription.stream)
        self._changed.set()

    def ended(self, subscription: Subscription, reason: str) -> None:
        self.ended_with.append(reason)
        self._changed.set()


@asynccontextmanager
async def watching(
    upstream: UpstreamConfig,
    *rooms: str,
    policy: Policy = QUICK,
    watch: WatchConfig | None = None,
    signers: Sequence[SignerConfig] = (),
    logins: Sequence[LoginConfig] = (),
    browser: BrowserConfig | None = None,
) -> AsyncIterator[tuple[RoomManager, Listener]]:
    """Run a manager; the listener hears every configured room from the start."""
    config = Config(
        upstream=upstream,
        rooms=[RoomConfig(room=room) for room in rooms],
        watch=watch or WatchConfig(status_poll_s=0.02, linger_s=0.02),
        signers=list(signers),
        logins=list(logins),
        browser=browser or BrowserConfig(),
        hub=HubConfig(history_events=100_000, history_bytes=1 << 30),
    )
    hub = Hub(config.hub)
    async with Upstream.of(config, policy.timings) as opened:
        manager = RoomManager(hub, config, opened, policy)
        listener = Listener(hub)
        running = asyncio.create_task(manager.run(), name="manager")
        try:
            for room in rooms:
                # Asked for before anything could happen: nothing is missed.
                listener.listen(manager.add(room))
            yield manager, listener
        finally:
            listener.stop()
            running.cancel()
            await asyncio.wait([running])
            if not running.cancelled():
                running.result()
