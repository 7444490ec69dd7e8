"""Whether a push handshake is good enough, and how Douyin refuses one; used by upgrade."""

import re
import time
from collections.abc import Mapping

import structlog
from aiohttp import web

from relay.sim.ledger import Ledger, Refusal

_log = structlog.get_logger(__name__)

REQUIRED = (
    "app_name",
    "version_code",
    "webcast_sdk_version",
    "compress",
    "device_platform",
    "browser_name",
    "browser_version",
    "host",
    "aid",
    "live_id",
    "did_rule",
    "user_unique_id",
    "im_path",
    "identity",
    "room_id",
)
"""Query parameters without which a handshake is refused."""


def handshake_fault(
    query: Mapping[str, str], headers: Mapping[str, str], cookies: Mapping[str, str]
) -> str:
    """Say what a handshake lacks, "" for nothing. Rooms and signatures are checked elsewhere."""
    missing = [name for name in REQUIRED if not query.get(name)]
    if missing:
        return f"query parameters missing: {', '.join(missing)}"
    if not cookies.get("ttwid"):
        return "no ttwid cookie"
    if not headers.get("User-Agent"):
        return "no User-Agent"
    return ""


def refuse(ledger: Ledger, room_id: str, reason: str, *, sign_check: bool = False) -> web.Response:
    """Answer a handshake as Douyin does when it does not trust it: HTTP 200, no upgrade.

    `sign_check`: in the words that some have seen instead of DEVICE_BLOCKED.
    """
    now_ms = time.time_ns() // 1_000_000
    ledger.refused += 1
    ledger.refusals.append(Refusal(now_ms, room_id, reason))
    _log.info("push handshake refused", room_id=room_id, reason=reason)
    return web.Response(
        headers={
            "Handshake-Msg": "sign check failed" if sign_check else "DEVICE_BLOCKED",
            "Handshake-Status": "415",
            "X-Tt-Logid": f"{now_ms}0000",
            "X-Sim-Reason": reason,
        }
    )


def replay_count(query: Mapping[str, str]) -> int:
    """Give how many persisted messages a query asks for; 0 where it names no number."""
    text = query.get("need_persist_msg_count", "")
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else 0
