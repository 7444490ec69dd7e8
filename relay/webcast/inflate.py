"""Inflates upstream's gzip payloads within limits; called by frames.

zlib-ng takes two thirds of the time of zlib, where it is installed (extra `fast`). isal inflates
faster still, but on CPUs with AVX-512 its checksums slow down whatever the process does next: as a
whole, decoding took longer with it than with zlib.
"""

import zlib
from typing import Any

from relay.errors import FrameError

try:
    from zlib_ng import zlib_ng as fastest
except ImportError:
    fastest = zlib  # type: ignore[misc]
_ERRORS: Any = (zlib.error, fastest.error)

GZIP_MAGIC = b"\x1f\x8b"
MAX_LAYERS = 2
"""Upstream compresses once. A second layer may come from a proxy; a third is no message."""
_GZIP_WBITS = 31


def inflate(data: bytes, max_inflated_bytes: int) -> bytes:
    """Return what gzip `data` holds; `data` itself when it doesn't begin with gzip's magic.

    Zero bytes after the end are padding, as gzip tools have it; anything else there is refused,
    a second gzip member too: upstream sends none, and skipping it would lose it silently.

    Raises FrameError: `truncated` (ends too early), `inflate` (corrupt, wrong checksum),
    `trailing` (bytes after the end), `inflated_too_large`, `nested` (more than MAX_LAYERS).
    """
    layers = 0
    while data.startswith(GZIP_MAGIC):
        if layers == MAX_LAYERS:
            raise FrameError("nested", f"payload is gzipped more than {MAX_LAYERS} times")
        data = _inflate_layer(data, max_inflated_bytes)
        layers += 1
    return data


def _inflate_layer(data: bytes, max_inflated_bytes: int) -> bytes:
    member = fastest.decompressobj(_GZIP_WBITS)
    try:
        # One byte beyond the limit tells "too large" from "exactly as large as allowed".
        inflated = member.decompress(data, max_inflated_bytes + 1)
    except _ERRORS as error:
        raise FrameError("inflate", f"payload is corrupt gzip: {error}") from None
    if len(inflated) > max_inflated_bytes:
        raise FrameError(
            "inflated_too_large", f"payload inflates to more than {max_inflated_bytes} bytes"
        )
    if not member.eof:
        raise FrameError("truncated", f"gzip payload of {len(data)} bytes ends too early")
    rest = member.unused_data
    if rest and rest.strip(b"\0"):
        raise FrameError("trailing", f"{len(rest)} bytes after the gzip payload")
    return inflated
