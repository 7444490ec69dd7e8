"""How long a connection may bring nothing."""

from relay.room.retry import Policy
from relay.room.watchdog import Patience

POLICY = Policy()


def patience(rounds: int = 0, *, stalled: bool = False, has_choice: bool = False) -> Patience:
    return Patience.of(POLICY, rounds=rounds, stalled=stalled, has_choice=has_choice)


def test_a_cure_for_a_stall_shows_sooner_than_the_stall_did() -> None:
    assert (patience().message_s, patience().value_s) == (90.0, 180.0)
    cured = patience(stalled=True)
    assert (cured.message_s, cured.value_s) == (20.0, 60.0)


def test_a_room_that_may_just_be_quiet_is_left_alone_for_longer_and_longer() -> None:
    for stalled in (False, True):
        waits = [patience(rounds, stalled=stalled).value_s for rounds in range(5)]
        assert waits == sorted(set(waits))


def test_where_something_else_worked_little_patience_is_needed() -> None:
    assert patience(3, has_choice=True).value_s == 20.0
