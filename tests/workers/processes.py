"""Which processes a relay has started, which one serves a client, and how clients end."""

import asyncio
import json
import os
import signal
from contextlib import suppress
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed


def workers() -> list[psutil.Process]:
    """Give the workers of relays in this process."""
    return [child for child in psutil.Process().children() if "relay.workers" in child.cmdline()]


def worker_of(client: ClientConnection) -> psutil.Process:
    """Give the worker that serves a client of a relay in this process."""
    port = client.local_address[1]
    (found,) = (
        worker
        for worker in workers()
        for connection in worker.net_connections(kind="tcp")
        if connection.raddr and connection.raddr.port == port
    )
    return found


async def kill(worker: psutil.Process, number: int = signal.SIGKILL) -> None:
    """Send a worker a signal, and wait until it has ended."""
    os.kill(worker.pid, number)
    await ended(worker)


async def ended(*processes: psutil.Process) -> None:
    """Wait until the relay has noticed that its workers have ended."""
    async with asyncio.timeout(30):
        for process in processes:
            # Not only while it is a zombie: its threads may have the port open still.
            while process.is_running():  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.01)


async def rest(client: ClientConnection) -> list[dict[str, Any]]:
    """Receive all up to the end of a connection."""
    frames = []
    async with asyncio.timeout(20):
        with suppress(ConnectionClosed):
            async for frame in client:
                frames.append(json.loads(frame))
    return frames


async def closed_with(client: ClientConnection) -> int | None:
    """Wait until a connection ends; gives the close code, 1006 where it was just lost."""
    await rest(client)
    return client.close_code
