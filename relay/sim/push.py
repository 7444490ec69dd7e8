"""A push WebSocket: frames out, acks and heartbeats in, pings, cuts; used by http."""

import asyncio
import contextlib
import math
import time
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from aiohttp import WSMsgType, web
from google.protobuf.message import DecodeError

from relay.sim.behaviours import Stall
from relay.sim.broadcast import Batch, Broadcast, Resume, compress, without_gifts
from relay.sim.frames import HEARTBEAT, FrameWriter, corrupted
from relay.sim.handshake import replay_count
from relay.sim.ledger import ConnectionRecord, Ledger
from relay.sim.room import SimRoom
from relay.sim.scenario import Step, Timing
from relay.sim.show import LOW_VALUE, Sent
from relay.webcast.pb import webcast_pb2 as pb

MAX_CLIENT_FRAME = 64 * 1024
"""Bytes of one frame from a client; more closes its connection."""
MAX_UNACKED = 10_000
"""Acks waited for per connection; older ones count as missing for good."""
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
        ledger: Ledger,
        timing: Timing,
    ) -> None:
        self._request = request
        self._room = room
        self._broadcast = broadcast
        self._timing = timing
        self._ledger = ledger
        query = request.query
        self._position, resume = broadcast.locate(
            query.get("cursor", ""), query.get("internal_ext", "")
        )
        self._low_position = self._position
        self._replay = replay_count(query)
        self._fresh = resume in (Resume.FRESH, Resume.FOREIGN)
        ledger.opened += 1
        self.record = ConnectionRecord(
            number=ledger.opened,
            web_rid=room.web_rid,
            room_id=broadcast.room_id,
            opened_ms=_now_ms(),
            resume=resume.value,
            logged_in=bool(request.cookies.get("sessionid")),
            signed=bool(query.get("signature")),
            user_agent=request.headers.get("User-Agent", ""),
        )
        self._ws = web.WebSocketResponse(
            autoping=False,
            autoclose=False,
            compress=False,
            timeout=1.0,
            max_msg_size=MAX_CLIENT_FRAME,
        )
        self._wake = asyncio.Event()
        self._farewell: Step | None = None
        self._own_stall: Stall = "none"
        self._unacked: OrderedDict[int, str] = OrderedDict()
        self._frames = FrameWriter(self.record.number)
        self._opened = self._heartbeat = time.monotonic()
        self._unanswered: float | None = None

    def order(self, step: Step) -> None:
        """Do what a step says to open connections."""
        if step.do == "cut":
            self.cut("cut")
        elif step.do == "stall":
            self._own_stall = step.stall
        else:
            self._farewell = step
        self._wake.set()

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
        """Send the replay, then batch after batch."""
        if self._stall in ("none", "low_value"):
            await self._send_replay()
        while True:
            self._wake.clear()
            if self._farewell is not None:
                await self._say_farewell(self._farewell)
                return
            if self._stall == "none":
                batch = self._broadcast.after(self._position)
                if batch is not None:
                    self.record.lost_batches += batch.number - self._position - 1
                    await self._send_batch(batch)
                    self._position = self._low_position = batch.number
                    continue
            elif self._stall == "low_value":
                batch = self._broadcast.after(self._low_position)
                if batch is not None:
                    await self._send_low_value(batch)
                    self._low_position = batch.number
                    continue
            await self._wake.wait()

    @property
    def _stall(self) -> Stall:
        return self._room.behaviours.stall if self._own_stall == "none" else self._own_stall

    async def _send_replay(self) -> None:
        if self._fresh and not self._broadcast.live:
            return
        count = min(self._replay, self._room.behaviours.replay)
        messages = self._admitted(self._broadcast.persisted(self._position, count))
        if messages:
            self.record.replayed = len(messages)
            await self._send_messages(messages)

    async def _send_low_value(self, batch: Batch) -> None:
        messages = [message for message in batch.messages if message.method in LOW_VALUE]
        if messages:
            self.record.messages += len(messages)
            await self._send_messages(messages)

    async def _send_messages(self, messages: Sequence[Sent]) -> None:
        """Send messages apart from the batches: they leave the position as it is."""
        now_ms = _now_ms()
        broadcast = self._broadcast
        cursor, internal_ext = broadcast.pair(self._position, now_ms, broadcast.started_ms)
        need_ack = self._room.behaviours.ack_every > 0
        response = broadcast.response(messages, cursor, internal_ext, now_ms, need_ack=need_ack)
        frame = self._frames.msg(
            compress(response.SerializeToString()),
            broadcast.pair(self._position, now_ms, self.record.opened_ms),
            now_ms,
            compressed=True,
        )
        self.record.frames += 1
        if need_ack:
            self._expect_ack(frame.logid, internal_ext)
        await self._ws.send_bytes(frame.SerializeToString())

    async def _send_batch(self, batch: Batch) -> None:
        messages = self._admitted(batch.messages)
        if not messages:
            return
        payload = self._broadcast.payload(batch, gifts=messages is batch.messages)
        own_pair = self._broadcast.pair(batch.number, batch.now_ms, self.record.opened_ms)
        frame = self._frames.msg(payload, own_pair, batch.now_ms, compressed=batch.compressed)
        self.record.frames += 1
        if batch.corrupt:
            self.record.corrupt_frames += 1
            await self._ws.send_bytes(corrupted(frame, batch.number))
            return
        self.record.messages += len(messages)
        if batch.need_ack:
            self._expect_ack(frame.logid, self._broadcast.shared_pair(batch)[1])
        await self._ws.send_bytes(frame.SerializeToString())

    def _admitted(self, messages: Sequence[Sent]) -> Sequence[Sent]:
        """Leave out what this connection does not get."""
        if self.record.logged_in or not self._room.behaviours.gifts_need_login:
            return messages
        return without_gifts(messages)

    def _expect_ack(self, logid: int, internal_ext: str) -> None:
        self.record.acks_wanted += 1
        self.record.acks_missing += 1
        self._unacked[logid] = internal_ext
        if len(self._unacked) > MAX_UNACKED:
            self._unacked.popitem(last=False)

    async def _say_farewell(self, step: Step) -> None:
        if step.do == "close":
            self.record.close_cause = "closed"
            await self._ws.close(code=step.code)
        else:
            await self._ws.send_bytes(self._frames.bare("close").SerializeToString())
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
                    await self._ws.send_bytes(self._frames.bare("hb").SerializeToString())
            case "ack":
                wanted = self._unacked.pop(frame.logid, None)
                if wanted is not None:
                    self.record.acks_missing -= 1
                if wanted is not None and frame.payload == wanted.encode():
                    self.record.acks_good += 1
                else:
                    self.record.acks_bad += 1
            case _:
                self.record.odd_frames += 1


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
