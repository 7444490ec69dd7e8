"""Recordings on disk: reading and writing the files, and making people in them unrecognisable.

Imported by upstream, room, app and cli; imports webcast, events and errors.
"""

from relay.recording.reading import Overview, Recording
from relay.recording.scrub import Scrubber
from relay.recording.writing import RecordingWriter

__all__ = ["Overview", "Recording", "RecordingWriter", "Scrubber"]
