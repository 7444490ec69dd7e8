"""Compression: what it takes when every client has agreed on permessage-deflate.

Clients offer what browsers do. Beside them a client that inflates checks that the events are
right, as the crowd only counts compressed frames.

    python bench/deflate.py [--full]
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import servers
from contest import Contest, learn_event
from report import bar, footnote, run, save, table
from servers import Relay
from websockets.asyncio.client import connect

OFFER = "permessage-deflate; client_max_window_bits"
CLIENTS, BATCH, BATCHES_PER_S = 1000, 20, 25
DEFLATE = "relay, deflate"


@asynccontextmanager
async def checked(relay: Relay) -> AsyncIterator[None]:
    """Read a relay's events as one more client, until the block ends; no offset may be missing."""
    url = f"ws://127.0.0.1:{relay.port}/ws?room_id={relay.first_room}"
    offsets = []

    async def read() -> None:
        async with connect(url, proxy=None) as client:
            async for text in client:
                offset = json.loads(text).get("offset")
                if "@T" in text:
                    offsets.append(offset)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.3)
    try:
        yield
        await asyncio.sleep(0.3)
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    whole = bool(offsets) and offsets == list(range(offsets[0], offsets[-1] + 1))
    print(f"\n\n{len(offsets):,} events inflated and read, {'in order' if whole else 'NOT WHOLE'}")


async def main(args: argparse.Namespace) -> None:
    peers = [servers.uws]
    if args.full:
        peers += [servers.broadcast]
    rounds = 5 if args.full else 3
    async with Contest(CLIENTS) as done:
        plain, deflate = Relay(), Relay(DEFLATE, offers=OFFER)
        await done.enter(plain)
        event = await learn_event(plain)
        print(f"\n{CLIENTS:,} clients, batches of {BATCH}, events of {event.size} bytes, medians")
        await done.enter(deflate)
        for peer in peers:
            await done.enter(peer(event, offers=OFFER))
        async with checked(deflate):
            for _ in range(rounds):
                await done.round(BATCH, BATCHES_PER_S, 1.5)
    names = sorted({w.server for w in done.windows}, key=lambda n: done.median(n, BATCH, "us"))
    parts = ("us", "bytes_each", "compressed", "kernel_share", "reads")
    table(
        ("", "us/delivery", "bytes", "compressed", "kernel", "reads"),
        [(name, *(done.median(name, BATCH, part) for part in parts)) for name in names],
    )
    footnote(done.windows)
    if done.median(DEFLATE, BATCH, "compressed") < 1:
        print("The relay did not agree to compress.")
    else:
        bar("CPU a delivery, to that without", done.ratio(DEFLATE, "relay", BATCH), 1.3)
    save(args.json, done.windows)


if __name__ == "__main__":
    run(main, __doc__)
