"""Receives a broadcast over the push WebSocket; run by room/following.

Sources: recorded browser sessions (acks, heartbeats), saermart, xhynice, jwwsjlm#51 (pongs).
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidStatus,
    WebSocketException,
)
from websockets.typing import Origin

from relay.clock import now_ms
from relay.errors import FrameError, UpstreamError
from relay.upstream.broadcast import Broadcast, Receiver
from relay.upstream.failures import SessionEnd
from relay.upstream.fetch import MessageFetcher
from relay.upstream.http import USER_AGENT, host_of, proxy_for
from relay.upstream.outage import plain_reason
from relay.upstream.params import ORIGIN, push_query, referer
from relay.upstream.signers.chain import Chain
from relay.upstream.transports.push_urls import PushUrls
from relay.webcast.frames import DEFAULT_LIMITS, HEARTBEAT, ack_frame, read_frame
from relay.webcast.recording import Record, RecordKind

MAX_MESSAGE_BYTES = 4 * DEFAULT_LIMITS.max_frame_bytes
"""Past this the connection is given up. A frame that is merely too large for us to read costs only
itself."""
_MAX_QUEUE = 16
"""Frames read ahead of us; past it TCP slows upstream down."""
_CLOSE_S = 1.0
"""Upstream does not complete the closing handshake; it is not waited for longer than this."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SocketTimings:
    """Heartbeats and deadlines of the push socket."""

    heartbeat_s: float = 10.0
    """As the page does. Without heartbeats upstream cuts after about 30 s. Its own
    `heartbeat_duration` (15 in recordings) asks for no more than that."""
    silent_s: float = 60.0
    """Nothing at all for so long, while it should answer every heartbeat: the line is dead."""
    open_s: float = 10.0
    """For connection and handshake together."""
    first_position_s: float = 5.0
    """For the im/fetch before the first connect; the socket works without."""


_ABOUT_SIGNATURES = re.compile(r"sign.?check|signature", re.I)
"""In a refused handshake: the signature, or the ttwid that it came with, is stale (douyinLive)."""


