"""A Chromium that rooms' pages are opened in, ours or a user's; kept by pages."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from msgspec import Raw, Struct

from relay.errors import UpstreamError
from relay.upstream.browser.carriers import PipeCarrier, SocketCarrier
from relay.upstream.browser.cdp import ANSWER_S, Cdp, CommandError, read_fields
from relay.upstream.browser.contexts import Contexts
from relay.upstream.browser.inbox import Inbox, Item
from relay.upstream.browser.page import Attached, Detached, Page, watch
from relay.upstream.browser.process import ChromiumProcess
from relay.upstream.browser.traffic import Traffic

_START_S = 30.0
_CLOSE_S = 1.0

_Fields = TypeVar("_Fields", bound=Struct)


class _Version(Struct, frozen=True, rename={"user_agent": "userAgent"}):
    product: str
    user_agent: str


class _Target(Struct, frozen=True, rename="camel"):
    target_id: str


class _Session(Struct, frozen=True, rename="camel"):
    session_id: str


class _Context(Struct, frozen=True, rename="camel"):
    browser_context_id: str


class _Process(Struct, frozen=True):
    id: int


class _Processes(Struct, frozen=True, rename="camel"):
    process_info: Sequence[_Process]


class Browser:
    """One connection to one Chromium. Made by `start` or `attach`, ended by `stop`."""

    def __init__(self, cdp: Cdp, held: ChromiumProcess | SocketCarrier) -> None:
        self.lost = cdp.lost
        """Set when the browser is gone."""
        self.product = ""
        """E.g. `Chrome/156.0.8078.79`."""
        self.user_agent = ""
        """What its pages name themselves."""
        self.pages: set[Page] = set()
        """Those that are open."""
        self._cdp = cdp
        self._held = held
        self._emptied = asyncio.Event()
        self._contexts = Contexts(self._create_context, self._dispose_context)
        self._reading = asyncio.create_task(cdp.run(), name="browser")
        cdp.handlers[""] = self._handle
        cdp.on_lost.add(self._emptied.set)

    @classmethod
    async def start(cls, executable: str, profile_dir: str) -> Self:
        """Start a headless one. Raises UpstreamError `browser_down`."""
        process = await ChromiumProcess.start(executable, profile_dir)
        browser = cls(Cdp(PipeCarrier(process.reader, process.writer)), process)
        try:
            await browser._greet()
            # What several pages share is no page's; in a user's browser it would be anybody's.
            shared = {
                "autoAttach": True,
                "waitForDebuggerOnStart": True,
                "flatten": True,
                "filter": [{"type": "shared_worker"}],
            }
            browser._cdp.tell("Target.setAutoAttach", shared)
            browser._cdp.tell("Browser.setDownloadBehavior", {"behavior": "deny"})
        except UpstreamError as error:
            await process.stop(0)
            await browser.stop()
            said = f": {process.said}" if process.said else ""
            raise UpstreamError(
                "browser_down", f"{executable} does not start ({error}){said}"
            ) from None
        except BaseException:
            await browser.stop()
            raise
        return browser

    @classmethod
    async def attach(cls, debug_url: str) -> Self:
        """Use a running one. Raises UpstreamError `browser_down`."""
        carrier = await SocketCarrier.open(debug_url)
        browser = cls(Cdp(carrier), carrier)
        try:
            await browser._greet()
        except BaseException:
            await browser.stop()
            raise
        return browser

    async def stop(self) -> None:
        """Close our pages, and the browser itself where we started it."""
        for page in tuple(self.pages):
            page.inbox.end("browser_down", "the browser was stopped")
            page.close()
        try:
            if isinstance(self._held, ChromiumProcess):
                self._cdp.tell("Browser.close")
                await self._held.stop()
            else:
                # Answered once our tabs are closed.
                with suppress(UpstreamError):
                    await self._ask("Browser.getVersion", within_s=_CLOSE_S)
                await self._held.close()
        finally:
            self._reading.cancel()
            await asyncio.wait((self._reading,))

    async def open_page(self, inbox: Inbox, context: str = "") -> Page:
        """Open an empty tab. `context`: with the cookies of all that are opened by that name, and
        of no others; "": with the browser's own.

        Raises UpstreamError `browser_down`, `page_closed`.
        """
        context_id = await self._contexts.take(context) if context else ""
        try:
            page = await self._make_page(inbox, context, context_id)
        except BaseException:
            if context:
                self._contexts.leave(context)
            raise
        self.pages.add(page)
        try:
            await page.prepare()
        except BaseException:
            page.close()
            raise
        return page

    async def _make_page(self, inbox: Inbox, context: str, context_id: str) -> Page:
        where = {"browserContextId": context_id} if context else {}
        # In the background: in a user's browser it must not come before what they look at.
        empty = {"url": "about:blank", "background": True, **where}
        creating = asyncio.ensure_future(self._ask_for("Target.createTarget", _Target, empty))
        try:
            target = (await asyncio.shield(creating)).target_id
        except asyncio.CancelledError:
            creating.add_done_callback(self._close_unwanted)
            raise
        try:
            attached = await self._ask_for(
                "Target.attachToTarget", _Session, {"targetId": target, "flatten": True}
            )
        except BaseException:
            self._close_target(target)
            raise
        return Page(
            self._cdp,
            inbox,
            session=attached.session_id,
            target=target,
            context=context_id,
            on_close=partial(self._page_closed, context),
        )

    async def check(self) -> None:
        """Raise UpstreamError `browser_down` where the browser does not answer any more."""
        await self._ask("Browser.getVersion")

    async def wait_empty(self, within_s: float) -> None:
        """Wait until no page of it is open, but not for longer than that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.pages and not self.lost.is_set():
                    self._emptied.clear()
                    await self._emptied.wait()

    async def memory_bytes(self) -> int:
        """Give what its processes take alone, without what they share; 0 where it isn't known."""
        processes = read_fields(await self._ask("SystemInfo.getProcessInfo"), _Processes)
        if processes is None:
            return 0
        return sum(_own_bytes(process.id) for process in processes.process_info)

    async def _greet(self) -> None:
        version = read_fields(await self._ask("Browser.getVersion", within_s=_START_S), _Version)
        if version is None:
            raise UpstreamError("browser_down", "what answers is no browser")
        self.product, self.user_agent = version.product, version.user_agent

    async def _ask(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        within_s: float = ANSWER_S,
    ) -> Raw:
        try:
            return await self._cdp.ask(method, params, within_s=within_s)
        except TimeoutError:
            reason = f"the browser left {method} unanswered for {within_s:g} s"
        except CommandError as error:
            reason = f"the browser refuses {method}: {error}"
        raise UpstreamError("browser_down", reason)

    async def _ask_for(
        self, method: str, kind: type[_Fields], params: Mapping[str, Any] | None = None
    ) -> _Fields:
        fields = read_fields(await self._ask(method, params), kind)
        if fields is None:
            raise UpstreamError("browser_down", f"the answer to {method} can't be read")
        return fields

    async def _create_context(self) -> str:
        # Gone with us, even where we are killed.
        made = await self._ask_for(
            "Target.createBrowserContext", _Context, {"disposeOnDetach": True}
        )
        denied = {"behavior": "deny", "browserContextId": made.browser_context_id}
        self._cdp.tell("Browser.setDownloadBehavior", denied)
        return made.browser_context_id

    def _dispose_context(self, context_id: str) -> None:
        self._cdp.tell("Target.disposeBrowserContext", {"browserContextId": context_id})

    def _close_target(self, target: str) -> None:
        self._cdp.tell("Target.closeTarget", {"targetId": target})

    def _close_unwanted(self, creating: asyncio.Future[_Target]) -> None:
        if not creating.cancelled() and creating.exception() is None:
            self._close_target(creating.result().target_id)

    def _page_closed(self, context: str, page: Page) -> None:
        self.pages.discard(page)
        self._emptied.set()
        if context:
            self._contexts.leave(context)

    def _handle(self, method: str, params: Raw) -> None:
        if method == "Target.attachedToTarget":
            event = read_fields(params, Attached)
            if event and event.target_info.type == "shared_worker":
                self._watch_shared(event)
        elif method == "Target.detachedFromTarget":
            gone = read_fields(params, Detached)
            if gone is None:
                return
            self._cdp.handlers.pop(gone.session_id, None)
            for page in self.pages:
                if page.session == gone.session_id:
                    page.inbox.end("page_closed", "the page was closed")

    def _watch_shared(self, event: Attached) -> None:
        context = event.target_info.browser_context_id

        def tell(item: Item) -> None:
            beside = [page for page in self.pages if page.context == context]
            # The browser's own context has an id, too, which nobody tells us.
            for page in beside or [page for page in self.pages if not page.context]:
                page.inbox.put(item)

        traffic = Traffic(self._cdp, event.session_id, tell)

        def handle(method: str, params: Raw) -> None:
            traffic.handle(method, params)

        self._cdp.handlers[event.session_id] = handle
        watch(self._cdp, event.session_id, "shared_worker")


def _own_bytes(process: int) -> int:
    try:
        fields = Path(f"/proc/{process}/statm").read_text().split()
        return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
