"""The Python client that bot authors use: `async with connect(rooms=[…]) as stream`.

Stands alone: imports only events and errors of relay; cli imports it for `relay tail`.
"""

from relay.client.messages import (
    Gap,
    Message,
    Notice,
    Refusal,
    RoomNotice,
    Subscribed,
    Unsubscribed,
)
from relay.client.stream import Stream, connect
from relay.errors import RefusedError, UnreachableError

__all__ = [
    "Gap",
    "Message",
    "Notice",
    "Refusal",
    "RefusedError",
    "RoomNotice",
    "Stream",
    "Subscribed",
    "UnreachableError",
    "Unsubscribed",
    "connect",
]
