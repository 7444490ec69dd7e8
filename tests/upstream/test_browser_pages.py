"""The one Chromium of a relay: signs, comes back, is replaced, and never outlives the relay."""

import asyncio
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientConnectionResetError, ClientSession, web
from chromiums import kill_chromium, started
from room_page import ROOM_ID, SOCKET, WEB_RID, RoomPage, frame, html, response, room_page
from test_browser_transport import Held, holding

from relay.config import BrowserConfig
from relay.errors import ConfigError, UpstreamError
from relay.upstream.browser import BrowserLimits, BrowserPages
from relay.upstream.identity import Identity
from relay.upstream.transports.browser import BrowserTransport

pytestmark = pytest.mark.browser

STUB = "0123456789abcdef0123456789abcdef"
# Loads after the page, as the real one does; its fetch adds a signature of its own.
SDK = """
document.cookie = "ttwid=1%7Cof-the-page";
setTimeout(() => {
  window.byted_acrawler = {
    frontierSign: (stub) => ({"X-Bogus": btoa(stub["X-MS-STUB"]).slice(0, 16)}),
  };
  const plain = window.fetch;
  window.fetch = (url, more) => plain(url + "&a_bogus=made", more);
}, 50);
"""


@pytest.fixture
async def room() -> AsyncIterator[RoomPage]:
    async with room_page() as page:
        page.files["/"] = html(SDK)
        yield page


@asynccontextmanager
async def signing(
    room: RoomPage, chromium: str, limits: BrowserLimits | None = None
) -> AsyncIterator[BrowserPages]:
    async with BrowserPages(BrowserConfig(executable=chromium), room.url, limits) as pages:
        yield pages
    assert started() == []


# Signing


async def test_one_page_signs_for_all(room: RoomPage, chromium: str) -> None:
    async with signing(room, chromium) as pages:
        signatures = await asyncio.gather(*(pages.sign_socket(STUB) for _ in range(20)))
        assert set(signatures) == {"MDEyMzQ1Njc4OWFi"}
        assert room.paths.count("/") == 1
        who = await pages.signed_as()
        assert who.cookies == {"ttwid": "1%7Cof-the-page"}
        page = next(request for request in room.requests if request.path == "/")
        assert who.user_agent == page.headers["User-Agent"]
        assert "Headless" not in who.user_agent


async def test_who_gives_up_waiting_does_not_hinder_the_next(room: RoomPage, chromium: str) -> None:
    async with signing(room, chromium) as pages:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await pages.sign_socket(STUB)
        assert await pages.sign_socket(STUB)
        assert room.paths.count("/") == 1


async def test_a_page_without_an_sdk(room: RoomPage, chromium: str) -> None:
    room.files["/"] = html("")
    async with signing(room, chromium, BrowserLimits(sdk_s=0.1)) as pages:
        with pytest.raises(UpstreamError) as raised:
            await pages.sign_socket(STUB)
        assert raised.value.cause == "sdk_missing"
        room.files["/"] = html(SDK)
        # A page that can't sign is opened anew.
        assert await pages.sign_socket(STUB)


async def test_a_captcha_instead_of_an_sdk(room: RoomPage, chromium: str) -> None:
    room.files["/"] = html("document.title = '验证码中间页'; document.cookie = 'ttwid=known'")
    async with signing(room, chromium, BrowserLimits(sdk_s=0.1)) as pages:
        with pytest.raises(UpstreamError) as raised:
            await pages.sign_socket(STUB)
        assert raised.value.cause == "captcha"
        # The next page is that of somebody whom upstream does not know.
        room.files["/"] = html(f"if (!document.cookie) {{ {SDK} }}")
        assert await pages.sign_socket(STUB)


