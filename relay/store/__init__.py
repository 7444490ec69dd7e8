"""Events on disk: one SQLite file, written by the relay, read by it and by commands beside it.

Imported by app, server and cli; imports config, events, logs and errors only.
"""

from relay.events.stored import Hole, Loss, Row
from relay.store.answers import Answer, Position, StoredRoom
from relay.store.reader import MAX_ROWS, Reader
from relay.store.schema import examine
from relay.store.store import Store

__all__ = [
    "MAX_ROWS",
    "Answer",
    "Hole",
    "Loss",
    "Position",
    "Reader",
    "Row",
    "Store",
    "StoredRoom",
    "examine",
]
