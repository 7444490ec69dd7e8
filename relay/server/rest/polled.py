"""Wakes requests that wait for news of a room, in common turns; used by chat and partial.

One object for each stream that REST clients have asked for, until the stream is closed.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from aiohttp import web

from relay.hub import Hub, Stream
from relay.server.rest.messages import Messages

PACE_S = 0.25
"""From one turn of long polls to the next, while there is something to tell: an event that comes
into a quiet room is told at once, those that follow it are told together."""


SLICE = 2
"""Requests woken in one pass of the loop. Each takes about a millisecond to be answered, and no
other client, nor any room, should wait for a whole crowd of them."""


class Turns:
    """The requests that wait for a stream, longest first. Bound: as there are HTTP connections."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], None] = {}
        self._due: deque[asyncio.Future[None]] = deque()
        """Those whose turn has come, and that are woken slice by slice."""
        self._next_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._slice: asyncio.Handle | None = None

    def take(self) -> bool:
        """Tell whether a poll that finds something may be answered at once; then that's a turn."""
        now_s = asyncio.get_running_loop().time()
        if now_s < self._next_s:
            return False
        self._next_s = now_s + PACE_S
        return True

    async def next(self, until_s: float, *, pending: bool) -> None:
        """Wait for the next turn, by the loop's clock until `until_s` at most.

        `pending`: there is something to be told then, so there will be one.
        """
        if pending:
            self._schedule()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting[future] = None
        timer = loop.call_at(until_s, _resolve, future)
        try:
            await future
        finally:
            timer.cancel()
            self._waiting.pop(future, None)

    def notify(self) -> None:
        """Note that something has happened in the stream."""
        if self._waiting:
            self._schedule()

    def wake(self) -> None:
        """Begin a turn now."""
        if self._timer is not None:
            self._timer.cancel()
        self._turn()

    def _schedule(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._next_s, loop.time()), self._turn)

    def _turn(self) -> None:
        self._timer = None
        self._next_s = asyncio.get_running_loop().time() + PACE_S
        self._due.extend(self._waiting)
        self._waiting.clear()
        if self._slice is None:
            self._wake_slice()

    def _wake_slice(self) -> None:
        for _ in range(min(SLICE, len(self._due))):
            _resolve(self._due.popleft())
        self._slice = None
        if self._due:
            self._slice = asyncio.get_running_loop().call_soon(self._wake_slice)


class Polled:
    """A stream, as the REST clients that poll it share it."""

    def __init__(self, stream: Stream) -> None:
        self.messages = Messages(stream)
        self.turns = Turns()


class PolledStreams:
    """All of them; one for each server."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._polled: dict[Stream, tuple[Polled, Callable[[], None]]] = {}

    def of(self, stream: Stream) -> Polled:
        """Give what is shared of an open stream."""
        found = self._polled.get(stream)
        if found is not None:
            return found[0]
        polled = Polled(stream)

        def listener() -> None:
            if self._hub.present(stream) is stream:
                polled.turns.notify()
            else:
                self._forget(stream)

        stream.listeners.add(listener)
        self._polled[stream] = polled, listener
        return polled

    def end(self) -> None:
        """Wake all requests: the relay is stopping."""
        for stream in list(self._polled):
            self._forget(stream)

    def _forget(self, stream: Stream) -> None:
        polled, listener = self._polled.pop(stream)
        stream.listeners.discard(listener)
        polled.turns.wake()


POLLED: web.AppKey[PolledStreams] = web.AppKey("polled", PolledStreams)
"""Where the handlers find them."""


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
