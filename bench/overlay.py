"""A busy room in the chat overlay: does Chromium keep up, and does anything grow?

A relay watches a simulated room; real Chromium shows its chat as a list and as lanes, both at once,
each in a process of its own. Once in a while, after a forced collection of garbage, the nodes and
the heap of each page are printed, and its frames since: how far apart they were, and how long the
main thread was busy with one, from its beginning until its layout and painting were done, by the
clock; and, of the last seconds before, by its processor time, which others on the machine don't add
to.

    python bench/overlay.py [--minutes 1] [--rate 200] [--style list,lanes] [--sample 10]
"""

import argparse
import asyncio
import statistics
import sys
import time
from typing import Any, NamedTuple

from machine import describe
from playwright.async_api import Browser, CDPSession, Page, async_playwright
from processes import ROOM, relay
from report import bar, table

SIZES = {"list": (480, 720), "lanes": (1280, 720)}
SHOWN = 978 / 1127
"""The part of the simulator's messages that the overlay is asked for here: all it can show."""
BROWSER = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
MAX_FRAME_MS = 16.0
MAX_NODES = 5_000
MAX_HEAP_GROWTH = 1.0
"""MiB, from the first quarter's median to the last quarter's."""

# Times go into counts by tenths of a millisecond: what measures must not grow.
TRACE_S = 4.0
FRAME = "ProxyMain::BeginMainFrame"
"""What Chromium's main thread does for a frame: callbacks, style, layout, painting."""

METER = """
(() => {
  const STEPS = 5000;
  const fresh = () => ({
    gaps: new Uint32Array(STEPS), busy: new Uint32Array(STEPS), events: 0, lastMs: 0, deaf: true,
  });
  let meter = fresh();
  const count = (counts, ms) => {
    counts[Math.min(STEPS - 1, Math.max(0, Math.round(ms * 10)))] += 1;
  };
  // Its message is dealt with after the frame that is being made has been laid out and painted.
  const { port1, port2 } = new MessageChannel();
  let beganMs = 0;
  port1.onmessage = () => { if (!meter.deaf) count(meter.busy, performance.now() - beganMs); };
  const frame = () => {
    beganMs = performance.now();
    if (meter.lastMs && !meter.deaf) count(meter.gaps, beganMs - meter.lastMs);
    meter.lastMs = beganMs;
    port2.postMessage(0);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const Plain = WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        meter.events += data.split('"method":"Webcast').length - 1;
      });
    }
  };
  window.takeFrames = () => {
    const { gaps, busy, events } = meter;
    const sparse = (counts) =>
      [...counts].map((number, step) => [step / 10, number]).filter(([, number]) => number);
    meter = fresh();
    return { gaps: sparse(gaps), busy: sparse(busy), events };
  };
  window.measureFrames = () => { meter = { ...fresh(), deaf: false }; };
})();
"""


class Times(NamedTuple):
    """Milliseconds: the middle one, one that 95 % are below, the longest."""

    p50: float
    p95: float
    longest: float

    @classmethod
    def of(cls, counts: list[list[float]]) -> "Times":
        total = sum(number for _, number in counts)
        if not total:
            return cls(0.0, 0.0, 0.0)

        def at(part: float) -> float:
            seen = 0.0
            for step, number in counts:
                seen += number
                if seen >= part * total:
                    return step
            return counts[-1][0]

        return cls(at(0.5), at(0.95), counts[-1][0])


class Sample(NamedTuple):
    """What a page had since the last one."""

    minute: float
    events_per_s: float
    elements: int
    nodes: int
    """All that exist, also those that are in no document."""
    listeners: int
    heap_mib: float
    frames_per_s: float
    gaps: Times
    busy: Times
    cpu: Times
    main_thread: float
    """Part of the time in which the main thread was busy."""


