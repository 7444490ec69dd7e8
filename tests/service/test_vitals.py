"""When systemd gets a sign of life, and when not."""

import asyncio
import re
import socket
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from serving import make_event, make_status

from relay.config import Config, HubConfig, RoomConfig
from relay.hub import Entry, Filter, Hub
from relay.room import Policy, RoomManager, keeping
from relay.room.retry import BackOff
from relay.service.systemd import Notifier, take_sockets, watchdog_s
from relay.service.vitals import HUB_STILL_S, Vitals
from relay.upstream.client import Upstream

ROOMS = ("80000000001", "80000000002")


class Heard:
    """What systemd hears."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)
        self.notifier = Notifier.of({"NOTIFY_SOCKET": str(path)})

    def __call__(self) -> dict[str, str]:
        text = self.socket.recv(65536).decode()
        return dict(line.split("=", 1) for line in text.split("\n"))


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Heard]:
    heard = Heard(tmp_path / "notify")
    yield heard
    heard.socket.close()


class Clock:
    """The loop's clock, put forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead_s = 0.0
        loop = asyncio.get_running_loop()
        time = loop.time
        monkeypatch.setattr(loop, "time", lambda: time() + self.ahead_s)


def manager(hub: Hub, *rooms: str) -> RoomManager:
    config = Config(rooms=[RoomConfig(room=room) for room in rooms])
    policy = Policy(crash=BackOff(0.001, 1.0))
    return RoomManager(hub, config, Upstream.of(config, policy.timings), policy)


async def test_while_all_moves(heard: Heard) -> None:
    hub = Hub(HubConfig())
    vitals = Vitals(heard.notifier, 30.0, hub, manager(hub), lambda: 7)
    vitals.tell()
    assert heard() == {
        "WATCHDOG": "1",
        "STATUS": "serving 7 clients; 0 rooms, 0 of them live",
    }


class Listener:
    """A client, as the hub has it: written to, and never behind."""

    descriptor = -1

    def __init__(self) -> None:
        self.written = asyncio.Event()

    def frame(self, entry: Entry) -> bytes:
        return entry.body

    def write(self, _data: bytes | memoryview) -> None:
        self.written.set()

    def buffered(self) -> int:
        return 0


