"""Finds out whether a broadcast is over; used by following.

Upstream's answers are doubted both ways: one offline may be a hiccup, one online a stale cache,
and unknown is neither.
"""

import asyncio
from collections.abc import Awaitable, Callable

from relay.room.retry import Policy
from relay.room.source import Looks
from relay.upstream.status import RoomInfo, Status


class Ending:
    """The end of one broadcast."""

    def __init__(
        self,
        room_id: str,
        look: Callable[[], Awaitable[RoomInfo]],
        resolver: Looks,
        policy: Policy,
    ) -> None:
        self._room_id = room_id
        self._look = look
        self._resolver = resolver
        self._policy = policy
        self.next: RoomInfo | None = None
        """The broadcast that has taken this one's place, where one has."""

    async def is_over(self, *, said: bool) -> bool | None:
        """Ask once, or until offline is confirmed; None: it can't be found out now.

        `said`: upstream said so in the stream, which counts as one answer.
        """
        offline = 1 if said else 0
        while True:
            over = await self._ask()
            if not over or self.next is not None:
                return over
            offline += 1
            if offline >= self._policy.offline_answers:
                return True
            await asyncio.sleep(self._policy.spread_s(self._policy.confirm.longest_s(0)))

    async def confirm(self) -> bool:
        """After upstream said so in the stream, ask until that is confirmed or refuted."""
        online = attempt = 0
        while True:
            over = await self.is_over(said=True)
            if over:
                return True
            if over is False:
                online += 1
                if online >= self._policy.online_answers:
                    return False
            await asyncio.sleep(self._policy.spread_s(self._policy.confirm.longest_s(attempt)))
            attempt += 1

    async def _ask(self) -> bool | None:
        info = await self._look()
        if info.status is Status.ONLINE:
            if info.room_id == self._room_id:
                return False
            self.next = info
            return True
        if info.status in (Status.OFFLINE, Status.NO_ROOM):
            return True
        # Whether the room is live can't be found out; whether this broadcast runs, perhaps.
        status = (await self._resolver.look_broadcast(self._room_id)).status
        if status is Status.ONLINE:
            return False
        return True if status is Status.OFFLINE else None
