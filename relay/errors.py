"""Every error, close code and exit code of the relay; imported by all, imports nothing of ours.

Close codes (WebSocket): 3000-3499 say "connect again", 3500-3999 say "do not, until something
is changed". Exit codes: what a supervisor or a script sees.
"""

from enum import IntEnum


class RelayError(Exception):
    """Base of every error the relay raises on purpose; its text is meant for users."""


class ConfigError(RelayError):
    """The configuration can't be used; the text names the file and key, and what is allowed."""


class ListenError(RelayError):
    """The listening port can't be had (in use, or not permitted)."""


class FrameError(RelayError):
    """Upstream bytes that can't be read as a frame.

    `cause` is a short stable word for counting, e.g. `inflate`, `too_large`.
    """

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


class UpstreamError(RelayError):
    """Upstream, or a signer, can't be reached, refuses us, or answers what can't be used.

    `cause` is a short stable word for counting and for the retry policy, e.g. `empty_body`.
    `upstream_code` is upstream's own `status_code` and `upstream_text` its own words, where it
    gave any; `retry_after_s` is set where it is known when asking again may help.
    """

    def __init__(
        self,
        cause: str,
        message: str,
        *,
        upstream_code: int | None = None,
        upstream_text: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.cause = cause
        self.upstream_code = upstream_code
        self.upstream_text = upstream_text
        self.retry_after_s = retry_after_s


class RecordingError(RelayError):
    """A recording can't be read, written or gone on with."""


class RoomNameError(RelayError):
    """A text that can't name a room: not a web_rid, handle, room_id or live page URL."""


class RoomRefusedError(RelayError):
    """A well-formed room that the relay will not watch (limit reached, or on-demand is off)."""


class FilterError(RelayError):
    """A filter that can't be: a name that is no method, or what is no time."""


class PositionError(RelayError):
    """A resume position that isn't `<epoch>:<offset>`."""


class StoreError(RelayError):
    """The store's file can't be used; the text names it, says why, and what to do."""


class NotStoredError(RelayError):
    """The store knows no room of that name."""


class UnreachableError(RelayError):
    """No relay answers at an address, or what answers is none."""


class RefusedError(RelayError):
    """The relay refused a request of its client, or sent it away.

    `code` is that of the `error` frame, the reason of `unsubscribed`, or the close code.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ExportError(RelayError):
    """An export can't be written, or not gone on with; what was written is kept."""


class CursorError(RelayError):
    """A named cursor can't be used: its name, its file, or another process has it."""


class CloseCode(IntEnum):
    """Why the server closed a WebSocket."""

    SHUTTING_DOWN = 3001
    """The relay stops or restarts, or could not give the client an event. Connect again, resuming
    with `since`."""
    SLOW = 3008
    """The client read too slowly. Connect again, resuming with `since`."""
    RATE_LIMITED = 3029
    """The token or address asks more often, or has more rooms, than it may. Connect again, a
    little later."""
    BAD_TOKEN = 3500
    """Token missing or wrong."""
    UNKNOWN_ROOM = 3501
    """The room in the URL can't be: no such name, or upstream knows no such room."""
    BAD_REQUEST = 3502
    """A query or message that can't be understood; an `error` frame before it says why."""
    FORBIDDEN_ORIGIN = 3503
    """The page's Origin may not use this relay; see `[server] allowed_origins`."""
    ROOM_REFUSED = 3504
    """The room in the URL isn't watched and may not be started; the `error` frame says why."""
    FORBIDDEN_SCOPE = 3505
    """The room in the URL isn't watched, and the token doesn't allow to start rooms."""


class ExitCode(IntEnum):
    """What the `relay` process returns."""

    OK = 0
    """Stopped as asked, Ctrl-C and SIGTERM included."""
    FAILURE = 1
    """Something unexpected; the last log line says what."""
    USAGE = 2
    """Wrong command line."""
    CONFIG = 3
    """The configuration was refused."""
    LISTEN = 4
    """The port can't be had."""
    UNREACHABLE = 5
    """`relay tail` found no relay at the address, or was refused by it."""
    RECORDING = 6
    """A recording can't be read or written."""
    UPSTREAM = 7
    """`relay resolve` found no such room, or Douyin could not be asked; or `relay doctor` found
    something wrong."""
    INTERRUPTED = 130
    """Ctrl-C before the start was complete, a second Ctrl-C, or Ctrl-C in a tool."""
