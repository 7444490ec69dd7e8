"""The browser and the socket in the same room of the simulator's, whose page is a program of its
own: signs, connects, acknowledges, polls, and gets into trouble."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from test_browser_transport import Notes

from relay.config import BrowserConfig, SignerConfig
from relay.sim import Behaviours, Scenario, Simulator, Timing
from relay.sim.room import SimRoom
from relay.upstream.broadcast import Broadcast
from relay.upstream.client import Timings, Upstream
from relay.upstream.failures import SessionEnd
from relay.upstream.identity import new_visitor_id
from relay.upstream.transports.browser import BrowserTimings
from relay.upstream.transports.socket import SocketTimings

pytestmark = pytest.mark.browser

QUICK = Timing(
    page_heartbeat_s=0.2, page_retry_s=0.1, heartbeat_deadline_s=2, fetch_interval_ms=100
)
SOCKET = SocketTimings(heartbeat_s=0.2)


class Watched:
    """A room of the simulator's, watched in a browser."""

    def __init__(self, sim: Simulator, upstream: Upstream) -> None:
        self.sim = sim
        self.upstream = upstream
        self.room: SimRoom = next(iter(sim.rooms.values()))

    async def hold(self, transport: str, notes: Notes) -> SessionEnd:
        identity = self.upstream.identities.choose([self.room.web_rid])
        broadcast = Broadcast(
            self.room.room_id, self.room.web_rid, new_visitor_id(Random()), identity
        )
        try:
            return await self.upstream.transports()[transport].run(broadcast, notes)  # type: ignore[index]
        finally:
            notes.over()


def simulator(**behaviours: Any) -> Simulator:
    return Simulator(
        Scenario(
            rooms=1,
            rate=50,
            timing=QUICK,
            require_signature="page_sdk" in behaviours,
            behaviours=Behaviours(**behaviours),
        )
    )


def upstream(sim: Simulator, chromium: str, **timings: float) -> Upstream:
    return Upstream(
        sim.upstream_config(),
        Timings(SOCKET, browser=BrowserTimings(**timings)),
        browser=BrowserConfig(executable=chromium),
    )


def since(room: SimRoom, begin: str, end: str, ids: Sequence[int]) -> list[str]:
    """Give what was heard, once and in order, of what was sent after `begin` and until `end`."""
    sent = [message.msg_id for message in room.ledger.sent]
    heard = {str(number) for number in ids}
    return [
        msg_id for msg_id in sent[sent.index(begin) + 1 : sent.index(end) + 1] if msg_id in heard
    ]


@pytest.mark.parametrize("mode", ["socket", "poll", "both", "worker", "iframe"])
async def test_the_same_messages(chromium: str, mode: str) -> None:
    async with simulator(page_mode=mode) as sim, upstream(sim, chromium) as opened:
        watched = Watched(sim, opened)
        by_browser, by_socket = Notes(), Notes()
        held = [
            asyncio.create_task(watched.hold("browser", by_browser)),
            asyncio.create_task(watched.hold("socket", by_socket)),
        ]
        await by_browser.until(lambda: by_browser.opens == 1)
        await by_socket.until(lambda: by_socket.opens == 1)
        # What came before is what upstream repeats: a few of the last ones.
        begin = watched.room.ledger.sent[-1].msg_id
        seen = len(by_socket.ids)
        await by_socket.until(lambda: len(by_socket.ids) > seen + 100)
        last = by_socket.ids[-1]
        await by_browser.until(lambda: last in by_browser.ids)
        for task in held:
            task.cancel()
        await asyncio.wait(held)
        one = since(watched.room, begin, str(last), by_browser.ids)
        other = since(watched.room, begin, str(last), by_socket.ids)
        assert len(one) > 50
        assert one == other
        assert by_browser.errors == []
        assert sim.ledger.calls["media"] == 0


async def heard(watched: Watched, notes: Notes, messages: int) -> asyncio.Task[SessionEnd]:
    task = asyncio.create_task(watched.hold("browser", notes))
    await notes.until(lambda: len(notes.ids) > messages)
    return task


@pytest.mark.parametrize(
    "behaviours",
    [
        {"page_popup": True, "page_popup_holds": True},
        {"push": "blocked"},
        {"page_sdk": "wrong"},
        {"page_idle_s": 0.3},
        {"page_reload_after_s": 0.5},
    ],
    ids=["login pop-up", "push refused", "wrong signature", "rests when idle", "reloads"],
)
async def test_trouble_that_a_page_gets_out_of(chromium: str, behaviours: dict[str, Any]) -> None:
    async with (
        simulator(**behaviours) as sim,
        upstream(sim, chromium, look_s=0.1, stir_s=0.2) as opened,
    ):
        notes = Notes()
        task = await heard(Watched(sim, opened), notes, 150)
        assert not task.done()
        assert notes.opens == 1
        task.cancel()
        await asyncio.wait((task,))


@pytest.mark.parametrize(
    ("behaviours", "cause"),
    [
        ({"page_crash_after_s": 0.2}, "page_crashed"),
        ({"page": "captcha"}, "captcha"),
        ({"page": "login"}, "login_popup"),
    ],
)
async def test_trouble_that_is_told(chromium: str, behaviours: dict[str, Any], cause: str) -> None:
    timings = {"look_s": 0.05, "open_s": 2.0, "trouble_s": 0.3}
    async with simulator(**behaviours) as sim, upstream(sim, chromium, **timings) as opened:
        async with asyncio.timeout(30):
            end = await Watched(sim, opened).hold("browser", Notes())
        assert end.cause == cause, end


async def test_signatures_that_the_simulator_takes(chromium: str) -> None:
    scenario = Scenario(rooms=1, rate=50, timing=QUICK, require_signature=True)
    async with (
        Simulator(scenario) as sim,
        Upstream(
            sim.upstream_config(),
            Timings(SOCKET),
            signers=[SignerConfig(kind="browser")],
            browser=BrowserConfig(executable=chromium),
        ) as opened,
    ):
        notes = Notes()
        task = asyncio.create_task(Watched(sim, opened).hold("socket", notes))
        await notes.until(lambda: len(notes.ids) > 50)
        assert not task.done(), task.result()
        task.cancel()
        await asyncio.wait((task,))
