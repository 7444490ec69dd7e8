"""A worker's process: how it is started, and how its end is waited for; used by pool.

Not asyncio's: uvloop starts processes with no signal blocked, whatever its own process blocks.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence

FROM_OUTSIDE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What may be sent to all processes of a terminal or a service. Workers heed none of it: the relay
stops them, and tells them of what changes."""
LOOK_S = 0.01
"""How often it is looked whether a process has ended that is about to."""


class WorkerProcess:
    """One that runs."""

    def __init__(self, descriptors: Sequence[int]) -> None:
        """Start it with these descriptors, which it is told the numbers of. Raises OSError."""
        # It has them blocked from its first moment on, until it ignores them.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, FROM_OUTSIDE)
        try:
            self._process = subprocess.Popen(  # noqa: S603  it is we ourselves
                [sys.executable, "-m", "relay.workers", *map(str, descriptors)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=descriptors,
                start_new_session=True,
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    @property
    def status(self) -> int | None:
        """How it has ended, as subprocess has it; None: it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """End it, unless it has ended."""
        self._process.kill()

    async def wait(self) -> None:
        """Wait until it has ended."""
        while self.status is None:  # noqa: ASYNC110  what would tell is not there on every system
            await asyncio.sleep(LOOK_S)


def ignore_signals() -> None:
    """Do so from now on, and drop what was sent since the process began."""
    for number in FROM_OUTSIDE:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, FROM_OUTSIDE)
