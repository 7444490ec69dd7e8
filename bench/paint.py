"""Opening an overlay: how soon something is to be seen, and how much is transferred.

Real Chromium opens each overlay several times, with nothing cached, from a relay on this machine,
and without a room: it says so as soon as it runs, while events would come when they come.
Transferred is what came over the connection, heads of answers and all.

    python bench/paint.py [--rounds 7]
"""

import argparse
import asyncio
import statistics
import sys
from typing import Any

from machine import describe
from playwright.async_api import Browser, async_playwright
from processes import relay
from report import bar, table

from relay.server.pages import OVERLAYS

BROWSER = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
MAX_PAINT_MS = 300.0
MAX_KB = 60.0
PAINTED = """
() => new Promise((done) => {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name !== "first-contentful-paint") continue;
      const [first] = performance.getEntriesByName("first-paint");
      done([first.startTime, entry.startTime]);
    }
  }).observe({ type: "paint", buffered: true });
})
"""
"""When anything, and when text or a picture was painted first, in ms from the navigation on."""


async def open_once(browser: Browser, url: str) -> tuple[float, float, float, int]:
    """Give first paint and first contentful paint in ms, kB transferred, and requests."""
    context = await browser.new_context(viewport={"width": 640, "height": 480})
    try:
        page = await context.new_page()
        cdp = await context.new_cdp_session(page)
        await cdp.send("Network.enable")
        sizes: list[float] = []

        def finished(message: dict[str, Any]) -> None:
            sizes.append(message["encodedDataLength"])

        cdp.on("Network.loadingFinished", finished)
        await page.goto(url, wait_until="networkidle")
        first, contentful = await page.evaluate(PAINTED)
        return first, contentful, sum(sizes) / 1000, sum(1 for size in sizes if size)
    finally:
        await context.close()


async def paint(rounds: int, chromium: str) -> int:
    """Open them all, in turns; gives the exit code."""
    found: dict[str, list[tuple[float, float, float, int]]] = {kind: [] for kind in OVERLAYS}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=BROWSER)
        with relay(1) as (_, port):
            # The browser starts its processes with the first page that it opens.
            for number in range(rounds + 1):
                for kind, opened in found.items():
                    url = f"http://127.0.0.1:{port}/overlay/{kind}"
                    once = await open_once(browser, url)
                    if number:
                        opened.append(once)
        await browser.close()
    rows, worst_ms, worst_kb = [], 0.0, 0.0
    for kind, opened in found.items():
        first, contentful, kb, requests = (
            statistics.median(values) for values in zip(*opened, strict=True)
        )
        slowest = max(contentful for _, contentful, _, _ in opened)
        rows.append((kind, first, contentful, slowest, kb, int(requests)))
        worst_ms, worst_kb = max(worst_ms, first), max(worst_kb, kb)
    table(("", "first paint ms", "with content", "slowest", "kB", "requests"), rows)
    bar("first paint, median of the slowest overlay, ms", worst_ms, MAX_PAINT_MS)
    bar("transferred, kB", worst_kb, MAX_KB)
    return int(worst_ms > MAX_PAINT_MS or worst_kb > MAX_KB)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    args = parser.parse_args()
    print(describe())
    sys.exit(asyncio.run(paint(args.rounds, args.chromium)))
