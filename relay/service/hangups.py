"""What SIGHUP means to `relay serve`: read the configuration again; it never ends the process.

Made by cli before anything else is done, used by service.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from relay.config import Config
from relay.early_hangups import EarlyHangups


class Hangups:
    """Hears the signal from when it is made to the end of the process.

    What comes before there is somebody to act on it, or came before this was made, is acted on
    then; what comes after him is ignored. From a terminal that has closed it means what it says
    there: stop.
    """

    def __init__(self, read: Callable[[], Config]) -> None:
        """`read` gives the configuration as it is now, or raises ConfigError."""
        self.read = read
        self._heard: Callable[[], object] | None = None
        self._is_over = False
        before = signal.getsignal(signal.SIGHUP)
        self._early = before if isinstance(before, EarlyHangups) else EarlyHangups()
        # Not the event loop's own: those that it is given leave the default behind, which is death.
        signal.signal(signal.SIGHUP, self._hear)

    @contextmanager
    def heard_by(self, act: Callable[[], None]) -> Iterator[None]:
        """Have `act` called on the running event loop at each signal in this block."""
        loop = asyncio.get_running_loop()
        heard = self._heard = partial(loop.call_soon_threadsafe, act)
        if self._early.came:
            heard()
        try:
            yield
        finally:
            self._is_over = True

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._is_over:
            return
        if self._heard is None or self._early.is_stop:
            self._early(number, frame)
        else:
            self._heard()
