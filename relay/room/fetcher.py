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
from relay.room.ladder import Ladder
from relay.room.memory import Memory
from relay.room.output import RoomOutput
from relay.room.retry import Policy
from relay.room.source import Source
from relay.upstream.broadcast import Broadcast
from relay.upstream.failures import CAUSES, Failure
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
        memory: Memory,
        identified: Callable[[RoomInfo], None],
        missing: Callable[[], None],
    ) -> None:
        """`identified` is told what upstream says of the room, `missing` that it knows none.

        Either may close `output`, and have the task cancelled.
        """
        self._name = name
        self._resolver = upstream.resolver
        self._transports = upstream.transports()
        self._identities = upstream.identities
        self._output = output
        self._memory = memory
        self._identified = identified
        self._missing = missing
        self._transport_wanted = upstream.transport
        self._status_poll_s = config.watch.status_poll_s
        self._policy = policy
        self._known = NOTHING_KNOWN
        self._ended_ids: deque[str] = deque(maxlen=_ENDED_IDS)
        self._broadcast: Broadcast | None = None

    async def run(self) -> None:
        """Watch the room, broadcast after broadcast; ends only by cancellation."""
        self._output.enter(RoomState.RESOLVING)
        self._output.ask_past()  # it is answered while the room is being found
        upcoming: RoomInfo | None = None
        while True:
            info = upcoming or await self._find_broadcast()
            upcoming = await self._follow(info)
            self._ended_ids.append(info.room_id)
            self._output.enter(RoomState.ENDED)
            if upcoming is None:
                await asyncio.sleep(self._policy.spread_s(self._status_poll_s))

    async def _find_broadcast(self) -> RoomInfo:
        """Ask until the room is live, or until a broadcast is known that may be."""
        failures = missing = 0
        while True:
            info = await self._look()
            if info.status is Status.ONLINE:
                return info
            if info.status is Status.UNKNOWN:
                if info.room_id and info.room_id not in self._ended_ids:
                    return info
                self._say_unknown(info)
                wait_s = self._policy.retry_s(CAUSES[info.cause], failures)
                failures += 1
            elif info.status is Status.NOT_FOUND:
                missing += 1
                wait_s = self._policy.spread_s(self._say_missing(info, missing))
            else:
                failures = missing = 0
                self._output.enter(RoomState.WAITING, info.status.value, text=info.text)
                wait_s = self._policy.spread_s(self._status_poll_s)
            await asyncio.sleep(wait_s)

    async def _follow(self, info: RoomInfo) -> RoomInfo | None:
        """Receive a broadcast to its end; gives the next one where it has begun already."""
        identity = self._identities.choose([self._name.value, self._known.web_rid])
        self._broadcast, progress = self._memory.enter(
            info.room_id, self._known.web_rid, identity, self._policy.random
        )
        ending = Ending(info.room_id, self._look, self._resolver, self._policy)
        following = Following(
            self._broadcast,
            self._transports,
            Ladder(self._transport_wanted, self._policy),
            ending,
            self._output,
            progress=progress,
            policy=self._policy,
            confirmed=info.status is Status.ONLINE,
        )
        await self._output.take_up()
        await following.run()
        self._broadcast = None
        return ending.next

    async def _look(self) -> RoomInfo:
        """Ask about the room, and remember what is said."""
        info = await self._resolver.look(self._name, self._known)
        if info.status is Status.OFFLINE and info.room_id and info.room_id not in self._ended_ids:
            self._ended_ids.append(info.room_id)
        self._known = info.completed_by(self._known)
        if info.status not in (Status.UNKNOWN, Status.NOT_FOUND):
            self._memory.note_seen()
        if self._broadcast is not None:
            self._broadcast.web_rid = self._broadcast.web_rid or self._known.web_rid
        self._output.learn(info)
        self._identified(info)
        self._output.ask_past()
        return info

    def _say_missing(self, info: RoomInfo, answers: int) -> float:
        """Say that upstream knows no such room, once that is sure; gives the wait."""
        if self._memory.seen:
            # A room that was there does not cease to exist; its page may be hidden, or fail.
            self._output.enter(RoomState.WAITING, "not_found", text=info.text)
            return self._status_poll_s
        if answers < self._policy.missing_answers:
            return self._policy.confirm.longest_s(0)
        self._output.enter(RoomState.ERROR, "not_found", text=info.text)
        self._missing()
        return self._policy.not_found.longest_s(answers - self._policy.missing_answers)

    def _say_unknown(self, info: RoomInfo) -> None:
        if CAUSES[info.cause] is Failure.BLOCKED:
            state = RoomState.BLOCKED
        elif self._output.state in (RoomState.WAITING, RoomState.ENDED):
            state = RoomState.WAITING
        else:
            state = RoomState.RESOLVING
        self._output.enter(state, info.cause, text=info.text)
