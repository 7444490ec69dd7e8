"""What axe-core finds in the pages, in light and dark."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import pytest
from axe_playwright_python.async_playwright import Axe
from keys import auth
from overlays import ROOM, books_kept, make_gift, make_likes, make_user, page_opened
from playwright.async_api import Page, expect
from serving import make_event, make_payload, make_status, relay_running

from relay.events import ChatPayload
from relay.hub import NextCure, RoomHealth, RoomState, TriedCure
from relay.server.pages import OVERLAYS

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
SCHEMES: Sequence[Scheme] = ("light", "dark")
ILL = RoomHealth(
    ok=False,
    cause="device_blocked",
    text="Upstream wants a signature.",
    since_ms=1_630_827_777_298,
    tried=(TriedCure("reconnect", 1_630_827_777_298, "device_blocked"),),
    next=NextCure("signer", 4_000_000_000_000),
    hint="configure [[signers]]",
    identity="main",
    login_valid_until_ms=1_630_827_777_298,
)


async def is_accessible(
    page: Page, schemes: Sequence[Scheme] = SCHEMES, *, without: Sequence[str] = ()
) -> None:
    """See that there is nothing serious or critical; `schemes`: of colours, the system's."""
    rules = {rule: {"enabled": False} for rule in without}
    options = {"resultTypes": ["violations"], "rules": rules}
    found = []
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme)
        # What fades in has its own colours only at the end.
        await page.evaluate("document.getAnimations().forEach((each) => each.cancel())")
        results = await Axe().run(page, options=options)
        found += [
            (scheme, rule["id"], node["html"][:120], node["failureSummary"])
            for rule in results.response["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]
    assert found == []


async def test_the_dashboard(chromium: str) -> None:
    async with relay_running() as relay:
        with books_kept(relay), books_kept(relay, "2"):
            blocked = make_status("2", state=RoomState.BLOCKED, reason="device_blocked", anchor="")
            relay.hub.set_status(relay.rooms["2"], msgspec.structs.replace(blocked, health=ILL))
            payload = make_payload(ChatPayload, content="主播好", user=make_user("甲"))
            relay.publish(
                ROOM,
                msgspec.structs.replace(make_event(), payload=payload),
                make_gift("乙", "玫瑰", 10),
                make_likes(10, 100),
                make_event("WebcastSocialMessage", content="关注了主播"),
            )
            relay.hub.set_status(
                relay.rooms[ROOM],
                make_status(ROOM, health=msgspec.structs.replace(ILL, stall="no_bytes")),
            )
            async with page_opened(relay, chromium, "/") as (page, said):
                await expect(page.locator("#rooms .state").first).to_have_text("live · unwell")
                await expect(page.locator("#givers li")).to_have_count(1)
                row = page.locator("#events .event").filter(has_text="主播好")
                await row.click()
                await page.locator("#health summary").first.click()
                await page.locator(".chart summary").first.click()
                await page.get_by_role("button", name="Pause").click()
                await is_accessible(page)
                await page.get_by_role("button", name="Stop watching").click()
                await is_accessible(page)
                await page.keyboard.press("Escape")
                await page.goto(f"{relay.url}/#room=2")
                await expect(page.locator("#room-name")).to_have_text("2")
                await is_accessible(page)
                await page.set_viewport_size({"width": 420, "height": 800})
                await is_accessible(page)
                await page.get_by_role("link", name="All rooms").click()
                await expect(page.locator("#rooms")).to_be_visible()
                await is_accessible(page)
                assert said == []


async def test_the_dialog_for_a_token(chromium: str) -> None:
    async with relay_running(auth=auth()) as relay, page_opened(relay, chromium, "/") as (page, _):
        await page.get_by_role("textbox", name="Token").fill("wrong")
        await page.keyboard.press("Enter")
        await expect(page.locator("#enter-error")).to_be_visible()
        await is_accessible(page)


async def test_the_composer(chromium: str) -> None:
    async with relay_running() as relay:
        with books_kept(relay):
            path = f"/overlay/?lang=en#chat?room_id={ROOM}"
            async with page_opened(relay, chromium, path) as (page, _):
                for kind in await page.locator("#kinds").get_by_role("radio").all():
                    await kind.check()
                    await is_accessible(page, ["light"])
                await is_accessible(page, ["dark"])


async def test_the_overlays(chromium: str) -> None:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/chat?demo=1") as (page, said),
    ):
        for kind in OVERLAYS:
            await page.goto(f"{relay.url}/overlay/{kind}?demo=1")
            await expect(page.locator("#overlay > *").first).to_be_attached()
            # They are drawn over a video, of which the page knows nothing; nor do they look any
            # other where the system is dark.
            await is_accessible(page, ["light"], without=["color-contrast"])
        assert said == []
