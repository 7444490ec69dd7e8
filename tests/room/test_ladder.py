"""Which transport is used next."""

from random import Random
from typing import Any

import pytest

from relay.room.ladder import NEVER, Ladder
from relay.room.retry import BackOff, Policy
from relay.upstream.failures import Failure

ALL = ("poll", "socket", "browser")


def ladder(configured: Any = "auto", available: Any = ("socket", "poll")) -> Ladder:
    policy = Policy(climb=BackOff(60, 1800), random=Random(1))
    return Ladder(configured, available, policy)


@pytest.mark.parametrize("configured", ["socket", "poll", "browser"])
def test_a_configured_transport_is_kept(configured: str) -> None:
    choice = ladder(configured, ALL)
    for failure in Failure:
        choice.step(failure, now=0)
        assert (choice.transport, choice.climb_at) == (configured, NEVER)
    assert choice.size == 1


def test_auto_goes_from_the_socket_to_the_browser_to_polling_and_round() -> None:
    choice = ladder("auto", ALL)
    seen = []
    for _ in range(6):
        seen.append(choice.transport)
        choice.step(Failure.BLOCKED, now=0)
    assert seen == ["socket", "browser", "poll"] * 2


def test_what_stands_in_for_the_socket_remembers_what_the_socket_failed_of() -> None:
    choice = ladder("auto", ALL)
    assert choice.stands_in_for is None
    choice.step(Failure.BLOCKED, now=0)
    choice.step(Failure.BROWSER, now=0)
    assert (choice.transport, choice.stands_in_for) == ("poll", Failure.BLOCKED)
    choice.step(Failure.NETWORK, now=0)
    assert (choice.transport, choice.stands_in_for) == ("socket", None)


def test_the_socket_is_tried_again_after_a_while_and_what_worked_is_gone_back_to() -> None:
    choice = ladder("auto", ALL)
    choice.step(Failure.BLOCKED, now=100)
    choice.step(Failure.BROWSER, now=100)
    assert 148 <= choice.climb_at <= 172
    choice.worked()
    choice.climb()
    assert (choice.transport, choice.climb_at, choice.is_trying) == ("socket", NEVER, True)
    choice.step(Failure.BLOCKED, now=200)
    assert (choice.transport, choice.is_trying) == ("poll", False)
    assert choice.climb_at > 200


def test_a_socket_that_works_again_is_kept() -> None:
    choice = ladder()
    choice.step(Failure.BLOCKED, now=0)
    choice.climb()
    choice.worked()
    assert (choice.transport, choice.is_trying, choice.climb_at) == ("socket", False, NEVER)


def test_each_try_that_fails_is_waited_for_longer() -> None:
    choice = ladder()
    waits = []
    for _ in range(10):
        choice.step(Failure.BLOCKED, now=0)
        waits.append(choice.climb_at)
        choice.climb()
    assert waits[3] > 2 * waits[0]
    assert 1400 < waits[-1] < 2200
    # A socket that worked for once is trusted again.
    choice.worked()
    choice.step(Failure.BLOCKED, now=0)
    assert choice.climb_at < 73
