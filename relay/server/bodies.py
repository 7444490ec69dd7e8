"""Reads the bodies of requests, within a time limit; used by http's handlers."""

import asyncio
from typing import cast

from aiohttp import web

from relay.server.answers import ApiError
from relay.server.http_protocol import WHOLE_S, HttpProtocol
from relay.server.state import STATE

MAX_BODY_BYTES = 64 * 1024
"""The largest request body."""


async def read_body(request: web.Request) -> bytes:
    """Read a request's body. Raises ApiError where it doesn't come in time."""
    state = request.app[STATE]
    by_s = cast("HttpProtocol", request.protocol).body_by_s()
    try:
        async with state.until_stop(), asyncio.timeout_at(by_s):
            return await request.read()
    except TimeoutError:
        state.refuse("body_too_slow", request.path)
        raise ApiError(408, "too_slow", f"no whole request within {WHOLE_S:g} s") from None
