"""One `im/fetch` request; called by the poll transport, and by the socket for its first position.

Source: facts from f2, BarrageGrab, dycast. The answer is a bare Response protobuf.
"""

import time

from relay.config import UpstreamConfig
from relay.errors import FrameError, UpstreamError
from relay.upstream.broadcast import Broadcast
from relay.upstream.http import HttpClient, refuse_html
from relay.upstream.identity import Identity
from relay.upstream.params import FETCH_PATH, fetch_params, referer
from relay.webcast.frames import DEFAULT_LIMITS, read_response
from relay.webcast.pb.webcast_pb2 import Response


class MessageFetcher:
    """Fetches what is new in a broadcast, over HTTP."""

    def __init__(self, config: UpstreamConfig, http: HttpClient, identity: Identity) -> None:
        self._url = config.live_url.rstrip("/") + FETCH_PATH
        self._http = http
        self._identity = identity
        self._last_rtt_ms = 0

    async def fetch(self, broadcast: Broadcast) -> Response:
        """Ask for the messages after the broadcast's position; does not advance it.

        Raises UpstreamError (`empty_body` is how upstream refuses), FrameError for a body that
        can't be read, however often it is asked for.
        """
        cookies = await self._identity.cookies()
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
        self._identity.absorb(answer.cookies)
        try:
            return read_response(answer.body)
        except FrameError:
            refuse_html(answer.body)
            raise
