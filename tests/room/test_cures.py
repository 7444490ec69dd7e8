"""What is tried next, by what is wrong."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.room.cures import Cure, Cures, Means
from relay.room.retry import BACK_OFF, Policy
from relay.upstream.failures import CAUSES, Failure

PLENTY = Means(identities=2, signers=2, hosts=3, transports=3)
POLICY = Policy(random=Random(1))


def tried(
    cause: str, times: int, means: Means = PLENTY, *, opened: bool = False, signed: bool = True
) -> list[str]:
    cures = Cures(POLICY)
    return [
        cures.plan(
            cause, means, opened=opened, served=False, stands_in_for=None, signed=signed
        ).cure.value
        for _ in range(times)
    ]


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("device_blocked", ["signer", "identity", "identity", "host", "host", "transport"]),
        ("sign_check", ["identity", "identity", "signer", "host", "host", "transport"]),
        ("forbidden", ["transport", "transport", "identity", "identity", "host", "host"]),
        ("rate_limited", ["transport", "transport", "identity", "identity", "host", "host"]),
        ("captcha", ["identity", "identity", "host", "host", "transport"]),
        ("unreachable", ["host", "host", "transport"]),
        ("signer", ["signer", "transport"]),
        ("cut", ["reconnect", "host", "host", "identity", "identity", "transport"]),
        ("silent", ["reconnect", "host", "host", "transport"]),
        ("heartbeats_only", ["reconnect", "identity", "identity", "host", "host", "transport"]),
        ("low_value_only", ["reconnect", "identity", "identity", "host", "host", "transport"]),
        ("page_crashed", ["reconnect", "transport"]),
        ("browser_down", ["reconnect", "transport"]),
    ],
)
def test_each_trouble_has_its_order(cause: str, expected: list[str]) -> None:
    assert tried(cause, len(expected)) == expected


def test_what_there_is_one_of_is_not_changed() -> None:
    alone = Means()
    assert tried("device_blocked", 3, alone) == ["identity"] * 3
    assert tried("cut", 4, alone) == ["reconnect", "identity"] * 2
    assert tried("unreachable", 3, alone) == ["reconnect"] * 3


def test_without_a_signature_it_is_known_what_is_missing() -> None:
    assert tried("device_blocked", 2, signed=False) == ["transport", "transport"]
    assert tried("device_blocked", 2, Means(transports=1), signed=False) == ["identity"] * 2


def test_a_first_round_is_quick_and_later_ones_are_waited_for() -> None:
    cures = Cures(POLICY)
    means = Means(identities=2, hosts=2)
    plans = [
        cures.plan(
            "device_blocked", means, opened=False, served=False, stands_in_for=None, signed=True
        )
        for _ in range(6)
    ]
    assert [plan.rests for plan in plans] == [False] * 3 + [True] * 3
    assert all(plan.wait_s <= POLICY.next_cure_s for plan in plans[:3])
    assert cures.rounds == 1


@pytest.mark.parametrize("cause", ["forbidden", "rate_limited", "captcha", "empty_body"])
def test_who_is_told_to_go_away_does_not_press_on(cause: str) -> None:
    cures = Cures(POLICY)
    for _ in range(8):
        plan = cures.plan(
            cause, PLENTY, opened=True, served=False, stands_in_for=Failure.BLOCKED, signed=True
        )
        assert plan.rests
    # But what another transport brings meanwhile is taken.
    cures = Cures(POLICY)
    plans = [
        cures.plan(cause, PLENTY, opened=False, served=False, stands_in_for=None, signed=True)
        for _ in range(8)
    ]
    assert all(plan.rests or plan == (Cure.TRANSPORT, 0.0, False) for plan in plans)


def test_a_host_that_is_down_is_left_at_once() -> None:
    plan = Cures(POLICY).plan(
        "unreachable", PLENTY, opened=False, served=False, stands_in_for=None, signed=True
    )
    assert plan == (Cure.HOST, 0.0, False)


def test_a_transport_that_stands_in_and_does_not_begin_is_charged_like_the_other() -> None:
    cures = Cures(POLICY)
    means = Means(transports=2)
    first = cures.plan(
        "device_blocked", means, opened=False, served=False, stands_in_for=None, signed=False
    )
    assert first == (Cure.TRANSPORT, 0.0, False)
    second = cures.plan(
        "server_error",
        means,
        opened=False,
        served=False,
        stands_in_for=Failure.BLOCKED,
        signed=False,
    )
    assert (second.cure, second.rests) == (Cure.TRANSPORT, True)
    # Neither works: before the next try with the other one, something is changed.
    third = cures.plan(
        "device_blocked", means, opened=False, served=False, stands_in_for=None, signed=False
    )
    assert (third.cure, third.rests) == (Cure.IDENTITY, False)


def test_a_trouble_that_is_over_is_forgotten() -> None:
    cures = Cures(POLICY)
    for _ in range(20):
        cures.plan(
            "heartbeats_only", PLENTY, opened=True, served=False, stands_in_for=None, signed=True
        )
    assert cures.rounds
    cures.well()
    assert (cures.rounds, cures.failures) == (0, 0)
    plan = cures.plan(
        "heartbeats_only", PLENTY, opened=True, served=False, stands_in_for=None, signed=True
    )
    assert plan.cure is Cure.RECONNECT


class _Longest(Random):
    def uniform(self, a: float, b: float) -> float:
        return b


def test_who_is_taken_and_thrown_out_again_and_again_comes_more_and_more_rarely() -> None:
    cures = Cures(Policy(random=_Longest()))
    waits = []
    for _ in range(20):
        cures.served()
        plan = cures.plan(
            "close_frame", Means(), opened=True, served=False, stands_in_for=None, signed=False
        )
        waits.append(plan.wait_s)
    assert waits[0] <= 1
    assert waits[-8:] == [BACK_OFF[Failure.CUT].cap_s] * 8
    # What was refused for long, and is served at last, does not wait for as long when it is cut.
    cures.well()
    for _ in range(20):
        cures.plan("cut", Means(), opened=False, served=False, stands_in_for=None, signed=False)
    cures.served()
    plan = cures.plan("cut", Means(), opened=True, served=False, stands_in_for=None, signed=False)
    assert plan.wait_s <= 4


def test_a_first_refusal_is_not_waited_for_longer_since_something_else_failed_before() -> None:
    cures = Cures(Policy(random=_Longest()))
    for cause in ("cut", "server_error") * 6:
        cures.plan(cause, Means(), opened=True, served=False, stands_in_for=None, signed=False)
    plan = cures.plan(
        "forbidden", Means(), opened=False, served=False, stands_in_for=None, signed=False
    )
    assert plan.wait_s == BACK_OFF[Failure.BLOCKED].base_s


counts = st.integers(min_value=1, max_value=4)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(CAUSES)), st.booleans(), st.booleans(), st.booleans()),
        max_size=40,
    ),
    st.builds(Means, counts, counts, counts, counts),
    st.integers(),
)
def test_there_is_always_something_to_try_and_no_wait_is_longer_than_its_cap(
    failures: list[tuple[str, bool, bool, bool]], means: Means, seed: int
) -> None:
    cures = Cures(Policy(random=Random(seed)))
    longest_s = max(back_off.cap_s for back_off in BACK_OFF.values())
    for cause, opened, fallen, signed in failures:
        plan = cures.plan(
            cause,
            means,
            opened=opened,
            served=False,
            stands_in_for=Failure.BLOCKED if fallen else None,
            signed=signed,
        )
        assert 0 <= plan.wait_s <= longest_s


@given(st.sampled_from(sorted(CAUSES)), st.booleans())
def test_a_trouble_that_lasts_is_waited_for_in_the_long_run(cause: str, signed: bool) -> None:
    cures = Cures(Policy(random=Random(1)))
    plans = [
        cures.plan(cause, PLENTY, opened=True, served=False, stands_in_for=None, signed=signed)
        for _ in range(60)
    ]
    # Going through the transports is one attempt.
    assert sum(plan.rests for plan in plans[12:]) >= len(plans[12:]) // PLENTY.transports


def test_a_connection_that_brings_something_until_it_is_cut_is_only_taken_up_again() -> None:
    cures = Cures(POLICY)
    alone = PLENTY._replace(hosts=1)
    plans = [
        cures.plan("cut", alone, opened=True, served=True, stands_in_for=None, signed=True)
        for _ in range(6)
    ]
    assert {plan.cure for plan in plans} == {Cure.RECONNECT}
    assert all(plan.rests for plan in plans)
    # One that brings nothing may be disliked.
    cures = Cures(POLICY)
    barren = [
        cures.plan("cut", alone, opened=True, served=False, stands_in_for=None, signed=True)
        for _ in range(4)
    ]
    assert Cure.TRANSPORT in {plan.cure for plan in barren}
