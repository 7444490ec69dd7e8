"""Asks reflow/info for a broadcast, and again where it refuses the parameters; used by ways and
lookups.
"""

from collections.abc import Awaitable, Callable

from relay.errors import UpstreamError
from relay.upstream.calls import Calls
from relay.webcast.rest.documents import Shaped

PRESENT = "2"
"""In place of a room_id, with a sec_uid: the anchor's present broadcast. (Source: biliup.)"""


async def ask_reflow(
    calls: Calls,
    room_id: str,
    sec_uid: str,
    ask: Callable[[Callable[[], Awaitable[bytes]]], Awaitable[Shaped]],
) -> Shaped:
    """Ask for a broadcast; `ask` makes a call, and reads it by info_from_reflow.

    Raises UpstreamError as `ask` does, and `unknown_room` for a room_id that upstream calls a
    wrong parameter however it is asked for.
    """
    try:
        return await ask(lambda: calls.reflow(room_id, sec_uid))
    except UpstreamError as error:
        # Without the sec_uid PRESENT names nobody: that it is refused would say nothing.
        if error.cause != "bad_params" or room_id == PRESENT:
            raise
        refused = error
    # Find out whether the fault is the room_id's or ours.
    try:
        return await ask(lambda: calls.bare_reflow(room_id))
    except UpstreamError as error:
        if error.cause == "unknown_room":
            raise
        if error.cause != "bad_params":
            raise refused from None
    raise UpstreamError(
        "unknown_room",
        f"upstream takes no such room_id: {refused}",
        upstream_code=refused.upstream_code,
        upstream_text=refused.upstream_text,
    )
