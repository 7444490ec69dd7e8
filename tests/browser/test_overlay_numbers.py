"""The overlays of numbers, in a real browser: `likes`, `viewers`, `goal`, `top`."""

import re

import pytest
from keys import auth
from overlays import (
    ROOM,
    books_kept,
    make_gift,
    make_likes,
    make_user,
    page_opened,
    start_server,
    stop_server,
    subscribed,
)
from playwright.async_api import expect
from serving import make_event, make_payload, make_status, relay_running

from relay.events import Event, RoomUserSeqPayload
from relay.hub import RoomState

pytestmark = pytest.mark.browser
COUNT_CONFETTI = """
new MutationObserver((changes) => {
  const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
  const pieces = added.filter((node) => node.className === "confetti").length;
  const { dataset } = document.documentElement;
  if (pieces) dataset.bursts = Number(dataset.bursts ?? 0) + 1;
}).observe(document, { childList: true, subtree: true });
"""


def make_seq(viewers: int, in_all: int) -> Event:
    made = make_event("WebcastRoomUserSeqMessage")
    payload = make_payload(RoomUserSeqPayload, total=viewers, total_user=in_all)
    return Event(made.method, made.msg_id, made.room_id, made.web_rid, made.time, payload)


async def test_a_goal_fills_and_is_raised_when_it_is_reached(chromium: str) -> None:
    path = f"/overlay/goal?room_id={ROOM}&of=gift_diamonds&target=100&step=50&lang=en"
    async with relay_running() as relay:
        with books_kept(relay):
            relay.publish(ROOM, make_gift("甲", "玫瑰", 40))
            async with page_opened(relay, chromium, path) as (page, said):
                await subscribed(relay)
                numbers, percent = page.locator(".goal-numbers"), page.locator(".goal-percent")
                await expect(page.locator(".goal-heading")).to_have_text("Diamonds")
                await expect(numbers).to_have_text("40 / 100")
                await expect(percent).to_have_text("40%")
                relay.publish(ROOM, make_gift("甲", "玫瑰", 75))
                await expect(numbers).to_have_text("75 / 100")
                assert await page.locator(".confetti").count() == 0
                relay.publish(ROOM, make_gift("乙", "跑车", 1, diamond_each=60))
                await expect(numbers).to_have_text("135 / 150")
                await expect(percent).to_have_text("90%")
                assert said == []


async def test_a_goals_percents_are_whole(chromium: str) -> None:
    path = f"/overlay/goal?room_id={ROOM}&of=gift_diamonds&target=100"
    async with relay_running() as relay:
        with books_kept(relay):
            relay.publish(ROOM, make_gift("甲", "玫瑰", 29))
            async with page_opened(relay, chromium, path) as (page, _):
                await expect(page.locator(".goal-percent")).to_have_text("29%")


async def test_who_leave_and_come_back_reach_no_goal_again(chromium: str) -> None:
    path = f"/overlay/goal?room_id={ROOM}&of=viewers&target=100&lang=en"
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, path, script=COUNT_CONFETTI) as (page, said):
                await subscribed(relay)
                current, thrown = page.locator(".goal-current"), page.locator(".confetti")
                for viewers in (90, 120):
                    relay.publish(ROOM, make_seq(viewers, 200))
                    await expect(current).to_have_text(str(viewers))
                # Confetti is thrown only once the last of it is gone.
                await expect(thrown).to_have_count(0)
                for viewers in (80, 130):
                    relay.publish(ROOM, make_seq(viewers, 200))
                    await expect(current).to_have_text(str(viewers))
                await expect(page.locator("html")).to_have_attribute("data-bursts", "1")
                assert said == []


async def test_numbers_and_ranking_are_right_after_cuts_and_a_restart(chromium: str) -> None:
    goal = f"/overlay/goal?room_id={ROOM}&of=likes&target=1000"
    async with relay_running() as relay:
        with books_kept(relay):
            relay.publish(ROOM, make_likes(10, 100), make_gift("甲", "玫瑰", 10))
            async with (
                page_opened(relay, chromium, goal) as (page, _),
                page_opened(relay, chromium, f"/overlay/top?room_id={ROOM}") as (other, _),
            ):
                await subscribed(relay, 2)
                names, values = other.locator(".rank-name"), other.locator(".rank-value")
                await expect(page.locator(".goal-current")).to_have_text("100")
                await expect(names).to_have_text(["甲"])
                for cut in range(1, 4):
                    port = await stop_server(relay)
                    relay.publish(ROOM, make_likes(10, 100 + cut * 10))
                    relay.publish(ROOM, make_gift("乙", "玫瑰", cut * 20, group_id="2"))
                    server = await start_server(relay, port)
                    relay.server = server
                    await expect(page.locator(".goal-current")).to_have_text(str(100 + cut * 10))
                    await expect(names).to_have_text(["乙", "甲"])
                    await expect(values).to_have_text([str(cut * 20), "10"])


