"""The dashboard at /, in a real browser."""

import json
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientSession
from dashboard import lines, looked_at, make_chat, opened, row_of, watched
from keys import READ, WATCH, auth
from overlays import (
    ROOM,
    books_kept,
    make_gift,
    make_likes,
    start_server,
    stop_server,
)
from playwright.async_api import Page, expect
from serving import make_event, make_status, relay_running

from relay.config import HubConfig, ServerConfig, StoreConfig
from relay.hub import Hub, NextCure, RoomHealth, RoomState, TriedCure
from relay.store import Store

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="document.title=1">'


async def test_events_are_told_as_text_filtered_searched_and_looked_into(chromium: str) -> None:
    async with relay_running() as relay:
        watched(relay)
        relay.publish(ROOM, make_chat("早些时候", "来得早"))
        async with opened(relay, chromium) as (page, complaints):
            await looked_at(page, 1)
            gift = {"user": {"nickname": "丙", "uid": "3"}, "combo": True, "total": 5}
            relay.publish(
                ROOM,
                make_chat("<b>主播好</b>", HOSTILE),
                make_event("WebcastLikeMessage", content="点赞", user=None, count=13),
                make_event("WebcastGiftMessage", content="小心心 x5", repeat_end=False, **gift),
                make_event("WebcastGiftMessage", content="小心心 x5", repeat_end=True, **gift),
                make_event("WebcastNewMessage", content="没见过"),
                make_event("WebcastRoomUserSeqMessage", content="人数"),
            )
            counts = page.locator("#counts")
            await expect(counts).to_have_text("6 of 7 events")
            assert await lines(page) == [
                "没见过",
                "小心心 x5 · 5 in all",
                "小心心 x5",
                "点赞 x13",
                "<b>主播好</b>",
                "早些时候",
            ]
            assert await lines(page, ".event-kind") == [
                "New",
                *["gift"] * 2,
                "like",
                *["chat"] * 2,
            ]
            assert (await lines(page, ".event-who"))[-2:] == [HOSTILE, "来得早"]
            assert await page.locator("#events img, #events b").count() == 0
            assert await page.title() == "主播 · Douyin live relay"

            await page.get_by_role("button", name="Gifts", exact=True).click()
            await expect(counts).to_have_text("4 of 7 events")
            await page.get_by_role("button", name="Numbers", exact=True).click()
            await expect(counts).to_have_text("5 of 7 events")
            search = page.get_by_label("Search events")
            await search.fill("来得")
            await expect(counts).to_have_text("1 of 7 events")
            assert await lines(page) == ["早些时候"]
            await search.fill("哪有")
            await expect(page.get_by_text("No event fits the filter.")).to_be_visible()
            await search.fill("")
            await expect(counts).to_have_text("5 of 7 events")

            await row_of(page, "主播好").click()
            inspector = page.get_by_role("region", name="Event", exact=True)
            shown = json.loads(await inspector.locator("pre").inner_text())
            assert shown["payload"]["content"] == "<b>主播好</b>"
            assert shown["payload"]["user"]["nickname"] == HOSTILE
            assert shown["method"] == "WebcastChatMessage"
            await inspector.get_by_role("button", name="Only this person").click()
            await expect(counts).to_have_text("1 of 7 events")
            relay.publish(ROOM, make_chat("又来了", HOSTILE), make_chat("别人的"))
            await expect(counts).to_have_text("2 of 9 events")
            assert await lines(page) == ["又来了", "<b>主播好</b>"]
            await inspector.get_by_role("button", name="Close").click()
            await expect(inspector).to_be_hidden()

            await search.fill("")
            await page.get_by_role("button", name="Pause").click()
            relay.publish(ROOM, make_chat("暂停时"))
            await expect(page.locator("#to-newest")).to_have_text("1 new")
            assert await row_of(page, "暂停时").count() == 0
            await page.get_by_role("button", name="Go on").click()
            await expect(row_of(page, "暂停时")).to_be_visible()
            assert complaints == []


