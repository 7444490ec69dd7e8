"""Events on disk: one SQLite file, written by the relay, read by it and by commands beside it.

Imported by app, server and cli; imports config, events, logs and errors only.
"""

from relay.store.reader import MAX_ROWS, Reader
from relay.store.rows import Answer, Hole, Loss, Position, Row, StoredRoom

__all__ = [
    "MAX_ROWS",
    "Answer",
    "Hole",
    "Loss",
    "Position",
    "Reader",
    "Row",
    "StoredRoom",
]
