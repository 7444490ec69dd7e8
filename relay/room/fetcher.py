"""The task of one watched room: find it, wait for it, follow its broadcast, and again.

Run by room/manager. How long to wait is retry's, a broadcast from start to end following's.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from relay.config import Config
from relay.hub import RoomState
from relay.room.ending import Ending
from relay.room.following import Following
from relay.room.health import Health
from relay.room.line import Shared
from relay.room.memory import Memory
from relay.room.output import RoomOutput
from relay.room.pacing import Pacer
from relay.room.retry import Policy
from relay.room.source import Source
from relay.upstream.failures import CAUSES, Failure
from relay.upstream.identity import Identity
from relay.upstream.names import RoomName
from relay.upstream.status import NOTHING_KNOWN, RoomInfo, Status

_ENDED_IDS = 16
"""Broadcasts remembered as over, so that none is entered again on a mere guess."""


class Fetcher:
    """Watches one room until it is cancelled."""

    def __init__(
        self,
        name: RoomName,
        upstream: Source,
        output: RoomOutput,
        config: Config,
        policy: Policy,
        *,
        connections: int,
        pacer: Pacer,
        memory: Memory,
        identified: Callable[[RoomInfo], None],
        missing: Callable[[], None],
    ) -> None:
        """`connections`: how many are held at once. `identified` is told what upstream says of the
        room, `missing` that it knows none.

        Either may close `output`, and have the task cancelled.
        """
        self._name = name
        self._upstream = upstream
        self._resolver = upstream.resolver
        self._output = output
        self._health = Health(output)
        self._connections = connections
        self._pacer = pacer
        self._memory = memory
        self._identified = identified
        self._missing = missing
        self._status_poll_s = config.watch.status_poll_s
        self._policy = policy
        self._known = NOTHING_KNOWN
        self._ended_ids: deque[str] = deque(maxlen=_ENDED_IDS)

    async def run(self) -> None:
        """Watch the room, broadcast after broadcast; ends only by cancellation."""
        self._output.rests(0)
        self._health.waits(RoomState.RESOLVING)
        self._output.ask_past()  # it is answered while the room is being found
        upcoming: RoomInfo | None = None
        while True:
            info = upcoming or await self._find_broadcast()
            upcoming = await self._follow(info)
            self._ended_ids.append(info.room_id)
            self._health.waits(RoomState.ENDED)
            if upcoming is None:
                await self._rest(self._policy.spread_s(self._status_poll_s))

    async def _find_broadcast(self) -> RoomInfo:
        """Ask until the room is live, or until a broadcast is known that may be."""
        failures = missing = 0
        named = ""
        while True:
            info = await self._look()
            if info.status is Status.ONLINE:
                if info.room_id not in self._ended_ids or info.room_id == named:
                    return info
                # One that was over: upstream says so twice, or it is a stale answer.
                named = info.room_id
                await self._rest(self._policy.spread_s(self._policy.confirm.longest_s(0)))
                continue
            named = ""
            if info.status is Status.UNKNOWN:
                if info.room_id and info.room_id not in self._ended_ids:
                    return info
                wait_s = self._policy.retry_s(CAUSES[info.cause], failures)
                self._say_unknown(info, wait_s)
                failures += 1
            elif info.status is Status.NOT_FOUND:
                missing += 1
                wait_s = self._say_missing(info, missing)
            else:
                failures = missing = 0
                self._health.waits(RoomState.WAITING, info.status.value, info.text)
                wait_s = self._policy.spread_s(self._status_poll_s)
            await self._rest(wait_s)

    async def _follow(self, info: RoomInfo) -> RoomInfo | None:
        """Receive a broadcast to its end; gives the next one where it has begun already."""
        names = [self._name.value, self._known.web_rid]
        identities: list[Identity] = []
        for _ in range(self._connections):
            logins = [identity for identity in identities if identity.is_login]
            identities.append(self._upstream.identities.choose(names, avoid=logins))
        broadcasts, progress = self._memory.enter(
            info.room_id, self._known.web_rid, identities, self._policy.random
        )
        ending = Ending(
            info.room_id,
            self._look,
            self._resolver,
            self._policy,
            confirmed=info.status is Status.ONLINE,
            were_over=self._ended_ids,
        )
        shared = Shared(
            source=self._upstream,
            output=self._output,
            ending=ending,
            progress=progress,
            policy=self._policy,
            pacer=self._pacer,
            names=names,
            broadcasts=broadcasts,
        )
        await self._output.take_up()
        await Following(shared, self._health).run()
        return ending.next

    async def _rest(self, wait_s: float) -> None:
        self._output.rests(wait_s)
        await asyncio.sleep(wait_s)

    async def _look(self) -> RoomInfo:
        """Ask about the room, and remember what is said."""
        info = await self._resolver.look(self._name, self._known)
        if info.status is Status.OFFLINE and info.room_id and info.room_id not in self._ended_ids:
            self._ended_ids.append(info.room_id)
        self._known = info.completed_by(self._known)
        if info.status not in (Status.UNKNOWN, Status.NOT_FOUND):
            self._memory.note_seen()
        self._memory.note_web_rid(self._known.web_rid)
        self._output.learn(info)
        self._identified(info)
        self._output.ask_past()
        return info

    def _say_missing(self, info: RoomInfo, answers: int) -> float:
        """Say that upstream knows no such room, once that is sure; gives the wait."""
        if self._memory.seen:
            # A room that was there does not cease to exist; its page may be hidden, or fail.
            wait_s = self._policy.spread_s(self._status_poll_s)
            self._health.cannot_tell(RoomState.WAITING, "not_found", info.text, wait_s)
            return wait_s
        if answers < self._policy.missing_answers:
            return self._policy.spread_s(self._policy.confirm.longest_s(0))
        wait_s = self._policy.not_found.longest_s(answers - self._policy.missing_answers)
        wait_s = self._policy.spread_s(wait_s)
        self._health.cannot_tell(RoomState.ERROR, "not_found", info.text, wait_s)
        self._missing()
        return wait_s

    def _say_unknown(self, info: RoomInfo, wait_s: float) -> None:
        if CAUSES[info.cause] is Failure.BLOCKED:
            state = RoomState.BLOCKED
        elif self._output.state in (RoomState.WAITING, RoomState.ENDED):
            state = RoomState.WAITING
        else:
            state = RoomState.RESOLVING
        self._health.cannot_tell(state, info.cause, info.text, wait_s)
