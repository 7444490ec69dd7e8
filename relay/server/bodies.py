"""Reads the bodies of requests, within a time limit; used by http's handlers."""

import asyncio

from aiohttp import web

from relay.server.answers import ApiError
from relay.server.state import STATE

MAX_BODY_BYTES = 64 * 1024
"""The largest request body."""
BODY_S = 10.0
"""How long a client may take to send a request body."""


async def read_body(request: web.Request) -> bytes:
    """Read a request's body. Raises ApiError where it doesn't come in time."""
    try:
        async with request.app[STATE].until_stop(), asyncio.timeout(BODY_S):
            return await request.read()
    except TimeoutError:
        raise ApiError(408, "too_slow", f"no whole body within {BODY_S:g} s") from None
