"""The simulator's room page by itself, in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from relay.sim import Behaviours, Scenario, Simulator, Step, Timing
from relay.sim.ledger import ConnectionRecord
from relay.sim.room import SimRoom

pytestmark = pytest.mark.browser

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
QUICK = Timing(
    page_heartbeat_s=0.2, page_retry_s=0.1, heartbeat_deadline_s=2, fetch_interval_ms=100
)


def simulator(**changes: Any) -> Simulator:
    fields = {name: changes.pop(name) for name in ("push_hosts",) if name in changes}
    return Simulator(
        Scenario(
            rooms=1,
            rate=50,
            timing=QUICK,
            require_signature=True,
            behaviours=Behaviours(**changes),
            **fields,
        )
    )


def only(sim: Simulator) -> SimRoom:
    return next(iter(sim.rooms.values()))


@asynccontextmanager
async def opened(sim: Simulator, chromium: str, **cookies: str) -> AsyncIterator[Page]:
    """The room's page in Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = await browser.new_context()
        await context.add_cookies(
            [{"name": name, "value": value, "url": sim.url} for name, value in cookies.items()]
        )
        page = await context.new_page()
        await page.goto(f"{sim.url}/{only(sim).web_rid}", wait_until="commit")
        yield page
        await browser.close()


async def says(page: Page, condition: str) -> dict[str, Any]:
    """Wait until the page says so of itself; give all that it says."""
    shown = await page.wait_for_function(
        f"() => {{ const it = self.simPage; return it && ({condition}) && it }}", timeout=20_000
    )
    found: dict[str, Any] = await shown.json_value()
    return found


def connections(sim: Simulator) -> list[ConnectionRecord]:
    return sim.ledger.of_room(only(sim).web_rid)


@pytest.mark.parametrize("mode", ["socket", "worker", "iframe"])
async def test_the_page_signs_beats_and_acks(chromium: str, mode: str) -> None:
    async with simulator(page_mode=mode) as sim, opened(sim, chromium) as page:
        state = await says(page, "it.messages > 50 && it.heartbeats > 3 && it.acks > 10")
        assert state["transport"] == "socket"
        assert state["unreadable"] == 0
        (connection,) = connections(sim)
        assert connection.signed
        assert connection.ttwid.startswith("1%7C")
        # What its first poll brought is not brought again.
        assert connection.resume == "continued"
        assert connection.acks_good > 10
        assert connection.acks_bad == connection.odd_frames == 0
        assert sim.ledger.refused == 0


async def test_a_page_that_polls(chromium: str) -> None:
    async with simulator(page_mode="poll") as sim, opened(sim, chromium) as page:
        assert (await says(page, "it.messages > 50 && it.polls > 3"))["transport"] == "poll"
        assert connections(sim) == []


async def test_a_page_that_does_both(chromium: str) -> None:
    async with simulator(page_mode="both") as sim, opened(sim, chromium) as page:
        await says(page, "it.frames > 5 && it.polls > 3")


async def test_a_page_whose_socket_is_refused_polls(chromium: str) -> None:
    async with simulator(push="blocked") as sim, opened(sim, chromium) as page:
        state = await says(page, "it.transport == 'poll' && it.messages > 50")
        assert (state["opens"], state["refused"]) == (0, 1)
        assert sim.ledger.refused == 1


async def test_a_page_goes_on_after_a_cut_and_ends_with_the_broadcast(chromium: str) -> None:
    async with simulator() as sim, opened(sim, chromium) as page:
        await says(page, "it.messages > 20")
        only(sim).obey(Step(do="cut"))
        await says(page, "it.opens == 2")
        only(sim).obey(Step(do="end"))
        await says(page, "it.ended && it.stopped")
        assert [one.resume for one in connections(sim)] == ["continued", "continued"]


async def test_another_push_host_is_tried_where_one_is_down(chromium: str) -> None:
    async with simulator(push_hosts=2) as sim:
        await sim.hosts.put("push1", "down")
        async with opened(sim, chromium) as page:
            await says(page, "it.messages > 20 && it.opens == 1")
            assert [one.host for one in connections(sim)] == ["push2"]


