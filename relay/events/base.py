"""The event itself: the envelope around every payload."""

from typing import Any

from msgspec import Struct


class Event(Struct, frozen=True):
    """One decoded upstream message.

    `payload` is one of the payload structs of this package (see PAYLOAD_TYPES), a dict (known
    method, generic payload: names as in the schema, 64-bit integers as strings, defaults left
    out) or `{"payload_base64": …}` (unknown method, or bytes that can't be read).
    """

    method: str
    """Upstream's message name, e.g. `WebcastChatMessage`."""
    msg_id: str
    """Upstream's id, a decimal 64-bit integer; "0" where upstream gave none."""
    room_id: str
    """The broadcast it belongs to."""
    web_rid: str
    """The room; "" while not known."""
    time: int
    """Unix milliseconds: upstream's create_time, else its clock, else ours."""
    payload: Any
