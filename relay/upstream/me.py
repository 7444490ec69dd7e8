"""Asks upstream who we are, to tell a login that it takes from one that it has ended; used by
client for logins.
"""

import asyncio
from collections.abc import Mapping

import msgspec

from relay.errors import UpstreamError
from relay.upstream.http import HttpClient
from relay.upstream.params import referer

_PATH = "/webcast/user/me/"
_WAIT_S = 5.0
"""A connection waits for the answer."""
_NOBODY = 20003
"""status_code: not logged in."""


class _Answer(msgspec.Struct):
    status_code: int


async def is_logged_in(http: HttpClient, live_url: str, cookies: Mapping[str, str]) -> bool | None:
    """Tell whether `cookies` are somebody's who is logged in; None: upstream doesn't say."""
    try:
        async with asyncio.timeout(_WAIT_S):
            answer = await http.get(
                live_url.rstrip("/") + _PATH,
                params=(("aid", "6383"),),
                headers={"Referer": referer("")},
                cookies=cookies,
            )
        said = msgspec.json.decode(answer.body, type=_Answer)
    except (UpstreamError, TimeoutError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return {0: True, _NOBODY: False}.get(said.status_code)
