"""Wakes requests that wait for news of a room, all of them together; used by chat and partial.

One object for each stream that REST clients have asked for, until the stream is closed.
"""

import asyncio
from collections.abc import Callable

from aiohttp import web

from relay.hub import Hub, Stream
from relay.server.rest.messages import Messages

PACE_S = 0.25
"""From one turn of long polls to the next, while there is something to tell: an event that comes
into a quiet room is told at once, those that follow it are told together."""


class Turns:
    """The long polls of one stream. Bound: as many as there are HTTP connections."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._curious: set[asyncio.Future[None]] = set()
        self._next_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

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
        await _wait(self._waiting, until_s)

    async def news(self, until_s: float) -> None:
        """Wait until anything happens in the stream, or until `until_s` at most."""
        await _wait(self._curious, until_s)

    def notify(self) -> None:
        """Note that something has happened in the stream."""
        _wake(self._curious)
        if self._waiting:
            self._schedule()

    def wake(self) -> None:
        """Wake everybody now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        _wake(self._curious)
        _wake(self._waiting)

    def _schedule(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._next_s, loop.time()), self._turn)

    def _turn(self) -> None:
        self._timer = None
        self._next_s = asyncio.get_running_loop().time() + PACE_S
        _wake(self._waiting)


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


async def _wait(waiting: set[asyncio.Future[None]], until_s: float) -> None:
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    waiting.add(future)
    timer = loop.call_at(until_s, _resolve, future)
    try:
        await future
    finally:
        timer.cancel()
        waiting.discard(future)


def _wake(waiting: set[asyncio.Future[None]]) -> None:
    for future in waiting:
        _resolve(future)
    waiting.clear()


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
