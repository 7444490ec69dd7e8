"""Reads the state that a room page carries in its scripts; no I/O, used by calls.

The page pushes React "flight" rows as `self.__pace_f.push([1,"…escaped JSON…"])`; one row holds
`{"state":{"roomStore":…}}`. (Sources: jwwsjlm, saermart; the layout changes now and then.)
"""

import json
import re
from typing import Any, NamedTuple

from relay.errors import UpstreamError
from relay.upstream.status import RoomInfo, Status, read_page_state

_PUSH = "self.__pace_f.push("
_SCRIPT_END = "</script>"
_STATE = '{"state":'
_MAX_CANDIDATES = 8
"""Rows that begin like the wanted one. The bound keeps reading a hostile page linear."""
# What a changed layout most likely still has. A fixed number of characters: no backtracking.
_ROOM_ID = re.compile(r'roomId\\{0,2}":\\{0,2}"([0-9]{17,20})\\{0,2}"')
_CAPTCHA_WORDS = ("验证码", "TTGCaptcha", "verifycenter")
_CHALLENGE_WORDS = ("__ac_signature", "byted_acrawler", "__ac_nonce")
_decoder = json.JSONDecoder()


class Page(NamedTuple):
    """What a room page says."""

    info: RoomInfo
    state: dict[str, Any] | None
    """All of it, as it came; None where only the room_id was found, and the status is unknown."""


def read_page(html: str) -> Page:
    """Tell what a room page says of its room.

    Raises UpstreamError: `captcha`,
    `challenge`, or `bad_body` where nothing is found.
    """
    rows = "".join(_pushed(html))
    position = -1
    for _ in range(_MAX_CANDIDATES):
        position = rows.find(_STATE, position + 1)
        if position < 0:
            break
        try:
            document, _end = _decoder.raw_decode(rows, position)
        except (ValueError, RecursionError):
            continue
        state = document["state"]
        info = read_page_state(state)
        if info is not None:
            return Page(info, state)
    if match := _ROOM_ID.search(html):
        info = RoomInfo(
            Status.UNKNOWN,
            room_id=match[1],
            cause="bad_body",
            text="the room page no longer says in a known way whether the room is live",
        )
        return Page(info, None)
    if any(word in html for word in _CAPTCHA_WORDS):
        raise UpstreamError("captcha", "the room page is a captcha")
    if any(word in html for word in _CHALLENGE_WORDS):
        raise UpstreamError("challenge", "the room page is a script challenge")
    raise UpstreamError("bad_body", "the room page holds no room state")


def _pushed(html: str) -> list[str]:
    """Collect the texts that the page pushes; a row may be spread over several pushes."""
    texts = []
    position = html.find(_PUSH)
    while position >= 0:
        start = position + len(_PUSH)
        end = html.find(_SCRIPT_END, start)
        block = html[start : end if end >= 0 else len(html)]
        try:
            pushed, _ = _decoder.raw_decode(block)
        except (ValueError, RecursionError):
            pushed = None
        if isinstance(pushed, list) and len(pushed) > 1 and isinstance(pushed[1], str):
            texts.append(pushed[1])
        # After the block, not inside it: each character is looked at once.
        position = html.find(_PUSH, start + len(block))
    return texts
