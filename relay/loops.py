"""Runs the relay's programs on uvloop where that is installed; used by cli and workers.

What it saves is in accepting connections and waiting for them. It is no faster at delivering, as
that goes past the event loop.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

try:
    import uvloop
except ImportError:  # the extra [fast] is not installed
    LOOP = "asyncio"
    _new_loop = asyncio.new_event_loop
else:
    LOOP = "uvloop"
    _new_loop = uvloop.new_event_loop

Result = TypeVar("Result")


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Do as asyncio.run."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        return runner.run(main)
