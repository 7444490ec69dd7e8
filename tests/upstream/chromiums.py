"""The Chromiums that this process has started."""

import psutil


def started() -> list[psutil.Process]:
    """Their processes, with what they started themselves."""
    found = psutil.Process().children(recursive=True)
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


def kill_chromium() -> None:
    """Kill the browser itself, of which the others are only parts."""
    (shell,) = [process for process in psutil.Process().children() if process.name() == "sh"]
    shell.children()[0].kill()
