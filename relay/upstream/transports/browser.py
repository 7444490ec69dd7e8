"""Receives a broadcast through the room's own page in a browser; run by room.

The page connects, signs, acknowledges and falls back to polling as it likes. What its push sockets
and its im/fetch bring is read here, and whether it still works is watched.
"""

import asyncio
import re
from math import inf
from random import Random
from urllib.parse import parse_qs, urlsplit

import structlog

from relay.clock import now_ms
from relay.errors import FrameError, UpstreamError
from relay.upstream.broadcast import Broadcast, Receiver
from relay.upstream.browser import BrowserPages
from relay.upstream.browser.inbox import (
    Challenged,
    Closed,
    Item,
    Loaded,
    Opened,
    Polled,
    Pushed,
    Retired,
)
from relay.upstream.browser.page import Page, ScriptError
from relay.upstream.browser.scripts import LOOK, Seen
from relay.upstream.failures import SessionEnd
from relay.upstream.http import check_status
from relay.upstream.transports.page_health import (
    BrowserTimings,
    PageHealth,
    refused_page,
    socket_refusal,
)
from relay.webcast.frames import read_frame, read_response
from relay.webcast.recording import Record, RecordKind

_LOOK_WITHIN_S = 10.0
_VISITOR_ID = re.compile(r"[0-9]{1,20}")

__all__ = ["BrowserTimings", "BrowserTransport"]

_log = structlog.get_logger(__name__)


class BrowserTransport:
    """Holds the page of one room, for one connection.

    With a new visitor id the room's page comes with cookies of its own, which upstream has not seen
    yet: a page's visitor id follows from its cookies.
    """

    def __init__(self, pages: BrowserPages, timings: BrowserTimings) -> None:
        self._pages = pages
        self._timings = timings
        self._visitor = 0
        self._visitor_id = ""

    async def run(self, broadcast: Broadcast, receiver: Receiver) -> SessionEnd:
        """Open the page and receive until it works no more. Where it begins is its own affair."""
        if not broadcast.web_rid:
            return SessionEnd("unsupported", "the room's page can't be opened: no web_rid is known")
        if self._visitor_id not in ("", broadcast.visitor_id):
            self._visitor = self._pages.new_visitor()
        try:
            with self._pages.place():
                watched = _Watched(self._pages, broadcast, receiver, self._timings, self._visitor)
                try:
                    return await watched.run()
                finally:
                    await watched.close()
        except UpstreamError as error:
            return SessionEnd(error.cause, str(error))
        finally:
            self._visitor_id = broadcast.visitor_id