async def test_rooms_are_listed_added_told_ill_and_removed(chromium: str) -> None:
    async with relay_running() as relay:
        stream = watched(relay)
        async with opened(relay, chromium) as (page, _):
            await page.set_viewport_size({"width": 1280, "height": 500})
            items, health = page.locator("#rooms li"), page.locator("#health")
            await expect(items).to_have_count(1)
            await expect(items.nth(0)).to_contain_text("主播")
            await page.locator("#main").evaluate("(main) => main.scrollTo(0, 400)")
            await page.get_by_label("Room to watch").fill("no-such")
            await page.get_by_role("button", name="Watch", exact=True).click()
            await expect(page.locator("#add-error")).to_contain_text("is no room")
            await page.get_by_label("Room to watch").fill("2")
            await page.get_by_role("button", name="Watch", exact=True).click()
            await expect(items).to_have_count(2)
            await expect(page.locator("#add-error")).to_be_hidden()
            await expect(page).to_have_url(f"{relay.url}/#room=2")
            await expect(items.nth(1).locator("a")).to_have_attribute("aria-current", "page")
            # What another room is looked at for stands at the top.
            assert await page.locator("#main").evaluate("(main) => main.scrollTop") == 0
            await expect(health).to_be_hidden()

            ill = RoomHealth(
                ok=False,
                cause="device_blocked",
                text="Upstream wants a signature.",
                since_ms=1_630_827_777_298,
                tried=(TriedCure("reconnect", 1_630_827_777_298, "device_blocked"),),
                next=NextCure("signer", 4_000_000_000_000),
                hint="configure [[signers]]",
            )
            blocked = make_status("2", state=RoomState.BLOCKED, reason="device_blocked", anchor="")
            relay.hub.set_status(relay.rooms["2"], msgspec.structs.replace(blocked, health=ill))
            await expect(items.nth(1)).to_contain_text("blocked")
            await expect(items.nth(1)).to_contain_text("device blocked")
            await expect(items.nth(1)).to_contain_text("configure [[signers]]")
            await expect(health).to_contain_text("device blocked")
            await expect(health).to_contain_text("Upstream wants a signature.")
            await expect(health).to_contain_text("configure [[signers]]")
            await expect(health).to_contain_text("Next: another signer")
            await health.get_by_text("Tried 1 times").click()
            await expect(health.get_by_text("connect again – device blocked")).to_be_visible()

            stalled = RoomHealth(ok=False, cause="heartbeats_only", stall="heartbeats_only")
            relay.hub.set_status(stream, make_status(ROOM, health=stalled))
            sign = items.nth(0).locator(".state")
            await expect(sign).to_have_text("live · unwell")
            await expect(items.nth(0)).to_contain_text("only heartbeats come")
            color = "(sign) => getComputedStyle(sign).color"
            unwell = await sign.evaluate(color)
            relay.hub.set_status(stream, make_status(ROOM))
            await expect(sign).to_have_text("live")
            assert await sign.evaluate(color) != unwell

            await page.get_by_role("button", name="Stop watching").click()
            dialog = page.get_by_role("dialog", name="Stop watching 2?")
            await dialog.get_by_role("button", name="Cancel").click()
            await expect(items).to_have_count(2)
            await page.get_by_role("button", name="Stop watching").click()
            await dialog.get_by_role("button", name="Stop watching").click()
            await expect(items).to_have_count(1)
            await expect(page.locator("#room-name")).to_have_text("主播")
            assert relay.rooms.streams() == [stream]


async def test_the_room_is_scrolled_and_the_header_stays(chromium: str) -> None:
    async with relay_running() as relay:
        watched(relay)
        async with opened(relay, chromium) as (page, _):
            await page.set_viewport_size({"width": 1280, "height": 500})
            await looked_at(page)
            await page.locator("#older").scroll_into_view_if_needed()
            assert await page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


