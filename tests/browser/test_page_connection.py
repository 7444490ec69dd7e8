"""What all pages have of their connection, in a real browser: when it is tried again, and how."""

import pytest
from dashboard import opened, watched
from keys import OVERLAY, READ, auth, bearer
from overlays import ROOM, page_opened, subscribed
from playwright.async_api import Page, Route, expect
from serving import make_event, make_status, relay_running

from relay.config import LimitsConfig, ServerConfig
from relay.errors import ListenError

pytestmark = pytest.mark.browser
CHAT = f"/overlay/chat?motion=0&lang=en&room_id={ROOM}"
DROPPED = """
Math.random = () => 0.999;
window.connected = 0;
window.WebSocket = class {
  static OPEN = 1;
  readyState = 1;
  constructor() {
    connected += 1;
    queueMicrotask(() => {
      this.onmessage?.({ data: '{"op": "hello"}' });
      queueMicrotask(() => this.onclose?.({ code: 1012, reason: "" }));
    });
  }
  send() {}
  close() {}
};
"""
"""A relay that takes connections and drops them, and waits as long as they ever are."""


@pytest.mark.parametrize("path", ["/", CHAT + "&recent=0"])
async def test_a_relay_that_drops_all_connections_is_asked_less_and_less(
    chromium: str, path: str
) -> None:
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, "/healthz", script=DROPPED) as (page, _):
            await page.clock.install(time=0)
            await page.clock.pause_at(1_000)
            await page.goto(relay.url + path)
            await page.wait_for_function("connected > 0")
            # After 0.5, 1, 2, 4, 8 and 15 s.
            await page.clock.run_for(31_000)
            assert await page.evaluate("connected") == 7


async def test_a_relay_that_does_not_say_what_there_was_is_not_waited_for(chromium: str) -> None:
    asked: list[Route] = []

    async def keep(route: Route) -> None:
        asked.append(route)

    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, "/healthz") as (page, _):
            await page.clock.install()
            await page.route(f"**/api/rooms/{ROOM}", keep)
            async with page.expect_request(f"**/api/rooms/{ROOM}"):
                await page.goto(relay.url + CHAT + "&recent=20")
            await page.clock.fast_forward(11_000)
            await subscribed(relay)
            relay.publish(ROOM, make_event(content="来了", user={"nickname": "甲", "uid": "1"}))
            await expect(page.locator(".line-text")).to_have_text("来了")
            for route in asked:
                await route.abort()


async def test_too_many_rooms_are_not_said_to_be_a_request_not_understood(chromium: str) -> None:
    limits = LimitsConfig(token_subscriptions=1)
    async with relay_running(auth=auth(), limits=limits) as relay:
        relay.rooms.add(ROOM)
        relay.rooms.add("2")
        async with relay.connect("?room_id=2", additional_headers=bearer(OVERLAY)):
            await subscribed(relay)
            path = f"{CHAT}&recent=0&token={OVERLAY}"
            async with page_opened(relay, chromium, path) as (page, _):
                notice = page.locator(".notice")
                await expect(notice).to_contain_text("have too many rooms together")
                await expect(notice).not_to_contain_text("understand")


async def test_the_policy_of_a_page_at_an_ipv6_address_can_be_read(chromium: str) -> None:
    try:
        async with relay_running(server=ServerConfig(host="::1", port=0)) as relay:
            watched(relay)
            async with opened(relay, chromium) as (page, complaints):
                await expect(page.locator("#rooms li")).to_have_count(1)
                assert complaints == []
    except ListenError:
        pytest.skip("no IPv6 on this machine")


async def test_a_token_that_may_not_list_rooms_is_told_of_and_another_one_taken(
    chromium: str,
) -> None:
    async with relay_running(auth=auth()) as relay:
        relay.hub.set_status(relay.rooms.add(ROOM), make_status(ROOM))
        async with opened(relay, chromium, says="a token is wanted") as (page, _):
            connection, field = page.locator("#connection"), page.locator("#enter-token")
            await enter(page, OVERLAY)
            await expect(connection).to_have_text("this token may not list rooms")
            await expect(page.locator("#choose")).to_contain_text("the scope read")
            await page.get_by_role("button", name="Enter a token").click()
            await expect(field).to_be_focused()
            await enter(page, READ)
            await expect(connection).to_have_text("connected")
            await expect(page.locator("#room-name")).to_have_text("主播")
            await expect(page.locator("#enter-again")).to_be_hidden()
            await expect(page.locator("#choose")).to_be_hidden()


async def enter(page: Page, token: str) -> None:
    await page.locator("#enter-token").fill(token)
    await page.locator("#enter-token").press("Enter")