class _Watched:
    """A room's page, and those that take its place. Times are the loop's clock."""

    def __init__(
        self,
        pages: BrowserPages,
        broadcast: Broadcast,
        receiver: Receiver,
        timings: BrowserTimings,
        visitor: int,
    ) -> None:
        self._pages = pages
        self._broadcast = broadcast
        self._receiver = receiver
        self._timings = timings
        self._visitor = visitor
        self._loop = asyncio.get_running_loop()
        self._random = Random()
        self._page: Page | None = None
        self._successor: asyncio.Task[Page] | None = None
        self._move_at = inf
        """When to go on with the successor, once that has connected."""
        self._health = PageHealth(timings)
        self._look_at = 0.0
        self._stir_at = 0.0

    async def run(self) -> SessionEnd:
        """Open the page and read what comes. Raises UpstreamError for the page's own ends."""
        page = self._page = await self._open()
        self._begin()
        while True:
            try:
                end = await self._step(page)
            except UpstreamError:
                if self._successor is None:
                    raise
                await asyncio.wait((self._successor,))
                self._move_at = self._loop.time()
                end = None
            if end is not None:
                return end
            if self._successor is not None and self._successor.done():
                page = self._follow(page, self._successor)

    async def _step(self, page: Page) -> SessionEnd | None:
        try:
            async with asyncio.timeout_at(self._due()):
                item = await page.inbox.take()
        except TimeoutError:
            return await self._look_after(page)
        end = self._take(item)
        # What waits in the inbox must not hold up other rooms.
        await asyncio.sleep(0)
        return end

    async def close(self) -> None:
        """Close what is open."""
        if self._successor is not None:
            self._successor.cancel()
            await asyncio.wait((self._successor,))
            if not self._successor.cancelled() and self._successor.exception() is None:
                self._successor.result().close()
        if self._page is not None:
            self._page.close()

    async def _open(self) -> Page:
        url = f"{self._pages.live_url}/{self._broadcast.web_rid}"
        return await self._pages.open(url, self._broadcast.identity, self._visitor)

    def _begin(self) -> None:
        self._health.hear()
        now = self._loop.time()
        self._look_at = now + self._timings.look_s
        self._stir_at = now + self._timings.stir_s

    # A browser that is replaced

    async def _open_successor(self) -> Page:
        page = await self._open()
        try:
            async with asyncio.timeout(self._timings.open_s):
                await page.inbox.wait_connected()
        except TimeoutError:
            page.close()
            raise UpstreamError("silent", "the page opens no connection") from None
        except BaseException:
            page.close()
            raise
        return page

    def _follow(self, page: Page, successor: asyncio.Task[Page]) -> Page:
        """Give the page to go on with: the successor, once the old one has told all it had.

        What upstream sent before that connected is still under way here, and nowhere else; what
        came there since is kept. Whatever comes by both is known by its id.
        """
        try:
            fresh = successor.result()
            if not page.inbox.ended:
                fresh.inbox.check()
        except UpstreamError as error:
            self._successor, self._move_at = None, inf
            if successor.exception() is None:
                successor.result().close()
            _log.info(
                "page stays in the old browser",
                room_id=self._broadcast.room_id,
                error=str(error),
            )
            return page
        now = self._loop.time()
        if self._move_at == inf:
            self._move_at = now + self._timings.both_s
        if now < self._move_at or page.inbox.holds_items:
            return page
        self._successor, self._move_at = None, inf
        self._page = fresh
        page.close()
        self._begin()
        return self._page

    # What comes

    def _take(self, item: Item) -> SessionEnd | None:
        match item:
            case Opened(url):
                if self._is_ours(url):
                    self._health.hear()
                    self._open_up(url)
            case Pushed(url, data):
                if self._is_ours(url):
                    self._health.hear()
                    self._read_frame(data)
            case Polled(url, status, body):
                if self._is_ours(url):
                    self._read_body(url, status, body)
            case Closed(url, reason):
                if reason and self._is_ours(url):
                    self._health.note(*socket_refusal(reason))
            case Challenged():
                self._health.note("captcha", "upstream demands a captcha of the page")
            case Loaded(status):
                return refused_page(status)
            case Retired():
                self._successor = self._successor or asyncio.create_task(
                    self._open_successor(), name=f"browser:{self._broadcast.room_id}"
                )
        return None

    def _read_frame(self, data: bytes) -> None:
        record = Record(RecordKind.FRAME, now_ms(), data)
        try:
            frame = read_frame(data)
        except FrameError as error:
            self._receiver.unreadable(error, record, lost=True)
            return
        if frame.response is None:
            self._receiver.heard()
            return
        self._receiver.received(frame.response, record)
        self._broadcast.position.advance(
            frame.response.cursor or frame.cursor, frame.response.internal_ext or frame.internal_ext
        )

    def _read_body(self, url: str, status: int, body: bytes | None) -> None:
        if body is None:
            error = FrameError("too_large", "the browser does not keep a body of im/fetch so long")
            self._receiver.unreadable(error, None, lost=True)
            return
        try:
            check_status(status)
        except UpstreamError as refused:
            self._health.note(refused.cause, f"im/fetch: {refused}")
            return
        record = Record(RecordKind.BODY, now_ms(), body)
        try:
            response = read_response(body)
        except FrameError as error:
            if error.cause == "empty":
                self._health.note("empty_body", "im/fetch answers with nothing in it")
            else:
                self._receiver.unreadable(error, record, lost=True)
            return
        self._health.hear()
        self._open_up(url)
        self._receiver.received(response, record)
        self._broadcast.position.advance(response.cursor, response.internal_ext)

    def _is_ours(self, url: str) -> bool:
        """Whether a connection of the page's is that of our broadcast."""
        room_id = _parameter(url, "room_id")
        if room_id in ("", self._broadcast.room_id):
            return True
        # Its page is that of the room; upstream may have gone on to the next broadcast there.
        self._health.note("room_over", f"the page shows another broadcast, {room_id[:32]}")
        return False

    def _open_up(self, url: str) -> None:
        visitor_id = _parameter(url, "user_unique_id")
        if _VISITOR_ID.fullmatch(visitor_id):
            # The position that it comes to is this visitor's.
            self._broadcast.visitor_id = visitor_id
        if not self._health.opened:
            self._health.opened = True
            self._receiver.opened()

    # What does not come

    def _due(self) -> float:
        return min(self._look_at, self._stir_at, self._dead_at(), self._move_at)

    def _dead_at(self) -> float:
        return inf if self._successor is not None else self._health.dead_at()

    async def _look_after(self, page: Page) -> SessionEnd | None:
        now = self._loop.time()
        if now >= self._dead_at():
            return self._health.end()
        quiet = self._health.is_quiet()
        if now >= self._stir_at or quiet:
            self._stir_at = now + self._timings.stir_s
            page.move_mouse(self._random.randrange(50, 1000), self._random.randrange(50, 800))
        if now >= self._look_at:
            self._look_at = now + self._timings.look_s
            # One that is left soon may hang as it likes.
            if quiet and self._successor is None:
                await self._look(page)
        return None

    async def _look(self, page: Page) -> None:
        try:
            seen = await page.evaluate(Seen, LOOK, within_s=_LOOK_WITHIN_S)
        except ScriptError:
            # It is just going elsewhere.
            return
        except UpstreamError as error:
            if error.cause == "timeout":
                raise UpstreamError("page_crashed", "the page hangs") from None
            raise
        if seen.captcha:
            self._health.note("captcha", "the page shows a captcha")
        if seen.login and self._health.note_popup():
            _log.info("the page shows a login pop-up", room_id=self._broadcast.room_id)


def _parameter(url: str, name: str) -> str:
    try:
        return parse_qs(urlsplit(url).query, max_num_fields=200).get(name, [""])[0]
    except ValueError:
        return ""
