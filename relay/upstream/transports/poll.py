"""Receives a broadcast by asking im/fetch again and again; run by room/following."""

from relay.errors import FrameError, UpstreamError
from relay.upstream.broadcast import Broadcast, Receiver, UpstreamPosition
from relay.upstream.failures import SessionEnd
from relay.upstream.fetch import MessageFetcher, PollTimings


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
        while True:
            try:
                response, record = await self._fetcher.fetch(broadcast)
            except UpstreamError as error:
                return SessionEnd(error.cause, str(error))
            except FrameError as error:
                unreadable += 1
                given_up = unreadable >= self._timings.unreadable_in_row
                # Until then the position stays, so the next answer has these messages too.
                receiver.unreadable(error, None, lost=given_up)
                if given_up:
                    broadcast.position = UpstreamPosition()
                    return SessionEnd("bad_body", f"im/fetch can't be read: {error}")
            else:
                unreadable = 0
                if not opened:
                    opened = True
                    receiver.opened()
                receiver.received(response, record)
                broadcast.position.advance(response.cursor, response.internal_ext)
