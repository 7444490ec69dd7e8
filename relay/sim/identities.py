"""Who comes to the simulator: ttwids and logins, their age, which are blocked; used by gate."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from relay.sim.behaviours import Behaviours, Blocked, Stall

MAX_KNOWN = 10_000
"""Ttwids and logins remembered, of each; the oldest go first."""

_STALLS: dict[Blocked, Stall] = {
    "silent": "silent",
    "heartbeats": "heartbeats",
    "low_value": "low_value",
}


class Known(Struct):
    """A ttwid, or a login's sessionid."""

    value: str
    since_ms: int
    """When it was given or first seen, Unix ms."""
    since_s: float
    """The same by the monotonic clock."""
    connects: int = 0
    """Push connections that it made."""
    blocked: bool = False
    expired: bool = False

    def counts(self, lasts_s: float) -> bool:
        """Say whether it still does; `lasts_s` 0: for ever."""
        if lasts_s and time.monotonic() - self.since_s >= lasts_s:
            self.expired = True
        return not self.expired


class IdentityOrder(Struct, forbid_unknown_fields=True):
    """What POST /_sim/identities takes."""

    do: Literal["block", "unblock", "expire"]
    value: str = ""
    """A ttwid or a sessionid; empty: every one that was seen so far."""


class Identities:
    """The cookies that the simulator gave or was shown."""

    def __init__(self) -> None:
        self.ttwids: OrderedDict[str, Known] = OrderedDict()
        self.logins: OrderedDict[str, Known] = OrderedDict()

    def issue(self) -> str:
        """Make a new ttwid."""
        ttwid = f"1%7C{secrets.token_urlsafe(32)}"
        _known(self.ttwids, ttwid)
        return ttwid

    def connected(self, cookies: Mapping[str, str]) -> None:
        """Count a push connection."""
        for known in self._of(cookies):
            known.connects += 1

    def has_ttwid(self, cookies: Mapping[str, str], behaviours: Behaviours) -> bool:
        """Say whether there is a ttwid that still counts."""
        ttwid = cookies.get("ttwid", "")
        return bool(ttwid) and _known(self.ttwids, ttwid).counts(behaviours.ttwid_lasts_s)

    def logged_in(self, cookies: Mapping[str, str], behaviours: Behaviours) -> bool:
        """Say whether there is a login that counts."""
        login = cookies.get("sessionid", "")
        if not login or (behaviours.logins and login not in behaviours.logins):
            return False
        return _known(self.logins, login).counts(behaviours.login_lasts_s)

    def blocked(self, cookies: Mapping[str, str], behaviours: Behaviours) -> bool:
        """Say whether the ttwid or the login is blocked."""
        most = behaviours.identity_max_connects
        for known in self._of(cookies):
            if most and known.value in self.ttwids and known.connects >= most:
                known.blocked = True
            if known.blocked or known.value in behaviours.blocked_identities:
                return True
        return False

    def stall(self, cookies: Mapping[str, str], behaviours: Behaviours) -> Stall:
        """Say how connections of who is blocked stall; `none` for everybody else."""
        stall = _STALLS.get(behaviours.blocked_identity, "none")
        return stall if stall != "none" and self.blocked(cookies, behaviours) else "none"

    def void(self, login: str) -> None:
        """Let a login count no more."""
        _known(self.logins, login).expired = True

    def order(self, order: IdentityOrder) -> int:
        """Do as ordered; give how many identities it is about."""
        every = [*self.ttwids.values(), *self.logins.values()]
        meant = [known for known in every if order.value in ("", known.value)]
        if not meant:
            meant = [_known(self.ttwids, order.value)] if order.value else []
        for known in meant:
            match order.do:
                case "block" | "unblock":
                    known.blocked = order.do == "block"
                case "expire":
                    known.expired = True
        return len(meant)

    def _of(self, cookies: Mapping[str, str]) -> list[Known]:
        ttwid, login = cookies.get("ttwid", ""), cookies.get("sessionid", "")
        found = [_known(self.ttwids, ttwid)] if ttwid else []
        return [*found, _known(self.logins, login)] if login else found


def _known(among: OrderedDict[str, Known], value: str) -> Known:
    known = among.get(value)
    if known is None:
        known = among[value] = Known(value, time.time_ns() // 1_000_000, time.monotonic())
        if len(among) > MAX_KNOWN:
            among.popitem(last=False)
    return known
