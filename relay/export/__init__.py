"""Stored events as files for other programs: JSON Lines, CSV, Parquet.

Imported by cli; imports store, events and errors only.
"""

from relay.export.job import FORMATS, Export, Progress
from relay.export.partial import Request

__all__ = ["FORMATS", "Export", "Progress", "Request"]
