"""One `im/fetch` request, and how soon the next may follow; used by poll, and by the socket for its
first position.

Source: facts from f2, BarrageGrab, dycast. The answer is a bare Response protobuf.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import NamedTuple

from relay.clock import now_ms
from relay.config import UpstreamConfig
from relay.errors import FrameError, UpstreamError
from relay.upstream.broadcast import Broadcast
from relay.upstream.http import HttpClient, refuse_html
from relay.upstream.params import FETCH_PATH, fetch_params, referer
from relay.webcast.frames import DEFAULT_LIMITS, read_response
from relay.webcast.pb.webcast_pb2 import Response
from relay.webcast.recording import Record, RecordKind


@dataclass(frozen=True, slots=True)
class PollTimings:
    """How often to ask. Under 1 s on one's own account risks a ban (BarrageGrab)."""

    default_s: float = 1.0
    """Where upstream names no interval, or does not answer."""
    min_s: float = 0.1
    """However short an interval upstream names."""
    max_s: float = 15.0
    """However long an interval upstream names."""
    unreadable_in_row: int = 30
    """Bodies that can't be read, after which a position is given up: half a minute's."""


class Fetched(NamedTuple):
    """An answer of im/fetch."""

    response: Response
    record: Record
    """The same as it came."""


class MessageFetcher:
    """Fetches what is new in a broadcast, over HTTP."""

    def __init__(self, config: UpstreamConfig, http: HttpClient, timings: PollTimings) -> None:
        self._url = config.live_url.rstrip("/") + FETCH_PATH
        self._http = http
        self._timings = timings
        self._last_rtt_ms = 0

    async def fetch(self, broadcast: Broadcast) -> Fetched:
        """Ask for the messages after the broadcast's position, once upstream may be asked again.

        Does not advance the position. Raises UpstreamError (`empty_body` is how upstream refuses),
        FrameError for a body that can't be read, however often it is asked for.
        """
        loop = asyncio.get_running_loop()
        await asyncio.sleep(broadcast.next_fetch_at - loop.time())
        pause_s = self._timings.default_s
        try:
            fetched = await self._ask(broadcast)
            if fetched.response.fetch_interval > 0:
                pause_s = fetched.response.fetch_interval / 1000
                pause_s = min(max(pause_s, self._timings.min_s), self._timings.max_s)
            return fetched
        finally:
            broadcast.next_fetch_at = loop.time() + pause_s

    async def _ask(self, broadcast: Broadcast) -> Fetched:
        cookies = await broadcast.identity.cookies()
        begin_s = time.monotonic()
        try:
            answer = await self._http.get(
                self._url,
                params=fetch_params(
                    broadcast.room_id,
                    broadcast.visitor_id,
                    broadcast.position.cursor,
                    broadcast.position.internal_ext,
                    self._last_rtt_ms,
                ),
                headers={"Referer": referer(broadcast.web_rid)},
                cookies=cookies,
                max_bytes=DEFAULT_LIMITS.max_inflated_bytes,
            )
        except UpstreamError as error:
            if error.cause == "too_large":
                raise FrameError("too_large", str(error)) from None
            raise
        self._last_rtt_ms = round((time.monotonic() - begin_s) * 1000)
        broadcast.identity.absorb(answer.cookies)
        record = Record(RecordKind.BODY, now_ms(), answer.body)
        try:
            return Fetched(read_response(answer.body), record)
        except FrameError:
            refuse_html(answer.body)
            raise