async def test_numbers_and_events_are_whole_after_ten_cuts(chromium: str) -> None:
    async with relay_running() as relay:
        with books_kept(relay) as books:
            relay.publish(ROOM, make_likes(10, 100), make_gift("甲", "玫瑰", 5))
            async with opened(relay, chromium) as (page, _):
                tile = page.locator(".tile")
                likes = tile.filter(has_text="Likes").locator(".value")
                value = tile.filter(has_text="Gift value").locator(".value")
                names, sums = page.locator(".giver-name"), page.locator(".giver-value")
                await expect(likes).to_have_text("100")
                await expect(names).to_have_text(["甲"])
                sent = []
                for cut in range(1, 11):
                    relay.publish(ROOM, make_chat(f"第{cut}次之前"))
                    port = await stop_server(relay)
                    relay.publish(ROOM, make_chat(f"第{cut}次之中"), make_likes(1, 100 + cut))
                    relay.publish(ROOM, make_gift("乙", "跑车", cut, group_id="2"))
                    relay.server = await start_server(relay, port)
                    relay.publish(ROOM, make_chat(f"第{cut}次之后"))
                    sent += [f"第{cut}次之{part}" for part in "前中后"]
                    await expect(likes).to_have_text(str(100 + cut))
                    await expect(value).to_have_text(str(5 + cut))
                await expect(sums).to_have_text(["10 diamonds", "5 diamonds"])
                await expect(names).to_have_text(["乙", "甲"])
                books.finish()
                in_all = relay.rooms[ROOM].head
                await expect(page.locator("#counts")).to_contain_text(f"of {in_all} events")
                await page.get_by_label("Search events").fill("次之")
                await expect(page.locator("#counts")).to_contain_text(f"{len(sent)} of")
                # Some rows more than are seen are in the page; all of them are on so high a screen.
                await page.set_viewport_size({"width": 1280, "height": 2000})
                await expect(page.locator("#events .event")).to_have_count(len(sent))
                assert await lines(page) == sent[::-1]
                assert await page.locator("[data-kind=gap]").count() == 0


async def test_all_that_there_is_can_be_done_with_the_keyboard(chromium: str) -> None:
    async def tab_to(page: Page, selector: str) -> None:
        for _ in range(60):
            await page.keyboard.press("Tab")
            if await page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"Tab doesn't lead to {selector}")

    async with relay_running() as relay:
        watched(relay)
        watched(relay, "2")
        for number in range(40):
            relay.publish(ROOM, make_chat(f"第{number}条"))
        async with opened(relay, chromium) as (page, complaints):
            await looked_at(page, 40)
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await expect(page.locator("#main")).to_be_focused()
            assert "room" not in page.url

            await tab_to(page, "[data-kind=gift]")
            await page.keyboard.press("Space")
            await expect(page.locator("[data-kind=gift]")).to_have_attribute(
                "aria-pressed", "false"
            )
            await tab_to(page, "#events")
            chosen = page.locator("#events [aria-selected=true]")
            await page.keyboard.press("ArrowDown")
            await expect(chosen).to_contain_text("第39条")
            await page.keyboard.press("ArrowDown")
            await expect(chosen).to_contain_text("第38条")
            await page.keyboard.press("End")
            await expect(chosen).to_contain_text("第0条")
            await expect(chosen).to_be_in_viewport()
            row = await chosen.get_attribute("id")
            await expect(page.locator("#events")).to_have_attribute("aria-activedescendant", row)
            await page.keyboard.press("Enter")
            await expect(page.locator("#inspector-json")).to_be_focused()
            await expect(page.locator("#inspector-json")).to_contain_text("第0条")
            await page.keyboard.press("Escape")
            await expect(page.locator("#inspector")).to_be_hidden()
            await expect(page.locator("#events")).to_be_focused()

            await tab_to(page, ".room-link:not([aria-current])")
            await page.keyboard.press("Enter")
            await expect(page).to_have_url(f"{relay.url}/#room=2")
            await expect(page.locator("#main")).to_be_focused()
            await tab_to(page, "#remove")
            await page.keyboard.press("Enter")
            await expect(page.locator("#confirm-cancel")).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(page.locator("#confirm")).to_be_hidden()
            await expect(page.locator("#remove")).to_be_focused()
            assert complaints == []


