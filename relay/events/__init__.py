"""Typed events: what a decoded upstream message is to the rest of the relay.

Leaves: imported by everything, import nothing of relay but its errors.
"""

from relay.events.base import Event
from relay.events.methods import (
    INTERACTIVE_METHODS,
    LOW_VALUE_METHODS,
    SHORT_NAMES,
    resolve_methods,
)

__all__ = [
    "INTERACTIVE_METHODS",
    "LOW_VALUE_METHODS",
    "SHORT_NAMES",
    "Event",
    "resolve_methods",
]
