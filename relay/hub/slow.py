"""The rule for clients that read too slowly; base of Subscriber.

Whether a client is slow is decided by its transport's flow control: as long as the transport
has not said "pause", nobody looks at how much is unsent.
"""

import asyncio
from typing import Literal, Protocol

from relay.config import HubConfig
from relay.errors import CloseCode
from relay.hub.delivery import HubCounters

SlowRule = Literal["close", "skip"]
"""What happens to a client that is too slow: closed, or events are dropped for it."""

STALLED_S = 60.0
"""A skipped client that takes not one byte for this long is closed all the same."""


class Outlet(Protocol):
    """Where frames to one client are written. None of these waits."""

    def write(self, data: bytes | memoryview) -> None:
        """Send whole frames, or what is left of them behind what was sent directly."""
        ...

    def buffered(self) -> int:
        """Give the bytes not sent yet."""
        ...

    def close_slow(self, reason: str) -> None:
        """Close the connection: too slow. Its subscriptions have been dropped already."""
        ...

    def begin_close(self, code: CloseCode, reason: str) -> None:
        """Say why, and hang up behind what is unsent."""
        ...


class Writer:
    """Writes to one client for as long as it is not too slow."""

    def __init__(self, sink: Outlet, config: HubConfig, counters: HubCounters) -> None:
        self.sink = sink
        self.counters = counters
        self.slow: SlowRule = "close"
        """May be changed at any time."""
        self.paused = False
        """Whether the transport asked to wait."""
        self.skipping = False
        """Whether events are being dropped for it."""
        self.closed = False
        """Whether the connection is ending; nothing is written any more."""
        self._max_unsent_bytes = config.slow_bytes
        self._max_lag_s = config.slow_s
        # While paused: bytes written since the last look, or when skipping: unsent bytes then.
        self._mark = 0
        self._timer: asyncio.TimerHandle | None = None

    def pause(self) -> None:
        """Note that the transport has more unsent than it likes."""
        self.paused = True
        if not self.closed:
            self._mark = 0
            self._look_in(self._max_lag_s)

    def resume(self) -> None:
        """Note that the transport takes more again."""
        self.paused = self.skipping = False
        self._cancel_timer()

    def close(self) -> None:
        """Write nothing more: the connection is ending. Safe to repeat."""
        self.closed = True
        self._cancel_timer()

    def stall(self) -> None:
        """Note that the client has read nothing for as long as it may be behind."""
        if self.slow == "close" and not self.closed:
            self._close_slow(f"read nothing for {self._max_lag_s:g} s")

    def fail(self) -> None:
        """Hang up, since not all was written that was to be; the client may resume."""
        self.close()
        self.sink.begin_close(CloseCode.SHUTTING_DOWN, "delivering failed")

    def write_checked(self, data: bytes) -> bool:
        """Write unless the client is too slow; tell whether it was written."""
        if not self.paused:
            self.sink.write(data)
            return True
        if not self.skipping and self.sink.buffered() > self._max_unsent_bytes:
            self._is_too_slow(f"more than {self._max_unsent_bytes} bytes unsent")
        if self.skipping or self.closed:
            return False
        self._mark += len(data)
        self.sink.write(data)
        return True

    def _look_in(self, wait_s: float) -> None:
        self._cancel_timer()
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._look)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """See whether a paused client has moved on since the last look."""
        unsent = self.sink.buffered()
        if self.skipping:
            if unsent >= self._mark:
                self._close_slow(f"took nothing for {STALLED_S:g} s")
            else:
                self._mark = unsent
                self._look_in(STALLED_S)
        elif unsent > self._mark:
            # More than what was written since: some of it is older than that.
            self._is_too_slow(f"more than {self._max_lag_s:g} s behind")
        else:
            self._mark = 0
            self._look_in(self._max_lag_s)

    def _is_too_slow(self, reason: str) -> None:
        if self.slow == "skip":
            self.skipping = True
            self._mark = self.sink.buffered()
            self._look_in(STALLED_S)
        else:
            self._close_slow(reason)

    def _close_slow(self, reason: str) -> None:
        self.counters.slow_closes += 1
        self.close()
        self.sink.close_slow(reason)
