"""Writes WebSocket text frames; used by connection, and by deflate for what does not shrink."""

import struct

from relay.hub import Entry

PLAIN = 0x81
"""First byte of a whole text message."""
DEFLATED = 0xC1
"""The same where it is compressed, as permessage-deflate has it (RFC 7692, section 6)."""


class TextFrames:
    """The encoding of WebSocket clients: one unmasked, uncompressed text frame an entry."""

    def frame(self, entry: Entry) -> bytes:
        """Frame an entry's body."""
        return text_frame(entry.body)


def text_frame(body: bytes, first: int = PLAIN) -> bytes:
    """Give the bytes of a text frame, as a server sends it."""
    size = len(body)
    if size < 126:
        return b"%c%c%b" % (first, size, body)
    if size < 0x10000:
        return struct.pack("!BBH", first, 126, size) + body
    return struct.pack("!BBQ", first, 127, size) + body


TEXT_FRAMES = TextFrames()
"""One object, so that clients share groups."""
