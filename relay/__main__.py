"""The `relay` command and `python -m relay`: hands over to cli.

Until cli's own work begins there is nothing to tidy up, so Ctrl-C ends the process at once: an
exception could come out of the middle of any import, and as anything. What is to be a service notes
SIGHUP from here on.
"""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from relay.early_hangups import EarlyHangups

_INTERRUPTED = 130  # errors.ExitCode.INTERRUPTED, which isn't imported yet


def _interrupted(_signal: int = 0, _frame: FrameType | None = None) -> NoReturn:
    os.write(2, b"relay: interrupted\n")
    os._exit(_INTERRUPTED)


def main() -> None:
    """Run the command line; leaves with an ExitCode."""
    try:
        signal.signal(signal.SIGINT, _interrupted)
        if sys.argv[1:2] == ["serve"]:
            signal.signal(signal.SIGHUP, EarlyHangups())
        from relay.cli.main import run  # noqa: PLC0415  # importing takes long enough to interrupt

        code = run(sys.argv[1:])
        signal.signal(signal.SIGINT, _interrupted)
    except KeyboardInterrupt:
        _interrupted()
    sys.exit(code)


if __name__ == "__main__":
    main()