async def test_not_while_the_hub_gives_nothing_out(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    hub = Hub(HubConfig())
    vitals = Vitals(heard.notifier, 30.0, hub, manager(hub), lambda: 0)
    stream = hub.open(make_status("1"))
    hub.publish(stream, [make_event()])
    # Nobody listens: nothing waits.
    clock.ahead_s = HUB_STILL_S + 1
    vitals.tell()
    assert "WATCHDOG" in heard()
    listener = Listener()
    subscriber = hub.subscriber(listener, listener)  # type: ignore[arg-type]
    hub.subscribe(subscriber, stream, Filter.of(None))
    hub.publish(stream, [make_event(content="next")])
    # It is given out in the next turn of the event loop, and there has been none.
    clock.ahead_s += HUB_STILL_S + 1
    vitals.tell()
    assert re.fullmatch(
        r"stands still: events have waited 1[12] s to be given out", status(heard())
    )
    await listener.written.wait()
    vitals.tell()
    assert "WATCHDOG" in heard()
    subscriber.close()


def status(message: dict[str, str]) -> str:
    """Give what is said where no sign of life is given."""
    assert message.keys() == {"STATUS"}
    return message["STATUS"]


class Fetchers:
    """Stand in for what watches rooms: they hang, some of them whatever they are told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stubborn: Collection[str] = ()) -> None:
        self.begun: Counter[str] = Counter()
        self.let_go = asyncio.Event()
        self._stubborn = stubborn
        self._changed = asyncio.Event()
        fetchers = self

        async def run(fetcher: Any) -> None:
            fetcher._output.rests(0)
            await fetchers._hang(fetcher._name.value)

        monkeypatch.setattr("relay.room.fetcher.Fetcher.run", run)

    async def _hang(self, name: str) -> None:
        self.begun[name] += 1
        self._changed.set()
        while not self.let_go.is_set():
            try:
                await self.let_go.wait()
            except asyncio.CancelledError:
                if name not in self._stubborn or self.let_go.is_set():
                    raise
                self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that they bring about."""
        async with asyncio.timeout(30):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


async def test_a_room_whose_fetcher_hangs_is_begun_again_and_the_others_go_on(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK_S", 0.01)
    clock = Clock(monkeypatch)
    fetchers = Fetchers(monkeypatch)
    hub = Hub(HubConfig())
    rooms = manager(hub, *ROOMS)
    vitals = Vitals(heard.notifier, 30.0, hub, rooms, lambda: 0)
    running = asyncio.create_task(rooms.run())
    await fetchers.until(lambda: fetchers.begun.total() == 2)
    vitals.tell()
    assert "hung" not in heard()["STATUS"]
    moving = rooms.find(ROOMS[1])
    clock.ahead_s = 3600
    rooms._rooms[moving].output.rests(0)  # type: ignore[index]
    await fetchers.until(lambda: fetchers.begun[ROOMS[0]] == 2)
    assert fetchers.begun[ROOMS[1]] == 1
    vitals.tell()
    said = heard()
    assert said["WATCHDOG"] == "1"
    assert said["STATUS"].endswith("; tasks of rooms that hung and were started again: 1")
    restarts = {
        room: stream.counters.cures["restart"] for room in ROOMS if (stream := rooms.find(room))
    }
    assert restarts == {ROOMS[0]: 1, ROOMS[1]: 0}
    running.cancel()
    await asyncio.wait([running])


async def test_not_while_no_fetcher_can_be_ended(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK_S", 0.01)
    clock = Clock(monkeypatch)
    fetchers = Fetchers(monkeypatch, stubborn=ROOMS)
    hub = Hub(HubConfig())
    rooms = manager(hub, *ROOMS)
    vitals = Vitals(heard.notifier, 30.0, hub, rooms, lambda: 0)
    running = asyncio.create_task(rooms.run())
    await fetchers.until(lambda: fetchers.begun.total() == 2)
    moving = rooms.find(ROOMS[1])
    clock.ahead_s = 3600
    rooms._rooms[moving].output.rests(1e9)  # type: ignore[index]
    await fetchers.until(lambda: rooms.hung() == [ROOMS[0]])
    vitals.tell()
    said = heard()
    assert "WATCHDOG" in said, "the other one's clients have done nothing"
    assert f"the task of room {ROOMS[0]} hangs (of 1 rooms)" in said["STATUS"]
    clock.ahead_s = 1e10
    await fetchers.until(lambda: len(rooms.hung()) == 2)
    vitals.tell()
    assert status(heard()) == "stands still: the tasks of all 2 rooms"
    fetchers.let_go.set()
    running.cancel()
    await asyncio.wait([running])


async def test_a_room_whose_task_was_cancelled_with_something_else_is_begun_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeping, "LOOK_S", 0.01)
    fetchers = Fetchers(monkeypatch)
    rooms = manager(Hub(HubConfig()), ROOMS[0])
    running = asyncio.create_task(rooms.run())
    await fetchers.until(lambda: fetchers.begun.total() == 1)
    (watched,) = rooms._rooms.values()
    assert watched.task is not None
    watched.task.cancel()
    await fetchers.until(lambda: fetchers.begun.total() == 2)
    assert rooms.restarts == 1
    assert watched.stream.counters.cures["restart"] == 1
    running.cancel()
    await asyncio.wait([running])


def test_what_systemd_says_is_for_one_process_only() -> None:
    env = {"LISTEN_PID": "1", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "relay", "HOME": "/"}
    assert take_sockets(env) == []
    assert env == {"HOME": "/"}, "what we start is not to take them either"
    assert watchdog_s({"WATCHDOG_PID": "1", "WATCHDOG_USEC": "30000000"}) is None
    assert watchdog_s({"WATCHDOG_USEC": "30000000"}) == 30.0
    assert watchdog_s({}) is None


def test_nobody_is_told_where_nobody_listens(tmp_path: Path) -> None:
    for address in ("", "vsock:2:1234", str(tmp_path / "gone"), "@gone"):
        Notifier(address).send(READY=1)


def test_abstract_addresses() -> None:
    name = f"relay-tests-{uuid4().hex}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        Notifier.of({"NOTIFY_SOCKET": f"@{name}"}).send(READY=1, STATUS="serving")
        assert listening.recv(100) == b"READY=1\nSTATUS=serving"
