"""Rooms that are watched through pages in a real Chromium, by the whole relay but its server."""

import msgspec
import psutil
import pytest
from watching import quick, watching

from relay.config import BrowserConfig, UpstreamConfig
from relay.events import OWN_METHODS
from relay.hub import RoomState
from relay.sim import Scenario, Simulator
from relay.upstream.client import Timings
from relay.upstream.fetch import PollTimings
from relay.upstream.transports.browser import BrowserTimings
from relay.upstream.transports.socket import SocketTimings

pytestmark = pytest.mark.browser

POLICY = quick(
    timings=Timings(
        SocketTimings(heartbeat_s=0.2),
        PollTimings(default_s=0.01, min_s=0.01),
        BrowserTimings(look_s=0.2),
    )
)


def through_browser(sim: Simulator, transport: str) -> UpstreamConfig:
    return msgspec.structs.replace(sim.upstream_config(), transport=transport)


async def test_a_killed_browser_costs_a_moment(chromium: str) -> None:
    async with Simulator(Scenario(rooms=2, rate=20, require_signature=True)) as sim:
        config = through_browser(sim, "browser")
        browser = BrowserConfig(executable=chromium)
        async with watching(config, *sim.rooms, policy=POLICY, browser=browser) as (_, listener):
            await listener.until(lambda: len(rooms_heard(listener.frames)) == 2)
            (shell,) = [p for p in psutil.Process().children() if p.name() == "sh"]
            shell.children()[0].kill()
            await listener.until(lambda: "browser_down" in reasons(listener.frames))
            before = len(listener.frames)
            await listener.until(lambda: len(rooms_heard(listener.frames[before:])) == 2)
            assert listener.states[-1] == RoomState.LIVE
            assert len(listener.events) == len(set(listener.events))


async def test_a_page_takes_over_where_the_socket_is_refused(chromium: str) -> None:
    async with Simulator(Scenario(rooms=1, rate=20, require_signature=True)) as sim:
        config = through_browser(sim, "auto")
        browser = BrowserConfig(executable=chromium)
        async with watching(config, *sim.rooms, policy=POLICY, browser=browser) as (
            manager,
            listener,
        ):
            await listener.until_state(RoomState.LIVE)
            (stream,) = manager.streams()
            assert stream.status.transport == "browser"


def rooms_heard(frames: list[dict[str, object]]) -> set[object]:
    """Of which rooms something came from upstream."""
    return {
        frame["web_rid"]
        for frame in frames
        if "op" not in frame and frame["method"] not in OWN_METHODS
    }


def reasons(frames: list[dict[str, object]]) -> set[object]:
    return {frame["reason"] for frame in frames if frame.get("op") == "room"}