async def test_the_ranking_shows_who_gave_most_by_what_is_asked_for(chromium: str) -> None:
    path = f"/overlay/top?room_id={ROOM}&rows=2&value=gifts&heading=%3Cb%3E&min_diamonds=5"
    async with relay_running() as relay:
        with books_kept(relay):
            hostile = make_user("<i>丙</i>", avatar="https://elsewhere.example/a.png")
            relay.publish(
                ROOM,
                make_gift("甲", "玫瑰", 10),
                make_gift("乙", "跑车", 1, diamond_each=1200),
                make_gift("", "玫瑰", 7, user=hostile),
                make_gift("丁", "玫瑰", 1),
            )
            async with page_opened(relay, chromium, path) as (page, said):
                await expect(page.locator(".rank-name")).to_have_text(["乙", "甲"])
                await expect(page.locator(".rank-value")).to_have_text(["1", "10"])
                await expect(page.locator(".top-heading")).to_have_text("<b>")
                relay.publish(ROOM, make_gift("", "玫瑰", 5_000, user=hostile))
                await expect(page.locator(".rank-name")).to_have_text(["<i>丙</i>", "乙"])
                await expect(page.locator(".rank-place")).to_have_text(["1", "2"])
                assert await page.locator("#overlay img, #overlay i").count() == 0
                assert said == []


async def test_likes_are_counted_and_hearts_are_bounded(chromium: str) -> None:
    path = f"/overlay/likes?room_id={ROOM}&max_hearts=5&caption=likes"
    async with relay_running() as relay:
        with books_kept(relay):
            async with page_opened(relay, chromium, path) as (page, said):
                await subscribed(relay)
                for total in range(1_000, 1_400, 20):
                    relay.publish(ROOM, make_likes(20, total))
                await expect(page.locator(".counter-number")).to_have_text("1,380")
                await expect(page.locator(".heart")).to_have_count(5)
                await expect(page.locator(".counter-caption")).to_have_text("likes")
                assert said == []


async def test_viewers_now_and_in_all_with_a_line_of_the_last_minutes(chromium: str) -> None:
    path = f"/overlay/viewers?room_id={ROOM}&show=both&graph=1&lang=en"
    async with relay_running() as relay:
        with books_kept(relay):
            relay.publish(ROOM, make_seq(1_234, 56_789))
            async with page_opened(relay, chromium, path) as (page, said):
                await expect(page.locator(".viewers-now .counter-number")).to_have_text("1,234")
                total = page.locator(".viewers-total .counter-number")
                await expect(total).to_have_text("56,789")
                # One point, and one more for each ten seconds that pass meanwhile.
                await expect(page.locator(".viewers-line-stroke")).to_have_attribute(
                    "points", re.compile(r"^0\.0,56\.0( \d+\.\d,56\.0)*$")
                )
                assert said == []


async def test_nobody_watches_a_broadcast_that_is_over(chromium: str) -> None:
    path = f"/overlay/viewers?room_id={ROOM}&show=both"
    async with relay_running() as relay:
        with books_kept(relay):
            relay.publish(ROOM, make_seq(1_234, 5_000))
            async with page_opened(relay, chromium, path) as (page, said):
                await subscribed(relay)
                now = page.locator(".viewers-now .counter-number")
                total = page.locator(".viewers-total .counter-number")
                await expect(now).to_have_text("1,234")
                for state in (RoomState.ENDED, RoomState.WAITING):
                    status = make_status(ROOM, state=state)
                    relay.hub.set_status(relay.rooms[ROOM], status)
                    await expect(page.locator("html")).to_have_attribute("data-room", state)
                    await expect(now).to_have_text("–")
                    # As when a scene is set up while the room is offline.
                    await page.reload()
                    await expect(total).to_have_text("5,000")
                    await expect(now).to_have_text("–")
                relay.hub.set_status(relay.rooms[ROOM], make_status(ROOM))
                await expect(page.locator("html")).to_have_attribute("data-room", "live")
                await expect(now).to_have_text("–")
                relay.publish(ROOM, make_seq(7, 5_008))
                await expect(now).to_have_text("7")
                assert said == []


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "令牌缺失或不正确。请用 relay token overlay"),
        ("en", "The token is missing or wrong."),
    ],
)
async def test_a_wrong_token_is_told_with_where_to_get_one(
    chromium: str, lang: str, said: str
) -> None:
    path = f"/overlay/viewers?room_id={ROOM}&token=rly_wrong&lang={lang}"
    async with (
        relay_running(auth=auth()) as relay,
        page_opened(relay, chromium, path) as (page, _),
    ):
        notice = page.locator(".notice")
        await expect(notice).to_contain_text(said)
        await expect(notice).to_contain_text("relay token overlay --room")


@pytest.mark.parametrize("kind", ["gifts", "likes", "viewers", "goal", "top"])
async def test_samples_are_shown_without_any_room(chromium: str, kind: str) -> None:
    shows = {
        "gifts": ".alert",
        "likes": ".heart",
        "viewers": ".viewers-now .counter-number",
        "goal": ".goal-current",
        "top": ".rank",
    }
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, f"/overlay/{kind}?demo=1") as (page, said),
    ):
        await expect(page.locator(shows[kind]).first).to_be_visible()
        await expect(page.locator(".notice")).to_be_hidden()
        assert said == []
        assert relay.rooms.streams() == []
