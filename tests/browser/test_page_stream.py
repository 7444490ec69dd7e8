"""How pages hold on to rooms' events, in a real browser: cut off, restarted, refused."""

from itertools import count

import pytest
from overlays import ROOM, page_opened, start_server, stop_server, subscribed
from playwright.async_api import expect
from serving import Relay, make_event, make_status, relay_running

from relay.config import ServerConfig

pytestmark = pytest.mark.browser
PATH = "/overlay/chat?recent=0&motion=0&max_lines=200&room_id="
LINES = ".chat-lines .line-text"


def say(relay: Relay, text: str, room: str = ROOM) -> None:
    relay.publish(room, make_event(content=text, user={"nickname": "甲", "uid": "1"}, pieces=[]))


async def test_ten_cuts_lose_and_double_nothing(chromium: str) -> None:
    numbers, sent = count(1), []

    def go_on(relay: Relay) -> None:
        for _ in range(4):
            sent.append(str(next(numbers)))
            say(relay, sent[-1])

    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, PATH + ROOM) as (page, _):
            await subscribed(relay)
            for cut in range(10):
                go_on(relay)
                if cut % 2:
                    await expect(page.locator(LINES).last).to_have_text(sent[-1])
                port = await stop_server(relay)
                go_on(relay)
                relay.server = await start_server(relay, port)
                go_on(relay)
                await expect(page.locator(LINES).last).to_have_text(sent[-1])
            assert await page.locator(LINES).all_text_contents() == sent


async def test_a_relay_that_begins_anew_is_gone_on_with(chromium: str) -> None:
    async with relay_running() as first:
        first.rooms.add(ROOM)
        async with page_opened(first, chromium, PATH + ROOM) as (page, _):
            await subscribed(first)
            say(first, "一")
            await expect(page.locator(LINES)).to_have_text(["一"])
            port = await stop_server(first)
            async with relay_running(server=ServerConfig(port=port)) as second:
                await subscribed(second)
                # Offsets begin anew, too: none of these may be taken for one that was had.
                say(second, "二")
                say(second, "三")
                await expect(page.locator(LINES)).to_have_text(["一", "二", "三"])
                await stop_server(second)
                say(second, "四")
                second.server = await start_server(second, port)
                await expect(page.locator(LINES)).to_have_text(["一", "二", "三", "四"])
                await second.server.stop(5)


async def test_a_room_that_is_refused_is_asked_for_until_it_is_there(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, PATH + "refused") as (page, _),
    ):
        await page.clock.install()
        await page.reload()
        notice, root = page.locator(".notice"), page.locator("html")
        await expect(notice).to_contain_text("15 秒")
        await expect(root).to_have_attribute("data-connection", "refused")
        relay.rooms.rooms["refused"] = stream = relay.hub.open(make_status("refused"))
        relay.rooms.holders[stream] = 0
        await page.clock.fast_forward(16_000)
        await subscribed(relay)
        await expect(notice).to_be_hidden()
        await expect(root).to_have_attribute("data-connection", "open")
        say(relay, "来了", "refused")
        await expect(page.locator(LINES)).to_have_text(["来了"])


async def test_a_page_says_what_is_wrong_long_enough_to_be_read(chromium: str) -> None:
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        path = PATH + ROOM + "&lang=en&sise=30&size=abc"
        async with page_opened(relay, chromium, "/overlay/chat") as (page, _):
            await page.clock.install()
            await page.goto(relay.url + path)
            await subscribed(relay)
            notice, lines = page.locator(".notice"), page.locator(".notice > div")
            wrong = ["Option size: must be a number", "Option sise: there is no such option"]
            await expect(lines).to_have_text(wrong)
            port = await stop_server(relay)
            await expect(lines).to_have_text([*wrong, "Waiting for the relay…"])
            relay.server = await start_server(relay, port)
            await page.clock.run_for(2_000)
            await expect(lines).to_have_text(wrong)
            say(relay, "一")
            await page.clock.run_for(100)
            await expect(page.locator(LINES)).to_have_text(["一"])
            await expect(lines).to_have_text(wrong)
            await page.clock.fast_forward(16_000)
            await expect(notice).to_be_hidden()
