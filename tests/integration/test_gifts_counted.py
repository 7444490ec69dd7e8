"""Gifts from upstream to a client: what is added up there is what was truly given."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from serving import WORKERS
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from relay.app import running
from relay.config import Config, HubConfig, RoomConfig, ServerConfig, WatchConfig
from relay.server import RelayServer
from relay.sim import Scenario, Simulator
from relay.sim.gifts_told import GiftTotals
from relay.sim.room import SimRoom
from relay.sim.scenario import RoomPlan, Step

Frame = dict[str, Any]
BAD = {"duplicate_every": 7, "reorder_every": 5, "endless_combo_every": 4}
HISTORY_EVENTS = 10_000
"""More than there are: clients may be away while all that a cut held up comes at once."""


class Adding:
    """A client that adds gifts up, and comes back where it was."""

    def __init__(self, server: RelayServer, room: SimRoom) -> None:
        self.events: list[Frame] = []
        self.others: list[Frame] = []
        self._url = server.url.replace("http", "ws", 1)
        self._room = room
        self._epoch = ""

    async def read(self, enough: Callable[[Frame], bool]) -> None:
        """Read frames until one is enough, on a connection of its own; nothing may be missing."""
        async with connect(self.url, max_queue=None) as client, asyncio.timeout(60):
            while True:
                frame = json.loads(await client.recv())
                assert frame.get("op") != "gap", frame
                (self.others if "op" in frame else self.events).append(frame)
                if frame.get("op") == "subscribed":
                    self._epoch = frame["epoch"]
                if enough(frame):
                    return

    @property
    def url(self) -> str:
        """Where to go on; from the beginning, where nothing came yet."""
        offset = self.events[-1]["offset"] if self.events else 0
        since = f"&since={self._epoch}:{offset}" if self._epoch else ""
        return f"{self._url}/ws?room_id={self._room.web_rid}&method=gift,gift_combo{since}"

    def of(self, method: str) -> list[Frame]:
        return [frame["payload"] for frame in self.events if frame["method"] == method]

    @property
    def increments(self) -> GiftTotals:
        gifts = self.of("WebcastGiftMessage")
        return GiftTotals(
            len({gift["combo_id"] for gift in gifts}),
            sum(gift["increment"] for gift in gifts),
            sum(gift["increment_diamonds"] for gift in gifts),
        )

    @property
    def finished(self) -> GiftTotals:
        combos = self.of("RelayGiftCombo")
        return GiftTotals(
            len({combo["combo_id"] for combo in combos}),
            sum(combo["count"] for combo in combos),
            sum(combo["diamond_total"] for combo in combos),
        )


@asynccontextmanager
async def relay_for(simulator: Simulator, **config: Any) -> AsyncIterator[RelayServer]:
    async with running(
        Config(
            server=ServerConfig(port=0, workers=WORKERS),
            hub=HubConfig(history_events=HISTORY_EVENTS),
            watch=WatchConfig(status_poll_s=1),
            rooms=[RoomConfig(room=name) for name in simulator.rooms],
            upstream=simulator.upstream_config(),
            **config,
        )
    ) as server:
        yield server


def more(client: Adding, room: SimRoom) -> Callable[[Frame], bool]:
    """Wait for more events than can be on their way, of which the last came after a cut."""
    goal = len(client.events) + 100
    return lambda _: len(client.events) >= goal and bool(room.lines)


def ends(room: SimRoom) -> Callable[[Frame], bool]:
    """End the broadcast as soon as the relay is back, and wait until that is known."""

    def enough(frame: Frame) -> bool:
        # Behind a cut that the relay has not noticed yet it is not back.
        if frame.get("state") == "live" and room.live and room.lines:
            room.obey(Step(do="end"))
        return frame.get("state") == "ended"

    return enough


def a_room(**behaviours: Any) -> Scenario:
    # Slow at first: what was sent before the relay came is repeated to it, and nothing is missed.
    plan = RoomPlan(web_rid="80000000001", rate=1.0, behaviours={**BAD, **behaviours})
    return Scenario(rooms=[plan])


@pytest.mark.parametrize("masked_users", [False, True])
async def test_over_cuts_and_reconnects_all_sums_are_the_true_ones(masked_users: bool) -> None:
    async with Simulator(a_room(masked_users=masked_users)) as simulator:
        (room,) = simulator.rooms.values()
        async with relay_for(simulator) as server:
            client = Adding(server, room)
            await client.read(lambda frame: frame.get("state") == "live")
            room.obey(Step(do="behave", rate=200.0))
            for _ in range(3):
                await client.read(more(client, room))
                room.obey(Step(do="cut"))
            # What is sent while the connection is cut comes then, unless the broadcast ends.
            room.obey(Step(do="behave", rate=1.0))
            true = room.ledger.gifts.totals(room.room_id)
            await client.read(lambda _: client.increments == true)
            await client.read(ends(room))
        groups = room.ledger.gifts.combos(room.room_id)

    assert true.combos > 50
    assert client.increments == true
    assert client.finished == true
    totals: dict[tuple[str, str, str], int] = defaultdict(int)
    for combo in client.of("RelayGiftCombo"):
        if combo["group_id"]:
            key = (combo["user"]["sec_uid"], combo["gift_id"], combo["group_id"])
            totals[key] += combo["count"]
    assert totals == groups


async def test_what_is_open_when_the_relay_stops_is_told_before_its_clients_go() -> None:
    async with Simulator(a_room()) as simulator:
        (room,) = simulator.rooms.values()
        async with relay_for(simulator) as server:
            client = Adding(server, room)
            await client.read(lambda frame: frame.get("state") == "live")
            room.obey(Step(do="behave", rate=200.0))
            await client.read(lambda _: len(client.of("WebcastGiftMessage")) > 100)
            viewer = await connect(client.url, max_queue=None)
        with suppress(ConnectionClosed):
            while True:
                frame = json.loads(await viewer.recv())
                if "op" not in frame:
                    client.events.append(frame)

    assert viewer.close_code == 3001
    assert client.finished == client.increments
    assert client.of("RelayGiftCombo")[-1]["closed_by"] == "stop"


async def test_a_broadcast_that_follows_another_counts_on_its_own() -> None:
    async with Simulator(a_room()) as simulator:
        (room,) = simulator.rooms.values()
        async with relay_for(simulator) as server:
            client = Adding(server, room)
            await client.read(lambda frame: frame.get("state") == "live")
            first = room.room_id
            room.obey(Step(do="behave", rate=200.0))
            await client.read(lambda _: len(client.of("WebcastGiftMessage")) > 100)
            await client.read(ends(room))
            true = room.ledger.gifts.totals(first)
            told = len(client.events)
            room.obey(Step(do="next_broadcast"))
            await client.read(lambda _: len(client.events) > told + 20)

    of_first, of_second = client.events[:told], client.events[told:]
    assert {frame["room_id"] for frame in of_first} == {first}
    assert {frame["room_id"] for frame in of_second} == {room.room_id}
    client.events = of_first
    assert client.finished == client.increments == true
    assert "broadcast" in {combo["closed_by"] for combo in client.of("RelayGiftCombo")}
    known = {frame["payload"]["combo_id"] for frame in of_first}
    assert not known & {frame["payload"]["combo_id"] for frame in of_second}
