"""What a browser answers that is no good browser: told as upstream's failures, never a crash."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from relay.config import BrowserConfig
from relay.errors import UpstreamError
from relay.upstream.browser import BrowserLimits, BrowserPages
from relay.upstream.identity import Identity

LIVE = "https://live.douyin.com"
URL = f"{LIVE}/650000000001"
GOOD: dict[str, Any] = {
    "Browser.getVersion": {"product": "Chrome/150.0.0.0", "userAgent": "Mozilla/5.0"},
    "Target.createBrowserContext": {"browserContextId": "C1"},
    "Target.createTarget": {"targetId": "T1"},
    "Target.attachToTarget": {"sessionId": "S1"},
}
Answer = dict[str, Any] | asyncio.Event | None
"""A result; an event to wait for before an empty one; None: the command is refused."""


class FakeBrowser:
    """Answers commands as it is told; those it knows nothing of with nothing in them."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[dict[str, Any]], Answer]] = dict(GOOD)
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self._asked = asyncio.Event()

    def of(self, method: str) -> list[dict[str, Any]]:
        """Give the parameters of all commands of a kind."""
        return [params for name, params in self.commands if name == method]

    async def until(self, method: str, count: int = 1) -> None:
        """Wait for commands."""
        async with asyncio.timeout(10):
            while len(self.of(method)) < count:
                self._asked.clear()
                await self._asked.wait()

    async def serve(self, connection: ServerConnection) -> None:
        """Answer each command beside the others."""
        try:
            async with asyncio.TaskGroup() as tasks:
                async for text in connection:
                    command = json.loads(text)
                    self.commands.append((command["method"], command["params"]))
                    self._asked.set()
                    tasks.create_task(self._answer(connection, command))
        except* ConnectionClosed:
            pass

    async def _answer(self, connection: ServerConnection, command: dict[str, Any]) -> None:
        answer = self.answers.get(command["method"], {})
        if callable(answer):
            answer = answer(command["params"])
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = {}
        about = {"error": {"message": "no"}} if answer is None else {"result": answer}
        await connection.send(json.dumps({"id": command["id"], **about}))


@asynccontextmanager
async def faked(
    limits: BrowserLimits | None = None,
) -> AsyncIterator[tuple[FakeBrowser, BrowserPages]]:
    browser = FakeBrowser()
    async with serve(browser.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        config = BrowserConfig(debug_url=f"ws://127.0.0.1:{port}")
        async with BrowserPages(config, LIVE, limits) as pages:
            yield browser, pages


class Login(Identity):
    """A login with the cookies that it is given."""

    def __init__(self, **cookies: str) -> None:
        super().__init__("mine")
        self.is_login = True
        self._cookies = cookies

    async def cookies(self) -> dict[str, str]:
        return self._cookies


async def test_a_cookie_that_is_refused_costs_no_other() -> None:
    def take(params: dict[str, Any]) -> Answer:
        return None if params["cookies"][0]["name"] == "odd" else {}

    async with faked() as (browser, pages):
        browser.answers["Network.setCookies"] = take
        login = Login(odd="1", sessionid="of-the-login", LOGIN_STATUS="1", **{"__Host-a": "1"})
        page = await pages.open(URL, login)
        page.close()
        set_ = {params["cookies"][0]["name"]: params["cookies"][0] for params in browser.of(
            "Network.setCookies"
        )}  # fmt: skip
        assert set(set_) == {"odd", "sessionid", "LOGIN_STATUS", "__Host-a"}
        # Never in the clear, and no script of the page's can tell it to others.
        assert set_["sessionid"]["secure"] is set_["sessionid"]["httpOnly"] is True
        assert set_["sessionid"]["domain"] == ".douyin.com"
        # The page's own scripts read these.
        assert set_["LOGIN_STATUS"]["httpOnly"] is False
        # Its name says that it has none.
        assert "domain" not in set_["__Host-a"]


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("Target.createTarget", None),
        ("Target.createTarget", {}),
        ("Target.attachToTarget", None),
        ("Target.attachToTarget", {"sessionId": 5}),
        ("Target.createBrowserContext", {}),
        ("Page.enable", None),
        ("Page.navigate", None),
    ],
)
async def test_a_page_that_can_not_be_opened(method: str, answer: Answer) -> None:
    async with faked() as (browser, pages):
        browser.answers[method] = answer
        with pytest.raises(UpstreamError) as raised:
            await pages.open(URL, Login())
        assert raised.value.cause in ("browser_down", "page_closed")
        if method != "Target.createBrowserContext":
            # What belongs to it goes with it.
            await browser.until("Target.disposeBrowserContext")
        browser.answers = dict(GOOD)
        (await pages.open(URL, Login())).close()


