"""Which error a REST client is answered with, and what for; used by all handlers and openapi."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from relay.errors import UpstreamError
from relay.server.answers import ApiError

MAX_UPSTREAM_TEXT = 200
"""Characters of upstream's own words that are passed on."""


class Kind(NamedTuple):
    """A kind of error."""

    status: int
    """HTTP status, and `code` in the envelope."""
    type: str
    """`error.type`; clients decide by it."""
    text: str
    """What is wrong, in a few words."""
    retry_after_s: float | None = None
    """When asking again may help, where nobody knows better; None: not by itself."""


INVALID_PARAM = Kind(400, "invalid_param", "invalid parameter")
BAD_TOKEN = Kind(401, "bad_token", "token missing or wrong")
FORBIDDEN_SCOPE = Kind(403, "forbidden_scope", "the token does not allow this")
ROOM_NOT_FOUND = Kind(404, "room_not_found", "room not found")
ROOM_NOT_LIVE = Kind(409, "room_not_live", "the room is not live")
ROOM_REFUSED = Kind(409, "room_refused", "the room can't be watched")
RATE_LIMITED = Kind(429, "rate_limited", "too many requests", 5.0)
SOURCE_UNSUPPORTED = Kind(501, "source_unsupported", "there is no Douyin to ask")
UPSTREAM_SCHEMA = Kind(502, "upstream_schema", "Douyin's answer is not understood")
TOO_MANY_CLIENTS = Kind(503, "too_many_clients", "too many clients are waiting", 5.0)
STOPPING = Kind(503, "stopping", "the relay is stopping", 5.0)
UPSTREAM_BLOCKED = Kind(503, "upstream_blocked", "Douyin refuses to answer", 30.0)
SIGNER_UNAVAILABLE = Kind(503, "signer_unavailable", "Douyin wants a signature")
SIGNER_FAILED = Kind(503, "signer_unavailable", "the signer does not sign", 10.0)
UPSTREAM_UNAVAILABLE = Kind(503, "upstream_unavailable", "Douyin can't be reached", 5.0)
UPSTREAM_TIMEOUT = Kind(504, "upstream_timeout", "Douyin did not answer in time", 5.0)

KINDS = (
    INVALID_PARAM,
    BAD_TOKEN,
    FORBIDDEN_SCOPE,
    ROOM_NOT_FOUND,
    ROOM_NOT_LIVE,
    ROOM_REFUSED,
    RATE_LIMITED,
    SOURCE_UNSUPPORTED,
    UPSTREAM_SCHEMA,
    TOO_MANY_CLIENTS,
    STOPPING,
    UPSTREAM_BLOCKED,
    SIGNER_UNAVAILABLE,
    SIGNER_FAILED,
    UPSTREAM_UNAVAILABLE,
    UPSTREAM_TIMEOUT,
)
"""Every kind that an endpoint answers with."""

KIND_BY_CAUSE: Mapping[str, Kind] = MappingProxyType(
    {
        "unknown_room": ROOM_NOT_FOUND,
        "not_found": ROOM_NOT_FOUND,
        "room_over": ROOM_NOT_LIVE,
        # Too much is asked of upstream: it says so, or our own budget of calls does.
        "rate_limited": RATE_LIMITED,
        "busy": RATE_LIMITED,
        "unsupported": SOURCE_UNSUPPORTED,
        "stopping": STOPPING,
        "bad_params": UPSTREAM_SCHEMA,
        "bad_body": UPSTREAM_SCHEMA,
        "other_code": UPSTREAM_SCHEMA,
        "too_large": UPSTREAM_SCHEMA,
        "http_error": UPSTREAM_SCHEMA,
        "redirected": UPSTREAM_SCHEMA,
        "empty_body": UPSTREAM_BLOCKED,
        "captcha": UPSTREAM_BLOCKED,
        "challenge": UPSTREAM_BLOCKED,
        "forbidden": UPSTREAM_BLOCKED,
        "login_wanted": UPSTREAM_BLOCKED,
        "device_blocked": UPSTREAM_BLOCKED,
        "handshake_refused": UPSTREAM_BLOCKED,
        "sign_check": UPSTREAM_BLOCKED,
        "login_expired": UPSTREAM_BLOCKED,
        "login_popup": UPSTREAM_BLOCKED,
        "signer": SIGNER_FAILED,
        "signer_missing": SIGNER_UNAVAILABLE,
        "sdk_missing": SIGNER_FAILED,
        "sdk_refused": SIGNER_FAILED,
        "unreachable": UPSTREAM_UNAVAILABLE,
        "server_error": UPSTREAM_UNAVAILABLE,
        "timeout": UPSTREAM_TIMEOUT,
        # Of connections rather than calls; a room's state may have them as its reason.
        "cut": UPSTREAM_UNAVAILABLE,
        "closed": UPSTREAM_UNAVAILABLE,
        "close_frame": UPSTREAM_UNAVAILABLE,
        "restarting": UPSTREAM_UNAVAILABLE,
        "silent": UPSTREAM_UNAVAILABLE,
        "browser_down": UPSTREAM_UNAVAILABLE,
        "page_crashed": UPSTREAM_UNAVAILABLE,
        "page_closed": UPSTREAM_UNAVAILABLE,
        "heartbeats_only": UPSTREAM_UNAVAILABLE,
        "low_value_only": UPSTREAM_UNAVAILABLE,
    }
)
"""The answer to every cause of an UpstreamError."""


class RestError(ApiError):
    """A request under /douyin/liveroom that is answered with an error."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        cause: str = "",
        upstream_code: int | None = None,
        upstream_text: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        """`detail`: what exactly is wrong, and what to do about it; `cause`: for the log."""
        wait_s = kind.retry_after_s if retry_after_s is None else retry_after_s
        super().__init__(kind.status, kind.type, f"{kind.text}: {detail}", retry_after_s=wait_s)
        self.kind = kind
        self.cause = cause
        self.upstream_code = upstream_code
        self.upstream_text = upstream_text

    @classmethod
    def of(cls, error: UpstreamError) -> "RestError":
        """Give the answer to a failure upstream."""
        return cls.as_kind(KIND_BY_CAUSE[error.cause], error, str(error))

    @classmethod
    def as_kind(cls, kind: Kind, error: UpstreamError, detail: str) -> "RestError":
        """Give an answer that `error` is the reason of."""
        return cls(
            kind,
            detail,
            cause=error.cause,
            upstream_code=error.upstream_code,
            upstream_text=error.upstream_text[:MAX_UPSTREAM_TEXT],
            retry_after_s=error.retry_after_s,
        )
