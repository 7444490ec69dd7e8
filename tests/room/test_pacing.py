"""Many rooms connect again after a common outage."""

from hypothesis import given
from hypothesis import strategies as st

from relay.room.pacing import Pacer


def most_in_a_second(times: list[float]) -> int:
    return max(sum(begin <= at < begin + 1.0 for at in times) for begin in times)


def test_no_second_holds_a_fifth_of_fifty_rooms() -> None:
    pacer = Pacer(4, lambda: 50)
    times = [pacer.reserve(room, 100.0) for room in range(50)]
    assert most_in_a_second(times) <= 10
    assert max(times) < 100.0 + 10.0


def test_few_rooms_are_not_held_up() -> None:
    pacer = Pacer(4, lambda: 4)
    assert [pacer.reserve(room, 7.0) for room in range(4)] == [7.0] * 4


def test_a_room_that_connects_again_and_again_delays_no_other() -> None:
    pacer = Pacer(2, lambda: 2)
    for number in range(100):
        assert pacer.reserve("ill", number / 100) == number / 100
    assert pacer.reserve("well", 1.0) == 1.0


@given(
    st.lists(st.tuples(st.integers(0, 30), st.floats(0, 0.5)), min_size=1, max_size=100),
    st.integers(1, 5),
)
def test_no_second_holds_more_rooms_than_it_may(
    connects: list[tuple[int, float]], per_s: int
) -> None:
    pacer = Pacer(per_s, lambda: 8)
    now = 0.0
    last: dict[int, float] = {}
    for room, later_s in connects:
        now += later_s
        at = pacer.reserve(room, now)
        assert at >= now
        last[room] = at
        in_reach = [time for time in last.values() if at - 1.0 + 1e-6 < time <= at]
        assert len(in_reach) <= per_s
