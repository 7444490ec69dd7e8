"""The dashboard in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from overlays import ROOM, make_user, page_opened
from playwright.async_api import Page, expect
from serving import Relay, make_event, make_payload

from relay.events import ChatPayload, Event
from relay.hub import Stream
from relay.room.books import Books


@asynccontextmanager
async def opened(
    relay: Relay, chromium: str, path: str = "/", says: str = "connected", *, script: str = ""
) -> AsyncIterator[tuple[Page, list[str]]]:
    """The dashboard, and what it complains of or asks others for; `script` runs in it first."""
    async with page_opened(relay, chromium, path, script=script) as (page, complaints):
        await expect(page.locator("#connection")).to_have_text(says)
        yield page, complaints


async def looked_at(page: Page, events: int = 0) -> None:
    """Wait until the chosen room's events come; of those of the past there are so many."""
    await expect(page.locator("#older")).to_be_disabled()
    await expect(page.locator("#older-says")).to_have_text("There are no older events.")
    await expect(page.locator("#counts")).to_contain_text(f"of {events} ")


def watched(relay: Relay, room: str = ROOM) -> Stream:
    """Watch a room whose books say nothing of their own accord, so that events can be counted."""
    stream = relay.rooms.add(room)
    stream.books = books = Books(lambda _: None)
    books.close()
    return stream


def make_chat(content: str, nickname: str = "甲") -> Event:
    payload = make_payload(ChatPayload, content=content, user=make_user(nickname))
    return msgspec.structs.replace(make_event(), payload=payload)


async def lines(page: Page, part: str = ".event-what") -> list[str]:
    """What the rows say, as they stand on the screen: the newest first."""
    script = """(part) => [...document.querySelectorAll("#events .event")]
      .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
      .map((row) => row.querySelector(part)?.textContent ?? "")"""
    shown: list[str] = await page.evaluate(script, part)
    return shown


def row_of(page: Page, text: str) -> Any:
    return page.locator("#events .event").filter(has_text=text)
