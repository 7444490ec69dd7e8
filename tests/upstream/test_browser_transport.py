"""A room's page in a real Chromium: what it receives is ours, and what goes wrong is told."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from chromiums import kill_chromium
from room_page import (
    POLL,
    ROOM_ID,
    SOCKET,
    VISITOR_ID,
    WEB_RID,
    RoomPage,
    frame,
    html,
    response,
    room_page,
)

from relay.config import BrowserConfig
from relay.errors import FrameError
from relay.upstream.broadcast import Broadcast
from relay.upstream.browser import BrowserLimits, BrowserPages
from relay.upstream.browser.inbox import Pushed
from relay.upstream.failures import SessionEnd
from relay.upstream.identity import Identity
from relay.upstream.transports.browser import BrowserTimings, BrowserTransport
from relay.webcast.pb import webcast_pb2 as pb
from relay.webcast.recording import Record

pytestmark = pytest.mark.browser


class Notes:
    """A receiver that remembers what it was told."""

    def __init__(self) -> None:
        self.opens = 0
        self.beats = 0
        self.ids: list[int] = []
        self.errors: list[tuple[str, bool]] = []
        self._over = False
        self._changed = asyncio.Event()

    def opened(self) -> None:
        self.opens += 1
        self._changed.set()

    def heard(self) -> None:
        self.beats += 1
        self._changed.set()

    def received(self, response: pb.Response, record: Record) -> None:
        assert record.body
        self.ids += [message.msg_id for message in response.messages]
        self._changed.set()

    def unreadable(self, error: FrameError, record: Record | None, *, lost: bool) -> None:
        self.errors.append((error.cause, lost))
        self._changed.set()

    def lost(self, reason: str) -> None:
        raise AssertionError(reason)

    def ended(self) -> None:
        raise AssertionError("only recordings say that")

    def over(self) -> None:
        self._over = True
        self._changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what others are told, but not longer than they are told anything."""
        async with asyncio.timeout(30):
            while not holds():
                assert not self._over
                self._changed.clear()
                await self._changed.wait()


class Held:
    """A session that is under way."""

    def __init__(
        self, room: RoomPage, pages: BrowserPages, broadcast: Broadcast, timings: BrowserTimings
    ) -> None:
        self.room = room
        self.timings = timings
        self.pages = pages
        self.broadcast = broadcast
        self.notes = Notes()
        self.transport = BrowserTransport(pages, timings)
        self.running: asyncio.Task[SessionEnd]

    async def end(self) -> SessionEnd:
        async with asyncio.timeout(30):
            return await self.running

    @property
    def page(self) -> Any:
        (page,) = self.pages._keeper.browser.pages  # type: ignore[union-attr]
        return page


def broadcast(identity: Identity | None = None) -> Broadcast:
    return Broadcast(ROOM_ID, WEB_RID, "1", identity or Identity())


@asynccontextmanager
async def holding(
    room: RoomPage,
    chromium: str,
    *,
    identity: Identity | None = None,
    timings: BrowserTimings | None = None,
    limits: BrowserLimits | None = None,
    **config: Any,
) -> AsyncIterator[Held]:
    """Hold the room's page for as long as the block lasts."""
    settings = BrowserConfig(**{"executable": chromium, **config})
    async with BrowserPages(settings, room.url, limits) as pages:
        held = Held(room, pages, broadcast(identity), timings or BrowserTimings())
        held.running = asyncio.create_task(held.transport.run(held.broadcast, held.notes))
        try:
            yield held
        finally:
            held.running.cancel()
            await asyncio.wait((held.running,))


@pytest.fixture
async def room() -> AsyncIterator[RoomPage]:
    async with room_page() as page:
        yield page


# What comes


