"""EventSource, in a real browser."""

import asyncio

import pytest
from overlays import ARGUMENTS
from playwright.async_api import async_playwright
from serving import Relay, make_event, relay_running

from relay.config import Config, ServerConfig
from relay.server import RelayServer, sse

pytestmark = pytest.mark.browser

_LISTEN = """
window.got = [];
const source = new EventSource("/events?room_id=1,2&method=chat");
source.onmessage = (event) => window.got.push(JSON.parse(event.data).payload.content);
for (const name of ["hello", "subscribed", "gap", "close"])
  source.addEventListener(name, (event) => window.got.push(JSON.parse(event.data).op));
"""


async def test_a_browser_connects_again_and_loses_nothing(
    chromium: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "RETRY_MS", (50, 100))
    async with relay_running() as relay, async_playwright() as playwright:
        relay.rooms.add("1")
        relay.rooms.add("2")
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page()
        await page.goto(f"{relay.url}/healthz")
        await page.evaluate(_LISTEN)
        await page.wait_for_function("got.length === 3")
        relay.publish("1", make_event(content="一"), make_event("WebcastLikeMessage"))
        await page.wait_for_function("got.length === 4")

        again = await restart(relay)
        try:
            await page.wait_for_function("got.includes('三')")
            relay.publish("2", make_event(content="四"))
            await page.wait_for_function("got.includes('四')")
            assert await page.evaluate("got") == [
                "hello", "subscribed", "subscribed", "一", "close",
                "hello", "subscribed", "subscribed", "二", "三", "四",
            ]  # fmt: skip
        finally:
            await browser.close()
            await again.stop(5)


async def restart(relay: Relay) -> RelayServer:
    """Stop the server, let events come, and start another one on its port."""
    port = relay.server.port
    await relay.server.stop(5)
    relay.publish("1", make_event(content="二"))
    relay.publish("2", make_event(content="三"))
    config = Config(server=ServerConfig(port=port))
    server = RelayServer(config, relay.hub, relay.rooms, relay.live)
    async with asyncio.timeout(10):
        await server.start()
    return server
