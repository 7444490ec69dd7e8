"""What is known of a room, and how each of upstream's answers says it; no I/O.

Used by resolve and all around it, and by room. Sources: recorded web/enter answers; facts from
f2, douyinLive and biliup for the codes.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from relay.errors import UpstreamError
from relay.upstream.http import refuse_html
from relay.webcast.rest.codes import refusal


class Status(StrEnum):
    """Whether a room is live. What isn't known is `unknown`, never one of the others."""

    ONLINE = "online"
    OFFLINE = "offline"
    NO_ROOM = "no_room"
    """The account exists and has never been live."""
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


class RoomInfo(Struct, frozen=True):
    """What upstream says of a room. Texts are "" where it didn't say."""

    status: Status
    web_rid: str = ""
    room_id: str = ""
    """The current broadcast, or the last one where it is offline."""
    title: str = ""
    anchor: str = ""
    """The anchor's nickname."""
    sec_uid: str = ""
    """The anchor's stable id."""
    cause: str = ""
    """Why the status is unknown: one of failures.CAUSES."""
    text: str = ""
    """The same for people, or upstream's own words."""

    def completed_by(self, other: "RoomInfo") -> "RoomInfo":
        """Fill in from `other` what this one doesn't say about the room."""
        return msgspec.structs.replace(
            self,
            web_rid=self.web_rid or other.web_rid,
            title=self.title or other.title,
            anchor=self.anchor or other.anchor,
            sec_uid=self.sec_uid or other.sec_uid,
        )


NOTHING_KNOWN = RoomInfo(Status.UNKNOWN)


class _Anchor(Struct):
    web_rid: str | None = None
    nickname: str | None = None
    sec_uid: str | None = None


class _Room(Struct):
    id_str: str | None = None
    status: int | None = None
    status_str: str | None = None
    title: str | None = None
    owner: _Anchor | None = None


class _EnterData(Struct):
    data: list[_Room] | None = None
    enter_room_id: str | None = None
    room_status: int | None = None
    user: _Anchor | None = None
    prompts: str | None = None
    message: str | None = None


class _Enter(Struct):
    status_code: int
    data: _EnterData | None = None


class _PageRoomInfo(Struct):
    room: _Room | None = None
    roomId: str | None = None  # noqa: N815  upstream's name
    web_rid: str | None = None
    anchor: _Anchor | None = None


class _PageRoomStore(Struct):
    roomInfo: _PageRoomInfo | None = None  # noqa: N815  upstream's name


class _PageState(Struct):
    roomStore: _PageRoomStore  # noqa: N815  upstream's name


_ROOM_STATUS: Mapping[int | None, Status] = MappingProxyType(
    {
        1: Status.OFFLINE,  # preparing
        2: Status.ONLINE,
        3: Status.ONLINE,  # paused: the broadcast goes on, with the same room_id
        4: Status.OFFLINE,  # ended
    }
)
"""`room.status`, the same in web/enter, reflow/info and the page."""

_ENTER_STATUS: Mapping[int | None, Status] = MappingProxyType(
    {
        0: Status.ONLINE,
        1: Status.ONLINE,  # audio only
        2: Status.OFFLINE,
    }
)
"""`data.room_status` of web/enter only, used where its room has no status."""

_STATUS_BY_CAUSE: Mapping[str, Status] = MappingProxyType(
    {"unknown_room": Status.NOT_FOUND, "room_over": Status.OFFLINE}
)
"""What a refusal says of the room; the others say nothing of it."""

_T = TypeVar("_T")


def read_enter(body: bytes) -> RoomInfo:
    """Read a web/enter answer. Raises UpstreamError where it says nothing about the room."""
    answer = _decode(body, _Enter)
    data = answer.data or _EnterData()
    if answer.status_code:
        words = data.prompts or data.message or ""
        return read_refusal(refusal("web/enter", answer.status_code, words))
    anchor = data.user or _Anchor()
    room = data.data[0] if data.data else _Room()
    room_id = _id(room.id_str) or _id(data.enter_room_id)
    status = _status_of(room) or _ENTER_STATUS.get(data.room_status)
    if status is Status.OFFLINE and not room_id and anchor.nickname:
        status = Status.NO_ROOM
    return _with_anchor(_room_info(status, room_id, room), anchor)


def read_refusal(refused: UpstreamError) -> RoomInfo:
    """Tell what a refusal says of the room; raises it again where that is nothing."""
    status = _STATUS_BY_CAUSE.get(refused.cause)
    if status is None:
        raise refused
    return RoomInfo(status, text=str(refused))


def read_room(room: dict[str, Any]) -> RoomInfo:
    """Read a room object as /info serves it, whichever answer it is from."""
    read = msgspec.convert(room, _Room)
    return _room_info(_status_of(read), _id(read.id_str), read)


def read_page_state(state: object) -> RoomInfo | None:
    """Read the `state` object of a room page; None where it is not about a room."""
    try:
        page = msgspec.convert(state, _PageState, strict=False)
    except (msgspec.ValidationError, RecursionError):
        return None
    found = page.roomStore.roomInfo
    if found is None:
        return None
    anchor = found.anchor or _Anchor()
    room = found.room or _Room()
    room_id = _id(room.id_str) or _id(found.roomId)
    status = _status_of(room)
    if status is None and not room_id and anchor.nickname:
        status = Status.NO_ROOM
    info = _with_anchor(_room_info(status, room_id, room), anchor)
    return info.completed_by(RoomInfo(Status.UNKNOWN, web_rid=_id(found.web_rid)))


def _decode(body: bytes, kind: type[_T]) -> _T:
    refuse_html(body)
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamError("bad_body", f"upstream's JSON can't be read: {error}") from None


def _status_of(room: _Room) -> Status | None:
    number = room.status
    if number is None and room.status_str in ("1", "2", "3", "4"):
        number = int(room.status_str)
    return _ROOM_STATUS.get(number)


def _room_info(status: Status | None, room_id: str, room: _Room) -> RoomInfo:
    if status is Status.ONLINE and not room_id:
        status = None
    info = RoomInfo(
        status or Status.UNKNOWN,
        room_id=room_id,
        title=_text(room.title, 500),
        cause="" if status else "bad_body",
        text="" if status else "the answer does not say whether the room is live",
    )
    return _with_anchor(info, room.owner or _Anchor())


def _with_anchor(info: RoomInfo, anchor: _Anchor) -> RoomInfo:
    return info.completed_by(
        RoomInfo(
            Status.UNKNOWN,
            web_rid=_id(anchor.web_rid),
            anchor=_text(anchor.nickname, 200),
            sec_uid=(anchor.sec_uid or "")[:200],
        )
    )


def _text(text: str | None, max_chars: int) -> str:
    """Give a text that can be written as UTF-8: a page may cut an emoji in two."""
    return (text or "")[:max_chars].encode(errors="replace").decode()


def _id(text: str | None) -> str:
    """Give an id if it is one: the page has "$1f" references and "0" where it knows none."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 20:
        return ""
    return text if text.strip("0") else ""
