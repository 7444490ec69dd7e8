"""One of the connections to a broadcast: opened, watched over, cured, again and again.

Run by following.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relay.room.cures import Cure, Cures, Means, Plan
from relay.room.ending import Ending
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
from relay.upstream.identity import Identity, new_visitor_id


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
        self._stalled = False
        """Whether the last connection stalled."""
        self._left: list[Identity] = []
        """Identities that did not help in this trouble."""

    async def run(self) -> None:
        """Receive until cancelled: when it is over is not decided here."""
        await asyncio.sleep(self._broadcast.number * self._policy.stagger_s)
        while True:
            await self._wait_for_turn()
            self._prefer_login()
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
            if session.served:
                self._ladder.worked()
                if self._ladder.stands_in_for is None:
                    self._health.best_failed_of = ""
            if not session.new_events:
                # One that brought nothing may be what upstream doesn't like.
                self._broadcast.visitor_id = new_visitor_id(self._policy.random)
            if end is None:
                self._ladder.climb()
            else:
                await self._recover(session, end)

    async def _receive(self, session: Session, transport: Transport) -> SessionEnd | None:
        """Hold one connection until it ends, or until it is to be ended; None: to climb."""
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
            climb_at=self._ladder.climb_at,
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
        if session.goes_on or (not self._stalled and session.healthy()):
            self._cures.well()
            self._left.clear()
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
        await asyncio.sleep(plan.wait_s)
        self._apply(plan.cure, end)

    def _plan(self, session: Session, end: SessionEnd) -> Plan:
        if self._ladder.is_trying:
            # What worked until now is gone back to.
            self._broadcast.host_turn += 1
            return Plan(Cure.TRANSPORT, 0.0, rests=False)
        by_socket = self._ladder.transport == "socket"
        source = self._shared.source
        return self._cures.plan(
            end.cause,
            Means(
                identities=1 + len(source.identities.logins),
                signers=len(source.signer_names) if by_socket else 1,
                hosts=source.push_hosts if by_socket else 1,
                transports=self._ladder.size,
            ),
            opened=session.opened_at is not None,
            stands_in_for=self._ladder.stands_in_for,
            signed=bool(self._broadcast.signed_by),
        )

    def _apply(self, cure: Cure, end: SessionEnd) -> None:
        """Do something about what the last connection ended with."""
        broadcast = self._broadcast
        match cure:
            case Cure.IDENTITY:
                if end.failure is Failure.BLOCKED:
                    broadcast.identity.blocked(end.cause)
                if broadcast.identity not in self._left:
                    self._left.append(broadcast.identity)
                broadcast.identity = self._shared.source.identities.choose(
                    self._shared.names, avoid=[*self._left, *self._logins_beside()]
                )
                broadcast.visitor_id = new_visitor_id(self._policy.random)
            case Cure.SIGNER:
                broadcast.refused_signers.add(broadcast.signed_by)
                if broadcast.refused_signers.issuperset(self._shared.source.signer_names):
                    broadcast.refused_signers.clear()
            case Cure.HOST:
                broadcast.host_turn += 1
            case Cure.TRANSPORT:
                stood_in = self._ladder.stands_in_for is not None
                self._ladder.step(end.failure, asyncio.get_running_loop().time())
                if not stood_in:
                    self._health.best_failed_of = end.cause
            case Cure.RECONNECT:
                pass

    def _prefer_login(self) -> None:
        """Come as a login where one may be used again, and as none that has expired since."""
        broadcast = self._broadcast
        identities = self._shared.source.identities
        if not broadcast.identity.is_login or not broadcast.identity.is_usable:
            left = [identity for identity in self._left if identity.is_login]
            chosen = identities.choose(self._shared.names, avoid=[*left, *self._logins_beside()])
            if chosen is not broadcast.identity:
                broadcast.identity = chosen
                broadcast.visitor_id = new_visitor_id(self._policy.random)
        self._health.lacking = identities.lacking(self._shared.names)

    def _logins_beside(self) -> list[Identity]:
        """Give the logins of the other connections: one of them twice is thrown out."""
        return [
            other.identity
            for other in self._shared.broadcasts
            if other is not self._broadcast and other.identity.is_login
        ]

    async def _wait_for_turn(self) -> None:
        """Wait while too many rooms connect at once."""
        now = asyncio.get_running_loop().time()
        at = self._shared.pacer.reserve(self._shared.output, now)
        if at > now:
            await asyncio.sleep(at - now)
