"""The retry policy, as properties; and the choice of transports."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.room.ladder import NEVER, Ladder
from relay.room.retry import BACK_OFF, BackOff, Policy
from relay.upstream.failures import CAUSES, Failure

attempts = st.integers(min_value=0, max_value=100_000)
seeds = st.integers()


@given(st.sampled_from(list(Failure)), attempts, seeds)
def test_waits_are_jittered_between_nothing_and_a_cap(
    failure: Failure, attempt: int, seed: int
) -> None:
    wait_s = Policy(random=Random(seed)).retry_s(failure, attempt)
    assert 0 <= wait_s <= BACK_OFF[failure].longest_s(attempt) <= BACK_OFF[failure].cap_s


@given(st.sampled_from(list(Failure)), attempts)
def test_waits_grow_until_the_cap(failure: Failure, attempt: int) -> None:
    back_off = BACK_OFF[failure]
    assert back_off.longest_s(attempt) <= back_off.longest_s(attempt + 1)
    assert back_off.longest_s(100) == back_off.cap_s


def test_every_kind_of_failure_has_its_waits() -> None:
    assert set(BACK_OFF) == set(Failure) == set(CAUSES.values())


@given(seeds)
def test_a_healthy_socket_that_is_cut_is_back_within_a_second(seed: int) -> None:
    assert Policy(random=Random(seed)).retry_s(Failure.CUT, 0) <= 1


def test_refusals_back_off_to_minutes() -> None:
    assert BACK_OFF[Failure.BLOCKED].longest_s(8) >= 300


def test_rooms_do_not_come_back_together() -> None:
    policy = Policy(random=Random(1))
    waits = [policy.retry_s(Failure.NETWORK, 6) for _ in range(1000)]
    for part in range(6):
        # Full jitter: every sixth of the minute gets its share.
        assert 100 < sum(part * 10 <= wait_s < part * 10 + 10 for wait_s in waits) < 240


@given(st.floats(0, 1e6), seeds)
def test_regular_waits_are_jittered_by_a_fifth(wait_s: float, seed: int) -> None:
    spread_s = Policy(random=Random(seed)).spread_s(wait_s)
    assert 0.79 * wait_s <= spread_s <= 1.21 * wait_s


# The ladder


def ladder(configured: str = "auto", climb: BackOff | None = None) -> Ladder:
    policy = Policy(climb=climb or BackOff(60, 1800), random=Random(1))
    return Ladder(configured, policy)  # type: ignore[arg-type]


@pytest.mark.parametrize("configured", ["socket", "poll"])
def test_a_configured_transport_is_kept(configured: str) -> None:
    choice = ladder(configured)
    for failure in Failure:
        assert not choice.failed(failure, opened=False, now=0)
        assert (choice.transport, choice.climb_at) == (configured, NEVER)


def test_auto_polls_at_once_when_the_socket_is_refused_and_climbs_later() -> None:
    choice = ladder()
    assert choice.transport == "socket"
    assert choice.failed(Failure.BLOCKED, opened=False, now=100)
    assert choice.transport == "poll"
    assert 148 <= choice.climb_at <= 172
    choice.climb()
    assert (choice.transport, choice.climb_at) == ("socket", NEVER)


def test_auto_keeps_a_socket_that_is_merely_cut() -> None:
    choice = ladder()
    assert not choice.failed(Failure.CUT, opened=True, now=0)
    assert choice.transport == "socket"


def test_auto_polls_where_sockets_are_taken_and_dropped() -> None:
    choice = ladder()
    assert not choice.failed(Failure.CUT, opened=True, now=0)
    assert choice.failed(Failure.CUT, opened=True, now=0)
    assert choice.transport == "poll"
    choice = ladder()
    for _ in range(20):
        choice.worked()
        assert not choice.failed(Failure.CUT, opened=True, now=0)


def test_auto_polls_where_the_socket_is_open_and_starved() -> None:
    choice = ladder()
    assert choice.failed(Failure.STALLED, opened=True, now=0)
    assert choice.transport == "poll"


def test_auto_waits_longer_for_each_climb_that_is_refused() -> None:
    choice = ladder()
    waits = []
    for _ in range(10):
        assert choice.failed(Failure.BLOCKED, opened=False, now=0)
        waits.append(choice.climb_at)
        choice.climb()
    assert waits[3] > 2 * waits[0]
    assert 1400 < waits[-1] < 2200
    # A socket that worked for once is trusted again.
    choice.worked()
    choice.failed(Failure.BLOCKED, opened=False, now=0)
    assert choice.climb_at < 73


def test_auto_goes_round_while_neither_works() -> None:
    choice = ladder()
    choice.failed(Failure.NETWORK, opened=False, now=0)
    # Polling fails as well: there is nothing to try at once.
    assert not choice.failed(Failure.NETWORK, opened=False, now=0)
    assert choice.transport == "socket"


def test_auto_keeps_polling_over_a_break_of_the_network() -> None:
    choice = ladder()
    choice.failed(Failure.BLOCKED, opened=False, now=0)
    assert not choice.failed(Failure.NETWORK, opened=True, now=5)
    assert choice.transport == "poll"
    assert choice.climb_at < 80
