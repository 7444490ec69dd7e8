"""Sets up structlog once, for every command; called by cli.

Logs go to standard error, one line an event; standard output belongs to commands that print data.
"""

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

LogFormat = Literal["console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

_SECRET_KEYS = frozenset({"token", "cookie", "cookies", "ttwid", "sessionid", "authorization"})
# Looked for in whole lines, tracebacks included: texts of libraries may quote a request. It ends
# where a quoted text does, escaped or not, so that JSON stays JSON.
_TOKEN = re.compile(r"(\bbearer\s+|[?&]token=|rly_)[^\s&#'\"\\…\x1b]+", re.IGNORECASE)


def mask_tokens(text: str) -> str:
    """Give a text without the tokens in it; it may quote what somebody sent."""
    return _TOKEN.sub(r"\1***", text)


def _mask_secrets(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in event.keys() & _SECRET_KEYS:
        event[key] = "***"
    return event


def configure_logs(level: LogLevel, fmt: LogFormat) -> None:
    """Send structlog and the standard library's logging to standard error as `fmt`."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(
            fmt="iso" if fmt == "json" else "%Y-%m-%d %H:%M:%S", utc=fmt == "json"
        ),
        _mask_secrets,
    ]
    renderer: structlog.types.Processor
    if fmt == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # Not rich's, which prints the values of variables, secrets among them.
            exception_formatter=structlog.dev.plain_traceback,
        )

    def render(logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
        return mask_tokens(str(renderer(logger, name, event)))

    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=render)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak up only when something is wrong; our own lines say what went well.
    root.setLevel(max(logging.WARNING, getattr(logging, level.upper())))


class Throttle:
    """Lets one log line through per `interval_s` and counts what it held back.

    For lines that a misbehaving upstream could otherwise write thousands of times.
    """

    def __init__(self, interval_s: float = 10.0) -> None:
        self._interval_s = interval_s
        self._next = 0.0
        self._held = 0

    def admit(self) -> int | None:
        """Say how many lines were held back since the last admitted one, or None: hold this."""
        now = time.monotonic()
        if now < self._next:
            self._held += 1
            return None
        held, self._held = self._held, 0
        self._next = now + self._interval_s
        return held
