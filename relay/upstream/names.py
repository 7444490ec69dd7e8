"""Reads what users call a room; called by room/manager for every name, and by cli.

A room is named by its web_rid, the anchor's handle or sec_uid, a page or share URL, a short link, a
text that holds one of these URLs (what the app's "share" puts into the clipboard), or a room_id.
"""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from relay.errors import RoomNameError

# Written out: \d and str.isdigit() take full-width and other digits too.
_DIGITS = re.compile(r"[0-9]+")
_HANDLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SEC_UID = re.compile(r"MS4wLjAB[A-Za-z0-9_-]{20,192}")
_CODE = re.compile(r"[A-Za-z0-9_-]{4,64}")
_PAGE_HOST = "live.douyin.com"
_USER_HOSTS = ("www.douyin.com", "www.iesdouyin.com")
_SHARE_HOSTS = ("webcast.amemv.com", *_USER_HOSTS)
_HOSTS = (_PAGE_HOST, *_SHARE_HOSTS)
_SHARE_PATH = re.compile(r"/(?:[A-Za-z0-9_]+/){0,4}reflow/([0-9]{17,20})/?")
_USER_PATH = re.compile(r"/(?:share/)?user/([^/]*)/?")
_ROOM_PATH = re.compile(r"/(?:root|follow)/live/([^/]+)/?")
_SHORT_HOST = "v.douyin.com"
_SHORT_PREFIX = f"{_SHORT_HOST}~"
_URL = re.compile(
    r"(?:https?://[A-Za-z0-9.-]+|(?<![A-Za-z0-9.@/-])v\.douyin\.com)/[\x21-\x7e]*", re.IGNORECASE
)
_SENTENCE_ENDS = ".,;:!?'\")]}>*"
"""What stands behind a URL in a sentence, and is none of it."""
_MAX_URLS = 4
"""Looked at in a text. The app's own texts hold one."""

MAX_NAME_CHARS = 500
WEB_RID_DIGITS = 16
"""Up to here digits are a web_rid (11-12 in practice), from 17 to 20 a room_id (19)."""
ROOM_ID_DIGITS = 20


class NameKind(StrEnum):
    """What a name is."""

    WEB_RID = "web_rid"
    HANDLE = "handle"
    """The anchor's own id (letters); it opens the same page as the web_rid."""
    SEC_UID = "sec_uid"
    """The anchor's stable key; the room is found through the anchor's present broadcast."""
    ROOM_ID = "room_id"
    """One broadcast; the room is found through it."""
    SHORT_LINK = "short_link"
    """What the app shares: it leads to one of the others."""


class RoomName(NamedTuple):
    """A name that can be asked for."""

    kind: NameKind
    value: str
    """Safe to put into a URL path: ASCII letters, digits, `_`, `.`, `-`; and one `~` in the value
    of a short link, which no other kind has."""

    @property
    def code(self) -> str:
        """What stands in a short link behind its host."""
        return self.value.removeprefix(_SHORT_PREFIX)


class Target(NamedTuple):
    """Where a share or page URL leads; "" for what it does not say."""

    path: str = ""
    """A web_rid or handle."""
    room_id: str = ""
    sec_uid: str = ""


def parse_room_name(text: str) -> RoomName:
    """Tell what `text` names. Raises RoomNameError, which says what is allowed."""
    text = text.strip()
    if len(text) > MAX_NAME_CHARS:
        raise _refusal(text)
    if "/" in text:
        return _parse_url(text) or _parse_shared(text)
    if text.startswith(_SHORT_PREFIX) and _CODE.fullmatch(text.removeprefix(_SHORT_PREFIX)):
        return RoomName(NameKind.SHORT_LINK, text)
    return _parse_id(text) or _refuse(text)


