"""How the dashboard says what the relay says: in the reader's language, without disturbing him."""

import re
from typing import get_args

import msgspec
import pytest
from dashboard import looked_at, opened, row_of, watched
from overlays import ROOM
from playwright.async_api import Page, expect
from serving import make_status, relay_running

from relay.hub import NextCure, RoomHealth, TriedCure
from relay.room.hints import hint_for
from relay.server.messages import ErrorCode
from relay.upstream.failures import CAUSES

pytestmark = pytest.mark.browser
CHINESE = re.compile("[\u4e00-\u9fff]")
GAPS = (
    "history",
    "epoch",
    "ahead",
    "slow",
    "merged",
    "corrupt_frame",
    "upstream_reconnect",
    "restart",
    "store",
    "not_recorded",
)
AT_MS = 1_630_827_777_298
FAR_MS = 4_000_000_000_000
ILL = RoomHealth(
    ok=False,
    cause="device_blocked",
    text="Upstream wants a signature.",
    since_ms=AT_MS,
    tried=(TriedCure("reconnect", AT_MS, "device_blocked"),),
    next=NextCure("signer", FAR_MS),
    hint="configure [[signers]]",
)


async def say(page: Page, function: str, *arguments: object) -> str:
    """Call one of the page's functions for words."""
    script = """async ([name, arguments]) =>
      (await import("/web/lib/words.js"))[name](...arguments)"""
    said: str = await page.evaluate(script, [function, list(arguments)])
    return said


async def test_all_that_the_relay_says_by_words_is_said_in_chinese(chromium: str) -> None:
    async with (
        relay_running() as relay,
        opened(relay, chromium, "/?lang=zh", "已连接") as (page, _),
    ):
        asked = [
            *(("causeText", cause) for cause in (*CAUSES, "crashed")),
            *(("hintText", cause, hint_for(cause)) for cause in CAUSES if hint_for(cause)),
            *(("gapText", reason) for reason in GAPS),
            *(("errorText", {"code": code, "message": "no"}) for code in get_args(ErrorCode)),
            *(("transportText", name) for name in ("socket", "poll", "browser", "replay")),
            *(("lineText", state) for state in ("connecting", "open", "live", "waiting")),
        ]
        said = [(words, await say(page, *words)) for words in asked]
        assert [words for words, text in said if not CHINESE.search(text)] == []
        # What is new to the page is said as the relay says it.
        assert await say(page, "errorText", {"code": "new", "message": "no more"}) == "no more"


async def test_a_chinese_page_shows_no_sentence_in_english(chromium: str) -> None:
    async with relay_running() as relay:
        stream = watched(relay)
        async with opened(relay, chromium, "/?lang=zh", "已连接") as (page, _):
            await expect(page.locator("#older-says")).to_have_text("没有更早的事件了。")
            relay.hub.set_status(stream, make_status(ROOM, health=ILL))
            health = page.locator("#health")
            await expect(health).to_contain_text("设备被拒绝")
            await expect(health).not_to_contain_text("Upstream wants")
            await expect(health.locator(".note-title")).to_have_attribute("title", ILL.text)

            await page.locator("#add-room").fill("no-such")
            await page.locator("#add-room").press("Enter")
            problem = page.locator("#add-error")
            await expect(problem).to_have_text("这不是有效的直播间名")
            await expect(problem).to_have_attribute("title", "'no-such' is no room")

            relay.hub.announce_gap(stream, "upstream_reconnect")
            await expect(row_of(page, "与抖音的连接中断过")).to_be_visible()


async def test_what_changes_in_a_trouble_leaves_focus_and_what_is_open(chromium: str) -> None:
    async with relay_running() as relay:
        stream = watched(relay)
        relay.hub.set_status(stream, make_status(ROOM, health=ILL))
        async with opened(relay, chromium) as (page, _):
            await looked_at(page)
            tried = page.locator("#health .tried")
            await tried.get_by_text("Tried 1 times").click()
            await expect(tried.locator("summary")).to_be_focused()
            changes = (
                {"next": NextCure("signer", AT_MS)},
                {"tried": (*ILL.tried, TriedCure("signer", AT_MS, "captcha"))},
                {"hint": "", "tried": (*ILL.tried, TriedCure("host", AT_MS, "captcha"))},
            )
            says = ("under way", "another signer – captcha", "another host – captcha")
            for change, said in zip(changes, says, strict=True):
                health = msgspec.structs.replace(ILL, **change)
                relay.hub.set_status(stream, make_status(ROOM, health=health))
                await expect(page.locator("#health")).to_contain_text(said)
                await expect(tried.locator("summary")).to_be_focused()
                await expect(tried.locator("li").first).to_be_visible()
