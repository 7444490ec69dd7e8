"""The retry policy, as properties."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from relay.room.retry import BACK_OFF, Policy
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
