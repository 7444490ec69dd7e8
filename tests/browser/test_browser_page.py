"""The page at /, in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from keys import READ, WATCH, auth
from playwright.async_api import Page, async_playwright, expect
from serving import Relay, make_event, make_status, relay_running

from relay.config import HubConfig, ServerConfig, StoreConfig
from relay.hub import Hub, RoomState
from relay.store import Store

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def opened(
    relay: Relay, chromium: str, says: str = "connected"
) -> AsyncIterator[tuple[Page, list[str]]]:
    """The page in Chromium, and what it complains of or asks other hosts for."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((relay.url, "data:"))
                else complaints.append(request.url)
            ),
        )
        await page.goto(relay.url)
        await expect(page.locator("#connection")).to_have_text(says)
        yield page, complaints
        await browser.close()


async def test_events_appear_as_text_whatever_they_say(chromium: str) -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        relay.publish("1", make_event(content="早些时候", user={"nickname": "来得早"}, room_id="1"))
        async with opened(relay, chromium) as (page, complaints):
            await expect(page.locator("#events li")).to_contain_text(["早些时候"])
            relay.publish(
                "1",
                make_event(content="<b>主播好</b>", user={"nickname": HOSTILE}),
                make_event("WebcastGiftMessage", content="送出了 小心心 x5", user=None),
            )
            rows = page.locator("#events li")
            await expect(rows).to_have_count(3)
            await expect(rows.nth(0)).to_contain_text("送出了 小心心 x5")
            await expect(rows.nth(1).locator(".who")).to_have_text(HOSTILE)
            await expect(rows.nth(1).locator(".what")).to_have_text("<b>主播好</b>")
            assert await page.locator("#events img, #events b").count() == 0
            assert await page.title() == "Douyin live relay"
            await page.get_by_label("chat").uncheck()
            await expect(rows.nth(1)).to_be_hidden()
            await expect(rows.nth(0)).to_be_visible()
            assert complaints == []


async def test_rooms_are_listed_and_added(chromium: str) -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        async with opened(relay, chromium) as (page, _):
            items = page.locator("#rooms li")
            await expect(items).to_have_count(1)
            await expect(items.nth(0)).to_contain_text("主播")
            await page.get_by_label("Room to watch").fill("no-such")
            await page.get_by_role("button", name="Watch").click()
            await expect(page.locator("#add-error")).to_contain_text("is no room")
            await page.get_by_label("Room to watch").fill("2")
            await page.get_by_role("button", name="Watch").click()
            await expect(items).to_have_count(2)
            await expect(page.locator("#add-error")).to_be_hidden()
            status = make_status("2", state=RoomState.BLOCKED, reason="device_blocked", anchor="")
            relay.hub.set_status(relay.rooms["2"], status)
            await expect(items.nth(1)).to_contain_text("blocked")
            await expect(items.nth(1)).to_contain_text("device blocked")


async def test_a_room_named_by_its_handle_goes_on_once_its_number_is_known(chromium: str) -> None:
    async with relay_running() as relay:
        stream = relay.rooms.add("3")
        unresolved = msgspec.structs.replace(
            make_status("3", state=RoomState.RESOLVING, anchor=""), web_rid=""
        )
        relay.hub.set_status(stream, unresolved)
        async with opened(relay, chromium) as (page, complaints):
            rows, items = page.locator("#events li"), page.locator("#rooms li")
            relay.publish("3", make_event(content="之前", user={"nickname": "甲"}))
            await expect(rows).to_contain_text(["之前"])
            # What the fake rooms take for a second name serves as the web_rid that is found out.
            found = msgspec.structs.replace(make_status("3"), web_rid=unresolved.room_id)
            # Each time that the page looks for rooms it could subscribe once more.
            for title in ("第一次", "第二次"):
                relay.hub.set_status(stream, msgspec.structs.replace(found, title=title))
                await expect(items).to_contain_text([f"{title} · {found.web_rid}"])
            relay.publish("3", make_event(content="之后", user={"nickname": "甲"}))
            await expect(rows.nth(0)).to_contain_text("之后")
            await expect(rows).to_have_count(2)
            assert relay.rooms.holders == {stream: 1}
            assert complaints == []


async def test_a_room_that_turns_out_to_be_another_one_goes_on_there(chromium: str) -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        relay.rooms.add("2")
        async with opened(relay, chromium) as (page, _):
            rows, items = page.locator("#events li"), page.locator("#rooms li")
            for room in "12":
                relay.publish(room, make_event(content=f"房间{room}", user={"nickname": "甲"}))
            await expect(rows).to_have_count(2)
            relay.rooms.merge("2", "1")
            await expect(items).to_have_count(1)
            relay.publish("1", make_event(content="合并之后", user={"nickname": "甲"}))
            await expect(rows).to_have_count(3)
            await expect(rows.nth(0)).to_contain_text("合并之后")


async def test_numbers_of_likes_and_combos(chromium: str) -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        async with opened(relay, chromium) as (page, _):
            rows = page.locator("#events li")
            gift = {"content": "送出了 小心心 x5", "user": {"nickname": "甲"}, "combo": True}
            relay.publish(
                "1",
                make_event("WebcastLikeMessage", content="点赞", user=None, count=13),
                make_event("WebcastLikeMessage", content="点赞", user=None, count=1),
                make_event("WebcastGiftMessage", **gift, repeat_end=False),
                make_event("WebcastGiftMessage", **gift, repeat_end=True),
            )
            await expect(rows.locator(".what")).to_have_text(
                ["送出了 小心心 x5", "送出了 小心心 x5", "点赞", "点赞 x13"]
            )
            await expect(rows.locator(".kind")).to_have_text(["total", "gift", "like", "like"])


