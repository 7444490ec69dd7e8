import pytest

from relay.errors import PositionError
from relay.hub import Position
from relay.hub.position import new_epoch


def test_reads_what_events_say() -> None:
    assert Position.parse("1j3k5m7p9rtv:42") == ("1j3k5m7p9rtv", 42)
    assert Position.parse("a:0") == ("a", 0)


@pytest.mark.parametrize(
    "text",
    ["", ":", "a", "a:", ":1", "a:-1", "a:01", "a:1x", "A:1", "a:1\n", "a b:1", "a:" + "9" * 16],
)
def test_refuses_what_is_no_position(text: str) -> None:
    with pytest.raises(PositionError, match="<epoch>:<offset>"):
        Position.parse(text)


def test_refusal_of_a_huge_text_is_short() -> None:
    with pytest.raises(PositionError) as caught:
        Position.parse("x" * 100_000)
    assert len(str(caught.value)) < 300


def test_epochs_differ_and_can_be_positions() -> None:
    epochs = [new_epoch() for _ in range(200)]
    assert len(set(epochs)) == 200
    assert Position.parse(f"{epochs[0]}:7") == (epochs[0], 7)