@pytest.mark.parametrize("gives", ["{throw new Error('no')}", "({})", "null", "({'X-Bogus': 'é'})"])
async def test_an_sdk_that_does_not_sign(room: RoomPage, chromium: str, gives: str) -> None:
    room.files["/"] = html(f"window.byted_acrawler = {{frontierSign: () => {gives}}}")
    async with signing(room, chromium) as pages:
        with pytest.raises(UpstreamError) as raised:
            await pages.sign_socket(STUB)
        assert raised.value.cause == "sdk_refused"


async def test_an_sdk_that_never_ends(room: RoomPage, chromium: str) -> None:
    room.files["/"] = html("window.byted_acrawler = {frontierSign: () => new Promise(() => 0)}")
    async with signing(room, chromium, BrowserLimits(sdk_s=0.1, sign_s=0.1, grace_s=0.1)) as pages:
        with pytest.raises(UpstreamError) as raised:
            await pages.sign_socket(STUB)
        assert raised.value.cause == "timeout"
        room.files["/"] = html(SDK)
        assert await pages.sign_socket(STUB)


async def test_requests_of_the_pages_own(room: RoomPage, chromium: str) -> None:
    async with signing(room, chromium, BrowserLimits(fetch_s=2)) as pages:
        room.bodies = [bytes(range(256)), b"", bytes(5 * 1024 * 1024)]
        room.fetch_headers = {"X-Of-Upstream": "1"}
        url = f"{room.url}/webcast/im/fetch/?room_id={ROOM_ID}"
        await pages.sign_socket(STUB)
        answer = await pages.fetch(url, {"X-Ours": "2", "Cookie": "a=b"})
        assert (answer.status, answer.body) == (200, bytes(range(256)))
        assert answer.headers["x-of-upstream"] == "1"
        asked = room.requests[-1]
        assert asked.query["a_bogus"] == "made"
        assert asked.headers["X-Ours"] == "2"
        assert dict(asked.cookies) == {"ttwid": "1%7Cof-the-page"}
        assert (await pages.fetch(url, {})).body == b""
        for target, cause in (
            (url, "too_large"),
            ("https://example.org/", "unsupported"),
        ):
            with pytest.raises(UpstreamError) as raised:
                await pages.fetch(target, {})
            assert raised.value.cause == cause
        assert (await pages.fetch(f"{room.url}/nothing?", {})).status == 404


# The browser itself


def test_a_browser_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="no program"):
        BrowserPages(BrowserConfig(executable="/no/such/chromium"), "http://127.0.0.1:1")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="apt install chromium"):
        BrowserPages(BrowserConfig(executable="auto"), "http://127.0.0.1:1")


def script(tmp_path: Path, text: str) -> str:
    path = tmp_path / "browser"
    path.write_text(f"#!/bin/sh\n[ $1 = --version ] && echo Chromium 150.0.1.2 && exit\n{text}\n")
    path.chmod(0o700)
    return str(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("echo error while loading libnss3.so >&2; exit 127", "libnss3"),
        ("exec sleep 60 3<&- 4>&-", "does not start"),
        ("printf 'no json\\0' >&4", "does not start"),
    ],
)
async def test_a_browser_that_does_not_start(
    room: RoomPage, tmp_path: Path, text: str, says: str
) -> None:
    async with signing(room, script(tmp_path, text), BrowserLimits(retry_base_s=30)) as pages:
        with pytest.raises(UpstreamError, match=says) as raised:
            await pages.sign_socket(STUB)
        assert raised.value.cause == "browser_down"
        # It is not tried again for every room that asks.
        with pytest.raises(UpstreamError, match=says) as raised:
            await pages.sign_socket(STUB)
        assert raised.value.retry_after_s
        assert started() == []


