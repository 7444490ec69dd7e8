"""Workers that crash, hang or can't start; and that none is left, whatever becomes of the relay."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from processes import closed_with, ended, rest, worker_of, workers
from serving import Relay, make_event, receive, receive_until, relay_running
from websockets.asyncio.client import connect

from relay.config import ServerConfig
from relay.errors import CloseCode, ExitCode, ListenError, RelayError
from relay.workers import link, pool

ROOT = Path(__file__).parents[2]


async def replaced(relay: Relay, worker: psutil.Process) -> None:
    """Wait until another worker serves in a worker's place."""
    await ended(worker)
    async with asyncio.timeout(30):
        while len(workers()) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_worker_that_hangs_is_replaced(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "TICK_S", 0.2)
    async with relay.connect("?room_id=1") as client:
        await receive(client, 3)
        worker = worker_of(client)
        worker.send_signal(signal.SIGSTOP)
        await replaced(relay, worker)
        assert await closed_with(client) == 1006
    await relay.rooms.let_go()


async def test_a_worker_that_does_not_read_its_feed_holds_up_nobody(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MAX_WAITING_BYTES", 1 << 20)
    async with relay.connect("?room_id=1") as client, relay.connect("?room_id=1") as other:
        for each in (client, other):
            await receive(each, 3)
        worker = worker_of(client)
        worker.send_signal(signal.SIGSTOP)
        is_shared = worker_of(other) == worker
        offset = 0
        while worker.is_running():
            relay.publish("1", make_event(content="好" * 10_000))
            offset += 1
            if not is_shared:
                assert (await receive(other))[0]["offset"] == offset
            await asyncio.sleep(0.001)
        await replaced(relay, worker)
        assert await closed_with(client) == 1006


async def test_a_worker_that_cannot_start_keeps_the_relay_from_starting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RelayError, match=r"worker [12] ended before it served"):
        async with relay_running(server=ServerConfig(port=0, workers=2)):
            pass
    assert workers() == []


async def test_a_worker_of_another_version_does_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "__version__", "0.0.1")
    with pytest.raises(RelayError, match=r"worker [12] ended before it served"):
        async with relay_running(server=ServerConfig(port=0, workers=2)):
            pass
    assert workers() == []


@pytest.mark.parametrize("second", [1, 2])
async def test_a_second_relay_does_not_get_the_port(relay: Relay, second: int) -> None:
    server = ServerConfig(port=relay.server.port, workers=second)
    with pytest.raises(ListenError, match="is in use"):
        async with relay_running(server=server):
            pass
    async with relay.connect("?room_id=1") as client:
        await receive(client, 3)


async def test_a_relay_with_workers_does_not_get_the_port_of_another() -> None:
    async with relay_running(server=ServerConfig(port=0, workers=1)) as first:
        server = ServerConfig(port=first.server.port, workers=2)
        with pytest.raises(ListenError, match="is in use"):
            async with relay_running(server=server):
                pass


async def test_all_clients_are_told_of_a_stop_behind_what_was_for_them() -> None:
    codes = []
    async with relay_running(server=ServerConfig(port=0, workers=2)) as relay:
        relay.rooms.add("1")
        clients = [await relay.connect("?room_id=1") for _ in range(6)]
        for client in clients:
            await receive(client, 3)
        relay.publish("1", make_event())
        reading = [asyncio.create_task(rest(client)) for client in clients]
        port = relay.server.port
    for client, task in zip(clients, reading, strict=True):
        assert [frame["offset"] for frame in await task] == [1]
        codes.append(client.close_code)
    assert codes == [CloseCode.SHUTTING_DOWN] * 6
    assert workers() == []
    async with relay_running(server=ServerConfig(port=port, workers=1)):
        pass


async def test_clients_that_do_not_hang_up_are_cut_off() -> None:
    async with relay_running(server=ServerConfig(port=0, workers=2), stop_s=0.1) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.server.port)
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await reader.readuntil(b"hello")
    assert b"stopping" in await reader.read()
    writer.close()
    assert workers() == []


async def test_a_stop_that_is_interrupted_waits_for_no_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "SILENT_TICKS", 3600)
    async with relay_running(server=ServerConfig(port=0, workers=2)) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.server.port)
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await reader.readuntil(b"hello")
        stopping = asyncio.create_task(relay.server.stop(3600))
        await reader.readuntil(b"stopping")
        for worker in workers():
            worker.send_signal(signal.SIGSTOP)
        stopping.cancel()
        _, late = await asyncio.wait([stopping], timeout=20)
        assert not late
        assert workers() == []
        writer.close()


async def test_a_hangup_of_all_processes_ends_no_worker(relay: Relay) -> None:
    async with relay.connect("?room_id=1") as client:
        await receive(client, 3)
        before = {worker.pid for worker in workers()}
        for worker in workers():
            worker.send_signal(signal.SIGHUP)
        relay.publish("1", make_event())
        assert (await receive(client))[0]["offset"] == 1
        assert {worker.pid for worker in workers()} == before


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
async def test_a_signal_to_all_processes_ends_no_worker_that_is_just_starting(
    number: signal.Signals,
) -> None:
    async def send() -> set[int]:
        while len(started := workers()) < 2:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0)
        for worker in started:
            worker.send_signal(number)
        return {worker.pid for worker in started}

    sending = asyncio.create_task(send())
    async with relay_running(server=ServerConfig(port=0, workers=2)) as relay:
        relay.rooms.add("1")
        started = await sending
        async with relay.connect("?room_id=1") as client:
            await receive(client, 3)
        assert {worker.pid for worker in workers()} == started


@asynccontextmanager
async def demo() -> AsyncIterator[tuple[Process, list[psutil.Process], str]]:
    """A relay of its own process, with two workers; gives it, them, and a WebSocket's address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "relay", "demo", "--port", "0", "--no-browser"),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=ROOT,
        env={**os.environ, "RELAY_SERVER__WORKERS": "2"},
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            while not (line := await process.stdout.readline()).startswith(b"  WebSocket"):
                assert line, "it has ended"
        started = psutil.Process(process.pid).children()
        assert len(started) == 2
        yield process, started, line.split()[1].decode()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_no_worker_outlives_a_relay_that_is_killed() -> None:
    async with demo() as (process, started, url), connect(url, proxy=None) as client:
        await receive_until(client, None)
        started[0].send_signal(signal.SIGSTOP)  # nor one that can't notice it
        process.kill()
        await process.wait()
        for worker in started:
            async with asyncio.timeout(10):
                while _is_alive(worker):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)


def _is_alive(process: psutil.Process) -> bool:
    try:
        # Whoever takes orphans over may be slow to let them go.
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_to_all_processes_is_a_stop_like_any(number: signal.Signals) -> None:
    async with demo() as (process, started, url), connect(url, proxy=None) as client:
        await receive_until(client, None)
        for worker in started:
            worker.send_signal(number)
        process.send_signal(number)
        assert await closed_with(client) == CloseCode.SHUTTING_DOWN
        async with asyncio.timeout(20):
            assert await process.wait() == ExitCode.OK
        assert not any(worker.is_running() for worker in started)
