"""Keeps the fetchers of watched rooms going: one that crashes, hangs or ends is started again.

Made by manager. What goes wrong in one room is that room's only.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from functools import partial

from relay.clock import now_ms
from relay.config import Config
from relay.hub import NextCure, RoomHealth, RoomState
from relay.room.fetcher import Fetcher
from relay.room.pacing import Pacer
from relay.room.retry import Policy
from relay.room.source import Source
from relay.room.watched import Watched
from relay.upstream.status import RoomInfo

LOOK_S = 10.0
"""How often it is looked whether fetchers move."""
SPARE_S = 900.0
"""How much later than it said a fetcher may move: it may have had to wait for its turn, for an
answer, or for a browser, again and again."""
ROOM_CALLS = 4
"""Questions that may stand in front of one of its own for each other room, all of them paced."""


class Keeper:
    """Runs what watches rooms, and looks after it."""

    def __init__(
        self,
        config: Config,
        upstream: Source,
        policy: Policy,
        rooms: Collection[Watched],
        *,
        identified: Callable[[Watched, RoomInfo], None],
        missing: Callable[[Watched], None],
    ) -> None:
        """`rooms`: those that are watched at any time. The rest is as Fetcher has it."""
        self.restarts = 0
        """Fetchers that hung or ended, and were started again."""
        self._config = config
        self._upstream = upstream
        self._policy = policy
        self._rooms = rooms
        self._identified = identified
        self._missing = missing
        self._pacer = Pacer(policy.connects_per_s, lambda: len(rooms))
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Start the fetchers of all rooms, also of those to come, in `tasks`; until cancelled."""
        self._tasks = tasks
        # Clients may have asked for rooms before there was a task group.
        for watched in self._rooms:
            self.start(watched)
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + LOOK_S
            await asyncio.sleep(LOOK_S)
            # Where the whole process stood still, fetchers have their turn first.
            if loop.time() < due_s + LOOK_S:
                self._look()

    def start(self, watched: Watched) -> None:
        """Start a room's fetcher, now or as soon as this runs."""
        # It is there from the beginning, so that the first one is seen as an increase.
        watched.output.counters.cures["restart"] += 0
        if self._tasks is not None:
            watched.task = self._tasks.create_task(
                self._keep_watching(watched), name=f"room:{watched.name.value}"
            )

    def hung(self) -> list[str]:
        """Name the rooms whose fetchers stand still though they were told to end."""
        return [
            watched.name.value
            for watched in self._rooms
            if watched.patience is not None and watched.patience.expired()
        ]

    def _look(self) -> None:
        """Have fetchers that hang or have ended start again; none waits for anything for good."""
        spare_s = SPARE_S + ROOM_CALLS * len(self._rooms) / self._config.upstream.calls_per_s
        now_s = asyncio.get_running_loop().time()
        for watched in self._rooms:
            if watched.task is not None and watched.task.done():
                # Something that it waited for was cancelled, and that took it along.
                watched.output.log.error("the room's task has ended; it is started again")
                self._count_restart(watched)
                self.start(watched)
            elif watched.output.moves_by + spare_s < now_s and watched.patience is not None:
                if watched.patience.expired():
                    watched.output.log.error("the room's task hangs, and can't be ended")
                else:
                    watched.output.log.error("the room's task hangs; it is started again")
                    self._count_restart(watched)
                    watched.patience.reschedule(now_s)

    def _count_restart(self, watched: Watched) -> None:
        self.restarts += 1
        watched.output.counters.cures["restart"] += 1

    async def _keep_watching(self, watched: Watched) -> None:
        crashes = 0
        while True:
            begin_s = time.monotonic()
            try:
                async with asyncio.timeout(None) as watched.patience:
                    await self._new_fetcher(watched).run()
            except Exception:
                # The boundary: what goes wrong in one room is that room's only.
                watched.output.log.exception("the room's task crashed")
            finally:
                watched.patience = None
            if time.monotonic() - begin_s > self._policy.crash.cap_s:
                crashes = 0
            if crashes:
                # Again, and soon: what comes from there may be what it crashes at.
                watched.memory.leave_position()
            wait_s = self._policy.crash.wait_s(crashes, self._policy.random)
            crashes += 1
            self._say_crashed(watched, wait_s)
            await asyncio.sleep(wait_s)

    def _new_fetcher(self, watched: Watched) -> Fetcher:
        return Fetcher(
            watched.name,
            self._upstream,
            watched.output,
            self._config,
            self._policy,
            connections=watched.connections,
            pacer=self._pacer,
            memory=watched.memory,
            identified=partial(self._identified, watched),
            missing=partial(self._missing, watched),
        )

    def _say_crashed(self, watched: Watched, wait_s: float) -> None:
        text = f"starts again in {wait_s:.1f} s"
        at_ms = now_ms()
        health = RoomHealth(
            ok=False,
            cause="crashed",
            text=text,
            since_ms=at_ms,
            next=NextCure("restart", at_ms + round(wait_s * 1000)),
        )
        watched.output.enter(RoomState.ERROR, "crashed", text=text, health=health)
        watched.output.rests(wait_s)
