"""What the head of a request must be like, whatever it asks for; used by port and handshake.

Later heads on a connection are aiohttp's to read, which holds much the same.
"""

import re
from typing import NamedTuple

from relay.server.answers import ApiError

MAX_LINE_BYTES = 8190
"""The longest line of a head, its end left out."""
MAX_HEADERS = 128
"""Headers of one request."""
UNREADABLE = "the request can't be read as HTTP"
TOO_LARGE = (
    "the request line and headers are too long; a line may have 8190 bytes, all 16384, and there"
    " may be 128 headers"
)
WRONG_VERSION = "this version of HTTP is not served; use HTTP/1.1"

_CR = 13
_VERSION = re.compile(rb" HTTP/([0-9](?:\.[0-9])?)\Z")
_SERVED = (b"1.1", b"1.0")


class Fault(NamedTuple):
    """Why a head is answered with an error."""

    cause: str
    """As it is counted."""
    error: ApiError


def bad_http() -> Fault:
    """Give what is said of what can't be read."""
    return Fault("bad_http", ApiError(400, "bad_request", UNREADABLE))


def has_bare_lf(received: bytes | bytearray, begin: int, end: int) -> bool:
    """Tell whether a line between two places ends as HTTP's don't.

    Who ends lines so will never send the end of a head that is waited for.
    """
    at = received.find(b"\n", begin, end)
    while at > 0 and received[at - 1] == _CR:
        at = received.find(b"\n", at + 1, end)
    return at >= 0


def find_fault(head: bytes) -> Fault | None:
    """Look at a whole head, with the end of its last line; None: it may be served."""
    lines = head.split(b"\r\n")
    version = _VERSION.search(lines[0])
    if version is not None and version[1] not in _SERVED:
        return wrong_version()
    # The last is what follows the end of the last one.
    if len(lines) - 2 > MAX_HEADERS or max(map(len, lines)) > MAX_LINE_BYTES:
        return Fault("head_too_large", ApiError(431, "head_too_large", TOO_LARGE))
    return None


def wrong_version() -> Fault:
    """Give what is said of a version of HTTP that is not spoken here."""
    return Fault("bad_http", ApiError(505, "version_not_supported", WRONG_VERSION))
