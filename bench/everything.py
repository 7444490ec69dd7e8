"""Runs the scripts that compare the relay with its peers, one after the other; see README.md.

python bench/everything.py           about four minutes
python bench/everything.py --full    about forty
"""

import signal
import subprocess
import sys
import time

from report import END_SIGNALS, INTERRUPTED
from tools import HERE, MissingError, compiled

SCRIPTS = ("fanout", "latency", "deflate", "slow", "memory", "decode")
FULL_SCRIPTS = (*SCRIPTS, "workers", "where")
LONGEST_S = 1800


def main() -> None:
    begin = time.monotonic()
    try:
        compiled("crowd")
    except MissingError as error:
        sys.exit(f"Nothing can be measured: {error}")
    scripts = FULL_SCRIPTS if "--full" in sys.argv else SCRIPTS
    failed = [script for script in scripts if not run_script(script)]
    print(f"\n{time.monotonic() - begin:.0f} s")
    if failed:
        sys.exit(f"FAILED: {', '.join(failed)}")


def run_script(script: str) -> bool:
    """Run one script with our options; tell whether it went well."""
    print(f"\n==== {script}", flush=True)
    with subprocess.Popen([sys.executable, str(HERE / f"{script}.py"), *sys.argv[1:]]) as child:

        def interrupt(*_signal: object) -> None:
            child.terminate()
            child.wait()
            sys.exit(INTERRUPTED)

        for name in END_SIGNALS:
            signal.signal(name, interrupt)
        try:
            return child.wait(LONGEST_S) == 0
        except subprocess.TimeoutExpired:
            print(f"{script} takes longer than {LONGEST_S} s and is ended")
            child.terminate()
            return False


if __name__ == "__main__":
    main()
