"""Which messages one push connection gets of a sampled room; used by outgoing and delivered."""

from relay.sim.show import CHAT, EMOJI, LIKE, MEMBER

SAMPLED = frozenset({CHAT, EMOJI, LIKE, MEMBER})
"""What upstream leaves out where a room is large; gifts and what the room itself says never."""


def in_sample(connection: int, msg_id: int, share: float) -> bool:
    """Say whether a connection gets a message, by their numbers alone."""
    # The count in the msg_id, without the clock: the same in every run.
    mixed = ((msg_id >> 8 & 0xFFFFFF) * 0x9E3779B1 ^ connection * 0x85EBCA6B) & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 16) * 0x7FEB352D & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 15) * 0x846CA68B & 0xFFFFFFFF
    return mixed ^ mixed >> 16 < share * 2**32