async def test_a_room_that_gets_its_number_or_turns_out_to_be_another_one_goes_on(
    chromium: str,
) -> None:
    async with relay_running() as relay:
        stream = watched(relay, "3")
        unresolved = msgspec.structs.replace(
            make_status("3", state=RoomState.RESOLVING, anchor=""), web_rid=""
        )
        relay.hub.set_status(stream, unresolved)
        async with opened(relay, chromium, "/#room=3") as (page, complaints):
            items = page.locator("#rooms li")
            await looked_at(page)
            relay.publish("3", make_chat("之前"))
            await expect(row_of(page, "之前")).to_be_visible()
            # What the fake rooms take for a second name serves as the web_rid that is found out.
            found = msgspec.structs.replace(make_status("3"), web_rid=unresolved.room_id)
            # Each time that the page looks for rooms it could subscribe once more.
            for title in ("第一次", "第二次"):
                relay.hub.set_status(stream, msgspec.structs.replace(found, title=title))
                await expect(items).to_contain_text([f"{title} · {found.web_rid}"])
            await expect(page).to_have_url(f"{relay.url}/#room={found.web_rid}")
            relay.publish("3", make_chat("之后"))
            await expect(row_of(page, "之后")).to_be_visible()
            assert await lines(page) == ["之后", "之前"]
            assert relay.rooms.holders == {stream: 1}

            other = watched(relay, "1")
            relay.publish("1", make_chat("另一间"))
            await expect(items).to_have_count(2)
            await relay.rooms.held(2)
            relay.rooms.merge("3", "1")
            await expect(items).to_have_count(1)
            await expect(page).to_have_url(f"{relay.url}/#room=1")
            await expect(row_of(page, "另一间")).to_be_visible()
            relay.publish("1", make_chat("合并之后"))
            await expect(row_of(page, "合并之后")).to_be_visible()
            assert await row_of(page, "合并之后").count() == 1
            assert relay.rooms.streams() == [other]
            assert complaints == []


async def test_a_busy_room_leaves_little_in_the_page(chromium: str) -> None:
    async with relay_running(hub=HubConfig(history_events=6_000)) as relay:
        watched(relay)
        async with opened(relay, chromium) as (page, _):
            await looked_at(page)
            for number in range(6_000):
                relay.publish(ROOM, make_chat(f"第{number}条"))
                if number % 500 == 499:
                    await expect(row_of(page, f"第{number}条")).to_be_visible()
            await expect(page.locator("#counts")).to_have_text("5500 of 5500 events")
            assert await page.locator("#events .event").count() < 60
            await page.get_by_role("button", name="Load older events").click()
            await expect(page.locator("#counts")).to_have_text("5800 of 5800 events")


async def test_the_page_comes_back_after_a_restart_and_goes_on(chromium: str) -> None:
    async with relay_running() as relay:
        watched(relay)
        async with opened(relay, chromium) as (page, _):
            await looked_at(page)
            relay.publish(ROOM, make_chat("重启之前"))
            await expect(row_of(page, "重启之前")).to_be_visible()
            port = relay.server.port
            await relay.server.stop(1)
            await expect(page.locator("#connection")).to_contain_text("trying again")
            async with relay_running(server=ServerConfig(port=port)) as restarted:
                watched(restarted)
                await expect(page.locator("#connection")).to_have_text("connected")
                await restarted.rooms.held(1)
                restarted.publish(ROOM, make_chat("重启之后"))
                await expect(row_of(page, "重启之后")).to_be_visible()
                assert [text for text in await lines(page) if text.startswith("重启")] == [
                    "重启之后",
                    "重启之前",
                ]


async def test_a_room_that_goes_on_where_the_store_left_it(chromium: str, tmp_path: Path) -> None:
    store = StoreConfig(path=str(tmp_path / "store.db"))
    async with Store(store) as kept:
        before = Hub(HubConfig(), kept)
        stream = before.open(make_status(ROOM))
        await before.take_up(stream)
        before.publish(stream, [make_chat("之前")])
    async with Store(store) as kept, relay_running(archive=kept) as relay:
        stream = watched(relay)
        async with opened(relay, chromium) as (page, complaints):
            items = page.locator("#rooms li")
            await expect(items).to_have_count(1)
            await relay.rooms.held(1)
            await relay.hub.take_up(stream)
            relay.publish(ROOM, make_chat("之后"))
            await expect(row_of(page, "之后")).to_be_visible()
            # Each time that the page looks for rooms it could subscribe once more.
            relay.hub.set_status(stream, make_status(ROOM, title="第二次"))
            await expect(items).to_contain_text(["第二次"])
            relay.publish(ROOM, make_chat("最后"))
            await expect(row_of(page, "最后")).to_be_visible()
            assert await row_of(page, "之后").count() == 1
            assert await page.get_by_text("subscribed already").count() == 0
            assert complaints == []
        relay.hub.close(stream, "removed")


