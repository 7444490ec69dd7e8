"""Judges by what a room's page brings, and does not, whether it still works.

One for each session; used by transports/browser.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import NamedTuple

from relay.errors import UpstreamError
from relay.upstream.failures import SessionEnd
from relay.upstream.http import check_status

_RESPONSE_CODE = re.compile(r"response code: (\d{3})")


@dataclass(frozen=True, slots=True)
class BrowserTimings:
    """Deadlines of a page, and how often it is looked after."""

    open_s: float = 45.0
    """From its loading to its first connection."""
    silent_s: float = 60.0
    """Nothing at all for so long, while heartbeats are answered and polls too: it is dead."""
    trouble_s: float = 15.0
    """How long it has to get out of a refusal by itself: by polling, or by another host."""
    look_s: float = 5.0
    """How often it is looked at while nothing comes."""
    stir_s: float = 60.0
    """How often the mouse moves; a page that nobody uses stops after a while."""
    both_s: float = 2.0
    """How long a page is read on once the one that takes its place has connected."""


class _Trouble(NamedTuple):
    """What may be why nothing comes."""

    cause: str
    text: str
    at: float


class PageHealth:
    """How a page does. Times are the loop's clock."""

    def __init__(self, timings: BrowserTimings) -> None:
        self.opened = False
        """Whether it, or one before it, has connected."""
        self._timings = timings
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._trouble: _Trouble | None = None
        self._popup_seen = False

    def hear(self) -> None:
        """Note that something came, or that another page begins: all is well."""
        self._heard_at = self._loop.time()
        self._trouble = None

    def note(self, cause: str, text: str) -> None:
        """Note what may be why nothing comes."""
        # How long it lasts counts, so the first stays.
        if self._trouble is None:
            self._trouble = _Trouble(cause, text, self._loop.time())

    def note_popup(self) -> bool:
        """Note that it shows a login pop-up; tells whether that is new."""
        is_new, self._popup_seen = not self._popup_seen, True
        return is_new

    def is_quiet(self) -> bool:
        """Whether nothing has come for a while."""
        return self._loop.time() >= self._heard_at + self._timings.look_s

    def dead_at(self) -> float:
        """Give when it is to be given up, unless something comes."""
        dead_at = self._heard_at + (self._timings.silent_s if self.opened else self._timings.open_s)
        if self._trouble is not None:
            return min(dead_at, self._trouble.at + self._timings.trouble_s)
        return dead_at

    def end(self) -> SessionEnd:
        """Tell why it is given up."""
        silent_s = self._loop.time() - self._heard_at
        popup = " (login_popup: it shows a login pop-up)" if self._popup_seen else ""
        if self._trouble is not None:
            return SessionEnd(self._trouble.cause, self._trouble.text + popup)
        if self.opened:
            return SessionEnd("silent", f"the page received nothing for {silent_s:.0f} s{popup}")
        if self._popup_seen:
            return SessionEnd("login_popup", "the page shows a login pop-up and does not connect")
        return SessionEnd("silent", f"the page opened no connection within {silent_s:.0f} s")


def refused_page(status: int) -> SessionEnd | None:
    """Give the end that the status of the page itself is; None: it is none."""
    if status < 400:
        return None
    try:
        check_status(status)
    except UpstreamError as error:
        return SessionEnd(error.cause, f"the room's page: {error}")
    return None


def socket_refusal(reason: str) -> tuple[str, str]:
    """Tell from the browser's words why a push socket failed; headers it doesn't show."""
    found = _RESPONSE_CODE.search(reason)
    text = f"the page's push socket fails: {reason[:200]}"
    if found is None:
        return "unreachable", text
    if found[1] == "200":
        return "device_blocked", "the handshake is answered with HTTP 200, as for DEVICE_BLOCKED"
    try:
        check_status(int(found[1]))
    except UpstreamError as error:
        if error.cause != "http_error":
            return error.cause, text
    return "handshake_refused", text
