"""Why a request or a connection to upstream failed, and what kind of failure that is.

The causes are the words of UpstreamError and SessionEnd; room/retry waits by their kind.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Failure(StrEnum):
    """Kinds of failure that are waited for differently."""

    NETWORK = "network"
    """Upstream can't be reached from here."""
    SERVER = "server"
    """It answers, but with nothing that can be used."""
    BLOCKED = "blocked"
    """Risk control: it knows us and does not want us."""
    SIGNER = "signer"
    """The signer fails; upstream was not even asked."""
    CUT = "cut"
    """A connection that worked has ended."""
    STALLED = "stalled"
    """A connection is open and nothing useful comes."""
    BROWSER = "browser"
    """The browser, or the page in it, is gone; upstream has nothing to do with it."""


CAUSES: Mapping[str, Failure] = MappingProxyType(
    {
        "unreachable": Failure.NETWORK,  # name, route, TLS or connection fails
        "timeout": Failure.NETWORK,
        "server_error": Failure.SERVER,  # HTTP 5xx, or status_code 100111
        "http_error": Failure.SERVER,  # any other HTTP status that says no
        "not_found": Failure.SERVER,  # HTTP 404 or 410
        "redirected": Failure.SERVER,  # to another host, or round in circles
        "too_large": Failure.SERVER,  # more bytes than such an answer can have
        "bad_body": Failure.SERVER,  # not what such an answer looks like
        "bad_params": Failure.SERVER,  # status_code 10011
        "other_code": Failure.SERVER,  # a status_code that is not known
        "empty_body": Failure.BLOCKED,  # HTTP 200 and nothing in it
        "captcha": Failure.BLOCKED,  # a slider page instead of the answer
        "challenge": Failure.BLOCKED,  # the script page that wants an __ac_signature
        "forbidden": Failure.BLOCKED,  # HTTP 401, 403, 444
        "rate_limited": Failure.BLOCKED,  # HTTP 429
        "login_wanted": Failure.BLOCKED,  # status_code 20003 or 2483
        "unknown_room": Failure.SERVER,  # status_code 4001038
        "room_over": Failure.SERVER,  # status_code 30003
        "device_blocked": Failure.BLOCKED,  # handshake answered with DEVICE_BLOCKED
        "sign_check": Failure.BLOCKED,  # handshake answered with words about the signature
        "handshake_refused": Failure.BLOCKED,  # handshake answered with any other refusal
        "login_expired": Failure.BLOCKED,  # the login's cookies are not taken any more
        "signer": Failure.SIGNER,  # it fails, or its answer can't be used
        "signer_missing": Failure.SIGNER,  # upstream wants a signature and no signer is configured
        "sdk_missing": Failure.SIGNER,  # the browser's page has no SDK that signs
        "sdk_refused": Failure.SIGNER,  # it has one, which gives no signature
        "unsupported": Failure.SERVER,  # there is no upstream to ask: a recording is played
        "busy": Failure.SERVER,  # our own budget of calls is used up
        "stopping": Failure.SERVER,  # we end, and wait for no answer any more
        "cut": Failure.CUT,  # ended without a close frame (1006), or reset
        "closed": Failure.CUT,  # WebSocket close frame
        "close_frame": Failure.CUT,  # upstream's own `close` frame
        "restarting": Failure.SERVER,  # close codes 1012 and 1013: come back later
        "browser_down": Failure.BROWSER,  # it is killed, can't be started, or can't be reached
        "page_crashed": Failure.BROWSER,  # the room's page crashed or hangs
        "page_closed": Failure.BROWSER,  # somebody closed the room's page
        "login_popup": Failure.BLOCKED,  # the page wants a login, and shows nothing until then
        "silent": Failure.STALLED,  # no bytes at all, heartbeats unanswered
        "heartbeats_only": Failure.STALLED,  # heartbeats answered, no messages
        "low_value_only": Failure.STALLED,  # only messages that also flow in closed rooms
    }
)
"""Every cause there is, with its kind. Closed, so that it can be counted by."""


class SessionEnd(NamedTuple):
    """How a transport's session ended."""

    cause: str
    """One of CAUSES."""
    text: str
    """For people: what happened, with upstream's own words where it had any."""

    @property
    def failure(self) -> Failure:
        """The kind of failure."""
        return CAUSES[self.cause]
