"""Overlays in a real browser, of a room whose books are kept as the relay keeps them."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from zlib import crc32

from playwright.async_api import Page, async_playwright, expect
from serving import Relay, make_event, make_payload

from relay.config import Config, ServerConfig
from relay.events import Event, GiftPayload, LikePayload
from relay.events.people import User
from relay.room.books import Books
from relay.server import RelayServer

expect.set_options(timeout=20_000)
ROOM = "1"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_times = itertools.count(1_630_827_777_298)


@contextmanager
def books_kept(relay: Relay, room: str = ROOM) -> Iterator[Books]:
    """Watch a room, with books."""
    stream = relay.rooms.add(room)
    books = Books(lambda events: relay.publish(room, *events))
    stream.books = books
    try:
        yield books
    finally:
        books.close()


@asynccontextmanager
async def page_opened(
    relay: Relay, chromium: str, path: str, *, script: str = ""
) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page, and what it complains of or asks other hosts for; `script` runs in it first."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1280, "height": 720})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: _note_foreign(relay, asked.url, complaints))
        if script:
            await page.add_init_script(script)
        await page.goto(relay.url + path)
        yield page, complaints
        await browser.close()


def _note_foreign(relay: Relay, url: str, complaints: list[str]) -> None:
    if not url.startswith((relay.url, "data:", "blob:")):
        complaints.append(url)


async def subscribed(relay: Relay, clients: int = 1) -> None:
    """Wait until pages get the events of rooms."""
    await relay.rooms.held(clients)


def _id_of(name: str) -> str:
    return str(crc32(name.encode()))


def make_user(nickname: str, uid: str = "", **fields: Any) -> User:
    return make_payload(User, nickname=nickname, uid=uid or _id_of(nickname), **fields)


def make_gift(nickname: str, name: str, count: int, **fields: Any) -> Event:
    """One message of a gift; `group_id`, `repeat_end` and so on as upstream has them."""
    known: dict[str, Any] = {
        "user": make_user(nickname),
        "gift_id": _id_of(name),
        "diamond_each": 1,
        "group_count": 1,
        "group_id": "1",
        "combo": True,
        "send_type": 4,
        **fields,
    }
    payload = make_payload(
        GiftPayload,
        name=name,
        count=count,
        combo_count=count,
        repeat_count=count,
        diamond_total=count * known["diamond_each"],
        **known,
    )
    return _event("WebcastGiftMessage", payload)


def make_likes(count: int, total: int) -> Event:
    payload = make_payload(LikePayload, user=make_user("甲"), count=count, total=total)
    return _event("WebcastLikeMessage", payload)


def _event(method: str, payload: object) -> Event:
    made = make_event(method)
    return Event(method, made.msg_id, made.room_id, made.web_rid, next(_times), payload)


async def stop_server(relay: Relay) -> int:
    """Cut everybody off; gives the port."""
    port = relay.server.port
    await relay.server.stop(5)
    return port


async def start_server(relay: Relay, port: int) -> RelayServer:
    """Serve the same rooms again on the same port."""
    config = Config(server=ServerConfig(port=port))
    server = RelayServer(config, relay.hub, relay.rooms, relay.live)
    await server.start()
    return server
