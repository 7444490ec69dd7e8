"""The event itself: the envelope around every payload."""

from typing import Any

from msgspec import Struct


class Event(Struct, frozen=True, gc=False):
    """One decoded upstream message."""

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
    """A payload struct of this package (see PAYLOAD_TYPES); for other known methods a dict with
    the schema's names, 64-bit integers as strings, defaults left out; for unknown methods and
    for bytes that can't be read `{"payload_base64": …}`; for messages of any method that are
    past the limits of webcast/budget `{"payload_base64": "", "omitted_bytes": …}`, which says how
    many bytes were left out."""


class EncodedEvent(Event, frozen=True):
    """An event whose payload is JSON already: who writes it out needs not encode it again."""

    encoded: bytes
    """`payload` as JSON."""


class SimulatedEvent(Event, frozen=True):
    """An event that nobody caused: made by request, to set up a scene with. Clients see it marked
    `simulated`, and it counts in no statistics."""
