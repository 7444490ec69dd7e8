from relay.room.ladder import Ladder
from relay.room.retry import Policy
from relay.upstream.failures import Failure


def test_polling_that_never_began_is_charged_like_the_socket_it_stood_in_for() -> None:
    ladder = Ladder("auto", Policy())
    assert not ladder.failed(Failure.CUT, opened=True, now=0.0)
    assert ladder.failed(Failure.CUT, opened=True, now=1.0)
    assert ladder.transport == "poll"
    assert ladder.charged(Failure.SERVER, opened=False) is Failure.CUT
    assert ladder.charged(Failure.SERVER, opened=True) is Failure.SERVER
    assert not ladder.failed(Failure.SERVER, opened=False, now=2.0)
    assert ladder.transport == "socket"
    assert ladder.charged(Failure.NETWORK, opened=False) is Failure.NETWORK


def test_a_chosen_transport_is_kept_whatever_happens() -> None:
    for transport in ("socket", "poll"):
        ladder = Ladder(transport, Policy())
        for number in range(5):
            assert not ladder.failed(Failure.BLOCKED, opened=False, now=float(number))
            assert ladder.charged(Failure.BLOCKED, opened=False) is Failure.BLOCKED
        assert ladder.transport == transport