async def test_the_page_shows_a_bounded_number_of_events(chromium: str) -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        async with opened(relay, chromium) as (page, _):
            await expect(page.locator("#rooms li")).to_have_count(1)
            for number in range(1000):
                relay.publish("1", make_event(content=f"第{number}条", user={"nickname": "甲"}))
            await expect(page.locator("#events li").nth(0)).to_contain_text("第999条")
            assert await page.locator("#events li").count() <= 300


async def test_the_page_comes_back_after_a_restart_and_goes_on(chromium: str) -> None:
    async with relay_running() as relay:
        relay.rooms.add("1")
        async with opened(relay, chromium) as (page, _):
            relay.publish("1", make_event(content="重启之前", user={"nickname": "甲"}))
            await expect(page.locator("#events li").nth(0)).to_contain_text("重启之前")
            port = relay.server.port
            await relay.server.stop(1)
            await expect(page.locator("#connection")).to_contain_text("trying again")
            async with relay_running(server=ServerConfig(port=port)) as restarted:
                restarted.rooms.add("1")
                await expect(page.locator("#connection")).to_have_text("connected")
                restarted.publish("1", make_event(content="重启之后", user={"nickname": "乙"}))
                await expect(page.locator("#events li").nth(0)).to_contain_text("重启之后")
                assert await page.locator("#events li").count() == 2


async def test_a_relay_with_tokens_is_asked_for_one_that_stays_in_the_tab(chromium: str) -> None:
    async with relay_running(auth=auth()) as relay:
        relay.rooms.add("1")
        async with opened(relay, chromium, "a token is wanted") as (page, complaints):
            connection, field = page.locator("#connection"), page.locator("#enter-token")
            await expect(page.locator("#rooms li")).to_have_count(0)
            await expect(page.locator("#enter-error")).to_be_hidden()
            await field.fill(READ[:-1])
            await field.press("Enter")
            await expect(page.locator("#enter-error")).to_be_visible()
            await expect(connection).to_have_text("a token is wanted")
            await field.fill(f" {READ} ")
            await field.press("Enter")
            await expect(connection).to_have_text("connected")
            await expect(page.locator("#enter")).to_be_hidden()
            await expect(page.locator("#rooms li")).to_have_count(1)
            relay.publish("1", make_event(content="进来了", user={"nickname": "甲"}))
            await expect(page.locator("#events li").nth(0)).to_contain_text("进来了")
            await page.reload()
            await expect(connection).to_have_text("connected")
            assert READ not in page.url
            assert complaints == []
            await page.get_by_label("Room to watch").fill("2")
            await page.get_by_role("button", name="Watch").click()
            await expect(page.locator("#add-error")).to_contain_text("scope admin")
            assert await page.evaluate("localStorage.length + document.cookie.length") == 0


async def test_a_token_that_is_taken_back_is_asked_for_again(chromium: str) -> None:
    async with (
        relay_running(auth=auth()) as relay,
        opened(relay, chromium, "a token is wanted") as (page, _),
    ):
        await page.locator("#enter-token").fill(READ)
        await page.locator("#enter-token").press("Enter")
        await expect(page.locator("#connection")).to_have_text("connected")
        port, others = relay.server.port, auth()
        del others.tokens[0]
        await relay.server.stop(1)
        async with relay_running(server=ServerConfig(port=port), auth=others) as restarted:
            restarted.rooms.add("1")
            await expect(page.locator("#connection")).to_have_text("a token is wanted")
            await page.locator("#enter-token").fill(WATCH)
            await page.get_by_role("button", name="Enter").click()
            await expect(page.locator("#rooms li")).to_have_count(1)
            await expect(page.locator("#connection")).to_have_text("connected")


async def test_a_room_that_goes_on_where_the_store_left_it(chromium: str, tmp_path: Path) -> None:
    store = StoreConfig(path=str(tmp_path / "store.db"))
    async with Store(store) as kept:
        before = Hub(HubConfig(), kept)
        stream = before.open(make_status("1"))
        await before.take_up(stream)
        before.publish(stream, [make_event(content="之前", user={"nickname": "甲"})])
    async with Store(store) as kept, relay_running(archive=kept) as relay:
        stream = relay.rooms.add("1")
        async with opened(relay, chromium) as (page, complaints):
            rows, items = page.locator("#events li"), page.locator("#rooms li")
            await expect(items).to_have_count(1)
            await relay.hub.take_up(stream)
            relay.publish("1", make_event(content="之后", user={"nickname": "甲"}))
            await expect(rows.nth(0)).to_contain_text("之后")
            # Each time that the page looks for rooms it could subscribe once more.
            relay.hub.set_status(stream, make_status("1", title="第二次"))
            await expect(items).to_contain_text(["第二次"])
            relay.publish("1", make_event(content="最后", user={"nickname": "甲"}))
            await expect(rows.nth(0)).to_contain_text("最后")
            assert await page.get_by_text("之后").count() == 1
            assert await page.get_by_text("subscribed already").count() == 0
            assert complaints == []
        relay.hub.close(stream, "removed")
