"""The overlay `gifts`, in a real browser: alerts, combos, thresholds, who goes first."""

import random
from collections.abc import Callable

import pytest
from overlays import ROOM, books_kept, make_gift, make_user, page_opened, subscribed
from playwright.async_api import Page, expect
from serving import relay_running

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
# Notes each alert that ever appears, and the last number that it showed.
WATCH_ALERTS = """
window.alerts = [];
document.addEventListener("DOMContentLoaded", () => {
  const note = () => {
    for (const item of document.querySelectorAll(".alert")) {
      let known = alerts.find((alert) => alert.item === item);
      if (!known) alerts.push((known = { item }));
      known.who = item.querySelector(".alert-who").textContent;
      known.gift = item.querySelector(".word-gift").textContent;
      known.count = Number(item.querySelector(".alert-number").textContent);
    }
    document.documentElement.dataset.alerts = alerts.length;
  };
  new MutationObserver(note).observe(document.body, {
    childList: true, subtree: true, characterData: true,
  });
});
"""
HIDE = """(hidden) => {
  const state = hidden ? "hidden" : "visible";
  Object.defineProperty(document, "visibilityState", { get: () => state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# Where the parts of a line begin, in the order in which they are written.
PLACES = """(line) => [...line.childNodes].filter((part) => part.textContent).map((part) => {
  const range = document.createRange();
  range.selectNodeContents(part);
  return range.getBoundingClientRect().left;
})"""
WIDTHS = "(all) => all.map((part) => [part.scrollWidth, part.offsetWidth])"
SHOWN = "alerts.map(({ who, gift, count }) => [who, gift, count])"


async def alerts_seen(page: Page, count: int) -> None:
    """Wait until so many alerts have appeared. The page's policy forbids what waits by eval."""
    await expect(page.locator("html")).to_have_attribute("data-alerts", str(count))


def holding(text: str) -> Callable[[str | bytes], bool]:
    return lambda frame: text in str(frame)


async def test_a_combo_is_one_alert_that_counts_up_and_leaves(chromium: str) -> None:
    path = f"/overlay/gifts?room_id={ROOM}&duration=1&quiet=1"
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, path, script=WATCH_ALERTS) as (page, said):
                await subscribed(relay)
                number = page.locator(".alert .alert-number")
                for count in (1, 2, 5, 8):
                    relay.publish(ROOM, make_gift("小明", "小心心", count))
                    await expect(number).to_have_text(str(count))
                # The twin that closes it has a msg_id of its own, and a late one comes.
                relay.publish(ROOM, make_gift("小明", "小心心", 8, repeat_end=True))
                relay.publish(ROOM, make_gift("小明", "小心心", 5))
                await expect(page.locator(".alert-who")).to_have_text("小明")
                await expect(page.locator(".alert-text")).to_have_text("送出 小心心")
                await expect(page.locator(".alert")).to_have_count(0)
                assert await page.evaluate(SHOWN) == [["小明", "小心心", 8]]
                assert said == []


async def test_what_is_shown_adds_up_to_what_was_sent(chromium: str) -> None:
    rng = random.Random(7)
    path = f"/overlay/gifts?room_id={ROOM}&duration=1&max_alerts=10&merge=0&quiet=1"
    async with relay_running() as relay:
        with books_kept(relay) as books:
            async with page_opened(relay, chromium, path, script=WATCH_ALERTS) as (page, said):
                await subscribed(relay)
                totals = {f"观众{i}": rng.randint(1, 60) for i in range(24)}
                steps = []
                for who, total in totals.items():
                    counts = sorted({*rng.sample(range(1, total + 1), min(total, 4)), total})
                    steps += [make_gift(who, "玫瑰", count) for count in counts]
                    steps.append(make_gift(who, "玫瑰", total, repeat_end=rng.random() < 0.7))
                rng.shuffle(steps)
                relay.publish(ROOM, *steps)
                relay.publish(ROOM, *(step for step in steps if rng.random() < 0.3))
                books.end_broadcast()
                await alerts_seen(page, len(totals))
                await expect(page.locator(".alert")).to_have_count(0)
                shown = await page.evaluate(SHOWN)
                assert sorted(shown) == sorted([who, "玫瑰", n] for who, n in totals.items())
                assert said == []