class Watched:
    """One page that is looked at again and again."""

    def __init__(self, style: str, browser: Browser, page: Page, cdp: CDPSession) -> None:
        self.style = style
        self.samples: list[Sample] = []
        self.busy: dict[float, float] = {}
        self.gaps: dict[float, float] = {}
        self.cpu: dict[float, float] = {}
        self._browser = browser
        self._page = page
        self._cdp = cdp
        self._since = self._task_s = 0.0

    async def begin(self) -> None:
        """Measure frames from here on."""
        await self._page.evaluate("measureFrames()")
        self._task_s = (await self._metrics())["TaskDuration"]
        self._since = time.monotonic()

    async def sample(self, minute: float) -> None:
        """Take what has been measured, then collect garbage and count."""
        cpu = await self._trace()
        lasted_s = time.monotonic() - self._since
        found: dict[str, Any] = await self._page.evaluate("takeFrames()")
        task_s = (await self._metrics())["TaskDuration"] - self._task_s
        await self._cdp.send("HeapProfiler.collectGarbage")
        counters = await self._cdp.send("Memory.getDOMCounters")
        heap = await self._cdp.send("Runtime.getHeapUsage")
        elements = await self._page.evaluate("document.querySelectorAll('*').length")
        known_by = ((self.busy, found["busy"]), (self.gaps, found["gaps"]), (self.cpu, cpu))
        for known, counts in known_by:
            for step, number in counts:
                known[step] = known.get(step, 0) + number
        frames = sum(number for _, number in found["gaps"])
        self.samples.append(
            Sample(
                minute,
                found["events"] / lasted_s,
                elements,
                counters["nodes"],
                counters["jsEventListeners"],
                heap["usedSize"] / 2**20,
                frames / lasted_s,
                Times.of(found["gaps"]),
                Times.of(found["busy"]),
                Times.of(cpu),
                task_s / lasted_s,
            )
        )
        self._print()
        await self.begin()

    async def _trace(self) -> list[list[float]]:
        """Give the processor time of the next seconds' frames, as counts by tenths of a ms."""
        cdp = await self._browser.new_browser_cdp_session()
        counts: dict[float, float] = {}
        over = asyncio.Event()

        def collect(message: dict[str, Any]) -> None:
            for event in message["value"]:
                if event["name"] == FRAME and "tdur" in event:
                    step = round(event["tdur"] / 1000, 1)
                    counts[step] = counts.get(step, 0) + 1

        cdp.on("Tracing.dataCollected", collect)
        cdp.on("Tracing.tracingComplete", lambda _: over.set())
        config = {"includedCategories": ["cc"], "excludedCategories": ["*"]}
        await cdp.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})
        await asyncio.sleep(TRACE_S)
        await cdp.send("Tracing.end")
        await over.wait()
        await cdp.detach()
        return sorted(map(list, counts.items()))

    async def _metrics(self) -> dict[str, float]:
        answer = await self._cdp.send("Performance.getMetrics")
        return {metric["name"]: metric["value"] for metric in answer["metrics"]}

    def _print(self) -> None:
        last = self.samples[-1]
        print(
            f"{last.minute:6.1f} {self.style:6} {last.events_per_s:8.0f} {last.elements:8}"
            f" {last.nodes:6} {last.listeners:9} {last.heap_mib:8.2f} {last.frames_per_s:8.1f}"
            f" {last.gaps.p50:7.1f} {last.gaps.p95:6.1f} {last.gaps.longest:6.1f}"
            f" {last.busy.p50:7.1f} {last.busy.p95:5.1f} {last.busy.longest:5.1f}"
            f" {last.cpu.p50:6.1f} {last.cpu.p95:5.1f} {last.cpu.longest:5.1f}"
            f" {last.main_thread:6.0%}",
            flush=True,
        )


def summary(pages: list[Watched]) -> bool:
    """Print what was seen in all, and tell whether all that is aimed at was held."""
    rows, held = [], True
    for page in pages:
        busy, gaps, cpu = (
            Times.of(sorted(map(list, counts.items())))
            for counts in (page.busy, page.gaps, page.cpu)
        )
        nodes = [sample.nodes for sample in page.samples]
        heaps = [sample.heap_mib for sample in page.samples]
        quarter = max(1, len(heaps) // 4)
        first, last = statistics.median(heaps[:quarter]), statistics.median(heaps[-quarter:])
        events = statistics.mean(sample.events_per_s for sample in page.samples)
        rows.append((page.style, events, max(nodes), first, last, *cpu, *busy, *gaps))
        print(f"\n{page.style}")
        bar("main thread's processor time of a frame, p95, ms", cpu.p95, MAX_FRAME_MS)
        bar("nodes", max(nodes), MAX_NODES)
        bar("heap's growth, MiB", last - first, MAX_HEAP_GROWTH)
        held &= cpu.p95 <= MAX_FRAME_MS and max(nodes) <= MAX_NODES
        held &= last - first <= MAX_HEAP_GROWTH
    print()
    table(
        (
            *("", "events/s", "nodes, most", "heap at first", "at last"),
            *("CPU p50", "p95", "longest", "busy p50", "p95", "longest"),
            *("apart p50", "p95", "longest"),
        ),
        rows,
    )
    return held


async def show(
    minutes: float, rate: float, styles: list[str], sample_s: float, chromium: str
) -> int:
    """Run it all; gives the exit code."""
    async with async_playwright() as playwright:
        with relay(rate / SHOWN) as (_, port):
            pages = []
            for style in styles:
                browser = await playwright.chromium.launch(executable_path=chromium, args=BROWSER)
                width, height = SIZES[style]
                page = await browser.new_page(viewport={"width": width, "height": height})
                page.on("pageerror", lambda error: print(f"ERROR {error}"))
                await page.add_init_script(METER)
                cdp = await page.context.new_cdp_session(page)
                for domain in ("Performance", "HeapProfiler"):
                    await cdp.send(f"{domain}.enable")
                await page.goto(
                    f"http://127.0.0.1:{port}/overlay/chat?room_id={ROOM}&style={style}"
                    "&entries=1&likes=1&shares=1"
                )
                await page.locator(".line").first.wait_for(state="attached")
                pages.append(Watched(style, browser, page, cdp))
            print(
                "minute style  events/s elements  nodes listeners heap MiB frames/s   apart: p50"
                "    p95 longest  busy: p50 p95 longest  CPU: p50 p95 longest thread"
            )
            # The first seconds compile scripts and fill the list.
            await asyncio.sleep(min(sample_s, 5))
            begin = time.monotonic()
            for page in pages:
                await page.begin()
            while (at_s := time.monotonic() - begin) < minutes * 60:
                await asyncio.sleep(min(sample_s, minutes * 60 - at_s))
                for page in pages:
                    await page.sample((time.monotonic() - begin) / 60)
    return int(not summary(pages))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--rate", type=float, default=200, help="events a second")
    parser.add_argument("--style", default="list,lanes")
    parser.add_argument("--sample", type=float, default=10, help="seconds between samples")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    args = parser.parse_args()
    print(describe())
    styles = args.style.split(",")
    sys.exit(asyncio.run(show(args.minutes, args.rate, styles, args.sample, args.chromium)))
