"""Finds out whether a broadcast is over; run by following, asked by its connections.

Upstream's answers are doubted both ways: one offline may be a hiccup, one online with a broadcast
that was over is a stale cache, and unknown is neither.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container

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
        *,
        confirmed: bool,
        were_over: Container[str] = (),
    ) -> None:
        """`confirmed`: upstream says that the room is live; else it only may be. `were_over`: the
        room's earlier broadcasts.
        """
        self.confirmed = confirmed
        """Whether it is known to be live: what closed rooms send too is no proof of it."""
        self._room_id = room_id
        self._look = look
        self._resolver = resolver
        self._policy = policy
        self._were_over = were_over
        self._named = ""
        """The other broadcast that the last answer named."""
        self._said = asyncio.Event()
        self._doubted = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._asking: asyncio.Task[bool | None] | None = None
        self.over = asyncio.Event()
        self.next: RoomInfo | None = None
        """The broadcast that has taken this one's place, where one has."""

    @property
    def is_said(self) -> bool:
        """Whether upstream said in the stream that it is over, and that is neither confirmed nor
        refuted yet.
        """
        return self._said.is_set()

    def say(self) -> None:
        """Note that upstream said so in the stream."""
        self._said.set()
        self._doubted.set()

    def doubt(self) -> None:
        """Have the room asked, beside whatever goes on."""
        self._doubted.set()

    def trust(self) -> None:
        """Drop the question, where it is only a doubt: messages of value came."""
        if not self.is_said:
            self._doubted.clear()
            if self._asking is not None:
                self._asking.cancel()

    async def run(self) -> None:
        """Ask whenever there is a doubt; returns when the broadcast is over."""
        while not self.over.is_set():
            await self._doubted.wait()
            if self.is_said:
                await self._confirm()
                self._said.clear()
                self._doubted.clear()
                continue
            self._doubted.clear()
            self._asking = asyncio.create_task(self.is_over(), name=f"ask:{self._room_id}")
            try:
                await asyncio.wait([self._asking])
            finally:
                self._asking.cancel()
                await asyncio.wait([self._asking])
            if not self._asking.cancelled():
                self._asking.result()

    async def is_over(self) -> bool | None:
        """Ask once, or until offline is confirmed; None: it can't be found out now."""
        async with self._one_at_a_time:
            # Upstream's word in the stream counts as one answer.
            offline = 1 if self.is_said else 0
            while not self.over.is_set():
                over = await self._ask()
                if over is None:
                    return None
                self.confirmed = self.confirmed or not over
                if not over:
                    return False
                offline += 1
                if self.next is not None or offline >= self._policy.offline_answers:
                    self.over.set()
                    self._doubted.set()
                else:
                    await asyncio.sleep(self._policy.spread_s(self._policy.confirm.longest_s(0)))
        return True

    async def _confirm(self) -> None:
        """Ask until what upstream said in the stream is confirmed or refuted."""
        online = attempt = 0
        while online < self._policy.online_answers:
            over = await self.is_over()
            if over:
                return
            online += over is False
            if online < self._policy.online_answers:
                wait_s = self._policy.spread_s(self._policy.confirm.longest_s(attempt))
                await asyncio.sleep(wait_s)
                attempt += 1

    async def _ask(self) -> bool | None:
        info = await self._look()
        if info.status is Status.ONLINE:
            self.next = None
            if info.room_id == self._room_id:
                self._named = ""
                return False
            if info.room_id not in self._were_over or info.room_id == self._named:
                self.next = info
            self._named = info.room_id
            return True
        self._named = ""
        if info.status in (Status.OFFLINE, Status.NO_ROOM):
            return True
        # Whether the room is live can't be found out; whether this broadcast runs, perhaps.
        broadcast = await self._resolver.look_broadcast(self._room_id)
        if broadcast.status is Status.ONLINE:
            return False
        if broadcast.status is Status.OFFLINE:
            return True
        # Neither the room nor the broadcast is known any more.
        unknown = broadcast.status is Status.NOT_FOUND or broadcast.cause == "bad_params"
        return True if unknown and info.status is Status.NOT_FOUND else None