async def test_a_combo_that_goes_on_after_its_alert_shows_only_what_is_new(chromium: str) -> None:
    path = f"/overlay/gifts?room_id={ROOM}&duration=1&quiet=1"
    async with relay_running() as relay:
        with books_kept(relay) as books:
            async with page_opened(relay, chromium, path, script=WATCH_ALERTS) as (page, _):
                await subscribed(relay)
                relay.publish(ROOM, make_gift("小明", "小心心", 30))
                books.end_broadcast()
                await expect(page.locator(".alert")).to_have_count(1)
                await expect(page.locator(".alert")).to_have_count(0)
                relay.publish(ROOM, make_gift("小明", "小心心", 33))
                await expect(page.locator(".alert-number")).to_have_text("3")
                books.end_broadcast()
                await expect(page.locator(".alert")).to_have_count(0)
                assert [count for *_, count in await page.evaluate(SHOWN)] == [30, 3]


async def test_gifts_below_the_threshold_appear_once_their_combo_is_worth_it(
    chromium: str,
) -> None:
    path = f"/overlay/gifts?room_id={ROOM}&min_diamonds=50"
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, path, script=WATCH_ALERTS) as (page, _):
                await subscribed(relay)
                relay.publish(
                    ROOM,
                    make_gift("小气", "小心心", 49),
                    make_gift("大方", "小心心", 49, group_id="2"),
                    make_gift("大方", "小心心", 50, group_id="2"),
                )
                await expect(page.locator(".alert-who")).to_have_text("大方")
                await expect(page.locator(".alert-number")).to_have_text("50")
                relay.publish(ROOM, make_gift("小气", "小心心", 60))
                await expect(page.locator(".alert-who")).to_have_text(["大方", "小气"])


async def test_a_large_gift_goes_before_small_ones_that_came_first(chromium: str) -> None:
    path = f"/overlay/gifts?room_id={ROOM}&max_alerts=1&duration=1&merge=0"
    async with relay_running() as relay:
        with books_kept(relay) as books:
            async with page_opened(relay, chromium, path, script=WATCH_ALERTS) as (page, _):
                await subscribed(relay)
                small = [make_gift(f"小{i}", "小心心", 1) for i in range(3)]
                relay.publish(ROOM, *small, make_gift("大", "嘉年华", 1, diamond_each=30_000))
                books.end_broadcast()
                await alerts_seen(page, 4)
                names = [who for who, *_ in await page.evaluate(SHOWN)]
                assert names == ["小0", "大", "小1", "小2"]
                first = page.locator(".alert")
                await expect(first).to_have_count(0)


async def test_words_are_as_told_and_only_text(chromium: str) -> None:
    path = (
        f"/overlay/gifts?room_id={ROOM}&lang=en&value=cny"
        "&who=%7Bname%7D+%26+co&text=%3Cb%3E+%7Bcount%7D+x+%7Bgift%7D+%7Bcny%7D"
    )
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, path) as (page, said):
                await subscribed(relay)
                user = make_user(HOSTILE, avatar="https://elsewhere.example/a.png")
                gift = make_gift("", HOSTILE, 20, user=user, image="javascript:alert(1)")
                relay.publish(ROOM, gift)
                await expect(page.locator(".alert-who")).to_have_text(f"{HOSTILE} & co")
                await expect(page.locator(".alert-text")).to_have_text(f"<b> 20 x {HOSTILE} ¥2")
                await expect(page.locator(".alert-value")).to_have_text("¥2")
                assert await page.locator("#overlay img, #overlay b").count() == 0
                assert await page.title() == "Gift alerts overlay"
                assert said == []


async def test_masked_givers_are_not_taken_for_one(chromium: str) -> None:
    async with relay_running() as relay:
        with books_kept(relay):
            path = f"/overlay/gifts?room_id={ROOM}"
            async with page_opened(relay, chromium, path) as (page, _):
                await subscribed(relay)
                for sec_uid, name in (("a", "薛***"), ("b", "李***")):
                    user = make_user(name, "111111", masked=True, sec_uid=sec_uid)
                    relay.publish(ROOM, make_gift("", "玫瑰", 2, user=user))
                await expect(page.locator(".alert-who")).to_have_text(["薛***", "李***"])
                await expect(page.locator(".alert-number")).to_have_text(["2", "2"])


