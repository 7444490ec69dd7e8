"""How often upstream is asked: a burst, then an average, and nobody in a long queue."""

import math
from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import UpstreamError
from relay.upstream.budget import Budget


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def budget_of(clock: Clock, calls_per_s: float = 1.0) -> Budget:
    return Budget(calls_per_s, Random(3), clock)


@given(st.lists(st.floats(0, 3), max_size=200))
def test_many_ask_about_once_a_second_after_a_start(pauses: list[float]) -> None:
    clock = Clock()
    budget, asked = budget_of(clock), []
    for pause in pauses:
        clock.now += pause
        asked.append(clock.now + budget.reserve_s())
    assert asked == sorted(asked)
    for first, last in combinations(range(len(asked)), 2):
        # 10 at once and one a second, each second a fifth longer or shorter.
        assert last - first <= (asked[last] - asked[first] + 10) / 0.8 + 1


def test_nobody_waits_for_nothing() -> None:
    clock = Clock()
    budget = budget_of(clock)
    assert [budget.reserve_s() for _ in range(8)] == [0.0] * 8
    clock.now += 10
    for _ in range(100):
        clock.now += 1.2
        assert budget.reserve_s() == 0


def test_the_rate_can_be_set_and_is_not_a_clocks_beat() -> None:
    budget = budget_of(Clock(), calls_per_s=100)
    waits = [budget.reserve_s() for _ in range(1010)]
    assert waits[-1] == pytest.approx(10, rel=0.1)
    spacing = {round(later - earlier, 6) for earlier, later in pairwise(waits[50:])}
    assert len(spacing) > 100


def test_who_has_no_time_takes_no_place() -> None:
    clock = Clock()
    budget = budget_of(clock)
    for _ in range(20):
        budget.reserve_s()
    with pytest.raises(UpstreamError, match="calls_per_s") as refusal:
        budget.reserve_s(at_most_s=5)
    assert refusal.value.cause == "busy"
    # When there is a turn at once: what the text says, too.
    assert refusal.value.retry_after_s == pytest.approx(11, abs=3)
    assert f" in {math.ceil(refusal.value.retry_after_s)} s" in str(refusal.value)
    before = budget.reserve_s()
    for _ in range(100):
        with pytest.raises(UpstreamError):
            budget.reserve_s(at_most_s=5)
    assert budget.reserve_s() <= before + 1.2
    clock.now += refusal.value.retry_after_s or 0
    assert budget.reserve_s(at_most_s=5) <= 3
