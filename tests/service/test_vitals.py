"""When systemd gets a sign of life, and when not."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import make_event, make_status

from relay.config import Config, HubConfig, RoomConfig
from relay.hub import Hub
from relay.room import Policy, RoomManager
from relay.service.systemd import Notifier, take_sockets, watchdog_s
from relay.service.vitals import HUB_STILL_S, Vitals
from relay.upstream.client import Upstream


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
    policy = Policy()
    return RoomManager(hub, config, Upstream.of(config, policy.timings), policy)


async def test_while_all_moves(heard: Heard) -> None:
    hub = Hub(HubConfig())
    vitals = Vitals(heard.notifier, 30.0, hub, manager(hub), lambda: 7)
    vitals.tell()
    assert heard() == {
        "WATCHDOG": "1",
        "STATUS": "serving 7 clients; 0 rooms, 0 of them live",
    }


async def test_not_while_the_hub_gives_nothing_out(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    hub = Hub(HubConfig())
    vitals = Vitals(heard.notifier, 30.0, hub, manager(hub), lambda: 0)
    stream = hub.open(make_status("1"))
    monkeypatch.setattr(hub, "_arm", lambda: None)
    hub.publish(stream, [make_event()])
    # Nobody listens: nothing waits.
    clock.ahead_s = HUB_STILL_S + 1
    vitals.tell()
    assert "WATCHDOG" in heard()
    monkeypatch.setattr(hub, "_unflushed", {object(): None})
    clock.ahead_s = 1e6
    vitals.tell()
    assert heard() == {"STATUS": f"stands still: {_waited(hub)}"}


def _waited(hub: Hub) -> str:
    return f"events have waited {hub.unflushed_s:.0f} s to be given out"


async def test_not_while_a_fetcher_hangs(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)

    async def hang(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("relay.room.fetcher.Fetcher._find_broadcast", hang)
    hub = Hub(HubConfig())
    rooms = manager(hub, "80000000001", "80000000002")
    vitals = Vitals(heard.notifier, 30.0, hub, rooms, lambda: 0)
    running = asyncio.create_task(rooms.run())
    for _ in range(5):
        await asyncio.sleep(0)
    vitals.tell()
    assert "WATCHDOG" in heard()
    clock.ahead_s = 3600
    vitals.tell()
    assert heard() == {"STATUS": "stands still: room 80000000001 (of 2)"}
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
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0relay-tests-notify")
        Notifier.of({"NOTIFY_SOCKET": "@relay-tests-notify"}).send(READY=1, STATUS="serving")
        assert listening.recv(100) == b"READY=1\nSTATUS=serving"
