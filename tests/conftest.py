"""What every test shares: the leak check, the recorded frames, Chromium."""

import asyncio
import gc
import os
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import psutil
import pytest
from hypothesis import settings

from relay.hub import sending

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "fixtures"
SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds" / "repaired"
# How long an example takes says more of the machine than of us.
settings.register_profile("relay", deadline=None)
settings.load_profile("relay")

NOTHING_MAY_BE_SKIPPED = os.environ.get("RELAY_TESTS_ALL") == "1"


def _sockets() -> set[tuple[int, int, object, object]]:
    """Open internet sockets of this process: (fd, family, local, remote)."""
    return {
        (c.fd, int(c.family), c.laddr, c.raddr)
        for c in psutil.Process().net_connections(kind="inet")
    }


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Fail a test that leaves a thread or a socket behind."""
    threads = set(threading.enumerate())
    sockets = _sockets()
    # What was there before need not be looked through after every test: that takes longer than
    # most tests do.
    gc.freeze()
    yield
    gc.collect()
    left = _sockets() - sockets
    assert not left, f"sockets left open: {left}"
    # The event loop's own executor threads end with the loop.
    alive = [t for t in set(threading.enumerate()) - threads if not t.name.startswith("asyncio_")]
    for thread in alive:  # one that waited for a process says so before it ends
        thread.join(1)
    alive = [thread for thread in alive if thread.is_alive()]
    assert not alive, f"threads left running: {alive}"


@pytest.fixture(autouse=True)
async def no_tasks_left() -> AsyncIterator[None]:
    """Fail an async test that leaves a task behind."""
    before = asyncio.all_tasks()
    yield
    left = {t for t in asyncio.all_tasks() - before - {asyncio.current_task()} if not t.done()}
    assert not left, f"tasks left running: {left}"


def _do_without(reason: str) -> NoReturn:
    if NOTHING_MAY_BE_SKIPPED:
        pytest.fail(f"RELAY_TESTS_ALL=1, but there is {reason}")
    pytest.skip(reason)


@pytest.fixture(params=["C", "Python"])
def send_all(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Each of the two loops that send a batch to many sockets, in use by the fan-out."""
    if request.param == "Python":
        monkeypatch.setattr(sending, "send_all", sending.send_each)
    elif not sending.ACCELERATED:
        _do_without("no relay/hub/_sending (gcc and Python's headers build it: make setup)")
    return sending.send_all


@pytest.fixture
def recorded() -> Path:
    """The folder of recorded upstream data, beside the checkout."""
    if not RECORDED.is_dir():
        _do_without(f"no recorded frames at {RECORDED}")
    return RECORDED


@pytest.fixture
def seeds() -> Path:
    """The folder of the example answers that the REST endpoints keep to, as valid JSON."""
    if not SEEDS.is_dir():
        _do_without(f"no example answers at {SEEDS}")
    return SEEDS


@pytest.fixture
def chromium() -> str:
    """Path of a Chromium binary."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        _do_without("no Chromium on this machine (Debian: apt-get install chromium)")
    return found
