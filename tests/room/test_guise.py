"""Whom a connection comes as after it failed."""

from typing import Any

import pytest
import structlog

from relay.room.guise import Guise
from relay.room.retry import Policy
from relay.upstream.broadcast import Broadcast
from relay.upstream.failures import SessionEnd
from relay.upstream.identities import IdentityPool
from relay.upstream.identity import Identity


class Login(Identity):
    """A login that tells what it was blocked for."""

    def __init__(self) -> None:
        super().__init__("tv")
        self.is_login = True
        self.is_shared = True
        self.has_expired = False
        self.blocked_for: list[str] = []

    def blocked(self, cause: str) -> None:
        self.blocked_for.append(cause)


@pytest.mark.parametrize(
    ("cause", "all_signers_tried", "rests"),
    [
        ("sign_check", True, False),
        ("handshake_refused", True, False),
        ("empty_body", True, False),
        ("captcha", True, False),
        ("rate_limited", True, False),
        ("device_blocked", False, False),
        ("device_blocked", True, True),
        ("login_wanted", False, True),
        ("login_expired", False, True),
    ],
)
async def test_a_login_rests_in_all_rooms_only_for_what_speaks_of_it(
    cause: str, all_signers_tried: bool, rests: bool
) -> None:
    login: Any = Login()
    broadcast = Broadcast("7600000000000000001", "", "1", login)
    guise = Guise(
        broadcast,
        [broadcast],
        IdentityPool(Identity("anonymous"), [login]),
        ["80000000001"],
        policy=Policy(),
        log=structlog.get_logger(),
    )
    guise.change(SessionEnd(cause, ""), all_signers_tried=all_signers_tried)
    assert broadcast.identity.name == "anonymous"
    assert login.blocked_for == ([cause] if rests else [])
