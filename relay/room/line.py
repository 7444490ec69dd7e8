"""One of the connections to a broadcast: opened, watched over, cured, again and again.

Run by following.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relay.room.cures import Cure, Cures, Means, Plan
from relay.room.ending import Ending
from relay.room.guise import Guise
from relay.room.health import ConnectionHealth
from relay.room.ladder import Ladder
from relay.room.output import RoomOutput
from relay.room.pacing import Pacer
from relay.room.retry import Policy
from relay.room.session import Outlet, Progress, Session
from relay.room.source import Runs, Source
from relay.room.watchdog import Patience, Watchdog
from relay.upstream.broadcast import Broadcast
from relay.upstream.client import Transport
from relay.upstream.failures import Failure, SessionEnd
from relay.upstream.identity import new_visitor_id


@dataclass(frozen=True, slots=True)
class Shared:
    """What the connections of a broadcast have in common."""

    source: Source
    output: RoomOutput
    ending: Ending
    progress: Progress
    policy: Policy
    pacer: Pacer
    names: Sequence[str]
    """What the room is called."""
    broadcasts: Sequence[Broadcast]
    """As each of the connections has it."""


class Line:
    """One connection."""

    def __init__(
        self,
        broadcast: Broadcast,
        shared: Shared,
        outlet: Outlet,
        health: ConnectionHealth,
        *,
        ladder: Ladder,
        transports: Mapping[Transport, Runs],
    ) -> None:
        self._broadcast = broadcast
        self._shared = shared
        self._outlet = outlet
        self._health = health
        self._ladder = ladder
        self._transports = transports
        self._policy = shared.policy
        self._cures = Cures(shared.policy)
        self._guise = Guise(
            broadcast,
            shared.broadcasts,
            shared.source.identities,
            shared.names,
            policy=shared.policy,
            log=shared.output.log,
        )
        self._stalled = False
        """Whether the last connection stalled."""

    async def run(self) -> None:
        """Receive until cancelled: when it is over is not decided here."""
        await asyncio.sleep(self._broadcast.number * self._policy.stagger_s)
        while True:
            await self._wait_for_turn()
            self._health.lacking = self._guise.prefer_login()
            transport = self._ladder.transport
            self._health.connecting(transport, self._broadcast.identity)
            session = Session(
                self._shared.output,
                self._outlet,
                self._broadcast,
                self._shared.progress,
                self._policy,
                ending=self._shared.ending,
                health=self._health,
                transport=transport,
            )
            try:
                end = await self._receive(session, transport)
            finally:
                session.closed()
            if not session.new_events:
                # One that brought nothing may be what upstream doesn't like.
                self._broadcast.visitor_id = new_visitor_id(self._policy.random)
            if end is not None:
                await self._recover(session, end)
                continue
            if session.stood(stalled=False):
                self._stood()
            if asyncio.get_running_loop().time() >= self._ladder.climb_at:
                self._ladder.climb()
                self._health.best_failed_of = ""

    async def _receive(self, session: Session, transport: Transport) -> SessionEnd | None:
        """Hold one connection until it ends, or until it is to be ended; None: for a better one."""
        shared = self._shared
        watchdog = Watchdog(
            session,
            shared.ending,
            shared.progress,
            self._policy,
            Patience.of(
                self._policy,
                rounds=self._cures.rounds,
                stalled=self._stalled,
                has_choice=self._ladder.is_trying,
            ),
            better_at=min(self._ladder.climb_at, self._guise.login_at),
            rests=shared.output.rests,
        )
        room_id = self._broadcast.room_id
        async with asyncio.TaskGroup() as tasks:
            receiving = tasks.create_task(
                self._transports[transport].run(self._broadcast, session),
                name=f"{transport}:{room_id}",
            )
            watching = tasks.create_task(watchdog.watch(), name=f"watchdog:{room_id}")
            await asyncio.wait((receiving, watching), return_when=asyncio.FIRST_COMPLETED)
            receiving.cancel()
            watching.cancel()
        # Both may have come to an end at once.
        return receiving.result() if not receiving.cancelled() else watching.result()

    async def _recover(self, session: Session, end: SessionEnd) -> None:
        """After a lost connection, get ready for the next."""
        self._stalled = end.failure is Failure.STALLED
        if session.stood(stalled=self._stalled):
            self._stood()
        elif session.served:
            self._cures.served()
        first = self._cures.failures == 0
        plan = self._plan(session, end)
        self._health.lost(end, plan, first=first, silently=self._shared.ending.is_said)
        if not first and plan.rests:
            # A connection that worked is taken up again without a question; after a second
            # failure the broadcast may be over.
            self._shared.ending.confirmed = False
            self._shared.ending.doubt()
        self._shared.output.rests(plan.wait_s)
        await asyncio.sleep(plan.wait_s)
        self._apply(plan.cure, end)

    def _plan(self, session: Session, end: SessionEnd) -> Plan:
        if self._ladder.is_trying:
            # What worked until now is gone back to.
            self._broadcast.host_turn += 1
            return Plan(Cure.TRANSPORT, 0.0, rests=False)
        by_socket = self._ladder.transport == "socket"
        source = self._shared.source
        # A login that is open elsewhere, too, is thrown out with messages or without.
        closed_to_login = end.cause == "close_frame" and self._broadcast.identity.is_login
        return self._cures.plan(
            end.cause,
            Means(
                identities=1 + len(source.identities.logins) if self._guise.has_other else 0,
                signers=len(source.signer_names) if by_socket else 1,
                hosts=self._broadcast.push_hosts if by_socket else 1,
                transports=self._ladder.size,
            ),
            opened=session.opened_at is not None,
            served=session.new_events > 0 and not closed_to_login,
            stands_in_for=self._ladder.stands_in_for,
            signed=bool(self._broadcast.signed_by),
        )

    def _apply(self, cure: Cure, end: SessionEnd) -> None:
        """Do something about what the last connection ended with."""
        broadcast = self._broadcast
        match cure:
            case Cure.IDENTITY:
                signers = self._shared.source.signer_names
                self._guise.change(
                    end, all_signers_tried=bool(broadcast.signed_by) and len(signers) > 1
                )
            case Cure.SIGNER:
                broadcast.refused_signers.add(broadcast.signed_by)
                if broadcast.refused_signers.issuperset(self._shared.source.signer_names):
                    broadcast.refused_signers.clear()
            case Cure.HOST:
                broadcast.host_turn += 1
            case Cure.TRANSPORT:
                stood_in = self._ladder.stands_in_for is not None
                self._ladder.step(end.failure, asyncio.get_running_loop().time())
                if self._ladder.stands_in_for is None:
                    self._health.best_failed_of = ""
                elif not stood_in:
                    self._health.best_failed_of = end.cause
            case Cure.RECONNECT:
                pass

    def _stood(self) -> None:
        """Note that the present way of connecting works."""
        self._cures.well()
        self._ladder.worked()
        self._guise.stood()

    async def _wait_for_turn(self) -> None:
        """Wait while too many rooms connect at once."""
        now = asyncio.get_running_loop().time()
        at = self._shared.pacer.reserve(self._shared.output, now)
        if at > now:
            await asyncio.sleep(at - now)
