"""What the scripts of the bench share: options, tables, bars, a clean end."""

import argparse
import asyncio
import json
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog
from contest import Window
from machine import CLIENT_CORE, SERVER_CORE, describe, pin

INTERRUPTED = 130
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(main: Callable[[argparse.Namespace], Awaitable[None]], doc: str | None) -> None:
    """Run a script: read its options, pin it, end what it has started whatever happens."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="everything, and more rounds")
    parser.add_argument("--json", type=Path, help="append the raw results to this file")
    args = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    pin()
    # Thousands of connections: as many descriptors as are permitted.
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    print(f"{describe()}; server on core {SERVER_CORE}, clients and feeder on core {CLIENT_CORE}")
    if SERVER_CORE == CLIENT_CORE:
        print("There is one core only: what follows says little.")

    async def guarded() -> None:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()

        def interrupt() -> None:
            # Once: what is interrupted again would not end the servers that it has started.
            for name in END_SIGNALS:
                loop.add_signal_handler(name, lambda: None)
            task.cancel()

        for name in END_SIGNALS:
            loop.add_signal_handler(name, interrupt)
        await main(args)

    try:
        asyncio.run(guarded())
    except asyncio.CancelledError:
        sys.exit(INTERRUPTED)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under a head; the first column is text, numbers are given a sensible precision."""
    texts = [[_text(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    for row in (columns, *texts):
        cells = [
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    print()


def bar(what: str, measured: float, limit: float, *, least: bool = False) -> None:
    """Print what was aimed at beside what was reached."""
    held = measured >= limit if least else measured <= limit
    sign = "at least" if least else "at most"
    print(f"{'held' if held else 'NOT HELD':9}{what}: {_text(measured)} ({sign} {limit:g})")


def footnote(windows: Sequence[Window]) -> None:
    """Say what the figures are worth: losses, idle clients, somebody else on the core."""
    lost = sum(window.lost for window in windows)
    for window in windows:
        if window.lost:
            print(f"LOST by {window.server}, batches of {window.batch}: {window.lost} events")
    idle = min(window.client_idle for window in windows)
    others = max(window.others for window in windows)
    late = max(window.feeder_late_ms for window in windows)
    print(
        f"{sum(w.deliveries for w in windows):,} deliveries, {lost:,} lost."
        f" The client core was idle for {idle:.0%} of the time at least; other processes took"
        f" {others:.0%} of the server core at most; the feeder was {late:.1f} ms late at most."
    )
    if idle < 0.1:
        print("CLIENTS MAY BE THE BOTTLENECK: their core had hardly any time left.")
    if others > 0.1:
        print("NOT QUIET: something else runs on this machine; take ratios with care.")
    print()


def save(path: Path | None, results: Any) -> None:
    """Append raw results to a file, one JSON object for each run of a script."""
    if path is not None:
        record = {"script": Path(sys.argv[0]).name, "machine": describe(), "results": results}
        with path.open("a") as file:
            file.write(json.dumps(record, default=asdict) + "\n")


def _text(cell: Any) -> str:
    if not isinstance(cell, float):
        return str(cell)
    return f"{cell:.0f}" if abs(cell) >= 100 else f"{cell:.{3 if abs(cell) < 1 else 2}f}"
