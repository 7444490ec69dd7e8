"""Events and notices as lines for people; used by tail."""

import time
from typing import Any

from relay.client import Gap, Message, Notice, RoomNotice
from relay.events.methods import SHORT_NAMES

_SHORT = {method: short for short, methods in SHORT_NAMES.items() for method in methods}
_WIDTH = 11
_MAX_CHARACTERS = 500


def event_line(message: Message) -> str:
    """Write an event: time, short method, who, what."""
    name = _SHORT.get(message.method) or message.method.removeprefix("Webcast")
    said = _said(_SHORT.get(message.method, ""), message.payload)
    user = message.payload.get("user")
    nickname = user.get("nickname") if isinstance(user, dict) else None
    who = f"<{nickname}> " if nickname else ""
    return _printable(f"{_clock(message.time)} {name:<{_WIDTH}} {who}{said}")


def notice_line(notice: Notice) -> str | None:
    """Write a change of state or a gap; None for notices that need no line."""
    room = getattr(notice, "web_rid", "") or getattr(notice, "room_id", "")
    match notice:
        case RoomNotice():
            about = " ".join(filter(None, (notice.anchor, notice.title)))
            # Where it is live all the same, what it has is told by its health only.
            why = notice.reason or str(notice.health.get("cause") or "")
            reason = f" ({why})" if why else ""
            return _printable(f"room {room}: {notice.state}{reason} {about}")
        case Gap():
            if notice.first is not None and notice.last is not None:
                many = f"events {notice.first} to {notice.last}"
            else:
                many = "some events"
            return _printable(f"room {room}: {many} can't be had ({notice.reason})")
        case _:
            return None


def _said(short: str, payload: dict[str, Any]) -> str:
    content = str(payload.get("content") or "")
    match short:
        case "gift" | "binding_gift" | "light_gift":
            ended = ", combo ended" if payload.get("repeat_end") else ""
            name, count = payload.get("name") or "gift", payload.get("count")
            return f"{name} x{count} ({payload.get('diamond_total')} diamonds{ended})"
        case "like":
            return f"x{payload.get('count')} (total {payload.get('total')})"
        case "member":
            return f"{content} ({payload.get('member_count')} in the room)"
        case "social":
            match payload.get("action"):
                case 1:
                    return "follows"
                case 3:
                    return " ".join(filter(None, ("shares", payload.get("share_channel"))))
        case "seq":
            return f"{payload.get('total')} watching, {payload.get('total_user')} so far"
    return content


def _clock(ms: int) -> str:
    try:
        return time.strftime("%H:%M:%S", time.localtime(ms / 1000))
    except (OverflowError, ValueError, OSError):
        return "--:--:--"


def _printable(text: str) -> str:
    """Keep what strangers wrote from steering the terminal, and one line a line."""
    line = "".join(c if c.isprintable() else " " for c in text).rstrip()
    return line if len(line) <= _MAX_CHARACTERS else f"{line[:_MAX_CHARACTERS]}…"