async def test_frames_of_the_push_socket(room: RoomPage, chromium: str) -> None:
    async with holding(room, chromium) as held:
        socket = await room.until("page")
        await socket.send_bytes(frame(response(1, 2, cursor="c1")))
        await socket.send_bytes(pb.PushFrame(payload_type="hb").SerializeToString())
        await socket.send_bytes(b"\xff\xff")
        await socket.send_bytes(frame(response(3, cursor="c2")))
        await held.notes.until(lambda: len(held.notes.ids) == 3)
        assert held.notes.ids == [1, 2, 3]
        assert held.notes.opens == held.notes.beats == 1
        assert held.notes.errors == [("not_a_frame", True)]
        assert held.broadcast.position.cursor == "c2"
        # Whoever goes on from that position has to be the same visitor.
        assert held.broadcast.visitor_id == VISITOR_ID


async def test_bodies_of_im_fetch(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html(POLL + "poll()")
    large = response(2)
    large.messages[0].payload = bytes(3_500_000)
    room.bodies = [
        response(1, cursor="c1").SerializeToString(),
        gzip.compress(large.SerializeToString(), 0),
        b"",
        b"\xff\xff",
        response(3, cursor="c2").SerializeToString(),
    ]
    async with holding(room, chromium) as held:
        await held.notes.until(lambda: 3 in held.notes.ids)
        assert held.notes.ids == [1, 2, 3]
        assert held.notes.opens == 1
        assert held.notes.errors == [("not_a_response", True)]
        assert held.broadcast.position.cursor == "c2"


@pytest.mark.parametrize(
    ("script", "connects"),
    [
        ("new Worker('/worker.js')", "worker"),
        ("new SharedWorker('/shared.js')", "shared"),
        ("navigator.serviceWorker.register('/service.js')", "service"),
        (
            "const f = document.createElement('iframe');"
            "f.src = `http://localhost:${location.port}/frame`; document.body.append(f)",
            "frame",
        ),
        (
            "const f = document.createElement('iframe'); f.src = '/outer';document.body.append(f)",
            "worker",
        ),
    ],
    ids=["worker", "shared worker", "service worker", "frame of another site", "worker in a frame"],
)
async def test_connections_that_the_page_does_not_hold_itself(
    room: RoomPage, chromium: str, script: str, connects: str
) -> None:
    room.files[f"/{WEB_RID}"] = html(script)
    room.files["/frame"] = html(SOCKET + "push('frame')")
    room.files["/outer"] = html("new Worker('/worker.js')")
    for name in ("worker", "shared", "service"):
        room.files[f"/{name}.js"] = SOCKET + f"push('{name}')"
    async with holding(room, chromium) as held:
        socket = await room.until(connects)
        await socket.send_bytes(frame(response(1)))
        await held.notes.until(lambda: held.notes.ids == [1])


async def test_what_visitors_share_is_not_told_to_others(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html("new SharedWorker('/shared.js')")
    room.files["/shared.js"] = SOCKET + "push(Math.random())"
    async with holding(room, chromium) as held:
        await room.until_any()
        (first,) = room.sockets.values()
        other = await held.pages.open(f"{room.url}/{WEB_RID}", Identity(), held.pages.new_visitor())
        async with asyncio.timeout(30):
            await other.inbox.wait_connected()
        (second,) = (socket for socket in room.sockets.values() if socket is not first)
        await second.send_bytes(frame(response(2)))
        await first.send_bytes(frame(response(1)))
        await held.notes.until(lambda: 1 in held.notes.ids)
        assert held.notes.ids == [1]
        items = [await other.inbox.take() for _ in range(3)]
        assert sum(isinstance(item, Pushed) for item in items) == 1
        other.close()


async def test_a_page_that_reloads_itself(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html(SOCKET + "push('page').onmessage = () => location.reload()")
    async with holding(room, chromium) as held:
        socket = None
        for number in (1, 2, 3):
            socket = await room.until("page", after=socket)
            await socket.send_bytes(frame(response(number)))
            await held.notes.until(lambda number=number: number in held.notes.ids)  # type: ignore[misc]
        assert held.notes.ids == [1, 2, 3]
        assert held.notes.opens == 1


async def test_media_images_and_fonts_are_kept_away_and_the_page_does_not_mind(
    room: RoomPage, chromium: str
) -> None:
    room.files[f"/{WEB_RID}"] = html(
        SOCKET
        + """
        const image = document.querySelector("img");
        const seen = new Promise((go) => image.onload = go);
        const tried = fetch("/media/live.flv?a=1").catch(() => "failed");
        addEventListener("load", async () => {
          await seen;
          await tried;
          push("page");
        });
        """,
        "<style>@font-face {font-family: f; src: url(/f.woff2)} body {font-family: f}</style>直播"
        "<video src='/media/live.mp4' autoplay muted></video><img src='/avatar.webp'>",
    )
    async with holding(room, chromium) as held:
        await room.until("page")
        assert held.notes is not None
        assert not [path for path in room.paths if "." in path and path != "/favicon.ico"]


async def test_a_login_has_its_cookies_and_they_are_nobody_elses(
    room: RoomPage, chromium: str
) -> None:
    class Login(Identity):
        async def cookies(self) -> dict[str, str]:
            too_long = "a" * 4097
            return {"sessionid": "of-the-login", "odd": too_long, "LOGIN_STATUS": "1"}

    room.files[f"/{WEB_RID}"] = html(SOCKET + "push(encodeURIComponent(document.cookie))")

    login = Login("somebody")
    login.is_login = True
    async with holding(room, chromium, identity=login) as held:
        # Scripts see what they need, and not who is logged in.
        await room.until("LOGIN_STATUS=1")
        page = [request for request in room.requests if request.path == f"/{WEB_RID}"][-1]
        push = room.requests[-1]
        assert page.cookies["sessionid"] == push.cookies["sessionid"] == "of-the-login"
        other = await held.pages.open(f"{room.url}/{WEB_RID}", Identity())
        assert "sessionid" not in await other.cookies(room.url)
        other.close()


async def test_another_visitor_has_cookies_of_its_own(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html(
        SOCKET
        + "const was = document.cookie; document.cookie = 'ttwid=given';"
        + "push(was ? 'known' : 'unknown')"
    )
    async with holding(room, chromium) as held:
        await room.until("unknown")
        await held.notes.until(lambda: held.notes.opens == 1)
        for visitor_id, known in ((VISITOR_ID, "known"), ("7322222222222222222", "unknown")):
            held.running.cancel()
            await asyncio.wait((held.running,))
            await room.until_none()
            held.broadcast.visitor_id = visitor_id
            held.running = asyncio.create_task(held.transport.run(held.broadcast, held.notes))
            await room.until(known)


async def test_a_page_that_stops_when_nobody_is_there(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html(SOCKET + "onmousemove = () => push('page')")
    async with holding(room, chromium, timings=BrowserTimings(look_s=0.1)):
        await room.until("page")


# What does not come


async def test_a_silent_page(room: RoomPage, chromium: str) -> None:
    async with holding(room, chromium, timings=BrowserTimings(silent_s=0.3)) as held:
        assert (await held.end()).cause == "silent"
        assert held.notes.opens == 1


async def test_a_page_that_connects_to_nothing(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html("")
    async with holding(room, chromium, timings=BrowserTimings(open_s=0.3)) as held:
        end = await held.end()
        assert end.cause == "silent"
        assert "no connection" in end.text


@pytest.mark.parametrize(("status", "cause"), [(200, "device_blocked"), (503, "server_error")])
async def test_a_refused_socket(room: RoomPage, chromium: str, status: int, cause: str) -> None:
    room.refuse_push = status
    async with holding(room, chromium, timings=BrowserTimings(trouble_s=0.2)) as held:
        assert (await held.end()).cause == cause
        assert held.notes.opens == 0


async def test_a_refused_socket_whose_page_polls_instead(room: RoomPage, chromium: str) -> None:
    room.refuse_push = 200
    room.files[f"/{WEB_RID}"] = html(SOCKET + POLL + "push('page').onclose = poll")
    room.bodies = [response(1).SerializeToString()]
    async with holding(room, chromium, timings=BrowserTimings(trouble_s=10)) as held:
        await held.notes.until(lambda: held.notes.ids == [1])


async def test_im_fetch_that_answers_with_nothing(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html(POLL + "poll()")
    room.bodies = [b""] * 1000
    async with holding(room, chromium, timings=BrowserTimings(trouble_s=0.2)) as held:
        assert (await held.end()).cause == "empty_body"


async def test_another_broadcast_in_the_same_room(room: RoomPage, chromium: str) -> None:
    other = "7600000000000000002"
    room.files[f"/{WEB_RID}"] = html((SOCKET + "push('page')").replace(ROOM_ID, other))
    async with holding(room, chromium, timings=BrowserTimings(trouble_s=0.2)) as held:
        end = await held.end()
        assert end.cause == "room_over"
        assert other in end.text
        assert held.notes.ids == []


async def test_a_captcha_page(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html("", "<div id='captcha_container'>滑动</div>")
    timings = BrowserTimings(look_s=0.05, trouble_s=0.1)
    async with holding(room, chromium, timings=timings) as held:
        assert (await held.end()).cause == "captcha"


async def test_a_captcha_header(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html(POLL + "poll()")
    room.bodies = [b""] * 1000
    room.fetch_headers = {"bdturing-verify": "1"}
    async with holding(room, chromium, timings=BrowserTimings(trouble_s=0.1)) as held:
        assert (await held.end()).cause == "captcha"


@pytest.mark.parametrize("status", [404, 403, 503])
async def test_a_refused_page(room: RoomPage, chromium: str, status: int) -> None:
    room.status = status
    causes = {404: "not_found", 403: "forbidden", 503: "server_error"}
    async with holding(room, chromium) as held:
        assert (await held.end()).cause == causes[status]


LOGIN = "<div id='login-full-panel-1'>登录<div class='dy-account-close'>x</div></div>"


async def test_a_login_popup_is_closed(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html(
        SOCKET + "document.querySelector('.dy-account-close').onclick = () => push('page')", LOGIN
    )
    async with holding(room, chromium, timings=BrowserTimings(look_s=0.05)) as held:
        await room.until("page")
        await held.notes.until(lambda: held.notes.opens == 1)


async def test_a_login_popup_that_stays(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html("", LOGIN)
    async with holding(room, chromium, timings=BrowserTimings(look_s=0.05, open_s=1)) as held:
        assert (await held.end()).cause == "login_popup"


async def test_dialogs_do_not_stop_a_page(room: RoomPage, chromium: str) -> None:
    room.files[f"/{WEB_RID}"] = html(SOCKET + "alert('开播'); confirm('?'); push('page')")
    async with holding(room, chromium):
        await room.until("page")


# Pages and browsers that go


async def crash(held: Held) -> None:
    held.page._cdp.tell("Page.crash", None, held.page.session)


async def close_tab(held: Held) -> None:
    held.page._cdp.tell("Target.closeTarget", {"targetId": held.page._target})


async def kill_browser(held: Held) -> None:
    kill_chromium()


@pytest.mark.parametrize(
    ("harm", "cause"),
    [(crash, "page_crashed"), (close_tab, "page_closed"), (kill_browser, "browser_down")],
)
async def test_what_goes_is_told_at_once(
    room: RoomPage, chromium: str, harm: Callable[[Held], Awaitable[None]], cause: str
) -> None:
    async with holding(room, chromium) as held:
        await held.notes.until(lambda: held.notes.opens == 1)
        await harm(held)
        assert (await held.end()).cause == cause
