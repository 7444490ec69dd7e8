"""Checks of how Douyin takes us: identity, logins, browser, room, signers, messages; by rounds."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random

from relay.config import Config
from relay.doctor.findings import Finding, bad, good, skipped
from relay.errors import FrameError, UpstreamError
from relay.room.hints import hint_for
from relay.room.source import Runs
from relay.upstream.broadcast import Broadcast
from relay.upstream.client import Upstream
from relay.upstream.identity import Identity, new_visitor_id
from relay.upstream.names import parse_room_name
from relay.upstream.params import AUDIENCE_PATH, push_query
from relay.upstream.status import RoomInfo, Status
from relay.upstream.transports.push_urls import PushUrls
from relay.webcast.pb.webcast_pb2 import Response
from relay.webcast.recording import Record

MESSAGE_S = 20.0
"""How long is waited for a first message: even quiet rooms send their numbers every few seconds."""
_NO_ROOM = "name a live room: relay doctor ROOM"
_LATER = "slow down, or use another network"


async def check_identity(upstream: Upstream) -> Finding:
    """See whether we get a ttwid."""
    cookies = await upstream.identities.anonymous.cookies()
    if "ttwid" in cookies:
        return good("identity", "an anonymous visitor, with a ttwid")
    return bad(
        "identity",
        "neither live_url nor register_url gives a ttwid",
        "without it Douyin refuses most requests; look at the hosts above, or " + _LATER,
    )


async def check_logins(upstream: Upstream) -> AsyncIterator[Finding]:
    """See whether logins are still good, as far as their files and upstream say."""
    if not upstream.identities.logins:
        yield skipped("login", "none; many rooms show gifts to logged-in people only")
    for login in upstream.identities.logins.values():
        renew = hint_for("login_expired", login)
        until_ms = login.login_valid_until_ms
        until = "its file does not say until when"
        if until_ms is not None:
            until = f"valid until {datetime.fromtimestamp(until_ms / 1000, UTC).date().isoformat()}"
        if login.has_expired:
            # A date of 1970 is how cookies are taken back.
            when = f", was {until}" if until_ms else ""
            yield bad("login", f"{login.name}: no longer valid{when}", renew)
            continue
        match await login.check():
            case True:
                yield good("login", f"{login.name}: upstream takes it; {until}")
            case False:
                yield bad("login", f"{login.name}: upstream takes it no more", renew)
            case None:
                yield good("login", f"{login.name}: {until}; upstream does not say more")


async def check_browser(upstream: Upstream) -> Finding:
    """See whether the browser starts, and opens Douyin's page."""
    if not upstream.pages.configured:
        return skipped("browser", "none is configured")
    try:
        signed_as = await upstream.pages.signed_as()
    except UpstreamError as error:
        return bad("browser", str(error), hint_for(error.cause))
    return good("browser", f"starts, and names itself {signed_as.user_agent[-40:]}")


async def check_room(upstream: Upstream, room: str) -> tuple[Finding, RoomInfo]:
    """Find the room, and see whether it is live."""
    info = await upstream.resolver.look(parse_room_name(room))
    names = " ".join(filter(None, (info.web_rid, info.room_id, info.anchor)))
    match info.status:
        case Status.ONLINE:
            return good("room", f"live: {names}"), info
        case Status.OFFLINE | Status.NO_ROOM:
            return skipped("room", f"{names} is not live; {_NO_ROOM}"), info
        case Status.NOT_FOUND:
            return bad("room", f"upstream knows no {room}", hint_for("not_found")), info
        case Status.UNKNOWN:
            fix = hint_for(info.cause) or "ask again later; relay resolve shows each answer"
            return bad("room", info.text or "it can't be found out", fix), info


async def check_signers(
    upstream: Upstream, config: Config, info: RoomInfo
) -> AsyncIterator[Finding]:
    """See whether each signer signs a push URL, or a request where that is all it signs."""
    if not config.signers:
        yield skipped("signers", "none; the push socket is asked for without a signature")
    # Any room will do: nobody is connected to.
    room_id = info.room_id or "7000000000000000001"
    visitor_id = new_visitor_id(Random())
    push_url = f"{PushUrls(config.upstream.push_urls).at(0)}?" + push_query(
        room_id, visitor_id, "", ""
    )
    request_url = f"{config.upstream.live_url.rstrip('/')}{AUDIENCE_PATH}?room_id={room_id}"
    for signer, its in zip(upstream.signers.each(), config.signers, strict=True):
        (name,) = signer.names
        of_requests = its.kind == "http" and its.shape == "evil0ctal"
        try:
            if of_requests:
                await signer.sign_http(request_url)
            else:
                await signer.sign_socket(push_url, room_id=room_id, visitor_id=visitor_id)
        except UpstreamError as error:
            yield bad("signers", str(error), hint_for(error.cause))
        else:
            what = "a request, and no push URLs" if of_requests else "a push URL"
            yield good("signers", f"{name} signs {what}")


async def check_messages(upstream: Upstream, info: RoomInfo) -> AsyncIterator[Finding]:
    """Connect to the broadcast and poll it, and wait for a first message each time."""
    if info.status is not Status.ONLINE:
        yield skipped("socket", _NO_ROOM)
        yield skipped("polling", _NO_ROOM)
        return
    identity = upstream.identities.choose([info.web_rid, info.room_id])
    yield await _receive("socket", upstream.socket(), info, identity)
    yield await _receive("polling", upstream.poll(), info, identity)
    if "browser" in upstream.transports():
        transport = upstream.transports()["browser"]
        yield await _receive("page", transport, info, identity)


class _First:
    """Waits for a first message."""

    def __init__(self) -> None:
        self.open = False
        self.came = asyncio.Event()
        self.unreadable_cause = ""

    def opened(self) -> None:
        """Note that upstream took us."""
        self.open = True

    def heard(self) -> None:
        """Take no notice."""

    def received(self, response: Response, record: Record) -> None:
        """Note that messages came."""
        if response.messages and self.open:
            self.came.set()

    def unreadable(self, error: FrameError, record: Record | None, *, lost: bool) -> None:
        """Note that something came that can't be read."""
        self.unreadable_cause = error.cause

    def lost(self, reason: str) -> None:
        """Take no notice."""

    def ended(self) -> None:
        """Take no notice."""


async def _receive(what: str, transport: Runs, info: RoomInfo, identity: Identity) -> Finding:
    broadcast = Broadcast(info.room_id, info.web_rid, new_visitor_id(Random()), identity)
    first = _First()
    loop = asyncio.get_running_loop()
    begin_s = loop.time()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(transport.run(broadcast, first), name=f"doctor:{what}")
        coming = tasks.create_task(first.came.wait(), name=f"doctor:{what}:first")
        await asyncio.wait(
            (running, coming), timeout=MESSAGE_S, return_when=asyncio.FIRST_COMPLETED
        )
        running.cancel()
        coming.cancel()
    took_s = loop.time() - begin_s
    if first.came.is_set():
        return good(what, f"connected; the first message came after {took_s:.1f} s")
    end = None if running.cancelled() else running.result()
    if end is not None:
        return bad(what, end.text, hint_for(end.cause, identity) or _LATER)
    if first.unreadable_cause:
        return bad(what, "what comes can't be read", "Douyin may have changed; report this")
    if not first.open:
        return bad(what, f"not connected within {took_s:.0f} s", hint_for("timeout"))
    return bad(
        what,
        f"connected, and no message within {took_s:.0f} s",
        "Douyin takes us and tells nothing: another identity or network may do",
    )
