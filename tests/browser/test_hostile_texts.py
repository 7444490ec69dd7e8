"""Hostile texts in every field of every kind of event: no page runs, loads or chokes on them."""

from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlencode

import msgspec
import pytest
from overlays import ROOM, books_kept, page_opened, subscribed
from playwright.async_api import Page, expect
from serving import make_event, make_status, relay_running

from relay.events import PAYLOAD_TYPES, Event
from relay.server.pages import OVERLAYS

pytestmark = pytest.mark.browser

Anything = TypeVar("Anything", bound=msgspec.Struct)
HOSTILE = [
    "<img src=x onerror=\"window.owned='img'\">",
    "<script>window.owned='script'</script>",
    "\"'><svg onload=\"window.owned='svg'\">",
    "javascript:window.owned='url'",
    "data:text/html,<script>parent.owned='data'</script>",
    "https://evil.example/a.png",
    "//evil.example/a.png",
    "https://p3.douyinpic.com.evil.example/a.png",
    "https://evil.example/#.douyinpic.com",
    "url(https://evil.example/a.png)",
    "{{constructor.constructor('window.owned=1')()}}",
    "</style><style>*{background:url(https://evil.example/b.png)}",
    "__proto__",
    "\u202e\u0000\ufffe" + "\u0e01\u0e47" * 40,
    "x" * 5_000,
]
LAST = "最后一句"
WATCHING = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


def hostile(kind: type[Anything], text: str) -> Anything:
    """Make a payload with `text` wherever a text can be."""
    return kind(**{name: _value(hint, text) for name, hint in get_type_hints(kind).items()})


def _value(hint: Any, text: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _value(next(kind for kind in arguments if kind is not type(None)), text)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return (_value(arguments[0], text),)
    if origin is dict:
        return {text: _value(arguments[1], text)}
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        # A user may have a fans club, a piece a user: no deeper than that.
        return hostile(hint, text)
    return {str: text, int: 7, float: 0.7, bool: True}.get(hint)


def event_of(method: str, text: str) -> Event:
    payload = hostile(PAYLOAD_TYPES[method], text)
    return msgspec.structs.replace(make_event(method), payload=payload)


def is_last(frame: str | bytes) -> bool:
    """Tell whether the last events are in a WebSocket's frame."""
    return LAST in str(frame)


def attacks() -> list[Event]:
    """Every kind of event, with every text in all its fields, the envelope's included."""
    made = []
    for text in HOSTILE:
        made += [event_of(method, text) for method in PAYLOAD_TYPES]
        unknown = msgspec.structs.replace(make_event("WebcastNewMessage"), payload={text: [text]})
        made += [
            unknown,
            msgspec.structs.replace(unknown, msg_id="0", method=f"Webcast{text[:60]}"),
        ]
    return made


async def unharmed(page: Page) -> None:
    """See that nothing was run, and nothing tried that the policy had to forbid."""
    assert await page.evaluate("window.owned") is None
    assert await page.evaluate("window.violations") == []
    assert await page.locator("body script, svg[onload], img[src='x']").count() == 0


@pytest.mark.parametrize("kind", OVERLAYS)
async def test_overlays_show_hostile_texts_as_texts(chromium: str, kind: str) -> None:
    path = f"/overlay/{kind}?room_id={ROOM}&show=chat,gift,like,member,social,fansclub"
    async with relay_running() as relay:
        with books_kept(relay):
            for text in HOSTILE[:3]:
                status = make_status(ROOM, title=text, anchor=text, reason=text)
                relay.hub.set_status(relay.rooms[ROOM], status)
            async with page_opened(relay, chromium, path, script=WATCHING) as (page, said):
                await page.goto("about:blank")
                await relay.rooms.let_go()
                async with page.expect_websocket() as opened:
                    await page.go_back()
                async with (await opened.value).expect_event("framereceived", is_last):
                    await subscribed(relay)
                    relay.publish(ROOM, *attacks())
                    # The page goes on living: what is sent behind it comes, too.
                    relay.publish(ROOM, *(event_of(method, LAST) for method in PAYLOAD_TYPES))
                await page.evaluate("new Promise((done) => requestAnimationFrame(() => done()))")
                await unharmed(page)
                assert said == []


async def test_the_dashboard_shows_hostile_texts_as_texts(chromium: str) -> None:
    async with relay_running() as relay:
        with books_kept(relay):
            for text in HOSTILE:
                status = make_status(ROOM, title=text, anchor=text, reason=text)
                relay.hub.set_status(relay.rooms[ROOM], status)
            async with page_opened(relay, chromium, "/", script=WATCHING) as (page, said):
                await subscribed(relay)
                relay.publish(ROOM, *attacks())
                relay.publish(ROOM, event_of("WebcastChatMessage", LAST))
                await expect(page.locator("body")).to_contain_text(LAST)
                await unharmed(page)
                assert said == []


async def test_hostile_addresses_do_nothing(chromium: str) -> None:
    names = ("room_id", "theme", "font", "color", "title", "lang", "token")
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/", script=WATCHING) as (page, said),
    ):
        for kind in (*OVERLAYS, ""):
            for text in HOSTILE[:6]:
                query = urlencode(dict.fromkeys(names, text))
                await page.goto(f"{relay.url}/overlay/{kind}?demo=1&{query}")
                await page.evaluate("new Promise((done) => requestAnimationFrame(() => done()))")
                await unharmed(page)
        assert said == []
