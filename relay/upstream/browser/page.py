"""One tab: everything in it is watched from before its first request; opened by browser.

Media, images and fonts are kept from it, and it believes that somebody looks at it.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Raw, Struct

from relay.errors import UpstreamError
from relay.upstream.browser.cdp import ANSWER_S, Cdp, CommandError, read_fields
from relay.upstream.browser.cookies import Found, to_set
from relay.upstream.browser.inbox import Inbox
from relay.upstream.browser.traffic import NETWORK_BUFFERS, Traffic

_Given = TypeVar("_Given", bound=Struct)

_LOAD_S = 45.0
_MAX_SESSIONS = 64
"""Frames and workers of a page; further ones go unwatched."""
_AUTO_ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
# Players fetch streams like any other data, so these are known by their names only.
_KEPT_AWAY = {
    "patterns": [
        {"resourceType": "Image"},
        {"resourceType": "Media"},
        {"resourceType": "Font"},
        {"urlPattern": "*://*/*.flv*"},
        {"urlPattern": "*://*/*.m3u8*"},
        {"urlPattern": "*://*/*.mp4*"},
        {"urlPattern": "*://pull-*/*"},
    ]
}
_EMPTY_GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

_IN_FRAMES = frozenset({"page", "iframe"})


class ScriptError(Exception):
    """A script in the page threw, or the page went elsewhere while it ran."""


class _Info(Struct, frozen=True, rename="camel"):
    target_id: str
    type: str
    browser_context_id: str = ""


class Attached(Struct, frozen=True, rename="camel"):
    """Event: a frame or worker is watched from now on."""

    session_id: str
    target_info: _Info


class Detached(Struct, frozen=True, rename="camel"):
    """Event: it is gone."""

    session_id: str


class _Paused(Struct, frozen=True, rename="camel"):
    request_id: str
    resource_type: str = ""


class _Dialog(Struct, frozen=True):
    type: str = ""


class _Navigated(Struct, frozen=True, rename="camel"):
    error_text: str = ""


class _Thrown(Struct, frozen=True):
    description: str = ""


class _Exception(Struct, frozen=True):
    text: str = ""
    exception: _Thrown = _Thrown()


class _Value(Struct, frozen=True):
    value: Raw = Raw(b"null")


class _Evaluated(Struct, frozen=True, rename="camel"):
    result: _Value = _Value()
    exception_details: _Exception | None = None


class Page:
    """A tab of ours."""

    def __init__(
        self,
        cdp: Cdp,
        inbox: Inbox,
        *,
        session: str,
        target: str,
        context: str,
        on_close: Callable[["Page"], None],
    ) -> None:
        """`context`: the browser's id of that of its cookies; "": the browser's own."""
        self.inbox = inbox
        """What comes, until the page's end: `page_crashed`, `page_closed`, `browser_down`."""
        self.session = session
        self.context = context
        self._cdp = cdp
        self._target = target
        self._on_close = on_close
        self._sessions: set[str] = set()
        self._calls: set[asyncio.Future[Raw]] = set()
        self._closed = False
        cdp.on_lost.add(self._browser_lost)
        inbox.on_end = self._interrupt

    async def prepare(self) -> None:
        """Have it watched. Raises UpstreamError `browser_down`, `page_closed`."""
        self._watch(self.session, "page", main_frame=self._target)
        for method, params in (
            # Without it a tab in the background is hidden, and its timers nearly stand still.
            ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
            ("Page.setWebLifecycleState", {"state": "active"}),
        ):
            self._cdp.tell(method, params, self.session)
        # Commands are carried out in order: all of the above is in force once this is answered.
        await self._ask("Page.enable")

    async def goto(self, url: str) -> None:
        """Open a URL; returns when its answer has begun.

        Raises UpstreamError: `unreachable`, `timeout`, and the page's own ends.
        """
        raw = await self._ask("Page.navigate", {"url": url}, within_s=_LOAD_S)
        navigated = read_fields(raw, _Navigated)
        if navigated is not None and navigated.error_text:
            raise UpstreamError(
                "unreachable", f"the page can't be opened: {navigated.error_text[:200]}"
            )

    async def evaluate(
        self, gives: type[_Given], function: str, *arguments: Any, within_s: float
    ) -> _Given:
        """Call a JavaScript function in the page and wait for what it gives.

        Raises ScriptError where it throws or gives something else, UpstreamError `timeout`, and
        the page's own ends.
        """
        called = ",".join(json.dumps(argument) for argument in arguments)
        params = {
            "expression": f"({function})({called})",
            "awaitPromise": True,
            "returnByValue": True,
        }
        try:
            raw = await self._command("Runtime.evaluate", params, within_s=within_s)
        except CommandError as error:
            raise ScriptError(str(error)) from None
        evaluated = read_fields(raw, _Evaluated)
        if evaluated is None:
            raise ScriptError("the browser answers what can't be read")
        if (details := evaluated.exception_details) is not None:
            raise ScriptError((details.exception.description or details.text)[:300])
        given = read_fields(evaluated.result.value, gives)
        if given is None:
            raise ScriptError("it gives what can't be read")
        return given

    def move_mouse(self, x: int, y: int) -> None:
        """Be somebody who is there; the pointer on the screen stays where it is."""
        self._cdp.tell(
            "Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y}, self.session
        )

    async def set_cookies(self, url: str, cookies: Mapping[str, str]) -> Sequence[str]:
        """Set cookies for the whole site of `url`; gives the names of those that the browser does
        not take.

        Raises UpstreamError `timeout`, and the page's own ends.
        """
        refused = []
        # One that is refused takes all with it that come in the same command.
        for name, value in cookies.items():
            try:
                await self._command("Network.setCookies", {"cookies": [to_set(url, name, value)]})
            except CommandError:
                refused.append(name)
        return refused

    async def cookies(self, url: str) -> dict[str, str]:
        """Give the cookies that it would send to `url`.

        Raises UpstreamError `timeout`, `browser_down`, and the page's own ends.
        """
        found = read_fields(await self._ask("Network.getCookies", {"urls": [url]}), Found)
        if found is None:
            raise UpstreamError("browser_down", "the browser answers what can't be read")
        return {cookie.name: cookie.value for cookie in found.cookies}

    def close(self) -> None:
        """Close the tab, without waiting for it."""
        if self._closed:
            return
        self._closed = True
        self.inbox.end("page_closed", "the page was closed")
        self._cdp.on_lost.discard(self._browser_lost)
        for session in (self.session, *self._sessions):
            self._cdp.handlers.pop(session, None)
        self._cdp.tell("Target.closeTarget", {"targetId": self._target})
        self._on_close(self)

    async def _ask(
        self, method: str, params: Mapping[str, Any] | None = None, *, within_s: float = ANSWER_S
    ) -> Raw:
        try:
            return await self._command(method, params, within_s=within_s)
        except CommandError as error:
            # Most often the tab has gone just now.
            self.inbox.check()
            raise UpstreamError("page_closed", f"the page refuses {method}: {error}") from None

    async def _command(
        self, method: str, params: Mapping[str, Any] | None = None, *, within_s: float = ANSWER_S
    ) -> Raw:
        self.inbox.check()
        call = self._cdp.call(method, params, self.session)
        self._calls.add(call)
        try:
            async with asyncio.timeout(within_s):
                return await call
        except TimeoutError:
            raise UpstreamError(
                "timeout", f"the page did not answer within {within_s:g} s"
            ) from None
        finally:
            self._calls.discard(call)

    def _interrupt(self, end: UpstreamError) -> None:
        """Have nobody wait for a page that will not answer any more."""
        for call in tuple(self._calls):
            if not call.done():
                call.set_exception(end)

    def _browser_lost(self) -> None:
        self.inbox.end("browser_down", "the browser is gone")

    def _watch(self, session: str, kind: str, *, main_frame: str = "") -> None:
        """Begin to watch a page, frame or worker, and let it go on."""
        traffic = Traffic(self._cdp, session, self.inbox.put, main_frame)

        def handle(method: str, params: Raw) -> None:
            if not traffic.handle(method, params):
                self._handle(session, traffic, method, params)

        self._cdp.handlers[session] = handle
        watch(self._cdp, session, kind)

    def _handle(self, session: str, traffic: Traffic, method: str, params: Raw) -> None:
        match method:
            case "Target.attachedToTarget":
                self._attached(params)
            case "Target.detachedFromTarget":
                if gone := read_fields(params, Detached):
                    self._sessions.discard(gone.session_id)
                    self._cdp.handlers.pop(gone.session_id, None)
            case "Fetch.requestPaused":
                if paused := read_fields(params, _Paused):
                    self._keep_away(session, paused)
            case "Inspector.targetCrashed":
                if session == self.session or traffic.carries:
                    self.inbox.end("page_crashed", "the page has crashed")
            case "Page.javascriptDialogOpening":
                leaving = read_fields(params, _Dialog) == _Dialog("beforeunload")
                self._cdp.tell("Page.handleJavaScriptDialog", {"accept": leaving}, session)

    def _attached(self, params: Raw) -> None:
        event = read_fields(params, Attached)
        if event is None:
            return
        if self._closed or len(self._sessions) >= _MAX_SESSIONS:
            self._cdp.tell("Runtime.runIfWaitingForDebugger", None, event.session_id)
            self._cdp.tell("Target.detachFromTarget", {"sessionId": event.session_id}, self.session)
            return
        self._sessions.add(event.session_id)
        self._watch(event.session_id, event.target_info.type)

    def _keep_away(self, session: str, paused: _Paused) -> None:
        if paused.resource_type == "Image":
            answer = {
                "requestId": paused.request_id,
                "responseCode": 200,
                "responseHeaders": [{"name": "Content-Type", "value": "image/gif"}],
                "body": _EMPTY_GIF,
            }
            self._cdp.tell("Fetch.fulfillRequest", answer, session)
        else:
            refusal = {"requestId": paused.request_id, "errorReason": "BlockedByClient"}
            self._cdp.tell("Fetch.failRequest", refusal, session)


def watch(cdp: Cdp, session: str, kind: str) -> None:
    """Have a session tell what its target sends and receives, then let the target go on.

    Its own frames and workers are attached to before they begin. `kind` as the browser names it.
    """
    cdp.tell("Network.enable", NETWORK_BUFFERS, session)
    cdp.tell("Target.setAutoAttach", _AUTO_ATTACH, session)
    if kind in _IN_FRAMES:
        cdp.tell("Inspector.enable", None, session)
        cdp.tell("Page.enable", None, session)
        cdp.tell("Fetch.enable", _KEPT_AWAY, session)
    cdp.tell("Runtime.runIfWaitingForDebugger", None, session)