async def until_signed(pages: BrowserPages) -> str:
    """Have it sign as soon as a browser is there."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await pages.sign_socket(STUB)
            except UpstreamError as error:
                await asyncio.sleep(error.retry_after_s or 0)


async def test_a_killed_browser_comes_back(room: RoomPage, chromium: str) -> None:
    limits = BrowserLimits(retry_base_s=0.01)
    async with signing(room, chromium, limits) as pages:
        before = await pages.sign_socket(STUB)
        kill_chromium()
        assert await until_signed(pages) == before


@asynccontextmanager
async def moving(room: RoomPage, chromium: str) -> AsyncIterator[Held]:
    """Hold a room, whose sockets differ by name, in a browser that is replaced soon."""
    room.files[f"/{WEB_RID}"] = room.files[f"/{WEB_RID}"].replace(
        "push('page')", "push(performance.timeOrigin)"
    )
    async with holding(room, chromium, limits=BrowserLimits(check_s=0.5, max_age_s=0.5)) as held:
        await room.until_any()
        yield held


async def test_a_room_moves_to_a_fresh_browser_and_loses_nothing(
    room: RoomPage, chromium: str
) -> None:
    async with moving(room, chromium) as held:
        sent = 0
        first = set(room.sockets)
        under_way: set[int] = set()
        while room.sockets.keys() & first:
            sent += 1
            if room.sockets.keys() > first and not under_way:
                # Upstream had sent them before the other page connected; the network is slow.
                under_way = {sent, sent + 1, sent + 2}
                old = room.sockets[min(first)]
                await asyncio.sleep(0.2)
                for sent in sorted(under_way):
                    with suppress(ClientConnectionResetError):
                        await old.send_bytes(frame(response(sent)))
                continue
            for socket in list(room.sockets.values()):
                await socket.send_bytes(frame(response(sent)))
            await asyncio.sleep(0.01)
        await room.until_any()
        sent += 1
        for socket in list(room.sockets.values()):
            await socket.send_bytes(frame(response(sent)))
        await held.notes.until(lambda: sent in held.notes.ids)
        assert set(held.notes.ids) == set(range(1, sent + 1))
        assert under_way
        assert not held.running.done()


async def test_a_room_stays_in_its_old_browser_where_the_fresh_one_loses_the_page(
    room: RoomPage, chromium: str
) -> None:
    async with moving(room, chromium) as held:
        (old,) = room.sockets
        first = held.page
        async with asyncio.timeout(30):
            while len(room.sockets) < 2:
                await room.sockets[old].send_bytes(frame(response(1)))
                await asyncio.sleep(0.01)
        await held.page.inbox.wait_connected()
        assert held.page is not first
        held.page.inbox.end("page_crashed", "the page has crashed")
        for sent in range(2, 300):
            await room.sockets[old].send_bytes(frame(response(sent)))
            await held.notes.until(lambda sent=sent: sent in held.notes.ids)
            await asyncio.sleep(0.01)
        assert not held.running.done()


async def test_a_profile_is_never_used_twice_at_once(
    room: RoomPage, chromium: str, tmp_path: Path
) -> None:
    limits = BrowserLimits(check_s=0.5, max_age_s=2)
    async with holding(room, chromium, limits=limits, profile_dir=str(tmp_path / "p")) as held:
        assert (await held.end()).cause == "browser_down"
        assert await until_signed(held.pages)


async def test_only_so_many_pages(room: RoomPage, chromium: str) -> None:
    async with holding(room, chromium, max_pages=1) as held:
        await room.until("page")
        other = await BrowserTransport(held.pages, held.timings).run(held.broadcast, held.notes)
        assert other.cause == "busy"
        held.running.cancel()
        await asyncio.wait((held.running,))
        with held.pages.place():
            pass


async def test_a_page_is_closed_with_its_room(room: RoomPage, chromium: str) -> None:
    async with holding(room, chromium) as held:
        await room.until("page")
        held.running.cancel()
        await room.until_none()


async def test_a_profile_of_the_users_stays(room: RoomPage, chromium: str, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    config = BrowserConfig(executable=chromium, profile_dir=str(profile))
    async with BrowserPages(config, room.url) as pages:
        await pages.sign_socket(STUB)
    assert (profile / "Default").is_dir()
    assert started() == []


def temporary_profiles(folder: Path) -> set[Path]:
    return set(folder.glob("douyin-relay-browser-*"))


async def test_no_profile_is_left(
    room: RoomPage, chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with signing(room, chromium) as pages:
        await pages.sign_socket(STUB)
        assert temporary_profiles(tmp_path)
    assert temporary_profiles(tmp_path) == set()


RELAY = """
import asyncio, sys
from relay.config import BrowserConfig
from relay.upstream.browser import BrowserPages

