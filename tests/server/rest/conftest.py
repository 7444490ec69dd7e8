from collections.abc import AsyncIterator

import aiohttp
import pytest
from asking import Rest
from serving import Relay


@pytest.fixture
async def rest(relay: Relay) -> AsyncIterator[Rest]:
    """Asks `relay`, over as many connections as there are requests."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        yield Rest(relay, http)
