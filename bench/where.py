"""Where the relay's time goes: samples of its stacks, by the part of the relay that they are in.

py-spy looks at the process some hundred times a second while 1,000 clients are served. A sample
counts for the innermost file of the relay, else for the library. The kernel's share is the
process's own account; most of it is the writing to clients.

    python bench/where.py [--full]
"""

import argparse
import asyncio
import re
import tempfile
from collections import Counter
from pathlib import Path

from contest import Contest, Contestant, Window
from report import footnote, run, save, table
from servers import Relay
from tools import PY_SPY, MissingError, python_folder

CLIENTS, BATCHES_PER_S, SAMPLES_PER_S = 1000, 25, 300
LEAST_PERCENT = 0.5
_FRAME = re.compile(r"\((?:.*?/)?((relay|websockets|asyncio|uvloop)/[^:]*):\d+\)")


async def sample(
    contestant: Contestant, spy: Path, batch: int, seconds: float
) -> tuple[Window, dict[str, float]]:
    """Measure once, and look on meanwhile; gives the percentage of each part as well."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stacks"
        pid = str(contestant.server.pid)
        options = ("--nonblocking", "--rate", str(SAMPLES_PER_S), "--duration", f"{seconds:.0f}")
        quiet = asyncio.subprocess.DEVNULL
        argv = (
            str(spy),
            "record",
            "--pid",
            pid,
            *options,
            "--format",
            "raw",
            "--output",
            str(file),
        )
        looking = await asyncio.create_subprocess_exec(*argv, stdout=quiet, stderr=quiet)
        await asyncio.sleep(0.5)
        window = await contestant.measure(batch, BATCHES_PER_S, seconds)
        if await looking.wait():
            raise MissingError("py-spy may not look at other processes here")
        parts: Counter[str] = Counter()
        for line in file.read_text().splitlines():
            stack, _, count = line.rpartition(" ")
            parts[part_of(stack)] += int(count)
    shares = {part: 100 * count / parts.total() for part, count in parts.items()}
    return window, shares | {"(the kernel)": 100 * window.kernel_share}


def part_of(stack: str) -> str:
    """Name the part of the relay that a stack is in."""
    frames = _FRAME.findall(stack)
    ours = [path for path, package in frames if package == "relay" and "/cli/" not in path]
    if ours and ours[-1] != "relay/__main__.py":
        return ours[-1]
    return next((package for _, package in reversed(frames)), "other")


async def main(args: argparse.Namespace) -> None:
    batches = (20, 1)
    try:
        spy = python_folder(PY_SPY) / "bin" / "py-spy"
        async with Contest(CLIENTS) as contest:
            relay = await contest.enter(Relay(small=True))
            assert relay is not None
            seconds = 15 if args.full else 5
            found = [await sample(relay, spy, batch, seconds) for batch in batches]
    except MissingError as error:
        print(f"left out: {error}")
        return
    windows = [window for window, _ in found]
    shares = [share for _, share in found]
    parts = sorted(set().union(*shares), key=lambda part: -shares[0].get(part, 0))
    print(f"\n{CLIENTS:,} clients, percent of the relay's CPU time")
    rows = [(part, *(share.get(part, 0.0) for share in shares)) for part in parts]
    columns = ("", *(f"batches of {batch}" for batch in batches))
    table(columns, [row for row in rows if max(row[1:]) >= LEAST_PERCENT])
    footnote(windows)
    save(args.json, windows)


if __name__ == "__main__":
    run(main, __doc__)
