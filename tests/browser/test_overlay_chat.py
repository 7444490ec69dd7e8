"""The overlay `chat`, in a real browser."""

from typing import Any

import pytest
from overlays import ROOM, page_opened, subscribed
from playwright.async_api import Page, expect
from serving import make_event, relay_running

from relay.config import HubConfig
from relay.events import Event

pytestmark = pytest.mark.browser
CHAT = "WebcastChatMessage"
GIFT = "WebcastGiftMessage"
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
ALLOWED = "https://p3.douyinpic.com/emoji.png"
FOREIGN = "https://elsewhere.example/emoji.png"
HIDE = """(hidden) => {
  const state = hidden ? "hidden" : "visible";
  Object.defineProperty(document, "visibilityState", { get: () => state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# In each of so many frames: which lines of a lane run into each other.
OVERLAPS = """async (frames) => {
  const found = [];
  let most = 0;
  for (let i = 0; i < frames; i++) {
    await new Promise((done) => requestAnimationFrame(done));
    const boxes = [...document.querySelectorAll(".lane-item")].map((item) => ({
      text: item.textContent, ...item.getBoundingClientRect().toJSON(),
    }));
    most = Math.max(most, boxes.length);
    boxes.forEach((one, at) => {
      for (const other of boxes.slice(at + 1)) {
        const apart = one.right <= other.left || other.right <= one.left
          || one.bottom <= other.top || other.bottom <= one.top;
        if (!apart) found.push([one, other]);
      }
    });
  }
  return [most, found];
}"""


def make_chat(content: str, who: str = "甲", method: str = CHAT, **fields: Any) -> Event:
    user = {"nickname": who, "uid": who, "level": 0, "masked": False, **fields.pop("user", {})}
    return make_event(method, content=content, user=user, **{"pieces": [], **fields})


def make_gift(total: int, increment: int, **fields: Any) -> Event:
    known = {"combo_id": "c1", "name": "玫瑰", "image": "", "total_diamonds": total}
    return make_chat("", method=GIFT, total=total, increment=increment, **{**known, **fields})


async def texts(page: Page) -> list[str]:
    return await page.locator(".line-body").all_text_contents()


async def test_lines_show_who_says_what_and_with_which_pictures(chromium: str) -> None:
    def image(url: str, text: str = "[比心]") -> dict[str, Any]:
        return {"type": "image", "text": text, "image": url, "user": None}

    mention = {"type": "user", "text": "乙", "image": "", "user": {"nickname": "乙"}}
    club = {"name": "星", "level": 3, "status": 2}
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        # Before the page is there: it begins with what was said lately.
        relay.publish(ROOM, make_chat("早[赞]", user={"level": 12, "fans_club": club}))
        async with page_opened(relay, chromium, f"/overlay/chat?room_id={ROOM}") as (page, said):
            await subscribed(relay)
            relay.publish(
                ROOM,
                make_chat("某", "某***", user={"masked": True, "uid": "111111"}),
                make_chat("@乙 好", pieces=[mention, {**mention, "type": "text", "text": " 好"}]),
                make_chat("", pieces=[image(DOT), image(ALLOWED), image(FOREIGN)]),
                make_gift(1, 1),
                make_chat("", method="WebcastSocialMessage", action=1),
                make_chat("", method="WebcastSocialMessage", action=3),
                make_gift(5, 4),
                make_gift(5, 0, repeat_end=True),
                make_chat("完"),
            )
            shown = page.locator(".line-body")
            await expect(shown).to_have_text(
                [
                    "12星 3甲早👍",
                    "某***某",
                    "甲@乙 好",
                    "甲🫰🫰",
                    "甲送出 玫瑰🌹×5",
                    "甲关注了主播",
                    "甲完",
                ]
            )
            await expect(page.locator("img.emoji")).to_have_count(1)
            await expect(page.locator(".mention")).to_have_text("@乙")
            await expect(page.locator(".badge-club")).to_have_class(
                "badge badge-club badge-club-grey"
            )
            assert [line for line in said if line.startswith("http")] == [ALLOWED]


async def test_lines_are_left_out_by_level_word_person_mask_and_worth(chromium: str) -> None:
    query = (
        f"room_id={ROOM}&min_level=5&block=广告,ＶＸ&hide_users=丙&hide_masked=1&min_diamonds=10"
        "&shares=1&follows=0&max_chars=10"
    )
    high: dict[str, Any] = {"user": {"level": 5}}
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, f"/overlay/chat?{query}") as (page, said):
            await subscribed(relay)
            relay.publish(
                ROOM,
                make_chat("level 0"),
                make_chat("看广告吗", **high),
                make_chat("加 vx", **high),
                make_chat("好", "广告商", **high),
                make_chat("好", "丙", **high),
                make_chat("好", "某***", user={"level": 9, "masked": True}),
                make_chat("口令", is_lucky_bag=True, **high),
                make_gift(9, 9, combo_id="small"),
                make_gift(10, 10, combo_id="large"),
                make_chat("", method="WebcastSocialMessage", action=1),
                make_chat("", method="WebcastSocialMessage", action=3),
                make_chat("一二三四五六七八九十百千", **high),
            )
            await expect(page.locator(".line-text")).to_have_text(
                ["送出 玫瑰🌹×10", "分享了直播间", "一二三四五六七八九十…"]
            )
            assert said == []


async def test_a_flood_leaves_the_page_small_seen_or_not(chromium: str) -> None:
    path = f"/overlay/chat?room_id={ROOM}&max_lines=30&recent=0"
    async with relay_running(hub=HubConfig(history_events=50_000)) as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, path) as (page, said):
            await subscribed(relay)
            shown = page.locator(".line-text")
            nodes = "document.getElementsByTagName('*').length"

            async def flood(first: int) -> None:
                for start in range(first, first + 10_000, 500):
                    relay.publish(ROOM, *(make_chat(str(n)) for n in range(start, start + 500)))
                    relay.hub.flush()
                    # The page keeps up: what it has not had is not what is tested here.
                    await page.evaluate("0")

            await flood(0)
            await expect(shown).to_have_text([str(n) for n in range(9_970, 10_000)])
            before = await page.evaluate(nodes)
            await page.evaluate(HIDE, True)
            await flood(10_000)
            assert await page.evaluate(nodes) == before
            await page.evaluate(HIDE, False)
            await expect(shown).to_have_text([str(n) for n in range(19_970, 20_000)])
            assert await page.evaluate(nodes) == before
            assert said == []


async def test_flying_lines_never_run_into_each_other(chromium: str) -> None:
    path = f"/overlay/chat?room_id={ROOM}&style=lanes&cross_s=2"
    wide = (
        "data:image/svg+xml,"
        + "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 900 100'/%3E"
    )
    piece = {"type": "image", "text": "[很长的表情名字]", "user": None}
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, path) as (page, _):
            await subscribed(relay)
            for n in range(60):
                relay.publish(
                    ROOM,
                    make_chat("长" * (n % 40 + 1)),
                    make_chat("", pieces=[{**piece, "image": f"{wide}%3C!--{n}--%3E"}]),
                    make_chat("", pieces=[{**piece, "image": f"{ALLOWED}?{n}"}]),
                    make_gift(n, n, combo_id=f"c{n}", image=f"{wide}%3C!--g{n}--%3E"),
                )
            await expect(page.locator(".lane-item").nth(10)).to_be_attached()
            most, overlaps = await page.evaluate(OVERLAPS, 60)
            assert overlaps == []
            assert most > 10
            await page.set_viewport_size({"width": 640, "height": 360})
            relay.publish(ROOM, *(make_chat("窄" * (n % 20)) for n in range(60)))
            _, overlaps = await page.evaluate(OVERLAPS, 60)
            assert overlaps == []
            # Whatever there was flies off in the end.
            await expect(page.locator(".lane-item")).to_have_count(0)


async def test_what_would_have_flown_by_unseen_does_not_fly_later(chromium: str) -> None:
    path = f"/overlay/chat?room_id={ROOM}&style=lanes&cross_s=60"
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, "/overlay/chat") as (page, said):
            await page.clock.install()
            async with page.expect_websocket() as opening:
                await page.goto(relay.url + path)
            connection = await opening.value
            await subscribed(relay)
            await page.evaluate(HIDE, True)
            for text, later_ms in (("long ago", 9_000), ("just now", 1_000)):
                async with connection.expect_event("framereceived", lambda body, t=text: t in body):
                    relay.publish(ROOM, make_chat(text))
                await page.clock.fast_forward(later_ms)
            await page.evaluate(HIDE, False)
            await page.clock.run_for(1_000)
            await expect(page.locator(".lane-item .line-text")).to_have_text(["just now"])
            assert said == []


async def test_marks_piled_over_other_lines_are_few(chromium: str) -> None:
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, f"/overlay/chat?room_id={ROOM}") as (page, _):
            await subscribed(relay)
            piece = {"type": "text", "image": "", "user": None}
            relay.publish(
                ROOM,
                make_chat("e" + "\u0301" * 90 + "!"),
                make_chat("", pieces=[{**piece, "text": "a\u0316\u0301" + "\u0e47" * 90}]),
                make_chat("Việt, ไม่เป็นไร"),
            )
            await expect(page.locator(".line-text")).to_have_text(
                ["e" + "\u0301" * 4 + "!", "a\u0316\u0301\u0e47\u0e47", "Việt, ไม่เป็นไร"]
            )


async def test_lines_vanish_but_not_those_of_a_combo_that_goes_on(chromium: str) -> None:
    path = f"/overlay/chat?room_id={ROOM}&fade=10&motion=0"
    async with relay_running() as relay:
        relay.rooms.add(ROOM)
        async with page_opened(relay, chromium, path) as (page, _):
            await page.clock.install()
            await page.reload()
            await subscribed(relay)
            relay.publish(ROOM, make_chat("一"), make_gift(1, 1))
            shown = page.locator(".line-text")
            await expect(shown).to_have_text(["一", "送出 玫瑰🌹×1"])
            await page.clock.fast_forward(10_100)
            relay.publish(ROOM, make_gift(2, 1), make_chat("二"))
            await expect(shown.last).to_have_text("二")
            await page.clock.fast_forward(5_000)
            await expect(shown).to_have_text(["送出 玫瑰🌹×2", "二"])
            await expect(page.locator(".line-fading")).to_have_count(0)
            await page.clock.fast_forward(12_000)
            await expect(shown).to_have_count(0)


@pytest.mark.parametrize("style", ["list", "lanes"])
async def test_samples_are_shown_without_any_room(chromium: str, style: str) -> None:
    path = f"/overlay/chat?demo=1&style={style}&newest=top&align=right&layout=stacked&lang=en"
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, path) as (page, said),
    ):
        await expect(page.locator(".line").nth(3)).to_be_attached()
        await expect(page.locator(".notice")).to_be_hidden()
        assert said == []
        assert relay.rooms.streams() == []