async def test_a_sound_is_heard_from_the_threshold_on_once_the_page_may(chromium: str) -> None:
    count = """
    window.notes = 0;
    const { createOscillator } = AudioContext.prototype;
    AudioContext.prototype.createOscillator = function () {
      document.documentElement.dataset.notes = ++notes;
      return createOscillator.call(this);
    };
    """
    path = f"/overlay/gifts?room_id={ROOM}&sound=coin&sound_min=100&merge=0"
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, path, script=count) as (page, _):
                await subscribed(relay)
                await page.mouse.click(5, 5)
                relay.publish(ROOM, make_gift("小", "小心心", 99))
                await expect(page.locator(".alert")).to_have_count(1)
                assert await page.evaluate("notes") == 0
                relay.publish(ROOM, make_gift("大", "小心心", 100))
                await expect(page.locator(".alert")).to_have_count(2)
                await expect(page.locator("html")).to_have_attribute("data-notes", "2")


async def test_a_scene_shown_again_plays_nothing_that_nobody_saw_for_a_minute(
    chromium: str,
) -> None:
    path = f"/overlay/gifts?room_id={ROOM}&merge=0"
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, "/overlay/gifts") as (page, said):
                await page.clock.install()
                async with page.expect_websocket() as opening:
                    await page.goto(relay.url + path)
                connection = await opening.value
                await subscribed(relay)
                await page.evaluate(HIDE, True)
                for name, later_ms in (("old", 61_000), ("new", 1_000)):
                    async with connection.expect_event("framereceived", holding(name)):
                        relay.publish(ROOM, make_gift(name, "热可可", 2, repeat_end=True))
                    await page.clock.fast_forward(later_ms)
                await page.evaluate(HIDE, False)
                await expect(page.locator(".alert-who")).to_have_text(["new"])
                # One of those that come without a picture.
                await expect(page.locator(".alert .gift-emoji")).to_have_text("☕")
                assert said == []


async def test_names_neither_turn_nor_cover_what_is_beside_them(chromium: str) -> None:
    names = {
        "\u202egnorw": "gnorw",
        "a" + "\u0301" * 40: "a" + "\u0301" * 4,
        "长" * 300: "长" * 59 + "…",
        "\u2067": "—",
    }
    path = f"/overlay/gifts?room_id={ROOM}&max_alerts=5&text=%7Bname%7D+1+2+%7Bgift%7D"
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, path) as (page, _):
                await subscribed(relay)
                # Written from right to left, as Uyghur is.
                relay.publish(
                    ROOM,
                    *(
                        make_gift("", "玫瑰", 1, user=make_user(name, str(n)))
                        for n, name in enumerate(names)
                    ),
                    make_gift("يوسف 7", "玫瑰", 1),
                )
                await expect(page.locator(".alert-who")).to_have_text([*names.values(), "يوسف 7"])
                places = await page.locator(".alert-text").last.evaluate(PLACES)
                assert places == sorted(places)


async def test_in_a_narrow_source_names_have_room_beside_long_numbers(chromium: str) -> None:
    path = f"/overlay/gifts?room_id={ROOM}&merge=0"
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, "/overlay/gifts") as (page, said):
                await page.set_viewport_size({"width": 400, "height": 600})
                await page.goto(relay.url + path)
                await subscribed(relay)
                for name in ("今天也要早睡", "大橙子", "路过的网友"):
                    gift = make_gift(name, "比心兔兔", 123_456, group_id=name, repeat_end=True)
                    relay.publish(ROOM, gift)
                await expect(page.locator(".alert")).to_have_count(3)
                await expect(page.locator(".alert.tier-4").first).to_be_in_viewport(ratio=1)
                for part in (".alert-who", ".alert-text", ".alert-number"):
                    sizes = await page.locator(part).evaluate_all(WIDTHS)
                    assert all(whole <= seen for whole, seen in sizes), part
                assert said == []
