from collections.abc import AsyncIterator

import pytest
from serving import Relay, relay_running


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """A relay with rooms 1 and 2 watched, as configured by default."""
    async with relay_running() as relay:
        relay.rooms.add("1")
        relay.rooms.add("2")
        yield relay
