"""Relays with two workers."""

from collections.abc import AsyncIterator

import pytest
from serving import Relay, relay_running

from relay.config import ServerConfig


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """A relay with two workers and rooms 1 and 2 watched, as configured by default."""
    async with relay_running(server=ServerConfig(port=0, workers=2)) as relay:
        relay.rooms.add("1")
        relay.rooms.add("2")
        yield relay
