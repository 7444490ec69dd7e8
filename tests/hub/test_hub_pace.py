from itertools import pairwise

import pytest

from relay.hub.pace import BURST_S, BUSY_SHARE, MAX_REST_S, Pace


def flush_all(pace: Pace, took_s: float, seconds: float, wanted_every_s: float) -> list[float]:
    """Flush as soon as something is there and it may be; gives when."""
    times, now_s = [], 100.0
    while now_s < 100 + seconds:
        now_s = max(now_s, pace.next_s)
        times.append(now_s)
        now_s += took_s
        pace.flushed(now_s, took_s)
        now_s = max(now_s, times[-1] + wanted_every_s)
    return times


def test_what_comes_seldom_or_in_a_few_at_once_never_waits() -> None:
    times = flush_all(Pace(), 0.008, 10, 1 / 6)
    assert all(later - at == pytest.approx(1 / 6) for at, later in pairwise(times))
    pace = Pace()
    for _ in range(3):
        pace.flushed(100.0, 0.008)
        assert pace.next_s <= 100.0


def test_under_load_flushing_takes_its_share_and_no_more() -> None:
    times = flush_all(Pace(), 0.008, 100, 0)
    assert len(times) * 0.008 / 100 == pytest.approx(BUSY_SHARE, rel=0.01)


def test_no_rest_is_longer_than_the_longest() -> None:
    pace = Pace()
    for _ in range(100):
        pace.flushed(100.0, 30.0)
    assert pace.next_s == pytest.approx(100 + MAX_REST_S)
    pace.flushed(100.2, 0.001)
    assert pace.next_s <= 100.2 - BURST_S + 0.1
