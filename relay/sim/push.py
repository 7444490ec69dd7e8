"""A push WebSocket: frames out, acks and heartbeats in, pings, cuts; used by http."""

import asyncio
import contextlib
import math
import time

import structlog
from aiohttp import WSMsgType, web
from google.protobuf.message import DecodeError

from relay.sim.behaviours import Stall
from relay.sim.broadcast import Broadcast
from relay.sim.frames import HEARTBEAT
from relay.sim.hosts import Host
from relay.sim.identities import Identities
from relay.sim.ledger import ConnectionRecord, Ledger
from relay.sim.outgoing import Outgoing
from relay.sim.room import SimRoom
from relay.sim.scenario import Step, Timing
from relay.webcast.pb import webcast_pb2 as pb

MAX_CLIENT_FRAME = 64 * 1024
"""Bytes of one frame from a client; more closes its connection."""
_LOOK_S = 0.5
"""How soon a behaviour switched on at run time is noticed by a connection's keeper."""

_log = structlog.get_logger(__name__)


class PushConnection:
    """One push WebSocket, from the upgrade to the cut."""

    def __init__(
        self,
        request: web.Request,
        room: SimRoom,
        broadcast: Broadcast,
        host: Host,
        *,
        ledger: Ledger,
        identities: Identities,
        timing: Timing,
        stall: Stall,
    ) -> None:
        """`stall` is this connection's own."""
        self._request = request
        self._room = room
        self._broadcast = broadcast
        self._host = host
        self._timing = timing
        self._ledger = ledger
        self._identities = identities
        self._cookies = request.cookies
        query = request.query
        ledger.opened += 1
        self.record = ConnectionRecord(
            number=ledger.opened,
            web_rid=room.web_rid,
            room_id=broadcast.room_id,
            opened_ms=_now_ms(),
            logged_in=self._logged_in(),
            signed=bool(query.get("signature")),
            user_agent=request.headers.get("User-Agent", ""),
            user_unique_id=query["user_unique_id"],
            ttwid=self._cookies.get("ttwid", ""),
            login=self._cookies.get("sessionid", ""),
            host=host.name,
        )
        self._outgoing = Outgoing(room, broadcast, self.record, query, self._logged_in)
        self._ws = web.WebSocketResponse(
            autoping=False,
            autoclose=False,
            compress=False,
            timeout=1.0,
            max_msg_size=MAX_CLIENT_FRAME,
        )
        self._wake = asyncio.Event()
        self._farewell: Step | None = None
        self._own_stall = stall
        self._opened = self._heartbeat = time.monotonic()
        self._unanswered: float | None = None

    @property
    def login(self) -> str:
        """Its sessionid; empty: none."""
        return self.record.login

    @property
    def host(self) -> str:
        """Which push host it came to."""
        return self.record.host

    def order(self, step: Step) -> None:
        """Do what a step says to open connections."""
        if step.do == "cut":
            self.cut("cut")
        elif step.do == "stall":
            self._own_stall = step.stall
        else:
            self._farewell = step
        self._wake.set()

    def kick(self) -> None:
        """End it: its login is open elsewhere."""
        self.record.close_cause = "kicked"
        self.order(Step(do="close_frame"))

    def cut(self, cause: str) -> None:
        """Drop the connection without a close handshake."""
        self.record.close_cause = self.record.close_cause or cause
        if self._request.transport is not None:
            self._request.transport.abort()

    async def serve(self) -> web.StreamResponse:
        """Upgrade and serve until either side ends it."""
        await self._ws.prepare(self._request)
        number = self.record.number
        self._ledger.connections[number] = self.record
        self._room.lines.add(self)
        self._broadcast.watch(self._wake)
        loops = [
            asyncio.create_task(self._send(), name=f"sim-send:{number}"),
            asyncio.create_task(self._keep(), name=f"sim-keep:{number}"),
            asyncio.create_task(self._receive(), name=f"sim-receive:{number}"),
        ]
        try:
            await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in loops:
                task.cancel()
            await asyncio.wait(loops)
            self._broadcast.unwatch(self._wake)
            self._room.lines.discard(self)
            self.cut("gone")
            self.record.closed_ms = _now_ms()
            del self._ledger.connections[number]
            self._ledger.closed.append(self.record)
            _log.debug("push connection ended", number=number, cause=self.record.close_cause)
        for task in loops:
            error = None if task.cancelled() else task.exception()
            # Writing to a client that has gone is no news.
            if error is not None and not isinstance(error, ConnectionError):
                raise error
        return self._ws

    async def _send(self) -> None:
        """Send the replay, then frame after frame."""
        if self._stall in ("none", "low_value"):
            replay = self._outgoing.replay()
            if replay is not None:
                await self._ws.send_bytes(replay)
        while True:
            self._wake.clear()
            if self._farewell is not None:
                await self._say_farewell(self._farewell)
                return
            frame = None
            match self._stall:
                case "none":
                    frame = self._outgoing.next()
                case "low_value":
                    frame = self._outgoing.next_low_value()
            if frame is not None:
                await self._ws.send_bytes(frame)
            else:
                await self._wake.wait()

    @property
    def _stall(self) -> Stall:
        if self._own_stall != "none":
            return self._own_stall
        if self._host.stall != "none":
            return self._host.stall
        behaviours = self._room.behaviours
        its = self._identities.stall(self._cookies, behaviours)
        return behaviours.stall if its == "none" else its

    def _logged_in(self) -> bool:
        return self._identities.logged_in(self._cookies, self._room.behaviours)

    async def _say_farewell(self, step: Step) -> None:
        if step.do == "close":
            self.record.close_cause = self.record.close_cause or "closed"
            await self._ws.close(code=step.code)
        else:
            await self._ws.send_bytes(self._outgoing.bare("close"))
            # Let it reach the client: a cut throws away what is unsent.
            await asyncio.sleep(0)
            self.cut("close_frame")

    async def _keep(self) -> None:
        """Ping, and cut who does not answer or does not send heartbeats."""
        timing = self._timing
        ping_at = self._opened + timing.ping_interval_s
        while True:
            if self._stall == "silent":
                ping_at = time.monotonic() + timing.ping_interval_s
            now = time.monotonic()
            if now >= ping_at:
                ping_at = now + timing.ping_interval_s
                self.record.pings += 1
                self._unanswered = self._unanswered or now
                # A client that does not read lets even a ping wait for room in the buffer.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(timing.pong_deadline_s):
                        await self._ws.ping()
            cut_every_s = self._room.behaviours.cut_every_s
            deadlines = {
                "no_heartbeat": self._heartbeat + timing.heartbeat_deadline_s,
                "no_pong": (self._unanswered or math.inf) + timing.pong_deadline_s,
                "cut": self._opened + (cut_every_s or math.inf),
            }
            cause = min(deadlines, key=deadlines.__getitem__)
            now = time.monotonic()
            if now >= deadlines[cause]:
                self.cut(cause)
                return
            await asyncio.sleep(min(_LOOK_S, max(0.001, min(ping_at, deadlines[cause]) - now)))

    async def _receive(self) -> None:
        """Take acks, heartbeats, pongs, until the client leaves or is cut."""
        while True:
            message = await self._ws.receive()
            match message.type:
                case WSMsgType.BINARY:
                    await self._take(message.data)
                case WSMsgType.TEXT:
                    # Some clients send their heartbeat as text, and it counts.
                    await self._take(message.data.encode())
                case WSMsgType.PING:
                    if message.data == HEARTBEAT:
                        await self._take(message.data)
                    if self._stall != "silent":
                        await self._ws.pong(message.data)
                case WSMsgType.PONG:
                    self.record.pongs += 1
                    self._unanswered = None
                case WSMsgType.CLOSE:
                    # Douyin does not complete the close handshake.
                    self.cut("client")
                    return
                case _:
                    self.cut("gone")
                    return

    async def _take(self, data: bytes) -> None:
        frame = pb.PushFrame()
        try:
            frame.ParseFromString(data)
        except DecodeError:
            self.record.odd_frames += 1
            return
        match frame.payload_type:
            case "hb":
                self.record.heartbeats += 1
                self.record.heartbeat_ms.append(_now_ms())
                self._heartbeat = time.monotonic()
                if self._stall != "silent":
                    await self._ws.send_bytes(self._outgoing.bare("hb"))
            case "ack":
                self._outgoing.acks.take(frame)
            case _:
                self.record.odd_frames += 1


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
