"""The composer at /overlay/, in a real browser."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from keys import ADMIN, OVERLAY, auth
from overlays import ROOM, books_kept, page_opened, start_server, stop_server, subscribed
from playwright.async_api import Page, expect
from serving import relay_running

pytestmark = pytest.mark.browser


async def preview_is_at(page: Page, address: str) -> None:
    """Wait until the preview shows this address."""
    shown = page.frame_locator("#frame").locator("html")
    await expect(shown).to_have_attribute("data-kind", urlsplit(address).path.rsplit("/", 1)[1])
    while page.frames[1].url != address:
        await page.wait_for_event("framenavigated")


async def test_the_address_has_what_was_chosen_and_no_defaults(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en") as (page, said),
    ):
        address = page.get_by_role("textbox", name="Address for OBS")
        await expect(address).to_have_value(f"{relay.url}/overlay/chat")
        await page.get_by_role("radio", name="Gift alerts").check()
        await expect(address).to_have_value(f"{relay.url}/overlay/gifts")
        await page.get_by_label("Room", exact=True).fill("80000000001")
        await page.get_by_label("Theme", exact=True).select_option("glass")
        await page.get_by_label("From (diamonds)", exact=True).fill("66")
        await page.get_by_label("Pictures of givers").uncheck()
        await page.get_by_label("First line").fill("谢谢 {name} & co #1")
        await page.get_by_label("Text colour", exact=True).fill("#ffcc00")
        query = parse_qs(urlsplit(await address.input_value()).query)
        assert query == {
            "room_id": ["80000000001"],
            "theme": ["glass"],
            "min_diamonds": ["66"],
            "avatars": ["0"],
            "who": ["谢谢 {name} & co #1"],
            "color": ["ffcc00"],
        }
        # What can't be is not taken.
        await page.get_by_label("From (diamonds)", exact=True).fill("-1")
        assert "min_diamonds=66" in await address.input_value()
        await page.get_by_label("From (diamonds)", exact=True).fill("0")
        assert "min_diamonds" not in await address.input_value()
        await page.get_by_role("button", name="Back to defaults").click()
        await expect(address).to_have_value(f"{relay.url}/overlay/gifts?room_id=80000000001")
        assert said == []


async def test_the_preview_is_the_overlay_at_the_address(chromium: str) -> None:
    async with relay_running() as relay:
        with books_kept(relay):
            path = f"/overlay/?lang=en#goal?room_id={ROOM}&of=followers&target=7"
            async with page_opened(relay, chromium, path) as (page, said):
                address = page.get_by_role("textbox", name="Address for OBS")
                wanted = f"{relay.url}/overlay/goal?room_id={ROOM}&of=followers&target=7"
                await expect(page.get_by_label("What")).to_have_value("followers")
                assert parse_qs(urlsplit(await address.input_value()).query) == parse_qs(
                    urlsplit(wanted).query
                )
                preview = page.frame_locator("#frame")
                await expect(preview.locator(".goal-target")).to_have_text("7")
                assert page.frames[1].url == f"{await address.input_value()}&demo=1"
                await page.get_by_role("radio", name="the room").check()
                await preview_is_at(page, await address.input_value())
                await subscribed(relay)
                await page.get_by_label("Goal", exact=True).last.fill("9")
                await preview_is_at(page, await address.input_value())
                assert said == []


async def test_an_address_that_is_pasted_can_be_changed(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en") as (page, _),
    ):
        address = page.get_by_role("textbox", name="Address for OBS")
        await address.fill(f"{relay.url}/overlay/top?rows=3&window=recent&room_id=1&theme=no")
        await address.press("Enter")
        await expect(page.get_by_role("radio", name="Gift ranking")).to_be_checked()
        await expect(page.get_by_role("spinbutton", name="Rows")).to_have_value("3")
        await expect(page.locator("#problems")).to_contain_text("theme")
        kept = await address.input_value()
        await address.fill("https://elsewhere.example/overlay/chat")
        await address.press("Enter")
        await expect(page.locator("#said")).to_contain_text("no address of an overlay")
        await expect(address).to_have_value(kept)


async def test_a_test_event_reaches_the_preview(chromium: str) -> None:
    async with relay_running() as relay:
        with books_kept(relay):
            path = f"/overlay/?lang=en#gifts?room_id={ROOM}"
            async with page_opened(relay, chromium, path) as (page, said):
                await page.get_by_role("radio", name="the room").check()
                await subscribed(relay)
                await page.get_by_label("Kind").select_option("gift")
                await page.get_by_label("Name", exact=True).fill("<b>测试</b>")
                await page.get_by_label("Diamonds each").fill("520")
                await page.get_by_label("How many").fill("3")
                await page.get_by_role("button", name="Send").click()
                await expect(page.locator("#test-said")).to_have_text("Sent.")
                alert = page.frame_locator("#frame").locator(".alert")
                await expect(alert.locator(".alert-who")).to_have_text("<b>测试</b>")
                await expect(alert.locator(".alert-number")).to_have_text("3")
                await expect(alert.locator(".alert-value")).to_have_text("1,560")
                assert said == []


async def test_the_loader_file_waits_for_the_relay_and_shows_the_overlay(
    chromium: str, tmp_path: Path
) -> None:
    async with relay_running() as relay:
        with books_kept(relay):
            path = f"/overlay/?lang=en#goal?room_id={ROOM}&heading=%3C%2Fscript%3E"
            async with page_opened(relay, chromium, path) as (page, _):
                address = await page.get_by_role("textbox", name="Address for OBS").input_value()
                async with page.expect_download() as download:
                    await page.get_by_role("button", name="Loader file").click()
                file = await download.value
                assert file.suggested_filename == "goal-overlay.html"
                loader = tmp_path / file.suggested_filename
                await file.save_as(loader)

                port = await stop_server(relay)
                async with page.expect_event("requestfailed"):
                    await page.goto(loader.as_uri())
                relay.server = await start_server(relay, port)
                await expect(page.locator(".goal-heading")).to_have_text("</script>")
                assert page.url == address


async def test_no_room_is_asked_for_before_its_number_is_typed_whole(chromium: str) -> None:
    number = "80000000001"
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en#chat?theme=glass") as (page, said),
    ):
        await page.clock.install()
        await page.reload()
        await page.get_by_role("radio", name="the room").check()
        box = page.get_by_label("Room", exact=True)
        for digit in number:
            await box.press(digit)
            await page.clock.run_for(1_000)
        address = page.get_by_role("textbox", name="Address for OBS")
        assert f"room_id={number}" in await address.input_value()
        assert "room_id" not in page.frames[1].url
        await box.press("Enter")
        await page.clock.run_for(1_000)
        await subscribed(relay)
        assert set(relay.rooms.rooms) == {number}
        assert said == []


async def test_the_page_says_what_an_overlay_can_not_show_or_be_told(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en#goal?room_id=1") as (page, _),
    ):
        untaken, what = page.locator("#test-untaken"), page.locator("#test-kind")
        await expect(untaken).to_be_visible()
        await page.get_by_role("radio", name="Ticker").check()
        await expect(untaken).to_be_visible()
        await what.select_option("follow")
        await expect(untaken).to_be_hidden()
        await page.get_by_role("radio", name="Chat").check()
        words = page.get_by_label("Blocked words")
        kept = await page.get_by_role("textbox", name="Address for OBS").input_value()
        await words.fill(",".join(str(number) for number in range(101)))
        await expect(words).to_have_attribute("aria-invalid", "true")
        address = page.get_by_role("textbox", name="Address for OBS")
        await expect(address).to_have_value(kept)
        await page.get_by_role("radio", name="the room").check()
        await address.fill(f"{relay.url}/overlay/top?demo=1&rows=many")
        await address.press("Enter")
        await expect(page.get_by_role("radio", name="sample events")).to_be_checked()
        await expect(page.locator("#problems")).to_have_text("rows: must be a number")
        await page.get_by_role("button", name="中文").click()
        await expect(page.locator("#problems")).to_have_text("rows: 必须是数字")


async def test_in_chinese(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en") as (page, said),
    ):
        await page.get_by_role("radio", name="Viewers").check()
        await page.get_by_role("button", name="中文").click()
        await expect(page).to_have_title("叠加层")
        await expect(page.get_by_role("radio", name="观众人数")).to_be_checked()
        await expect(page.get_by_label("直播间", exact=True).first).to_be_visible()
        assert said == []


async def test_where_tokens_are_wanted_the_overlay_has_its_own_and_the_panel_asks(
    chromium: str,
) -> None:
    async with relay_running(auth=auth()) as relay:
        with books_kept(relay):
            path = f"/overlay/?lang=en#chat?room_id={ROOM}"
            async with page_opened(relay, chromium, path) as (page, _):
                address = page.get_by_role("textbox", name="Address for OBS")
                await page.get_by_label("Token", exact=True).fill(OVERLAY)
                assert f"token={OVERLAY}" in await address.input_value()
                assert OVERLAY not in page.url
                await page.get_by_role("radio", name="the room").check()
                await subscribed(relay)
                await page.get_by_label("Text", exact=True).fill("听得到吗")
                await page.get_by_role("button", name="Send").click()
                await page.get_by_role("dialog").get_by_label("Token").fill(ADMIN)
                await page.get_by_role("button", name="Enter").click()
                await expect(page.locator("#test-said")).to_have_text("Sent.")
                shown = page.frame_locator("#frame").locator("#overlay")
                await expect(shown).to_contain_text("听得到吗")


async def test_a_test_event_is_sent_whatever_was_typed_into_fields_of_other_kinds(
    chromium: str,
) -> None:
    async with relay_running() as relay:
        with books_kept(relay):
            path = f"/overlay/?lang=en#chat?room_id={ROOM}"
            async with page_opened(relay, chromium, path) as (page, said):
                await page.get_by_label("Kind").select_option("gift")
                await page.get_by_label("How many").fill("99999")
                await page.get_by_label("Kind").select_option("chat")
                await page.get_by_role("button", name="Send").click()
                await expect(page.locator("#test-said")).to_have_text("Sent.")
                assert said == []


async def test_groups_stay_closed_in_another_language(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en") as (page, _),
    ):
        await page.locator("summary").filter(has_text="Look").click()
        await page.get_by_role("button", name="中文").click()
        look = page.locator("details").filter(has=page.get_by_text("外观", exact=True))
        await expect(look).not_to_have_attribute("open", "")
        await expect(page.locator("details[open]")).to_have_count(4)


async def test_the_page_follows_its_own_address(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en#goal?target=many&demo=1") as (page, said),
    ):
        address = page.get_by_role("textbox", name="Address for OBS")
        await expect(address).to_have_value(f"{relay.url}/overlay/goal")
        await expect(page.locator("#problems")).to_have_text("target: must be a number")
        await page.get_by_label("Token", exact=True).fill("rly_mine")
        await page.evaluate("location.hash = '#top?rows=3'")
        await expect(address).to_have_value(f"{relay.url}/overlay/top?token=rly_mine&rows=3")
        await expect(page.locator("#problems")).to_be_hidden()
        await page.evaluate("location.hash = '#ticker'")
        await expect(address).to_have_value(f"{relay.url}/overlay/ticker?token=rly_mine")
        assert said == []


async def test_an_address_by_another_name_of_this_machine_can_be_changed(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en") as (page, _),
    ):
        address = page.get_by_role("textbox", name="Address for OBS")
        port = urlsplit(relay.url).port
        await address.fill(f"http://localhost:{port}/overlay/top?rows=3")
        await address.press("Enter")
        await expect(address).to_have_value(f"{relay.url}/overlay/top?rows=3")
        await address.fill(f"http://localhost:{port + 1 if port else 1}/overlay/chat")
        await address.press("Enter")
        await expect(page.locator("#said")).to_contain_text("no address of an overlay")


async def test_that_it_is_copied_is_said_of_no_later_address(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en") as (page, _),
    ):
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.get_by_role("button", name="Copy").click()
        await expect(page.locator("#said")).to_have_text("Copied.")
        await page.get_by_label("Room", exact=True).fill("2")
        await expect(page.locator("#said")).to_be_empty()


# As some browsers do, which let a page change its address so often only.
SPARING = """
const replaceState = history.replaceState.bind(history);
let left = 20;
history.replaceState = (...values) => {
  left -= 1;
  if (left < 0) throw new DOMException("too often", "SecurityError");
  replaceState(...values);
};
"""


async def test_a_slider_that_is_drawn_far_keeps_the_preview_with_it(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en", script=SPARING) as (page, said),
    ):
        slider = page.get_by_role("slider", name="Text size (px)")
        await slider.evaluate(
            """(slider) => {
              for (let size = 30; size <= 90; size += 1) {
                slider.value = size;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
              }
            }"""
        )
        await preview_is_at(page, f"{relay.url}/overlay/chat?size=90&demo=1")
        await page.wait_for_url("**/overlay/?lang=en#chat?size=90")
        assert said == []


async def test_what_is_wrong_with_an_option_is_said_beside_it(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en") as (page, _),
    ):
        level = page.get_by_role("spinbutton", name="From pay level")
        await level.fill("101")
        await expect(level).to_have_accessible_description("must be from 0 to 100")
        await expect(page.get_by_text("must be from 0 to 100")).to_be_visible()
        await level.fill("99")
        await expect(level).to_have_accessible_description("")
        colour = page.get_by_role("textbox", name="Text colour", exact=True)
        await colour.fill("#12")
        await expect(page.get_by_text("is no colour")).to_be_visible()
        await page.get_by_role("button", name="Clear").first.click()
        await expect(page.get_by_text("is no colour")).to_be_hidden()


async def test_an_address_that_the_relay_would_not_take_is_told_to_be_too_long(
    chromium: str,
) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en#chat?room_id=1") as (page, _),
    ):
        people = page.get_by_label("People left out")
        told = page.get_by_text("longer than the relay takes")
        await people.fill(",".join(["今天也要早睡"] * 100))
        await expect(told).to_be_hidden()
        await people.fill(",".join(["今天也要早睡的小熊同学"] * 100))
        await expect(told).to_be_visible()


async def test_the_preview_is_of_no_size_that_can_not_be(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/?lang=en") as (page, _),
    ):
        frame, width = page.locator("#frame"), page.get_by_label("Size in OBS")
        await width.fill("600")
        await expect(frame).to_have_css("width", "600px")
        for wrong in ("-5", "99999"):
            await width.fill(wrong)
            await expect(width).to_have_attribute("aria-invalid", "true")
            await expect(frame).to_have_css("width", "480px")
        assert await page.locator("#frame-box").evaluate("(box) => box.offsetHeight") > 100


async def test_the_colours_are_those_chosen_on_the_dashboard(chromium: str) -> None:
    async with relay_running() as relay, page_opened(relay, chromium, "/?lang=en") as (page, _):
        await page.emulate_media(color_scheme="light")
        await page.get_by_label("Colours").select_option("dark")
        await page.get_by_role("link", name="Overlays").click()
        await expect(page.locator("body")).to_have_css("background-color", "rgb(17, 19, 26)")
        await page.emulate_media(color_scheme="dark")
        await page.evaluate("localStorage.setItem('relay-theme', 'light')")
        await page.reload()
        await expect(page.locator("body")).to_have_css("background-color", "rgb(243, 244, 247)")


async def test_what_is_quoted_keeps_within_a_narrow_page(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, f"/overlay/?lang=en#chat?{'W' * 200}=1") as (page, _),
    ):
        await page.set_viewport_size({"width": 360, "height": 740})
        await expect(page.locator("#problems")).to_contain_text("WWW: there is no such option")
        await page.get_by_label("Room", exact=True).fill("W" * 300)
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#test-said")).to_contain_text("WWW")
        for part in ("html", "main"):
            wide = await page.locator(part).evaluate("(all) => all.scrollWidth - all.clientWidth")
            assert wide == 0


async def test_a_kind_that_is_chosen_again_is_as_it_was_left(chromium: str) -> None:
    path = "/overlay/?lang=en#chat?size=40&block=a&max_lines=7"
    async with relay_running() as relay, page_opened(relay, chromium, path) as (page, said):
        address = page.get_by_role("textbox", name="Address for OBS")
        before = await address.input_value()
        # As keys go over the kinds, which chooses each.
        await page.get_by_role("radio", name="Chat").focus()
        await page.keyboard.press("ArrowRight")
        await expect(address).to_have_value(f"{relay.url}/overlay/gifts")
        await page.get_by_label("Theme", exact=True).select_option("glass")
        await page.get_by_role("radio", name="Gift alerts").focus()
        await page.keyboard.press("ArrowLeft")
        await expect(page.get_by_role("radio", name="Chat")).to_be_focused()
        after = parse_qs(urlsplit(await address.input_value()).query)
        assert after == {**parse_qs(urlsplit(before).query), "theme": ["glass"]}
        await page.get_by_role("button", name="Back to defaults").click()
        await expect(address).to_have_value(f"{relay.url}/overlay/chat")
        assert said == []