async def test_a_token_is_asked_for_stays_in_the_tab_and_is_asked_for_again(chromium: str) -> None:
    async with relay_running(auth=auth()) as relay:
        watched(relay)
        async with opened(relay, chromium, says="a token is wanted") as (page, complaints):
            connection, field = page.locator("#connection"), page.locator("#enter-token")
            await expect(field).to_be_focused()
            await expect(page.locator("#rooms li")).to_have_count(0)
            await expect(page.locator("#enter-error")).to_be_hidden()
            await field.fill(READ[:-1])
            await field.press("Enter")
            await expect(page.locator("#enter-error")).to_be_visible()
            await expect(connection).to_have_text("a token is wanted")
            await page.get_by_role("button", name="Not now").click()
            await page.get_by_role("button", name="Enter a token").click()
            await field.fill(f" {READ} ")
            await field.press("Enter")
            await expect(connection).to_have_text("connected")
            await expect(page.locator("#enter")).to_be_hidden()
            await expect(page.locator("#rooms li")).to_have_count(1)
            await looked_at(page)
            relay.publish(ROOM, make_chat("进来了"))
            await expect(row_of(page, "进来了")).to_be_visible()
            await page.reload()
            await expect(connection).to_have_text("connected")
            assert READ not in page.url
            # Chromium itself tells of the two addresses that were refused.
            assert [said for said in complaints if "401" not in said] == []
            await page.get_by_label("Room to watch").fill("2")
            await page.get_by_role("button", name="Watch", exact=True).click()
            await expect(page.locator("#add-error")).to_contain_text("scope admin")
            assert await page.evaluate("localStorage.length + document.cookie.length") == 0

            port, others = relay.server.port, auth()
            del others.tokens[0]
            await relay.server.stop(1)
            async with relay_running(server=ServerConfig(port=port), auth=others) as restarted:
                watched(restarted, "2")
                await expect(connection).to_have_text("a token is wanted")
                await field.fill(WATCH)
                await page.get_by_role("button", name="Enter", exact=True).click()
                await expect(page.locator("#rooms li")).to_have_count(1)
                await expect(connection).to_have_text("connected")


async def test_in_chinese_and_dark_with_simulated_events_marked(chromium: str) -> None:
    async with relay_running() as relay:
        with books_kept(relay):
            async with opened(relay, chromium) as (page, complaints):
                await looked_at(page)
                address = f"{relay.url}/api/rooms/{ROOM}/simulate"
                wanted = {"kind": "chat", "nickname": "测试员", "content": "听得到吗"}
                async with (
                    ClientSession() as session,
                    session.post(address, json=wanted) as answer,
                ):
                    assert answer.status == 201
                row = row_of(page, "听得到吗")
                await expect(row.locator(".event-test")).to_have_text("test")
                relay.publish(ROOM, make_chat("真的"))
                await expect(row_of(page, "真的").locator(".event-test")).to_have_count(0)
                await page.get_by_role("button", name="切换到中文").click()
                await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
                await expect(page.locator("#connection")).to_have_text("已连接")
                await expect(page.locator("#rooms .state")).to_have_text("直播中")
                await expect(row.locator(".event-kind")).to_have_text("弹幕")
                await expect(page.locator(".chart figcaption").first).to_have_text("在线人数")
                light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
                await page.get_by_label("配色").select_option("dark")
                dark = "getComputedStyle(document.body).backgroundColor"
                assert await page.evaluate(dark) != light
                await page.reload()
                await expect(page.locator("#connection")).to_have_text("已连接")
                assert await page.evaluate(dark) != light
                assert complaints == []
