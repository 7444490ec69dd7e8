"""permessage-deflate, in a real browser: it offers it always."""

import pytest
from overlays import ARGUMENTS
from playwright.async_api import async_playwright
from serving import make_event, relay_running

pytestmark = pytest.mark.browser

_LISTEN = """
window.got = [];
window.socket = new WebSocket(location.origin.replace("http", "ws") + "/ws?room_id=1");
socket.addEventListener("message", ({data}) => got.push(JSON.parse(data)));
"""


async def test_a_browser_reads_compressed_events_among_others(chromium: str) -> None:
    texts = ["短", "你好，主播！" * 100, "好" * 100_000, "又短", "再见！" * 200]
    async with relay_running() as relay, async_playwright() as playwright:
        relay.rooms.add("1")
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page()
        await page.goto(f"{relay.url}/healthz")
        await page.evaluate(_LISTEN)
        await page.wait_for_function("got.length === 3")
        assert "server_no_context_takeover" in await page.evaluate("socket.extensions")
        relay.publish("1", *(make_event(content=text) for text in texts))
        await page.wait_for_function(f"got.length === {3 + len(texts)}")
        assert await page.evaluate("got.slice(3).map(event => event.payload.content)") == texts
        # What the page sends is compressed, too.
        long = "好" * 2_000
        await page.evaluate("id => socket.send(JSON.stringify({op: 'ping', id}))", "x" * 100)
        await page.wait_for_function("got.at(-1).op === 'pong'")
        assert await page.evaluate("got.at(-1).id") == "x" * 100
        await page.evaluate("id => socket.send(JSON.stringify({op: 'nothing', id}))", long)
        await page.wait_for_function("got.at(-1).op === 'error'")
        await browser.close()
