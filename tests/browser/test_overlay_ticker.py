"""The overlay `ticker`, in a real browser."""

from typing import Any

import pytest
from overlays import ROOM, page_opened, subscribed
from playwright.async_api import expect
from serving import make_event, relay_running
from test_overlay_chat import OVERLAPS

from relay.events import Event

pytestmark = pytest.mark.browser
FOLLOWED, SHARED, JOINED = 1, 3, 2


def make_entry(who: str, **user: Any) -> Event:
    known = {"nickname": who, "uid": who, "level": 0, "masked": False, **user}
    return make_event("WebcastMemberMessage", content="", user=known, action=1)


def make_social(who: str, action: int, method: str = "WebcastSocialMessage") -> Event:
    return make_event(method, content="", user={"nickname": who, "uid": who}, action=action)


async def test_follows_are_told_first_and_entries_together(chromium: str) -> None:
    path = f"/overlay/ticker?room_id={ROOM}&hold=60&stay=1&lang=en&hide_masked=1&min_level=3"
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, path) as (page, said):
            await page.clock.install()
            async with page.expect_websocket() as opening:
                await page.reload()
            connection = await opening.value
            await subscribed(relay)
            notes = page.locator(".note")
            relay.publish(ROOM, make_entry("first", level=3))
            await expect(notes).to_have_text(["Ffirstis here"])
            async with connection.expect_event("framereceived", lambda data: "c-last" in data):
                relay.publish(
                    ROOM,
                    make_entry("low", level=2),
                    make_entry("某***", level=9, masked=True),
                    *(make_entry(f"e{n}", level=3) for n in range(200)),
                    make_social("<b>f</b>", FOLLOWED),
                    make_social("s", SHARED),
                    make_social("c-last", JOINED, "WebcastFansclubMessage"),
                )
            for told in (
                "<<b>f</b>followed",
                "Ssshared the stream",
                "Cc-lastjoined the fans club",
                "Ee199and 199 more are here",
            ):
                await page.clock.fast_forward(61_000)
                # What left leaves nothing behind.
                await expect(notes).to_have_text([told])
            await page.clock.fast_forward(61_000)
            await expect(notes).to_have_text(["Ee199and 199 more are here"])
            assert said == []


async def test_what_runs_along_is_whole_and_never_overlaps(chromium: str) -> None:
    path = f"/overlay/ticker?room_id={ROOM}&style=marquee&cross_s=2&icons=0"
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, path) as (page, said):
            await subscribed(relay)
            for n in range(40):
                relay.publish(ROOM, make_social("长" * (n % 12 + 1), FOLLOWED))
            await expect(page.locator(".note").nth(2)).to_be_attached()
            most, overlaps = await page.evaluate(OVERLAPS.replace(".lane-item", ".note"), 40)
            assert overlaps == []
            assert most > 2
            await page.set_viewport_size({"width": 640, "height": 64})
            relay.publish(ROOM, *(make_entry(f"e{n}") for n in range(300)))
            _, overlaps = await page.evaluate(OVERLAPS.replace(".lane-item", ".note"), 20)
            assert overlaps == []
            assert said == []


async def test_samples_are_shown_without_any_room(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/ticker?demo=1") as (page, said),
    ):
        await expect(page.locator(".note").first).to_be_visible()
        await expect(page.locator(".notice")).to_be_hidden()
        assert said == []
