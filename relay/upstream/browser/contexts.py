"""Windows with cookies of their own, in one browser; kept by browser, for the pages in them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Context:
    creating: asyncio.Future[str]
    users: int = 0


class Contexts:
    """Each has a name, and is there for as long as somebody uses it."""

    def __init__(
        self, create: Callable[[], Awaitable[str]], dispose: Callable[[str], None]
    ) -> None:
        """`create` gives the browser's id of a new one, for `dispose`, which never raises."""
        self._create = create
        self._dispose = dispose
        self._by_name: dict[str, _Context] = {}

    async def take(self, name: str) -> str:
        """Give the browser's id of a context, made where it isn't there; raises as `create` does.

        Whoever gets one calls `leave` in the end.
        """
        context = self._by_name.get(name)
        if context is None:
            context = _Context(asyncio.ensure_future(self._create()))
            self._by_name[name] = context
        context.users += 1
        try:
            return await asyncio.shield(context.creating)
        except BaseException:
            self.leave(name)
            raise

    def leave(self, name: str) -> None:
        """Use it no more."""
        context = self._by_name[name]
        context.users -= 1
        if not context.users:
            del self._by_name[name]
            context.creating.add_done_callback(self._end)

    def _end(self, creating: asyncio.Future[str]) -> None:
        if not creating.cancelled() and creating.exception() is None:
            self._dispose(creating.result())
