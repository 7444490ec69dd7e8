"""Hardly any file descriptors left: whoever is there stays, and whoever comes waits."""

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
import structlog
from raw import raw_connection
from serving import make_event, receive, relay_running

from relay.server import accepting


@pytest.fixture
def few_descriptors() -> Iterator[int]:
    """Few more file descriptors than are in use; gives how many connections are accepted."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = os.dup(0)
    os.close(used)
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 120, before[1]))
    try:
        yield 120 - min(accepting.SPARE_DESCRIPTORS, (used + 120) // 4)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_accepting_rests_while_hardly_any_descriptors_are_left(few_descriptors: int) -> None:
    with structlog.testing.capture_logs() as logs:
        async with relay_running() as relay, AsyncExitStack() as stack:
            relay.rooms.add("1")
            client = await stack.enter_async_context(relay.connect("?room_id=1"))
            await receive(client, 3)
            # Both ends are ours, so two descriptors each.
            many = await stack.enter_async_context(AsyncExitStack())
            for _ in range(few_descriptors // 2 + 4):
                await many.enter_async_context(raw_connection(relay))
            async with asyncio.timeout(10):
                while not relay.server._state.accept_rests:  # noqa: ASYNC110  nobody tells
                    await asyncio.sleep(0)
            late = asyncio.ensure_future(relay.connect("?room_id=1"))
            for _ in range(3):
                relay.publish("1", make_event())
                assert (await receive(client))[0]["method"] == "WebcastChatMessage"
            assert not late.done()
            await many.aclose()
            async with asyncio.timeout(10):
                connection = await late
            assert (await receive(connection))[0]["op"] == "hello"
            await connection.close()
    said = [line for line in logs if "no new clients" in line["event"]]
    assert len(said) == 1
