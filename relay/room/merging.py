"""Puts the messages of a room's connections in order; used by following where there are several.

Upstream gives each connection a sample of its own, and their frames arrive milliseconds apart. A
message's id grows with the time at which it was made, but some kinds of messages are sent later
than others: so the order of each connection is kept, and ids decide only between connections.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from relay.events import Event

MAX_HELD = 5_000
"""Messages that wait at once; past it they wait no longer."""


class _Held(NamedTuple):
    due: float
    key: int
    event: Event


class Merger:
    """Holds messages for a moment, and gives them out in order.

    What comes later than that is given out late, rather than lost. What several connections bring
    is given out as often: who numbers events drops the repetitions.
    """

    def __init__(
        self,
        publish: Callable[[Sequence[Event]], object],
        gap: Callable[[str], None],
        window_s: float,
    ) -> None:
        self._publish = publish
        self._gap = gap
        self._window_s = window_s
        self._queues: list[deque[_Held]] = []
        self._held = 0
        self._came = asyncio.Event()

    def inlet(self) -> "Inlet":
        """Make the way in of one more connection."""
        queue: deque[_Held] = deque()
        self._queues.append(queue)
        return Inlet(self, queue)

    def add(self, queue: deque[_Held], events: Sequence[Event]) -> None:
        """Take over what a connection brought."""
        due = asyncio.get_running_loop().time() + self._window_s
        key = queue[-1].key if queue else 0
        for event in events:
            # Without an id it belongs behind what came before it.
            key = int(event.msg_id) or key
            queue.append(_Held(due, key, event))
        self._held += len(events)
        if self._held > MAX_HELD:
            self.flush()
        self._came.set()

    def gap(self, reason: str) -> None:
        """Say that messages are missing here, behind all that is held."""
        self.flush()
        self._gap(reason)

    def flush(self) -> None:
        """Give out all that is held."""
        self._give_out(float("inf"))

    async def run(self) -> None:
        """Give out what has waited long enough, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._came.clear()
            due = min((queue[0].due for queue in self._queues if queue), default=None)
            if due is None:
                await self._came.wait()
            else:
                await asyncio.sleep(due - loop.time())
                self._give_out(loop.time())

    def _give_out(self, until: float) -> None:
        """Give out what is due until then, with what belongs before it."""
        events = []
        while True:
            heads = [queue for queue in self._queues if queue]
            if not any(queue[0].due <= until for queue in heads):
                break
            events.append(min(heads, key=lambda queue: queue[0].key).popleft().event)
        self._held -= len(events)
        if events:
            self._publish(events)


class Inlet:
    """The way in of one connection; satisfies session.Outlet."""

    def __init__(self, merger: Merger, queue: deque[_Held]) -> None:
        self._merger = merger
        self._queue = queue

    def publish(self, events: Sequence[Event]) -> None:
        """Take over what the connection brought, in its order."""
        self._merger.add(self._queue, events)

    def gap(self, reason: str) -> None:
        """Say that messages are missing here."""
        self._merger.gap(reason)
