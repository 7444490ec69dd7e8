"""Tells systemd how the relay is, and that it lives: while the loop and the hub move. Run by app.

One room's fetcher that hangs is no reason to end what serves all others: room/keeping ends that
one. Where no room's can be ended, nothing but a new process helps.
"""

import asyncio
from collections.abc import Callable

import structlog

from relay.hub import Hub, RoomState
from relay.room import RoomManager
from relay.service.systemd import Notifier

TICK_S = 5.0
"""How often systemd is told, at the latest; sooner where its watchdog is impatient."""
TICKS = 4
"""Signs of life in the time in which the watchdog wants one."""
HUB_STILL_S = 10.0
"""How long events may wait to be given out; it is milliseconds where the hub is well."""

_log = structlog.get_logger(__name__)


class Vitals:
    """The signs of life. That they are given at all says that the event loop turns."""

    def __init__(
        self,
        notifier: Notifier,
        watchdog_s: float | None,
        hub: Hub,
        rooms: RoomManager,
        clients: Callable[[], int],
    ) -> None:
        """`watchdog_s` None: nobody watches. `clients` counts those that are served."""
        self._notifier = notifier
        self._tick_s = TICK_S if watchdog_s is None else min(TICK_S, watchdog_s / TICKS)
        self._hub = hub
        self._rooms = rooms
        self._clients = clients
        self._still = ""
        self.note = ""
        """What is said besides, until it is something else."""

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            self.tell()
            await asyncio.sleep(self._tick_s)

    def tell(self) -> None:
        """Tell how it is now; no sign of life where something stands still."""
        still = self._standing_still()
        if still:
            if still != self._still:
                _log.error("something stands still: systemd gets no sign of life", what=still)
            self._notifier.send(STATUS=f"stands still: {still}")
        else:
            self._notifier.send(WATCHDOG=1, STATUS=self._status())
        self._still = still

    def _standing_still(self) -> str:
        """Say what does not move and should; "": all is well."""
        if self._hub.unflushed_s > HUB_STILL_S:
            return f"events have waited {self._hub.unflushed_s:.0f} s to be given out"
        hung = self._rooms.hung()
        if hung and len(hung) == len(self._rooms.streams()):
            return f"the tasks of all {len(hung)} rooms"
        return ""

    def _status(self) -> str:
        states = [stream.status.state for stream in self._rooms.streams()]
        hung, restarts = self._rooms.hung(), self._rooms.restarts
        return (
            f"serving {self._clients()} clients; {len(states)} rooms,"
            f" {states.count(RoomState.LIVE)} of them live"
            + (f"; the task of room {hung[0]} hangs (of {len(hung)} rooms)" if hung else "")
            + (f"; tasks of rooms that hung and were started again: {restarts}" if restarts else "")
            + self.note
        )
