"""Compression that all clients share which offer permessage-deflate (RFC 7692); used by connection.

A frame is compressed once, however many clients get it. So no message may refer to one before it,
and nothing that compresses or inflates is kept for a connection: the context of both directions
ends with each message.
"""

import zlib
from collections.abc import Callable, Sequence

from websockets.exceptions import NegotiationError
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.typing import ExtensionParameter

from relay.hub import Entry
from relay.server.text_frames import DEFLATED, text_frame

try:
    from isal import isal_zlib
except ImportError:  # the extra [fast] is not installed
    isal_zlib = None  # type: ignore[assignment]

WINDOW_BITS = 12
"""Base-two logarithm of how far compressed bytes refer back. Events are shorter than that; a larger
window costs time, a smaller one bytes. Who wants a smaller one gets no compression."""
MIN_BYTES = 200
"""Shorter bodies hardly shrink."""

_FLUSHED = b"\x00\x00\xff\xff"
"""What a flush ends with, and a message leaves out."""


class SharedDeflateFactory(ServerPerMessageDeflateFactory):
    """Negotiates with one client; what it can't have is declined, and it gets plain frames."""

    def __init__(self) -> None:
        super().__init__(server_no_context_takeover=True, client_no_context_takeover=True)

    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        """Give our parameters, and what inflates the client's messages. Raises NegotiationError."""
        answer, extension = super().process_request_params(params, accepted_extensions)
        if extension.local_max_window_bits < WINDOW_BITS:
            raise NegotiationError(f"server_max_window_bits is less than {WINDOW_BITS}")
        return answer, extension


class DeflatedFrames:
    """The encoding of clients that negotiated it: an unmasked text frame an entry."""

    def frame(self, entry: Entry) -> bytes:
        """Compress and frame an entry's body; leave it as it is where that is no longer."""
        body = entry.body
        if len(body) >= MIN_BYTES:
            deflated = _deflate(body)
            if len(deflated) < len(body):
                return text_frame(deflated, DEFLATED)
        return text_frame(body)


def _deflate_with_zlib() -> Callable[[bytes], bytes]:
    # A full flush forgets what was before, and costs half of a new compressor.
    compressor = zlib.compressobj(level=6, wbits=-WINDOW_BITS)

    def deflate(body: bytes) -> bytes:
        flushed = compressor.compress(body) + compressor.flush(zlib.Z_FULL_FLUSH)
        return flushed.removesuffix(_FLUSHED)

    return deflate


def _deflate_with_isal(body: bytes) -> bytes:
    compressor = isal_zlib.compressobj(level=1, wbits=-WINDOW_BITS)
    flushed: bytes = compressor.compress(body) + compressor.flush(isal_zlib.Z_SYNC_FLUSH)
    return flushed.removesuffix(_FLUSHED)


_deflate = _deflate_with_zlib() if isal_zlib is None else _deflate_with_isal

DEFLATED_FRAMES = DeflatedFrames()
"""One object, so that clients share groups."""
