"""What SIGHUP means before a relay serves: it is noted, or stops it where its terminal has closed.

Made by `__main__` before anything heavy is imported, taken over by service's Hangups.
"""

import os
import signal
from types import FrameType


class EarlyHangups:
    """A signal handler that remembers whether it was called."""

    def __init__(self) -> None:
        """Look whether there is a terminal to be closed. Under nohup its closing doesn't matter."""
        is_ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        self._has_terminal = not is_ignored and _has_terminal()
        self.came = False
        """Whether there was a signal that was no closed terminal."""

    @property
    def is_stop(self) -> bool:
        """Whether a signal that comes now is that of a terminal that has closed."""
        return self._has_terminal and not _has_terminal()

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        """Note the signal, or stop."""
        if self.is_stop:
            signal.raise_signal(signal.SIGTERM)
        else:
            self.came = True


def _has_terminal() -> bool:
    """Tell whether the process is run from a terminal that is there still."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
