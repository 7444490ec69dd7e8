"""Receives a broadcast by asking im/fetch again and again; run by room/following."""

import asyncio
from dataclasses import dataclass

from relay.errors import FrameError, UpstreamError
from relay.upstream.broadcast import Broadcast, Receiver, UpstreamPosition
from relay.upstream.failures import SessionEnd
from relay.upstream.fetch import MessageFetcher


@dataclass(frozen=True, slots=True)
class PollTimings:
    """How often to ask. Under 1 s on one's own account risks a ban (BarrageGrab)."""

    default_s: float = 1.0
    """Where upstream names no interval."""
    min_s: float = 0.1
    """However short an interval upstream names."""
    max_s: float = 15.0
    """However long an interval upstream names."""
    unreadable_in_row: int = 3
    """Bodies that can't be read, after which the position is given up and the session ends."""


class PollTransport:
    """Polls one room."""

    def __init__(self, fetcher: MessageFetcher, timings: PollTimings) -> None:
        self._fetcher = fetcher
        self._timings = timings

    async def run(self, broadcast: Broadcast, receiver: Receiver) -> SessionEnd:
        """Poll until upstream fails or refuses. Begins where `broadcast.position` is.

        What can't be read is asked for again; if that does not help, it is lost, and the next
        session begins with a fresh position.
        """
        opened = False
        unreadable = 0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(broadcast.next_fetch_at - loop.time())
            wait_s = self._timings.default_s
            try:
                response = await self._fetcher.fetch(broadcast)
            except UpstreamError as error:
                return SessionEnd(error.cause, str(error))
            except FrameError as error:
                unreadable += 1
                given_up = unreadable >= self._timings.unreadable_in_row
                # Until then the position stays, so the next answer has these messages too.
                receiver.unreadable(error, lost=given_up)
                if given_up:
                    broadcast.position = UpstreamPosition()
                    return SessionEnd("bad_body", f"im/fetch can't be read: {error}")
            else:
                unreadable = 0
                if not opened:
                    opened = True
                    receiver.opened()
                receiver.received(response)
                broadcast.position.advance(response.cursor, response.internal_ext)
                if response.fetch_interval > 0:
                    wait_s = response.fetch_interval / 1000
                    wait_s = min(max(wait_s, self._timings.min_s), self._timings.max_s)
            broadcast.next_fetch_at = loop.time() + wait_s
