"""Inflates upstream's gzip payloads within limits; called by frames."""

import zlib

from relay.errors import FrameError

GZIP_MAGIC = b"\x1f\x8b"
# Upstream compresses once. A second layer has not been seen, but a proxy on the way may add one;
# more than that is an attack, not a message.
MAX_LAYERS = 2
_GZIP_WBITS = 31


def inflate(data: bytes, max_inflated_bytes: int) -> bytes:
    """Return what gzip `data` holds; `data` itself when it doesn't begin with gzip's magic.

    Bytes after the gzip member are refused, and so is a second member: upstream sends neither,
    and skipping them would lose something silently.

    Raises FrameError: `truncated` (ends too early), `inflate` (corrupt, wrong checksum),
    `trailing` (bytes after the end), `inflated_too_large`, `nested` (gzip in gzip in gzip).
    """
    for _ in range(MAX_LAYERS):
        if not data.startswith(GZIP_MAGIC):
            return data
        data = _inflate_member(data, max_inflated_bytes)
    if data.startswith(GZIP_MAGIC):
        raise FrameError("nested", f"payload is gzipped more than {MAX_LAYERS} times")
    return data


def _inflate_member(data: bytes, max_inflated_bytes: int) -> bytes:
    member = zlib.decompressobj(_GZIP_WBITS)
    try:
        # One byte beyond the limit tells "too large" from "exactly as large as allowed".
        inflated = member.decompress(data, max_inflated_bytes + 1)
    except zlib.error as error:
        raise FrameError("inflate", f"payload is corrupt gzip: {error}") from None
    if len(inflated) > max_inflated_bytes:
        raise FrameError(
            "inflated_too_large",
            f"{len(data)} bytes of gzip inflate to more than {max_inflated_bytes}",
        )
    if not member.eof:
        raise FrameError("truncated", f"gzip payload of {len(data)} bytes ends too early")
    if member.unused_data:
        raise FrameError("trailing", f"{len(member.unused_data)} bytes after the gzip payload")
    return inflated
