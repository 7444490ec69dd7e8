"""What the dashboard keeps of a room's past, in a real browser: its events, and its lines."""

import json
import re
from typing import Any

import pytest
from dashboard import lines, looked_at, make_chat, opened, row_of, watched
from overlays import ROOM
from playwright.async_api import Page, Route, WebSocketRoute, expect
from serving import Relay, relay_running

from relay.clock import now_ms
from relay.config import HubConfig, ServerConfig

pytestmark = pytest.mark.browser
BATCH = 500
"""Events at once: less than what a page is closed for that reads too slowly."""


async def see_oldest(page: Page, text: str) -> None:
    """See what the last row says, once all were scrolled to."""
    await page.locator("#events").focus()
    await page.keyboard.press("End")
    await expect(page.locator("#events [aria-selected=true] .event-what")).to_have_text(text)


async def test_no_event_is_missing_silently_after_a_long_pause(chromium: str) -> None:
    sent = 0

    def send(relay: Relay, count: int) -> None:
        nonlocal sent
        relay.publish(ROOM, *(make_chat(f"第{sent + n}条") for n in range(1, count + 1)))
        sent += count

    async with relay_running(hub=HubConfig(history_events=12_000)) as relay:
        watched(relay)
        async with opened(relay, chromium) as (page, _):
            counts, newer = page.locator("#counts"), page.locator("#to-newest")
            await looked_at(page)
            send(relay, 300)
            await expect(counts).to_have_text("300 of 300 events")
            pause = page.get_by_role("button", name="Pause")
            # The label says what it does; whether it is pressed would say the contrary.
            await expect(pause).not_to_have_attribute("aria-pressed", re.compile(""))
            await pause.click()
            while sent < 8_700:
                send(relay, BATCH)
                held = sent - 300
                await expect(newer).to_have_text(
                    f"{held if held <= 5_500 else 5_001 + (held - 5_501) % 500} new"
                )
            await page.get_by_role("button", name="Go on").click()
            shown = 5_001 + (sent - 300 - 5_501) % 500
            await expect(counts).to_have_text(f"{shown} of {shown} events")
            assert (await lines(page))[0] == f"第{sent}条"
            await see_oldest(page, f"第{sent - shown + 1}条")

            older = page.get_by_role("button", name="Load older events")
            await older.click()
            shown += 300
            await expect(counts).to_have_text(f"{shown} of {shown} events")
            await see_oldest(page, f"第{sent - shown + 1}条")
            # Those that come then have none of them let go.
            send(relay, BATCH)
            await expect(newer).to_have_text(f"{BATCH} new")
            await see_oldest(page, f"第{sent - BATCH - shown + 1}条")
            await newer.click()
            await expect(row_of(page, f"第{sent}条")).to_be_visible()


async def test_what_is_missing_of_the_past_is_told_in_its_place(chromium: str) -> None:
    async with relay_running() as relay:
        stream = watched(relay)
        relay.publish(ROOM, make_chat("之前"))
        relay.hub.announce_gap(stream, "upstream_reconnect")
        relay.publish(ROOM, make_chat("之后"))
        async with opened(relay, chromium) as (page, _):
            await looked_at(page, 3)
            missing = "Some events are missing here (the connection to Douyin was down)"
            assert await lines(page) == ["之后", missing, "之前"]


async def test_lines_keep_what_the_relay_knows_no_more_after_its_restart(chromium: str) -> None:
    begin_ms = (now_ms() // 10_000 - 60) * 10_000
    known: list[dict[str, Any]] = [
        {
            "time_ms": begin_ms + step * 10_000,
            "viewers": 1_000 + step,
            "likes": 0,
            "gift_diamonds": 0,
            "messages": {},
        }
        for step in range(30)
    ]

    async def answer(route: Route) -> None:
        await route.fulfill(json={"step_s": 10, "points": known})

    async with relay_running() as relay:
        watched(relay)
        async with opened(relay, chromium, "/#room=" + ROOM) as (page, _):
            await page.route("**/stats/series?step=10", answer)
            await page.reload()
            line = page.get_by_role("img", name="Watching")
            await expect(line).to_have_attribute("aria-label", re.compile("highest 1k"))
            await expect(line).to_have_attribute("aria-label", re.compile("lowest 1k"))
            port = relay.server.port
            await relay.server.stop(1)
            known[:] = [{**known[-1], "time_ms": begin_ms + 400_000, "viewers": 7}]
            async with relay_running(server=ServerConfig(port=port)) as restarted:
                watched(restarted)
                # The page waits longer each time that it can't connect.
                latest = re.compile("latest 7,")
                await expect(line).to_have_attribute("aria-label", latest, timeout=60_000)
                await expect(line).to_have_attribute("aria-label", re.compile("highest 1k"))


async def test_a_room_that_was_refused_is_asked_for_again(chromium: str) -> None:
    refusals = 0

    def refuse_first(page_side: WebSocketRoute) -> None:
        relay_side = page_side.connect_to_server()

        def send(message: str | bytes) -> None:
            nonlocal refusals
            request = json.loads(message)
            if request["op"] == "subscribe" and refusals < 2:
                refusals += 1
                error = {"op": "error", "id": request["id"], "code": "too_many_rooms"}
                page_side.send(json.dumps(error | {"message": "too many just now"}))
            else:
                relay_side.send(message)

        page_side.on_message(send)

    async with relay_running() as relay:
        watched(relay)
        async with opened(relay, chromium, "/#room=" + ROOM) as (page, _):
            await page.clock.install()
            await page.route_web_socket("**/ws", refuse_first)
            await page.reload()
            await expect(page.locator("#counts")).to_contain_text("1 of 1 events")
            relay.publish(ROOM, make_chat("之前"))
            while refusals < 2:
                await page.clock.run_for(4_000)
            # It was told once, and what came meanwhile is not missing.
            while not await row_of(page, "之前").count():
                await page.clock.run_for(4_000)
            await expect(page.locator("#counts")).to_contain_text("2 of 2 events")


async def test_a_room_that_is_removed_and_added_again_at_once_goes_on(chromium: str) -> None:
    async with relay_running() as relay:
        watched(relay)
        async with opened(relay, chromium, "/#room=" + ROOM) as (page, _):
            await looked_at(page)
            relay.publish(ROOM, make_chat("之前"))
            await expect(row_of(page, "之前")).to_be_visible()
            relay.rooms.remove(ROOM)
            watched(relay)
            relay.publish(ROOM, make_chat("之后"))
            await expect(row_of(page, "之后")).to_be_visible()


async def test_only_one_person_is_of_one_room(chromium: str) -> None:
    async with relay_running() as relay:
        watched(relay)
        watched(relay, "80000000002")
        relay.publish(ROOM, make_chat("这里"))
        relay.publish("80000000002", make_chat("那里", "乙"))
        async with opened(relay, chromium, "/#room=" + ROOM) as (page, _):
            await row_of(page, "这里").click()
            await page.get_by_role("button", name="Only this person").click()
            search = page.get_by_label("Search events")
            await expect(search).to_have_value("甲")
            await page.locator("#rooms li").filter(has_text="80000000002").click()
            await expect(row_of(page, "那里")).to_be_visible()
            await expect(search).to_have_value("")
