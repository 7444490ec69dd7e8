"""Asks each question once at a time, however many want the answer; used by sharing."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any, TypeVar

from relay.errors import UpstreamError

MAX_FLIGHTS = 500
"""Questions under way at once; past it new ones are refused with `busy`."""

T = TypeVar("T")


class Flights:
    """Questions under way. Each goes on to its end, whoever goes away meanwhile."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}
        self._closed = False

    async def close(self) -> None:
        """Cancel all; new ones are refused."""
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def join(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask, or wait with those who have asked the same.

        Raises UpstreamError: what `ask` raises, `busy` where too much is under way, or `stopping`
        from `close` on.
        """
        task: asyncio.Task[T | UpstreamError] | None = self._tasks.get(key)
        if task is None:
            if self._closed:
                raise _stopping()
            if len(self._tasks) >= MAX_FLIGHTS:
                raise UpstreamError(
                    "busy",
                    f"{MAX_FLIGHTS} questions to upstream are under way",
                    retry_after_s=1.0,
                )
            task = asyncio.create_task(_outcome(ask), name=f"ask:{key}")
            self._tasks[key] = task
            task.add_done_callback(partial(self._landed, key))
        # Unlike awaiting the task, this leaves it alone when the waiting one is cancelled.
        await asyncio.wait([task])
        if task.cancelled():
            raise _stopping()
        outcome = task.result()
        if isinstance(outcome, UpstreamError):
            raise renewed(outcome)
        return outcome

    def _landed(self, key: Hashable, _task: asyncio.Task[Any]) -> None:
        del self._tasks[key]


def _stopping() -> UpstreamError:
    return UpstreamError("stopping", "the answer from upstream is not waited for")


async def _outcome(ask: Callable[[], Awaitable[T]]) -> T | UpstreamError:
    """Give an error as a value: there may be nobody left to raise it to."""
    try:
        return await ask()
    except UpstreamError as error:
        return error


def renewed(error: UpstreamError) -> UpstreamError:
    """Make an error anew: one that is raised by hundreds would collect all their frames."""
    return UpstreamError(
        error.cause,
        str(error),
        upstream_code=error.upstream_code,
        upstream_text=error.upstream_text,
        retry_after_s=error.retry_after_s,
    )
