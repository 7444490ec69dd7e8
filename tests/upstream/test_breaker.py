"""When an endpoint is left alone, and when it is tried again."""

from random import Random

import pytest

from relay.errors import UpstreamError
from relay.upstream.breaker import FAILURES, MIXED_FAILURES, Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("reflow", Random(5), clock=clock)


def fail(
    breaker: Breaker, cause: str = "empty_body", times: int = 1, question: str | None = None
) -> None:
    for _ in range(times):
        with pytest.raises(UpstreamError), breaker.call(question):
            raise UpstreamError(cause, "refused", upstream_code=7, upstream_text="话")


def refusal(breaker: Breaker) -> UpstreamError:
    with pytest.raises(UpstreamError) as raised, breaker.call():
        raise AssertionError("the call is made")
    return raised.value


@pytest.mark.parametrize(
    "cause", ["empty_body", "captcha", "login_wanted", "timeout", "server_error", "bad_body"]
)
def test_failures_in_a_row_open_it_and_the_last_one_is_told(breaker: Breaker, cause: str) -> None:
    fail(breaker, cause, FAILURES - 1)
    assert breaker.state == "closed"
    fail(breaker, cause)
    assert breaker.state == "open"
    error = refusal(breaker)
    assert (error.cause, error.upstream_code, error.upstream_text) == (cause, 7, "话")
    assert error.retry_after_s == pytest.approx(30, rel=0.2)


@pytest.mark.parametrize(
    "cause",
    ["unknown_room", "room_over", "bad_params", "other_code", "not_found", "busy", "signer"],
)
def test_what_is_said_of_a_room_or_not_by_upstream_never_opens_it(
    breaker: Breaker, cause: str
) -> None:
    fail(breaker, cause, 100)
    assert breaker.state == "closed"


def test_failures_of_several_kinds_open_it_later(breaker: Breaker) -> None:
    for number in range(MIXED_FAILURES - 1):
        fail(breaker, ("empty_body", "timeout")[number % 2])
    assert breaker.state == "closed"
    fail(breaker, "bad_body")
    assert breaker.state == "open"


@pytest.mark.parametrize("cause", ["bad_body", "too_large"])
def test_an_odd_room_counts_once(breaker: Breaker, cause: str) -> None:
    fail(breaker, cause, MIXED_FAILURES * 2, question="1")
    assert breaker.state == "closed"
    for number in range(FAILURES):
        fail(breaker, cause, question=str(number))
    assert breaker.state == "open"


def test_who_is_refused_for_one_room_is_refused(breaker: Breaker) -> None:
    fail(breaker, "empty_body", FAILURES, question="1")
    assert breaker.state == "open"


def test_an_odd_room_is_no_probe(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, "timeout", FAILURES)
    clock.now += 40
    fail(breaker, "bad_body", question="1")
    assert breaker.state == "half_open"
    with breaker.call("2"):
        pass
    assert breaker.state == "closed"
    # But where bodies are what is wrong, it is.
    for number in range(FAILURES):
        fail(breaker, "bad_body", question=str(number))
    clock.now += 40
    fail(breaker, "bad_body", question="1")
    assert breaker.state == "open"


def test_an_answer_ends_the_row(breaker: Breaker) -> None:
    for _ in range(3):
        fail(breaker, times=FAILURES - 1)
        with breaker.call():
            pass
        fail(breaker, times=FAILURES - 1)
        # That a room isn't known is an answer, too.
        fail(breaker, "unknown_room")
    assert breaker.state == "closed"


def test_one_probe_is_let_through_and_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, times=FAILURES)
    clock.now += refusal(breaker).retry_after_s or 0
    assert breaker.state == "half_open"
    with breaker.call():
        assert refusal(breaker).retry_after_s == 1.0
        assert breaker.state == "half_open"
    assert breaker.state == "closed"
    fail(breaker, times=FAILURES - 1)
    assert breaker.state == "closed"


def test_failed_probes_double_the_wait_up_to_five_minutes(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, times=FAILURES)
    waits = []
    for _ in range(6):
        wait_s = refusal(breaker).retry_after_s or 0
        waits.append(wait_s)
        clock.now += wait_s
        fail(breaker)
    for wait_s, expected in zip(waits, (30, 60, 120, 240, 300, 300), strict=True):
        assert wait_s == pytest.approx(expected, rel=0.2)
    # Not to the beat of a clock.
    assert waits[1] != 2 * waits[0]


def test_a_probe_that_is_cancelled_or_proves_nothing_leaves_the_next_one_free(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, times=FAILURES)
    clock.now += 40
    with pytest.raises(KeyboardInterrupt), breaker.call():
        raise KeyboardInterrupt
    fail(breaker, "other_code")
    assert breaker.state == "half_open"
    with breaker.call():
        pass
    assert breaker.state == "closed"


def test_calls_that_began_before_it_opened_change_nothing_by_failing(
    breaker: Breaker, clock: Clock
) -> None:
    early = breaker.call()
    early.__enter__()
    fail(breaker, times=FAILURES)
    until = clock.now + (refusal(breaker).retry_after_s or 0)
    clock.now += 10
    late = UpstreamError("timeout", "late")
    assert not early.__exit__(UpstreamError, late, None)
    assert refusal(breaker).cause == "empty_body"
    assert clock.now + (refusal(breaker).retry_after_s or 0) == pytest.approx(until)
    # But an answer is an answer.
    clock.now = until
    with breaker.call():
        pass
    assert breaker.state == "closed"


def test_who_asks_all_the_same_neither_lengthens_the_wait_nor_ends_the_probe(
    breaker: Breaker, clock: Clock
) -> None:
    def ask(times: int) -> None:
        for _ in range(times):
            with pytest.raises(UpstreamError), breaker.judged():
                raise UpstreamError("timeout", "no answer")

    ask(50)
    assert refusal(breaker).retry_after_s == pytest.approx(30, rel=0.2)
    clock.now += 40
    probe = breaker.call()
    probe.__enter__()
    ask(50)
    # The probe is still under way.
    assert refusal(breaker).retry_after_s == 1.0
    assert not probe.__exit__(UpstreamError, UpstreamError("timeout", "no answer"), None)
    assert refusal(breaker).retry_after_s == pytest.approx(60, rel=0.2)
    ask(50)
    assert refusal(breaker).retry_after_s == pytest.approx(60, rel=0.2)
    # But an answer is an answer.
    with breaker.judged():
        pass
    assert breaker.state == "closed"
