"""Disks that fill up or break under a relay with a store: live events go on, the rest is said."""

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hurting import ROOM, Size, check_all, hurt_relay, listening
from ledger import Listener, all_hear

from relay.client import Gap
from relay.sim import Scenario

_SECTIONS = "\n[store]\npath = '{}'\n[hub]\nhistory_events = 5000"


def intact(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


async def test_files_that_may_not_grow(tmp_path: Path, size: Size) -> None:
    store = tmp_path / "store.db"
    config = _SECTIONS.format(store)
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=400), config) as (relay, simulator):
        listener = Listener(relay.url, [ROOM])
        async with listening(relay, listener):
            await all_hear([listener])
            await relay.until("relay_store_events_total", 100)
            _, hard = resource.prlimit(relay.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(relay.pid, resource.RLIMIT_FSIZE, (200_000, hard))
            await relay.until("relay_store_degraded", 1)
            await listener.hears(size.of(100, 5000))
            resource.prlimit(relay.pid, resource.RLIMIT_FSIZE, (hard, hard))
            async with asyncio.timeout(60):
                while await relay.metric("relay_store_degraded"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await listener.hears(100)
        assert not any(isinstance(item, Gap) for item in listener.got[ROOM])
        check_all(simulator, listener)
        assert await relay.metric("relay_store_lost_total") == 0
    assert intact(store)


@pytest.fixture
def small_disk(tmp_path: Path, size: Size) -> Iterator[Path]:
    """A file system of 64 MiB."""
    if not size.is_full:
        pytest.skip("files that may not grow stand for it")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if os.getuid() != 0 or mounted.returncode:
        pytest.skip("mounting takes root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk(tmp_path: Path, small_disk: Path, size: Size) -> None:
    store = small_disk / "store.db"
    config = _SECTIONS.format(store)
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=400), config) as (relay, simulator):
        listener = Listener(relay.url, [ROOM])
        async with listening(relay, listener):
            await all_hear([listener])
            filler = small_disk / "filler"
            with filler.open("wb", buffering=0) as file:
                while True:
                    try:
                        file.write(bytes(65_536))
                    except OSError:
                        break
            await relay.until("relay_store_degraded", 1)
            await listener.hears(size.of(100, 5000))
            filler.unlink()
            async with asyncio.timeout(60):
                while await relay.metric("relay_store_degraded"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            stored = await relay.metric("relay_store_events_total")
            await relay.until("relay_store_events_total", stored + 100)
        assert not any(isinstance(item, Gap) for item in listener.got[ROOM])
        check_all(simulator, listener)
    assert intact(store)


async def test_killed_while_the_disk_is_full(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    config = _SECTIONS.format(store)
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=400), config) as (relay, simulator):
        listener = Listener(relay.url, [ROOM])
        async with listening(relay, listener):
            await all_hear([listener])
            await relay.until("relay_store_events_total", 100)
            _, hard = resource.prlimit(relay.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(relay.pid, resource.RLIMIT_FSIZE, (200_000, hard))
            await relay.until("relay_store_degraded", 1)
            relay.send(signal.SIGKILL)
            await relay.ended()
            assert intact(store)
            await relay.start()
            async with asyncio.timeout(30):
                await listener.hears(100)
        check_all(simulator, listener)
        gaps = [item.reason for item in listener.got[ROOM] if isinstance(item, Gap)]
        assert gaps == ["restart"]
