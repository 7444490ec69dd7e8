"""Asks every way what it knows of a room, for people who want to see; called by cli."""

from collections.abc import AsyncIterator, Awaitable
from typing import NamedTuple

import msgspec

from relay.errors import UpstreamError
from relay.upstream.names import NameKind, RoomName, parse_room_name
from relay.upstream.reflow import PRESENT
from relay.upstream.status import NOTHING_KNOWN, RoomInfo, Status
from relay.upstream.ways import Ways


class Finding(NamedTuple):
    """What one way said."""

    way: str
    """`short link`, `web/enter`, `room page` or `reflow/info`."""
    info: RoomInfo
    """`unknown` with its cause where it said nothing."""


async def survey(ways: Ways, name: RoomName) -> AsyncIterator[Finding]:
    """Ask all ways that the name, and what came out so far, allow; each once."""
    known = NOTHING_KNOWN
    if name.kind is NameKind.SHORT_LINK:
        try:
            target = await ways.follow(name.code)
        except UpstreamError as error:
            yield _failed("short link", error)
            return
        known = RoomInfo(Status.UNKNOWN, room_id=target.room_id, sec_uid=target.sec_uid)
        name = parse_room_name(target.path or target.room_id or target.sec_uid)
        if name.kind is NameKind.WEB_RID:
            known = known.completed_by(RoomInfo(Status.UNKNOWN, web_rid=name.value))
        yield Finding("short link", known)
    if name.kind in (NameKind.ROOM_ID, NameKind.SEC_UID):
        room_id = name.value if name.kind is NameKind.ROOM_ID else PRESENT
        sec_uid = known.sec_uid if name.kind is NameKind.ROOM_ID else name.value
        finding = await _ask("reflow/info", ways.reflow(room_id, sec_uid))
        yield finding
        known = finding.info.completed_by(known)
    path = known.web_rid or (name.value if name.kind in (NameKind.WEB_RID, NameKind.HANDLE) else "")
    if not path:
        return
    for way, ask in (("web/enter", ways.enter), ("room page", ways.page)):
        finding = await _ask(way, ask(path))
        yield finding
        known = msgspec.structs.replace(
            known.completed_by(finding.info), room_id=known.room_id or finding.info.room_id
        )
    if name.kind in (NameKind.WEB_RID, NameKind.HANDLE) and (known.sec_uid or known.room_id):
        room_id = PRESENT if known.sec_uid else known.room_id
        yield await _ask("reflow/info", ways.reflow(room_id, known.sec_uid))


async def _ask(way: str, asked: Awaitable[RoomInfo]) -> Finding:
    try:
        return Finding(way, await asked)
    except UpstreamError as error:
        return _failed(way, error)


def _failed(way: str, error: UpstreamError) -> Finding:
    status = Status.NOT_FOUND if error.cause == "not_found" else Status.UNKNOWN
    return Finding(way, RoomInfo(status, cause=error.cause, text=str(error)))