async def main():
    async with BrowserPages(BrowserConfig(executable=sys.argv[1]), sys.argv[2]) as pages:
        print(await pages.sign_socket("0123456789"), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_relay_that_is_killed_leaves_no_browser(room: RoomPage, chromium: str) -> None:
    # Chromium keeps a socket there, whose path must be short; that of a test in parallel is not.
    folder = Path(tempfile.mkdtemp(prefix="r"))
    relay = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RELAY, chromium, room.url,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder)},
    )  # fmt: skip
    assert relay.stdout is not None
    while not re.match(rb"[A-Za-z0-9+/=]{8}", await relay.stdout.readline()):
        assert not relay.stdout.at_eof()
    processes = psutil.Process(relay.pid).children(recursive=True)
    assert len(processes) > 3
    assert temporary_profiles(folder)
    relay.send_signal(signal.SIGKILL)
    await relay.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, timeout=10)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
    assert temporary_profiles(folder) == set()
    shutil.rmtree(folder)


# A browser of the user's


@asynccontextmanager
async def users_browser(chromium: str, profile: Path) -> AsyncIterator[str]:
    """Gives its debugging URL."""
    process = await asyncio.create_subprocess_exec(
        chromium, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}",
        "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            while not (line := await process.stderr.readline()).startswith(b"DevTools listening"):
                assert line
        yield "http://" + line.split(b"//")[1].split(b"/")[0].decode()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def tabs_are(url: str, *wanted: str) -> None:
    async with asyncio.timeout(30), ClientSession() as session:
        found: set[str] = set()
        while found != set(wanted):
            async with session.get(f"{url}/json/list") as answer:
                targets = await answer.json()
            found = {target["url"] for target in targets if target["type"] == "page"}


async def test_a_running_browser_keeps_its_own_tabs(
    room: RoomPage, chromium: str, tmp_path: Path
) -> None:
    async with users_browser(chromium, tmp_path / "profile") as url:
        theirs = f"{room.url}/theirs"
        async with ClientSession() as session:
            await (await session.put(f"{url}/json/new?{theirs}")).read()
        await tabs_are(url, "about:blank", theirs)
        # A tab in the background is hidden, and its timers nearly stand still; ours does not know.
        room.files[f"/{WEB_RID}"] = html(
            SOCKET + "let n = 0; setInterval(() => ++n == 200 && push(document.visibilityState), 5)"
        )
        async with holding(room, "", debug_url=url) as held:
            socket = await room.until("visible")
            await socket.send_bytes(frame(response(1)))
            await held.notes.until(lambda: held.notes.ids == [1])
            await tabs_are(url, "about:blank", theirs, f"{room.url}/{WEB_RID}")
        await tabs_are(url, "about:blank", theirs)


async def test_no_browser_at_the_debugging_url(room: RoomPage) -> None:
    for answers in (None, web.Response(text="[]"), web.Response(text="{}", status=404)):
        url = "http://127.0.0.1:9" if answers is None else room.url
        if answers is not None:
            room.files["/json/version"] = answers.text or ""
        async with BrowserPages(BrowserConfig(debug_url=url), room.url) as pages:
            with pytest.raises(UpstreamError, match="--remote-debugging-port") as raised:
                await pages.open(room.url, Identity())
            assert raised.value.cause == "browser_down"