@pytest.mark.parametrize(
    "value", [{}, {"value": None}, {"value": 5}, {"value": {"signature": ["a"]}}]
)
async def test_a_signature_that_can_not_be_read(value: dict[str, Any]) -> None:
    async with faked() as (browser, pages):
        browser.answers["Runtime.evaluate"] = {"result": value}
        with pytest.raises(UpstreamError) as raised:
            await pages.sign_socket("0" * 32)
        assert raised.value.cause == "sdk_refused"
        with pytest.raises(UpstreamError) as raised:
            await pages.fetch(f"{LIVE}/webcast/?a=1", {})
        assert raised.value.cause in ("unreachable", "bad_body")


@pytest.mark.parametrize("answer", [None, {}, {"cookies": [{}]}])
async def test_cookies_that_can_not_be_read(answer: Answer) -> None:
    async with faked() as (browser, pages):
        browser.answers["Network.getCookies"] = answer
        with pytest.raises(UpstreamError):
            await pages.signed_as()


async def test_nobody_waits_any_more_for_a_page_that_fails() -> None:
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, failure: failures.append(failure))
    async with faked() as (browser, pages):
        gone = asyncio.Event()
        browser.answers["Page.navigate"] = gone
        asking = asyncio.create_task(pages.sign_socket("0" * 32))
        await browser.until("Page.navigate")
        asking.cancel()
        await asyncio.wait((asking,))
        browser.answers["Page.navigate"] = {"errorText": "net::ERR_FAILED"}
        gone.set()
        with pytest.raises(UpstreamError):
            await pages.sign_socket("0" * 32)
    assert failures == []


async def test_a_page_that_hangs_does_not_hold_up_others_for_long() -> None:
    async with faked(BrowserLimits(queue_s=0.05)) as (browser, pages):
        hangs = asyncio.Event()
        browser.answers["Page.navigate"] = hangs
        first = [asyncio.create_task(pages.open(URL, Identity())) for _ in range(2)]
        await browser.until("Page.navigate", 2)
        with pytest.raises(UpstreamError) as raised:
            await pages.open(URL, Identity())
        assert raised.value.cause == "busy"
        hangs.set()
        for page in await asyncio.gather(*first):
            page.close()
        (await pages.open(URL, Identity())).close()


async def test_a_login_keeps_its_cookies_while_another_page_of_it_opens() -> None:
    async with faked() as (browser, pages):
        first = await pages.open(URL, Login())
        opening = asyncio.Event()

        def create(params: dict[str, Any]) -> Answer:
            opening.set()
            return {"targetId": "T2"}

        browser.answers["Target.createTarget"] = create
        second = asyncio.create_task(pages.open(URL, Login()))
        await opening.wait()
        first.close()
        (await second).close()
        await browser.until("Target.closeTarget", 2)
        await browser.until("Target.disposeBrowserContext")
        assert len(browser.of("Target.createBrowserContext")) == 1
        order = [name for name, _ in browser.commands]
        assert order.index("Target.disposeBrowserContext") > order.index("Target.closeTarget") + 1
        assert order.count("Target.disposeBrowserContext") == 1


async def test_the_users_own_cookies_are_left_as_they_are() -> None:
    async with faked() as (browser, pages):
        (await pages.open(URL, Identity(), pages.new_visitor())).close()
        assert browser.of("Target.createBrowserContext") == []
