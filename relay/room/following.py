"""Receives one broadcast from connecting to its confirmed end; made by fetcher for each.

Its connections come and go meanwhile, each by itself: this begins and ends them, and puts together
what they bring.
"""

import asyncio
from typing import Literal

from relay.room.health import ConnectionHealth, Health
from relay.room.ladder import Ladder
from relay.room.line import Line, Shared
from relay.room.merging import Merger
from relay.room.session import Outlet
from relay.upstream.client import Transport


class Following:
    """One broadcast."""

    def __init__(self, shared: Shared, health: Health) -> None:
        """It has as many connections as `shared` has broadcasts."""
        self._shared = shared
        self._health = health

    async def run(self) -> None:
        """Return when the broadcast is over."""
        shared = self._shared
        merger = None
        if len(shared.broadcasts) > 1:
            merger = Merger(shared.output.publish, shared.output.gap, shared.policy.merge_s)
        lines = []
        told = []
        for broadcast in shared.broadcasts:
            outlet: Outlet = shared.output if merger is None else merger.inlet()
            transports = shared.source.transports()
            ladder = Ladder(self._wanted(broadcast.number), transports, shared.policy)
            health = ConnectionHealth(self._health, ladder.transport, broadcast.identity)
            told.append(health)
            lines.append(
                Line(broadcast, shared, outlet, health, ladder=ladder, transports=transports)
            )
        self._health.follow(told)
        room_id = shared.broadcasts[0].room_id
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(line.run(), name=f"connection:{room_id}:{number}")
                    for number, line in enumerate(lines)
                ]
                if merger is not None:
                    running.append(tasks.create_task(merger.run(), name=f"merger:{room_id}"))
                await shared.ending.run()
                for task in running:
                    task.cancel()
        finally:
            if merger is not None:
                merger.flush()
            self._health.leave()

    def _wanted(self, number: int) -> Literal["auto"] | Transport:
        """Give the transport of a connection: only the first one stands in for the socket.

        Polls bring all of them the same, and Douyin counts who polls.
        """
        wanted = self._shared.source.transport
        return "socket" if wanted == "auto" and number else wanted
