"""What SIGHUP means to `relay serve`: read the configuration again; it never ends the process.

Made by cli before anything else is done, used by service.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from relay.config import Config


class Hangups:
    """Hears the signal from when it is made to the end of the process.

    What comes before there is somebody to act on it is acted on then; what comes after him is
    ignored. From a terminal that has closed it means what it says there: stop.
    """

    def __init__(self, read: Callable[[], Config]) -> None:
        """`read` gives the configuration as it is now, or raises ConfigError."""
        self.read = read
        self._heard: Callable[[], object] | None = None
        self._is_early = False
        self._is_over = False
        is_ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # nohup
        self._has_terminal = _has_terminal() and not is_ignored
        # Not the event loop's own: those that it is given leave the default behind, which is death.
        signal.signal(signal.SIGHUP, self._hear)

    @contextmanager
    def heard_by(self, act: Callable[[], None]) -> Iterator[None]:
        """Have `act` called on the running event loop at each signal in this block."""
        loop = asyncio.get_running_loop()
        heard = self._heard = partial(loop.call_soon_threadsafe, act)
        if self._is_early:
            heard()
        try:
            yield
        finally:
            self._is_over = True

    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        if self._is_over:
            return
        if self._has_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        elif self._heard is None:
            self._is_early = True
        else:
            self._heard()


def _has_terminal() -> bool:
    """Tell whether the process is run from a terminal that is there still."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