class _Connect(connect):
    """A handshake that follows no redirect: our cookies are not for other hosts."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class SocketTransport:
    """Holds the push socket of one room."""

    def __init__(
        self,
        push_urls: PushUrls,
        fetcher: MessageFetcher,
        signers: Chain,
        timings: SocketTimings,
    ) -> None:
        self._push_urls = push_urls
        self._fetcher = fetcher
        self._signers = signers
        self._timings = timings

    async def run(self, broadcast: Broadcast, receiver: Receiver) -> SessionEnd:
        """Connect and receive until the connection ends. Begins at `broadcast.position`."""
        loop = asyncio.get_running_loop()
        broadcast.push_hosts = self._push_urls.count
        # Where im/fetch was asked just now, connecting is more urgent than a position.
        if not broadcast.position.cursor and loop.time() >= broadcast.next_fetch_at:
            await self._fetch_position(broadcast, receiver)
        try:
            handshake = await self._handshake(broadcast)
        except UpstreamError as error:
            return SessionEnd(error.cause, str(error))
        try:
            connection = await handshake
        except (WebSocketException, OSError, EOFError, ValueError) as error:
            return _refusal(error, host_of(self._url_for(broadcast)))
        receiver.opened()
        async with connection:
            return await self._receive(connection, broadcast, receiver)

    async def _fetch_position(self, broadcast: Broadcast, receiver: Receiver) -> None:
        """Take the first position from im/fetch, as the page does, and what messages come along."""
        try:
            async with asyncio.timeout(self._timings.first_position_s):
                response, record = await self._fetcher.fetch(broadcast)
        except (UpstreamError, FrameError, TimeoutError) as error:
            _log.debug("no first position", room_id=broadcast.room_id, error=str(error))
            return
        if self._push_urls.note(response):
            broadcast.host_turn = 0
            broadcast.push_hosts = self._push_urls.count
        receiver.received(response, record)
        broadcast.position.advance(response.cursor, response.internal_ext)

    async def _handshake(self, broadcast: Broadcast) -> connect:
        position = broadcast.position
        query = push_query(
            broadcast.room_id, broadcast.visitor_id, position.cursor, position.internal_ext
        )
        signed, broadcast.signed_by = await self._signers.sign_socket(
            f"{self._url_for(broadcast)}?{query}",
            room_id=broadcast.room_id,
            visitor_id=broadcast.visitor_id,
            refused=broadcast.refused_signers,
        )
        cookies = signed.cookies | await broadcast.identity.cookies()
        if "ttwid" in signed.cookies:  # what was signed for
            cookies["ttwid"] = signed.cookies["ttwid"]
        headers = {"Referer": referer(broadcast.web_rid)} | signed.headers
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return _Connect(
            signed.signed_url,
            origin=Origin(ORIGIN),
            user_agent_header=signed.user_agent or USER_AGENT,
            additional_headers=headers,
            # What is compressed is inside the frames.
            compression=None,
            proxy=proxy_for(signed.signed_url),
            open_timeout=self._timings.open_s,
            # Heartbeats do what pings would; upstream's pings are answered by the library.
            ping_interval=None,
            close_timeout=_CLOSE_S,
            max_size=MAX_MESSAGE_BYTES,
            max_queue=_MAX_QUEUE,
        )

    def _url_for(self, broadcast: Broadcast) -> str:
        return self._push_urls.at(broadcast.number + broadcast.host_turn)

    async def _receive(
        self, connection: ClientConnection, broadcast: Broadcast, receiver: Receiver
    ) -> SessionEnd:
        """Read frames and send heartbeats, in one task, until the connection ends."""
        loop = asyncio.get_running_loop()
        heard_at = next_beat = loop.time()
        silent_s = self._timings.silent_s
        try:
            while True:
                if loop.time() >= next_beat:
                    async with asyncio.timeout(silent_s):
                        await _send(connection, HEARTBEAT)
                    # In step, but after a stall of this process those missed are not made up for.
                    missed = (loop.time() - next_beat) // self._timings.heartbeat_s
                    next_beat += (missed + 1) * self._timings.heartbeat_s
                try:
                    # Cancelling recv() loses nothing; one timer for many frames is cheap.
                    async with asyncio.timeout_at(min(next_beat, heard_at + silent_s)):
                        while loop.time() < next_beat:
                            data = await connection.recv()
                            heard_at = loop.time()
                            end = await self._take(connection, data, broadcast, receiver)
                            if end is not None:
                                return end
                except TimeoutError:
                    if loop.time() >= heard_at + silent_s:
                        return SessionEnd("silent", f"nothing was heard for {silent_s:g} s")
        except TimeoutError:
            return SessionEnd("silent", f"upstream took nothing from us for {silent_s:g} s")
        except ConnectionClosed as error:
            return _closed(error)

    async def _take(
        self,
        connection: ClientConnection,
        data: str | bytes,
        broadcast: Broadcast,
        receiver: Receiver,
    ) -> SessionEnd | None:
        """Hand on one frame and acknowledge it; gives the end where upstream says it."""
        data = data.encode() if isinstance(data, str) else data
        record = Record(RecordKind.FRAME, now_ms(), data)
        try:
            frame = read_frame(data)
        except FrameError as error:
            receiver.unreadable(error, record, lost=True)
            return None
        if frame.payload_type == "close":
            return SessionEnd("close_frame", "upstream sent its close frame")
        if frame.response is None:
            receiver.heard()
            return None
        receiver.received(frame.response, record)
        # A shared Response carries another connection's headers; its own pair comes first.
        internal_ext = frame.response.internal_ext or frame.internal_ext
        broadcast.position.advance(frame.response.cursor or frame.cursor, internal_ext)
        if frame.response.need_ack:
            await _send(connection, ack_frame(frame.logid, internal_ext))
        return None


async def _send(connection: ClientConnection, data: bytes) -> None:
    # Frames that came before the end are still to be read; reading tells of the end, after them.
    with suppress(ConnectionClosed):
        await connection.send(data)


def _refusal(error: Exception, host: str) -> SessionEnd:
    """Tell why a handshake did not succeed."""
    if isinstance(error, TimeoutError):
        return SessionEnd("timeout", f"{host} did not answer in time")
    if not isinstance(error, InvalidStatus):
        # ValueError: a host that upstream named and that can't be a host.
        return SessionEnd("unreachable", f"{host} can't be reached: {plain_reason(error)}")
    status = error.response.status_code
    message = error.response.headers.get("Handshake-Msg", "")[:200]
    if "DEVICE_BLOCKED" in message:
        return SessionEnd("device_blocked", "the handshake is answered with DEVICE_BLOCKED")
    cause = "sign_check" if _ABOUT_SIGNATURES.search(message) else "handshake_refused"
    if status >= 500:
        cause = "server_error"
    elif status == 429:
        cause = "rate_limited"
    elif status in (401, 403, 444):
        cause = "forbidden"
    said = f"HTTP {status}" + (f", {message!r}" if message else "")
    return SessionEnd(cause, f"the handshake is answered with {said}")


def _closed(error: ConnectionClosed) -> SessionEnd:
    if error.rcvd is None:
        return SessionEnd("cut", "the connection was cut without a close frame")
    code, reason = error.rcvd.code, error.rcvd.reason[:200]
    cause = "restarting" if code in (1012, 1013) else "closed"
    return SessionEnd(cause, f"upstream closed with {code} {reason!r}")
