"""The Python client that bot authors use: `async with connect(rooms=[…]) as stream`.

Stands alone: of relay it may import events and errors only. Imported by cli for `relay tail`.
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
from relay.errors import CursorError, RefusedError, UnreachableError

__all__ = [
    "CursorError",
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
