"""The dashboard's list of rooms in a real browser, where answers take their time."""

import asyncio

import pytest
from dashboard import looked_at, opened, watched
from overlays import ROOM
from playwright.async_api import Page, Route, expect
from serving import make_status, relay_running

pytestmark = pytest.mark.browser


class SlowAnswers:
    """Requests by one method, which are passed on when `go` is set."""

    def __init__(self, method: str) -> None:
        self.go = asyncio.Event()
        self.count = 0
        self._method = method

    async def __call__(self, route: Route) -> None:
        if route.request.method == self._method:
            self.count += 1
            await self.go.wait()
        await route.continue_()


async def test_the_focus_stays_where_a_room_above_goes(chromium: str) -> None:
    async with relay_running() as relay:
        for name in ("1", "2", "3"):
            relay.rooms.add(name)
        async with opened(relay, chromium) as (page, _):
            await expect(page.locator("#rooms li")).to_have_count(3)
            last = page.locator(".room-link").nth(2)
            await last.focus()
            relay.rooms.remove("1")
            await expect(page.locator("#rooms li")).to_have_count(2)
            await expect(page.locator(".room-link").nth(1)).to_be_focused()


async def test_a_name_that_is_typed_while_another_is_added_stays(chromium: str) -> None:
    adding = SlowAnswers("POST")
    async with relay_running() as relay, opened(relay, chromium) as (page, _):
        await page.route("**/api/rooms", adding)
        field = page.locator("#add-room")
        await field.fill(ROOM)
        async with page.expect_request("**/api/rooms"):
            await field.press("Enter")
        await field.press("Enter")
        await field.fill("7")
        adding.go.set()
        await expect(page.locator("#rooms li")).to_have_count(1)
        await expect(field).to_have_value("7")
        await expect(field).to_be_focused()
        adding.go.clear()
        async with page.expect_request("**/api/rooms"):
            await field.press("Enter")
        await field.fill("8")
        async with page.expect_request("**/api/rooms"):
            await field.press("Enter")
        adding.go.set()
        await expect(page.locator("#rooms li")).to_have_count(3)
        await expect(field).to_have_value("")
        assert adding.count == 3


async def test_a_name_that_is_refused_late_is_named(chromium: str) -> None:
    adding = SlowAnswers("POST")
    async with relay_running() as relay, opened(relay, chromium) as (page, _):
        await page.route("**/api/rooms", adding)
        field, problem = page.locator("#add-room"), page.locator("#add-error")
        await field.fill("no such room")
        async with page.expect_request("**/api/rooms"):
            await field.press("Enter")
        await field.fill(ROOM)
        adding.go.set()
        await expect(problem).to_contain_text("Could not watch no such room: ")
        await expect(field).to_have_attribute("aria-invalid", "false")
        await expect(field).to_have_value(ROOM)
        await field.press("Enter")
        await expect(page.locator("#rooms li")).to_have_count(1)
        await expect(problem).to_be_hidden()


async def test_a_slow_removal_leaves_the_question_about_another_room_alone(chromium: str) -> None:
    removing = SlowAnswers("DELETE")

    async def ask(page: Page, name: str) -> None:
        await page.locator(f'.room-link[href="#room={name}"]').click()
        await page.locator("#remove").click()
        await expect(page.locator("#confirm")).to_be_visible()

    async with relay_running() as relay:
        for name in (ROOM, "2"):
            watched(relay, name)
        async with opened(relay, chromium) as (page, _):
            await looked_at(page)
            await page.route("**/api/rooms/*", removing)
            await ask(page, "2")
            async with page.expect_request("**/api/rooms/2"):
                await page.locator("#confirm-remove").click()
            await page.locator("#confirm-cancel").click()
            await ask(page, ROOM)
            removing.go.set()
            await expect(page.locator("#rooms li")).to_have_count(1)
            await expect(page.locator("#confirm")).to_be_visible()
            await page.locator("#confirm-remove").click()
            await expect(page.locator("#confirm")).to_be_hidden()
            await expect(page.locator("#rooms li")).to_have_count(0)
            await expect(page.locator("#rooms-title")).to_be_focused()


async def test_a_removal_that_fails_once_nobody_looks_is_told(chromium: str) -> None:
    removing = SlowAnswers("DELETE")
    async with relay_running() as relay:
        watched(relay, "2")
        async with opened(relay, chromium) as (page, _):
            await page.route("**/api/rooms/*", removing)
            await page.locator(".room-link").click()
            await page.locator("#remove").click()
            async with page.expect_request("**/api/rooms/2"):
                await page.locator("#confirm-remove").click()
            await page.locator("#confirm-cancel").click()
            relay.rooms.remove("2")
            watched(relay, ROOM)
            removing.go.set()
            problem = page.locator("#remove-error")
            await expect(problem).to_contain_text("Could not stop watching")
            await page.locator(f'.room-link[href="#room={ROOM}"]').click()
            await page.locator("#remove").click()
            await expect(problem).to_be_hidden()


async def test_a_long_name_keeps_within_the_question_whether_to_stop(chromium: str) -> None:
    name = "W" * 76
    async with relay_running() as relay:
        relay.hub.set_status(relay.rooms.add(ROOM), make_status(ROOM, anchor=name))
        async with opened(relay, chromium) as (page, _):
            await page.get_by_role("button", name="Stop watching").click()
            question = page.locator("#confirm-title")
            await expect(question).to_contain_text(name)
            beyond = "(title) => title.scrollWidth - title.clientWidth"
            assert await question.evaluate(beyond) == 0
