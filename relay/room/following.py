"""Receives one broadcast from connecting to its confirmed end; made by fetcher for each.

Connections come and go meanwhile: this decides when one is given up, what is tried next, and when
the room is asked whether all that is still worth it.
"""

import asyncio
from collections.abc import Mapping
from enum import Enum

from relay.hub import RoomState
from relay.room.ending import Ending
from relay.room.ladder import NEVER, Ladder
from relay.room.output import RoomOutput
from relay.room.retry import Policy
from relay.room.session import Progress, Session
from relay.room.source import Runs
from relay.upstream.broadcast import Broadcast
from relay.upstream.client import Transport
from relay.upstream.failures import Failure, SessionEnd
from relay.upstream.identity import new_visitor_id

_SERVED_FAILURES = 2
"""What the failures in a row fall back to where messages came."""


class _Verdict(Enum):
    """Why a session is ended from our side."""

    OVER = "over"
    """The broadcast has ended."""
    CLIMB = "climb"
    """Polling has lasted long enough for another try with the socket."""


class Following:
    """One broadcast."""

    def __init__(
        self,
        broadcast: Broadcast,
        transports: Mapping[Transport, Runs],
        ladder: Ladder,
        ending: Ending,
        output: RoomOutput,
        *,
        progress: Progress,
        policy: Policy,
        confirmed: bool,
    ) -> None:
        """`confirmed`: upstream says that the room is live; else it only may be."""
        self._broadcast = broadcast
        self._progress = progress
        self._transports = transports
        self._ladder = ladder
        self._ending = ending
        self._output = output
        self._policy = policy
        self._confirmed = confirmed
        self._failures = 0
        """Connections in a row that did not do what they are for."""
        self._quiet = 0
        """Reconnects in a row that did not cure a stream of low-value messages."""

    async def run(self) -> None:
        """Return when the broadcast is over."""
        self._output.enter(RoomState.CONNECTING)
        while True:
            session = Session(
                self._output,
                self._broadcast,
                self._progress,
                self._policy,
                transport=self._ladder.transport,
                confirmed=self._confirmed,
            )
            end = await self._receive(session)
            if end is _Verdict.OVER:
                return
            self._judge_result(session)
            if end is _Verdict.CLIMB:
                self._ladder.climb()
            elif await self._recover(session, end):
                return

    def _judge_result(self, session: Session) -> None:
        if session.healthy():
            self._failures = 0
        if session.heard:
            self._ladder.worked()
            # Repeated messages only: upstream serves us, but it may be a closed room's.
            self._failures = min(self._failures, _SERVED_FAILURES)
        if session.valued:
            self._quiet = 0
        if not session.new_events:
            # An identity that brought nothing may be what upstream doesn't like.
            self._broadcast.visitor_id = new_visitor_id(self._policy.random)

    async def _recover(self, session: Session, end: SessionEnd) -> bool:
        """After a lost connection, get ready for the next; True: the broadcast is over."""
        if end.cause == "low_value_only":
            self._quiet += 1
        opened = session.opened_at is not None
        now = asyncio.get_running_loop().time()
        charged = self._ladder.charged(end.failure, opened=opened)
        if self._ladder.failed(end.failure, opened=opened, now=now):
            self._output.lost(end.cause, end.text, 0.0)
            self._output.enter(RoomState.CONNECTING)
            return False
        wait_s = self._policy.retry_s(charged, self._failures)
        self._output.lost(end.cause, end.text, wait_s)
        said = session.end_said.is_set()
        if not said:
            self._say_lost(end)
        await asyncio.sleep(wait_s)
        # A connection that worked is taken up again without a question. After a second failure
        # in a row, or upstream's word of the end, the room is asked first.
        if said or self._failures:
            over = await self._ending.is_over(said=said)
            if over:
                return True
            self._confirmed = self._confirmed or over is False
        self._failures += 1
        return False

    def _say_lost(self, end: SessionEnd) -> None:
        if end.failure is Failure.BLOCKED:
            self._output.enter(RoomState.BLOCKED, end.cause, text=end.text)
        elif end.failure is Failure.SIGNER:
            self._output.enter(RoomState.ERROR, end.cause, text=end.text)
        else:
            reason = end.cause if self._failures else ""
            self._output.enter(RoomState.CONNECTING, reason, text=end.text)

    async def _receive(self, session: Session) -> SessionEnd | _Verdict:
        """Hold one connection until it ends, or until it is to be ended."""
        room_id = self._broadcast.room_id
        transport = self._ladder.transport
        async with asyncio.TaskGroup() as tasks:
            receiving = tasks.create_task(
                self._transports[transport].run(self._broadcast, session),
                name=f"{transport}:{room_id}",
            )
            judging = tasks.create_task(self._judge(session), name=f"judge:{room_id}")
            await asyncio.wait((receiving, judging), return_when=asyncio.FIRST_COMPLETED)
            receiving.cancel()
            judging.cancel()
        return receiving.result() if judging.cancelled() else judging.result()

    async def _judge(self, session: Session) -> SessionEnd | _Verdict:
        """Watch over a connection that goes on by itself; returns when it is to be ended."""
        await session.became_open.wait()
        loop = asyncio.get_running_loop()
        quiet_s = self._policy.low_value.longest_s(self._quiet)
        asked_at = loop.time()
        # The end may have come while there was no connection.
        doubt_at = asked_at + self._policy.doubt_s
        while True:
            starved_at = session.message_at + self._policy.heartbeats_only_s
            quiet_at = max(session.value_at, asked_at) + quiet_s
            due = min(self._ladder.climb_at, starved_at, quiet_at, doubt_at)
            if await _is_set_before(session.end_said, due):
                if await self._ending.confirm():
                    return _Verdict.OVER
                session.end_said.clear()
                continue
            now = loop.time()
            if now >= self._ladder.climb_at:
                return _Verdict.CLIMB
            if now >= session.message_at + self._policy.heartbeats_only_s:
                return SessionEnd("heartbeats_only", "heartbeats are answered, no message comes")
            quiet = now >= max(session.value_at, asked_at) + quiet_s
            doubt = now >= doubt_at and not session.goes_on
            if now >= doubt_at:
                doubt_at = NEVER
            if quiet or doubt:
                over = await self._ending.is_over(said=False)
                if over:
                    return _Verdict.OVER
                if quiet and over is False:
                    return SessionEnd("low_value_only", "only what closed rooms send too comes")
                asked_at = loop.time()


async def _is_set_before(event: asyncio.Event, deadline: float) -> bool:
    """Wait for an event until `deadline`, by the loop's clock."""
    try:
        async with asyncio.timeout_at(deadline):
            await event.wait()
    except TimeoutError:
        return False
    return True
