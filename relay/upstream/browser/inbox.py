"""What a page has to tell, until its room's task takes it; filled by traffic, page and browser.

The browser's connection is read in one task for all rooms. What comes is only put aside there, so
that a room which crashes over it costs no other.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from relay.errors import UpstreamError

_MAX_BYTES = 64 * 1024 * 1024
_MAX_ITEMS = 20_000


class Opened(NamedTuple):
    """A push socket's handshake succeeded."""

    url: str


class Closed(NamedTuple):
    """A push socket was refused, or has ended."""

    url: str
    reason: str
    """The browser's words where it was refused or broke; "": closed."""


class Pushed(NamedTuple):
    """A message of a push socket."""

    url: str
    data: bytes


class Polled(NamedTuple):
    """An answer of im/fetch."""

    url: str
    status: int
    body: bytes | None
    """None: it came, and the browser does not have it any more."""


class Loaded(NamedTuple):
    """The answer that the page itself is made of."""

    status: int


class Challenged(NamedTuple):
    """Upstream answered a request of the page's with its captcha header."""


class Retired(NamedTuple):
    """The browser is to be replaced: the page is wanted elsewhere, soon."""


Item = Opened | Closed | Pushed | Polled | Loaded | Challenged | Retired


class Inbox:
    """Items in the order in which they came, and then the end."""

    def __init__(self, *, kept: bool = True) -> None:
        """`kept` False: only the end is of interest."""
        self.on_end: Callable[[UpstreamError], None] | None = None
        """Called once, at the end."""
        self.kept = kept
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._connected = False
        self._end: UpstreamError | None = None
        self._changed = asyncio.Event()

    def put(self, item: Item) -> None:
        """Add an item; more of them than a task can be behind with is the end."""
        if self._end is not None or not self.kept:
            return
        self._bytes += _size(item)
        self._items.append(item)
        self._connected = self._connected or isinstance(item, Opened | Polled)
        if self._bytes > _MAX_BYTES or len(self._items) > _MAX_ITEMS:
            self.end("too_large", "the page receives more than can be read")
        self._changed.set()

    def end(self, cause: str, text: str) -> None:
        """Say that nothing comes any more, and why; the first word counts."""
        if self._end is None:
            self._end = UpstreamError(cause, text)
            self._changed.set()
            if self.on_end is not None:
                self.on_end(self._end)

    @property
    def ended(self) -> bool:
        """Whether the end was said; items may be left."""
        return self._end is not None

    @property
    def holds_items(self) -> bool:
        """Whether there is something to take now."""
        return bool(self._items)

    def check(self) -> None:
        """Raise what `take` raises at the end, if that was said."""
        if self._end is not None:
            raise self._end

    async def wait_connected(self) -> None:
        """Wait until a push socket is open or im/fetch has answered; raises as `take`."""
        while not self._connected:
            self.check()
            self._changed.clear()
            await self._changed.wait()

    async def take(self) -> Item:
        """Wait for the next item. After the last, raises UpstreamError with the end's cause."""
        while not self._items:
            self.check()
            self._changed.clear()
            await self._changed.wait()
        item = self._items.popleft()
        self._bytes -= _size(item)
        return item


def _size(item: Item) -> int:
    match item:
        case Pushed(data=bytes(data)) | Polled(body=bytes(data)):
            return len(data)
    return 0
