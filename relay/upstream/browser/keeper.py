"""Keeps one Chromium for the whole relay: starts it, watches over it, replaces it; run by pages."""

import asyncio
from random import Random

import structlog

from relay.config import BrowserConfig
from relay.errors import UpstreamError
from relay.upstream.browser.browser import Browser
from relay.upstream.browser.inbox import Retired
from relay.upstream.browser.limits import MIB, BrowserLimits
from relay.upstream.browser.process import find_executable

_log = structlog.get_logger(__name__)


class Keeper:
    """The browser, started when it is first wanted. `run` serves it."""

    def __init__(self, config: BrowserConfig, limits: BrowserLimits) -> None:
        """Raises ConfigError where there is no such browser, with what to install."""
        self.browser: Browser | None = None
        """The one that pages are opened in, while one runs."""
        self._config = config
        self._limits = limits
        self._executable = ""
        if config.executable and not config.debug_url:
            self._executable = find_executable(config.executable)
        self._random = Random()
        self._attempts = 0
        self._wanted = asyncio.Event()
        self._changed = asyncio.Event()
        self._failure: UpstreamError | None = None
        self._retry_at = 0.0

    async def ready(self) -> Browser:
        """Give the browser, started where it isn't. Raises UpstreamError `browser_down`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.start_s
        while self.browser is None or self.browser.lost.is_set():
            if self._failure is not None and (wait_s := self._retry_at - loop.time()) > 0:
                raise UpstreamError(
                    "browser_down", str(self._failure), retry_after_s=round(wait_s, 1)
                )
            self._wanted.set()
            self._changed.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._changed.wait()
            except TimeoutError:
                raise UpstreamError(
                    "browser_down", f"no browser within {self._limits.start_s:g} s"
                ) from None
        return self.browser

    async def run(self) -> None:
        """Start the browser where it is wanted, watch over it, and end it with us."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            started_at = loop.time()
            try:
                self.browser = await self._start()
            except UpstreamError as error:
                self._fail(error)
                continue
            try:
                self._changed.set()
                while (why := await self._watch(self.browser)) and not self._config.profile_dir:
                    await self._replace(self.browser, why)
            finally:
                browser, self.browser = self.browser, None
                await browser.stop()
            if why:
                continue
            if loop.time() - started_at >= self._limits.worked_s:
                self._attempts = 0
            self._fail(UpstreamError("browser_down", "the browser has gone down"))

    async def _start(self) -> Browser:
        if self._config.debug_url:
            browser = await Browser.attach(self._config.debug_url)
        else:
            browser = await Browser.start(self._executable, self._config.profile_dir)
        _log.info("browser is there", product=browser.product)
        return browser

    def _fail(self, error: UpstreamError) -> None:
        longest_s = min(
            self._limits.retry_cap_s, self._limits.retry_base_s * 2.0 ** min(self._attempts, 30)
        )
        self._attempts += 1
        wait_s = self._random.uniform(0.5, 1.0) * longest_s
        self._failure = error
        self._retry_at = asyncio.get_running_loop().time() + wait_s
        _log.warning("no browser", error=str(error), retry_after_s=round(wait_s, 1))
        self._changed.set()

    async def _watch(self, browser: Browser) -> str:
        """Return when it has gone down (""), or is to be replaced: why."""
        loop = asyncio.get_running_loop()
        limits = self._limits
        old_at = loop.time() + limits.max_age_s
        while True:
            try:
                async with asyncio.timeout(limits.check_s):
                    await browser.lost.wait()
                return ""
            except TimeoutError:
                pass
            try:
                await browser.check()
                if self._config.debug_url:
                    continue
                used_bytes = await browser.memory_bytes()
            except UpstreamError as error:
                _log.warning("browser hangs", error=str(error))
                return ""
            if used_bytes > limits.max_bytes + len(browser.pages) * limits.max_page_bytes:
                return f"it has grown to {used_bytes // MIB} MiB"
            if loop.time() >= old_at:
                return "it is old"

    async def _replace(self, old: Browser, why: str) -> None:
        """Start a fresh browser and have the pages move to it."""
        _log.info("browser is replaced", why=why, pages=len(old.pages))
        try:
            self.browser = await self._start()
        except UpstreamError as error:
            _log.warning("no fresh browser", error=str(error))
            return
        try:
            self._changed.set()
            for page in tuple(old.pages):
                if page.inbox.kept:
                    page.inbox.put(Retired())
                else:
                    page.close()
            await old.wait_empty(self._limits.move_s)
        finally:
            await old.stop()