async def test_the_page_gets_its_nonce_first_and_calls_guarded_endpoints(chromium: str) -> None:
    async with simulator(ac_nonce=True) as sim, opened(sim, chromium) as page:
        await says(page, "it.messages > 0")
        room = only(sim)
        ids = f"room_id={room.room_id}&anchor_id={room.anchor.uid}"
        path = f"/webcast/ranklist/audience/?{ids}&sec_anchor_id={room.anchor.sec_uid}"
        by_fetch = "async path => (await (await fetch(path)).json()).status_code"
        assert await page.evaluate(by_fetch, path) == 0
        by_xhr = """path => new Promise(done => {
            const call = new XMLHttpRequest();
            call.open("GET", path);
            call.onload = () => done(JSON.parse(call.responseText).status_code);
            call.send();
        })"""
        shop = f"/live/promotions/pop/v3/?room_id={room.room_id}&author_id={room.anchor.uid}&x=a+b"
        assert await page.evaluate(by_xhr, shop) == 0
        assert room.ledger.requests["ranklist ok"] == room.ledger.requests["promotions ok"] == 1


async def test_its_picture_is_asked_for_in_two_ways(chromium: str) -> None:
    async with simulator() as sim, opened(sim, chromium) as page:
        await says(page, "it.messages > 0")
        assert sim.ledger.calls["media"] >= 2


SIGN = "() => byted_acrawler.frontierSign({'X-MS-STUB': '0'.repeat(32)})['X-Bogus']"


async def test_the_sdk_signs_as_long_as_it_is_good(chromium: str) -> None:
    # Two signatures go into the first poll and the socket.
    async with simulator(sdk_good_for=2) as sim, opened(sim, chromium) as page:
        await says(page, "it.messages > 20")
        assert len(await page.evaluate(SIGN)) == 16
        only(sim).obey(Step(do="cut"))
        await says(page, "it.transport == 'poll' || it.refused == 1")
        assert {refusal.reason for refusal in sim.ledger.refusals} == {"signature wrong or missing"}


@pytest.mark.parametrize("sdk", ["wrong", "missing"])
async def test_an_sdk_that_is_no_good(chromium: str, sdk: str) -> None:
    async with simulator(page_sdk=sdk) as sim, opened(sim, chromium) as page:
        await says(page, "it.refused == 1")
        assert sim.ledger.refused == 1


async def test_a_pop_up_holds_the_connection_until_it_is_closed(chromium: str) -> None:
    behaviours = {"page_popup": True, "page_popup_holds": True, "logins": ["me"]}
    async with simulator(**behaviours) as sim:
        async with opened(sim, chromium) as page:
            await page.locator("#login-popup").wait_for()
            assert connections(sim) == []
            await page.locator(".login-close").click()
            await says(page, "it.messages > 0")
        async with opened(sim, chromium, sessionid="me") as page:
            await says(page, "it.messages > 0")
            assert await page.locator("#login-popup").count() == 0


async def test_an_untouched_page_rests(chromium: str) -> None:
    async with simulator(page_idle_s=1) as sim, opened(sim, chromium) as page:
        await says(page, "it.messages > 0")
        await says(page, "it.stopped")
        await page.locator("#idle").wait_for()
        await page.mouse.move(20, 20)
        await says(page, "!it.stopped && it.opens == 2")


async def test_a_page_loads_itself_anew_and_one_crashes(chromium: str) -> None:
    async with simulator(page_reload_after_s=1) as sim, opened(sim, chromium) as page:
        async with page.expect_event("load"):
            await says(page, "it.messages > 0")
        await says(page, "it.messages > 0")
        only(sim).change({"page_crash_after_s": 0.5})
        async with page.expect_event("crash", timeout=20_000):
            await page.reload(wait_until="commit")


async def test_a_captcha_or_a_login_instead_of_the_page(chromium: str) -> None:
    async with simulator(page="captcha") as sim:
        async with opened(sim, chromium) as page:
            await page.locator("#captcha_container").wait_for(state="attached")
        only(sim).change({"page": "login"})
        async with opened(sim, chromium) as page:
            await page.locator("#login-page").wait_for()
        assert connections(sim) == []
