"""Whether a broadcast is over, by what upstream says of it."""

import pytest

from relay.room.ending import Ending
from relay.room.retry import BackOff, Policy
from relay.upstream.names import RoomName
from relay.upstream.status import RoomInfo, Status

OURS, EARLIER, NEW = "7600000000000000002", "7600000000000000001", "7600000000000000003"
POLICY = Policy(confirm=BackOff(0.001, 0.001))
ONLINE, GONE = Status.ONLINE, RoomInfo(Status.NOT_FOUND)


class Says:
    """An upstream that gives these answers in turn, the last one again and again."""

    def __init__(self, *answers: RoomInfo, broadcast: RoomInfo | None = None) -> None:
        self._answers = list(answers)
        self._broadcast = broadcast or RoomInfo(Status.UNKNOWN, cause="captcha")

    async def ask(self) -> RoomInfo:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    async def look(self, name: RoomName, known: RoomInfo) -> RoomInfo:
        raise NotImplementedError

    async def look_broadcast(self, room_id: str) -> RoomInfo:
        return self._broadcast


def ending(says: Says) -> Ending:
    return Ending(OURS, says.ask, says, POLICY, confirmed=True, were_over=[EARLIER])


async def test_a_new_broadcast_takes_the_place_of_ours_at_once() -> None:
    it = ending(Says(RoomInfo(ONLINE, room_id=NEW)))
    assert await it.is_over() is True
    assert it.next is not None
    assert it.next.room_id == NEW


async def test_one_answer_with_an_earlier_broadcast_is_stale() -> None:
    it = ending(Says(RoomInfo(ONLINE, room_id=EARLIER), RoomInfo(ONLINE, room_id=OURS)))
    assert await it.is_over() is False
    assert it.next is None


async def test_an_earlier_broadcast_that_is_named_again_has_been_taken_up() -> None:
    it = ending(Says(RoomInfo(ONLINE, room_id=EARLIER)))
    assert await it.is_over() is True
    assert it.next is not None
    assert it.next.room_id == EARLIER


@pytest.mark.parametrize(
    ("broadcast", "over"),
    [
        (GONE, True),
        (RoomInfo(Status.UNKNOWN, cause="bad_params"), True),
        (RoomInfo(Status.UNKNOWN, cause="captcha"), None),
        (RoomInfo(ONLINE, room_id=OURS), False),
    ],
)
async def test_a_room_that_is_gone_is_over_unless_its_broadcast_runs(
    broadcast: RoomInfo, over: bool | None
) -> None:
    assert await ending(Says(GONE, broadcast=broadcast)).is_over() is over
