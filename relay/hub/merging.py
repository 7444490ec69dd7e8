"""Finds where clients of a stream go on in another one of the same room; used by Hub.merge."""

from typing import NamedTuple

from relay.events import OWN_METHODS
from relay.hub.history import Entry
from relay.hub.stream import Stream


class Junction(NamedTuple):
    """How one stream goes on in another."""

    adopted: list[Entry]
    """Events that only the first one had, now numbered in the other one, too."""
    behind: int | None
    """Offset behind which the first one's clients go on; None: it can't be told."""
    known: frozenset[int]
    """Offsets behind that of events that the first one had, too."""


def join(stream: Stream, into: Stream) -> Junction:
    """Find the last event that both streams have; `into` adopts what `stream` has behind it.

    Adopting keeps `into` from giving those events to clients that have had them, whenever
    upstream brings them there.
    """
    frames = stream.kept_frames()
    there = into.kept_frames()
    offsets = {frame.msg_id: frame.offset for frame in there}
    for none in ("", "0"):  # upstream gave no id
        offsets.pop(none, None)
    common = [index for index, frame in enumerate(frames) if frame.msg_id in offsets]
    if common:
        behind = offsets[frames[common[-1]].msg_id]
        frames = frames[common[-1] + 1 :]
    elif into.head == 0:
        behind = 0
    else:
        return Junction([], None, frozenset())
    # What the relay makes of events itself is made anew of those that are adopted.
    theirs = [frame for frame in frames if frame.method not in OWN_METHODS]
    adopted = [entry for frame in theirs for entry in into.adopt(frame)]
    known = {entry.offset for entry in adopted if entry.method not in OWN_METHODS}
    # Upstream does not give two viewers everything in the same order: what `into` has behind
    # the last common event may have come to `stream` before it.
    known.update(f.offset for f in there if f.offset > behind and stream.had(f.msg_id))
    while behind + 1 in known:  # the position that clients are told, and may resume from
        behind += 1
    return Junction(adopted, behind, frozenset(known))