def read_target(url: str, also: Collection[str] = ()) -> Target | None:
    """Tell where a URL of Douyin's leads; None: to no room, or it isn't one of Douyin's.

    `also` are further authorities (host, or host:port) that count as Douyin's.
    """
    parts = _split(url)
    if parts is None or not (_is_plain(parts, _HOSTS) or parts.netloc in also):
        return None
    query = parse_qs(parts.query, max_num_fields=100)
    named = next((v for key in ("sec_user_id", "sec_uid") for v in query.get(key, [])), "")
    sec_uid = named if _SEC_UID.fullmatch(named) else ""
    if match := _SHARE_PATH.fullmatch(parts.path):
        return Target(room_id=match[1], sec_uid=sec_uid)
    if match := _USER_PATH.fullmatch(parts.path):
        sec_uid = match[1] if _SEC_UID.fullmatch(match[1]) else sec_uid
        return Target(sec_uid=sec_uid) if sec_uid else None
    match = _ROOM_PATH.fullmatch(parts.path)
    name = match[1] if match else parts.path.removeprefix("/").removesuffix("/")
    # Elsewhere a path of one segment is not a room's.
    if parts.hostname in _SHARE_HOSTS and not match:
        return None
    found = _parse_id(name)
    if found is None or found.kind is NameKind.SEC_UID:
        return None
    if found.kind is NameKind.ROOM_ID:
        return Target(room_id=found.value, sec_uid=sec_uid)
    return Target(path=found.value, sec_uid=sec_uid)


def is_douyins(url: str) -> bool:
    """Tell whether a URL is one of a page of Douyin's that may show a room or an anchor."""
    parts = _split(url)
    return parts is not None and _is_plain(parts, _HOSTS)


def _parse_id(text: str) -> RoomName | None:
    if _DIGITS.fullmatch(text):
        if len(text) <= WEB_RID_DIGITS:
            return RoomName(NameKind.WEB_RID, text)
        if len(text) <= ROOM_ID_DIGITS:
            return RoomName(NameKind.ROOM_ID, text)
        return None
    if _SEC_UID.fullmatch(text):
        return RoomName(NameKind.SEC_UID, text)
    # A dot segment would climb out of the page's path.
    if _HANDLE.fullmatch(text) and text.strip("."):
        return RoomName(NameKind.HANDLE, text)
    return None


def _parse_url(text: str) -> RoomName | None:
    url = text if "://" in text else f"https://{text}"
    parts = _split(url)
    if parts is None:
        return None
    if _is_plain(parts, (_SHORT_HOST,)):
        code = parts.path.removeprefix("/").removesuffix("/")
        return (
            RoomName(NameKind.SHORT_LINK, _SHORT_PREFIX + code) if _CODE.fullmatch(code) else None
        )
    target = read_target(url)
    if target is None:
        return None
    return _parse_id(target.path or target.room_id or target.sec_uid)


def _parse_shared(text: str) -> RoomName:
    """Read a text with a link in it, as the app copies it."""
    for url in _urls(text):
        if url != text and (name := _parse_url(url)) is not None:
            return name
    raise _refusal(text)


def _urls(text: str) -> Iterator[str]:
    # A text has more in it than its link: one that has not is a URL that was refused already.
    if text.isascii() and not re.search(r"[ \r\n(]", text):
        return
    for _, match in zip(range(_MAX_URLS), _URL.finditer(text), strict=False):
        yield match[0].rstrip(_SENTENCE_ENDS)


def _split(url: str) -> SplitResult | None:
    """Split a URL that can be asked for as it stands; None where it can't."""
    if not url.isascii() or re.search(r"[\s\x00-\x1f\x7f\\]", url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where the port is no number
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.username is None else None


def _is_plain(parts: SplitResult, hosts: Collection[str]) -> bool:
    return parts.hostname in hosts and parts.port is None


def _refuse(text: str) -> RoomName:
    raise _refusal(text)


def _refusal(text: str) -> RoomNameError:
    return RoomNameError(
        f"{_shown(text)} names no room; allowed are a web_rid (the digits in "
        "live.douyin.com/<web_rid>), the anchor's id (letters, digits, '_', '.', '-') or sec_uid "
        "(MS4wLjAB...), a 19-digit room_id, the address of a live page, shared room or user, a "
        "v.douyin.com link, or the text that the app shares"
    )


def _shown(text: str) -> str:
    # It goes back to whoever sent it and into logs: keep it short and printable.
    return repr(text if len(text) <= 80 else text[:80] + "…")
