"""Reads what users call a room; called by room/manager for every name, and by cli.

A room is named by its web_rid, the anchor's handle, a page or share URL, or a room_id.
"""

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from relay.errors import RoomNameError

# Written out: \d and str.isdigit() take full-width and other digits too.
_DIGITS = re.compile(r"[0-9]+")
_HANDLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_PAGE_HOST = "live.douyin.com"
_SHARE_HOSTS = ("webcast.amemv.com", "www.iesdouyin.com", "www.douyin.com")
_SHARE_PATH = re.compile(r"/(?:[A-Za-z0-9_]+/){0,4}reflow/([0-9]{17,20})/?")
_SHORT_HOST = "v.douyin.com"

MAX_NAME_CHARS = 500
WEB_RID_DIGITS = 16
"""Up to here digits are a web_rid (11-12 in practice), from 17 to 20 a room_id (19)."""
ROOM_ID_DIGITS = 20


class NameKind(StrEnum):
    """What a name is."""

    WEB_RID = "web_rid"
    HANDLE = "handle"
    """The anchor's own id (letters); it opens the same page as the web_rid."""
    ROOM_ID = "room_id"
    """One broadcast; the room is found through it."""


class RoomName(NamedTuple):
    """A name that can be asked for."""

    kind: NameKind
    value: str
    """Safe to put into a URL path: ASCII letters, digits, `_`, `.`, `-`."""


def parse_room_name(text: str) -> RoomName:
    """Tell what `text` names. Raises RoomNameError, which says what is allowed."""
    if "/" in text:
        return _parse_url(text)
    if _DIGITS.fullmatch(text):
        if len(text) <= WEB_RID_DIGITS:
            return RoomName(NameKind.WEB_RID, text)
        if len(text) <= ROOM_ID_DIGITS:
            return RoomName(NameKind.ROOM_ID, text)
    # A dot segment would climb out of the page's path.
    elif _HANDLE.fullmatch(text) and text.strip("."):
        return RoomName(NameKind.HANDLE, text)
    raise _refusal(text)


def _parse_url(text: str) -> RoomName:
    if len(text) > MAX_NAME_CHARS or not text.isascii() or re.search(r"[\s\x00-\x1f\x7f\\]", text):
        raise _refusal(text)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname or ""
        plain = parts.scheme in ("http", "https") and parts.port is None
    except ValueError:
        raise _refusal(text) from None
    if not plain or parts.username is not None:
        raise _refusal(text)
    if host == _SHORT_HOST:
        raise RoomNameError(
            f"{_shown(text)} is a short link; open it in a browser and use the address it leads "
            "to, https://live.douyin.com/<web_rid>"
        )
    if host == _PAGE_HOST:
        name = parts.path.removeprefix("/").removesuffix("/")
        if name and "/" not in name:
            return parse_room_name(name)
    elif host in _SHARE_HOSTS and (match := _SHARE_PATH.fullmatch(parts.path)):
        return RoomName(NameKind.ROOM_ID, match[1])
    raise _refusal(text)


def _refusal(text: str) -> RoomNameError:
    return RoomNameError(
        f"{_shown(text)} names no room; allowed are a web_rid (the digits in "
        "live.douyin.com/<web_rid>), the anchor's id (letters, digits, '_', '.', '-'), a 19-digit "
        "room_id, or the address of a live page or shared room, without spaces"
    )


def _shown(text: str) -> str:
    # It goes back to whoever sent it and into logs: keep it short and printable.
    return ascii(text if len(text) <= 80 else text[:80] + "…")
