"""What aiohttp wants to log about requests that it can't read; given to it by server.

Anybody who reaches the port can send such requests as fast as they like, so they are counted and
throttled as all that is refused. What goes wrong in our own handlers keeps its traceback.
"""

import logging
from typing import Any

from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from relay.server.state import ServerState


class HttpLog(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's logger for one server."""

    def __init__(self, state: ServerState) -> None:
        super().__init__(logging.getLogger("relay.server.http"))
        self._state = state

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:
        """Log an error, unless it is the client's."""
        if isinstance(exc_info, HttpProcessingError):
            # Its text repeats what was sent, tokens included.
            cause = "head_too_large" if isinstance(exc_info, LineTooLong) else "bad_http"
            self._state.refuse(cause, type(exc_info).__name__)
        else:
            super().exception(msg, *args, exc_info=exc_info, **kwargs)
